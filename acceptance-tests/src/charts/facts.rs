//! What was recorded of a chart.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Map, Value};

use crate::repository;

/// Every chart that facts are kept of, in the order in which a platform installs them.
pub const PINNED: [&str; 19] = [
    "karpenter-crd",
    "prometheus-operator-crds",
    "base",
    "aws-load-balancer-controller",
    "cert-manager",
    "metrics-server",
    "karpenter",
    "external-secrets",
    "istiod",
    "gateway",
    "kube-prometheus-stack",
    "tfy-logs",
    "keda",
    "argo-cd",
    "argo-rollouts",
    "argo-workflows",
    "gpu-operator",
    "external-dns",
    "tfy-agent",
];

/// Where the facts are.
#[must_use]
pub fn folder() -> PathBuf {
    repository::root().join("acceptance-tests/charts")
}

/// The facts of one version of one chart.
#[derive(Clone, Debug)]
pub struct Facts {
    recorded: Value,
}

impl Facts {
    /// Reads the facts of a chart by its name.
    ///
    /// # Errors
    /// When there are none, or they lack a name or a version.
    pub fn load(chart: &str) -> Result<Self> {
        let path = folder().join(format!("{chart}.json"));
        let recorded: Value = serde_json::from_str(&fs::read_to_string(&path)?)
            .with_context(|| format!("reading `{}`", path.display()))?;
        let facts = Self { recorded };
        ensure!(facts.name() == chart, "`{}` is about `{}`", path.display(), facts.name());
        ensure!(!facts.version().is_empty(), "`{}` has no version", path.display());
        Ok(facts)
    }

    #[cfg(test)]
    pub(super) fn of(recorded: Value) -> Self {
        Self { recorded }
    }

    /// The facts of every chart.
    ///
    /// # Errors
    /// As [`Facts::load`].
    pub fn all() -> Result<Vec<Self>> {
        PINNED.iter().map(|chart| Self::load(chart)).collect()
    }

    /// The chart's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text("chart")
    }

    /// The chart's version, `2.19.0` or `v1.21.1`.
    #[must_use]
    pub fn version(&self) -> &str {
        self.text("version")
    }

    /// The address that the chart comes from by default, `https://` or `oci://`.
    #[must_use]
    pub fn repository(&self) -> &str {
        self.text("repository")
    }

    /// The release that the vendor's compute-plane chart makes of it: its name and its namespace.
    #[must_use]
    pub fn release(&self) -> (&str, &str) {
        let with = &self.recorded["with"];
        (with["release"].as_str().unwrap_or_default(), with["namespace"].as_str().unwrap_or_default())
    }

    /// Values without which the real chart does not render.
    #[must_use]
    pub fn needs(&self) -> &Value {
        &self.recorded["with"]["needs"]
    }

    /// Whether the real chart was rendered for these facts; otherwise [`Facts::all_of`] `reason` says why not.
    #[must_use]
    pub fn rendered(&self) -> bool {
        self.recorded["rendered"] == true
    }

    /// Every value path that names an image, a part of its name or its registry, with its default and what it reaches.
    #[must_use]
    pub fn images(&self) -> &Map<String, Value> {
        self.map("images")
    }

    /// Everything recorded under a key, `Null` when nothing is.
    #[must_use]
    pub fn all_of(&self, key: &str) -> &Value {
        &self.recorded[key]
    }

    /// The value paths with their defaults; a dot in a key is written `\.`.
    #[must_use]
    pub fn values(&self) -> &Map<String, Value> {
        self.map("values")
    }

    /// The recorded objects, workloads first or not, as the chart renders them.
    #[must_use]
    pub fn objects(&self) -> &[Value] {
        self.list("objects")
    }

    /// The objects that make pods and are there with default values.
    pub fn workloads(&self) -> impl Iterator<Item = &Value> {
        self.objects().iter().filter(|object| object["pod"].is_object() && object["off"] != true)
    }

    /// The custom resource definitions.
    #[must_use]
    pub fn custom_resources(&self) -> &[Value] {
        self.recorded["crds"]["kinds"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The hosts that default images come from.
    #[must_use]
    pub fn image_hosts(&self) -> BTreeSet<String> {
        self.list("references").iter().filter_map(Value::as_str).map(host_of).collect()
    }

    pub(super) fn text(&self, key: &str) -> &str {
        self.recorded[key].as_str().unwrap_or_default()
    }

    pub(super) fn list(&self, key: &str) -> &[Value] {
        self.recorded[key].as_array().map_or(&[], Vec::as_slice)
    }

    pub(super) fn map(&self, key: &str) -> &Map<String, Value> {
        static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        self.recorded[key].as_object().unwrap_or(&NONE)
    }
}

/// The host of an image reference; a name without one is Docker Hub's.
fn host_of(reference: &str) -> String {
    match reference.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) => first.to_owned(),
        _ => "docker.io".to_owned(),
    }
}

/// The keys of a path, `a.b\.c` being `a` and `b.c`.
pub(super) fn keys(path: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut letters = path.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&'.') => {
                letters.next();
                push(&mut keys, '.');
            }
            '.' => keys.push(String::new()),
            other => push(&mut keys, other),
        }
    }
    keys
}

fn push(keys: &mut [String], letter: char) {
    if let Some(last) = keys.last_mut() {
        last.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_in_a_key_is_written_with_a_backslash() {
        assert_eq!(keys("nodeSelector.kubernetes\\.io/os"), ["nodeSelector", "kubernetes.io/os"]);
    }

    #[test]
    fn an_image_without_a_host_is_docker_hubs() {
        assert_eq!(host_of("quay.io/argoproj/argocd:v3.3.9"), "quay.io");
        assert_eq!(host_of("grafana/grafana:12.0.0"), "docker.io");
        assert_eq!(host_of("alpine"), "docker.io");
    }

    #[test]
    fn a_chart_that_nobody_recorded_is_an_error() {
        let error = Facts::load("no-such-chart").unwrap_err();
        assert!(format!("{error:#}").contains("no-such-chart.json"), "{error:#}");
    }
}
