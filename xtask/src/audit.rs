//! `cargo xtask audit`: what the dependencies are, and where they come from.

use std::process::Command;

use acceptance_tests::repository;
use anyhow::{Result, bail, ensure};

use crate::process;
use crate::ui::Ui;

pub(crate) fn run(ui: &Ui) -> Result<()> {
    let is_installed = Command::new("cargo")
        .args(["deny", "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_installed {
        bail!("`cargo-deny` not found\nhint: install it with `cargo install cargo-deny --locked`");
    }
    ui.step("bans, licences, sources");
    let checked = deny(&["bans", "licenses", "sources"])?;
    ensure!(checked.success, "`cargo deny check` found something\nhint: the rules are in `deny.toml`");
    ui.step("advisories");
    let advisories = deny(&["advisories"])?;
    if advisories.success {
        ui.result("bans, licences, sources and advisories: ok");
        return Ok(());
    }
    ensure!(
        could_not_fetch(&advisories.text),
        "a dependency has a security advisory\nhint: update it, or write the reason into `deny.toml`"
    );
    ui.note("the advisory database cannot be reached from here, so advisories were not checked");
    ui.result("bans, licences and sources: ok; advisories: not checked");
    Ok(())
}

fn deny(checks: &[&str]) -> Result<process::Finished> {
    let mut command = Command::new("cargo");
    command.args(["deny", "--workspace", "check", "--hide-inclusion-graph"]).args(checks);
    process::shown(command.current_dir(repository::root()))
}

/// Tells a database that could not be fetched from an advisory that was found.
fn could_not_fetch(text: &str) -> bool {
    text.contains("failed to fetch advisory database") || text.contains("failed to load advisory database")
}
