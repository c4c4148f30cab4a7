//! The `cluster` part of the spec.

use schemars::JsonSchema;

use super::patterns;
use serde::{Deserialize, Serialize};

/// An EKS cluster: a new one, or one that is there. Exactly one key.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterChoice {
    /// Make an EKS cluster with its system nodes and add-ons.
    Create(ClusterCreate),
    /// Use a cluster that somebody else made, in a VPC that is there (`network.existing`). Every plan checks what the platform needs of
    /// it: state, access entries, add-ons, an API that is not open to everybody.
    Existing(ClusterExisting),
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
    /// The Kubernetes version, in quotes (`"1.35"`; without them YAML reads 1.30 as 1.3). Default: the one that the tree has, so that time
    /// alone changes no cluster; for a new tree the newest in standard support for which every add-on that is pinned here is made.
    #[schemars(regex(pattern = patterns::KUBERNETES))]
    pub version: Option<String>,
    /// Who reaches the Kubernetes API. Default: only the VPC.
    pub endpoint: Endpoint,
    /// ARNs of the IAM roles and users that administer the cluster. Default: none; then the first apply asks whether whoever runs it
    /// becomes one, or takes `--caller-is-admin`, and nothing is made without. Where others are listed and there are `addons`, whoever
    /// applies the layer `cluster` first is one as well, because Terraform installs the add-ons as that identity; everybody else who
    /// applies must stand here.
    #[schemars(extend("uniqueItems" = true), inner(regex(pattern = patterns::PRINCIPAL_ARN)))]
    pub admins: Vec<String>,
    /// For how many days the control plane's logs are kept; one of the values that CloudWatch knows. Default: 365,
    /// as security benchmarks ask.
    #[schemars(extend("enum" = super::network::RETENTION_DAYS))]
    pub log_retention_days: u32,
    /// The on-demand nodes that carry what the cluster itself needs.
    pub system_nodes: SystemNodes,
    /// How pods get AWS roles. Default: `pod-identity`, which needs no OIDC provider and no trust policy per cluster.
    pub identity: Identity,
    /// The addresses of pods and services. Default: `ipv4`. `ipv6` needs subnets with IPv6 (`network.create.ipv6`) and no block for
    /// pods, and EKS never changes it: another one makes another cluster.
    pub ip_family: IpFamily,
}

impl Default for ClusterCreate {
    fn default() -> Self {
        Self {
            version: None,
            endpoint: Endpoint::default(),
            admins: Vec::new(),
            log_retention_days: 365,
            system_nodes: SystemNodes::default(),
            identity: Identity::PodIdentity,
            ip_family: IpFamily::Ipv4,
        }
    }
}

/// A cluster that somebody else made.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterExisting {
    /// Its name in EKS.
    #[schemars(regex(pattern = patterns::CLUSTER))]
    pub name: String,
    /// The security group of its nodes, which the database and the file system let in. Default: the cluster's own, which EKS gives to
    /// managed nodes.
    #[serde(default)]
    #[schemars(regex(pattern = patterns::GROUP_ID))]
    pub node_security_group: Option<String>,
    /// The ARN of the IAM OIDC provider that trusts the cluster, for roles of service accounts. Default: none, so that pods get roles by
    /// EKS Pod Identity.
    #[serde(default)]
    #[schemars(regex(pattern = patterns::PROVIDER_ARN))]
    pub oidc_provider: Option<String>,
    /// EKS add-ons that must be there, in place of the default. Default: `coredns`, `kube-proxy`, `vpc-cni` and, without
    /// `oidc_provider`, `eks-pod-identity-agent`; with a file system `aws-efs-csi-driver` too.
    #[serde(default)]
    #[schemars(inner(regex(pattern = patterns::NAME)))]
    pub required_addons: Option<Vec<String>>,
    /// Whether to set the tag `karpenter.sh/discovery` on the cluster's security group, by which Karpenter finds it. Default: `false`;
    /// a destroy would take it away.
    #[serde(default)]
    pub set_discovery_tag: bool,
}

/// Who reaches the Kubernetes API.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Endpoint {
    /// Public IPv4 blocks that may reach the API over the internet; `0.0.0.0/0` is refused. Default: none, so the API
    /// has no public endpoint at all.
    #[schemars(length(max = 40), extend("uniqueItems" = true), inner(regex(pattern = patterns::NARROW_BLOCK)))]
    pub public_from: Vec<String>,
    /// IPv4 blocks and security groups that may reach the API inside the VPC and the networks that are connected to it, beside the
    /// nodes: VPNs, runners. Default: none.
    #[schemars(extend("uniqueItems" = true), inner(regex(pattern = patterns::SOURCE)))]
    pub private_from: Vec<String>,
}

/// The nodes that carry what the cluster itself needs.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SystemNodes {
    /// EC2 instance types of one processor architecture. Default: `[m7i.large, m6i.large]`; the second is taken when
    /// the first is sold out.
    #[schemars(length(min = 1), extend("uniqueItems" = true), inner(regex(pattern = patterns::INSTANCE_TYPE)))]
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

/// The addresses of pods and services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IpFamily {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

impl IpFamily {
    /// The name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
        }
    }
}
