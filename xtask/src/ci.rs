//! `cargo xtask ci`: what must hold for every change.

use acceptance_tests::{environment, repository};
use anyhow::{Result, ensure};

use crate::counts::Counts;
use crate::stages::Stages;
use crate::ui::Ui;
use crate::{generated, process, test};

pub(crate) fn run(ui: &Ui) -> Result<()> {
    let mut stages = Stages::new(ui);
    stages.run("formatting", || cargo(&["fmt", "--all", "--check"], "run `cargo fmt --all`"));
    stages.run("lints", || {
        let lints = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
        cargo(&lints, "the messages are above")
    });
    stages.run("documentation of the code", || {
        let documentation = ["doc", "--workspace", "--no-deps", "--locked"];
        cargo_with(&documentation, &[("RUSTDOCFLAGS", "-D warnings")], "the messages are above")
    });
    stages.run("generated files", || generated::run(ui, true).map(|()| Counts::default()));
    test::add_stages(ui, &mut stages);
    stages.finish()
}

fn cargo(arguments: &[&str], hint: &str) -> Result<Counts> {
    cargo_with(arguments, &[], hint)
}

fn cargo_with(arguments: &[&str], variables: &[(&str, &str)], hint: &str) -> Result<Counts> {
    let mut command = environment::cargo();
    command.args(arguments).envs(variables.iter().copied()).current_dir(repository::root());
    let finished = process::shown(&mut command)?;
    ensure!(finished.success, "`cargo {}` failed\nhint: {hint}", arguments.join(" "));
    Ok(Counts::default())
}
