//! NodePools, made of presets and options.

use std::collections::BTreeMap;

use super::presets::{COMPONENT, GPU, Preset};
use crate::spec::{self, Architecture, Budget, Capacity, PoolOptions};

/// The generation above which a category is taken: what came later is cheaper for the same work and has the Nitro hypervisor throughout.
const GENERATION: u32 = 4;
/// The fewest processors of a node: what runs on every node would take too much of a smaller one.
const PROCESSORS: u32 = 4;

/// A NodePool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodePool {
    /// Its name.
    pub name: String,
    /// Of those that fit a pod, the one of the highest weight takes it.
    pub weight: u32,
    /// How its instances are paid for.
    pub capacity: Capacity,
    /// Processor architectures.
    pub architectures: Vec<Architecture>,
    /// Which instances it takes.
    pub instances: Instances,
    /// The fewest processors of one.
    pub processors: u32,
    /// Limits on all nodes together.
    pub limits: BTreeMap<String, String>,
    /// Labels of its nodes.
    pub labels: BTreeMap<&'static str, &'static str>,
    /// Taints of its nodes.
    pub taints: Vec<Taint>,
    /// The name of its node class.
    pub class: &'static str,
    /// The age at which nodes are replaced.
    pub expire_after: String,
    /// How long a drain may take.
    pub termination_grace_period: String,
    /// How long nothing may have changed before a node is superfluous.
    pub consolidate_after: String,
    /// Whether pods are moved where their nodes could be fewer or cheaper.
    pub moves_pods: bool,
    /// How many nodes may be disrupted at once.
    pub budgets: Vec<Budget>,
}

/// Which instances a NodePool takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instances {
    /// Of these categories, and of generations above the given one.
    Categories(Vec<String>, u32),
    /// Of these families.
    Families(Vec<String>),
}

/// A taint that keeps pods off which do not tolerate it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taint {
    /// Its key.
    pub key: &'static str,
    /// Its value.
    pub value: &'static str,
}

/// The NodePools of one pool: one for each capacity, by falling weight.
pub(super) fn node_pools(preset: &Preset, options: &PoolOptions, class: &'static str) -> Vec<NodePool> {
    let mut capacities = options.capacity.clone().unwrap_or_else(|| preset.capacity.to_vec());
    capacities.sort_unstable();
    capacities.dedup();
    let single = capacities.len() == 1;
    let make = |capacity: &Capacity| NodePool {
        name: if single { preset.key.to_owned() } else { format!("{}-{}", preset.key, capacity.name()) },
        weight: preset.weight + above_on_demand(*capacity),
        capacity: *capacity,
        architectures: options.architectures.clone().unwrap_or_else(|| vec![Architecture::Amd64]),
        instances: instances(&families(preset, options)),
        processors: PROCESSORS,
        limits: limits(preset, options),
        labels: preset.component.map(|value| (COMPONENT, value)).into_iter().collect(),
        taints: taints(preset),
        class,
        expire_after: text(options.expire_after.as_ref(), "720h"),
        termination_grace_period: text(options.termination_grace_period.as_ref(), "20m"),
        consolidate_after: text(options.consolidate_after.as_ref(), preset.consolidate_after),
        moves_pods: preset.moves_pods,
        budgets: options.budgets.clone().unwrap_or_else(|| budgets(preset)),
    };
    capacities.iter().map(make).collect()
}

/// What is paid for already before what is cheap before what is there.
const fn above_on_demand(capacity: Capacity) -> u32 {
    match capacity {
        Capacity::Reserved => 20,
        Capacity::Spot => 10,
        Capacity::OnDemand => 0,
    }
}

/// The families that a pool takes.
pub(super) fn families(preset: &Preset, options: &PoolOptions) -> Vec<String> {
    options.families.clone().unwrap_or_else(|| preset.families.iter().map(|&name| name.to_owned()).collect())
}

/// A category has no digit, a family has.
pub(super) fn is_category(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase())
}

fn instances(families: &[String]) -> Instances {
    if families.iter().all(|name| is_category(name)) {
        Instances::Categories(families.to_vec(), GENERATION)
    } else {
        Instances::Families(families.to_vec())
    }
}

fn limits(preset: &Preset, options: &PoolOptions) -> BTreeMap<String, String> {
    let (resource, amount) = preset.limit;
    options.limits.as_ref().map_or_else(
        || BTreeMap::from([(resource.to_owned(), amount.to_string())]),
        |limits| limits.iter().map(|(resource, amount)| (resource.clone(), amount.to_string())).collect(),
    )
}

fn taints(preset: &Preset) -> Vec<Taint> {
    let component = preset.component.map(|value| Taint { key: COMPONENT, value });
    let gpu = preset.gpu.then_some(Taint { key: GPU, value: "true" });
    component.into_iter().chain(gpu).collect()
}

fn budgets(preset: &Preset) -> Vec<Budget> {
    let budget = |nodes: &str, reasons: Vec<spec::Reason>| Budget {
        nodes: nodes.to_owned(),
        reasons,
        schedule: None,
        duration: None,
    };
    if preset.moves_pods || preset.key == "on-demand" {
        vec![budget("10%", Vec::new()), budget("1", vec![spec::Reason::Drifted])]
    } else {
        vec![budget("1", Vec::new())]
    }
}

fn text(given: Option<&String>, default: &str) -> String {
    given.map_or_else(|| default.to_owned(), Clone::clone)
}
