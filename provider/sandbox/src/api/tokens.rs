//! Personal access tokens.

use serde_json::json;

use super::{Outcome, Request, accounts, list, objects};
use crate::{answer::Answer, caller::Caller, kind::Kind, record::Record, state::State};

pub(super) fn route(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    match (request.method, request.path) {
        ("GET", ["personal-access-tokens"]) => list::objects(state, Kind::PersonalAccessToken, request),
        ("POST", ["personal-access-tokens"]) => create(state, request, caller, &caller.slug),
        ("POST", ["personal-access-tokens", "for-user"]) => {
            let email = request.required("userEmail")?;
            if state.named(Kind::User, email).is_none() {
                return Err(Answer::error(404, format!("there is no user `{email}`")));
            }
            create(state, request, caller, email)
        }
        ("DELETE", ["personal-access-tokens", "revoke", "all"]) => {
            let email = request.required("email")?;
            let gone: Vec<Record> = state
                .all(Kind::PersonalAccessToken)
                .filter(|token| token.text("email") == Some(email))
                .cloned()
                .collect();
            if gone.is_empty() && state.named(Kind::User, email).is_none() {
                return Err(Answer::error(404, format!("there is no user `{email}`")));
            }
            for record in gone {
                state.remove(&record);
            }
            Ok(Answer::ok(json!({})))
        }
        ("DELETE", ["personal-access-tokens", id]) => {
            let record = objects::known(state, Kind::PersonalAccessToken, id)?;
            state.remove(&record);
            Ok(Answer::ok(json!({})))
        }
        ("GET", ["personal-access-tokens", _, "token"]) => {
            Err(Answer::error(403, "tokens cannot be read after they were made"))
        }
        _ => Err(request.unknown()),
    }
}

fn create(state: &mut State, request: &Request<'_>, caller: &Caller, email: &str) -> Outcome {
    if caller.token_name.is_some() {
        return Err(Answer::error(403, "a personal access token cannot make another"));
    }
    let name = request.required("name")?;
    let right = (3..=36).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !right {
        return Err(Answer::error(
            400,
            "`name` must have 3 to 36 characters: lowercase letters, digits and `-`, starting with a letter",
        ));
    }
    let identity = format!("{email}/{name}");
    if state.named(Kind::PersonalAccessToken, &identity).is_some() {
        return Err(Answer::error(409, format!("the personal access token `{name}` exists")));
    }
    let mut record = Record::new(Kind::PersonalAccessToken, identity, json!({"name": name, "email": email}));
    let expiry = request.text("expirationDate").map(|date| match date.contains('T') {
        true => date.to_owned(),
        false => format!("{date}T00:00:00.000Z"),
    });
    let opaque = request.text("tokenType") != Some("jwt");
    let jwt = accounts::new_jwt(state, &record, "user", expiry, opaque);
    record.list_mut("jwts").push(jwt);
    let answer = accounts::current_token(&record);
    state.put(record)?;
    answer
}
