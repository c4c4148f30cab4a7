//! Runs `terraform` in one folder.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Terraform in one folder, with one environment.
#[derive(Clone, Debug)]
pub(crate) struct Terraform {
    pub(crate) folder: PathBuf,
    pub(crate) variables: Vec<(String, OsString)>,
}

/// What one run gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) text: String,
    pub(crate) stdout: String,
}

impl Run {
    /// What was printed without the frame that Terraform draws around messages, and with line breaks made spaces:
    /// Terraform wraps long messages, so a phrase may stand on two lines.
    pub(crate) fn message(&self) -> String {
        let words = self.text.split_whitespace().filter(|word| !matches!(*word, "│" | "╷" | "╵"));
        words.collect::<Vec<_>>().join(" ")
    }
}

fn program() -> OsString {
    std::env::var_os("TERRAFORM").unwrap_or_else(|| "terraform".into())
}

impl Terraform {
    /// The same in another folder.
    pub(crate) fn within(&self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), ..self.clone() }
    }

    /// Runs to the end, whatever the exit code.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Run, String> {
        let program = program();
        let mut command = Command::new(&program);
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        // Settings of the person who runs the test would change what Terraform does.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TF_")) {
            command.env_remove(name);
        }
        command.env("CHECKPOINT_DISABLE", "1").env("TF_IN_AUTOMATION", "1").env("TF_INPUT", "0");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let output = command.output().map_err(|error| missing(&program, &error))?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let text = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
        Ok(Run { code: output.status.code().unwrap_or(-1), text, stdout })
    }

    /// Runs to the end and expects one of these exit codes.
    pub(crate) fn expect(&self, arguments: &[&str], codes: &[i32]) -> Result<Run, String> {
        let run = self.run(arguments)?;
        if codes.contains(&run.code) {
            return Ok(run);
        }
        Err(format!("`terraform {}` ended with code {}:\n{}", arguments.join(" "), run.code, run.text))
    }

    /// The state or, with its file's name, a plan as JSON.
    pub(crate) fn show(&self, plan: &[&str]) -> Result<Value, String> {
        let run = self.expect(&[&["show", "-no-color", "-json"], plan].concat(), &[0])?;
        serde_json::from_str(&run.stdout)
            .map_err(|error| format!("`terraform show -json` gave no JSON: {error}"))
    }
}

fn missing(program: &OsString, error: &std::io::Error) -> String {
    format!(
        "`{}` cannot be started: {error}\nhint: install Terraform 1.11 or newer \
         (https://developer.hashicorp.com/terraform/install), or name it in the variable `TERRAFORM`",
        program.to_string_lossy()
    )
}
