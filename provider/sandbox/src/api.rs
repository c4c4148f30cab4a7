//! The control plane's endpoints, as one function from a request to an answer. It knows nothing of HTTP
//! connections, so it is tested without them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    answer::{self, Answer},
    list,
    manifest::Kind,
    rules,
    state::{Record, State},
};

/// A request, its path split and without the API's prefix.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    /// Decoded parts of the path after `/api/svc/v1/`.
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a [(String, String)],
    pub(crate) bearer: Option<&'a str>,
    /// `Null` when there was none.
    pub(crate) body: Value,
}

impl Request<'_> {
    pub(crate) fn query(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// Answers a request of somebody whose key has been checked, except for the few endpoints that need none.
pub(crate) fn answer(state: &mut State, request: &Request<'_>, authorized: bool) -> Answer {
    match (request.method, request.path) {
        // Health, as load balancers and installers ask for it.
        ("GET", []) => return Answer::ok(json!({"status": "ok"})),
        ("GET", ["min-cli-version"]) => return Answer::ok(min_cli_version()),
        ("GET", ["tenant-id"]) => {
            let tenant = json!({"tenantName": state.tenant, "auth_server_url": "http://127.0.0.1"});
            return Answer::ok(tenant);
        }
        // Agents show their cluster's token instead of an API key.
        ("POST", ["agent", "connect"]) => return connect_agent(state, request).unwrap_or_else(|no| no),
        _ => {}
    }
    if !authorized {
        return Answer::error(401, "the API key is missing, unknown or expired");
    }
    route(state, request).unwrap_or_else(|refusal| refusal)
}

fn route(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    match (request.method, request.path) {
        ("GET", ["session"]) => Ok(Answer::ok(answer::session(&state.tenant))),
        ("GET", ["x", "users", "info"] | ["users", "info"]) => {
            Ok(Answer::ok(answer::user_info(&state.tenant)))
        }
        ("PUT", ["apply"]) => apply(state, &request.body),
        ("POST", ["delete"]) => delete_manifest(state, &request.body),
        ("POST", ["dependency-tree"]) => dependency_tree(&request.body),
        ("GET", ["fqn", kind]) => ids_of_fqn(state, kind, request.query("fqn")),
        ("GET", ["provider-integrations"]) => list::integrations(state, request),
        ("GET", ["cluster", id, "token"]) => {
            let cluster = existing(state, Kind::Cluster, id)?;
            Ok(Answer::ok(json!({"clusterToken": cluster.token})))
        }
        ("GET", ["workspaces", "search"]) => match request.query("filter") {
            None => list::objects(state, Kind::Workspace, request),
            Some(_) => Err(Answer::error(501, "`filter` is not supported here")),
        },
        ("GET", ["clusters", id, "is-connected"]) => {
            let cluster = existing(state, Kind::Cluster, id)?;
            Ok(Answer::ok(json!({"isConnected": state.is_connected(cluster)})))
        }
        ("GET", ["clusters", id, "get-addons"]) => {
            existing(state, Kind::Cluster, id)?;
            list::page(Vec::new(), request)
        }
        ("GET", ["x", "clusters", id, "autoprovisioning-state"]) => {
            existing(state, Kind::Cluster, id)?;
            Ok(Answer::ok(json!({"state": {}})))
        }
        (method, [collection, rest @ ..]) if rest.len() < 2 => match Kind::of_collection(collection) {
            Some(kind) => objects(state, kind, method, rest.first().copied(), request),
            None => Err(unknown(request)),
        },
        _ => Err(unknown(request)),
    }
}

fn unknown(request: &Request<'_>) -> Answer {
    Answer::error(404, format!("Cannot {} /api/svc/v1/{}", request.method, request.path.join("/")))
}

/// The methods that every collection has.
fn objects(
    state: &mut State,
    kind: Kind,
    method: &str,
    id: Option<&str>,
    request: &Request<'_>,
) -> Result<Answer, Answer> {
    match (method, id) {
        ("GET", None) => list::objects(state, kind, request),
        ("GET", Some(id)) => {
            Ok(Answer::ok(json!({"data": answer::entity(state, existing(state, kind, id)?)})))
        }
        ("PUT", None) => {
            let (manifest, dry_run) = manifest_of(&request.body)?;
            let stored = upsert(state, kind, manifest, dry_run)?;
            Ok(Answer::ok(json!({"data": stored.entity})))
        }
        ("DELETE", Some(id)) => {
            let record = existing(state, kind, id)?.clone();
            let entity = answer::entity(state, &record);
            delete(state, &record)?;
            let message = format!("the {} `{}` is deleted", kind.noun(), record.identity);
            Ok(Answer::ok(match kind {
                Kind::Environment => true.into(),
                Kind::Workspace => json!({"data": entity, "message": message}),
                Kind::Cluster | Kind::ProviderAccount => json!({"message": message}),
            }))
        }
        _ => Err(unknown(request)),
    }
}

fn existing<'a>(state: &'a State, kind: Kind, id: &str) -> Result<&'a Record, Answer> {
    state
        .with_id(kind, id)
        .ok_or_else(|| Answer::error(404, format!("there is no {} with id `{id}`", kind.noun())))
}

