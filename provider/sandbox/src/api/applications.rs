//! Applications: deployed, paused, deleted in their own time.

use serde_json::{Value, json};

use super::{Outcome, Request, deployments, list, objects};
use crate::{answer::Answer, caller::Caller, entity, kind::Kind, record::Record, state::State};

pub(super) fn route(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    let path = match request.path {
        ["x", rest @ ..] => &rest[1..],
        rest => &rest[1..],
    };
    match (request.method, path) {
        ("GET", []) => {
            let deleting: Vec<String> = state
                .all(Kind::Application)
                .filter(|record| record.own("stage") == "deleting")
                .map(|record| record.id.clone())
                .collect();
            for id in deleting {
                go_on_deleting(state, &id)?;
            }
            list::objects(state, Kind::Application, request)
        }
        ("PUT", []) => {
            let (record, deployment) = put(state, request, caller)?;
            Ok(Answer::data(entity::deployment(state, &record, &deployment)))
        }
        ("GET", [id]) => {
            go_on_deleting(state, id)?;
            let record = objects::existing(state, Kind::Application, id)?;
            Ok(Answer::data(entity::entity(state, &record)))
        }
        ("DELETE", [id]) => {
            let record = objects::known(state, Kind::Application, id)?;
            let message = format!("the application `{}` is being deleted", record.identity);
            start_deletion(state, record)?;
            Ok(Answer::ok(json!({"message": message})))
        }
        ("PATCH", [id, "scale-to-zero"]) => pause(state, id, true),
        ("PATCH", [id, "scale-to-original"]) => pause(state, id, false),
        ("POST", [id, "rollout", "promote"]) => {
            objects::known(state, Kind::Application, id)?;
            Ok(Answer::ok(json!({})))
        }
        ("POST", [id, "sync"]) => {
            objects::known(state, Kind::Application, id)?;
            Ok(Answer::ok(json!({})))
        }
        ("GET", [id, "pod-template-hash-deployment-version-map"]) => {
            objects::known(state, Kind::Application, id)?;
            Ok(Answer::ok(json!({})))
        }
        ("GET", [id, "state" | "resources"]) => {
            objects::known(state, Kind::Application, id)?;
            Ok(Answer::data(json!({})))
        }
        (_, [id, "deployments", rest @ ..]) => deployment(state, id, rest, request),
        _ => Err(request.unknown()),
    }
}

/// Stores the manifest of an application, and answers it with its new deployment.
pub(super) fn put(
    state: &mut State,
    request: &Request<'_>,
    caller: &Caller,
) -> Result<(Record, Value), Answer> {
    let mut manifest = request.manifest()?;
    if let Some(id) = request.text("workspaceId") {
        let workspace = objects::known(state, Kind::Workspace, id)?;
        match manifest.get("workspace_fqn").and_then(Value::as_str) {
            Some(fqn) if fqn != workspace.identity => {
                return Err(Answer::error(
                    400,
                    "`workspaceId` and `manifest.workspace_fqn` are not the same workspace",
                ));
            }
            _ => manifest["workspace_fqn"] = workspace.identity.into(),
        }
    }
    if manifest.get("name").is_none()
        && let Some(name) = request.text("name")
    {
        manifest["name"] = name.into();
    }
    if request.flag("forceDeploy")? {
        let identity = Kind::Application.identity(&manifest).unwrap_or_default();
        if let Some(mut record) = state.named(Kind::Application, &identity).cloned() {
            record.set_own("force", true);
            state.put(record)?;
        }
    }
    let stored = objects::upsert(state, Kind::Application, manifest, request.flag("dryRun")?, caller)?;
    let deployment = stored.record.list("deployments").last().cloned().unwrap_or_default();
    Ok((stored.record, deployment))
}

