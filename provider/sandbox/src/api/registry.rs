//! Artifacts, models, prompts and agent skills with their versions, and the files of data directories.

use serde_json::{Value, json};

use super::{Outcome, Request, list, objects};
use crate::{answer::Answer, caller::Caller, entity, kind::Kind, record::Record, state::State};

pub(super) fn route(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    let (collection, rest) = match request.path {
        ["x", rest @ ..] | rest => rest.split_first().ok_or_else(|| request.unknown())?,
    };
    let kind = match *collection {
        "artifacts" | "artifact-versions" => Kind::Artifact,
        "models" | "model-versions" => Kind::Model,
        "prompts" | "prompt-versions" => Kind::Prompt,
        _ => Kind::AgentSkill,
    };
    if collection.ends_with("-versions") {
        versions(state, kind, rest, request, caller)
    } else if request.method == "PUT" {
        // Only versions are made.
        Err(request.unknown())
    } else {
        objects::route(state, kind, rest, request, caller)
    }
}

fn versions(state: &mut State, kind: Kind, rest: &[&str], request: &Request<'_>, caller: &Caller) -> Outcome {
    match (request.method, rest) {
        ("GET", []) => list_versions(state, kind, request),
        ("PUT", []) => {
            let manifest = request.manifest()?;
            let stored = objects::upsert(state, kind, manifest, request.flag("dryRun")?, caller)?;
            let version = stored.record.list("versions").last();
            Ok(Answer::data(version.map(|version| entity::version(state, &stored.record, version))))
        }
        ("PUT", ["tags"]) => tag(state, kind, request),
        ("POST", ["stage"]) => {
            let manifest = request.manifest()?;
            let kind = Kind::of_manifest(&manifest).filter(|kind| kind.is_versioned());
            let kind = kind.ok_or_else(|| Answer::error(422, "`manifest.type` cannot be staged"))?;
            let record = objects::upsert(state, kind, manifest, false, caller)?.record;
            let id = record.list("versions").last().map(|version| version["id"].clone());
            let root = format!("s3://{}-artifacts/{}", state.tenant, record.identity);
            Ok(Answer::ok(json!({"id": id, "storage_root": root, "artifact_id": record.id})))
        }
        ("POST", ["mark-stage-failure"]) => {
            let (mut record, _) = find(state, kind, request.required("id")?)?;
            let id = request.required("id")?;
            record.list_mut("versions").retain(|version| version["id"] != id);
            keep_or_remove(state, record)?;
            Ok(Answer::ok(json!({})))
        }
        ("POST", ["files" | "signed-urls", ..]) => files(state, request),
        ("GET", [id]) => {
            let (record, version) = find(state, kind, id)?;
            Ok(Answer::data(entity::version(state, &record, &version)))
        }
        ("DELETE", [id]) => {
            let (mut record, _) = find(state, kind, id)?;
            record.list_mut("versions").retain(|version| version["id"] != *id);
            keep_or_remove(state, record)?;
            Ok(Answer::ok(json!({})))
        }
        _ => Err(request.unknown()),
    }
}

/// An object without versions is nothing.
fn keep_or_remove(state: &mut State, record: Record) -> Result<(), Answer> {
    if record.list("versions").is_empty() {
        state.remove(&record);
    } else {
        state.put(record)?;
    }
    Ok(())
}

fn list_versions(state: &State, kind: Kind, request: &Request<'_>) -> Outcome {
    let owner = ["artifact_id", "model_id", "prompt_id", "agent_skill_id"];
    let shown = state
        .all(kind)
        .filter(|record| owner.iter().all(|key| request.query(key).is_none_or(|id| record.id == id)))
        .filter(|record| request.query("name").is_none_or(|name| record.name() == name))
        .flat_map(|record| record.list("versions").iter().map(move |version| (record, version)))
        .filter(|(_, version)| {
            let tags = version["tags"].as_array();
            request.query("version").is_none_or(|wanted| super::deployments::is_version(version, wanted))
                && request
                    .query("tag")
                    .is_none_or(|tag| tags.is_some_and(|tags| tags.iter().any(|t| t == tag)))
        })
        .map(|(record, version)| entity::version(state, record, version))
        .filter(|shown| request.query("fqn").is_none_or(|fqn| shown["fqn"] == fqn))
        .filter(|shown| request.query("ml_repo_id").is_none_or(|id| shown["ml_repo_id"] == id));
    list::page(shown.collect(), request)
}

