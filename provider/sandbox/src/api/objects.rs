//! What all collections have in common: storing, reading and deleting by manifest and by id.

use serde_json::{Value, json};
use truefoundry_catalog::Catalog;

use super::{Outcome, Request, list, settle};
use crate::{
    answer::Answer,
    caller::Caller,
    entity, guards,
    kind::Kind,
    mask, normalise,
    record::Record,
    schema::{self, Problem},
    state::State,
};

/// The methods that every collection has.
pub(super) fn route(
    state: &mut State,
    kind: Kind,
    rest: &[&str],
    request: &Request<'_>,
    caller: &Caller,
) -> Outcome {
    match (request.method, rest) {
        ("GET", []) => list::objects(state, kind, request),
        ("GET", ["search"]) if kind == Kind::Workspace => list::objects(state, kind, request),
        ("GET", [id]) => {
            let attributes = request.queries("attributes");
            let record = existing(state, kind, id)?;
            Ok(Answer::data(entity::trimmed(entity::entity(state, &record), &attributes)))
        }
        ("PUT", []) => put(state, kind, request, caller),
        ("DELETE", [id]) => {
            let record = known(state, kind, id)?;
            let shown = entity::entity(state, &record);
            remove(state, &record, request.is("forceDelete"))?;
            let message = format!("the {} `{}` is deleted", kind.noun(), record.identity);
            Ok(Answer::ok(match kind {
                Kind::Environment => true.into(),
                Kind::Workspace => json!({"data": shown, "message": message}),
                Kind::Cluster | Kind::ProviderAccount => json!({"message": message}),
                _ => json!({}),
            }))
        }
        _ => Err(request.unknown()),
    }
}

/// `PUT` of a manifest.
pub(super) fn put(state: &mut State, kind: Kind, request: &Request<'_>, caller: &Caller) -> Outcome {
    let (manifest, dry_run) = (request.manifest()?, request.flag("dryRun")?);
    let stored = upsert(state, kind, manifest, dry_run, caller)?;
    Ok(Answer::data(entity::entity(state, &stored.record)))
}

/// An object by its id, as a read sees it: one that was just made may be missed for a while.
pub(super) fn existing(state: &mut State, kind: Kind, id: &str) -> Result<Record, Answer> {
    if let Some(reads) = state.fresh.get_mut(&(kind, id.to_owned())) {
        *reads -= 1;
        if *reads == 0 {
            state.fresh.remove(&(kind, id.to_owned()));
        }
        return Err(missing(kind, id));
    }
    known(state, kind, id)
}

/// An object by its id, as the control plane itself knows it.
pub(super) fn known(state: &State, kind: Kind, id: &str) -> Result<Record, Answer> {
    state.with_id(kind, id).cloned().ok_or_else(|| missing(kind, id))
}

fn missing(kind: Kind, id: &str) -> Answer {
    Answer::error(404, format!("there is no {} with id `{id}`", kind.noun()))
}

/// What storing a manifest did, or would have done.
pub(super) struct Upserted {
    /// As it was before, for objects that were there.
    pub(super) existing_manifest: Option<Value>,
    pub(super) record: Record,
}

/// Checks a manifest and stores it in place of the one with the same identity.
pub(super) fn upsert(
    state: &mut State,
    kind: Kind,
    manifest: Value,
    dry_run: bool,
    caller: &Caller,
) -> Result<Upserted, Answer> {
    let manifest = parse(kind, manifest)?;
    if !state.switches.unchecked_references {
        let dangling = guards::dangling(state, kind, &manifest);
        if !dangling.is_empty() {
            return Err(Answer::invalid(&dangling));
        }
    }
    let identity =
        kind.identity(&manifest).ok_or_else(|| Answer::error(422, "Manifest does not have a name field"))?;
    let existing = state.named(kind, &identity).cloned();
    guards::change(state, existing.as_ref(), kind, &manifest)?;
    let manifest =
        if state.switches.normalise { normalise::manifest(manifest, kind, caller) } else { manifest };
    let existing_manifest = existing.as_ref().map(|record| entity::shown(state, record));
    let mut record = state.prepare(kind, identity, manifest);
    if existing.is_none() {
        record.created_by = caller.subject();
    }
    settle::stored(state, existing.as_ref(), &mut record)?;
    if !dry_run {
        state.put(record.clone())?;
        if existing.is_none() && state.switches.hidden_reads > 0 {
            state.fresh.insert((kind, record.id.clone()), state.switches.hidden_reads);
        }
    }
    Ok(Upserted { existing_manifest, record })
}

/// The manifest as it is stored, or everything that is wrong with it.
fn parse(kind: Kind, manifest: Value) -> Result<Value, Answer> {
    let name = manifest.get("type").and_then(Value::as_str).unwrap_or_default();
    let mut problems = Vec::new();
    mask::masks_as_values(&manifest, "manifest", false, &mut problems);
    let catalog = Catalog::get();
    let described = match catalog.kind(name) {
        Some(described) if Kind::of_type(name) == Some(kind) => described,
        // Only a staged upload makes one, and no schema of it is published.
        None if kind == Kind::AgentSkill && name == "agent-skill" => return Ok(manifest),
        _ => {
            let types: Vec<_> = catalog
                .kinds()
                .map(|described| described.manifest_type.as_str())
                .filter(|name| Kind::of_type(name) == Some(kind))
                .collect();
            let message = format!("must be one of {}", types.join(", "));
            return Err(Answer::invalid(&[Problem { path: "manifest.type".to_owned(), message }]));
        }
    };
    let parsed = schema::check(manifest, &described.object);
    match parsed {
        Ok(manifest) if problems.is_empty() => {
            guards::repeated_names(&manifest, &mut problems);
            if problems.is_empty() { Ok(manifest) } else { Err(Answer::invalid(&problems)) }
        }
        Ok(_) => Err(Answer::invalid(&problems)),
        Err(more) => {
            problems.extend(more);
            Err(Answer::invalid(&problems))
        }
    }
}

/// Deletes an object and what lies in it, unless others depend on it.
pub(super) fn remove(state: &mut State, record: &Record, force: bool) -> Result<(), Answer> {
    if let Some(refusal) = guards::deletion(state, record, force) {
        return Err(refusal);
    }
    settle::before_removal(state, record)?;
    state.fresh.remove(&(record.kind, record.id.clone()));
    state.remove(record);
    Ok(())
}
