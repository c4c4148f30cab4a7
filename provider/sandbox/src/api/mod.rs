//! The control plane's endpoints, as one function from a request to an answer. It knows nothing of HTTP
//! connections, so it is tested without them.

mod accounts;
mod agents;
mod applications;
mod clusters;
mod deployments;
mod gateway;
mod generic;
mod jobs;
mod list;
mod login;
mod objects;
mod people;
mod readings;
mod registry;
mod runs;
mod secrets;
mod settle;
mod tokens;

use serde_json::{Value, json};

use crate::{answer::Answer, caller::Caller, entity, kind::Kind, state::State};

/// What an endpoint answers: success, or a refusal.
pub(crate) type Outcome = Result<Answer, Answer>;

/// A request, its path split and without the API's prefix.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    /// Decoded parts of the path after `/api/svc/v1/`.
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a [(String, String)],
    pub(crate) bearer: Option<&'a str>,
    /// The address that the client used.
    pub(crate) host: &'a str,
    /// `Null` when there was none.
    pub(crate) body: Value,
}

impl Request<'_> {
    pub(crate) fn query(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// All values of a key that may be repeated.
    pub(crate) fn queries(&self, key: &str) -> Vec<&str> {
        self.query.iter().filter(|(name, _)| name == key).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn is(&self, key: &str) -> bool {
        self.query(key) == Some("true")
    }

    /// A text of the body.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.body.get(field).and_then(Value::as_str)
    }

    /// A text that the body must have.
    pub(crate) fn required(&self, field: &str) -> Result<&str, Answer> {
        self.text(field)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Answer::error(422, format!("the body needs the text `{field}`")))
    }

    /// A truth value of the body, `false` when it is not there.
    pub(crate) fn flag(&self, field: &str) -> Result<bool, Answer> {
        match self.body.get(field) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(Answer::error(400, format!("`{field}` must be true or false"))),
        }
    }

    /// The manifest in the body.
    pub(crate) fn manifest(&self) -> Result<Value, Answer> {
        let manifest = self.body.get("manifest").filter(|manifest| manifest.is_object());
        manifest.cloned().ok_or_else(|| Answer::error(400, "the body needs an object `manifest`"))
    }

    fn unknown(&self) -> Answer {
        Answer::error(404, format!("Cannot {} /api/svc/v1/{}", self.method, self.path.join("/")))
    }
}

/// Answers a request. The holder of the API key is the administrator; a few endpoints need no key.
pub(crate) fn answer(state: &mut State, request: &Request<'_>, caller: Option<&Caller>) -> Answer {
    match (request.method, request.path) {
        // Health, as load balancers and installers ask for it.
        ("GET", []) => return Answer::ok(json!({"status": "ok"})),
        ("GET", ["min-cli-version"]) => return Answer::ok(login::min_cli_version()),
        ("GET", ["tenant-id"]) => {
            let tenant = json!({"tenantName": state.tenant, "auth_server_url": "http://127.0.0.1"});
            return Answer::ok(tenant);
        }
        ("POST", ["oauth2", "device-authorize"]) => return flat(login::authorize(state, request)),
        ("POST", ["oauth2", "token"]) => return flat(login::token(state, request)),
        // Storage takes what was announced; its addresses carry their own permission.
        ("PUT", ["uploads", _]) => return Answer::ok(json!({})),
        // Agents show their cluster's token instead of an API key.
        ("POST", ["agent", "connect"]) => return flat(clusters::connect_agent(state, request)),
        _ => {}
    }
    let Some(caller) = caller else {
        return Answer::error(401, "the API key is missing, unknown or expired");
    };
    flat(route(state, request, caller))
}

fn flat(outcome: Outcome) -> Answer {
    outcome.unwrap_or_else(|refusal| refusal)
}

fn route(state: &mut State, request: &Request<'_>, caller: &Caller) -> Outcome {
    let Some((first, rest)) = request.path.split_first() else { return Err(request.unknown()) };
    match (request.method, *first, rest) {
        ("GET", "session", []) => Ok(Answer::ok(entity::session(&state.tenant, caller))),
        ("GET", "x", ["users", "info"]) | ("GET", "users", ["info"]) => {
            Ok(Answer::ok(entity::user_info(state, caller)))
        }
        ("PUT", "apply", []) => generic::apply(state, request, caller),
        ("POST", "delete", []) => generic::delete(state, request),
        ("POST", "dependency-tree", []) => generic::dependency_tree(&request.body),
        ("GET", "fqn", [kind]) => generic::ids_of_fqn(state, kind, request.query("fqn")),
        ("GET", "provider-integrations", []) => list::integrations(state, request),
        ("GET", "provider-accounts", ["provider-integrations"]) => list::integrations(state, request),
        ("GET", "provider-accounts", ["providers"]) => Ok(Answer::data(json!([]))),
        (_, "cluster" | "k8s", _) => clusters::route(state, request),
        (_, "clusters", [_, _]) | (_, "x", ["clusters", ..]) => clusters::route(state, request),
        (_, "teams" | "users", _) | (_, "x", ["users", ..]) => people::route(state, request, caller),
        (_, "roles" | "role-bindings", _) => people::access(state, request, caller),
        (_, "virtual-accounts", _) => accounts::route(state, request, caller),
        (_, "personal-access-tokens", _) => tokens::route(state, request, caller),
        (_, "secret-groups" | "secrets", _) => secrets::route(state, request, caller),
        (_, "llm-gateway", _) => gateway::route(state, request, caller),
        (_, "mcp" | "mcp-servers", _) => gateway::mcp(state, request, caller),
        (_, "agents" | "agent-versions", _) => agents::route(state, request, caller),
        (_, "artifacts" | "models" | "prompts" | "agent-skills", _)
        | (_, "artifact-versions" | "model-versions" | "prompt-versions" | "agent-skill-versions", _)
        | (_, "x", ["artifact-versions"]) => registry::route(state, request, caller),
        (_, "data-directories", ["files" | "signed-urls", ..]) => registry::files(state, request),
        (_, "runs", _) => runs::route(state, request),
        (_, "apps", _) | (_, "x", ["apps", ..]) => applications::route(state, request, caller),
        (_, "deployment", _) => deployments::route(state, request, caller),
        (_, "jobs", _) => jobs::route(state, request),
        (_, collection, _) => match of_collection(collection) {
            Some(kind) => objects::route(state, kind, rest, request, caller),
            None => readings::route(state, request),
        },
    }
}

/// Collections that have nothing but the methods that all have.
fn of_collection(name: &str) -> Option<Kind> {
    const PLAIN: [Kind; 7] = [
        Kind::Environment,
        Kind::ProviderAccount,
        Kind::Cluster,
        Kind::Workspace,
        Kind::MlRepo,
        Kind::TracingProject,
        Kind::DataDirectory,
    ];
    PLAIN.into_iter().find(|kind| kind.collection() == name)
}
