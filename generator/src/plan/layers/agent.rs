//! The agent: what dials out of the cluster to the control plane.

use serde_json::{Value, json};

use super::{Definition, Output, Provider};
use crate::plan::agent::{Agent, RELEASE};
use crate::plan::text::template;
use crate::plan::{Addons, Platform};

pub(super) static LAYER: Definition = Definition {
    name: "agent",
    about: |_| "the agent in the cluster, which dials out to the control plane",
    exists: |platform| platform.agent.is_some(),
    reads: |_| vec!["cluster", "addons", "platform"],
    modules: |_| vec!["agent"],
    providers: &[Provider::Cluster, Provider::Truefoundry],
    releases: |_| vec![RELEASE],
    carries_secret: true, // the token
    templates: &[template!("agent/main", "main")],
    values: |platform| match (&platform.agent, &platform.addons) {
        (Some(agent), Some(addons)) => values(platform, agent, addons),
        _ => json!({}),
    },
    outputs: |_| outputs(),
};

fn values(platform: &Platform, agent: &Agent, addons: &Addons) -> Value {
    let mirror = json!({ "charts": addons.charts, "registries": agent.registries(addons) });
    let chart =
        json!({ "version": agent.version, "values": (!agent.values.is_empty()).then_some(&agent.values) });
    json!({
        "external_secrets": addons.has("external-secrets"),
        "prometheus_url": addons.prometheus_url(),
        "critical_nodes": addons.has("karpenter") && platform.compute.has_critical(),
        "cluster_admin": agent.cluster_admin,
        "egress": agent.egress.as_ref().map(|hosts| json!({ "hosts": hosts })),
        "token_revision": agent.token_revision,
        "chart": (agent.version.is_some() || !agent.values.is_empty()).then_some(chart),
        "mirror": (addons.charts.is_some() || !addons.registries.is_empty()).then_some(mirror),
        "wait": agent.wait,
    })
}

fn outputs() -> Vec<Output> {
    vec![
        Output::new(
            "connected",
            "bool",
            "data.truefoundry_cluster.connected.connected",
            "Whether the agent has come to the control plane.",
        ),
        Output::new(
            "egress_hosts",
            "list(string)",
            "module.agent.egress_hosts",
            "Hosts that the agent connects to on port 443, for firewalls on the way out.",
        ),
    ]
}
