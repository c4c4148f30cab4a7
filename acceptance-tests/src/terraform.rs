//! Runs `terraform` in one folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{CliConfig, Core, Usage, environment, usage};

/// Terraform in one folder, with one environment.
#[derive(Clone, Debug)]
pub struct Terraform {
    program: PathBuf,
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

/// What one run printed.
#[derive(Debug)]
pub struct Run {
    /// The exit code; 128 and the signal's number when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Run {
    /// Everything that was printed, without the frame that Terraform draws around messages and with line breaks
    /// made spaces: Terraform wraps long messages, so a phrase may stand on two lines.
    #[must_use]
    pub fn message(&self) -> String {
        let text = format!("{}\n{}", self.stdout, self.stderr);
        let words: Vec<&str> =
            text.split_whitespace().filter(|word| !matches!(*word, "│" | "╷" | "╵")).collect();
        words.join(" ")
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        use std::os::unix::process::ExitStatusExt as _;
        let code = output.status.code().or_else(|| output.status.signal().map(|signal| 128 + signal));
        Self {
            code: code.unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A plan that was made.
#[derive(Debug)]
pub struct Plan {
    /// What Terraform printed.
    pub text: String,
    /// `terraform show -json` of the plan.
    pub json: Value,
    /// Whether there is something to do.
    pub has_changes: bool,
}

impl Plan {
    /// What is planned for an object, as in the plan's JSON: `["create"]`, `["delete", "create"]`; empty when the
    /// object is not in the plan.
    #[must_use]
    pub fn actions(&self, address: &str) -> Vec<&str> {
        let actions = self.change(address).and_then(|change| change["actions"].as_array());
        actions.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// What is planned for an object, with what is `before` and `after`; `None` when the object is not in the plan.
    #[must_use]
    pub fn change(&self, address: &str) -> Option<&Value> {
        let changes = self.json["resource_changes"].as_array()?;
        changes.iter().find(|change| change["address"] == address).map(|change| &change["change"])
    }
}

/// The file that [`Terraform::plan`] writes.
pub const PLAN_FILE: &str = "test.tfplan";

impl Terraform {
    /// Terraform in a folder, its providers from the given configuration.
    ///
    /// # Errors
    /// When `terraform` is missing or too old.
    pub fn new(folder: &Path, config: &CliConfig) -> Result<Self> {
        let variables = vec![
            ("TF_CLI_CONFIG_FILE".to_owned(), config.path().display().to_string()),
            ("TF_IN_AUTOMATION".to_owned(), "1".to_owned()),
            ("TF_INPUT".to_owned(), "0".to_owned()),
        ];
        Ok(Self { program: Core::current()?.tool()?.path, folder: folder.to_path_buf(), variables })
    }

    /// With more variables.
    #[must_use]
    pub fn with(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        self.variables.extend(variables);
        self
    }

    /// With everything that Terraform and the providers can log, into a file.
    #[must_use]
    pub fn with_trace(self, log: &Path) -> Self {
        let log = log.display().to_string();
        self.with([("TF_LOG".to_owned(), "TRACE".to_owned()), ("TF_LOG_PATH".to_owned(), log)])
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The variables that are set for it, for other programs that call `terraform`.
    #[must_use]
    pub fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    /// A command that is not started yet.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        environment::scrub(&mut command);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs to the end, whatever the exit code.
    ///
    /// # Errors
    /// When `terraform` cannot be started.
    pub fn run(&self, arguments: &[&str]) -> Result<Run> {
        Ok(self.command(arguments).output().context("starting `terraform`")?.into())
    }

    /// Runs to the end and expects exit code 0.
    ///
    /// # Errors
    /// When it ends otherwise, with what it printed.
    pub fn succeed(&self, arguments: &[&str]) -> Result<Run> {
        let run = self.run(arguments)?;
        if run.code == 0 {
            return Ok(run);
        }
        Err(self.unexpected(arguments, &run))
    }

    /// Runs to the end and expects exit code 0: what it and its providers used.
    ///
    /// # Errors
    /// As [`Terraform::succeed`].
    pub fn measured(&self, arguments: &[&str]) -> Result<Usage> {
        let (output, usage) = usage::of(&mut self.command(arguments))?;
        let run = Run::from(output);
        if run.code == 0 {
            return Ok(usage);
        }
        Err(self.unexpected(arguments, &run))
    }

    /// Runs to the end and expects it to fail.
    ///
    /// # Errors
    /// When it succeeds.
    pub fn fail(&self, arguments: &[&str]) -> Result<Run> {
        let run = self.run(arguments)?;
        if run.code != 0 {
            return Ok(run);
        }
        Err(self.unexpected(arguments, &run))
    }

    fn unexpected(&self, arguments: &[&str], run: &Run) -> anyhow::Error {
        anyhow::anyhow!(
            "`terraform {}` in `{}` ended with code {}:\n{}\n{}",
            arguments.join(" "),
            self.folder.display(),
            run.code,
            run.stdout,
            run.stderr
        )
    }

    /// `terraform init`.
    ///
    /// # Errors
    /// When it fails.
    pub fn init(&self) -> Result<()> {
        self.succeed(&["init", "-no-color"]).map(drop)
    }

    /// `terraform plan`, kept in [`PLAN_FILE`].
    ///
    /// # Errors
    /// When it fails.
    pub fn plan(&self) -> Result<Plan> {
        self.plan_with(&[])
    }

    /// `terraform plan` with more arguments.
    ///
    /// # Errors
    /// When it fails.
    pub fn plan_with(&self, arguments: &[&str]) -> Result<Plan> {
        let mut all = vec!["plan", "-no-color", "-detailed-exitcode", "-out", PLAN_FILE];
        all.extend(arguments);
        let run = self.run(&all)?;
        let has_changes = match run.code {
            0 => false,
            2 => true,
            _ => return Err(self.unexpected(&all, &run)),
        };
        Ok(Plan { text: run.stdout, json: self.show(&[PLAN_FILE])?, has_changes })
    }

    /// Plans and expects nothing to do.
    ///
    /// # Errors
    /// When there is something to do, with the plan.
    pub fn expect_no_changes(&self) -> Result<()> {
        let arguments = ["plan", "-no-color", "-detailed-exitcode"];
        let run = self.run(&arguments)?;
        match run.code {
            0 => Ok(()),
            2 => bail!("expected nothing to do in `{}`, but:\n{}", self.folder.display(), run.stdout),
            _ => Err(self.unexpected(&arguments, &run)),
        }
    }

    /// `terraform apply` without a question.
    ///
    /// # Errors
    /// When it fails.
    pub fn apply(&self) -> Result<Run> {
        self.succeed(&["apply", "-no-color", "-auto-approve"])
    }

    /// `terraform destroy` without a question.
    ///
    /// # Errors
    /// When it fails.
    pub fn destroy(&self) -> Result<Run> {
        self.succeed(&["destroy", "-no-color", "-auto-approve"])
    }

    /// The state, as `terraform show -json` gives it.
    ///
    /// # Errors
    /// When it fails.
    pub fn state(&self) -> Result<Value> {
        self.show(&[])
    }

    /// All values of one object in the state of the root module.
    ///
    /// # Errors
    /// When the object is not in the state.
    pub fn values(&self, address: &str) -> Result<Value> {
        let state = self.state()?;
        let resources = state["values"]["root_module"]["resources"].as_array();
        let found = resources.into_iter().flatten().find(|resource| resource["address"] == address);
        Ok(found.with_context(|| format!("`{address}` is not in the state: {state}"))?["values"].clone())
    }

    /// The value of an output.
    ///
    /// # Errors
    /// When there is no such output.
    pub fn output(&self, name: &str) -> Result<Value> {
        let run = self.succeed(&["output", "-no-color", "-json", name])?;
        serde_json::from_str(&run.stdout)
            .with_context(|| format!("output `{name}` is not JSON: {}", run.stdout))
    }

    fn show(&self, arguments: &[&str]) -> Result<Value> {
        let all = [&["show", "-no-color", "-json"], arguments].concat();
        let run = self.succeed(&all)?;
        serde_json::from_str(&run.stdout).context("`terraform show -json` did not print JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_message_is_read_without_its_frame() {
        let run =
            Run { code: 1, stdout: String::new(), stderr: "╷\n│ Error: it is\n│ there\n╵\n".into() };
        assert_eq!(run.message(), "Error: it is there");
    }

    #[test]
    fn actions_are_found_by_address() {
        let json = json!({ "resource_changes": [{ "address": "a.b", "change": { "actions": ["delete", "create"] } }] });
        let plan = Plan { text: String::new(), json, has_changes: true };
        assert_eq!(plan.actions("a.b"), ["delete", "create"]);
        assert!(plan.actions("a.c").is_empty());
    }
}
