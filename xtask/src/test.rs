//! `cargo xtask test`: all tests, with what they need set up first.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use acceptance_tests::binaries::{self, Binaries};
use acceptance_tests::kubernetes::Programs;
use acceptance_tests::plugins::{InCluster, aws_mirror};
use acceptance_tests::{Core, Packages, Venv, cores, environment, repository, tools};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use crate::counts::{Counts, Skipped, skipped_by_pytest};
use crate::junit::{self, Case};
use crate::nextest::{self, Nextest};
use crate::process::{self, Finished, Shown};
use crate::schedule::{self, ALONE, HEAVY, LIGHT, Outcome, Stage};
use crate::ui::Ui;

/// Names of stages that others wait for.
pub(crate) const BUILD: &str = "build";
pub(crate) const PREPARED: &str = "python environments";
const NEWEST: &str = "newest Terraform";
const OPENTOFU: &str = "OpenTofu";
const KUBERNETES: &str = "programs of a Kubernetes cluster";

/// The longest that each of these may take, on a slow machine with nothing built.
const BUILD_LIMIT: Duration = Duration::from_mins(40);
const TESTS_LIMIT: Duration = Duration::from_mins(70);
const DOCUMENTATION_LIMIT: Duration = Duration::from_mins(20);

/// Tests that run the suites of other runners and pass on what those print.
const SUITES: &str = "acceptance-tests::suites";
/// How much garbage, in percent of what is in use, programs in Go let pile up.
const GARBAGE: &str = "400";
/// How many of the longest test programs are told.
const TOLD: usize = 12;

/// What is there before any stage begins.
pub(crate) struct Ready<'a> {
    pub(crate) ui: &'a Ui,
    nextest: Nextest,
    built: Mutex<Option<Binaries>>,
    /// What carries out the configurations of the tests.
    core: Core,
    /// Which tests to run, in nextest's language of filters; all when there is none.
    filter: Option<&'a str>,
}

impl<'a> Ready<'a> {
    /// Names what is missing on this machine before anything is built, and installs the test runner.
    pub(crate) fn new(ui: &'a Ui, core: Core, filter: Option<&'a str>) -> Result<Self> {
        ui.step("tools");
        let needed = tools::needed()?;
        ui.detail(&format!("terraform {} (`{}`)", needed.terraform.version, needed.terraform.path.display()));
        ui.detail(&format!("python {} (`{}`)", needed.python.version, needed.python.path.display()));
        let mirror = aws_mirror()?;
        ui.detail(&format!("AWS provider from `{}`", mirror.display()));
        ui.detail(&InCluster::find(&mirror)?.told());
        let nextest = Nextest::ready(ui)?;
        ui.detail(&format!("cargo-nextest {}", acceptance_tests::venv::NEXTEST_VERSION));
        Ok(Self { ui, nextest, built: Mutex::new(None), core, filter })
    }

    /// The programs of the build.
    pub(crate) fn binaries(&self) -> Result<Binaries> {
        let built = self.built.lock().map_err(|_| anyhow::anyhow!("a stage panicked"))?;
        built.clone().context("nothing is built yet")
    }
}

pub(crate) fn run(ui: &Ui, core: Core, filter: Option<&str>) -> Result<()> {
    let ready = Ready::new(ui, core, filter)?;
    let mut stages = stages(&ready);
    if filter.is_none() && core == Core::Floor {
        stages.push(figures(&ready));
    }
    schedule::run(ui, stages)
}

/// What measures processor time, by itself: begun when nothing else runs any more.
pub(crate) fn figures<'a>(ready: &'a Ready<'_>) -> Stage<'a> {
    let part = Part { profile: "ci-figures", core: Core::Floor, threads: Nextest::capacity() };
    Stage::new("figures", ALONE, move || tests(ready, &part)).after(&[BUILD, PREPARED])
}

