//! Secret groups and the secrets in them.

use serde_json::{Value, json};

use super::{Outcome, Request, list, objects};
use crate::{
    answer::Answer,
    caller::Caller,
    entity,
    kind::{Kind, integration_kind},
    record::{Record, new_id, now},
    state::State,
};

pub(super) fn route(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    match (request.method, request.path) {
        ("POST", ["secret-groups"]) => create(state, request, caller),
        ("PUT", ["secret-groups", id]) => {
            let mut group = objects::known(state, Kind::SecretGroup, id)?;
            reachable(state, false)?;
            let wanted = wanted(request, false)?;
            write(&mut group, &wanted, caller)?;
            state.put(group.clone())?;
            Ok(Answer::data(entity::entity(state, &group)))
        }
        ("GET", ["secret-groups", id, "secrets"]) => {
            let group = objects::existing(state, Kind::SecretGroup, id)?;
            let shown = group.list("secrets").iter().map(|one| entity::secret(state, &group, one, false));
            list::page(shown.collect(), request)
        }
        (_, ["secret-groups", rest @ ..]) => objects::route(state, Kind::SecretGroup, rest, request, caller),
        ("POST", ["secrets"]) => search(state, request),
        ("GET", ["secrets", id]) => {
            let (group, secret) = find(state, id)?;
            Ok(Answer::data(entity::secret(state, &group, &secret, true)))
        }
        ("GET", ["secrets", id, "versions"]) => {
            let (group, secret) = find(state, id)?;
            let shown = entity::secret(state, &group, &secret, true);
            Ok(Answer::data(shown["secretVersions"].clone()))
        }
        ("DELETE", ["secrets", id]) => {
            let (mut group, _) = find(state, id)?;
            reachable(state, request.is("forceDelete"))?;
            group.list_mut("secrets").retain(|secret| secret["id"] != *id);
            state.put(group)?;
            Ok(Answer::ok(1.into()))
        }
        _ => Err(request.unknown()),
    }
}

fn reachable(state: &State, force: bool) -> Result<(), Answer> {
    if state.switches.broken_secret_store && !force {
        return Err(Answer::error(424, "the store of secrets cannot be reached"));
    }
    Ok(())
}

/// `POST /secret-groups`: a group and its secrets at once, the store named by its id.
fn create(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    let (name, id) = (request.required("name")?, request.required("integrationId")?);
    reachable(state, false)?;
    if state.named(Kind::SecretGroup, name).is_some() {
        return Err(Answer::error(422, format!("the secret group `{name}` exists")));
    }
    let store = state.all(Kind::ProviderAccount).find_map(|account| {
        let (name, _) = account.integration_ids.iter().find(|(_, known)| *known == id)?;
        let integration = account.integrations().iter().find(|i| i["name"] == name.as_str())?;
        (integration_kind(integration) == "secret-store")
            .then(|| account.integration_fqn(&state.tenant, integration))
    });
    let store =
        store.ok_or_else(|| Answer::error(422, format!("there is no secret store with the id `{id}`")))?;
    let wanted = wanted(request, true)?;
    let manifest = json!({"type": "secret-group", "name": name, "integration_fqn": store});
    let mut group = objects::upsert(state, Kind::SecretGroup, manifest, false, caller)?.record;
    write(&mut group, &wanted, caller)?;
    state.put(group.clone())?;
    Ok(Answer::with_status(201, json!({"data": entity::entity(state, &group)})))
}

/// Keys, and the values of those that have one.
fn wanted(request: &Request<'_>, values: bool) -> Result<Vec<(String, Option<String>)>, Answer> {
    let secrets = request.body.get("secrets").and_then(Value::as_array);
    let secrets = secrets.ok_or_else(|| Answer::error(422, "the body needs a list `secrets`"))?;
    let mut wanted: Vec<(String, Option<String>)> = Vec::new();
    for (index, secret) in secrets.iter().enumerate() {
        let key = secret.get("key").and_then(Value::as_str).filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| Answer::error(422, format!("`secrets[{index}].key` is required")))?;
        let value = secret.get("value").and_then(Value::as_str).map(str::to_owned);
        if values && value.is_none() {
            return Err(Answer::error(422, format!("`secrets[{index}].value` is required")));
        }
        if wanted.iter().any(|(other, _)| other == key) {
            return Err(Answer::error(422, format!("`secrets[{index}].key` repeats `{key}`")));
        }
        wanted.push((key.to_owned(), value));
    }
    Ok(wanted)
}

/// Replaces the whole set: keys that are not wanted go, a changed value is a new version, a key without a value keeps
/// the one that it has.
fn write(group: &mut Record, wanted: &[(String, Option<String>)], caller: &Caller) -> Result<(), Answer> {
    let mut secrets = Vec::new();
    for (key, value) in wanted {
        let known = group.list("secrets").iter().find(|secret| secret["key"] == key.as_str()).cloned();
        let secret = match (known, value) {
            (Some(known), None) => known,
            (Some(mut known), Some(value)) => {
                let current = known["versions"].as_array().and_then(|versions| versions.last()).cloned();
                let current = current.unwrap_or_default();
                if current["value"] != value.as_str() {
                    let number = current["version"].as_u64().unwrap_or(0) + 1;
                    if let Value::Array(versions) = &mut known["versions"] {
                        versions.push(version(number, value));
                    }
                    known["updatedAt"] = now().into();
                }
                known
            }
            (None, Some(value)) => json!({
                "id": new_id(), "key": key, "createdBy": caller.subject(), "createdAt": now(), "updatedAt": now(),
                "versions": [version(1, value)]
            }),
            (None, None) => {
                return Err(Answer::error(422, format!("the new secret `{key}` needs a value")));
            }
        };
        secrets.push(secret);
    }
    *group.list_mut("secrets") = secrets;
    group.updated_at = now();
    Ok(())
}

fn version(number: u64, value: &str) -> Value {
    json!({"id": new_id(), "version": number, "value": value, "createdAt": now()})
}

fn find(state: &State, id: &str) -> Result<(Record, Value), Answer> {
    let found = state.all(Kind::SecretGroup).find_map(|group| {
        let secret = group.list("secrets").iter().find(|secret| secret["id"] == id)?;
        Some((group.clone(), secret.clone()))
    });
    found.ok_or_else(|| Answer::error(404, format!("there is no secret with id `{id}`")))
}

/// `POST /secrets`: the list of secrets, its page in the body.
fn search(state: &State, request: &Request<'_>) -> Outcome {
    let group = request.text("secretGroupId");
    if let Some(id) = group {
        objects::known(state, Kind::SecretGroup, id)?;
    }
    let fqns = request.body.get("secretFqns").and_then(Value::as_array);
    let with_value = request.flag("withValue")?;
    let found = state
        .all(Kind::SecretGroup)
        .filter(|record| group.is_none_or(|id| record.id == id))
        .flat_map(|record| record.list("secrets").iter().map(move |secret| (record, secret)))
        .map(|(record, secret)| entity::secret(state, record, secret, with_value))
        .filter(|shown| fqns.is_none_or(|fqns| fqns.contains(&shown["fqn"])));
    let number = |field: &str, default: u64| {
        request.body.get(field).and_then(Value::as_u64).unwrap_or(default).to_string()
    };
    let query = [("limit".to_owned(), number("limit", 100)), ("offset".to_owned(), number("offset", 0))];
    list::page(found.collect(), &Request { query: &query, body: Value::Null, ..*request })
}
