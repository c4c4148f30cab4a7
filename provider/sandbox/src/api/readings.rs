//! What applications tell about themselves, and what surrounds them: nothing runs in the sandbox, so there is nothing
//! to tell, but each question has the answer of a tenant in which nothing happened yet.

use serde_json::{Value, json};

use super::{Outcome, Request, objects};
use crate::{answer::Answer, kind::Kind, state::State};

pub(super) fn route(state: &State, request: &Request<'_>) -> Outcome {
    match (request.method, request.path) {
        ("GET", ["alerts"]) => Ok(Answer::data(json!({}))),
        ("GET", ["logs"]) | ("GET", ["logs", _]) | ("GET", ["events"]) => Ok(Answer::data(json!([]))),
        ("POST", ["spans", "query"]) => Ok(Answer::ok(json!({"data": [], "pagination": {"limit": 100}}))),
        ("GET", ["x", "build-logs", _]) => Ok(Answer::ok(json!({"logs": []}))),
        ("GET", ["metrics", workspace, "charts"]) => {
            objects::known(state, Kind::Workspace, workspace)?;
            Ok(Answer::ok(json!({"step": "60s", "graphs": []})))
        }
        ("POST", ["docker-registry", "create-repo"]) => {
            let name = request.text("applicationName").unwrap_or("application");
            Ok(Answer::ok(json!({"repoName": format!("{}-{name}", state.tenant)})))
        }
        ("GET", ["docker-registry", "creds"]) => registry_credentials(state, request),
        ("POST", ["vcs", "repository", "details"]) => {
            request.required("repoURL")?;
            Ok(Answer::ok(json!({"exists": false})))
        }
        ("POST", ["vcs", "repository", "authenticated-url"]) => {
            Ok(Answer::ok(json!({"authenticatedURL": request.required("repoURL")?})))
        }
        ("POST", ["workflow", id, "executions"]) => {
            let workflow = objects::known(state, Kind::Application, id)?;
            Ok(Answer::ok(json!({"executionName": format!("{}-1", workflow.name())})))
        }
        _ => Err(request.unknown()),
    }
}

fn registry_credentials(state: &State, request: &Request<'_>) -> Outcome {
    let cluster = request.query("clusterId").and_then(|id| state.with_id(Kind::Cluster, id));
    let fqn = request.query("fqn").or_else(|| cluster?.text("default_registry_fqn"));
    let fqn = fqn.ok_or_else(|| Answer::error(404, "the query names no container registry"))?;
    let account = fqn.split(':').nth(2).and_then(|name| state.named(Kind::ProviderAccount, name));
    let found = account.and_then(|account| {
        account.integrations().iter().find(|i| account.integration_fqn(&state.tenant, i) == fqn)
    });
    let found = found.ok_or_else(|| Answer::error(404, format!("there is no container registry `{fqn}`")))?;
    let url = found.get("registry_url").and_then(Value::as_str).unwrap_or("registry.example");
    Ok(Answer::ok(json!({"fqn": fqn, "registryUrl": url, "username": "sandbox", "password": "sandbox"})))
}