fn manifest_of(body: &Value) -> Result<(Value, bool), Answer> {
    let manifest = body.get("manifest").filter(|manifest| manifest.is_object());
    let manifest = manifest.ok_or_else(|| Answer::error(400, "the body needs an object `manifest`"))?;
    let dry_run = match body.get("dryRun") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(dry_run)) => *dry_run,
        Some(_) => return Err(Answer::error(400, "`dryRun` must be true or false")),
    };
    Ok((manifest.clone(), dry_run))
}

struct Upserted {
    existing_manifest: Option<Value>,
    entity: Value,
}

/// Checks a manifest and stores it in place of the one with the same identity.
fn upsert(state: &mut State, kind: Kind, manifest: Value, dry_run: bool) -> Result<Upserted, Answer> {
    let manifest = kind.parse(manifest).map_err(|problems| Answer::invalid(&problems))?;
    let dangling = rules::dangling(state, kind, &manifest);
    if !dangling.is_empty() {
        return Err(Answer::invalid(&dangling));
    }
    let identity =
        kind.identity(&manifest).ok_or_else(|| Answer::error(422, "Manifest does not have a name field"))?;
    let existing_manifest =
        state.named(kind, &identity).map(|record| crate::manifest::masked(&record.manifest));
    let record = state.prepare(kind, identity, manifest);
    let entity = answer::entity(state, &record);
    if !dry_run {
        state.put(record)?;
    }
    Ok(Upserted { existing_manifest, entity })
}

fn delete(state: &mut State, record: &Record) -> Result<(), Answer> {
    match rules::deletion_guard(state, record) {
        Some(refusal) => Err(refusal),
        None => Ok(state.remove(record)?),
    }
}

fn kind_of(manifest: &Value) -> Result<Kind, Answer> {
    Kind::of_manifest(manifest).ok_or_else(|| {
        let name = manifest.get("type").and_then(Value::as_str).unwrap_or_default();
        Answer::error(422, format!("`manifest.type` `{name}` is not supported here"))
    })
}

fn apply(state: &mut State, body: &Value) -> Result<Answer, Answer> {
    let (manifest, dry_run) = manifest_of(body)?;
    let kind = kind_of(&manifest)?;
    let applied = upsert(state, kind, manifest, dry_run)?;
    let mut answer = json!({"action": "CREATE", "data": applied.entity});
    if let Some(existing) = applied.existing_manifest {
        answer["action"] = "UPDATE".into();
        answer["existingManifest"] = existing;
    }
    Ok(Answer::ok(answer))
}

