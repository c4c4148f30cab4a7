//! What a run did, for people and for machines.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Operation;
use super::changes::ResourceChange;

/// How many resources.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Created.
    pub add: u64,
    /// Changed in place.
    pub change: u64,
    /// Destroyed.
    pub destroy: u64,
}

impl Counts {
    /// Counts one resource, by what was done to it. Terraform reports a replacement as a deletion and a creation, and
    /// data sources that are read while applying as well: those change nothing.
    pub fn count(&mut self, action: &str) {
        match action {
            "create" => self.add += 1,
            "update" => self.change += 1,
            "delete" => self.destroy += 1,
            _ => {}
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            add: self.add + other.add,
            change: self.change + other.change,
            destroy: self.destroy + other.destroy,
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to add, {} to change, {} to destroy", self.add, self.change, self.destroy)
    }
}

/// How a layer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Planned, and there are changes.
    Planned,
    /// Nothing to change.
    Unchanged,
    /// Cannot be planned before the layers that it reads are applied.
    Waiting,
    /// Planned from outputs that change: it is planned again after the layers that it reads are applied.
    Stale,
    /// Its outputs have lost what it is to remove; it is applied after those who read them.
    Deferred,
    /// Applied.
    Applied,
    /// Destroyed.
    Destroyed,
    /// Nothing was there to destroy.
    Empty,
    /// The answer to the question was not yes.
    Declined,
    /// Its plan takes the place of one that was saved, and nobody was there to approve it.
    Unapproved,
    /// Terraform failed.
    Failed,
    /// Stopped by a signal.
    Interrupted,
    /// Not started, because an earlier layer did not end well.
    NotRun,
}

impl Status {
    /// Whether the next layer may start.
    pub fn is_good(self) -> bool {
        !matches!(self, Self::Declined | Self::Unapproved | Self::Failed | Self::Interrupted | Self::NotRun)
    }

    /// The word for it in the table and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Unchanged => "unchanged",
            Self::Waiting => "waiting",
            Self::Stale => "stale",
            Self::Deferred => "deferred",
            Self::Applied => "applied",
            Self::Destroyed => "destroyed",
            Self::Empty => "empty",
            Self::Declined => "declined",
            Self::Unapproved => "unapproved",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::NotRun => "not-run",
        }
    }
}

/// One layer's part of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerSummary {
    /// Which layer.
    pub layer: String,
    /// How it ended.
    pub status: Status,
    /// What was planned, or what was done.
    #[serde(flatten)]
    pub counts: Counts,
    /// Managed resources in its state afterwards; `None` when that is not known.
    pub resources: Option<u64>,
    /// How long it took.
    pub seconds: f64,
    /// The layers that it reads, for which it is stale or waits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
    /// The layers that read what it removes, after which it is applied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Whether its plan is in the file that was given.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub saved: bool,
    /// What is planned for each resource, what is destroyed first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ResourceChange>,
    /// Resources that were changed or taken away outside of Terraform.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drift: Vec<Drifted>,
    /// What Terraform warned of; checks that fail are among it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Whether its plan changes outputs, which others may read.
    #[serde(skip)]
    pub outputs_change: bool,
}

/// A resource that is not as the state has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drifted {
    /// Its address.
    pub address: String,
    /// `update` or `delete`.
    pub action: String,
}

/// A warning of Terraform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What it is about.
    pub summary: String,
    /// The whole text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The resource or the check, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl LayerSummary {
    /// A layer with which nothing was done.
    pub fn idle(layer: &str, status: Status) -> Self {
        Self {
            layer: layer.to_owned(),
            status,
            counts: Counts::default(),
            resources: None,
            seconds: 0.0,
            waits_for: Vec::new(),
            after: Vec::new(),
            saved: false,
            changes: Vec::new(),
            drift: Vec::new(),
            warnings: Vec::new(),
            outputs_change: false,
        }
    }
}

/// What a run did.
#[derive(Debug, Clone)]
pub struct Summary {
    /// What was done.
    pub operation: Operation,
    /// Where.
    pub directory: PathBuf,
    /// Whether a signal stopped it.
    pub interrupted: bool,
    /// How long it took.
    pub seconds: f64,
    /// The layers in the order in which they were to run.
    pub layers: Vec<LayerSummary>,
}

impl Summary {
    /// Whether every layer ended well.
    pub fn ok(&self) -> bool {
        !self.interrupted && self.layers.iter().all(|l| l.status.is_good())
    }

    /// The layer before which a run stopped because nobody was there to approve its plan.
    pub fn unapproved(&self) -> Option<&str> {
        self.layers.iter().find(|l| l.status == Status::Unapproved).map(|l| l.layer.as_str())
    }

    /// Whether a plan found anything to do.
    pub fn has_changes(&self) -> bool {
        self.layers.iter().any(|l| matches!(l.status, Status::Planned | Status::Waiting | Status::Stale))
    }

    /// For machines.
    pub fn json(&self) -> Value {
        json!({
            "operation": self.operation,
            "directory": self.directory,
            "ok": self.ok(),
            "seconds": round(self.seconds),
            "layers": self.layers.iter().map(|l| LayerSummary { seconds: round(l.seconds), ..l.clone() })
                .map(|l| json!(l)).collect::<Value>(),
        })
    }

    /// For people: one line for each layer.
    pub fn table(&self) -> String {
        let mut out = String::from("layer      status       add  change  destroy  in state  seconds\n");
        for l in &self.layers {
            let resources = l.resources.map_or_else(|| "-".to_owned(), |n| n.to_string());
            out.push_str(&format!(
                "{:<10} {:<11} {:>4}  {:>6}  {:>7}  {resources:>8}  {:>7.1}\n",
                l.layer,
                l.status.word(),
                l.counts.add,
                l.counts.change,
                l.counts.destroy,
                l.seconds
            ));
        }
        out
    }
}

/// To a tenth of a second.
fn round(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary() -> Summary {
        let applied = LayerSummary {
            counts: Counts { add: 47, change: 0, destroy: 1 },
            resources: Some(46),
            seconds: 31.26,
            ..LayerSummary::idle("network", Status::Applied)
        };
        Summary {
            operation: Operation::Apply,
            directory: "demo".into(),
            interrupted: false,
            seconds: 40.04,
            layers: vec![applied, LayerSummary::idle("cluster", Status::NotRun)],
        }
    }

    #[test]
    fn reading_changes_nothing() {
        let mut counts = Counts::default();
        ["create", "read", "update", "delete", "create", "noop"]
            .iter()
            .for_each(|action| counts.count(action));
        assert_eq!(counts, Counts { add: 2, change: 1, destroy: 1 });
    }

    #[test]
    fn for_people() {
        insta::assert_snapshot!(summary().table(), @r"
        layer      status       add  change  destroy  in state  seconds
        network    applied       47       0        1        46     31.3
        cluster    not-run        0       0        0         -      0.0
        ");
    }

    #[test]
    fn for_machines() {
        insta::assert_snapshot!(summary().json(), @r#"{"operation":"apply","directory":"demo","ok":false,"seconds":40.0,"layers":[{"layer":"network","status":"applied","add":47,"change":0,"destroy":1,"resources":46,"seconds":31.3},{"layer":"cluster","status":"not-run","add":0,"change":0,"destroy":0,"resources":null,"seconds":0.0}]}"#);
    }
}
