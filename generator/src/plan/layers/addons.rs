//! What runs in the cluster beside the workloads.

use serde_json::{Value, json};

use super::{Definition, Output, Provider};
use crate::plan::ingress::Ingress;
use crate::plan::text::template;
use crate::plan::{Addons, Platform, Release};
use crate::spec::Mtls;
use crate::spec::ingress::LoadBalancer;

pub(super) static LAYER: Definition = Definition {
    name: "addons",
    about: |_| "what runs in the cluster beside the workloads: controllers, mesh, metrics, logs, delivery",
    exists: |platform| platform.addons.is_some(),
    reads,
    modules: |_| vec!["addons"],
    providers: &[Provider::Cluster],
    releases,
    carries_secret: false,
    templates: &[template!("addons/main", "main")],
    values: |platform| platform.addons.as_ref().map_or_else(|| json!({}), |addons| values(platform, addons)),
    outputs: |_| outputs(),
};

fn reads(platform: &Platform) -> Vec<&'static str> {
    let mut reads = vec!["network", "cluster"];
    reads.extend(platform.file_system.map(|_| "data"));
    reads.push("identity");
    reads.extend(platform.ingress.as_ref().map(|_| "ingress"));
    reads
}

fn releases(platform: &Platform) -> Vec<Release> {
    platform.addons.iter().flat_map(|addons| addons.releases(platform.ingress.is_some())).collect()
}

/// How the load balancer reaches the gateway, and what the gateway takes.
fn ingress(ingress: &Ingress) -> Value {
    json!({
        "hosts": if ingress.domains.is_empty() { json!(["*"]) } else { json!(ingress.domains) },
        "reencrypt": ingress.reencrypt,
        // An `alb` says by a header by which protocol a request came.
        "forwards_protocol": ingress.load_balancer == LoadBalancer::Alb,
    })
}

fn values(platform: &Platform, addons: &Addons) -> Value {
    let mirror = json!({ "charts": addons.charts, "registries": addons.registries });
    json!({
        "changes": changes(addons),
        "file_system": platform.file_system.is_some(),
        "ingress": platform.ingress.as_ref().map(ingress),
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