/// The tests of the provider, the framework, the examples and the modules once more, with each of the cores that people run
/// beside the one on `PATH`.
pub(crate) fn with_other_cores<'a>(ready: &'a Ready<'_>) -> Vec<Stage<'a>> {
    vec![
        Stage::new(NEWEST, LIGHT, || installed(Core::Newest)).after(&[PREPARED]),
        Stage::new(OPENTOFU, LIGHT, || installed(Core::OpenTofu)).after(&[PREPARED]),
        Stage::new("tests with the newest Terraform", LIGHT, || tests(ready, &Part::with(Core::Newest)))
            .after(&[BUILD, NEWEST]),
        Stage::new("tests with OpenTofu", LIGHT, || tests(ready, &Part::with(Core::OpenTofu)))
            .after(&[BUILD, OPENTOFU]),
    ]
}

/// The tests that need a Kubernetes cluster, or Helm, which is built with it. Its programs take minutes to build, which no other test has to wait for; they
/// are built first. What is waited for in a cluster has its limits, so that these tests and the others never run at once.
pub(crate) fn with_kubernetes<'a>(ready: &'a Ready<'_>) -> Vec<Stage<'a>> {
    // The demo, which mostly waits, and one test beside it.
    let part = Part { profile: "ci-kubernetes", core: Core::Floor, threads: Nextest::capacity() * 5 / 8 };
    let start = Part { profile: "ci-kubernetes-figures", ..part };
    vec![
        Stage::new(KUBERNETES, LIGHT, kubernetes_programs),
        Stage::new("tests with a Kubernetes cluster", HEAVY, move || tests(ready, &part))
            .after(&[BUILD, KUBERNETES]),
        Stage::new("figures of a Kubernetes cluster", ALONE, move || tests(ready, &start))
            .after(&[BUILD, KUBERNETES]),
    ]
}

fn kubernetes_programs() -> Result<Outcome> {
    Programs::ready()?;
    Ok(Outcome::default())
}

fn installed(core: Core) -> Result<Outcome> {
    core.tool()?;
    Ok(Outcome::default())
}

/// The stages of the tests, for `ci` too.
pub(crate) fn stages<'a>(ready: &'a Ready<'_>) -> Vec<Stage<'a>> {
    let mut stages = vec![
        Stage::new(BUILD, HEAVY, || build(ready)),
        Stage::new(PREPARED, LIGHT, python_environments),
        Stage::new("tests", HEAVY, || tests(ready, &Part::all(ready.core))).after(&[BUILD, PREPARED]),
    ];
    if ready.filter.is_none() {
        let examples = "examples in the documentation of the code";
        stages.push(Stage::new(examples, LIGHT, || documentation_tests(ready)).after(&[BUILD, PREPARED]));
    }
    stages
}

/// Everything in one build: the programs under test, their libraries, and all tests.
fn build(ready: &Ready<'_>) -> Result<Outcome> {
    let mut command = environment::cargo();
    command.args(["build", "--workspace", "--all-targets", "--locked", "--profile", nextest::PROFILE]);
    environment::scrub(&mut command);
    command.current_dir(repository::root());
    let finished = process::shown_as(&mut command, Shown { prefix: "", limit: BUILD_LIMIT })?;
    in_time(&finished, "the build", BUILD_LIMIT)?;
    ensure!(finished.success, "the build failed\nhint: its messages are above");
    // To build the programs by themselves would give their dependencies fewer features, and build them anew.
    let built = Binaries::built()?;
    *ready.built.lock().map_err(|_| anyhow::anyhow!("a stage panicked"))? = Some(built);
    Ok(Outcome { cpu: finished.cpu, ..Outcome::default() })
}

fn python_environments() -> Result<Outcome> {
    Venv::local_aws()?;
    Venv::aws_cli()?;
    Venv::real_clients()?;
    Venv::checkov()?;
    Venv::parliament()?;
    Packages::judge()?;
    Ok(Outcome::default())
}