fn find(state: &State, kind: Kind, id: &str) -> Result<(Record, Value), Answer> {
    let found = state.all(kind).find_map(|record| {
        let version = record.list("versions").iter().find(|version| version["id"] == id)?;
        Some((record.clone(), version.clone()))
    });
    found.ok_or_else(|| Answer::error(404, format!("there is no {} version with id `{id}`", kind.noun())))
}

fn tag(state: &mut State, kind: Kind, request: &Request<'_>) -> Outcome {
    let field = match kind {
        Kind::Model => "model_version_id",
        Kind::Prompt => "prompt_version_id",
        _ => "artifact_version_id",
    };
    let id = request.required(field)?;
    let tags = request.body.get("tags").and_then(Value::as_array);
    let tags = tags.ok_or_else(|| Answer::error(422, "the body needs a list `tags`"))?.clone();
    let force = request.flag("force")?;
    let (mut record, _) = find(state, kind, id)?;
    for version in record.list_mut("versions") {
        let own = version["id"] == id;
        let Value::Array(known) = &mut version["tags"] else { continue };
        if own {
            known.extend(tags.iter().filter(|tag| !known.contains(tag)).cloned().collect::<Vec<_>>());
        } else if known.iter().any(|tag| tags.contains(tag)) {
            if !force {
                return Err(Answer::error(
                    409,
                    "another version has one of these tags; `force` takes it away",
                ));
            }
            known.retain(|tag| !tags.contains(tag));
        }
    }
    state.put(record)?;
    Ok(Answer::ok(json!({})))
}

/// Files of a version or a data directory. The sandbox has no storage: there are none, and addresses lead nowhere but
/// to a place that takes what is put there.
pub(super) fn files(state: &State, request: &Request<'_>) -> Outcome {
    let id = request.required("id")?;
    let kinds = [Kind::Artifact, Kind::Model, Kind::AgentSkill];
    let known = state.with_id(Kind::DataDirectory, id).is_some()
        || kinds.iter().any(|kind| find(state, *kind, id).is_ok());
    if !known {
        return Err(Answer::error(404, format!("there is nothing with the id `{id}` that holds files")));
    }
    let signed = |path: &str| {
        let place = format!("http://{}/api/svc/v1/uploads/{}", request.host, path.replace('/', "-"));
        json!({"path": path, "signed_url": place})
    };
    match (request.method, request.path) {
        ("POST", [.., "files"]) => Ok(Answer::ok(json!({"data": [], "pagination": {"limit": 100}}))),
        ("DELETE", [.., "files"]) => Ok(Answer::ok(json!({}))),
        ("POST", [.., "signed-urls"]) => {
            let paths = request.body.get("paths").and_then(Value::as_array).cloned().unwrap_or_default();
            Ok(Answer::data(paths.iter().filter_map(Value::as_str).map(signed).collect::<Vec<_>>()))
        }
        ("POST", [.., "signed-urls", "multipart"]) => {
            let path = request.required("path")?;
            let parts = request.body.get("num_parts").and_then(Value::as_u64).unwrap_or(1).min(10_000);
            let parts: Vec<_> = (0..parts).map(|part| signed(&format!("{path}.{part}"))).collect();
            Ok(Answer::data(json!({
                "storage_provider": "S3_COMPATIBLE",
                "part_signed_urls": parts,
                "finalize_signed_url": signed(path)
            })))
        }
        _ => Err(request.unknown()),
    }
}
