//! Lists: filters and pages.

use serde_json::{Value, json};

use super::{Outcome, Request};
use crate::{answer::Answer, entity, kind::Kind, record::Record, state::State};

/// `GET` on a collection.
pub(super) fn objects(state: &mut State, kind: Kind, request: &Request<'_>) -> Outcome {
    let hidden = hidden(state, kind);
    let filter = match request.query("filter") {
        Some(filter) if kind == Kind::Workspace || kind == Kind::VirtualAccount => {
            Some(Filter::parse(filter)?)
        }
        _ => None,
    };
    // An FQN names one object at most: no need to look at all of them.
    let exact = match (kind, request.query("fqn")) {
        (Kind::Workspace | Kind::Application, Some(fqn)) => Some(fqn),
        _ => None,
    };
    let state = &*state;
    let all: Box<dyn Iterator<Item = &Record>> = match exact {
        Some(fqn) => Box::new(state.named(kind, fqn).into_iter()),
        None => Box::new(state.all(kind)),
    };
    let passing = all
        .filter(|record| !hidden.contains(&record.id))
        .filter(|record| passes(state, record, request))
        .filter(|record| filter.as_ref().is_none_or(|filter| filter.passes(record)));
    let attributes = request.queries("attributes");
    page_of(passing.collect(), request, |record| entity::trimmed(entity::entity(state, record), &attributes))
}

/// Objects that reads do not see yet; each list is one read.
fn hidden(state: &mut State, kind: Kind) -> Vec<String> {
    if state.fresh.is_empty() {
        return Vec::new();
    }
    let mut hidden = Vec::new();
    state.fresh.retain(|(fresh_kind, id), reads| {
        if *fresh_kind == kind {
            hidden.push(id.clone());
            *reads -= 1;
        }
        *reads > 0
    });
    hidden
}

/// Whether the record is what the query asks for. Keys that filter nothing are ignored, as the API does.
fn passes(state: &State, record: &Record, request: &Request<'_>) -> bool {
    let tenant = state.tenant.as_str();
    request.query.iter().all(|(key, wanted)| {
        let is = |value: Option<&str>| value == Some(wanted.as_str());
        match (record.kind, key.as_str()) {
            (Kind::Workspace, "clusterId") => is(record.text("cluster_fqn")),
            (Kind::Workspace, "name" | "workspaceName") => is(Some(record.name())),
            (Kind::Workspace, "fqn" | "workspaceFqn") => is(Some(&record.identity)),
            (Kind::ProviderAccount | Kind::McpServer, "id") => is(Some(&record.id)),
            (Kind::McpServer | Kind::Agent | Kind::MlRepo | Kind::DataDirectory, "name") => {
                is(Some(record.name()))
            }
            (
                Kind::TracingProject | Kind::Artifact | Kind::Model | Kind::Prompt | Kind::AgentSkill,
                "name",
            ) => is(Some(record.name())),
            (Kind::Agent, "namePrefix") => record.name().starts_with(wanted),
            (Kind::Agent, "type") => is(record.manifest_type().split('/').next()),
            (Kind::Role, "resourceType") => is(record.text("resourceType")),
            (Kind::SecretGroup, "search") => record.name().contains(wanted.as_str()),
            (Kind::VirtualAccount | Kind::PersonalAccessToken, "nameSearchQuery") => {
                record.name().contains(wanted.as_str())
            }
            (Kind::VirtualAccount, "ownedByTeams") => {
                let teams = request.queries("ownedByTeams");
                record.manifest["ownedBy"]["team"].as_str().is_some_and(|team| teams.contains(&team))
            }
            (Kind::GatewayBudget, "type") => is(Some(record.manifest_type())),
            (Kind::GatewayBudget, "team_name") => is(record.text("team_name")),
            (Kind::User, "query") => record.identity.to_lowercase().contains(wanted.to_lowercase().as_str()),
            (Kind::Application, key) => application(state, record, key, wanted),
            (kind, "ml_repo_id") if kind.is_versioned() || kind == Kind::DataDirectory => {
                let repo = record.text("ml_repo").and_then(|name| state.named(Kind::MlRepo, name));
                is(repo.map(|repo| repo.id.as_str()))
            }
            (_, "fqn") => record.fqn(tenant).is_none_or(|fqn| fqn == *wanted),
            _ => true,
        }
    }) && (record.kind != Kind::User || request.is("showInvalidUsers") || record.manifest["active"] == true)
}

