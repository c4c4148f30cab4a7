//! Runs of experiments, which ML repos hold.

use serde_json::{Value, json};

use super::{Outcome, Request, objects};
use crate::{answer::Answer, entity, kind::Kind, record::Record, state::State};

pub(super) fn route(state: &mut State, request: &Request<'_>) -> Outcome {
    let path = &request.path[1..];
    match (request.method, path) {
        ("POST", []) => create(state, request),
        ("POST", ["search"]) => search(state, request),
        ("GET", [id]) => {
            let run = objects::known(state, Kind::Run, id)?;
            Ok(Answer::ok(json!({"run": entity::entity(state, &run)})))
        }
        ("PUT", [id]) => {
            let mut run = objects::known(state, Kind::Run, id)?;
            for field in ["status", "end_time", "description"] {
                if let Some(value) = request.body.get(field).filter(|value| !value.is_null()) {
                    run.manifest[field] = value.clone();
                }
            }
            state.put(run.clone())?;
            Ok(Answer::ok(json!({"run_info": entity::entity(state, &run)["info"]})))
        }
        ("DELETE", [id]) => {
            let run = objects::known(state, Kind::Run, id)?;
            state.remove(&run);
            Ok(Answer::ok(json!({})))
        }
        ("GET", [id, "metrics", "history"]) => {
            let run = objects::known(state, Kind::Run, id)?;
            Ok(Answer::ok(json!({"metrics": metrics(&run, request.query("metric_key").unwrap_or_default())})))
        }
        ("POST", [id, "metrics", "list"]) => {
            let run = objects::known(state, Kind::Run, id)?;
            let keys = request.body.get("metric_keys").and_then(Value::as_array).cloned().unwrap_or_default();
            let keys = keys.iter().filter_map(Value::as_str);
            let found: Vec<_> = keys.map(|key| json!({"key": key, "metrics": metrics(&run, key)})).collect();
            Ok(Answer::ok(json!({"metric_collections": found})))
        }
        (_, [id, rest @ ..]) => log(state, request, id, rest),
        _ => Err(request.unknown()),
    }
}

fn metrics(run: &Record, key: &str) -> Vec<Value> {
    run.list("metrics").iter().filter(|metric| metric["key"] == key).cloned().collect()
}

fn create(state: &mut State, request: &Request<'_>) -> Outcome {
    let experiment = request.required("experiment_id")?;
    let repo = objects::known(state, Kind::MlRepo, experiment)?;
    let name = request.required("name")?;
    let identity = format!("{}/{name}", repo.name());
    let manifest = json!({
        "name": name, "experiment_id": experiment, "status": "RUNNING",
        "start_time": request.body.get("start_time"), "description": request.body.get("description")
    });
    if state.named(Kind::Run, &identity).is_some() {
        return Err(Answer::error(409, format!("the run `{name}` exists")));
    }
    let mut run = Record::new(Kind::Run, identity, manifest);
    let tags = request.body.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
    *run.list_mut("tags") = tags;
    let shown = entity::entity(state, &run);
    state.put(run)?;
    Ok(Answer::ok(json!({"run": shown})))
}

fn search(state: &State, request: &Request<'_>) -> Outcome {
    let wanted = request.body.get("experiment_ids").and_then(Value::as_array);
    let runs: Vec<_> = state
        .all(Kind::Run)
        .filter(|run| wanted.is_none_or(|ids| ids.contains(&run.manifest["experiment_id"])))
        .filter(|run| request.text("experiment_id").is_none_or(|id| run.text("experiment_id") == Some(id)))
        .filter(|run| request.text("name").is_none_or(|name| run.name() == name))
        .filter(|run| request.text("fqn").is_none_or(|fqn| run.fqn(&state.tenant).as_deref() == Some(fqn)))
        .map(|run| entity::entity(state, run))
        .collect();
    Ok(Answer::ok(json!({"total": runs.len(), "runs": runs})))
}

/// Metrics, parameters and tags of a run.
fn log(state: &mut State, request: &Request<'_>, id: &str, path: &[&str]) -> Outcome {
    let mut run = objects::known(state, Kind::Run, id)?;
    match (request.method, path) {
        ("POST", ["metrics"]) => run.list_mut("metrics").push(request.body.clone()),
        ("POST", ["parameters"]) => set(run.list_mut("params"), &request.body),
        ("PUT", ["tags"]) => set(run.list_mut("tags"), &request.body),
        ("POST", ["tags", "delete"]) => {
            let key = request.required("key")?;
            run.list_mut("tags").retain(|tag| tag["key"] != key);
        }
        ("POST", ["batch"]) => {
            let all =
                |field: &str| request.body.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
            run.list_mut("metrics").extend(all("metrics"));
            all("params").iter().for_each(|one| set(run.list_mut("params"), one));
            all("tags").iter().for_each(|one| set(run.list_mut("tags"), one));
        }
        _ => return Err(request.unknown()),
    }
    state.put(run)?;
    Ok(Answer::ok(json!({})))
}

/// Replaces what has the same key.
fn set(list: &mut Vec<Value>, one: &Value) {
    list.retain(|other| other["key"] != one["key"]);
    list.push(one.clone());
}
