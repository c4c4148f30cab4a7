//! The `compute` part of the spec.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};

use super::patterns;
use serde::{Deserialize, Serialize};

/// What runs the workloads: pools of nodes, which Karpenter starts when pods wait and ends when nobody needs them.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Compute {
    /// The pools. Default: `default`, `on-demand` and `critical`.
    pub pools: Pools,
    /// What the nodes of all pools have alike.
    pub nodes: Nodes,
}

/// The pools: each `true`, `false`, or a mapping of options. There is none for Inferentia and Trainium, because nothing is installed that
/// would hand their processors to pods.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Pools {
    /// What asks for nothing in particular: spot instances, and on demand when AWS has no spot instance left. Default: `true`.
    pub default: Pool,
    /// Instances on demand whose nodes are not moved to save money. It takes what names it (`karpenter.sh/nodepool: on-demand`), what asks
    /// for on-demand when `default` has none, and what `default` has no room for. Default: `true`.
    pub on_demand: Pool,
    /// Nodes for what the platform itself needs: the gateway, Prometheus, the store of logs, the agent. They wait for nodes with the label
    /// `class.truefoundry.com/component=critical`, so without this pool they are pending. Default: `true`.
    pub critical: Pool,
    /// Nodes for a control plane of your own, with the label `class.truefoundry.com/component=control-plane`. Default: `false`.
    pub control_plane: Pool,
    /// Nodes with GPUs of NVIDIA, for pods that ask for `nvidia.com/gpu`. Default: `false`.
    pub gpu: Pool,
}

impl Default for Pools {
    fn default() -> Self {
        let [on, off] = [true, false].map(Pool::Switch);
        Self {
            default: on.clone(),
            on_demand: on.clone(),
            critical: on,
            control_plane: off.clone(),
            gpu: off,
        }
    }
}

/// A pool, or none.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Pool {
    /// `true` for one with the pool's defaults, `false` for none.
    Switch(bool),
    /// One with these options.
    Options(Box<PoolOptions>),
}

impl Pool {
    /// The options; `None` when there is no such pool.
    #[must_use]
    pub fn options(&self) -> Option<PoolOptions> {
        match self {
            Self::Switch(on) => on.then(PoolOptions::default),
            Self::Options(options) => Some(PoolOptions::clone(options)),
        }
    }
}

/// The options of a pool. What is left out is the pool's own default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PoolOptions {
    /// How instances are paid for: `reserved`, `spot`, `on-demand`. More than one makes a NodePool for each, and pods get reserved instances
    /// before spot instances before those on demand. Default: `[spot, on-demand]` for `default` and `gpu`, else `[on-demand]`.
    #[schemars(length(min = 1), extend("uniqueItems" = true))]
    pub capacity: Option<Vec<Capacity>>,
    /// Instances, by category (`m`, of generations above the fourth) or by family (`g5`), not both. Default: `[m, c, r]`; for `gpu`
    /// `[g5, g6, p4d, p5]`.
    #[schemars(length(min = 1), extend("uniqueItems" = true), inner(regex(pattern = patterns::FAMILY)))]
    pub families: Option<Vec<String>>,
    /// Processor architectures: `amd64`, `arm64`. Default: `[amd64]`, since an image without a variant for arm64 would fail there.
    #[schemars(length(min = 1))]
    pub architectures: Option<Vec<Architecture>>,
    /// Limits on all nodes together, of each NodePool for itself: Karpenter counts so, and a pool of two capacities is two. Default:
    /// `cpu: 1000`; `cpu: 100` for `critical` and `control-plane`; `nvidia.com/gpu: 16` for `gpu`.
    #[schemars(transform = limits)]
    pub limits: Option<BTreeMap<String, Quantity>>,
    /// How many nodes may be disrupted at once, and when. Default: a tenth of them, one for a new image; one at a time for `critical`,
    /// `control-plane` and `gpu`.
    #[schemars(length(min = 1))]
    pub budgets: Option<Vec<Budget>>,
    /// How long nothing may have changed on a node before it is thought of as superfluous, for example `5m`, or `Never`. Default: `5m` for
    /// `default`, else `15m`.
    #[schemars(regex(pattern = patterns::DURATION_OR_NEVER))]
    pub consolidate_after: Option<String>,
    /// The age at which a node is replaced, for example `720h`, or `Never`. Default: `720h`, thirty days.
    #[schemars(regex(pattern = patterns::DURATION_OR_NEVER))]
    pub expire_after: Option<String>,
    /// How long a node may take to drain before its pods are ended, whatever their disruption budgets say. Default: `20m`, so that a destroy
    /// ends.
    #[schemars(regex(pattern = patterns::DURATION))]
    pub termination_grace_period: Option<String>,
    /// The size of the nodes' disks, in GiB. Default: that of `compute.nodes`; 200 for `gpu`, whose images are large.
    #[schemars(range(min = 20, max = 16_384))]
    pub disk_gib: Option<u32>,
    /// Capacity reservations and capacity blocks from which `reserved` instances come. Default: none.
    pub reservations: Vec<Reservation>,
}

