//! The `truefoundry` part of the spec.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::patterns;
use serde_json::{Map, Value};

/// The role of TrueFoundry's SaaS control plane, as the vendor's own modules name it.
pub const SAAS_CONTROL_PLANE_ROLE: &str =
    "arn:aws:iam::416964291864:role/tfy-ctl-euwe1-production-truefoundry-deps";

/// The control plane that this platform joins. No secret stands here: the API key comes from `TFY_API_KEY`.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrueFoundry {
    /// The address of the control plane, for example `https://acme.truefoundry.cloud`. Default: none is written, and
    /// the provider takes it from `TFY_HOST` when Terraform runs.
    #[schemars(regex(pattern = patterns::CONTROL_PLANE))]
    pub host: Option<String>,
    /// The environment that this platform's workloads run in.
    pub environment: Environment,
    /// The ExternalId that the control plane must show when it assumes the platform role. Default: a random one, made
    /// by Terraform on the first apply and handed to the control plane. One derived from names would not do: every
    /// tenant of a control plane acts through the same AWS role, so whoever can guess the ExternalId could point the
    /// control plane at your account. Write one only when your control plane gives it to you.
    #[schemars(regex(pattern = patterns::EXTERNAL_ID))]
    pub external_id: Option<String>,
    /// ARNs of the roles that the control plane acts through. Default: the SaaS control plane's role; a self-hosted
    /// control plane has its own.
    #[schemars(length(min = 1), extend("uniqueItems" = true), inner(regex(pattern = patterns::ROLE_ARN)))]
    pub control_plane_roles: Vec<String>,
    /// Domains under which services of this cluster get their addresses, for example `"*.ai.acme.com"`. Default: none.
    #[schemars(extend("uniqueItems" = true), inner(regex(pattern = patterns::DOMAINS)))]
    pub base_domains: Vec<String>,
    /// Workspaces to make on the cluster. Default: none.
    pub workspaces: Vec<Workspace>,
    /// Where the platform keeps the secrets of workloads.
    pub secrets: Secrets,
    /// What the control plane may do with the cluster by AWS's API; in the cluster it works by the agent, which needs none of this. Default:
    /// `describe`.
    pub cluster_access: ClusterAccess,
    /// Whether there is a role for what runs TrueFoundry's workflows in the cluster, the add-on `tfy-workflow-propeller`, which keeps them in the
    /// platform's bucket. Default: `false`.
    pub workflows: bool,
    /// The agent in the cluster, by which the control plane works there: `true`, `false`, or a mapping of options. Default: `true` where
    /// there are `addons`; without it the cluster is registered and never connected.
    pub agent: AgentChoice,
}

impl Default for TrueFoundry {
    fn default() -> Self {
        Self {
            host: None,
            environment: Environment::default(),
            external_id: None,
            control_plane_roles: vec![SAAS_CONTROL_PLANE_ROLE.to_owned()],
            base_domains: Vec::new(),
            workspaces: Vec::new(),
            secrets: Secrets::default(),
            cluster_access: ClusterAccess::default(),
            workflows: false,
            agent: AgentChoice::Switch(true),
        }
    }
}

/// The agent: there or not, or there with options.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum AgentChoice {
    /// `true` or `false`.
    Switch(bool),
    /// With options.
    Options(Box<AgentOptions>),
}

/// Options of the agent.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AgentOptions {
    /// Raise it after the control plane has made another token for the cluster, so that the agent gets that one. Default: 1.
    #[schemars(range(min = 1))]
    pub token_revision: u32,
    /// Whether the control plane may do everything in the cluster by the agent's proxy. Default: `false`; then it may do what deployments,
    /// logs and scaling need.
    pub cluster_admin: bool,
    /// An allow-list for the agent's connections out of the cluster, kept by the mesh: the control plane, the vendor's hosts, and those
    /// listed here. Default: none, no limit.
    pub egress: Option<AgentEgress>,
    /// How long an apply waits for the agent to come to the control plane; so does a plan while the agent is away, and then fails. Default: `5m`.
    #[schemars(regex(pattern = patterns::WAIT))]
    pub wait: String,
    /// The version of the agent's chart, with all its numbers in quotes. Default: the one that this tool is tested with.
    #[schemars(regex(pattern = patterns::CHART_VERSION))]
    pub version: Option<String>,
    /// Values of the agent's chart, merged over those that this tool sets. No secret: they stand in the state. Default: none.
    pub values: Map<String, Value>,
}

impl Default for AgentOptions {
    fn default() -> Self {
        Self {
            token_revision: 1,
            cluster_admin: false,
            egress: None,
            wait: "5m".to_owned(),
            version: None,
            values: Map::new(),
        }
    }
}

/// The agent's allow-list.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AgentEgress {
    /// Further hosts, reached over TLS on port 443. Default: none.
    #[schemars(inner(regex(pattern = patterns::DOMAIN)))]
    pub hosts: Vec<String>,
}

/// An environment of the control plane.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Environment {
    /// Its name, unique in the whole control plane. Default: the platform's name, because that does not clash with
    /// the environments that a control plane usually has already.
    #[schemars(length(max = 35), regex(pattern = patterns::NAME))]
    pub name: Option<String>,
    /// Whether it is a production environment; then it is optimised for availability, else for cost. Default: `false`.
    pub production: bool,
}

/// A workspace: a namespace on the cluster with people in it.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workspace {
    /// Its name: 3 to 32 of `a-z`, `0-9` and `-`, starting with a letter. It is also the Kubernetes namespace.
    #[schemars(length(min = 3, max = 32))]
    #[schemars(regex(pattern = patterns::WORKSPACE))]
    pub name: String,
    /// Who administers it: `user:<email>`, `team:<name>` or another subject of the control plane. Default: nobody
    /// beside the tenant's administrators.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true), inner(regex(pattern = patterns::SUBJECT)))]
    pub admins: Vec<String>,
}

/// Where the platform keeps the secrets of workloads.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Secrets {
    /// The AWS service. Default: `secrets-manager`, which rotates, replicates and takes 64 KiB;
    /// `parameter-store` is free of charge.
    pub store: SecretStore,
}

/// An AWS service that keeps secrets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecretStore {
    /// Secrets Manager.
    #[default]
    SecretsManager,
    /// SSM Parameter Store.
    ParameterStore,
}

/// What the control plane may do with the cluster by AWS's API.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterAccess {
    /// Describe the cluster.
    #[default]
    Describe,
    /// List and describe what it consists of as well: node groups, add-ons, insights, updates, access entries.
    Read,
    /// Keep access entries too, of people and software, so that it can make anybody an administrator of the cluster.
    Manage,
}

impl ClusterAccess {
    /// As the module `platform-identity` takes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Describe => "describe",
            Self::Read => "read",
            Self::Manage => "manage",
        }
    }
}
