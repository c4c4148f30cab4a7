//! Users, teams, roles and role bindings.

use serde_json::{Value, json};

use super::{Outcome, Request, list, objects};
use crate::{
    answer::Answer, builtin, caller::Caller, entity, kind::Kind, record::Record, references::Target,
    state::State,
};

pub(super) fn route(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    match (request.method, request.path) {
        ("GET", ["teams", "user"]) => teams(state, request, caller),
        ("GET", ["teams", id, which @ ("members" | "managers")]) => rows(state, id, which, request),
        ("GET", ["teams", id, "permissions"]) => {
            let team = objects::known(state, Kind::Team, id)?;
            Ok(Answer::data(permissions(state, &Target::Team(team.name().to_owned()), &team.id, "team")))
        }
        ("GET", ["teams"]) => Err(request.unknown()),
        (_, ["teams", rest @ ..]) => objects::route(state, Kind::Team, rest, request, caller),
        ("GET", ["users"]) => list::objects(state, Kind::User, request),
        ("POST", ["users", "register"]) => register(state, request),
        ("POST", ["users", "invite"]) => {
            request.required("acceptInviteClientUrl")?;
            let email = request.required("email")?.to_owned();
            if state.named(Kind::User, &email).is_some() {
                return Err(Answer::error(409, format!("the user `{email}` exists")));
            }
            add_user(state, &email)?;
            Ok(Answer::ok(json!({"link": format!("http://{}/invite/{email}", request.host)})))
        }
        ("POST", ["users", "change-password"]) => {
            by_email(state, request.required("loginId")?)?;
            Ok(Answer::ok(json!({})))
        }
        ("PATCH", ["users", "roles"]) => update_roles(state, request),
        ("PATCH", ["users", which @ ("activate" | "deactivate")]) => {
            let mut user = by_email(state, request.required("email")?)?;
            user.manifest["active"] = (*which == "activate").into();
            state.put(user)?;
            Ok(Answer::ok(json!({})))
        }
        ("GET" | "DELETE", ["users", id]) => objects::route(state, Kind::User, &[id], request, caller),
        ("GET", ["x", "users", id, "resources"]) => {
            let user = objects::known(state, Kind::User, id)?;
            let found = permissions(state, &Target::User(user.name().to_owned()), &user.id, "user");
            Ok(Answer::data(found))
        }
        ("GET", ["x", "users", id, "permissions"]) => {
            let user = objects::known(state, Kind::User, id)?;
            let found = permissions(state, &Target::User(user.name().to_owned()), &user.id, "user");
            Ok(Answer::data(found))
        }
        ("GET", ["x", "users", id, "teams"]) => {
            let user = objects::known(state, Kind::User, id)?;
            let teams = teams_of(state, user.name());
            let teams = teams.map(|team| json!({"teamName": team.name(), "roles": []}));
            Ok(Answer::data(teams.collect::<Vec<_>>()))
        }
        _ => Err(request.unknown()),
    }
}

fn teams_of<'a>(state: &'a State, email: &str) -> impl Iterator<Item = &'a Record> + use<'a> {
    state.users_of(&Target::User(email.to_owned())).filter(|record| record.kind == Kind::Team)
}

/// The teams that the caller sees: the administrator all, others their own.
fn teams(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    let all = *caller == Caller::administrator(&state.tenant) || caller.kind != "user";
    if all && request.query("role").is_none() {
        return list::objects(state, Kind::Team, request);
    }
    let mine = teams_of(state, &caller.slug).filter(|team| {
        let managers = team.manifest["managers"].as_array();
        request.query("role").is_none()
            || managers.is_some_and(|managers| managers.iter().any(|manager| *manager == caller.slug))
    });
    let shown = mine.map(|team| entity::entity(state, team)).collect();
    list::page(shown, request)
}

fn rows(state: &State, id: &str, which: &str, request: &Request<'_>) -> Outcome {
    let team = objects::known(state, Kind::Team, id)?;
    let emails = team.manifest[which].as_array().cloned().unwrap_or_default();
    let rows = emails.iter().filter_map(Value::as_str).map(|email| {
        let id = state.named(Kind::User, email).map_or(email, |user| user.id.as_str());
        json!({"subjectId": id, "subjectSlug": email, "subjectType": "user"})
    });
    list::page(rows.collect(), request)
}

