//! What the control plane knows.

use serde_json::{Value, json};

use super::{Definition, Output, Provider, always};
use crate::plan::Platform;
use crate::plan::text::{hcl, template};
use crate::spec::truefoundry::SecretStore;

pub(super) static LAYER: Definition = Definition {
    name: "platform",
    about: |_| "what the control plane knows: environment, account, cluster, workspaces",
    exists: always,
    reads: |_| vec!["cluster", "data", "identity"],
    modules: |_| Vec::new(),
    provider: Provider::Truefoundry,
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
        "base_domains": truefoundry.base_domains,
        "workspaces": workspaces,
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
