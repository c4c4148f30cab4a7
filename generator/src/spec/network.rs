//! The `network` part of the spec.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::patterns;
use serde::{Deserialize, Serialize};

/// A VPC: a new one, or one that is there. Exactly one key.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkChoice {
    /// Make a VPC with its subnets, routes, NAT gateways and endpoints.
    Create(NetworkCreate),
    /// Use a VPC that somebody else made. Every plan checks what the platform needs of it: zones, routes, DNS, tags, free
    /// addresses.
    Existing(NetworkExisting),
}

impl Default for NetworkChoice {
    fn default() -> Self {
        Self::Create(NetworkCreate::default())
    }
}

/// A new VPC.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkCreate {
    /// The address block, a private one between /16 and /20. Default: `10.0.0.0/16`, the largest that AWS allows,
    /// because a VPC cannot be renumbered later.
    #[schemars(regex(pattern = patterns::VPC_BLOCK))]
    pub cidr: String,
    /// How many zones, or which, as AZ IDs (`[use1-az1, use1-az2]`), 2 to 6. AZ IDs mean the same place in every
    /// account, AZ names do not. Their order means nothing: the tree records which part of the block each zone has. Default: 3, so
    /// that losing one leaves two.
    pub zones: Zones,
    /// A second address block for pods, between /16 and /20, or `none` to give pods addresses of the private
    /// subnets. Default: `100.64.0.0/16`, which is not routed in company networks, so that thousands of pods cost no
    /// routable address.
    pub pods_cidr: PodsCidr,
    /// How private subnets reach the internet. Default: `per-zone`, so that the loss of one zone does not cut the
    /// others off; `single` costs a third and fails with its zone.
    pub nat: Nat,
    /// The AWS services that are reached without NAT. Default: `[s3, dynamodb]`, which are free of charge and carry
    /// most of the traffic (image layers, artifacts, models); every other one is billed per hour and zone.
    pub endpoints: Endpoints,
    /// VPC flow logs in CloudWatch, or `none`. Default: kept 365 days, as security benchmarks ask.
    pub flow_logs: FlowLogs,
    /// Blocks that the company's own network uses: offices, data centres, VPNs, other clouds. Neither `cidr` nor `pods_cidr` may overlap
    /// them, because what overlaps can never be connected. Default: none.
    #[schemars(inner(regex(pattern = patterns::BLOCK)))]
    pub reserved_cidrs: Vec<String>,
    /// Whether the VPC has IPv6 too: a /56 of Amazon's and a /64 for each subnet, with a way out but none in unless `nat` is `none`.
    /// Default: `false`; services and pods of an IPv4 cluster do not use it.
    pub ipv6: bool,
}

impl Default for NetworkCreate {
    fn default() -> Self {
        Self {
            cidr: "10.0.0.0/16".to_owned(),
            zones: Zones::Count(3),
            pods_cidr: PodsCidr::Block("100.64.0.0/16".to_owned()),
            nat: Nat::PerZone,
            endpoints: Endpoints::Named(vec![Endpoint::S3, Endpoint::Dynamodb]),
            flow_logs: FlowLogs::Kept(FlowLogsKept { retention_days: 365 }),
            reserved_cidrs: Vec::new(),
            ipv6: false,
        }
    }
}

