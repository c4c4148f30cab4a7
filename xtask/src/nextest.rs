//! `cargo-nextest`, which runs the Rust tests: installed below the build directory, whatever the machine has.

use std::path::PathBuf;
use std::process::Command;

use acceptance_tests::venv::NEXTEST_VERSION;
use acceptance_tests::{Venv, environment, repository};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::counts::Skipped;
use crate::process;
use crate::ui::Ui;

/// Cargo's and nextest's profile of the tests, in `Cargo.toml` and `.config/nextest.toml`.
pub(crate) const PROFILE: &str = "ci";

/// What the weights in `.config/nextest.toml` are counted in: so many to a core.
const UNITS_PER_CORE: usize = 4;

/// An installed `cargo-nextest`.
pub(crate) struct Nextest {
    program: PathBuf,
}

impl Nextest {
    /// Installs it the first time: prebuilt in seconds, else built in some minutes.
    pub(crate) fn ready(ui: &Ui) -> Result<Self> {
        let program = match Venv::nextest() {
            Ok(venv) => venv.program("cargo-nextest"),
            Err(error) => {
                ui.note(&format!(
                    "no prebuilt cargo-nextest, so it is built, which takes minutes: {error:#}"
                ));
                built()?
            }
        };
        let nextest = Self { program };
        let version = nextest.version()?;
        ensure!(
            version == NEXTEST_VERSION,
            "`{}` is version {version} instead of {NEXTEST_VERSION}",
            nextest.program.display()
        );
        Ok(nextest)
    }

    /// `cargo-nextest nextest ...` at the top of the repository.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = environment::cargo_as(&self.program);
        command.arg("nextest").args(arguments).current_dir(repository::root());
        environment::scrub(&mut command);
        command
    }

    /// How many units of work all tests together may weigh at once.
    pub(crate) fn capacity() -> usize {
        std::thread::available_parallelism().map_or(1, usize::from) * UNITS_PER_CORE
    }

    /// Where a run with a profile leaves its report.
    pub(crate) fn report(profile: &str) -> PathBuf {
        repository::target().join("nextest").join(profile).join("junit.xml")
    }

    /// The tests that are marked as ignored, with the reason that stands at each.
    pub(crate) fn ignored(&self) -> Result<Vec<Skipped>> {
        let mut list = self.command(&["list", "--workspace", "--locked", "--message-format", "json"]);
        list.args(["--cargo-profile", PROFILE, "--profile", PROFILE, "--run-ignored", "only"]);
        let output = list.output().context("starting `cargo-nextest`")?;
        ensure!(
            output.status.success(),
            "`cargo nextest list` failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let listed: Value = serde_json::from_slice(&output.stdout).context("the list of tests is no JSON")?;
        Ok(ignored_in(&listed))
    }

    fn version(&self) -> Result<String> {
        let output = Command::new(&self.program)
            .args(["nextest", "--version"])
            .output()
            .with_context(|| format!("starting `{}`", self.program.display()))?;
        let text = String::from_utf8_lossy(&output.stdout);
        // `cargo-nextest 0.9.148`, and on further lines where it was built.
        let version = text.lines().next().and_then(|line| line.split_whitespace().nth(1));
        version
            .map(str::to_owned)
            .with_context(|| format!("`cargo-nextest` does not tell its version: {text}"))
    }
}

/// The names alone: libtest does not tell the reasons, which Clippy demands in the source.
fn ignored_in(listed: &Value) -> Vec<Skipped> {
    let suites = listed["rust-suites"].as_object().into_iter().flatten();
    suites
        .flat_map(|(binary, suite)| {
            let cases = suite["testcases"].as_object().into_iter().flatten();
            let ignored = cases.filter(|(_, case)| case["ignored"] == true);
            ignored.map(move |(name, _)| Skipped {
                test: format!("{binary} {name}"),
                reason: reason_of(name).unwrap_or_else(|| "no reason is given".to_owned()),
            })
        })
        .collect()
}

/// The reason in `#[ignore = "..."]` above the function of this name.
fn reason_of(test: &str) -> Option<String> {
    let function = test.rsplit("::").next()?;
    let mut files = Vec::new();
    for folder in ["provider", "generator", "acceptance-tests", "xtask"] {
        repository::files_with_ending(&repository::root().join(folder), "rs", &mut files).ok()?;
    }
    let texts = files.iter().filter_map(|file| fs_err::read_to_string(file).ok());
    texts.into_iter().find_map(|text| reason_in(&text, function))
}

fn reason_in(text: &str, function: &str) -> Option<String> {
    let (before, _) = text.split_once(&format!("fn {function}("))?;
    let (_, attribute) = before.rsplit_once("#[ignore = \"")?;
    let (reason, between) = attribute.split_once("\"]")?;
    // Another function between the two has the attribute instead.
    (!between.contains("fn ")).then(|| reason.to_owned())
}

fn built() -> Result<PathBuf> {
    let root = repository::target_folder("tools")?;
    let mut install = environment::cargo();
    install.args(["install", "--locked", "--quiet", "--version", NEXTEST_VERSION, "cargo-nextest", "--root"]);
    let finished = process::shown(install.arg(&root).current_dir(&root))?;
    ensure!(finished.success, "`cargo install cargo-nextest` failed\nhint: the messages are above");
    Ok(root.join("bin").join(format!("cargo-nextest{}", std::env::consts::EXE_SUFFIX)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_reason_stands_at_the_test() {
        let text = "#[test]\n#[ignore = \"takes an hour\"]\nfn long() {}\n\n#[test]\nfn short() {}\n";
        assert_eq!(reason_in(text, "long").as_deref(), Some("takes an hour"));
        assert_eq!(reason_in(text, "short"), None);
    }

    #[test]
    fn ignored_tests_are_listed() {
        let listed = json!({ "rust-suites": { "tfplugin": { "testcases": {
            "a::runs": { "ignored": false },
            "a::no_such_function_anywhere": { "ignored": true },
        } } } });
        let expected = Skipped {
            test: "tfplugin a::no_such_function_anywhere".into(),
            reason: "no reason is given".into(),
        };
        assert_eq!(ignored_in(&listed), [expected]);
    }
}
