//! Agents, ML repos and what they hold. Much of it has its fields in snake case.

use serde_json::{Value, json};

use super::{account_id, creator, manifest};
use crate::{kind::Kind, record::Record, state::State};

pub(super) fn ml_repo(state: &State, record: &Record) -> Value {
    json!({
        "id": record.id,
        "tenant_name": state.tenant,
        "account_id": account_id(&state.tenant),
        "created_by_subject": creator(&state.tenant, record),
        "created_at": record.created_at,
        "num_runs": state.all(Kind::Run).filter(|run| run.text("experiment_id") == Some(&record.id)).count(),
        "datasets_count": 0,
        "tracing_projects_count": 0,
        "artifact_type_counts": {},
        "manifest": manifest(state, &record.manifest)
    })
}

/// The id of the ML repo that the object lies in.
fn ml_repo_id<'a>(state: &'a State, record: &Record) -> Option<&'a str> {
    state.named(Kind::MlRepo, record.text("ml_repo")?).map(|repo| repo.id.as_str())
}

pub(super) fn data_directory(state: &State, record: &Record) -> Value {
    json!({
        "id": record.id,
        "ml_repo_id": ml_repo_id(state, record),
        "name": record.name(),
        "fqn": record.fqn(&state.tenant),
        "created_by_subject": creator(&state.tenant, record),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "manifest": manifest(state, &record.manifest)
    })
}

/// What the versions of an artifact, model, prompt or agent skill have in common.
pub(super) fn parent(state: &State, record: &Record) -> Value {
    json!({
        "id": record.id,
        "ml_repo_id": ml_repo_id(state, record),
        "type": parent_type(record.kind),
        "name": record.name(),
        "fqn": record.fqn(&state.tenant),
        "created_by_subject": creator(&state.tenant, record),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "latest_version": record.list("versions").last().map(|latest| version(state, record, latest)),
        "run_steps": []
    })
}

fn parent_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Model => "model",
        Kind::Prompt => "chat_prompt",
        Kind::AgentSkill => "agent-skill",
        _ => "artifact",
    }
}

/// One version of an artifact, model, prompt or agent skill.
pub(crate) fn version(state: &State, record: &Record, stored: &Value) -> Value {
    let owner = match record.kind {
        Kind::Model => "model_id",
        Kind::Prompt => "prompt_id",
        Kind::AgentSkill => "agent_skill_id",
        _ => "artifact_id",
    };
    let mut shown = json!({
        "id": stored["id"],
        "fqn": format!("{}:{}", record.fqn(&state.tenant).unwrap_or_default(), stored["version"]),
        "ml_repo_id": ml_repo_id(state, record),
        "created_by_subject": creator(&state.tenant, record),
        "created_at": stored["createdAt"],
        "updated_at": stored["createdAt"],
        "tags": stored["tags"],
        "manifest": manifest(state, &stored["manifest"])
    });
    shown[owner] = record.id.as_str().into();
    // What the list over all artifacts adds.
    shown[owner.replace("_id", "_fqn")] = record.fqn(&state.tenant).into();
    if record.kind == Kind::Model {
        shown["metrics"] = json!([]);
        shown["deployable"] = false.into();
    }
    shown
}

/// What an agent shows besides what all objects have.
pub(super) fn agent(state: &State, record: &Record) -> Value {
    let latest = record.list("versions").last();
    json!({
        // Both parts of `remote-agent/self-hosted` are one type here.
        "type": record.manifest_type().split('/').next(),
        "latestVersion": latest.map_or(1, |version| version["version"].as_u64().unwrap_or(1)),
        "latestVersionDetails": latest.map(|version| agent_version(state, record, version))
    })
}

pub(crate) fn agent_version(state: &State, record: &Record, stored: &Value) -> Value {
    json!({
        "id": stored["id"],
        "agentId": record.id,
        "fqn": format!("{}:{}", record.fqn(&state.tenant).unwrap_or_default(), stored["version"]),
        "version": stored["version"],
        "manifest": manifest(state, &stored["manifest"]),
        "createdBySubject": creator(&state.tenant, record)
    })
}

pub(super) fn run(state: &State, record: &Record) -> Value {
    let stored = &record.manifest;
    json!({
        "info": {
            "run_uuid": record.id,
            "run_id": record.id,
            "experiment_id": stored["experiment_id"],
            "name": stored["name"],
            "fqn": record.fqn(&state.tenant),
            "created_by_subject": creator(&state.tenant, record),
            "status": stored["status"],
            "start_time": stored["start_time"],
            "end_time": stored["end_time"],
            "lifecycle_stage": "active",
            "description": stored["description"]
        },
        "data": {
            "metrics": record.list("metrics"),
            "params": record.list("params"),
            "tags": record.list("tags")
        }
    })
}
