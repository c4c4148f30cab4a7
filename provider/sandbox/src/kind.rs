//! The kinds of objects that the control plane keeps.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Environment,
    ProviderAccount,
    Cluster,
    Workspace,
    SecretGroup,
    MlRepo,
    TracingProject,
    DataDirectory,
    Team,
    Role,
    RoleBinding,
    VirtualAccount,
    AgentIdentity,
    Policy,
    AlertConfig,
    Settings,
    GatewayConfig,
    GatewayBudget,
    McpServer,
    Agent,
    AgentChannel,
    Artifact,
    Model,
    Prompt,
    AgentSkill,
    Application,
    User,
    PersonalAccessToken,
    Run,
    Login,
}

/// `type` of the manifests of applications.
pub(crate) const APPLICATIONS: [&str; 11] = [
    "service",
    "async-service",
    "job",
    "helm",
    "notebook",
    "rstudio",
    "ssh-server",
    "volume",
    "workflow",
    "spark-job",
    "application-set",
];

/// Gateway configurations of which a tenant has at most one each.
pub(crate) const SINGLETONS: [&str; 8] = [
    "gateway-rate-limiting-config",
    "gateway-load-balancing-config",
    "gateway-guardrails-config",
    "gateway-budget-config",
    "gateway-otel-config",
    "gateway-global-settings",
    "gateway-data-access-config",
    "gateway-data-routing-config",
];

impl Kind {
    pub(crate) const ALL: [Self; 30] = [
        Self::Environment,
        Self::ProviderAccount,
        Self::Cluster,
        Self::Workspace,
        Self::SecretGroup,
        Self::MlRepo,
        Self::TracingProject,
        Self::DataDirectory,
        Self::Team,
        Self::Role,
        Self::RoleBinding,
        Self::VirtualAccount,
        Self::AgentIdentity,
        Self::Policy,
        Self::AlertConfig,
        Self::Settings,
        Self::GatewayConfig,
        Self::GatewayBudget,
        Self::McpServer,
        Self::Agent,
        Self::AgentChannel,
        Self::Artifact,
        Self::Model,
        Self::Prompt,
        Self::AgentSkill,
        Self::Application,
        Self::User,
        Self::PersonalAccessToken,
        Self::Run,
        Self::Login,
    ];