/// A VPC that somebody else made.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkExisting {
    /// The ID of the VPC.
    #[schemars(regex(pattern = patterns::VPC_ID))]
    pub vpc: String,
    /// Subnets for nodes and internal load balancers, one in each zone, in two zones or more. They reach the internet through NAT, a
    /// transit gateway or the like.
    #[schemars(length(min = 2), extend("uniqueItems" = true), inner(regex(pattern = patterns::SUBNET_ID)))]
    pub private_subnets: Vec<String>,
    /// Subnets for public load balancers, at most one in each zone. Default: none.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true), inner(regex(pattern = patterns::SUBNET_ID)))]
    pub public_subnets: Vec<String>,
    /// Subnets for the database, in two zones or more. Default: the private ones.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true), inner(regex(pattern = patterns::SUBNET_ID)))]
    pub database_subnets: Vec<String>,
    /// Subnets for the network interfaces of the cluster's control plane, in two zones or more. Default: the private ones.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true), inner(regex(pattern = patterns::SUBNET_ID)))]
    pub intra_subnets: Vec<String>,
    /// Subnets for pods, one in each zone of the private ones. Default: none, so that pods have addresses of the private subnets.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true), inner(regex(pattern = patterns::SUBNET_ID)))]
    pub pod_subnets: Vec<String>,
    /// Whether to set the tags by which load balancers and Karpenter find their subnets, where they are missing. Default: `false`, so
    /// that the plan names those that are missing and whoever owns the VPC sets them; a destroy would take set ones away.
    #[serde(default)]
    pub set_tags: bool,
    /// Whether private subnets must have a default route. Default: `true`; `false` for a VPC in which endpoints and mirrors serve
    /// everything.
    #[serde(default = "yes")]
    pub needs_internet: bool,
    /// Whether the VPC must have an S3 gateway endpoint in the routes of all private subnets. Default: `true`, because it is free of
    /// charge and carries image layers and artifacts.
    #[serde(default = "yes")]
    pub needs_s3_endpoint: bool,
    /// How many IPv4 addresses must be free in each private subnet. Default: 64, room for a few nodes and their pods.
    #[serde(default = "free_addresses")]
    #[schemars(range(min = 0, max = 65_531))]
    pub min_free_addresses: u32,
    /// Blocks that the company's own network uses. `tfy-infra preflight` tells when a block of the VPC overlaps them. Default: none.
    #[serde(default)]
    #[schemars(inner(regex(pattern = patterns::BLOCK)))]
    pub reserved_cidrs: Vec<String>,
}

fn yes() -> bool {
    true
}

fn free_addresses() -> u32 {
    64
}

/// How many zones, or which.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Zones {
    /// The first so many of the region's zones in which EKS works.
    Count(#[schemars(range(min = 2, max = 6))] u8),
    /// These, by AZ ID.
    Ids(#[schemars(extend("uniqueItems" = true), inner(regex(pattern = patterns::ZONE)))] Vec<String>),
}

/// The block that pods take their addresses from.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(from = "String", into = "String")]
pub enum PodsCidr {
    /// No block of their own.
    None,
    /// This block.
    Block(String),
}

impl From<String> for PodsCidr {
    fn from(text: String) -> Self {
        if text == "none" { Self::None } else { Self::Block(text) }
    }
}

impl From<PodsCidr> for String {
    fn from(block: PodsCidr) -> Self {
        match block {
            PodsCidr::None => "none".to_owned(),
            PodsCidr::Block(text) => text,
        }
    }
}

impl JsonSchema for PodsCidr {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PodsCidr".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "An address block, or `none`.", "pattern": patterns::POD_BLOCK.to_string() })
    }
}

/// How private subnets reach the internet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Nat {
    /// Not at all: everything must go through endpoints, or a route of your own.
    None,
    /// One NAT gateway, in the first zone.
    Single,
    /// One NAT gateway in every zone.
    PerZone,
    /// NAT gateways with addresses that exist already, by allocation ID: one for every zone in the order of the
    /// zones, or one for all. For addresses that others have in their allow-lists.
    #[serde(rename = "elastic_ips")]
    ElasticIps(
        #[schemars(extend("uniqueItems" = true), inner(regex(pattern = patterns::ADDRESS_ID)))] Vec<String>,
    ),
}

/// The services reached without NAT.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Endpoints {
    /// `all` or `none`.
    Preset(EndpointPreset),
    /// These.
    Named(#[schemars(extend("uniqueItems" = true))] Vec<Endpoint>),
}

/// A set of endpoints that has a name.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointPreset {
    /// Every service below; `ec2messages` and `ssmmessages` only where `access.ssm` makes an instance.
    All,
    /// None of them.
    None,
}

