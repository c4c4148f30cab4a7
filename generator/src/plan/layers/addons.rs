//! What runs in the cluster beside the workloads.

use serde_json::{Value, json};

use super::{Definition, Output, Provider};
use crate::plan::text::template;
use crate::plan::{Addons, Platform};
use crate::spec::Mtls;

pub(super) static LAYER: Definition = Definition {
    name: "addons",
    about: |_| "what runs in the cluster beside the workloads: controllers, mesh, metrics, logs, delivery",
    exists: |platform| platform.addons.is_some(),
    reads: |platform| match platform.file_system {
        Some(_) => vec!["network", "cluster", "data", "identity"],
        None => vec!["network", "cluster", "identity"],
    },
    modules: |_| vec!["addons"],
    provider: Provider::Cluster,
    templates: &[template!("addons/main", "main")],
    values: |platform| platform.addons.as_ref().map_or_else(|| json!({}), |addons| values(platform, addons)),
    outputs: |_| outputs(),
};

fn values(platform: &Platform, addons: &Addons) -> Value {
    let mirror = json!({ "charts": addons.charts, "registries": addons.registries });
    json!({
        "changes": changes(addons),
        "file_system": platform.file_system.is_some(),
        "compute": addons.has("karpenter").then(|| compute(platform)),
        "mirror": (addons.charts.is_some() || !addons.registries.is_empty()).then_some(mirror),
        "mtls": match addons.mtls {
            Mtls::Strict => "STRICT",
            Mtls::Permissive => "PERMISSIVE",
        },
    })
}

/// The pools, and how their nodes are made.
fn compute(platform: &Platform) -> Value {
    let values = platform.compute.values();
    let class = values["node_class"].as_object().into_iter().flatten();
    json!({
        "pools": values["node_pools"],
        "class": class.map(|(name, value)| json!({ "name": name, "value": value })).collect::<Value>(),
        // Without a way to IAM Karpenter makes no instance profile of the role.
        "by_profile": platform.network.is_isolated(),
    })
}

/// One entry for each add-on that differs, with every key that the template asks for.
fn changes(addons: &Addons) -> Value {
    let differing = addons.changes();
    let entry = |(name, change): (&String, &Value)| {
        let given = |key: &str| change.get(key).cloned().unwrap_or_default();
        json!({
            "name": name,
            "on": given("enabled") == json!(true),
            "off": given("enabled") == json!(false),
            "version": given("version"),
            "crds_version": given("crds_version"),
            "values": given("values"),
        })
    };
    differing.as_object().into_iter().flatten().map(entry).collect()
}

fn outputs() -> Vec<Output> {
    vec![Output::new(
        "releases",
        "map(object({ namespace = string, version = string }))",
        "module.addons.releases",
        "Helm releases by name: the namespace and the version of the chart.",
    )]
}
