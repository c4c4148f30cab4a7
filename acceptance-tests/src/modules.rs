//! The Terraform modules in a folder of a test: those at hand, or those of a commit, from the repository's own history.

use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use crate::repository;

/// Names a commit, such as `376af31`, whose modules tests run with in place of those at hand: to see a test fail on the fault that it was
/// written for.
pub const GIVEN: &str = "ACCEPTANCE_TESTS_MODULES";

/// The commit whose platforms go to the modules at hand unharmed.
pub const EARLIER: &str = "376af319b5171f706149090e9bb777308723fdc6";

/// Copies the modules at hand, or those of the commit that [`GIVEN`] names.
///
/// # Errors
/// When they cannot be copied, or there is no such commit.
pub fn copy(to: &Path) -> Result<()> {
    match std::env::var(GIVEN) {
        Ok(commit) if !commit.is_empty() => of_commit(&commit, to).with_context(|| format!("`{GIVEN}`")),
        Err(std::env::VarError::NotUnicode(_)) => bail!("`{GIVEN}` is no text"),
        Ok(_) | Err(std::env::VarError::NotPresent) => at_hand(to),
    }
}

/// Copies the modules at hand.
///
/// # Errors
/// When something in them cannot be read or written.
pub fn at_hand(to: &Path) -> Result<()> {
    repository::copy_folder(&repository::root().join("modules"), to)
}

/// Copies the modules of a commit.
///
/// # Errors
/// As [`folder_of_commit`].
pub fn of_commit(commit: &str, to: &Path) -> Result<()> {
    folder_of_commit(commit, "modules", to)
}

/// Copies a folder as it was at a commit.
///
/// # Errors
/// When the clone does not have the commit, or the commit no such folder.
pub fn folder_of_commit(commit: &str, folder: &str, to: &Path) -> Result<()> {
    let wanted = format!("{commit}^{{commit}}");
    let known = git(&["rev-parse", "--quiet", "--verify", "--end-of-options", &wanted], None)?;
    ensure!(
        known.status.success(),
        "the commit `{commit}` is not in this clone\nhint: `git fetch --unshallow` completes a clone that has only the newest commits, \
         and `git fetch origin {commit}` fetches one that no branch has"
    );
    fs::create_dir_all(to)?;
    // An index of its own: that of the repository stays as it is.
    let index = to.with_extension("index");
    let prefix = format!("--prefix={}/", to.display());
    for arguments in
        [&["read-tree", &format!("{commit}:{folder}")][..], &["checkout-index", "--all", &prefix]]
    {
        let output = git(arguments, Some(&index))?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "`{folder}` of `{commit}`: `git {}`: {}",
            arguments.join(" "),
            told.trim()
        );
    }
    Ok(fs::remove_file(&index)?)
}

fn git(arguments: &[&str], index: Option<&Path>) -> Result<Output> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(repository::root());
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    command.output().context("starting `git`, which has the modules of earlier commits\nhint: install git")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modules_of_a_commit_are_those_of_then() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("modules");
        of_commit(EARLIER, &to).unwrap();
        assert!(to.join("database/main.tf").is_file(), "there was a module `database`");
        assert!(!to.join("jump-host").exists(), "there was no module `jump-host`");
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["modules"]);
    }

    #[test]
    fn a_commit_that_the_clone_lacks_is_told_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let error = of_commit("0123456789", &folder.path().join("modules")).unwrap_err().to_string();
        let expected =
            "the commit `0123456789` is not in this clone\nhint: `git fetch --unshallow` completes";
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn a_folder_that_a_commit_lacks_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let error = folder_of_commit(EARLIER, "modules/jump-host", &folder.path().join("x")).unwrap_err();
        assert!(error.to_string().starts_with(&format!("`modules/jump-host` of `{EARLIER}`: ")), "{error}");
    }
}