/// An AWS service that can have an endpoint in the VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants are the names of AWS services")]
pub enum Endpoint {
    S3,
    Dynamodb,
    Autoscaling,
    BedrockRuntime,
    Ec2,
    Ec2messages,
    Ecr,
    Eks,
    EksAuth,
    Elasticloadbalancing,
    Kms,
    Logs,
    #[serde(rename = "sagemaker.runtime")]
    SagemakerRuntime,
    Secretsmanager,
    Sqs,
    Ssm,
    Ssmmessages,
    Sts,
}

impl Endpoint {
    /// Every service that software of the platform uses; those of [`Self::NEEDED_BY_SSM`] beside, where an instance is reached by it.
    pub const ALL: [Self; 16] = [
        Self::S3,
        Self::Dynamodb,
        Self::Autoscaling,
        Self::BedrockRuntime,
        Self::Ec2,
        Self::Ecr,
        Self::Eks,
        Self::EksAuth,
        Self::Elasticloadbalancing,
        Self::Kms,
        Self::Logs,
        Self::SagemakerRuntime,
        Self::Secretsmanager,
        Self::Sqs,
        Self::Ssm,
        Self::Sts,
    ];

    /// Without NAT, nodes need these to start, to join the cluster and to pull images from ECR.
    pub const NEEDED_WITHOUT_NAT: [Self; 7] =
        [Self::S3, Self::Ec2, Self::Ecr, Self::Eks, Self::EksAuth, Self::Logs, Self::Sts];

    /// Without NAT, an instance needs these to be reached by Systems Manager.
    pub const NEEDED_BY_SSM: [Self; 3] = [Self::Ec2messages, Self::Ssm, Self::Ssmmessages];

    /// The name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Dynamodb => "dynamodb",
            Self::Autoscaling => "autoscaling",
            Self::BedrockRuntime => "bedrock-runtime",
            Self::Ec2 => "ec2",
            Self::Ec2messages => "ec2messages",
            Self::Ecr => "ecr",
            Self::Eks => "eks",
            Self::EksAuth => "eks-auth",
            Self::Elasticloadbalancing => "elasticloadbalancing",
            Self::Kms => "kms",
            Self::Logs => "logs",
            Self::SagemakerRuntime => "sagemaker.runtime",
            Self::Secretsmanager => "secretsmanager",
            Self::Sqs => "sqs",
            Self::Ssm => "ssm",
            Self::Ssmmessages => "ssmmessages",
            Self::Sts => "sts",
        }
    }

    /// Whether this is a gateway endpoint: free, and a route instead of a network interface.
    pub fn is_gateway(self) -> bool {
        matches!(self, Self::S3 | Self::Dynamodb)
    }

    /// The service names as AWS writes them after `com.amazonaws.<region>.`; ECR has two.
    pub fn services(self) -> &'static [&'static str] {
        match self {
            Self::S3 => &["s3"],
            Self::Dynamodb => &["dynamodb"],
            Self::Autoscaling => &["autoscaling"],
            Self::BedrockRuntime => &["bedrock-runtime"],
            Self::Ec2 => &["ec2"],
            Self::Ec2messages => &["ec2messages"],
            Self::Ecr => &["ecr.api", "ecr.dkr"],
            Self::Eks => &["eks"],
            Self::EksAuth => &["eks-auth"],
            Self::Elasticloadbalancing => &["elasticloadbalancing"],
            Self::Kms => &["kms"],
            Self::Logs => &["logs"],
            Self::SagemakerRuntime => &["sagemaker.runtime"],
            Self::Secretsmanager => &["secretsmanager"],
            Self::Sqs => &["sqs"],
            Self::Ssm => &["ssm"],
            Self::Ssmmessages => &["ssmmessages"],
            Self::Sts => &["sts"],
        }
    }
}

/// VPC flow logs.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum FlowLogs {
    /// `none`.
    Off(Off),
    /// Kept in CloudWatch.
    Kept(FlowLogsKept),
}

/// Switched off.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Off {
    /// `none`.
    None,
}

/// Numbers of days that CloudWatch Logs can keep events.
pub const RETENTION_DAYS: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// Flow logs in CloudWatch.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowLogsKept {
    /// For how many days; one of the values that CloudWatch knows.
    #[schemars(extend("enum" = RETENTION_DAYS))]
    pub retention_days: u32,
}