/// A part of the tests, run as one stage.
#[derive(Clone, Copy)]
struct Part {
    /// Nextest's, which says which tests.
    profile: &'static str,
    core: Core,
    /// How much of the machine they take, in nextest's threads.
    threads: usize,
}

impl Part {
    /// Everything; with another core than the oldest, what uses it.
    fn all(core: Core) -> Self {
        let profile = match core {
            Core::Floor => nextest::PROFILE,
            Core::Newest => "ci-newest",
            Core::OpenTofu => "ci-opentofu",
        };
        Self { profile, core, threads: Nextest::capacity() }
    }

    /// What meets a core, one test after the other beside all that is tested with the oldest.
    fn with(core: Core) -> Self {
        Self { threads: Nextest::capacity() / 4, ..Self::all(core) }
    }
}

/// Rust tests of the workspace, and the suites that some of them run.
fn tests(ready: &Ready<'_>, part: &Part) -> Result<Outcome> {
    let Part { profile, core, threads } = *part;
    let binaries = ready.binaries()?;
    let tool = core.tool()?;
    let report = Nextest::report(profile);
    let skips = repository::target_folder("nextest")?.join(format!("skipped-{profile}.txt"));
    // One from another run would be taken for this one's.
    for old in [&report, &skips].into_iter().filter(|old| old.exists()) {
        fs::remove_file(old)?;
    }
    let mut command = ready.nextest.command(&["run", "--workspace", "--locked", "--no-fail-fast"]);
    command.args(["--cargo-profile", nextest::PROFILE, "--profile", profile]);
    command.args(["--test-threads", &threads.to_string()]);
    // Who names tests means all of that name, and not only those that CI runs with each core.
    command.args(ready.filter.iter().flat_map(|filter| ["--ignore-default-filter", "-E", filter]));
    command.env(binaries::FOLDER, binaries.folder());
    command.env(cores::VARIABLE, core.name()).env(cores::feature::SKIPS, &skips);
    // The framework's own tests know no cores.
    command.env("TERRAFORM", &tool.path);
    // Terraform and the AWS provider spend a fifth of their time collecting garbage, for processes that live for seconds.
    command.env("GOGC", GARBAGE);
    let finished = process::shown_as(&mut command, Shown { prefix: "", limit: TESTS_LIMIT })?;
    in_time(&finished, "the tests", TESTS_LIMIT)?;
    ensure!(report.is_file(), "the tests could not be run\nhint: the messages are above");
    let cases = junit::read(&fs::read_to_string(&report)?)?;
    let mut outcome = outcome(&cases);
    let ignored = if profile == nextest::PROFILE { ready.nextest.ignored()? } else { Vec::new() };
    let lacking = lacking(&skips)?;
    // A test that the core cannot run ends well and shows nothing.
    outcome.counts.passed = outcome.counts.passed.saturating_sub(lacking.len());
    outcome.counts.skipped += ignored.len() + lacking.len();
    outcome.skipped.extend(ignored.into_iter().chain(lacking));
    outcome.cpu = finished.cpu;
    ensure!(
        finished.success || outcome.counts.failed > 0,
        "nextest failed and told of no failed test\nhint: the messages are above"
    );
    ensure!(outcome.counts.passed + outcome.counts.failed > 0, "no test was run");
    tell_longest(ready.ui, &cases);
    Ok(outcome)
}

/// What the core at hand cannot do, as the tests noted it.
fn lacking(notes: &Path) -> Result<Vec<Skipped>> {
    let text = if notes.exists() { fs::read_to_string(notes)? } else { String::new() };
    let of = |line: &str| {
        let (test, reason) = line.split_once('\t')?;
        Some(Skipped { test: test.to_owned(), reason: reason.to_owned() })
    };
    Ok(text.lines().filter_map(of).collect())
}

