//! What must hold between objects: references point somewhere, nothing is deleted from under another, and some
//! things never change.

use std::collections::HashSet;

use serde_json::Value;

use crate::{
    answer::Answer,
    entity,
    kind::{Kind, SINGLETONS, integration_kind},
    record::Record,
    references::{self, Target},
    schema::Problem,
    state::State,
};

/// References of the manifest that lead nowhere, or to the wrong kind of thing.
pub(crate) fn dangling(state: &State, kind: Kind, manifest: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    for reference in references::of(kind, manifest) {
        if !reference.must_exist {
            continue;
        }
        let (noun, name) = reference.target.noun();
        let message = match (&reference.target, reference.wants) {
            (Target::Integration(fqn), wants) => match (integration_kind_of(state, fqn), wants) {
                (None, _) if is_mcp_server(state, fqn) => continue,
                (None, _) => format!("names the integration `{fqn}`, which does not exist"),
                (Some(kind), Some(wanted)) if kind != wanted => {
                    format!("must name a {wanted} integration; `{fqn}` is one for {kind}")
                }
                _ => continue,
            },
            (target, _) if exists(state, target) => continue,
            _ => format!("names the {noun} `{name}`, which does not exist"),
        };
        problems.push(Problem { path: reference.path, message });
    }
    problems
}

fn is_mcp_server(state: &State, fqn: &str) -> bool {
    fqn.split_once(":mcp-server:").is_some_and(|(_, name)| state.named(Kind::McpServer, name).is_some())
}

fn exists(state: &State, target: &Target) -> bool {
    let there = |kind: Kind, name: &str| state.named(kind, name).is_some();
    match target {
        Target::Environment(name) => there(Kind::Environment, name),
        Target::Cluster(name) => there(Kind::Cluster, name),
        Target::Workspace(fqn) => there(Kind::Workspace, fqn),
        Target::Integration(fqn) => integration_kind_of(state, fqn).is_some(),
        Target::Selector(selector) => selector.split_once('/').is_some_and(|(account, integration)| {
            let account = state.named(Kind::ProviderAccount, account);
            account.is_some_and(|account| account.integration_ids.contains_key(integration))
        }),
        Target::User(email) => there(Kind::User, email),
        Target::Team(name) => there(Kind::Team, name),
        Target::Role(name) => there(Kind::Role, name),
        Target::MlRepo(name) => there(Kind::MlRepo, name),
        Target::McpServer(name) => there(Kind::McpServer, name),
        Target::VirtualAccount(name) => there(Kind::VirtualAccount, name),
        Target::Agent(name) => there(Kind::Agent, name),
    }
}

fn integration_kind_of<'a>(state: &'a State, fqn: &str) -> Option<&'a str> {
    let account = state.named(Kind::ProviderAccount, fqn.split(':').nth(2)?)?;
    let found = account.integrations().iter().find(|i| account.integration_fqn(&state.tenant, i) == fqn);
    found.map(integration_kind)
}

/// Two integrations of one account with the same name.
pub(crate) fn repeated_names(manifest: &Value, problems: &mut Vec<Problem>) {
    let mut seen = HashSet::new();
    let items = manifest.get("integrations").and_then(Value::as_array);
    for (index, item) in items.into_iter().flatten().enumerate() {
        if let Some(name) = item.get("name").and_then(Value::as_str)
            && !seen.insert(name)
        {
            let path = format!("manifest.integrations[{index}].name");
            problems.push(Problem { path, message: format!("repeats the name `{name}`") });
        }
    }
}

