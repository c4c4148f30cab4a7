//! What is no longer as it was written or applied: the tree against its spec, AWS, the cluster and the control plane against the states.
//!
//! Pure but for [`record`]: [`crate::run::Looking`] asks Terraform, [`crate::tree`] compares files; here it is told apart what somebody did,
//! what Terraform's own work left behind (`traces`), and what could not be looked at. A report is made of [`Part`]s; something else that can
//! drift, such as facts of the account, is one more part, and gets its dates from the same record.

pub mod code;
mod next;
mod plan;
pub mod record;
mod report;
mod traces;

use crate::diag;
pub use crate::difference::Value;
use crate::run::Looking;

pub use next::NextApply;
pub use report::{Gone, Report};

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A file of the tree.
    Code,
    /// An object of AWS.
    Aws,
    /// An object in the cluster.
    Cluster,
    /// An object of the control plane.
    ControlPlane,
    /// An object of another provider.
    Other,
    /// Something that could not be looked at.
    Unseen,
}

impl Kind {
    /// The kind of what a provider manages, by its source address.
    fn of_provider(address: &str) -> Self {
        match address.rsplit('/').next().unwrap_or_default() {
            "aws" => Self::Aws,
            "helm" | "kubernetes" => Self::Cluster,
            "truefoundry" => Self::ControlPlane,
            _ => Self::Other,
        }
    }

    /// The word for it in the table.
    fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Aws => "aws",
            Self::Cluster => "cluster",
            Self::ControlPlane => "control plane",
            Self::Other => "other",
            Self::Unseen => "not seen",
        }
    }
}

/// One thing that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub kind: Kind,
    /// The layer; `None` for a file that belongs to none.
    pub layer: Option<String>,
    /// The file, or the address of the resource.
    pub what: String,
    /// What happened to it, in a word or a few.
    pub change: String,
    /// What of it is another now.
    pub attributes: Vec<Attribute>,
    /// What the next apply does about it, where that is known.
    pub apply: Option<NextApply>,
    /// What to do.
    pub next: String,
    /// When it was first seen: by this run, or an earlier one.
    pub since: Since,
}

/// When something was first seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Since {
    /// The time, as RFC 3339 has it; empty before the record was asked.
    pub time: String,
    /// Whether it was not there at the last run.
    pub is_new: bool,
}

/// An attribute that is another now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Where it is, such as `tags.owner`.
    pub path: String,
    /// What the state says.
    pub was: Value,
    /// What is there.
    pub is: Value,
    /// What the next apply does about it, where that is known.
    pub apply: Option<NextApply>,
    /// When it was first seen.
    pub since: Since,
}

/// Something that was looked at, or not: the code, or one layer.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name: that of the layer, or `code`.
    pub name: String,
    /// What is not as it was.
    pub rows: Vec<Row>,
    /// Why some of it, or all, could not be looked at.
    pub unseen: Vec<diag::Report>,
    /// Whether nothing at all of it could be looked at, so that what was known of it is neither there nor gone.
    pub is_dark: bool,
    /// Since when it could not be looked at, if that is so.
    pub since: Since,
}

impl Part {
    /// A part with what is not as it was, and why not all of it could be looked at.
    #[must_use]
    pub fn of(name: &str, rows: Vec<Row>, unseen: Vec<diag::Report>) -> Self {
        Self { name: name.to_owned(), rows, unseen, is_dark: false, since: Since::default() }
    }

    /// A part of which nothing could be looked at.
    #[must_use]
    pub fn dark(name: &str, why: diag::Report) -> Self {
        Self { is_dark: true, ..Self::of(name, Vec::new(), vec![why]) }
    }
}

/// Where a tree is, for what is to be done next.
#[derive(Debug, Clone)]
pub struct Places {
    /// The directory.
    pub dir: String,
    /// The spec.
    pub spec: String,
}

/// Looks at every layer: what is there against the states, and what the next apply would do about it.
#[must_use]
pub fn layers(looking: &Looking, places: &Places) -> Vec<Part> {
    let now = looking.now();
    let order: Vec<String> = now.iter().map(|(name, _)| name.clone()).collect();
    let (found, mut parts) = plan::compare(now);
    let drifted = found.layers();
    let next = if drifted.is_empty() { Vec::new() } else { looking.next(&drifted) };
    parts.extend(found.parts(next, places));
    parts.sort_by_key(|part| order.iter().position(|name| *name == part.name));
    parts
}

/// A report of one problem that has no place in a file.
fn why(message: impl Into<String>, note: impl Into<String>, hint: impl Into<String>) -> diag::Report {
    diag::Report::single(diag::Diagnostic::new(message).note(note).hint(hint))
}

/// The problems of a layer that could not be looked at.
fn unseen(problems: Vec<diag::Diagnostic>) -> diag::Report {
    diag::Report { level: diag::Level::Error, source: None, problems }
}
#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn infrastructure(layer: &str, rows: Vec<Row>) -> Part {
        Part::of(layer, rows, Vec::new())
    }

    pub(super) fn row(what: &str) -> Row {
        Row {
            kind: Kind::of_provider("registry.terraform.io/hashicorp/aws"),
            layer: Some("data".to_owned()),
            what: what.to_owned(),
            change: "changed outside".to_owned(),
            attributes: Vec::new(),
            apply: Some(NextApply::PutsBack),
            next: "put it back".to_owned(),
            since: Since::default(),
        }
    }

    pub(super) fn attribute(path: &str) -> Attribute {
        Attribute {
            path: path.to_owned(),
            was: Value::Shown("the value before".into()),
            is: Value::Shown("the value after".into()),
            apply: Some(NextApply::PutsBack),
            since: Since::default(),
        }
    }

    #[test]
    fn objects_are_told_apart_by_their_provider() {
        let kinds =
            ["hashicorp/aws", "hashicorp/helm", "hashicorp/kubernetes", "truefoundry/truefoundry", "a/b"];
        let words = kinds.map(|name| Kind::of_provider(&format!("registry.opentofu.org/{name}")).word());
        assert_eq!(words, ["aws", "cluster", "cluster", "control plane", "other"]);
    }
}
