//! Packages of npm, installed once for each lock file and kept in the build directory, as those of Python are.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use crate::venv::last_lines;
use crate::{environment, repository, tools};

/// The oldest Node that the packages take.
const LEAST: [u64; 1] = [18];
const HINT: &str = "hint: install Node.js 18 or newer with npm, for example with `apt-get install nodejs npm` or `brew install node`";

/// Node, and a folder with packages and the program that uses them.
#[derive(Clone, Debug)]
pub struct Packages {
    node: PathBuf,
    folder: PathBuf,
}

impl Packages {
    /// Those of the evaluator of IAM policies that is not written here, with the program that asks it.
    ///
    /// # Errors
    /// When Node or npm is missing, or `npm` fails.
    pub fn judge() -> Result<Self> {
        Self::from_folder("judge", &repository::root().join("acceptance-tests/judge"), "judge.mjs")
    }

    fn from_folder(name: &str, from: &Path, program: &str) -> Result<Self> {
        let node = checked_node(tools::on_path("node"))?;
        let files = ["package.json", "package-lock.json", program];
        let mut hasher = DefaultHasher::new();
        for file in files {
            fs::read(from.join(file))?.hash(&mut hasher);
        }
        // Not a security matter: it only names a folder.
        let folder = repository::target_folder("npm")?.join(format!("{name}-{:016x}", hasher.finish()));
        let packages = Self { node, folder };
        let _lock = repository::lock(&format!("npm-{name}"))?;
        // Written last: a folder without it was left half made.
        let marker = packages.folder.join("complete");
        if !marker.is_file() {
            packages.install(from, &files)?;
            fs::write(marker, "")?;
        }
        Ok(packages)
    }

    /// Node with a program of the folder.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(&self.node);
        command.arg(self.folder.join(program));
        environment::scrub(&mut command);
        command
    }

    fn install(&self, from: &Path, files: &[&str]) -> Result<()> {
        let npm = npm()?;
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        fs::create_dir_all(&self.folder)?;
        for file in files {
            fs::copy(from.join(file), self.folder.join(file))?;
        }
        let mut command = Command::new(npm);
        // What the lock file says, and nothing that a package would run.
        command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]);
        command.current_dir(&self.folder);
        environment::scrub(&mut command);
        let output = command.output().context("starting `npm`")?;
        let text = [output.stdout, output.stderr].concat();
        ensure!(
            output.status.success(),
            "installing packages of npm failed; the last lines were:\n{}\nhint: they come from npm's registry",
            last_lines(&String::from_utf8_lossy(&text), 12)
        );
        Ok(())
    }
}

/// Node 18 or newer, with npm beside it.
///
/// # Errors
/// When one is missing or too old, with what to install.
pub fn node() -> Result<PathBuf> {
    npm()?;
    checked_node(tools::on_path("node"))
}

fn npm() -> Result<PathBuf> {
    tools::on_path("npm").with_context(|| format!("`npm` not found on PATH\n{HINT}"))
}

fn checked_node(found: Option<PathBuf>) -> Result<PathBuf> {
    let Some(path) = found else { bail!("`node` not found on PATH\n{HINT}") };
    let output = Command::new(&path)
        .arg("--version")
        .output()
        .with_context(|| format!("starting `{}`", path.display()))?;
    let version = String::from_utf8_lossy(&output.stdout).trim().trim_start_matches('v').to_owned();
    ensure!(tools::at_least(&version, &LEAST), "`{}` is version {version}\n{HINT}", path.display());
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_node_is_named_with_what_to_install() {
        assert_eq!(checked_node(None).unwrap_err().to_string(), format!("`node` not found on PATH\n{HINT}"));
    }

    #[test]
    fn an_old_node_is_named_with_what_to_install() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("node");
        fs::write(&old, "#!/bin/sh\necho v16.20.2\n").unwrap();
        fs::set_permissions(&old, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(
            checked_node(Some(old.clone())).unwrap_err().to_string(),
            format!("`{}` is version 16.20.2\n{HINT}", old.display())
        );
    }
}
