//! Users, teams, roles, tokens, and secrets.

use serde_json::{Value, json};

use super::{account_id, platform::integration_id};
use crate::{caller::Caller, kind::Kind, record::Record, references::Target, state::State};

pub(super) fn user(state: &State, record: &Record) -> Value {
    let shown = &record.manifest;
    let email = shown["email"].as_str().unwrap_or_default();
    let roles = shown["roles"].as_array().cloned().unwrap_or_default();
    let with_resource: Vec<_> = roles
        .iter()
        .map(|role| {
            json!({"roleId": role, "roleName": role, "resourceType": "tenant", "resourceId": state.tenant})
        })
        .collect();
    json!({
        "id": record.id,
        "email": email,
        "tenantName": state.tenant,
        "metadata": {"displayName": email, "userObject": {"username": email}, "inviteAccepted": true},
        "roles": roles,
        "rolesWithResource": with_resource,
        "accounts": [{"accountId": account_id(&state.tenant), "name": "default"}],
        "active": shown["active"],
        "isEditable": true,
        "createdAt": record.created_at,
        "updatedAt": record.updated_at
    })
}

pub(super) fn team(record: &Record) -> Value {
    let stored = &record.manifest;
    let list = |field: &str| stored[field].as_array().cloned().unwrap_or_default();
    let (members, managers) = (list("members"), list("managers"));
    json!({
        "description": stored["description"].as_str().unwrap_or_default(),
        "members": members,
        "topMembers": members,
        "topManagers": managers,
        "totalMemberCount": members.len(),
        "totalManagerCount": managers.len(),
        "isEditable": true,
        "roles": []
    })
}

pub(super) fn role(record: &Record) -> Value {
    json!({
        "resourceType": record.manifest["resourceType"],
        "isEditable": !record.built_in,
        "isDefault": record.built_in,
        "isReserved": record.built_in
    })
}

pub(super) fn virtual_account(record: &Record) -> Value {
    let mut shown = json!({
        "type": "virtual-account",
        "isExpired": record.text("expiration_date").is_some_and(|date| date < today().as_str()),
        "jwts": jwts(record),
        "roleIds": [],
        "rolesWithResource": []
    });
    if let Some(current) = record.list("jwts").last() {
        shown["jwtId"] = current["id"].clone();
    }
    if let Some(days) = record.manifest["auto_rotate"]["auto_rotate_interval"].as_i64() {
        shown["nextScheduledRotation"] = in_days(days).into();
    }
    shown
}

pub(super) fn personal_access_token(record: &Record) -> Value {
    let expiration = record.list("jwts").last().map(|jwt| jwt["expiry"].clone()).unwrap_or_default();
    json!({
        "type": "personal-access-token",
        "isExpired": false,
        "jwts": jwts(record),
        "metadata": {"expirationDate": expiration, "email": record.manifest["email"]}
    })
}

/// The tokens without what makes them tokens.
fn jwts(record: &Record) -> Vec<Value> {
    let shown = record.list("jwts").iter().map(|jwt| {
        let mut jwt = jwt.clone();
        if let Value::Object(fields) = &mut jwt {
            fields.remove("token");
        }
        jwt
    });
    shown.collect()
}

fn today() -> String {
    let now = jiff::Timestamp::now().to_string();
    now.split('T').next().unwrap_or_default().to_owned()
}

/// This time in so many days.
pub(crate) fn in_days(days: i64) -> String {
    let seconds = jiff::Timestamp::now().as_second().saturating_add(days.saturating_mul(86_400));
    jiff::Timestamp::from_second(seconds).map(|time| format!("{time:.3}")).unwrap_or_default()
}

pub(super) fn secret_group(state: &State, record: &Record) -> Value {
    let secrets: Vec<_> =
        record.list("secrets").iter().map(|one| secret(state, record, one, false)).collect();
    json!({
        "associatedSecrets": secrets,
        "integrationId": integration_id(state, record.text("integration_fqn"))
    })
}

/// A secret as reads show it; its value only when asked for and allowed.
pub(crate) fn secret(state: &State, group: &Record, stored: &Value, with_value: bool) -> Value {
    let key = stored["key"].as_str().unwrap_or_default();
    let fqn = format!("{}:{key}", group.fqn(&state.tenant).unwrap_or_default());
    let with_value = with_value && !state.switches.hide_secret_values;
    let versions: Vec<_> = stored["versions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|version| {
            let mut shown = json!({
                "id": version["id"],
                "fqn": format!("{fqn}:{}", version["version"]),
                "version": version["version"],
                "secretId": stored["id"],
                "createdAt": version["createdAt"],
                "updatedAt": version["createdAt"]
            });
            if with_value {
                shown["value"] = version["value"].clone();
            }
            shown
        })
        .collect();
    let mut shown = json!({
        "id": stored["id"],
        "fqn": fqn,
        "name": key,
        "secretGroupId": group.id,
        "createdBySubject": stored["createdBy"],
        "createdAt": stored["createdAt"],
        "updatedAt": stored["updatedAt"],
        "activeDeploymentsCount": 0,
        "secretVersions": versions
    });
    if with_value && let Some(last) = stored["versions"].as_array().and_then(|versions| versions.last()) {
        shown["value"] = last["value"].clone();
    }
    shown
}

/// `GET /session`, as the command line reads it.
pub(crate) fn session(tenant: &str, caller: &Caller) -> Value {
    json!({
        "user": {
            "tenantName": tenant,
            "email": caller.slug,
            "subject": caller.subject(),
            "metadata": {"userObject": {"username": caller.slug}}
        },
        "tenantInfo": {"tenantName": tenant}
    })
}

/// `GET /x/users/info`, as the SDK reads it.
pub(crate) fn user_info(state: &State, caller: &Caller) -> Value {
    let teams: Vec<_> = state
        .users_of(&Target::User(caller.slug.clone()))
        .filter(|record| record.kind == Kind::Team)
        .map(|team| json!({"name": team.name(), "id": team.id}))
        .collect();
    let roles = state.named(Kind::User, &caller.slug).map(|user| user.manifest["roles"].clone());
    let mut info = json!({
        "id": caller.id,
        "effectiveUserId": caller.id,
        "userName": caller.slug,
        "subjectSlug": caller.slug,
        "subjectType": caller.kind,
        "tenantName": state.tenant,
        "roles": roles.unwrap_or_else(|| json!([])),
        "teams": teams,
        "accounts": [{"name": "default", "id": account_id(&state.tenant)}]
    });
    if caller.kind == "user" {
        info["email"] = caller.slug.as_str().into();
    }
    info
}
