//! `cargo xtask test`: all tests, with what they need set up first.

use std::path::PathBuf;
use std::process::Command;

use acceptance_tests::binaries::{self, Binaries};
use acceptance_tests::plugins::aws_mirror;
use acceptance_tests::{CliConfig, Terraform, Venv, environment, repository, tools};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use crate::counts::Counts;
use crate::process;
use crate::stages::Stages;
use crate::ui::Ui;

pub(crate) fn run(ui: &Ui) -> Result<()> {
    let mut stages = Stages::new(ui);
    add_stages(ui, &mut stages);
    stages.finish()
}

/// The stages of the tests, for `ci` too. Without the set-up there is nothing that could be tested.
pub(crate) fn add_stages(ui: &Ui, stages: &mut Stages<'_>) {
    let mut built = None;
    let ready = stages.run("tools", || tell_tools(ui))
        && stages.run("release build", || {
            built = Some(Binaries::build()?);
            Ok(Counts::default())
        })
        && stages.run("python environments", || {
            Venv::local_aws()?;
            Venv::real_clients()?;
            Venv::checkov()?;
            Venv::parliament()?;
            Ok(Counts::default())
        });
    let Some(binaries) = built.filter(|_| ready) else { return };
    stages.run("rust tests", || rust_tests(ui, &binaries));
    stages.run("local AWS tests", local_aws_tests);
    stages.run("module tests", module_tests);
}

fn tell_tools(ui: &Ui) -> Result<Counts> {
    let terraform = tools::terraform()?;
    let python = tools::python()?;
    ui.detail(&format!("terraform {} (`{}`)", terraform.version, terraform.path.display()));
    ui.detail(&format!("python {} (`{}`)", python.version, python.path.display()));
    ui.detail(&format!("AWS provider from `{}`", aws_mirror()?.display()));
    Ok(Counts::default())
}

/// All Rust tests of the workspace, and the examples in its documentation.
fn rust_tests(ui: &Ui, binaries: &Binaries) -> Result<Counts> {
    let has_nextest = Command::new("cargo")
        .args(["nextest", "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has_nextest {
        ui.note("cargo-nextest is not installed; `cargo test` runs the same tests, without time limits");
        let all = ["test", "--workspace", "--locked", "--no-fail-fast"];
        return counted(&mut cargo(&all, binaries), "the Rust tests");
    }
    let tests = ["nextest", "run", "--workspace", "--locked", "--no-fail-fast"];
    let mut counts = counted(&mut cargo(&tests, binaries), "the Rust tests")?;
    let examples =
        process::shown(&mut cargo(&["test", "--workspace", "--locked", "--doc", "--quiet"], binaries))?;
    let in_documentation = Counts::read(&examples.text);
    ensure!(
        examples.success || in_documentation.failed > 0,
        "the examples in the documentation could not be run"
    );
    counts += in_documentation;
    Ok(counts)
}

fn cargo(arguments: &[&str], binaries: &Binaries) -> Command {
    let mut command = environment::cargo();
    command.args(arguments);
    environment::scrub(&mut command);
    command.env(binaries::FOLDER, binaries.folder()).current_dir(repository::root());
    command
}

fn local_aws_tests() -> Result<Counts> {
    let mut command = Command::new(Venv::local_aws()?.program("python"));
    command.args(["-m", "pytest", "-p", "no:cacheprovider"]);
    command.current_dir(repository::root().join("acceptance-tests/aws"));
    environment::scrub(&mut command);
    counted(&mut command, "the tests of the local AWS")
}

/// `terraform test` of every module that has tests.
fn module_tests() -> Result<Counts> {
    let config = CliConfig::for_aws()?;
    let mut total = Counts::default();
    // In a copy, so that nothing of Terraform's stays in the source tree; of all, since modules call each other.
    let copy = tempfile::tempdir()?;
    repository::copy_folder(&repository::root().join("modules"), copy.path())?;
    for module in modules_with_tests()? {
        let name = module.file_name().context("a module has no name")?.to_string_lossy().into_owned();
        let terraform = Terraform::new(&copy.path().join(&name), &config)?;
        terraform.init().with_context(|| format!("module `{name}`"))?;
        let counts = counted(&mut terraform.command(&["test", "-no-color"]), &format!("module `{name}`"))?;
        total += counts;
    }
    Ok(total)
}

fn modules_with_tests() -> Result<Vec<PathBuf>> {
    let mut modules = Vec::new();
    for entry in fs::read_dir(repository::root().join("modules"))? {
        let path = entry?.path();
        if path.join("tests").is_dir() {
            modules.push(path);
        }
    }
    modules.sort();
    ensure!(!modules.is_empty(), "no module has tests");
    Ok(modules)
}

/// Runs a test runner and reads its counts. One that fails without saying which test did is an error.
fn counted(command: &mut Command, what: &str) -> Result<Counts> {
    let finished = process::shown(command)?;
    let counts = Counts::read(&finished.text);
    ensure!(finished.success || counts.failed > 0, "{what} could not be run\nhint: the messages are above");
    ensure!(counts.passed + counts.failed > 0, "{what} ran no test\nhint: the messages are above");
    Ok(counts)
}