fn outcome(cases: &[Case]) -> Outcome {
    let mut outcome = Outcome::default();
    for case in cases {
        let within = if case.binary == SUITES { Counts::read(&case.output) } else { Counts::default() };
        let is_suite = within != Counts::default();
        outcome.skipped.extend(if is_suite { skipped_by_pytest(&case.output) } else { Vec::new() });
        outcome.counts += within;
        match &case.failure {
            Some(how) => {
                outcome.failures.push(format!("{} {}: {how}", case.binary, case.name));
                // A suite may fail without a test of its own that did.
                outcome.counts.failed += usize::from(within.failed == 0);
            }
            None if is_suite => {}
            None => outcome.counts.passed += 1,
        }
    }
    outcome
}

fn tell_longest(ui: &Ui, cases: &[Case]) {
    let rows: Vec<Vec<String>> = junit::by_binary(cases)
        .into_iter()
        .take(TOLD)
        .map(|(binary, count, took)| {
            vec![binary.to_owned(), count.to_string(), format!("{:.0}", took.as_secs_f64())]
        })
        .collect();
    ui.progress("");
    for line in crate::ui::table(&["test program", "tests", "seconds, added up"], &rows).lines() {
        ui.detail(line);
    }
}

/// `cargo test --doc`, which nextest cannot do, with what the tests beside it leave of the machine.
fn documentation_tests(ready: &Ready<'_>) -> Result<Outcome> {
    let binaries = ready.binaries()?;
    let mut command = in_background(&environment::cargo());
    command.args(["test", "--workspace", "--locked", "--doc", "--quiet", "--profile", nextest::PROFILE]);
    environment::scrub(&mut command);
    command.env(binaries::FOLDER, binaries.folder()).current_dir(repository::root());
    let finished = process::shown_as(
        &mut command,
        Shown { prefix: "[examples in the documentation] ", limit: DOCUMENTATION_LIMIT },
    )?;
    in_time(&finished, "the examples in the documentation", DOCUMENTATION_LIMIT)?;
    let counts = Counts::read(&finished.text);
    ensure!(
        finished.success || counts.failed > 0,
        "the examples in the documentation could not be run\nhint: the messages are above"
    );
    Ok(Outcome { counts, cpu: finished.cpu, ..Outcome::default() })
}

/// The same command with the lowest priority: it computes while everything else waits.
pub(crate) fn in_background(command: &Command) -> Command {
    let mut nice = Command::new("nice");
    nice.args(["-n", "19"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => nice.env(name, value),
            None => nice.env_remove(name),
        };
    }
    nice
}

pub(crate) fn in_time(finished: &Finished, what: &str, limit: Duration) -> Result<()> {
    ensure!(!finished.timed_out, "{what} timed out: more than {} minutes", limit.as_secs() / 60);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(binary: &str, failure: Option<&str>, output: &str) -> Case {
        Case {
            binary: binary.into(),
            name: "test".into(),
            took: Duration::ZERO,
            failure: failure.map(str::to_owned),
            output: output.into(),
        }
    }

    #[test]
    fn a_suite_counts_as_the_tests_within() {
        let printed = "SKIPPED [1] tests/a.py:9: takes minutes\n71 passed, 1 skipped in 41.30s\n";
        let found = outcome(&[case("tfplugin", None, "3 passed in 1s"), case(SUITES, None, printed)]);
        assert_eq!(found.counts, Counts { passed: 72, failed: 0, skipped: 1 });
        let expected = Skipped { test: "tests/a.py:9".into(), reason: "takes minutes".into() };
        assert_eq!(found.skipped, [expected]);
    }

    #[test]
    fn a_suite_that_fails_is_counted_once() {
        let failed = Some("test failure with exit code 101");
        let found = outcome(&[
            case(SUITES, failed, "Failure! 5 passed, 2 failed.\n"),
            case(SUITES, Some("test timeout"), ""),
        ]);
        assert_eq!(found.counts, Counts { passed: 5, failed: 3, skipped: 0 });
        assert_eq!(
            found.failures,
            [
                "acceptance-tests::suites test: test failure with exit code 101",
                "acceptance-tests::suites test: test timeout"
            ]
        );
    }
}
