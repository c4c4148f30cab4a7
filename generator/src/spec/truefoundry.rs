//! The `truefoundry` part of the spec.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The role of TrueFoundry's SaaS control plane, as the vendor's own modules name it.
pub const SAAS_CONTROL_PLANE_ROLE: &str =
    "arn:aws:iam::416964291864:role/tfy-ctl-euwe1-production-truefoundry-deps";

/// The control plane that this platform joins. No secret stands here: the API key comes from `TFY_API_KEY`.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrueFoundry {
    /// The address of the control plane, for example `https://acme.truefoundry.cloud`. Default: none is written, and
    /// the provider takes it from `TFY_HOST` when Terraform runs.
    pub host: Option<String>,
    /// The environment that this platform's workloads run in.
    pub environment: Environment,
    /// The ExternalId that the control plane must show when it assumes the platform role. Default: a random one, made
    /// by Terraform on the first apply and handed to the control plane. One derived from names would not do: every
    /// tenant of a control plane acts through the same AWS role, so whoever can guess the ExternalId could point the
    /// control plane at your account. Write one only when your control plane gives it to you.
    pub external_id: Option<String>,
    /// ARNs of the roles that the control plane acts through. Default: the SaaS control plane's role; a self-hosted
    /// control plane has its own.
    pub control_plane_roles: Vec<String>,
    /// Domains under which services of this cluster get their addresses, for example `"*.ai.acme.com"`. Default: none.
    pub base_domains: Vec<String>,
    /// Workspaces to make on the cluster. Default: none.
    pub workspaces: Vec<Workspace>,
    /// Where the platform keeps the secrets of workloads.
    pub secrets: Secrets,
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
        }
    }
}

/// An environment of the control plane.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Environment {
    /// Its name, unique in the whole control plane. Default: the platform's name, because that does not clash with
    /// the environments that a control plane usually has already.
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
    pub name: String,
    /// Who administers it: `user:<email>`, `team:<name>` or another subject of the control plane. Default: nobody
    /// beside the tenant's administrators.
    #[serde(default)]
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
