//! Virtual accounts and their tokens.

use serde_json::{Value, json};

use super::{Outcome, Request, list, login, objects};
use crate::{
    answer::Answer,
    caller::Caller,
    entity,
    kind::Kind,
    record::{Record, new_id, new_token, now},
    state::State,
};

pub(super) fn route(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    match (request.method, request.path) {
        ("GET", ["virtual-accounts", "exists"]) => {
            let name = request.query("name").ok_or_else(|| Answer::error(400, "the query needs `name`"))?;
            Ok(Answer::ok(json!({"exists": state.named(Kind::VirtualAccount, name).is_some()})))
        }
        ("GET", ["virtual-accounts"]) => list::objects(state, Kind::VirtualAccount, request),
        ("PUT", ["virtual-accounts"]) => put(state, request, caller),
        ("GET", ["virtual-accounts", id, "token"]) => {
            let account = objects::known(state, Kind::VirtualAccount, id)?;
            current_token(&account)
        }
        ("POST", ["virtual-accounts", id, "regenerate-token"]) => {
            let account = objects::known(state, Kind::VirtualAccount, id)?;
            if account.manifest["identity_provider_mapping"].as_array().is_some_and(|all| !all.is_empty()) {
                return Err(Answer::error(
                    422,
                    "an account that is mapped to an identity provider has no token",
                ));
            }
            regenerate(state, account, request, "virtualaccount")
        }
        ("POST", ["virtual-accounts", id, "sync-to-secret-store"]) => {
            let account = objects::known(state, Kind::VirtualAccount, id)?;
            if account.manifest["secret_store_config"].is_null() {
                return Err(Answer::error(400, "the account has no `secret_store_config`"));
            }
            let jwt = account.list("jwts").last().map(|jwt| jwt["id"].clone());
            let info = json!({"updatedAt": now(), "jwtId": jwt});
            Ok(Answer::ok(json!({"syncTokenInSecretStoreInfo": info})))
        }
        ("DELETE", ["virtual-accounts", id, "jwt", jwt]) => {
            let mut account = objects::known(state, Kind::VirtualAccount, id)?;
            let tokens = account.list_mut("jwts");
            let before = tokens.len();
            tokens.retain(|token| token["id"] != *jwt);
            if tokens.len() == before {
                return Err(Answer::error(404, format!("there is no token with id `{jwt}`")));
            }
            state.put(account)?;
            Ok(Answer::empty())
        }
        (_, ["virtual-accounts", rest @ ..]) => {
            objects::route(state, Kind::VirtualAccount, rest, request, caller)
        }
        _ => Err(request.unknown()),
    }
}

/// The one answer that has the token is that of the request that made the account.
fn put(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    let (manifest, dry_run) = (request.manifest()?, request.flag("dryRun")?);
    let stored = objects::upsert(state, Kind::VirtualAccount, manifest, dry_run, caller)?;
    let mut answer = json!({"data": entity::entity(state, &stored.record)});
    if stored.existing_manifest.is_none() && !dry_run {
        answer["token"] =
            stored.record.list("jwts").last().map(|jwt| jwt["token"].clone()).unwrap_or_default();
    }
    Ok(Answer::ok(answer))
}

pub(super) fn current_token(record: &Record) -> Outcome {
    let token = record.list("jwts").last().map(|jwt| jwt["token"].clone());
    let token = token.ok_or_else(|| {
        Answer::error(404, format!("the {} `{}` has no token", record.kind.noun(), record.identity))
    })?;
    Ok(Answer::ok(json!({"token": token})))
}

/// A new token; the one before stays good for the grace period.
pub(super) fn regenerate(
    state: &mut State,
    mut record: Record,
    request: &Request<'_>,
    kind: &str,
) -> Outcome {
    let minutes = request.body.get("gracePeriodInMinutes").and_then(Value::as_f64);
    let minutes = minutes
        .filter(|minutes| (0.0..=5_256_000.0).contains(minutes))
        .ok_or_else(|| Answer::error(422, "the body needs the number `gracePeriodInMinutes`, not below 0"))?;
    // At most ten years, checked above.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "in bounds, and parts of a millisecond do not matter"
    )]
    let end = jiff::Timestamp::now()
        .checked_add(jiff::SignedDuration::from_millis((minutes * 60_000.0) as i64))
        .map_err(|_| Answer::error(422, "`gracePeriodInMinutes` is too long"))?;
    let expiry = request.text("expirationDate").map(|date| format!("{date}T00:00:00.000Z"));
    let opaque = record.text("token_type") == Some("opaque");
    let jwt = new_jwt(state, &record, kind, expiry, opaque);
    let tokens = record.list_mut("jwts");
    if let Some(old) = tokens.last_mut() {
        old["expiry"] = format!("{end:.3}").into();
    }
    tokens.retain(|token| {
        let end = token["expiry"].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
        end.is_none_or(|end| jiff::Timestamp::now() < end)
    });
    tokens.push(jwt);
    state.put(record.clone())?;
    current_token(&record)
}

/// A token as records keep it.
pub(super) fn new_jwt(
    state: &State,
    record: &Record,
    kind: &str,
    expiry: Option<String>,
    opaque: bool,
) -> Value {
    let caller = Caller {
        kind: kind.to_owned(),
        slug: record.name().to_owned(),
        id: record.id.clone(),
        token_name: None,
        expires: None,
    };
    // Clients want a date, also where there is no end.
    let expiry = expiry.unwrap_or_else(|| "2099-12-31T00:00:00.000Z".to_owned());
    let token = if opaque { new_token("tfy_") } else { login::jwt(&state.tenant, &caller, Some(&expiry)) };
    json!({
        "id": new_id(),
        "token": token,
        "subjectType": kind,
        "subjectId": record.id,
        "metadata": {},
        "expiry": expiry,
        "tokenType": if opaque { "opaque" } else { "jwt" },
        "createdAt": now(),
        "updatedAt": now()
    })
}
