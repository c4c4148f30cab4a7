//! Deployments: each change of an application makes one, and it takes a while.

use serde_json::{Value, json};

use super::{Outcome, Request, applications, objects};
use crate::{
    answer::Answer,
    caller::Caller,
    entity,
    kind::Kind,
    record::{Record, new_id, now},
    state::State,
};

/// What is asked for before an application is deployed, and the older way to deploy one.
pub(super) fn route(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    match (request.method, request.path) {
        ("POST", ["deployment"]) => {
            let (record, deployment) = applications::put(state, request, caller)?;
            Ok(Answer::ok(json!({"deployment": entity::deployment(state, &record, &deployment)})))
        }
        ("POST", ["deployment", "code-upload-url"]) => {
            let (workspace, service) = (request.required("workspaceFqn")?, request.required("serviceName")?);
            if state.named(Kind::Workspace, workspace).is_none() {
                return Err(Answer::error(404, format!("there is no workspace `{workspace}`")));
            }
            let file = format!("{}.tar.gz", new_id());
            Ok(Answer::ok(json!({
                "url": format!("http://{}/api/svc/v1/uploads/{file}", request.host),
                "uri": format!("s3://{}-uploads/{workspace}/{service}/{file}", state.tenant),
                "headers": {}
            })))
        }
        ("GET", ["deployment", "deployment-endpoint"]) => suggested_endpoint(state, request),
        _ => Err(request.unknown()),
    }
}

fn suggested_endpoint(state: &State, request: &Request<'_>) -> Outcome {
    let query =
        |key: &str| request.query(key).ok_or_else(|| Answer::error(400, format!("the query needs `{key}`")));
    query("applicationType")?;
    let (name, id) = (query("applicationName")?, query("workspaceId")?);
    let workspace = objects::known(state, Kind::Workspace, id)
        .map_err(|_| Answer::error(400, format!("there is no workspace with id `{id}`")))?;
    let cluster = workspace.text("cluster_fqn").and_then(|name| state.named(Kind::Cluster, name));
    let domains = cluster.and_then(|cluster| cluster.manifest["base_domains"].as_array()?.first()?.as_str());
    let domain = request.query("baseDomain").or(domains);
    let domain =
        domain.ok_or_else(|| Answer::error(400, "the cluster has no domain to serve applications under"))?;
    let host = format!("{name}-{}.{}", workspace.name(), domain.trim_start_matches("*."));
    Ok(Answer::ok(json!({"host": host})))
}

/// Adds a deployment of the manifest that the record has now.
pub(super) fn deploy(state: &State, record: &mut Record) -> Result<(), Answer> {
    if record.own("stage") == "deleting" {
        return Err(Answer::error(409, format!("the application `{}` is being deleted", record.identity)));
    }
    if let Some(last) = record.list("deployments").last()
        && !is_terminal(last)
        && record.own("force") != true
    {
        return Err(Answer::error(409, format!("another deployment of `{}` is running", record.identity)));
    }
    record.set_own("force", false);
    record.set_own("stage", "active");
    let version = 1 + record.list("deployments").len();
    let id = new_id();
    let mut deployment = json!({
        "id": id, "version": version, "manifest": record.manifest, "createdAt": now(), "polls": 0,
        "statuses": [status(&id, "INITIALIZED", None)]
    });
    advance(state, &mut deployment);
    record.list_mut("deployments").push(deployment);
    Ok(())
}

/// Lets a deployment go on as far as it has been asked for.
pub(super) fn advance(state: &State, deployment: &mut Value) {
    let polls = deployment["polls"].as_u64().unwrap_or(0);
    let id = deployment["id"].as_str().unwrap_or_default().to_owned();
    let done = polls >= state.switches.deploy_after;
    let next = match (is_terminal(deployment), done, state.switches.deploy_fails) {
        (true, ..) => return,
        (false, true, true) => status(&id, "DEPLOY_FAILED", None),
        (false, true, false) => status(&id, "DEPLOY_SUCCESS", None),
        (false, false, _) if polls == 1 => status(&id, "BUILD_SUCCESS", Some("DEPLOYING")),
        (false, false, _) => return,
    };
    if let Value::Array(statuses) = &mut deployment["statuses"] {
        statuses.push(next);
    }
}

/// One more question about a deployment.
pub(super) fn poll(state: &State, deployment: &mut Value) {
    deployment["polls"] = (deployment["polls"].as_u64().unwrap_or(0) + 1).into();
    advance(state, deployment);
}

/// Whether this is the version that a query asks for.
pub(super) fn is_version(stored: &Value, wanted: &str) -> bool {
    wanted.parse().is_ok_and(|wanted: u64| stored["version"].as_u64() == Some(wanted))
}

pub(super) fn is_terminal(deployment: &Value) -> bool {
    let last = deployment["statuses"].as_array().and_then(|statuses| statuses.last());
    last.is_some_and(|status| status["state"]["isTerminalState"] == true)
}

pub(super) fn status(deployment: &str, status: &str, transition: Option<&str>) -> Value {
    let terminal = matches!(status, "DEPLOY_SUCCESS" | "DEPLOY_FAILED" | "CANCELLED" | "PAUSED");
    let message = match status {
        "DEPLOY_FAILED" => "the deployment failed, as the sandbox was told",
        _ => "",
    };
    json!({
        "id": new_id(),
        "deploymentId": deployment,
        "status": status,
        "transition": transition,
        "message": message,
        "retryCount": 0,
        "state": {"isTerminalState": terminal, "type": status, "transitions": []},
        "createdAt": now(),
        "updatedAt": now()
    })
}
