//! Assertions that only say that something fails, or that it does not, and nothing about what is expected.
//!
//! What such an assertion is, is decided by how it is written, not by types: `is_err()` of any type is one.

mod documentation;
mod outcome;
mod python;
mod rust;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::scope::{self, Kind};
use crate::{Report, files};

/// What an assertion leaves unsaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unsaid {
    Error,
    Value,
    Some,
    Code,
    Problems,
    Dropped,
    Panic,
    Raised,
}

impl Unsaid {
    fn problem(self) -> &'static str {
        match self {
            Self::Error => "says that it fails, not with which error",
            Self::Value => "says that it succeeds, not with which value, and hides the error when it fails",
            Self::Some => "says that there is a value, not which",
            Self::Code => "says that it failed, not with which code and message",
            Self::Problems => "says that there are problems, not which",
            Self::Dropped => "asks for an error and does not look at it",
            Self::Panic => "is content with any panic",
            Self::Raised => "is content with any message",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Error => {
                "compare the message, `assert_eq!(x.unwrap_err().to_string(), \"...\")`, or the variant, \
                 `assert!(matches!(x, Err(Error::Absent { .. })))`"
            }
            Self::Value => {
                "compare the value, `assert_eq!(x.unwrap(), ...)`, or only `unwrap` when it has none"
            }
            Self::Some => {
                "compare the value, `assert_eq!(x, Some(...))`, or say what holds of it with `is_some_and`"
            }
            Self::Code => "compare the code, `assert_eq!(status.code(), Some(1))`, and what was printed",
            Self::Problems => "compare the messages themselves",
            Self::Dropped => "keep the error and compare its message or variant",
            Self::Panic => "write `#[should_panic(expected = \"...\")]`",
            Self::Raised => "write `match=\"...\"`, or `as failed` and look at `failed.value`",
        }
    }
}

/// An assertion that does not say what it expects. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: PathBuf,
    line: usize,
    column: usize,
    what: String,
    unsaid: Unsaid,
}

/// Looks at every Rust and Python file of the repository.
///
/// # Errors
/// When a file cannot be read or understood.
pub(crate) fn run() -> Result<Report> {
    let sources = files::with_endings(&[".rs"])?;
    let mut parsed = Vec::with_capacity(sources.len());
    for file in &sources {
        let tree = syn::parse_file(&file.text)
            .with_context(|| format!("`{}` is not Rust that this check can read", file.path.display()))?;
        parsed.push((file, tree));
    }
    let modules: BTreeSet<PathBuf> =
        parsed.iter().flat_map(|(file, tree)| scope::test_modules(&file.path, tree)).collect();
    let mut findings = Vec::new();
    for (file, tree) in &parsed {
        findings.extend(rust::check(&file.path, tree, Kind::of(&file.path, &modules)));
        findings.extend(documentation::check(&file.path, &file.text));
    }
    let scripts = files::with_endings(&[".py"])?;
    for file in &scripts {
        findings.extend(python::check(&file.path, &file.text));
    }
    findings.sort();
    findings.dedup();
    Ok(report(&findings, sources.len() + scripts.len()))
}

fn report(findings: &[Finding], files: usize) -> Report {
    if findings.is_empty() {
        let text = format!("assertions: {files} files, and every assertion says what it expects");
        return Report { text, passed: true };
    }
    let mut text = String::new();
    for Finding { path, line, column, what, unsaid } in findings {
        let place = format!("{}:{line}:{column}", path.display());
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{place}: `{what}` {}", unsaid.problem());
        let _ = writeln!(text, "  hint: {}", unsaid.hint());
    }
    let _ = writeln!(text, "assertions that do not say what they expect: {}", findings.len());
    Report { text, passed: false }
}

/// A piece of source as it stands in a message.
fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'");
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}
