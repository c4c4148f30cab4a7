//! What runs the workloads: NodePools and node classes of Karpenter, resolved from `compute`.
//!
//! `presets` has what each pool is by itself, `pools` makes NodePools of it, `values` what the module takes.

mod checks;
mod pools;
mod presets;
mod values;
mod warnings;

use std::collections::BTreeMap;

pub use pools::{Instances, NodePool, Taint};
pub use presets::COMPONENT;
pub(super) use warnings::warnings;
pub use warnings::{CRITICAL_PODS, CriticalPods};

use super::cluster::Cluster;
use super::problem::Problems;
use super::regions::Region;
use crate::spec::{Path, Reservation, Spec};

/// What runs the workloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compute {
    /// NodePools, by the key that they have in `compute.pools`; a pool of several capacities is several.
    pub pools: BTreeMap<&'static str, Vec<NodePool>>,
    /// How nodes are made.
    pub nodes: Nodes,
}

/// How nodes are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nodes {
    /// The release of the image.
    pub ami: String,
    /// The size of a disk, in GiB.
    pub disk_gib: u32,
    /// ARN of the key that encrypts disks; `None` for the account's own.
    pub kms_key: Option<String>,
    /// Tags of instances and disks.
    pub tags: BTreeMap<String, String>,
    /// Node classes beside `default`, by name: disk and reservations.
    pub variants: BTreeMap<&'static str, Variant>,
    /// Whether the EBS driver takes away the taint that keeps pods off until it runs.
    pub ebs_driver: bool,
}

/// What a node class has of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// The size of a disk, in GiB.
    pub disk_gib: u32,
    /// Reservations to start instances from.
    pub reservations: Vec<Reservation>,
}

impl Compute {
    /// Every NodePool by its name.
    pub fn node_pools(&self) -> impl Iterator<Item = &NodePool> {
        self.pools.values().flatten()
    }

    /// Whether there are nodes with GPUs.
    #[must_use]
    pub fn has_gpu(&self) -> bool {
        self.pools.contains_key("gpu")
    }

    /// Whether there are nodes for what the platform itself needs.
    #[must_use]
    pub fn has_critical(&self) -> bool {
        self.pools.contains_key("critical")
    }
}

/// Checks `compute` and resolves it.
pub(super) fn compute(problems: &mut Problems, spec: &Spec, cluster: &Cluster, region: &Region) -> Compute {
    let nodes = &spec.compute.nodes;
    checks::nodes(problems, nodes, spec, region);
    let (mut pools, mut variants) = (BTreeMap::new(), BTreeMap::new());
    for preset in &presets::ALL {
        let Some(options) = (preset.of)(&spec.compute.pools).options() else { continue };
        let path = Path::new("compute.pools").key(preset.key);
        checks::pool(problems, &path, preset, &options);
        let disk_gib = options.disk_gib.or(preset.disk_gib).unwrap_or(nodes.disk_gib);
        if disk_gib != nodes.disk_gib || !options.reservations.is_empty() {
            variants.insert(preset.key, Variant { disk_gib, reservations: options.reservations.clone() });
        }
        let class = if variants.contains_key(preset.key) { preset.key } else { "default" };
        pools.insert(preset.key, pools::node_pools(preset, &options, class));
    }
    let mut tags = BTreeMap::from([("platform".to_owned(), spec.name.clone())]);
    tags.extend(spec.aws.tags.clone());
    Compute {
        pools,
        nodes: Nodes {
            ami: nodes.ami.clone(),
            disk_gib: nodes.disk_gib,
            kms_key: nodes.kms.clone(),
            tags,
            variants,
            ebs_driver: has_ebs_driver(cluster),
        },
    }
}

/// A cluster of ours has the driver; one that is there, where it must. Without it, nobody would ever take the taint away.
fn has_ebs_driver(cluster: &Cluster) -> bool {
    match cluster {
        Cluster::New(_) => true,
        Cluster::Existing(existing) => {
            existing.required_addons.iter().any(|addon| addon == "aws-ebs-csi-driver")
        }
    }
}
