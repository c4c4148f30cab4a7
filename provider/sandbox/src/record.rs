//! One stored object.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::kind::{Kind, integration_kind};

/// One stored object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) kind: Kind,
    /// Unique within the kind, see [`Kind::identity`].
    pub(crate) identity: String,
    pub(crate) id: String,
    /// As stored. Users, tokens and runs have none of their own; what describes them stands here instead.
    pub(crate) manifest: Value,
    pub(crate) created_at: String,
    /// Whose request made it, as answers show it; nobody's where the tenant comes with it.
    #[serde(default)]
    pub(crate) created_by: Value,
    pub(crate) updated_at: String,
    /// The agent's token, for clusters.
    pub(crate) token: Option<String>,
    /// Ids of a provider account's integrations by name; an integration keeps its id while its name stays.
    #[serde(default)]
    pub(crate) integration_ids: BTreeMap<String, String>,
    /// Order of environments.
    #[serde(default)]
    pub(crate) priority: u64,
    /// What the kind's own endpoints keep besides the manifest.
    #[serde(default)]
    extra: Map<String, Value>,
    #[serde(default)]
    lists: BTreeMap<String, Vec<Value>>,
    /// Whether the tenant comes with it: a built-in role, the administrator.
    #[serde(default)]
    pub(crate) built_in: bool,
}

impl Record {
    /// A new object, made now.
    pub(crate) fn new(kind: Kind, identity: String, manifest: Value) -> Self {
        let now = now();
        Self {
            kind,
            id: if kind == Kind::Cluster { identity.clone() } else { new_id() },
            identity,
            manifest,
            created_at: now.clone(),
            created_by: Value::Null,
            updated_at: now,
            token: (kind == Kind::Cluster).then(|| new_token("tfyagent_")),
            integration_ids: BTreeMap::new(),
            priority: 0,
            extra: Map::new(),
            lists: BTreeMap::new(),
            built_in: false,
        }
    }

    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.manifest.get(field).and_then(Value::as_str)
    }

    pub(crate) fn name(&self) -> &str {
        self.text("name").unwrap_or_default()
    }

    /// The manifest's `type`.
    pub(crate) fn manifest_type(&self) -> &str {
        self.text("type").unwrap_or_default()
    }

    /// A list of the kind's own: versions, deployments, secrets, tokens.
    pub(crate) fn list(&self, key: &str) -> &[Value] {
        self.lists.get(key).map_or(&[], Vec::as_slice)
    }

    /// The same, to be changed.
    pub(crate) fn list_mut(&mut self, key: &'static str) -> &mut Vec<Value> {
        self.lists.entry(key.to_owned()).or_default()
    }

    /// A value of the kind's own; `Null` when there is none.
    pub(crate) fn own(&self, key: &str) -> &Value {
        self.extra.get(key).unwrap_or(&Value::Null)
    }

    pub(crate) fn set_own(&mut self, key: &'static str, value: impl Into<Value>) {
        self.extra.insert(key.to_owned(), value.into());
    }

    /// The fully qualified name, for kinds that have one.
    pub(crate) fn fqn(&self, tenant: &str) -> Option<String> {
        let name = self.name();
        match self.kind {
            Kind::ProviderAccount => {
                let provider = self.manifest_type().split('/').nth(1).unwrap_or_default();
                Some(format!("{tenant}:{provider}:{name}"))
            }
            Kind::Cluster | Kind::Workspace | Kind::Application => Some(self.identity.clone()),
            Kind::SecretGroup => Some(format!("{tenant}:{name}")),
            Kind::TracingProject => Some(format!("{tenant}:tracing-project:{name}")),
            Kind::McpServer => Some(format!("{tenant}:mcp-server:{name}")),
            Kind::Agent => Some(format!("{tenant}:agent:{name}")),
            Kind::DataDirectory => Some(format!("data-dir:{tenant}/{}", self.identity)),
            Kind::Artifact => Some(format!("artifact:{tenant}/{}", self.identity)),
            Kind::Model => Some(format!("model:{tenant}/{}", self.identity)),
            Kind::Prompt => Some(format!("chat_prompt:{tenant}/{}", self.identity)),
            Kind::AgentSkill => Some(format!("agent-skill:{tenant}/{}", self.identity)),
            Kind::Run => Some(format!("run:{tenant}/{}", self.identity)),
            _ => None,
        }
    }

    /// The integrations' manifests; empty for other kinds.
    pub(crate) fn integrations(&self) -> &[Value] {
        match self.kind {
            Kind::ProviderAccount => {
                self.manifest.get("integrations").and_then(Value::as_array).map_or(&[], Vec::as_slice)
            }
            _ => &[],
        }
    }

    /// The FQN of one of the account's integrations.
    pub(crate) fn integration_fqn(&self, tenant: &str, integration: &Value) -> String {
        let name = integration.get("name").and_then(Value::as_str).unwrap_or_default();
        format!("{}:{}:{name}", self.fqn(tenant).unwrap_or_default(), integration_kind(integration))
    }
}

/// The current time as answers show it.
pub(crate) fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}

pub(crate) fn new_id() -> String {
    Uuid::new_v4().to_string()
}

/// A secret that stands nowhere else.
pub(crate) fn new_token(prefix: &str) -> String {
    format!("{prefix}{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
