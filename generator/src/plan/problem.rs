//! Problems that know their path in the spec.

use crate::spec::Path;

/// A value that cannot be used, by its path in the spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where in the spec.
    pub path: Path,
    /// What is wrong.
    pub message: String,
    /// Why it is wrong.
    pub note: Option<String>,
    /// What to do next.
    pub hint: Option<String>,
}

/// Collects problems, so that all of them are reported at once.
#[derive(Debug, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Adds a problem; the answer takes its note and hint.
    pub fn add(&mut self, path: &Path, message: impl Into<String>) -> Added<'_> {
        self.0.push(Problem { path: path.clone(), message: message.into(), note: None, hint: None });
        Added(self.0.last_mut())
    }

    /// Adds a problem when `ok` is false.
    pub fn require(&mut self, ok: bool, path: &Path, message: impl Into<String>, hint: &str) {
        if !ok {
            self.add(path, message).hint(hint);
        }
    }
}

/// The problem that was just added.
pub struct Added<'a>(Option<&'a mut Problem>);

impl Added<'_> {
    /// Why it is wrong.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        if let Some(problem) = &mut self.0 {
            problem.note = Some(note.into());
        }
        self
    }

    /// What to do next.
    pub fn hint(mut self, hint: impl Into<String>) {
        if let Some(problem) = &mut self.0 {
            problem.hint = Some(hint.into());
        }
    }
}
