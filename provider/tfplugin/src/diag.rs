//! Diagnostics: what the user is told, and where.

use std::fmt;

use crate::proto::tfplugin6 as wire;
use crate::value::{Path, Step};

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The operation failed.
    Error,
    /// The operation went on; the user should know.
    Warning,
}

/// One message to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// What happened, in one line.
    pub summary: String,
    /// Why, and what to do next.
    pub detail: String,
    /// The attribute it is about; `None` for the whole object.
    pub path: Option<Path>,
    /// The attributes that exclude each other, when that is what is wrong: one or more of them must go.
    pub too_many: Vec<Path>,
}

impl Diagnostic {
    /// An error with its one-line summary.
    #[must_use]
    pub fn error(summary: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            summary: summary.into(),
            detail: String::new(),
            path: None,
            too_many: Vec::new(),
        }
    }

    /// A warning with its one-line summary.
    #[must_use]
    pub fn warning(summary: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(summary) }
    }

    /// Adds why it happened and what to do next.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// Says that these attributes exclude each other. A configuration that is made from a state leaves out what is too much,
    /// the first of them that can be.
    #[must_use]
    pub fn too_many(self, attributes: impl IntoIterator<Item = Path>) -> Self {
        Self { too_many: attributes.into_iter().collect(), ..self }
    }

    /// Adds the attribute it is about.
    #[must_use]
    pub fn at(self, path: Path) -> Self {
        Self { path: Some(path), ..self }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "`{path}`: ")?;
        }
        f.write_str(&self.summary)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

/// Messages to the user, in the order they came up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No messages.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of `others`.
    pub fn extend(&mut self, others: Diagnostics) {
        self.0.extend(others.0);
    }

    /// Whether there is an error among them.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The messages, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// The messages, in order.
    #[must_use]
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }

    /// The same messages with other paths.
    pub(crate) fn with_paths(mut self, path: impl Fn(&Path) -> Path) -> Self {
        for own in self.0.iter_mut().filter_map(|diagnostic| diagnostic.path.as_mut()) {
            *own = path(own);
        }
        self
    }

    pub(crate) fn into_wire(self) -> Vec<wire::Diagnostic> {
        self.0.into_iter().map(Diagnostic::into_wire).collect()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl Diagnostic {
    fn into_wire(self) -> wire::Diagnostic {
        let severity = match self.severity {
            Severity::Error => wire::diagnostic::Severity::Error,
            Severity::Warning => wire::diagnostic::Severity::Warning,
        };
        wire::Diagnostic {
            severity: severity.into(),
            summary: self.summary,
            detail: self.detail,
            // The empty path says nothing that the object itself does not.
            attribute: self.path.as_ref().filter(|path| !path.steps().is_empty()).map(path_to_wire),
        }
    }
}

pub(crate) fn path_to_wire(path: &Path) -> wire::AttributePath {
    use wire::attribute_path::step::Selector;
    let steps = path.steps().iter().map(|step| wire::attribute_path::Step {
        selector: Some(match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => Selector::ElementKeyInt(*index),
        }),
    });
    wire::AttributePath { steps: steps.collect() }
}
