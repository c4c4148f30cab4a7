//! What an account was found to be: typed answers, each with its three values, that can be recorded and replayed.
//!
//! Nothing here asks anybody. [`Questions`] says what a platform makes worth asking, the room `inspect` asks it, [`Facts`] holds what came
//! back, and the room `preflight` decides by them alone; so a decision can be made again from a recorded file, without network.

mod answer;
mod file;
mod kinds;
pub mod needs;
pub mod questions;
pub mod quotas;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use answer::{Answer, Why};
pub use file::{FactsError, record, replay};
pub use kinds::{
    Addon, BucketName, Caller, Certificate, ClusterFound, ClusterVersion, ControlPlane, Delegation, Endpoint,
    Instance, Orderable, Peering, Quota, Route, RouteTable, Spot, Subnet, TransitRoute, Used, Verdict, Vpc,
    Zone, ZoneFound,
};
pub use needs::{Need, Start};
pub use questions::{Pool, Questions, Signatory};

/// The version of the format of recorded facts.
pub const FORMAT: u32 = 1;

/// Everything that was asked of an account, and when. What was not asked says so.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The version of this format.
    pub format: u32,
    /// The account: 12 digits.
    pub account: String,
    /// The region.
    pub region: String,
    /// When they were asked, as RFC 3339 writes it.
    pub taken: String,
    /// Who asked.
    #[serde(default)]
    pub caller: Answer<Caller>,
    /// By how many seconds this machine's clock is ahead of AWS's; behind when it is negative.
    #[serde(default)]
    pub clock: Answer<i64>,
    /// Whether the account may use the region, as `DescribeRegions` says it.
    #[serde(default)]
    pub opted_in: Answer<String>,
    /// The region's zones.
    #[serde(default)]
    pub zones: Answer<Vec<Zone>>,
    /// Every VPC of the region.
    #[serde(default)]
    pub vpcs: Answer<Vec<Vpc>>,
    /// Peerings that are there or asked for.
    #[serde(default)]
    pub peerings: Answer<Vec<Peering>>,
    /// Active routes of every transit gateway that the account sees.
    #[serde(default)]
    pub transit_routes: Answer<Vec<TransitRoute>>,
    /// Quotas, by the names of [`quotas::ALL`].
    #[serde(default)]
    pub quotas: BTreeMap<String, Answer<Quota>>,
    /// What is used of them, by the same names.
    #[serde(default)]
    pub used: BTreeMap<String, Answer<Used>>,
    /// NAT gateways, by zone ID.
    #[serde(default)]
    pub nat_gateways: Answer<BTreeMap<String, Used>>,
    /// Kubernetes versions that EKS has.
    #[serde(default)]
    pub cluster_versions: Answer<Vec<ClusterVersion>>,
    /// Versions of EKS add-ons that fit the cluster's version, by name.
    #[serde(default)]
    pub addon_versions: BTreeMap<String, Answer<Vec<String>>>,
    /// Instance types, by name.
    #[serde(default)]
    pub instances: Answer<BTreeMap<String, Instance>>,
    /// The zone IDs in which each instance type is offered.
    #[serde(default)]
    pub offers: Answer<BTreeMap<String, Vec<String>>>,
    /// How likely spot instances are, by NodePool.
    #[serde(default)]
    pub spot: BTreeMap<String, Answer<Spot>>,
    /// Versions of PostgreSQL that RDS has of the one that is asked for.
    #[serde(default)]
    pub engine_versions: Answer<Vec<String>>,
    /// Whether the database's class can be ordered.
    #[serde(default)]
    pub orderable: Answer<Orderable>,
    /// What the simulation of policies says of each action.
    #[serde(default)]
    pub permissions: Answer<BTreeMap<String, Verdict>>,
    /// Service-linked roles, by the names of [`questions::SIGNATORIES`]: the ARN of each.
    #[serde(default)]
    pub service_linked_roles: BTreeMap<String, Answer<String>>,
    /// Who answers for each domain.
    #[serde(default)]
    pub domains: BTreeMap<String, Answer<Delegation>>,
    /// Hosted zones that the way in could mean: the one of that ID, or all of that name.
    #[serde(default)]
    pub hosted_zones: Answer<Vec<ZoneFound>>,
    /// Who answers for the public one among them, where there is only one.
    #[serde(default)]
    pub zone_delegation: Answer<Delegation>,
    /// The certificate that is there.
    #[serde(default)]
    pub certificate: Answer<Certificate>,
    /// The web ACL that is there: its name.
    #[serde(default)]
    pub web_acl: Answer<String>,
    /// Whether the bucket's name is taken; absent when it is free.
    #[serde(default)]
    pub bucket: Answer<BucketName>,
    /// Whether the control plane answers.
    #[serde(default)]
    pub control_plane: Answer<ControlPlane>,
    /// Whether it takes the API key.
    #[serde(default)]
    pub control_plane_key: Answer<bool>,
    /// The ID of the cluster that the control plane has under the platform's name; absent where it has none.
    #[serde(default)]
    pub registered_cluster: Answer<String>,
    /// DNS support and DNS hostnames of the VPC that is there.
    #[serde(default)]
    pub vpc_dns: Answer<(bool, bool)>,
    /// Subnets of the VPC that is there.
    #[serde(default)]
    pub subnets: Answer<Vec<Subnet>>,
    /// Its route tables.
    #[serde(default)]
    pub route_tables: Answer<Vec<RouteTable>>,
    /// Its endpoints.
    #[serde(default)]
    pub endpoints: Answer<Vec<Endpoint>>,
    /// The cluster of the platform's name, or the one that is to be used.
    #[serde(default)]
    pub cluster: Answer<ClusterFound>,
    /// Its EKS add-ons, by name.
    #[serde(default)]
    pub cluster_addons: Answer<BTreeMap<String, Addon>>,
    /// ARNs of the account's OIDC providers.
    #[serde(default)]
    pub oidc_providers: Answer<Vec<String>>,
}

impl Facts {
    /// Facts of an account before anything was asked of it.
    #[must_use]
    pub fn none(account: &str, region: &str, taken: &str) -> Self {
        Self {
            format: FORMAT,
            account: account.to_owned(),
            region: region.to_owned(),
            taken: taken.to_owned(),
            ..Self::default()
        }
    }
}
