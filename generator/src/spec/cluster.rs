//! The `cluster` part of the spec.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A new EKS cluster. Exactly one key.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterChoice {
    /// Make an EKS cluster with its system nodes and add-ons.
    Create(ClusterCreate),
}

impl Default for ClusterChoice {
    fn default() -> Self {
        Self::Create(ClusterCreate::default())
    }
}

/// A new EKS cluster.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClusterCreate {
    /// The Kubernetes version, in quotes (`"1.33"`; without them YAML reads 1.30 as 1.3). Default: `"1.33"`, the one
    /// that the modules and charts here are tested with.
    pub version: String,
    /// Who reaches the Kubernetes API. Default: only the VPC.
    pub endpoint: Endpoint,
    /// ARNs of the IAM roles and users that administer the cluster. Default: none; the identity that creates the
    /// cluster gets no rights by creating it, so write at least your own role when you want to use `kubectl`.
    pub admins: Vec<String>,
    /// For how many days the control plane's logs are kept; one of the values that CloudWatch knows. Default: 365,
    /// as security benchmarks ask.
    pub log_retention_days: u32,
    /// The on-demand nodes that carry what the cluster itself needs.
    pub system_nodes: SystemNodes,
    /// How pods get AWS roles. Default: `pod-identity`, which needs no OIDC provider and no trust policy per cluster.
    pub identity: Identity,
}

impl Default for ClusterCreate {
    fn default() -> Self {
        Self {
            version: "1.33".to_owned(),
            endpoint: Endpoint::default(),
            admins: Vec::new(),
            log_retention_days: 365,
            system_nodes: SystemNodes::default(),
            identity: Identity::PodIdentity,
        }
    }
}

/// Who reaches the Kubernetes API.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Endpoint {
    /// Public IPv4 blocks that may reach the API over the internet; `0.0.0.0/0` is refused. Default: none, so the API
    /// has no public endpoint at all.
    pub public_from: Vec<String>,
}

/// The nodes that carry what the cluster itself needs.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SystemNodes {
    /// EC2 instance types of one processor architecture. Default: `[m7i.large, m6i.large]`; the second is taken when
    /// the first is sold out.
    pub instance_types: Vec<String>,
    /// The least number of nodes. Default: 2, and no fewer, so that one may be replaced while the other
    /// runs.
    #[schemars(range(min = 2, max = 100))]
    pub min: u32,
    /// The greatest number of nodes. Default: 4, room for a rolling update of all.
    #[schemars(range(min = 3, max = 100))]
    pub max: u32,
    /// The operating system. Default: `al2023`, the one that every add-on is tested on.
    pub ami: Ami,
    /// The size of each node's disk, in GiB. Default: 50, enough for the images of all add-ons.
    #[schemars(range(min = 20, max = 1000))]
    pub disk_gib: u32,
}

impl Default for SystemNodes {
    fn default() -> Self {
        Self {
            instance_types: vec!["m7i.large".to_owned(), "m6i.large".to_owned()],
            min: 2,
            max: 4,
            ami: Ami::Al2023,
            disk_gib: 50,
        }
    }
}

/// The operating system of nodes.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ami {
    /// Amazon Linux 2023.
    Al2023,
    /// Bottlerocket.
    Bottlerocket,
}

impl Ami {
    /// The name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Al2023 => "al2023",
            Self::Bottlerocket => "bottlerocket",
        }
    }
}

/// How pods get AWS roles.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// EKS Pod Identity: associations made in AWS.
    PodIdentity,
    /// IAM roles for service accounts: an OIDC provider and a trust policy for each role.
    Irsa,
}

impl Identity {
    /// The name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::PodIdentity => "pod-identity",
            Self::Irsa => "irsa",
        }
    }
}