/// What role bindings and collaborators give to a subject.
fn permissions(state: &State, target: &Target, id: &str, kind: &str) -> Vec<Value> {
    let (_, name) = target.noun();
    let subject = format!("{kind}:{name}");
    let mut found = Vec::new();
    for record in state.users_of(target) {
        if record.kind == Kind::RoleBinding {
            for given in record.manifest["permissions"].as_array().into_iter().flatten() {
                found.push(json!({
                    "resourceType": given["resourceType"], "resourceId": given["resourceFqn"],
                    "resourceFqn": given["resourceFqn"], "roleId": given["role"], "roleName": given["role"],
                    "subjectId": id, "subjectType": kind
                }));
            }
            continue;
        }
        let collaborators = record.manifest["collaborators"].as_array().into_iter().flatten();
        for given in collaborators.filter(|given| given["subject"] == subject.as_str()) {
            found.push(json!({
                "resourceType": record.kind.collection().trim_end_matches('s'), "resourceId": record.id,
                "resourceName": record.name(), "roleId": given["role_id"], "roleName": given["role_id"],
                "subjectId": id, "subjectType": kind
            }));
        }
    }
    found
}

fn by_email(state: &State, email: &str) -> Result<Record, Answer> {
    let user = state.all(Kind::User).find(|user| user.identity.eq_ignore_ascii_case(email));
    user.cloned().ok_or_else(|| Answer::error(404, format!("there is no user `{email}`")))
}

fn add_user(state: &mut State, email: &str) -> Result<(), Answer> {
    let mut record = state.prepare(Kind::User, email.to_owned(), builtin::user(email, "member"));
    record.priority = 0;
    if state.switches.hidden_reads > 0 {
        state.fresh.insert((Kind::User, record.id.clone()), state.switches.hidden_reads);
    }
    Ok(state.put(record)?)
}

fn register(state: &mut State, request: &Request<'_>) -> Outcome {
    let email = request.required("email")?.to_owned();
    let right = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !right || email.contains(char::is_whitespace) {
        return Err(Answer::error(422, "`email` must be an e-mail address"));
    }
    if request.flag("sendInviteEmail")? && request.text("acceptInviteClientURL").is_none() {
        return Err(Answer::error(422, "`sendInviteEmail` needs `acceptInviteClientURL`"));
    }
    if by_email(state, &email).is_ok() {
        if request.flag("skipIfUserExists")? {
            return Ok(Answer::ok(json!({})));
        }
        return Err(Answer::error(409, format!("the user `{email}` exists")));
    }
    if !request.flag("dryRun")? {
        add_user(state, &email)?;
    }
    Ok(Answer::ok(json!({})))
}

fn update_roles(state: &mut State, request: &Request<'_>) -> Outcome {
    let mut user = by_email(state, request.required("email")?)?;
    let roles = request.body.get("roles").and_then(Value::as_array).filter(|roles| !roles.is_empty());
    let roles = roles.ok_or_else(|| Answer::error(422, "the body needs a list `roles`"))?;
    for role in roles {
        let name = role.as_str().unwrap_or_default();
        let known =
            state.named(Kind::Role, name).is_some_and(|role| role.text("resourceType") == Some("tenant"));
        if !known {
            return Err(Answer::error(422, format!("there is no role `{name}` for the tenant")));
        }
    }
    user.manifest["roles"] = roles.clone().into();
    state.put(user)?;
    Ok(Answer::ok(json!({})))
}

/// Roles and role bindings.
pub(super) fn access(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    match (request.method, request.path) {
        ("GET", ["roles", rest @ ..]) => objects::route(state, Kind::Role, rest, request, caller),
        ("GET", ["role-bindings", "exists"]) => {
            let name = request.query("name").ok_or_else(|| Answer::error(400, "the query needs `name`"))?;
            Ok(Answer::ok(json!({"exists": state.named(Kind::RoleBinding, name).is_some()})))
        }
        (_, ["role-bindings", rest @ ..]) => objects::route(state, Kind::RoleBinding, rest, request, caller),
        _ => Err(request.unknown()),
    }
}
