//! Infrastructure, gateway and policy.

use serde_json::{Value, json};

use super::{creator, manifest};
use crate::{
    kind::{Kind, integration_kind},
    record::Record,
    references::Target,
    state::State,
};

/// What objects of these kinds show besides what all have.
pub(super) fn extra(state: &State, record: &Record) -> Value {
    let stored = &record.manifest;
    match record.kind {
        Kind::Environment => json!({
            "priority": record.priority,
            "color": stored["color"],
            "isProduction": stored["isProduction"],
            "optimizeFor": stored["optimizeFor"]
        }),
        Kind::ProviderAccount => {
            let integrations = record.integrations().iter().map(|i| integration(state, record, i));
            json!({
                "provider": record.manifest_type().split('/').nth(1).unwrap_or_default(),
                "integrations": integrations.collect::<Vec<_>>()
            })
        }
        Kind::Cluster => json!({"cloudProvider": cloud(record)}),
        Kind::Workspace => {
            let environment = record.text("environment_name");
            let environment = environment.and_then(|name| state.named(Kind::Environment, name));
            json!({
                "clusterId": record.text("cluster_fqn"),
                "environmentId": environment.map(|environment| environment.id.as_str()),
                "isSystemWs": false
            })
        }
        Kind::TracingProject => json!({
            "storageType": stored["storage"]["type"],
            "storageRoot": format!("s3://{}-traces/{}", state.tenant, record.id),
            "storageIntegrationId": integration_id(state, stored["storage"]["storage_integration_fqn"].as_str())
        }),
        Kind::Policy => json!({
            "activeVersion": record.own("version").as_u64().unwrap_or(1),
            "activePolicyVersion": {
                "policyId": record.id,
                "version": record.own("version").as_u64().unwrap_or(1),
                "manifest": stored
            }
        }),
        Kind::McpServer => json!({
            "proxyUrl": format!("http://127.0.0.1/api/llm/mcp/v1/{}/mcp", record.name()),
            "isAuthOverrideSupported": false,
            "tools": []
        }),
        Kind::Settings | Kind::GatewayConfig | Kind::GatewayBudget => json!({"type": record.manifest_type()}),
        _ => Value::Null,
    }
}

/// The id of the integration with this FQN.
pub(super) fn integration_id(state: &State, fqn: Option<&str>) -> Value {
    let find = |fqn: &str| {
        let account = state.named(Kind::ProviderAccount, fqn.split(':').nth(2)?)?;
        account.integration_ids.get(fqn.rsplit(':').next()?).cloned()
    };
    fqn.and_then(find).map_or(Value::Null, Value::from)
}

fn cloud(record: &Record) -> &'static str {
    match record.text("cluster_type") {
        Some("aws-eks") => "aws",
        Some("gcp-gke-standard") => "gcp",
        Some("azure-aks") => "azure",
        Some("civo-talos") => "civo",
        _ => "generic",
    }
}

/// An integration of a provider account as reads show it.
pub(crate) fn integration(state: &State, account: &Record, stored: &Value) -> Value {
    let tenant = state.tenant.as_str();
    let name = stored["name"].as_str().unwrap_or_default();
    json!({
        "id": account.integration_ids.get(name),
        "name": name,
        "fqn": account.integration_fqn(tenant, stored),
        "type": integration_kind(stored),
        "manifest": manifest(state, stored),
        "providerAccountFqn": account.fqn(tenant),
        "tenantName": tenant,
        "createdBySubject": creator(tenant, account),
        "createdAt": account.created_at,
        "updatedAt": account.updated_at
    })
}

/// Whether something names one of the account's integrations.
pub(crate) fn integration_targets(state: &State, account: &Record) -> Vec<Target> {
    let mut targets = Vec::new();
    for integration in account.integrations() {
        targets.push(Target::Integration(account.integration_fqn(&state.tenant, integration)));
        let name = integration["name"].as_str().unwrap_or_default();
        targets.push(Target::Selector(format!("{}/{name}", account.name())));
    }
    targets
}
