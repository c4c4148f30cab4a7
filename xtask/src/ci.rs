//! `cargo xtask ci`: what must hold for every change.

use std::process::Command;
use std::time::Duration;

use acceptance_tests::{Core, cores, environment, kubernetes, npm, repository};
use anyhow::{Result, ensure};

use crate::nextest::PROFILE;
use crate::process::{self, Shown};
use crate::schedule::{self, HEAVY, LIGHT, Outcome, Stage};
use crate::test::{self, BUILD, PREPARED, Ready, in_background, in_time};
use crate::ui::Ui;
use crate::{generated, prove};

/// The longest that one of the checks may take, on a slow machine with other stages beside it.
const LIMIT: Duration = Duration::from_mins(40);
const SOURCE_CHECKS: [(&str, &[&str]); 3] = [
    ("assertions that say what they expect", &["assertions"]),
    ("modules without circles", &["circles"]),
    ("messages that a test shows", &["messages", "--check"]),
];

pub(crate) fn run(ui: &Ui) -> Result<()> {
    cores::go_or_opentofu()?;
    kubernetes::ready_or_go()?;
    npm::node()?;
    let ready = Ready::new(ui, Core::Floor, None)?;
    // What needs Cargo's lock for long comes last, so that the tests have it first.
    let mut stages = vec![Stage::new("formatting", HEAVY, || {
        check("formatting", &["fmt", "--all", "--check"], &[], "run `cargo fmt --all`")
    })];
    stages.extend(test::with_kubernetes(&ready));
    stages.extend(test::stages(&ready));
    stages.extend(test::with_other_cores(&ready));
    stages.push(Stage::new("generated files", LIGHT, || generated_files(&ready)).after(&[BUILD, PREPARED]));
    for (name, arguments) in SOURCE_CHECKS {
        let ready = &ready;
        stages.push(
            Stage::new(name, LIGHT, move || source_check(ready, name, arguments)).after(&[BUILD, PREPARED]),
        );
    }
    stages.push(Stage::new("lints", LIGHT, lints).after(&[BUILD, PREPARED]));
    stages.push(Stage::new("documentation of the code", LIGHT, documentation).after(&[BUILD, PREPARED]));
    stages.push(test::figures(&ready));
    let outcome = schedule::run(ui, stages);
    prove::tell(ui)?;
    outcome
}

fn lints() -> Result<Outcome> {
    let arguments =
        ["clippy", "--workspace", "--all-targets", "--locked", "--profile", PROFILE, "--", "-D", "warnings"];
    check("lints", &arguments, &[], "the messages are above")
}

fn documentation() -> Result<Outcome> {
    // With examples, of which there are none, Cargo takes the features of tests' dependencies along, and what the lints have checked is
    // not checked again.
    let targets = ["--lib", "--bins", "--examples"];
    let arguments =
        [&["doc", "--workspace", "--no-deps"][..], &targets, &["--locked", "--profile", PROFILE]].concat();
    check("documentation", &arguments, &[("RUSTDOCFLAGS", "-D warnings")], "the messages are above")
}

fn generated_files(ready: &Ready<'_>) -> Result<Outcome> {
    generated::check(ready.ui, &ready.binaries()?)?;
    Ok(Outcome::default())
}

fn source_check(ready: &Ready<'_>, name: &str, arguments: &[&str]) -> Result<Outcome> {
    let mut command = Command::new(ready.binaries()?.other("source-checks")?);
    command.args(arguments);
    ended(&mut command, name, "the messages are above")
}

/// Runs Cargo with the lowest priority.
fn check(name: &str, arguments: &[&str], variables: &[(&str, &str)], hint: &str) -> Result<Outcome> {
    let mut command = in_background(&environment::cargo());
    command.args(arguments).envs(variables.iter().copied());
    ended(&mut command, name, hint)
}

fn ended(command: &mut Command, name: &str, hint: &str) -> Result<Outcome> {
    command.current_dir(repository::root());
    let finished = process::shown_as(command, Shown { prefix: &format!("[{name}] "), limit: LIMIT })?;
    in_time(&finished, name, LIMIT)?;
    ensure!(finished.success, "{name}: failed\nhint: {hint}");
    Ok(Outcome { cpu: finished.cpu, ..Outcome::default() })
}
