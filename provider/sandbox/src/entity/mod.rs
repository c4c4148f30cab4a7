//! Objects as answers show them: the union of what the SDK and the command line want.

mod applications;
mod people;
mod platform;
mod registry;

use serde_json::{Map, Value, json};

use crate::{caller::Caller, kind::Kind, mask::masked, record::Record, state::State};

pub(crate) use applications::deployment;
pub(crate) use people::{in_days, secret, session, user_info};
pub(crate) use platform::{integration, integration_targets};
pub(crate) use registry::{agent_version, version};

/// The account that everything in the tenant belongs to.
pub(crate) fn account_id(tenant: &str) -> String {
    format!("{tenant}-account")
}

/// Who made an object: the administrator where nobody else did.
pub(crate) fn creator(tenant: &str, record: &Record) -> Value {
    match &record.created_by {
        Value::Null => Caller::administrator(tenant).subject(),
        subject => subject.clone(),
    }
}

/// The manifest as answers show it.
pub(crate) fn manifest(state: &State, manifest: &Value) -> Value {
    masked(manifest, state.switches.redact)
}

/// The manifest of an object as answers show it. Those of MCP servers never show credentials.
pub(crate) fn shown(state: &State, record: &Record) -> Value {
    masked(&record.manifest, state.switches.redact || record.kind == Kind::McpServer)
}

/// An object as reads show it.
pub(crate) fn entity(state: &State, record: &Record) -> Value {
    match record.kind {
        Kind::MlRepo => return registry::ml_repo(state, record),
        Kind::DataDirectory => return registry::data_directory(state, record),
        Kind::Artifact | Kind::Model | Kind::Prompt | Kind::AgentSkill => {
            return registry::parent(state, record);
        }
        Kind::Run => return registry::run(state, record),
        Kind::User => return people::user(state, record),
        _ => {}
    }
    let tenant = state.tenant.as_str();
    let mut entity = Map::new();
    let mut set = |key: &str, value: Value| {
        entity.insert(key.to_owned(), value);
    };
    set("id", record.id.as_str().into());
    if let Some(fqn) = record.fqn(tenant) {
        set("fqn", fqn.into());
    }
    set("name", record.name().into());
    set("tenantName", tenant.into());
    set("accountId", account_id(tenant).into());
    set("createdBySubject", creator(tenant, record));
    set("createdBy", crate::caller::email(tenant).into());
    set("createdAt", record.created_at.as_str().into());
    set("updatedAt", record.updated_at.as_str().into());
    let extra = match record.kind {
        Kind::VirtualAccount => people::virtual_account(record),
        Kind::PersonalAccessToken => people::personal_access_token(record),
        Kind::Team => people::team(record),
        Kind::Role => people::role(record),
        Kind::SecretGroup => people::secret_group(state, record),
        Kind::Application => applications::application(state, record),
        Kind::Agent => registry::agent(state, record),
        _ => platform::extra(state, record),
    };
    if let Value::Object(extra) = extra {
        entity.extend(extra);
    }
    if !matches!(record.kind, Kind::PersonalAccessToken | Kind::Application) {
        entity.insert("manifest".to_owned(), shown(state, record));
    }
    entity.into()
}

/// Only these attributes of an entity, and its id.
pub(crate) fn trimmed(entity: Value, attributes: &[&str]) -> Value {
    match entity {
        Value::Object(map) if !attributes.is_empty() => map
            .into_iter()
            .filter(|(key, _)| key == "id" || attributes.contains(&key.as_str()))
            .collect::<Map<_, _>>()
            .into(),
        whole => whole,
    }
}

/// A page's description, which lists of a fixed length need too.
pub(crate) fn pagination(total: usize, offset: usize, limit: usize) -> Value {
    json!({"total": total, "offset": offset, "limit": limit})
}
