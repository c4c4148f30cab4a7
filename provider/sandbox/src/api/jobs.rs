//! Runs of jobs.

use serde_json::{Value, json};

use super::{Outcome, Request, list, objects};
use crate::{
    answer::Answer,
    kind::Kind,
    record::{Record, new_id},
    state::State,
};

pub(super) fn route(state: &mut State, request: &Request<'_>) -> Outcome {
    match (request.method, request.path) {
        ("POST", ["jobs", "trigger"]) => trigger(state, request),
        ("POST", ["jobs", "terminate"]) => {
            let deployment = request.query("deploymentId").or_else(|| request.text("deploymentId"));
            let name = request.query("jobRunName").or_else(|| request.text("jobRunName"));
            let (Some(deployment), Some(name)) = (deployment, name) else {
                return Err(Answer::error(422, "the query needs `deploymentId` and `jobRunName`"));
            };
            let mut job = with_deployment(state, deployment)?;
            let run = job.list_mut("runs").iter_mut().find(|run| run["name"] == name);
            let run = run.ok_or_else(|| Answer::error(404, format!("there is no run `{name}`")))?;
            if run["status"] == "TERMINATED" {
                return Err(Answer::error(417, format!("the run `{name}` has ended")));
            }
            run["status"] = "TERMINATED".into();
            state.put(job)?;
            Ok(Answer::ok(json!({"message": "the run is terminated", "jobRunStatus": "TERMINATED"})))
        }
        ("GET", ["jobs", id, "runs"]) => {
            let job = objects::known(state, Kind::Application, id)?;
            let status = request.queries("status");
            let runs = job.list("runs").iter().rev().filter(|run| {
                let named = run["name"].as_str().unwrap_or_default();
                request.query("searchPrefix").is_none_or(|prefix| named.starts_with(prefix))
                    && (status.is_empty() || status.iter().any(|wanted| run["status"] == *wanted))
            });
            list::page(runs.cloned().collect(), request)
        }
        ("GET", ["jobs", id, "runs", name]) => {
            let job = objects::known(state, Kind::Application, id)?;
            let run = job.list("runs").iter().find(|run| run["name"] == *name);
            let run = run.ok_or_else(|| Answer::error(404, format!("there is no run `{name}`")))?;
            Ok(Answer::data(run.clone()))
        }
        ("DELETE", ["jobs", id, "runs", name]) => {
            let mut job = objects::known(state, Kind::Application, id)?;
            let before = job.list("runs").len();
            job.list_mut("runs").retain(|run| run["name"] != *name);
            if job.list("runs").len() == before {
                return Err(Answer::error(404, format!("there is no run `{name}`")));
            }
            state.put(job)?;
            Ok(Answer::ok(json!({"message": format!("the run `{name}` is deleted")})))
        }
        _ => Err(request.unknown()),
    }
}

fn with_deployment(state: &State, id: &str) -> Result<Record, Answer> {
    let found = state
        .all(Kind::Application)
        .find(|application| application.list("deployments").iter().any(|one| one["id"] == id));
    found.cloned().ok_or_else(|| Answer::error(404, format!("there is no deployment with id `{id}`")))
}

fn trigger(state: &mut State, request: &Request<'_>) -> Outcome {
    let mut job = match (request.text("deploymentId"), request.text("applicationId")) {
        (Some(id), _) => with_deployment(state, id)?,
        (None, Some(id)) => objects::known(state, Kind::Application, id)?,
        (None, None) => return Err(Answer::error(422, "the body needs `deploymentId` or `applicationId`")),
    };
    if !matches!(job.manifest_type(), "job" | "spark-job") {
        return Err(Answer::error(
            400,
            format!("`{}` is a {}, not a job", job.identity, job.manifest_type()),
        ));
    }
    let deployment = job.list("deployments").last().cloned().unwrap_or_default();
    let command = request.body.pointer("/input/command").and_then(Value::as_str).unwrap_or_default();
    let name = format!("{}-{}", job.name(), new_id().split('-').next().unwrap_or_default());
    let run = json!({
        "id": new_id(),
        "name": name,
        "applicationName": job.name(),
        "applicationId": job.id,
        "deploymentId": deployment["id"],
        "deploymentVersion": deployment["version"].to_string(),
        "createdAt": jiff::Timestamp::now().as_millisecond(),
        "command": command,
        "totalRetries": 0,
        "status": "CREATED",
        "tenantName": state.tenant
    });
    job.list_mut("runs").push(run.clone());
    state.put(job)?;
    Ok(Answer::ok(json!({"message": "the job is triggered", "jobRunName": name, "data": run})))
}