    /// The collection's name in the inventory, in the state file and, for most kinds, in paths.
    pub(crate) fn collection(self) -> &'static str {
        match self {
            Self::Environment => "environments",
            Self::ProviderAccount => "provider-accounts",
            Self::Cluster => "clusters",
            Self::Workspace => "workspaces",
            Self::SecretGroup => "secret-groups",
            Self::MlRepo => "ml-repos",
            Self::TracingProject => "tracing-projects",
            Self::DataDirectory => "data-directories",
            Self::Team => "teams",
            Self::Role => "roles",
            Self::RoleBinding => "role-bindings",
            Self::VirtualAccount => "virtual-accounts",
            Self::AgentIdentity => "agent-identities",
            Self::Policy => "policies",
            Self::AlertConfig => "alert-configs",
            Self::Settings => "settings",
            Self::GatewayConfig => "gateway-configs",
            Self::GatewayBudget => "gateway-budgets",
            Self::McpServer => "mcp-servers",
            Self::Agent => "agents",
            Self::AgentChannel => "agent-channels",
            Self::Artifact => "artifacts",
            Self::Model => "models",
            Self::Prompt => "prompts",
            Self::AgentSkill => "agent-skills",
            Self::Application => "apps",
            Self::User => "users",
            Self::PersonalAccessToken => "personal-access-tokens",
            Self::Run => "runs",
            Self::Login => "logins",
        }
    }

    /// The kind's name in sentences.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::ProviderAccount => "provider account",
            Self::Cluster => "cluster",
            Self::Workspace => "workspace",
            Self::SecretGroup => "secret group",
            Self::MlRepo => "ML repo",
            Self::TracingProject => "tracing project",
            Self::DataDirectory => "data directory",
            Self::Team => "team",
            Self::Role => "role",
            Self::RoleBinding => "role binding",
            Self::VirtualAccount => "virtual account",
            Self::AgentIdentity => "agent identity",
            Self::Policy => "policy",
            Self::AlertConfig => "alert configuration",
            Self::Settings => "settings",
            Self::GatewayConfig => "gateway configuration",
            Self::GatewayBudget => "gateway budget",
            Self::McpServer => "MCP server",
            Self::Agent => "agent",
            Self::AgentChannel => "agent channel",
            Self::Artifact => "artifact",
            Self::Model => "model",
            Self::Prompt => "prompt",
            Self::AgentSkill => "agent skill",
            Self::Application => "application",
            Self::User => "user",
            Self::PersonalAccessToken => "personal access token",
            Self::Run => "run",
            Self::Login => "login",
        }
    }

    /// The kind that manifests of this `type` describe.
    pub(crate) fn of_type(name: &str) -> Option<Self> {
        let base = name.split('/').next().unwrap_or_default();
        Some(match base {
            "environment" => Self::Environment,
            "provider-account" => Self::ProviderAccount,
            "cluster" => Self::Cluster,
            "workspace" => Self::Workspace,
            "secret-group" => Self::SecretGroup,
            "ml-repo" => Self::MlRepo,
            "tracing-project" => Self::TracingProject,
            "data-dir" => Self::DataDirectory,
            "team" => Self::Team,
            "role" => Self::Role,
            "role-binding" => Self::RoleBinding,
            "virtual-account" => Self::VirtualAccount,
            "agent-identity" => Self::AgentIdentity,
            "policy" => Self::Policy,
            "alert-config" => Self::AlertConfig,
            "settings" => Self::Settings,
            "tenant-budget-config" | "team-budget-config" => Self::GatewayBudget,
            "gateway-metadata-config" | "gateway-logging-config" => Self::GatewayConfig,
            base if SINGLETONS.contains(&base) => Self::GatewayConfig,
            "mcp-server" => Self::McpServer,
            "agent" | "truefoundry-agent" | "remote-agent" => Self::Agent,
            "agent-channel" => Self::AgentChannel,
            "artifact-version" => Self::Artifact,
            "model-version" => Self::Model,
            "chat_prompt" => Self::Prompt,
            "agent-skill" => Self::AgentSkill,
            base if APPLICATIONS.contains(&base) => Self::Application,
            _ => return None,
        })
    }

    pub(crate) fn of_manifest(manifest: &Value) -> Option<Self> {
        Self::of_type(manifest.get("type")?.as_str()?)
    }

    /// Whether every change makes a version, and the object is what the versions have in common.
    pub(crate) fn is_versioned(self) -> bool {
        matches!(self, Self::Artifact | Self::Model | Self::Prompt | Self::AgentSkill)
    }

    /// What tells two objects of the kind apart; `None` when the manifest lacks it.
    pub(crate) fn identity(self, manifest: &Value) -> Option<String> {
        let text = |field: &str| manifest.get(field).and_then(Value::as_str);
        match self {
            Self::Settings => text("type").map(str::to_owned),
            Self::GatewayConfig => {
                let (kind, name) = (text("type")?, text("name")?);
                Some(if SINGLETONS.contains(&kind) { kind.to_owned() } else { format!("{kind}/{name}") })
            }
            Self::Workspace => Some(format!("{}:{}", text("cluster_fqn")?, text("name")?)),
            Self::Application => Some(format!("{}:{}", text("workspace_fqn")?, text("name")?)),
            Self::DataDirectory => Some(format!("{}/{}", text("ml_repo")?, text("name")?)),
            kind if kind.is_versioned() => Some(format!("{}/{}", text("ml_repo")?, text("name")?)),
            _ => text("name").map(str::to_owned),
        }
    }
}

/// The second part of `integration/<kind>/...`, which FQNs and the list of integrations carry.
pub(crate) fn integration_kind(manifest: &Value) -> &str {
    manifest.get("type").and_then(Value::as_str).and_then(|name| name.split('/').nth(1)).unwrap_or_default()
}
