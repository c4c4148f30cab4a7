//! Applications and their deployments.

use serde_json::{Value, json};

use super::{creator, manifest};
use crate::{kind::Kind, record::Record, state::State};

/// What an application shows besides what all objects have.
pub(super) fn application(state: &State, record: &Record) -> Value {
    let (workspace_fqn, _) = record.identity.rsplit_once(':').unwrap_or_default();
    let workspace = state.named(Kind::Workspace, workspace_fqn);
    let deployments = record.list("deployments");
    let last = deployments.last();
    let active = deployments.iter().rev().find(|one| status(one) == "DEPLOY_SUCCESS").or(last);
    json!({
        "type": record.manifest_type(),
        "workspaceId": workspace.map(|workspace| workspace.id.as_str()),
        "workspaceFqn": workspace_fqn,
        "workspace": {
            "name": workspace.map(Record::name),
            "fqn": workspace_fqn,
            "clusterId": workspace.and_then(|workspace| workspace.text("cluster_fqn"))
        },
        "lifecycleStage": record.own("stage").as_str().unwrap_or("active"),
        "lastVersion": last.map(|one| one["version"].clone()),
        "activeVersion": active.map(|one| one["version"].clone()),
        "lastDeploymentId": last.map(|one| one["id"].clone()),
        "activeDeploymentId": active.map(|one| one["id"].clone()),
        "deployment": active.map(|one| deployment(state, record, one)),
        "metadata": {"paused": record.own("paused").as_bool().unwrap_or(false)},
        "autopilot": {},
        "alerts": [],
        "recommendations": []
    })
}

/// The last status of a deployment.
fn status(deployment: &Value) -> &str {
    let last = deployment["statuses"].as_array().and_then(|statuses| statuses.last());
    last.and_then(|status| status["status"].as_str()).unwrap_or_default()
}

/// A deployment as reads show it.
pub(crate) fn deployment(state: &State, application: &Record, stored: &Value) -> Value {
    let statuses = stored["statuses"].as_array().cloned().unwrap_or_default();
    let current = statuses.last().cloned().unwrap_or_default();
    json!({
        "id": stored["id"],
        "version": stored["version"],
        "fqn": format!("{}:{}", application.identity, stored["version"]),
        "applicationId": application.id,
        "manifest": manifest(state, &stored["manifest"]),
        "application": {
            "id": application.id,
            "name": application.name(),
            "fqn": application.identity,
            "type": application.manifest_type(),
            "lifecycleStage": application.own("stage").as_str().unwrap_or("active")
        },
        "currentStatusId": current["id"],
        "currentStatus": current,
        "deploymentStatuses": statuses,
        "deploymentBuilds": [],
        "createdBySubject": creator(&state.tenant, application),
        "createdAt": stored["createdAt"],
        "updatedAt": current["createdAt"],
        "failureReason": null,
        "metadata": null
    })
}
