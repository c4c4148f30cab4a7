//! `platform.yaml`: what may be written there, its defaults and why they are what they are.
//!
//! The doc comment of every field is also its description in the JSON schema that editors use.

pub mod access;
pub mod addons;
pub mod check;
pub mod cluster;
pub mod compute;
pub mod document;
pub mod ingress;
pub mod load;
pub mod network;
pub mod patterns;
pub mod schema;
pub mod stores;
mod syntax;
pub mod truefoundry;

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

pub use access::{Access, ByNetwork, Ssm};
pub use addons::{
    Addon, AddonOptions, Addons, AddonsChoice, CertManager, ExternalDns, ExternalSecrets, Istio,
    KubePrometheusStack, Mirror, Mtls,
};
pub use cluster::{
    Ami, ClusterChoice, ClusterCreate, ClusterExisting, Endpoint, Identity, IpFamily, SystemNodes,
};
pub use compute::{
    Architecture, Budget, Capacity, Compute, Nodes, Pool, PoolOptions, Pools, Quantity, Reason, Reservation,
};
pub use document::Path;
pub use ingress::Ingress;
pub use load::{Loaded, load, load_text};
pub use network::{Endpoints, FlowLogs, Nat, NetworkChoice, NetworkCreate, NetworkExisting, PodsCidr, Zones};
pub use stores::{
    Bucket, Database, FileSystem, FileSystemOptions, PullThrough, Registry, Repository, State, StateLocal,
    StateS3, Storage,
};
pub use truefoundry::{ClusterAccess, Environment, SecretStore, Secrets, TrueFoundry, Workspace};

/// A platform: one AWS account and region, one network, one cluster, connected to TrueFoundry.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "platform.yaml")]
pub struct Spec {
    /// The version of this file's format. This tool reads version 1.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// The name of the platform: 3 to 24 of `a-z`, `0-9` and `-`, starting with a letter. It starts the name of
    /// everything that is made, so 24 is what leaves room in the tightest limits (63 for buckets, 64 for roles).
    #[schemars(length(min = 3, max = 24), regex(pattern = patterns::PLATFORM))]
    pub name: String,
    /// Where in AWS: account and region.
    pub aws: Aws,
    /// The VPC, a new one or one that is there. Default: a new one, with the defaults of `network.create`.
    #[serde(default)]
    pub network: NetworkChoice,
    /// The EKS cluster, a new one or one that is there. Default: a new one, with the defaults of `cluster.create`.
    #[serde(default)]
    pub cluster: ClusterChoice,
    /// How Terraform and people reach the Kubernetes API. Default: `public` where `cluster.create.endpoint.public_from` lists addresses;
    /// otherwise none is chosen, which is warned of, and nothing is made for it.
    #[serde(default)]
    pub access: Option<Access>,
    /// What runs the workloads: Karpenter's pools of nodes. Default: those that `compute.pools` says.
    #[serde(default)]
    pub compute: Compute,
    /// What runs in the cluster beside the workloads: controllers, mesh, metrics, logs, delivery. Default: `true`, the whole set.
    #[serde(default)]
    pub addons: AddonsChoice,
    /// The way in: a load balancer with its certificate and records, in front of the mesh. Default: none; services are then reached from
    /// inside the cluster alone.
    #[serde(default)]
    pub ingress: Option<Ingress>,
    /// A PostgreSQL database on RDS. Default: none, because the compute plane needs none.
    #[serde(default)]
    pub database: Option<Database>,
    /// Where the platform keeps artifacts, images and shared files. Default: one bucket with its defaults.
    #[serde(default)]
    pub storage: Storage,
    /// The control plane that this platform joins.
    pub truefoundry: TrueFoundry,
    /// Where Terraform keeps its state. Default: `local: {}`, because it needs nothing to exist beforehand; a
    /// platform that more than one person applies wants `s3`.
    #[serde(default)]
    pub state: State,
}

/// Where in AWS.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aws {
    /// The account, 12 digits, in quotes. Terraform refuses to run with credentials of any other account.
    #[schemars(regex(pattern = patterns::ACCOUNT))]
    pub account: String,
    /// The region, for example `us-east-1`.
    #[schemars(regex(pattern = patterns::REGION))]
    pub region: String,
    /// Tags on everything that can be tagged. Default: none beside our own `platform`, `layer` and `managed-by`.
    #[serde(default)]
    #[schemars(transform = tags)]
    pub tags: BTreeMap<String, String>,
    /// The ARN of an IAM policy that every role made here gets as its permissions boundary. Default: none.
    #[serde(default)]
    #[schemars(regex(pattern = patterns::POLICY_ARN))]
    pub permissions_boundary: Option<String>,
}

/// Tags of AWS.
fn tags(schema: &mut Schema) {
    patterns::mapping(schema, Some(&patterns::TAG_KEY), Some(&patterns::TAG_VALUE));
    schema.insert("maxProperties".to_owned(), 40.into());
}
