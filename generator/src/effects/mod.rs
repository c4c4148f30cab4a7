//! What a change of `platform.yaml` does to a platform that is there: told before anything is written, from the spec that the tree was generated
//! from, the new one, and what is known of the states. No Terraform is run and no network asked.
//!
//! [`between`] compares the two specs, one room for each part; [`held`] tells what the states hold; [`judge()`] decides what has to be allowed by
//! name, and what cannot be.

mod cluster;
mod data;
pub mod held;
mod identity;
mod judge;
mod network;
mod platform;

use std::collections::BTreeSet;

pub use held::{Held, Known};
pub(crate) use identity::of_unread as identity_of_unread;
pub(crate) use judge::known;
pub use judge::{Verdict, judge};

use crate::spec::{Path, Spec};
use crate::tree::state;

/// What a change of the spec does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Its name, by which `--allow` takes it.
    pub name: &'static str,
    /// The key of the spec.
    pub key: Path,
    /// What the spec said, for people.
    pub was: String,
    /// What it says now.
    pub becomes: String,
    /// What comes of it, in a sentence.
    pub outcome: &'static str,
    /// What is destroyed or replaced: layers, and which of their resources.
    pub touched: Vec<Touched>,
    /// Whether nothing can allow it while a state holds anything.
    pub is_identity: bool,
}

/// Resources of one layer that an effect destroys or replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touched {
    /// The layer.
    pub layer: &'static str,
    /// Modules, such as `module.database`, and what the types of resources start with; empty for all of the layer.
    pub parts: &'static [&'static str],
}

impl Touched {
    /// Whether the resource at an address is one of them.
    #[must_use]
    pub fn has(&self, address: &str) -> bool {
        let is_in = |part: &&str| match part.strip_prefix("module.") {
            Some(_) => address.strip_prefix(*part).is_some_and(|rest| rest.starts_with(['.', '['])),
            None => state::kind(address).starts_with(*part),
        };
        self.parts.is_empty() || self.parts.iter().any(is_in)
    }
}

/// All of a layer.
const fn all_of(layer: &'static str) -> Touched {
    Touched { layer, parts: &[] }
}

/// Parts of a layer: modules, and resources whose types start so.
const fn some_of(layer: &'static str, parts: &'static [&'static str]) -> Touched {
    Touched { layer, parts }
}

/// The names that `--allow` takes.
pub const NAMES: [&str; 23] = [
    "addon",
    "cidr",
    "cluster",
    "control-plane",
    "database",
    "database-engine",
    "database-storage",
    "domain",
    "environment",
    "file-system",
    "flow-logs",
    "identity",
    "ip-family",
    "kubernetes-version",
    "load-balancer",
    "nat",
    "network",
    "pods-cidr",
    "pool",
    "repository",
    "state",
    "workspace",
    "zone",
];

/// What the change from one spec to another does.
#[must_use]
pub fn between(old: &Spec, new: &Spec) -> Vec<Effect> {
    let mut effects = identity::between(old, new);
    effects.extend(network::between(old, new));
    effects.extend(cluster::between(old, new));
    effects.extend(data::between(old, new));
    effects.extend(platform::between(old, new));
    effects
}

/// One effect, begun.
fn effect(name: &'static str, key: &str, was: impl Into<String>, becomes: impl Into<String>) -> Effect {
    Effect {
        name,
        key: Path::new(key),
        was: was.into(),
        becomes: becomes.into(),
        outcome: "",
        touched: Vec::new(),
        is_identity: false,
    }
}

impl Effect {
    fn does(mut self, outcome: &'static str, touched: &[Touched]) -> Self {
        self.outcome = outcome;
        self.touched = touched.to_vec();
        self
    }

    fn at(mut self, key: Path) -> Self {
        self.key = key;
        self
    }
}

/// A value as the spec writes it.
fn shown(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(value) => value.to_string(),
        Err(_) => "?".to_owned(),
    }
}

/// What was there and is no more.
fn gone<'a>(old: impl IntoIterator<Item = &'a str>, new: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let new: BTreeSet<&str> = new.into_iter().collect();
    old.into_iter().filter(|name| !new.contains(name)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
