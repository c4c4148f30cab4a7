//! From a file on disk to a typed spec.

use std::io::Read as _;
use std::path::Path as FilePath;

use super::document::{Node, Value};
use super::{Path, Spec, check, document, schema};
use crate::diag::{Diagnostic, Level, Report, Source};
use crate::plan::Problem;

/// Larger files are refused unread.
const MAX_BYTES: u64 = 1 << 20;

/// A spec of the right shape, with the file it came from so that later problems can point into it.
#[derive(Debug)]
pub struct Loaded {
    /// The spec.
    pub spec: Spec,
    source: Source,
    root: Node,
}

impl Loaded {
    /// Turns problems that know their path in the spec into a report with places in the file.
    pub fn report(&self, level: Level, problems: Vec<Problem>) -> Report {
        let mut problems: Vec<Diagnostic> = problems
            .into_iter()
            .map(|p| Diagnostic {
                message: p.message,
                span: self.locate(&p.path),
                note: p.note,
                hint: p.hint,
            })
            .collect();
        problems.sort_by_key(|p| p.span.as_ref().map_or(0, |s| s.start));
        Report { level, source: Some(self.source.clone()), problems }
    }

    /// What messages call the file.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Where a path stands: the file, its line and its column; what it is a part of where it is not written.
    pub fn place(&self, path: &Path) -> Option<(String, usize, usize)> {
        let (line, column) = self.source.position(self.locate(path)?.start);
        Some((self.source.name.clone(), line, column))
    }

    fn locate(&self, path: &Path) -> Option<std::ops::Range<usize>> {
        self.root.locate(path)
    }
}

/// What stands for standard input in place of a file's name.
const STDIN: &str = "-";
/// What messages call it.
const STDIN_NAME: &str = "<stdin>";

/// Reads and parses a file; standard input where the path is `-`.
///
/// # Errors
/// A report with every problem of reading, syntax or shape.
pub fn load(path: &FilePath) -> Result<Loaded, Report> {
    let name = name(path);
    let bytes = read(path).map_err(|e| unreadable(&name, &e))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Report::single(
            Diagnostic::new(format!(
                "`{name}` has more than {MAX_BYTES} bytes, which no `platform.yaml` has"
            ))
            .hint("check that `-f` names the right file"),
        ));
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let offset = e.utf8_error().valid_up_to();
        Report::single(
            Diagnostic::new(format!("`{name}` is not UTF-8 text (byte {offset})"))
                .hint("save the file as UTF-8"),
        )
    })?;
    load_text(name, text)
}

/// What messages call a path.
fn name(path: &FilePath) -> String {
    if path == FilePath::new(STDIN) { STDIN_NAME.to_owned() } else { path.display().to_string() }
}

/// No more of it than tells that it is too large.
fn read(path: &FilePath) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == FilePath::new(STDIN) {
        std::io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    } else {
        std::fs::OpenOptions::new().read(true).open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn unreadable(name: &str, cause: &std::io::Error) -> Report {
    let problem = Diagnostic::new(format!("`{name}` cannot be read")).note(cause.to_string());
    Report::single(match cause.kind() {
        std::io::ErrorKind::NotFound => {
            problem.hint("give the file with `-f`, or let `tfy-infra init` write a first one")
        }
        _ => problem.hint("give a file with `-f`"),
    })
}

/// Parses text; `name` is what messages call it.
///
/// # Errors
/// A report with every problem of syntax or shape.
pub fn load_text(name: String, text: String) -> Result<Loaded, Report> {
    let source = Source { name, text };
    let fail =
        |problems: Vec<Diagnostic>| Report { level: Level::Error, source: Some(source.clone()), problems };
    let root = document::parse(&source).map_err(|p| fail(vec![*p]))?;
    if matches!(root.value, Value::Null) {
        return Err(fail(vec![
            Diagnostic::new("the file is empty")
                .at(0..0)
                .hint("start with `version: 1`; `tfy-infra init` writes a first file"),
        ]));
    }
    if let Some(problem) = other_version(&root) {
        return Err(fail(vec![problem]));
    }
    let mut problems = check::check(&schema::schema(), &root);
    if !problems.is_empty() {
        problems.sort_by_key(|p| p.span.as_ref().map_or(0, |s| s.start));
        return Err(fail(problems));
    }
    match serde_json::from_value::<Spec>(root.to_json()) {
        Ok(spec) => Ok(Loaded { spec, source, root }),
        Err(e) => Err(fail(vec![misfit(&e)])),
    }
}

/// The check of shape has passed what the types do not take.
fn misfit(error: &serde_json::Error) -> Diagnostic {
    Diagnostic::new("the file does not fit its schema")
        .note(error.to_string())
        .hint("this is a defect of tfy-infra: please report it")
}

/// A file of another version is not checked further: its keys are none of ours.
fn other_version(root: &Node) -> Option<Diagnostic> {
    let (_, node) = root.get("version")?;
    match node.value {
        Value::Int(1) => None,
        Value::Int(other) => Some(
            Diagnostic::new(format!("version {other} of `platform.yaml` is not supported"))
                .at(node.span.clone())
                .note(format!("this is tfy-infra {}, which reads version 1", env!("CARGO_PKG_VERSION")))
                .hint("write `version: 1`, or use the tfy-infra that the file was written for"),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_of_ours_says_so() {
        let problem = misfit(&serde_json::from_str::<bool>("1").unwrap_err());
        assert_eq!(problem.message, "the file does not fit its schema");
        assert_eq!(
            problem.note.as_deref(),
            Some("invalid type: integer `1`, expected a boolean at line 1 column 1")
        );
        assert_eq!(problem.hint.as_deref(), Some("this is a defect of tfy-infra: please report it"));
    }
}