fn application(state: &State, record: &Record, key: &str, wanted: &str) -> bool {
    let workspace = || record.identity.rsplit_once(':').map(|(workspace, _)| workspace).unwrap_or_default();
    let workspace_record = || state.named(Kind::Workspace, workspace());
    match key {
        "applicationId" => record.id == wanted,
        "applicationName" => record.name() == wanted,
        "nameSearchQuery" => record.name().contains(wanted),
        "fqn" => record.identity == wanted,
        "workspaceFqn" => workspace() == wanted,
        "workspaceId" => workspace_record().is_some_and(|workspace| workspace.id == wanted),
        "clusterId" => workspace().split(':').next() == Some(wanted),
        "environmentId" => workspace_record()
            .and_then(|workspace| state.named(Kind::Environment, workspace.text("environment_name")?))
            .is_some_and(|environment| environment.id == wanted),
        "applicationType" => record.manifest_type() == wanted,
        "lifecycleStage" => record.own("stage").as_str().unwrap_or("active") == wanted,
        "paused" => record.own("paused").as_bool().unwrap_or(false).to_string() == wanted,
        _ => true,
    }
}

/// `GET /provider-integrations`.
pub(super) fn integrations(state: &State, request: &Request<'_>) -> Outcome {
    let items = state.all(Kind::ProviderAccount).flat_map(|account| {
        account.integrations().iter().map(|manifest| entity::integration(state, account, manifest))
    });
    let wanted = |item: &Value| {
        ["type", "fqn", "id"].iter().all(|key| request.query(key).is_none_or(|wanted| item[*key] == *wanted))
    };
    page(items.filter(wanted).collect(), request)
}

/// One page of the items, in the envelope that every list has.
pub(super) fn page(items: Vec<Value>, request: &Request<'_>) -> Outcome {
    page_of(items, request, |item| item)
}

/// One page, of which only the items that are on it are made.
fn page_of<T>(items: Vec<T>, request: &Request<'_>, show: impl Fn(T) -> Value) -> Outcome {
    let limit = number(request, "limit", 100)?;
    let offset = number(request, "offset", 0)?;
    if !(1..=1000).contains(&limit) {
        return Err(Answer::error(400, "`limit` must be from 1 to 1000"));
    }
    let total = items.len();
    let data: Vec<_> = items.into_iter().skip(offset).take(limit).map(show).collect();
    Ok(Answer::ok(json!({"data": data, "pagination": entity::pagination(total, offset, limit)})))
}

fn number(request: &Request<'_>, key: &str, default: usize) -> Result<usize, Answer> {
    match request.query(key) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| Answer::error(400, format!("`{key}` must be a whole number"))),
    }
}

/// A filter as the search takes it: a JSON object, or a list of objects, each `{field, operator, value}`.
struct Filter(Vec<(String, String, Value)>);

impl Filter {
    fn parse(text: &str) -> Result<Self, Answer> {
        let wrong = |why: &str| Answer::error(400, format!("`filter` {why}"));
        let filter: Value = serde_json::from_str(text).map_err(|_| wrong("must be JSON"))?;
        let rules = match filter {
            Value::Array(rules) => rules,
            Value::Object(_) => vec![filter],
            _ => return Err(wrong("must be an object or a list of objects")),
        };
        let mut parsed = Vec::new();
        for rule in rules {
            let part = |key: &str| rule.get(key).and_then(Value::as_str).map(str::to_owned);
            let field = part("field").or_else(|| part("key")).ok_or_else(|| wrong("needs `field`"))?;
            let operator = part("operator").ok_or_else(|| wrong("needs `operator`"))?;
            const KNOWN: [&str; 7] = [
                "STRING_CONTAINS",
                "STRING_STARTS_WITH",
                "STRING_ENDS_WITH",
                "EQUAL",
                "IN",
                "NOT_IN",
                "IS_NULL",
            ];
            if !KNOWN.contains(&operator.as_str()) {
                return Err(wrong(&format!("has the operator `{operator}`; known are {}", KNOWN.join(", "))));
            }
            parsed.push((field, operator, rule.get("value").cloned().unwrap_or_default()));
        }
        Ok(Self(parsed))
    }

    fn passes(&self, record: &Record) -> bool {
        self.0.iter().all(|(field, operator, wanted)| {
            let value = match field.as_str() {
                "id" => Value::from(record.id.as_str()),
                field => {
                    let pointer = format!("/{}", field.trim_start_matches("manifest.").replace('.', "/"));
                    record.manifest.pointer(&pointer).cloned().unwrap_or_default()
                }
            };
            let text = value.as_str().unwrap_or_default();
            let part = wanted.as_str().unwrap_or_default();
            match operator.as_str() {
                "STRING_CONTAINS" => text.contains(part),
                "STRING_STARTS_WITH" => text.starts_with(part),
                "STRING_ENDS_WITH" => text.ends_with(part),
                "EQUAL" => value == *wanted,
                "IN" => wanted.as_array().is_some_and(|all| all.contains(&value)),
                "NOT_IN" => wanted.as_array().is_some_and(|all| !all.contains(&value)),
                _ => value.is_null(),
            }
        })
    }
}
