//! Whether a platform can be made in an account: decided from the plan and from facts, by nothing else.
//!
//! Each check either passes, or finds something that stands in the way, or says that it could not be made and why. What could not be
//! checked is never taken for good, and never for a finding.

mod cluster;
mod compute;
mod existing_cluster;
mod existing_network;
mod identity;
mod ingress;
mod network;
mod outside;
mod permissions;
mod quotas;
mod stores;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use table::{Place, json, table};

use crate::facts::{Answer, Facts, Questions, Why};
use crate::plan::{Cluster, Network, Platform};
use crate::spec::Path;

/// Something that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check that found it.
    pub check: String,
    /// What was found.
    pub message: String,
    /// Why it stands in the way.
    pub cause: String,
    /// What to do.
    pub next: String,
    /// What decides it in the spec.
    pub path: Option<Path>,
}

/// A check that could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    /// The check.
    pub check: String,
    /// What is not known.
    pub message: String,
    /// Why.
    pub cause: String,
    /// What to do.
    pub next: String,
}

/// What all checks say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What stands in the way.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
    /// Checks that passed.
    pub passed: Vec<String>,
}

/// Which checks are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All.
    Whole,
    /// Those before every apply, which take less than a second: who asks, where, and when. Quotas are not among them: an apply that goes on, or
    /// changes what is there, takes less of them than the whole platform, and how much less only Terraform's plan knows.
    Cheap,
}

/// Makes all checks, in an order that does not change.
#[must_use]
pub fn preflight(platform: &Platform, facts: &Facts, extent: Extent) -> Outcome {
    checked(platform, facts, &Questions::of(platform), extent)
}

/// The checks of what was worth asking.
fn checked(platform: &Platform, facts: &Facts, asked: &Questions, extent: Extent) -> Outcome {
    let mut checks = Checks { platform, facts, asked, outcome: Outcome::default() };
    identity::check(&mut checks);
    if extent == Extent::Whole {
        network::check(&mut checks);
        quotas::check(&mut checks);
        match &platform.cluster {
            Cluster::New(new) => cluster::check(&mut checks, new),
            Cluster::Existing(existing) => existing_cluster::check(&mut checks, existing),
        }
        compute::check(&mut checks);
        stores::check(&mut checks);
        ingress::check(&mut checks);
        permissions::check(&mut checks);
        outside::check(&mut checks);
        if let Network::Existing(existing) = &platform.network {
            existing_network::check(&mut checks, existing);
        }
    }
    checks.done()
}

/// The checks while they are made.
struct Checks<'a> {
    platform: &'a Platform,
    facts: &'a Facts,
    asked: &'a Questions,
    outcome: Outcome,
}

impl<'a> Checks<'a> {
    /// Something stands in the way.
    fn finding(
        &mut self,
        check: impl Into<String>,
        path: Option<Path>,
        message: impl Into<String>,
        cause: impl Into<String>,
        next: impl Into<String>,
    ) {
        self.outcome.findings.push(Finding {
            check: check.into(),
            message: message.into(),
            cause: cause.into(),
            next: next.into(),
            path,
        });
    }

    /// The check passed, unless it has found something already.
    fn pass(&mut self, check: impl Into<String>) {
        self.outcome.passed.push(check.into());
    }

    /// `what` could not be checked.
    fn open(&mut self, check: impl Into<String>, what: &str, why: Why, text: &str) {
        self.open_with(check, what, text, why.next());
    }

    /// `what` could not be checked, and something other than usual helps.
    fn open_with(&mut self, check: impl Into<String>, what: &str, cause: &str, next: &str) {
        self.outcome.unchecked.push(Unchecked {
            check: check.into(),
            message: format!("could not check {what}"),
            cause: cause.to_owned(),
            next: next.to_owned(),
        });
    }

    /// What is known; else the check is open.
    fn known<T>(&mut self, check: &str, what: &str, answer: &'a Answer<T>) -> Option<&'a T> {
        match answer {
            Answer::Known(value) => Some(value),
            Answer::Absent => {
                self.open(check, what, Why::Incomplete, "the answer is empty");
                None
            }
            Answer::Unchecked { why, text } => {
                self.open(check, what, *why, text);
                None
            }
        }
    }

    /// The same of an answer in a map, which is not there when it was not asked.
    fn known_in<T>(
        &mut self,
        check: &str,
        what: &str,
        answers: &'a BTreeMap<String, Answer<T>>,
        key: &str,
    ) -> Option<&'a T> {
        if let Some(answer) = answers.get(key) {
            return self.known(check, what, answer);
        }
        self.open(check, what, Why::NotAsked, "it was not asked");
        None
    }

    /// Whether an apply before has made the platform's cluster.
    fn is_begun(&self) -> bool {
        let platform = self.facts.cluster.known().and_then(|cluster| cluster.platform.as_ref());
        matches!(self.platform.cluster, Cluster::New(_)) && platform == Some(&self.platform.name)
    }

    /// Every check once: what found something or is open has not passed.
    fn done(self) -> Outcome {
        let Outcome { mut findings, unchecked, passed } = self.outcome;
        let mut left = Vec::new();
        for check in passed {
            let else_said = findings.iter().any(|one| one.check == check)
                || unchecked.iter().any(|one| one.check == check);
            if !else_said && !left.contains(&check) {
                left.push(check);
            }
        }
        findings.dedup();
        Outcome { findings, unchecked, passed: left }
    }
}

/// A list in which each is in backticks: all of a few, else the first and how many more.
fn few<T: AsRef<str>>(all: &[T]) -> String {
    let shown: Vec<String> = all.iter().take(8).map(|one| format!("`{}`", one.as_ref())).collect();
    match all.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
