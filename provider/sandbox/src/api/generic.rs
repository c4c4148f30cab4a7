//! Apply, delete, dependency tree, and ids by FQN: any kind of manifest.

use serde_json::{Value, json};

use super::{Outcome, Request, objects};
use crate::{answer::Answer, caller::Caller, entity, kind::Kind, references, state::State};

fn kind_of(manifest: &Value) -> Result<Kind, Answer> {
    Kind::of_manifest(manifest).ok_or_else(|| {
        let name = manifest.get("type").and_then(Value::as_str).unwrap_or_default();
        Answer::error(422, format!("`manifest.type` `{name}` is not supported here"))
    })
}

pub(super) fn apply(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    let manifest = request.manifest()?;
    let kind = kind_of(&manifest)?;
    let applied = objects::upsert(state, kind, manifest, request.flag("dryRun")?, caller)?;
    // What versions have in common is not what was applied.
    let data = match (kind, applied.record.list("versions").last()) {
        (Kind::Application, _) => match applied.record.list("deployments").last() {
            Some(deployment) => entity::deployment(state, &applied.record, deployment),
            None => entity::entity(state, &applied.record),
        },
        (kind, Some(version)) if kind.is_versioned() => entity::version(state, &applied.record, version),
        _ => entity::entity(state, &applied.record),
    };
    let mut answer = json!({"action": "CREATE", "data": data});
    if let Some(existing) = applied.existing_manifest {
        answer["action"] = "UPDATE".into();
        answer["existingManifest"] = existing;
    }
    Ok(Answer::ok(answer))
}

pub(super) fn delete(state: &mut State, request: &Request<'_>) -> Outcome {
    let manifest = request.manifest()?;
    let kind = kind_of(&manifest)?;
    let identity = kind.identity(&manifest).ok_or_else(|| {
        Answer::error(422, "the manifest needs what names it: `name`, and for some kinds `cluster_fqn`, `workspace_fqn` or `ml_repo`")
    })?;
    let missing = || Answer::error(404, format!("there is no {} named `{identity}`", kind.noun()));
    let record = state.named(kind, &identity).cloned().ok_or_else(missing)?;
    if record.manifest.get("type") != manifest.get("type") {
        return Err(missing());
    }
    if kind == Kind::Application {
        super::applications::start_deletion(state, record)?;
    } else {
        objects::remove(state, &record, false)?;
    }
    Ok(Answer::ok(json!({})))
}

/// Every submitted manifest once, with those of its references that were submitted too.
pub(super) fn dependency_tree(body: &Value) -> Outcome {
    let manifests = body.get("manifests").and_then(Value::as_array);
    let manifests = manifests.ok_or_else(|| Answer::error(400, "the body needs a list `manifests`"))?;
    let text = |manifest: &Value, field: &str| manifest.get(field).and_then(Value::as_str).map(str::to_owned);
    let keys: Vec<(String, String)> = manifests
        .iter()
        .map(|manifest| {
            let kind = text(manifest, "type").unwrap_or_default();
            let name = text(manifest, "name").unwrap_or_else(|| kind.clone());
            (kind, name)
        })
        .collect();
    let data = manifests.iter().zip(&keys).map(|(manifest, (kind, name))| {
        let needed = needed(manifest);
        let dependencies: Vec<Value> = keys
            .iter()
            .filter(|(other, name)| {
                needed.iter().any(|(kind, needed)| kind.as_str() == family(base(other)) && needed == name)
            })
            .map(|(other, name)| json!({"resourceType": base(other), "resourceName": name}))
            .collect();
        json!({"resourceType": kind, "resourceName": name, "dependencies": dependencies})
    });
    Ok(Answer::data(data.collect::<Vec<_>>()))
}

/// The type that clients order manifests by.
fn base(kind: &str) -> &str {
    kind.split('/').next().unwrap_or_default()
}

/// The base type as references know it: agents are of several.
fn family(base: &str) -> &str {
    match base {
        "truefoundry-agent" | "remote-agent" => "agent",
        base => base,
    }
}

/// The base types and names of everything that the manifest names.
fn needed(manifest: &Value) -> Vec<(String, String)> {
    let Some(kind) = Kind::of_manifest(manifest) else { return Vec::new() };
    let references = references::of(kind, manifest);
    let targets = references.iter().filter_map(|reference| reference.target.manifest());
    targets.map(|(kind, name)| (kind.to_owned(), name.to_owned())).collect()
}

/// `GET /fqn/{type}`
pub(super) fn ids_of_fqn(state: &State, kind: &str, fqn: Option<&str>) -> Outcome {
    let fqn = fqn.ok_or_else(|| Answer::error(400, "the query needs `fqn`"))?;
    let missing = || Answer::error(404, format!("there is no {kind} `{fqn}`"));
    let workspace_ids = |fqn: &str| {
        let workspace = state.named(Kind::Workspace, fqn)?;
        Some(json!({"clusterId": workspace.text("cluster_fqn"), "workspaceId": workspace.id}))
    };
    let application_ids = |fqn: &str| {
        let application = state.named(Kind::Application, fqn)?;
        let mut ids = workspace_ids(fqn.rsplit_once(':')?.0)?;
        ids["applicationId"] = application.id.as_str().into();
        Some(ids)
    };
    let ids = match kind {
        "cluster" => state.named(Kind::Cluster, fqn).map(|cluster| json!({"clusterId": cluster.id})),
        "workspace" => workspace_ids(fqn),
        "app" => application_ids(fqn),
        "deployment" => fqn.rsplit_once(':').and_then(|(application, version)| {
            let mut ids = application_ids(application)?;
            let record = state.named(Kind::Application, application)?;
            let found =
                record.list("deployments").iter().find(|one| super::deployments::is_version(one, version))?;
            ids["deploymentId"] = found["id"].clone();
            Some(ids)
        }),
        _ => return Err(Answer::error(400, format!("`{kind}` is no type of FQN that is known here"))),
    };
    Ok(Answer::ok(ids.ok_or_else(missing)?))
}
