//! The programs that must be on the machine, besides Cargo.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::environment;

/// A program and its version.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Absolute path.
    pub path: PathBuf,
    /// As the program tells it, `1.11.4`.
    pub version: String,
}

/// What must be on the machine, found.
#[derive(Clone, Debug)]
pub struct Needed {
    /// Terraform 1.11 or newer.
    pub terraform: Tool,
    /// Python 3.10 or newer with `venv`.
    pub python: Tool,
}

/// Looks for everything that the tests and the demo need before anything is built. The README lists the same.
///
/// # Errors
/// When something is missing or too old: all of it at once, each with what to install.
pub fn needed() -> Result<Needed> {
    let (terraform, python) = (terraform(), python());
    let others = [
        program("cc", "a C compiler", "`apt-get install gcc libc6-dev` or `xcode-select --install`"),
        program("git", "Git", "`apt-get install git` or `brew install git`"),
        component("rustfmt"),
        component("clippy"),
    ];
    let tools = [terraform.as_ref().err(), python.as_ref().err()];
    let missing = tools.into_iter().flatten().chain(others.iter().filter_map(|other| other.as_ref().err()));
    let missing: Vec<String> = missing.map(|error| format!("{error:#}")).collect();
    ensure!(missing.is_empty(), "{}", missing.join("\n"));
    Ok(Needed { terraform: terraform?, python: python? })
}

fn program(name: &str, title: &str, install: &str) -> Result<()> {
    match on_path(name) {
        Some(_) => Ok(()),
        None => bail!("`{name}` not found on PATH\nhint: install {title}, for example with {install}"),
    }
}

/// A part of the Rust toolchain that a minimal installation lacks.
fn component(name: &str) -> Result<()> {
    let subcommand = if name == "rustfmt" { "fmt" } else { name };
    let output = environment::cargo().args([subcommand, "--version"]).output().context("starting `cargo`")?;
    ensure!(
        output.status.success(),
        "`cargo {subcommand}` does not work: {}\nhint: run `rustup component add {name}`",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(())
}

/// Finds a program on `PATH`.
#[must_use]
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}

/// Terraform 1.11 or newer: write-only arguments and the S3 lock file came with it.
///
/// # Errors
/// When `terraform` is missing, too old, or does not tell its version.
pub fn terraform() -> Result<Tool> {
    // Asked for at every command that a test runs, and it does not change meanwhile.
    static FOUND: OnceLock<Tool> = OnceLock::new();
    match FOUND.get() {
        Some(found) => Ok(found.clone()),
        None => find_terraform().map(|found| FOUND.get_or_init(|| found).clone()),
    }
}

fn find_terraform() -> Result<Tool> {
    let Some(path) = on_path("terraform") else {
        bail!(
            "`terraform` not found on PATH\nhint: install Terraform 1.11 or newer: \
             https://developer.hashicorp.com/terraform/install"
        );
    };
    let tool = version_of(&path)?;
    ensure!(
        at_least(&tool.version, &[1, 11]),
        "`{}` is version {}; 1.11 or newer is needed\nhint: install a newer Terraform: \
         https://developer.hashicorp.com/terraform/install",
        path.display(),
        tool.version
    );
    Ok(tool)
}

/// A Terraform or OpenTofu with the version that it tells.
///
/// # Errors
/// When it cannot be started or tells none.
pub fn version_of(path: &Path) -> Result<Tool> {
    let mut command = Command::new(path);
    command.args(["version", "-json"]);
    environment::scrub(&mut command);
    // Otherwise `version` asks HashiCorp's service for a newer one.
    command.env("CHECKPOINT_DISABLE", "1");
    let output = command.output().with_context(|| format!("starting `{}`", path.display()))?;
    let told: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("`{} version -json` did not print JSON", path.display()))?;
    let version = told["terraform_version"].as_str().unwrap_or_default().to_owned();
    Ok(Tool { path: path.to_path_buf(), version })
}

/// Python 3.10 or newer that can make virtual environments.
///
/// # Errors
/// When there is none, with the reason for each candidate that was refused.
pub fn python() -> Result<Tool> {
    const PROBE: &str = "import sys, venv, ensurepip; print('.'.join(map(str, sys.version_info[:3])))";
    let mut refused = Vec::new();
    for name in ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"] {
        let Some(path) = on_path(name) else { continue };
        let mut command = Command::new(&path);
        command.args(["-I", "-c", PROBE]);
        environment::scrub(&mut command);
        let output = command.output().with_context(|| format!("starting `{}`", path.display()))?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() {
            refused.push(format!("`{}` has no `venv` or no `ensurepip`", path.display()));
        } else if at_least(&version, &[3, 10]) {
            return Ok(Tool { path, version });
        } else {
            refused.push(format!("`{}` is version {version}", path.display()));
        }
    }
    let reasons = if refused.is_empty() { "none is on PATH".to_owned() } else { refused.join("; ") };
    bail!(
        "no Python 3.10 or newer that can make virtual environments: {reasons}\n\
         hint: install it, for example with `apt-get install python3 python3-venv` or `brew install python`"
    )
}

/// Whether a version is `floor` or newer; what follows a `-` does not count.
pub(crate) fn at_least(version: &str, floor: &[u64]) -> bool {
    let parts: Vec<u64> = version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect();
    !parts.is_empty() && parts.as_slice() >= floor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(at_least("1.11.4", &[1, 11]));
        assert!(at_least("1.11.0-rc1", &[1, 11]));
        assert!(at_least("2.0.0", &[1, 11]));
        assert!(!at_least("1.9.8", &[1, 11]));
        assert!(!at_least("", &[1, 11]));
    }

    #[test]
    fn a_missing_program_is_named_with_what_to_install() {
        let error = program("no-such-program-here", "it", "`apt-get install it`").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`no-such-program-here` not found on PATH\nhint: install it, for example with `apt-get install it`"
        );
    }

    #[test]
    fn what_is_not_on_path_is_none() {
        assert!(on_path("no-such-program-here").is_none());
    }
}
