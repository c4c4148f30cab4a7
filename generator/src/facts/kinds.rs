//! The things that facts are about. Each holds what a check looks at, and nothing else of AWS's answer.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

/// Who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The account of the credentials.
    pub account: String,
    /// The ARN, as `GetCallerIdentity` tells it.
    pub arn: String,
}

/// A zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// The AZ ID.
    pub id: String,
    /// Its name in this account.
    pub name: String,
    /// Whether it can be used.
    pub available: bool,
}

/// A VPC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// Its ID.
    pub id: String,
    /// All of its IPv4 blocks.
    pub blocks: Vec<Ipv4Net>,
    /// The platform that it is of, by the tag that every resource of one has.
    pub platform: Option<String>,
}

/// A VPC peering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peering {
    /// Its ID.
    pub id: String,
    /// Blocks of both sides.
    pub blocks: Vec<Ipv4Net>,
}

/// A route of a transit gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransitRoute {
    /// The gateway.
    pub gateway: String,
    /// Where it leads.
    pub block: Ipv4Net,
    /// What it leads to: a VPC, a VPN.
    pub to: Vec<String>,
}

/// A quota of the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quota {
    /// As AWS calls it.
    pub name: String,
    /// The code of the service.
    pub service: String,
    /// The code of the quota.
    pub code: String,
    /// How much it is.
    pub value: f64,
    /// Whether more can be asked for.
    pub adjustable: bool,
}

/// What is used of a quota.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// By everybody.
    pub all: u64,
    /// By the platform itself, from an apply before.
    pub own: u64,
}

/// A Kubernetes version of EKS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterVersion {
    /// Major and minor.
    pub version: String,
    /// The last day of standard support, as `2027-03-27`.
    pub standard_until: Option<String>,
    /// The last day of extended support.
    pub extended_until: Option<String>,
    /// Whether EKS calls it unsupported.
    pub unsupported: bool,
}

/// An instance type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Virtual processors.
    pub vcpus: u64,
    /// Architectures: `x86_64`, `arm64`.
    pub architectures: Vec<String>,
    /// How it can be had: `on-demand`, `spot`, `capacity-block`.
    pub usage: Vec<String>,
    /// IPv4 addresses of one network interface.
    pub addresses: u64,
}

/// How likely a spot instance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spot {
    /// EC2's score, from 1 to 10.
    Score(u8),
    /// The score could not be asked; there is a price.
    Priced,
}

/// Whether a database class can be ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orderable {
    /// With a standby in another zone.
    pub multi_az: bool,
    /// Names of the zones in which it is offered.
    pub zones: Vec<String>,
}

/// What the simulation says of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is allowed.
    Allowed,
    /// No policy allows it.
    NotAllowed,
    /// A policy forbids it.
    Forbidden,
    /// A condition decides, of which the simulation knows too little.
    Depends,
}

/// Who answers for a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// The zone that was asked for.
    pub zone: String,
    /// Its name servers; none when names below it resolve all the same.
    pub servers: Vec<String>,
}

/// A hosted zone of Route 53.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneFound {
    /// Its ID.
    pub id: String,
    /// Its name, without a dot at its end.
    pub name: String,
    /// Whether VPCs alone see it.
    pub private: bool,
    /// The name servers that AWS has given it.
    pub servers: Vec<String>,
}

/// A certificate of ACM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Its status: `ISSUED` where it can be used.
    pub status: String,
    /// The names that it is for.
    pub names: Vec<String>,
}

/// Who has the bucket's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BucketName {
    /// This platform, from an apply before.
    Own,
    /// This account.
    Ours,
    /// Somebody else, or the identity may not see it.
    Taken,
}

/// The control plane that answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlPlane {
    /// Its address.
    pub address: String,
    /// The status of its answer.
    pub status: u16,
}

/// A subnet of a VPC that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// Its ID.
    pub id: String,
    /// The VPC that it is in.
    pub vpc: String,
    /// Its zone's ID.
    pub zone: String,
    /// IPv4 addresses that are free.
    pub free: u64,
    /// Whether what starts in it gets a public address.
    pub public_addresses: bool,
    /// Tags that load balancers and Karpenter look for.
    pub tags: BTreeMap<String, String>,
}

/// A route table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTable {
    /// Its ID.
    pub id: String,
    /// Whether subnets without a table of their own use it.
    pub main: bool,
    /// Subnets that have it.
    pub subnets: Vec<String>,
    /// Its routes.
    pub routes: Vec<Route>,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Where it leads; `None` for prefix lists and IPv6.
    pub block: Option<String>,
    /// The ID of what it leads to.
    pub to: String,
    /// Whether what it leads to is gone.
    pub blackhole: bool,
}

/// An endpoint of a VPC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The service, without `com.amazonaws.<region>.` before it.
    pub service: String,
    /// Whether it is a gateway.
    pub gateway: bool,
    /// Route tables that lead to it.
    pub route_tables: Vec<String>,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterFound {
    /// Its Kubernetes version.
    pub version: String,
    /// Its status.
    pub status: String,
    /// Its VPC.
    pub vpc: String,
    /// Public blocks that reach its API; `None` when it has no public endpoint.
    pub public_from: Option<Vec<String>>,
    /// Whether its API is reached inside the VPC.
    pub private: bool,
    /// How it knows who signs in: `API`, `CONFIG_MAP`, `API_AND_CONFIG_MAP`.
    pub authentication: String,
    /// The issuer of its service accounts' tokens.
    pub issuer: Option<String>,
    /// The platform that it is of.
    pub platform: Option<String>,
}

/// An EKS add-on of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addon {
    /// Its version.
    pub version: String,
    /// Its status.
    pub status: String,
}