/// Refuses changes that the control plane does not make, and manifests of what nobody may manage.
pub(crate) fn change(
    state: &State,
    existing: Option<&Record>,
    kind: Kind,
    manifest: &Value,
) -> Result<(), Answer> {
    let text = |field: &str| manifest.get(field).and_then(Value::as_str);
    let wrong = |field: &str, message: String| {
        Err(Answer::invalid(&[Problem { path: format!("manifest.{field}"), message }]))
    };
    match kind {
        Kind::Team if text("name") == Some("everyone") => {
            return wrong("name", "names the team of everyone, which nobody can manage".to_owned());
        }
        Kind::Role if text("resourceType") != Some("tenant") => {
            return wrong("resourceType", "must be tenant: no other resource type is supported".to_owned());
        }
        Kind::VirtualAccount => {
            let permissions = manifest.get("permissions").and_then(Value::as_array);
            if permissions.is_some_and(Vec::is_empty) {
                return wrong(
                    "permissions",
                    "must not be empty; leave it out to keep what is there".to_owned(),
                );
            }
        }
        Kind::RoleBinding => {
            let count = |field: &str| manifest.get(field).and_then(Value::as_array).map_or(0, Vec::len);
            if count("subjects") > 1 && count("permissions") > 1 {
                let message =
                    "gives many subjects many permissions; one of the two lists must have one element";
                return wrong("permissions", message.to_owned());
            }
        }
        _ => {}
    }
    let Some(existing) = existing else { return Ok(()) };
    if existing.built_in {
        return Err(Answer::error(403, format!("the {} `{}` is built in", kind.noun(), existing.identity)));
    }
    if text("type") != Some(existing.manifest_type()) {
        return wrong(
            "type",
            format!(
                "cannot change: the {} `{}` is a {}",
                kind.noun(),
                existing.name(),
                existing.manifest_type()
            ),
        );
    }
    if kind == Kind::GatewayConfig
        && SINGLETONS.contains(&existing.manifest_type())
        && text("name") != Some(existing.name())
    {
        return wrong("name", format!("must be `{}`, the name of what is configured", existing.name()));
    }
    if kind == Kind::TracingProject && manifest.get("storage") != existing.manifest.get("storage") {
        return wrong("storage", "cannot be changed".to_owned());
    }
    if kind == Kind::ProviderAccount && !state.switches.unchecked_references {
        return removed_integrations(state, existing, manifest);
    }
    Ok(())
}

/// An integration that something uses cannot be taken out of its account.
fn removed_integrations(state: &State, existing: &Record, manifest: &Value) -> Result<(), Answer> {
    let kept: HashSet<_> = manifest
        .get("integrations")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|integration| integration.get("name").and_then(Value::as_str))
        .collect();
    for integration in existing.integrations() {
        let name = integration["name"].as_str().unwrap_or_default();
        if kept.contains(name) {
            continue;
        }
        let fqn = existing.integration_fqn(&state.tenant, integration);
        let by_fqn = Target::Integration(fqn.clone());
        let selector = Target::Selector(format!("{}/{name}", existing.name()));
        let users: Vec<_> = state.users_of(&by_fqn).chain(state.users_of(&selector)).map(called).collect();
        if !users.is_empty() {
            let message = format!("the integration `{fqn}` is in use by {}", users.join(", "));
            return Err(Answer::error(409, message));
        }
    }
    Ok(())
}

fn called(user: &Record) -> String {
    format!("{} `{}`", user.kind.noun(), user.identity)
}

/// The refusal to delete something that others depend on.
pub(crate) fn deletion(state: &State, record: &Record, force: bool) -> Option<Answer> {
    let (noun, name) = (record.kind.noun(), &record.identity);
    if record.built_in {
        return Some(Answer::error(403, format!("the {noun} `{name}` is built in")));
    }
    let own = record.name().to_owned();
    let (status, targets) = match record.kind {
        Kind::Environment => (409, vec![Target::Environment(own)]),
        Kind::Cluster => (409, vec![Target::Cluster(own)]),
        Kind::Workspace => (417, vec![Target::Workspace(record.identity.clone())]),
        Kind::ProviderAccount => (409, entity::integration_targets(state, record)),
        Kind::Team => (409, vec![Target::Team(own)]),
        Kind::Role => (409, vec![Target::Role(own)]),
        Kind::McpServer => (409, vec![Target::McpServer(own)]),
        Kind::User if !force => (400, vec![Target::User(own)]),
        Kind::SecretGroup if state.switches.broken_secret_store && !force => {
            return Some(Answer::error(424, "the store of secrets cannot be reached"));
        }
        _ => return None,
    };
    if state.switches.unchecked_references {
        return None;
    }
    let users: HashSet<String> = targets
        .iter()
        .flat_map(|target| state.users_of(target))
        .filter(|user| (user.kind, &user.identity) != (record.kind, &record.identity))
        .map(called)
        .collect();
    if users.is_empty() {
        return None;
    }
    let mut users: Vec<_> = users.into_iter().collect();
    users.sort();
    Some(Answer::error(status, format!("the {noun} `{name}` is in use by {}", users.join(", "))))
}
