//! What the control plane knows.

use serde_json::{Value, json};

use super::{Definition, Output, Provider, always};
use crate::plan::text::{hcl, template};
use crate::plan::{Addons, Platform};
use crate::spec::truefoundry::SecretStore;

/// By which Karpenter says of a node to which pool it belongs.
const NODEPOOL_LABEL: &str = "karpenter.sh/nodepool";
/// The default class, which the module `addons` makes.
const STORAGE_CLASS: &str = "gp3";

pub(super) static LAYER: Definition = Definition {
    name: "platform",
    about: |_| "what the control plane knows: environment, account, cluster, workspaces",
    exists: always,
    reads: |_| vec!["cluster", "data", "identity"],
    modules: |_| Vec::new(),
    providers: &[Provider::Truefoundry],
    releases: super::no_releases,
    carries_secret: false,
    templates: &[template!("platform/main", "main")],
    values,
    outputs,
};

fn values(platform: &Platform) -> Value {
    let truefoundry = &platform.truefoundry;
    let workspaces: Value = truefoundry
        .workspaces
        .iter()
        .map(|w| {
            let collaborators: Vec<Value> =
                w.admins.iter().map(|a| json!({ "subject": a, "role_id": "workspace-admin" })).collect();
            json!({ "name": w.name, "collaborators": collaborators })
        })
        .collect();
    json!({
        "environment": {
            "name": truefoundry.environment,
            "is_production": truefoundry.production,
            "optimize_for": if truefoundry.production { "AVAILABILITY" } else { "COST" },
        },
        "secrets_manager": truefoundry.secrets == SecretStore::SecretsManager,
        "base_domains": base_domains(platform),
        "inside": platform.addons.as_ref().map(|addons| inside(platform, addons)),
        "workspaces": workspaces,
    })
}

/// Those of the load balancer, and those that are said beside it.
fn base_domains(platform: &Platform) -> Vec<&String> {
    let of_ingress = platform.ingress.iter().flat_map(|ingress| &ingress.domains);
    let mut domains: Vec<&String> = Vec::new();
    for domain in of_ingress.chain(&platform.truefoundry.base_domains) {
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    domains
}

/// What this tree installs in the cluster, as far as the control plane asks for it.
fn inside(platform: &Platform, addons: &Addons) -> Value {
    let urls = [("prometheus_url", addons.prometheus_url()), ("victoria_logs_url", addons.logs_url())];
    let urls = urls.into_iter().filter_map(|(key, url)| Some((key.to_owned(), json!(url?))));
    let monitoring: serde_json::Map<String, Value> = urls.collect();
    let has_pools = addons.has("karpenter");
    let pools = platform.compute.node_pools().filter(|_| has_pools);
    json!({
        "monitoring": (!monitoring.is_empty()).then_some(monitoring),
        "nodepools": pools.map(|pool| json!({ "name": pool.name })).collect::<Value>(),
        "nodepool_label": has_pools.then_some(NODEPOOL_LABEL),
        "storage_class": STORAGE_CLASS,
    })
}

fn outputs(platform: &Platform) -> Vec<Output> {
    let of = |name, ty, value, about| Output::new(name, ty, value, about);
    // A workspace's name is plain, so it is an identifier as well.
    let workspace = |name: &str| format!("{} = truefoundry_workspace.{name}.fqn\n", hcl::string(name));
    let workspaces: String = platform.truefoundry.workspaces.iter().map(|w| workspace(&w.name)).collect();
    let workspaces = if workspaces.is_empty() { "{}".to_owned() } else { format!("{{\n{workspaces}}}") };
    vec![
        of("cluster_id", "string", "truefoundry_cluster.this.id", "The cluster's ID in the control plane."),
        of(
            "cluster_fqn",
            "string",
            "truefoundry_cluster.this.fqn",
            "The cluster's full name in the control plane.",
        ),
        of(
            "tenant_name",
            "string",
            "truefoundry_cluster.this.tenant_name",
            "The tenant of the control plane.",
        ),
        of(
            "environment",
            "string",
            "truefoundry_environment.this.name",
            "The environment that workloads run in.",
        ),
        of(
            "integration_fqns",
            "map(string)",
            "truefoundry_provider_account_aws.this.integration_fqns",
            "The integrations of the account, by name.",
        ),
        Output::new("workspace_fqns", "map(string)", workspaces, "The workspaces, by name."),
    ]
}