/// Deletes at once, or marks the application so that reads see it go.
pub(super) fn start_deletion(state: &mut State, mut record: Record) -> Result<(), Answer> {
    if state.switches.delete_after == 0 && !state.switches.delete_fails {
        return objects::remove(state, &record, false);
    }
    record.set_own("stage", "deleting");
    record.set_own("polls", 0);
    Ok(state.put(record)?)
}

/// One more read of an application that is being deleted.
fn go_on_deleting(state: &mut State, id: &str) -> Result<(), Answer> {
    let Some(record) = state.with_id(Kind::Application, id) else { return Ok(()) };
    if record.own("stage") != "deleting" {
        return Ok(());
    }
    let mut record = record.clone();
    let polls = record.own("polls").as_u64().unwrap_or(0);
    if polls < state.switches.delete_after {
        record.set_own("polls", polls + 1);
        return Ok(state.put(record)?);
    }
    if state.switches.delete_fails {
        record.set_own("stage", "deletion_failed");
        return Ok(state.put(record)?);
    }
    objects::remove(state, &record, false)
}

fn pause(state: &mut State, id: &str, paused: bool) -> Outcome {
    let mut record = objects::known(state, Kind::Application, id)?;
    if !matches!(record.manifest_type(), "service" | "async-service" | "notebook" | "ssh-server" | "rstudio")
    {
        return Err(Answer::error(501, format!("a {} cannot be paused", record.manifest_type())));
    }
    record.set_own("paused", paused);
    state.put(record.clone())?;
    match (paused, record.list("deployments").last()) {
        (false, Some(deployment)) => Ok(Answer::ok(entity::deployment(state, &record, deployment))),
        _ => Ok(Answer::ok(json!({}))),
    }
}

/// The deployments of one application.
fn deployment(state: &mut State, id: &str, path: &[&str], request: &Request<'_>) -> Outcome {
    let mut record = objects::known(state, Kind::Application, id)?;
    let [deployment_id, rest @ ..] = path else {
        let shown = record
            .list("deployments")
            .iter()
            .rev()
            .filter(|one| request.query("version").is_none_or(|wanted| deployments::is_version(one, wanted)))
            .filter(|one| request.query("deploymentId").is_none_or(|wanted| one["id"] == wanted))
            .map(|one| entity::deployment(state, &record, one));
        return list::page(shown.collect(), request);
    };
    let index = record.list("deployments").iter().position(|one| one["id"] == *deployment_id);
    let index = index
        .ok_or_else(|| Answer::error(404, format!("there is no deployment with id `{deployment_id}`")))?;
    match (request.method, rest) {
        ("GET", []) | ("GET", ["statuses"]) => {
            deployments::poll(state, &mut record.list_mut("deployments")[index]);
            state.put(record.clone())?;
            let stored = &record.list("deployments")[index];
            Ok(match rest {
                [] => Answer::data(entity::deployment(state, &record, stored)),
                _ => Answer::ok(stored["statuses"].clone()),
            })
        }
        ("GET", ["builds"]) => Ok(Answer::ok(json!([]))),
        ("POST", ["redeploy"]) => {
            record.manifest = record.list("deployments")[index]["manifest"].clone();
            deployments::deploy(state, &mut record)?;
            state.put(record.clone())?;
            let stored = record.list("deployments").last().cloned().unwrap_or_default();
            Ok(Answer::data(entity::deployment(state, &record, &stored)))
        }
        ("POST", ["cancel"]) => {
            let stored = &mut record.list_mut("deployments")[index];
            if deployments::is_terminal(stored) {
                return Err(Answer::error(409, "the deployment has ended"));
            }
            let id = stored["id"].as_str().unwrap_or_default().to_owned();
            if let Value::Array(statuses) = &mut stored["statuses"] {
                statuses.push(deployments::status(&id, "CANCELLED", None));
            }
            state.put(record)?;
            Ok(Answer::ok(json!({"message": "the deployment is cancelled"})))
        }
        ("POST", ["promote"]) => Ok(Answer::ok(json!({}))),
        _ => Err(request.unknown()),
    }
}