fn delete_manifest(state: &mut State, body: &Value) -> Result<Answer, Answer> {
    let (manifest, _) = manifest_of(body)?;
    let kind = kind_of(&manifest)?;
    let identity = kind.identity(&manifest).ok_or_else(|| {
        Answer::error(422, "the manifest needs `name`, and `cluster_fqn` when it is a workspace's")
    })?;
    let record = state.named(kind, &identity).cloned();
    let record = record
        .ok_or_else(|| Answer::error(404, format!("there is no {} named `{identity}`", kind.noun())))?;
    delete(state, &record)?;
    Ok(Answer::ok(json!({})))
}

/// Every submitted manifest once, with those of its references that were submitted too.
fn dependency_tree(body: &Value) -> Result<Answer, Answer> {
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
    let base = |kind: &str| kind.split('/').next().unwrap_or_default().to_owned();
    let data: Vec<Value> = manifests
        .iter()
        .zip(&keys)
        .map(|(manifest, (kind, name))| {
            let dependencies: Vec<Value> = keys
                .iter()
                .filter(|(other, other_name)| needs(manifest, &base(other), other_name))
                .map(|(other, other_name)| json!({"resourceType": base(other), "resourceName": other_name}))
                .collect();
            json!({"resourceType": kind, "resourceName": name, "dependencies": dependencies})
        })
        .collect();
    Ok(Answer::ok(json!({"data": data})))
}

/// Whether the manifest names an object of this kind and name.
fn needs(manifest: &Value, kind: &str, name: &str) -> bool {
    let is = |field: &str| manifest.get(field).and_then(Value::as_str) == Some(name);
    match (manifest.get("type").and_then(Value::as_str), kind) {
        (Some("workspace"), "cluster") => is("cluster_fqn"),
        (Some("workspace"), "environment") => is("environment_name"),
        (Some("cluster"), "environment") => {
            let names = manifest.get("environment_names").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|other| other == name))
        }
        (Some("cluster"), "provider-account") => {
            ["default_registry_fqn", "cluster_integration_fqn", "workflow_storage_integration_fqn"]
                .iter()
                .filter_map(|field| manifest.get(*field)?.as_str())
                .any(|fqn| fqn.split(':').nth(2) == Some(name))
        }
        _ => false,
    }
}

fn ids_of_fqn(state: &State, kind: &str, fqn: Option<&str>) -> Result<Answer, Answer> {
    let fqn = fqn.ok_or_else(|| Answer::error(400, "the query needs `fqn`"))?;
    let record = match kind {
        "cluster" => state.named(Kind::Cluster, fqn),
        "workspace" => state.named(Kind::Workspace, fqn),
        _ => return Err(Answer::error(400, format!("`{kind}` is no type of FQN that is known here"))),
    };
    let record = record.ok_or_else(|| Answer::error(404, format!("there is no {kind} `{fqn}`")))?;
    Ok(Answer::ok(match record.kind {
        Kind::Workspace => json!({"clusterId": record.text("cluster_fqn"), "workspaceId": record.id}),
        _ => json!({"clusterId": record.id}),
    }))
}

/// Our own model of an agent's connection: whoever shows a cluster's token connects that cluster.
fn connect_agent(state: &mut State, request: &Request<'_>) -> Result<Answer, Answer> {
    let refused = || Answer::error(401, "the cluster token is missing or unknown");
    let token = request.bearer.ok_or_else(refused)?;
    let cluster = state.cluster_with_token(token).ok_or_else(refused)?.identity.clone();
    if let Some(named) = request.body.get("cluster").and_then(Value::as_str)
        && named != cluster
    {
        return Err(Answer::error(403, format!("the token is not that of cluster `{named}`")));
    }
    let lease = request.body.get("leaseSeconds").and_then(Value::as_u64);
    state.connect(token, lease.map(Duration::from_secs));
    Ok(Answer::ok(json!({"cluster": cluster, "connected": true})))
}

fn min_cli_version() -> Value {
    json!({
        "minVersion": "0.0.0",
        "truefoundryCliMinVersion": "0.0.0",
        "useSFYServerAuthAPIs": true,
        "pythonBuildDefaultImageTag": "3.11"
    })
}