/// How instances are paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// Paid for already: a capacity reservation or a capacity block.
    Reserved,
    /// At a discount, and taken back with two minutes' notice.
    Spot,
    /// By the second.
    OnDemand,
}

impl Capacity {
    /// As Karpenter calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Spot => "spot",
            Self::OnDemand => "on-demand",
        }
    }
}

/// A processor architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// Intel and AMD.
    Amd64,
    /// Graviton.
    Arm64,
}

impl Architecture {
    /// As Kubernetes calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }
}

/// An amount of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Quantity {
    /// A whole number.
    Number(u32),
    /// With a unit of Kubernetes, for example `4000Gi`.
    Text(#[schemars(regex(pattern = patterns::QUANTITY))] String),
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// How many nodes may be disrupted at once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// A number or a share, in quotes: `"1"`, `"10%"`.
    #[schemars(regex(pattern = patterns::NODES))]
    pub nodes: String,
    /// For which reasons: `Drifted` (a new image or setting), `Empty`, `Underutilized`. Default: all.
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// When this budget begins to hold, in UTC, as cron writes it: `"0 6 * * mon-fri"`. Default: always.
    #[serde(default)]
    #[schemars(regex(pattern = patterns::SCHEDULE))]
    pub schedule: Option<String>,
    /// For how long from then, for example `12h`. It stands with `schedule`.
    #[serde(default)]
    #[schemars(regex(pattern = patterns::HOURS))]
    pub duration: Option<String>,
}

/// Why Karpenter disrupts a node of its own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Reason {
    /// It is not what a new node would be.
    Drifted,
    /// Nothing runs there.
    Empty,
    /// What runs there would fit elsewhere, or on something cheaper.
    Underutilized,
}

/// How a reservation is found: by its ID, or by tags.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reservation {
    /// One, by its ID (`cr-...`).
    Id(#[schemars(regex(pattern = patterns::RESERVATION_ID))] String),
    /// All of this account that have these tags.
    Tags(#[schemars(transform = found_by)] BTreeMap<String, String>),
}

/// What the nodes of all pools have alike.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Nodes {
    /// The image: a release of Amazon Linux 2023 for EKS, which Karpenter takes in the variant that an instance needs (GPU, arm64). Default:
    /// `al2023@v20260728`. Another one replaces every node, at the pace of the budgets.
    #[schemars(regex(pattern = patterns::IMAGE))]
    pub ami: String,
    /// The size of a node's disk, in GiB. Default: 100.
    #[schemars(range(min = 20, max = 16_384))]
    pub disk_gib: u32,
    /// The ARN of the KMS key that encrypts the disks. Default: the account's own key for EBS.
    #[schemars(regex(pattern = patterns::KEY_ARN))]
    pub kms: Option<String>,
}

impl Default for Nodes {
    fn default() -> Self {
        Self { ami: "al2023@v20260728".to_owned(), disk_gib: 100, kms: None }
    }
}

/// Amounts of resources.
fn limits(schema: &mut Schema) {
    patterns::mapping(schema, Some(&patterns::RESOURCE), None);
    schema.insert("minProperties".to_owned(), 1.into());
}

/// Tags by which something is found.
fn found_by(schema: &mut Schema) {
    patterns::mapping(schema, Some(&patterns::SOMETHING), Some(&patterns::SOMETHING));
    schema.insert("minProperties".to_owned(), 1.into());
}
