//! What storing or deleting a manifest brings about beyond the manifest itself.

use serde_json::{Value, json};

use super::{accounts, deployments};
use crate::{
    answer::Answer,
    kind::Kind,
    record::{Record, new_id, now},
    references::Target,
    state::State,
};

/// Completes a record whose manifest was just set.
pub(super) fn stored(
    state: &mut State,
    existing: Option<&Record>,
    record: &mut Record,
) -> Result<(), Answer> {
    let unchanged = existing.is_some_and(|existing| existing.manifest == record.manifest);
    match record.kind {
        Kind::VirtualAccount => {
            // Left out, access stays as it is.
            let kept = existing.and_then(|existing| existing.manifest.get("permissions"));
            if let (None, Some(kept)) = (record.manifest.get("permissions"), kept) {
                record.manifest["permissions"] = kept.clone();
            }
            if existing.is_none() {
                let expiry = record.text("expiration_date").map(|date| format!("{date}T00:00:00.000Z"));
                let opaque = record.text("token_type") == Some("opaque");
                let jwt = accounts::new_jwt(state, record, "virtualaccount", expiry, opaque);
                record.list_mut("jwts").push(jwt);
            }
        }
        Kind::Policy => {
            let version = record.own("version").as_u64().unwrap_or(0) + u64::from(!unchanged);
            record.set_own("version", version.max(1));
        }
        Kind::Agent => add_version(record),
        kind if kind.is_versioned() => add_version(record),
        Kind::Application => deployments::deploy(state, record)?,
        _ => {}
    }
    Ok(())
}

/// Every change is a new version, unless the manifest says which one it is.
fn add_version(record: &mut Record) {
    let manifest = record.manifest.clone();
    let wanted = manifest.get("version").and_then(Value::as_u64);
    let versions = record.list_mut("versions");
    let next = versions.iter().filter_map(|version| version["version"].as_u64()).max().unwrap_or(0) + 1;
    let known = versions.iter_mut().find(|version| wanted.is_some() && version["version"].as_u64() == wanted);
    if let Some(known) = known {
        known["manifest"] = manifest;
        return;
    }
    versions.push(json!({
        "id": new_id(),
        "version": wanted.unwrap_or(next),
        "manifest": manifest,
        "tags": [],
        "createdAt": now()
    }));
}

/// Removes what lies in an object that is about to go.
pub(super) fn before_removal(state: &mut State, record: &Record) -> Result<(), Answer> {
    match record.kind {
        // A hard delete, with everything in the repository.
        Kind::MlRepo => {
            let name = record.name().to_owned();
            let inside: Vec<Record> = state.users_of(&Target::MlRepo(name)).cloned().collect();
            let runs =
                state.all(Kind::Run).filter(|run| run.text("experiment_id") == Some(&record.id)).cloned();
            let gone: Vec<Record> = inside.into_iter().chain(runs).collect();
            for record in gone {
                state.remove(&record);
            }
        }
        // Only reached by force when there are any: the user leaves its teams.
        Kind::User => {
            let email = record.name().to_owned();
            let users: Vec<Record> = state.users_of(&Target::User(email.clone())).cloned().collect();
            for mut user in users {
                for field in ["members", "managers"] {
                    if let Some(Value::Array(list)) = user.manifest.get_mut(field) {
                        list.retain(|member| *member != email);
                    }
                }
                if let Some(Value::Array(list)) = user.manifest.get_mut("collaborators") {
                    list.retain(|one| one["subject"] != format!("user:{email}"));
                }
                state.put(user)?;
            }
        }
        _ => {}
    }
    Ok(())
}
