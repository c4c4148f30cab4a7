//! Agents, their versions and their tokens.

use serde_json::json;

use super::{Outcome, Request, accounts, list, objects};
use crate::{answer::Answer, caller::Caller, entity, kind::Kind, record::Record, state::State};

pub(super) fn route(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    match (request.method, request.path) {
        ("PUT", ["agents"]) => {
            let (manifest, dry_run) = (request.manifest()?, request.flag("dryRun")?);
            let stored = objects::upsert(state, Kind::Agent, manifest, dry_run, caller)?;
            let version = stored.record.list("versions").last();
            Ok(Answer::data(version.map(|version| entity::agent_version(state, &stored.record, version))))
        }
        ("GET", ["agent-versions"]) => {
            let shown = state
                .all(Kind::Agent)
                .filter(|agent| request.query("id").is_none_or(|id| agent.id == id))
                .flat_map(|agent| agent.list("versions").iter().map(move |version| (agent, version)))
                .map(|(agent, version)| entity::agent_version(state, agent, version));
            list::page(shown.collect(), request)
        }
        ("GET", ["agents", id, "token"]) => accounts::current_token(&holder(state, id)?),
        ("POST", ["agents", id, "token"]) => {
            let mut record = holder(state, id)?;
            if !record.list("jwts").is_empty() {
                return Err(Answer::error(409, format!("the {} has a token", record.kind.noun())));
            }
            let expiry = request.text("expirationDate").map(|date| format!("{date}T00:00:00.000Z"));
            let jwt = accounts::new_jwt(state, &record, "agent-identity", expiry, false);
            record.list_mut("jwts").push(jwt);
            state.put(record.clone())?;
            accounts::current_token(&record)
        }
        ("POST", ["agents", id, "regenerate-token"]) => {
            let record = holder(state, id)?;
            accounts::regenerate(state, record, request, "agent-identity")
        }
        ("DELETE", ["agents", id]) => {
            let record = objects::known(state, Kind::Agent, id)?;
            objects::remove(state, &record, false)?;
            Ok(Answer::ok(json!({})))
        }
        (_, ["agents", rest @ ..]) => objects::route(state, Kind::Agent, rest, request, caller),
        _ => Err(request.unknown()),
    }
}

/// Who may hold an agent's token: the agent, or an identity that agents share.
fn holder(state: &State, id: &str) -> Result<Record, Answer> {
    objects::known(state, Kind::Agent, id)
        .or_else(|refusal| state.with_id(Kind::AgentIdentity, id).cloned().ok_or(refusal))
}
