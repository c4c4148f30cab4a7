//! The gateway's configurations and budgets, and MCP servers.

use serde_json::{Value, json};

use super::{Outcome, Request, list, objects};
use crate::{answer::Answer, caller::Caller, entity, kind::Kind, record::Record, state::State};

/// What `GET /llm-gateway/config/{type}` takes.
const READABLE: [&str; 12] = [
    "gateway-rate-limiting-config",
    "gateway-fallback-config",
    "gateway-load-balancing-config",
    "gateway-guardrails-config",
    "gateway-budget-config",
    "tenant-budget-config",
    "team-budget-config",
    "gateway-otel-config",
    "gateway-global-settings",
    "gateway-data-access-config",
    "gateway-data-routing-config",
    "gateway-logging-config",
];

pub(super) fn route(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    match (request.method, request.path) {
        ("GET", ["llm-gateway", "config", "budget", "usage"]) => Ok(Answer::ok(json!({"data": []}))),
        ("GET", ["llm-gateway", "config", kind]) => {
            readable(kind)?;
            match configuration(state, kind) {
                Some(record) => Ok(Answer::ok(entity::entity(state, &record))),
                None if state.switches.empty_for_absent => Ok(Answer::empty()),
                None => Err(absent(kind)),
            }
        }
        ("DELETE", ["llm-gateway", "config", kind]) => {
            readable(kind)?;
            let record = configuration(state, kind).ok_or_else(|| absent(kind))?;
            objects::remove(state, &record, false)?;
            Ok(Answer::ok(json!({})))
        }
        ("GET", ["llm-gateway", "budgets"]) => {
            // All at once, without pages.
            let mut query = request.query.to_vec();
            query.push(("limit".to_owned(), "1000".to_owned()));
            let all = list::objects(
                state,
                Kind::GatewayBudget,
                &Request { query: &query, body: Value::Null, ..*request },
            )?;
            let crate::answer::Body::Json(mut body) = all.body else { return Ok(all) };
            Ok(Answer::data(body["data"].take()))
        }
        ("PUT", ["llm-gateway", "budgets"]) => {
            let (manifest, dry_run) = (request.manifest()?, request.flag("dryRun")?);
            let stored = objects::upsert(state, Kind::GatewayBudget, manifest, dry_run, caller)?;
            Ok(Answer::ok(entity::entity(state, &stored.record)))
        }
        ("GET", ["llm-gateway", "budgets", "my-usage"]) => Ok(Answer::ok(json!({"matched": []}))),
        ("POST", ["llm-gateway", "budgets", "simulate"]) => Ok(Answer::ok(json!({"matched": []}))),
        ("GET", ["llm-gateway", "budgets", id]) => {
            let budget = objects::existing(state, Kind::GatewayBudget, id)?;
            Ok(Answer::ok(entity::entity(state, &budget)))
        }
        ("DELETE", ["llm-gateway", "budgets", id]) => {
            let budget = objects::known(state, Kind::GatewayBudget, id)?;
            objects::remove(state, &budget, false)?;
            Ok(Answer::empty())
        }
        ("GET", ["llm-gateway", "budgets", id, "leaderboard"]) => {
            objects::existing(state, Kind::GatewayBudget, id)?;
            Ok(Answer::ok(json!({"matched": []})))
        }
        _ => Err(request.unknown()),
    }
}

fn readable(kind: &str) -> Result<(), Answer> {
    if READABLE.contains(&kind) {
        return Ok(());
    }
    Err(Answer::error(400, format!("`{kind}` is no configuration; there are {}", READABLE.join(", "))))
}

fn absent(kind: &str) -> Answer {
    Answer::error(404, format!("there is no {kind}"))
}

/// The configuration of this type; of those that can be many, the first by name.
fn configuration(state: &State, kind: &str) -> Option<Record> {
    let of = if kind.ends_with("-budget-config") && kind != "gateway-budget-config" {
        Kind::GatewayBudget
    } else {
        Kind::GatewayConfig
    };
    state.all(of).find(|record| record.manifest_type() == kind).cloned()
}

/// MCP servers, under both names that the API has for them.
pub(super) fn mcp(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    let by_name = |state: &State, name: &str| {
        let server = state.named(Kind::McpServer, name).cloned();
        server.ok_or_else(|| Answer::error(404, format!("there is no MCP server `{name}`")))
    };
    match (request.method, request.path) {
        ("GET", ["mcp-servers", "name", name]) => {
            let server = by_name(state, name)?;
            Ok(Answer::data(entity::entity(state, &server)))
        }
        ("DELETE", ["mcp-servers", "name", name]) => {
            let server = by_name(state, name)?;
            objects::remove(state, &server, false)?;
            Ok(Answer::ok(json!({})))
        }
        ("POST", ["mcp-servers", "openapi-spec-upload-url"]) => {
            let name = request.required("mcpServerName")?;
            let extension = request.required("documentExtension")?;
            let file = format!("{name}.{extension}");
            Ok(Answer::ok(json!({
                "url": format!("http://{}/api/svc/v1/uploads/{file}", request.host),
                "uri": format!("s3://{}-uploads/mcp/{file}", state.tenant),
                "headers": {}
            })))
        }
        ("POST", ["mcp", "bulk"]) => bulk(state, request, caller),
        ("GET", ["mcp", id, "auth", "status"]) => {
            objects::existing(state, Kind::McpServer, id)?;
            Ok(Answer::data(json!({"status": "not-required"})))
        }
        (_, ["mcp" | "mcp-servers", rest @ ..]) => {
            objects::route(state, Kind::McpServer, rest, request, caller)
        }
        _ => Err(request.unknown()),
    }
}

/// Makes several managed servers, and changes none.
fn bulk(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    let manifests = request.body.get("manifests").and_then(Value::as_array);
    let manifests = manifests.ok_or_else(|| Answer::error(400, "the body needs a list `manifests`"))?;
    let mut made = Vec::new();
    for manifest in manifests {
        let name = manifest.get("name").and_then(Value::as_str).unwrap_or_default();
        if state.named(Kind::McpServer, name).is_some() {
            return Err(Answer::error(409, format!("the MCP server `{name}` exists")));
        }
        let stored = objects::upsert(state, Kind::McpServer, manifest.clone(), false, caller)?;
        made.push(entity::entity(state, &stored.record));
    }
    Ok(Answer::data(made))
}
