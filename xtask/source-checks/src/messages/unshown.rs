//! The list of messages that no test shows. It only shrinks.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::{Entries, Shown};
use crate::files;

/// Where it is kept: one message a line, with its crate.
const PATH: &str = "xtask/source-checks/unshown-messages.txt";

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unshown(BTreeSet<String>);

impl Unshown {
    /// The list as it is kept; `None` when there is none.
    pub(super) fn read() -> Result<Option<Self>> {
        match fs::read_to_string(file()) {
            Ok(text) => Ok(Some(Self::parse(&text))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn parse(text: &str) -> Self {
        Self(text.lines().map(str::to_owned).collect())
    }

    /// What no test shows now.
    pub(super) fn of(entries: &Entries) -> Self {
        let never = entries.iter().filter(|(_, entry)| entry.shown == Shown::Never);
        Self(never.map(|((package, message), _)| line(package, message)).collect())
    }

    /// Less what is shown by now, or no longer made. Nothing is added: for a new message, a test is written.
    pub(super) fn without_what_is_shown(self, entries: &Entries) -> Self {
        let now = Self::of(entries);
        Self(self.0.into_iter().filter(|line| now.0.contains(line)).collect())
    }

    pub(super) fn write(&self) -> Result<()> {
        let lines: String = self.0.iter().map(|line| format!("{line}\n")).collect();
        Ok(fs::write(file(), lines)?)
    }

    /// What differs from what no test shows now.
    pub(super) fn problems(&self, entries: &Entries) -> Vec<String> {
        let now = Self::of(entries);
        let mut problems = Vec::new();
        for line in now.0.difference(&self.0) {
            problems
                .push(format!("no test shows the message `{line}`\nhint: write a test that shows it whole"));
        }
        for line in self.0.difference(&now.0) {
            let made =
                entries.keys().any(|(package, message)| super::unshown::line(package, message) == *line);
            let why = if made { "is shown by a test" } else { "is not made any more" };
            problems.push(format!("`{PATH}` lists a message that {why}: `{line}`\nhint: take the line out"));
        }
        problems
    }

    /// How many there are, and which.
    pub(super) fn summary(&self) -> String {
        let lines: String = self.0.iter().map(|line| format!("  {line}\n")).collect();
        format!("messages that no test shows: {}\n{lines}", self.0.len())
    }
}

fn line(package: &str, message: &str) -> String {
    format!("{package}: {message}")
}

fn file() -> PathBuf {
    files::root().join(PATH)
}

/// Commits, and changes that are not committed, by which the list grew.
pub(super) fn growth() -> Result<Vec<String>> {
    if git(&["rev-parse", "--is-shallow-repository"])?.trim() == "true" {
        let why = "the history is cut off, so that nobody can tell whether the list of messages grew";
        return Ok(vec![format!("{why}\nhint: fetch all of it: `git fetch --unshallow`")]);
    }
    let history = git(&["log", "--reverse", "--numstat", "--format=commit %h", "--", PATH])?;
    let mut problems = grown(&history);
    let is_committed = !history.is_empty();
    if is_committed {
        let change = git(&["diff", "--numstat", "HEAD", "--", PATH])?;
        problems.extend(counts(&change).filter(|(more, less)| more > less).map(|(more, less)| {
            let now = "what is not committed yet";
            problem(now, more, less)
        }));
    }
    Ok(problems)
}

/// The commits after the first that added more lines than they took away.
pub(super) fn grown(history: &str) -> Vec<String> {
    let commits = history.split("commit ").filter(|commit| !commit.trim().is_empty());
    let mut problems = Vec::new();
    for commit in commits.skip(1) {
        let name = commit.lines().next().unwrap_or_default();
        let grown = counts(commit).filter(|(more, less)| more > less);
        problems.extend(grown.map(|(more, less)| problem(&format!("the commit {name}"), more, less)));
    }
    problems
}

fn problem(what: &str, more: usize, less: usize) -> String {
    format!(
        "{what} adds {more} lines to `{PATH}` and takes {less} away: the list only shrinks\n\
         hint: write a test that shows the message whole"
    )
}

/// Lines added and taken away, of each line of `--numstat`.
fn counts(numstat: &str) -> impl Iterator<Item = (usize, usize)> {
    numstat.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        Some((columns.next()?.parse().ok()?, columns.next()?.parse().ok()?))
    })
}

fn git(arguments: &[&str]) -> Result<String> {
    let output =
        Command::new("git").args(arguments).current_dir(files::root()).output().context("starting `git`")?;
    ensure!(
        output.status.success(),
        "`git {}` failed: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).context("`git` printed what is no text")
}
