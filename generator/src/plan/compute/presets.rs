//! What each pool is by itself.

use crate::spec::{Capacity, Pool, Pools};

/// The label, and the taint, by which the vendor's charts find the nodes of a component.
pub const COMPONENT: &str = "class.truefoundry.com/component";
/// The resource of a GPU, and the taint that keeps everything else off its nodes.
pub(super) const GPU: &str = "nvidia.com/gpu";

/// A pool as it is when nothing is said of it.
pub(super) struct Preset {
    /// Its key in `compute.pools`.
    pub(super) key: &'static str,
    /// Where it stands there.
    pub(super) of: fn(&Pools) -> &Pool,
    pub(super) capacity: &'static [Capacity],
    /// What `capacity` may name.
    pub(super) allowed: &'static [Capacity],
    /// The weight of its NodePool on demand. Spot comes before it, and what is paid for already before both.
    pub(super) weight: u32,
    pub(super) families: &'static [&'static str],
    /// Resource and amount.
    pub(super) limit: (&'static str, u32),
    pub(super) disk_gib: Option<u32>,
    /// Label and taint: the value of [`COMPONENT`].
    pub(super) component: Option<&'static str>,
    pub(super) gpu: bool,
    pub(super) consolidate_after: &'static str,
    /// Whether pods are moved where their nodes could be fewer or cheaper.
    pub(super) moves_pods: bool,
}

use Capacity::{OnDemand, Reserved, Spot};

const EVERY: &[Capacity] = &[Reserved, Spot, OnDemand];
const STEADY: &[Capacity] = &[Reserved, OnDemand];
const GENERAL: &[&str] = &["m", "c", "r"];

/// Every pool.
pub(super) static ALL: [Preset; 5] = [
    Preset {
        key: "default",
        of: |pools| &pools.default,
        capacity: &[Spot, OnDemand],
        allowed: EVERY,
        weight: 40,
        families: GENERAL,
        limit: ("cpu", 1000),
        disk_gib: None,
        component: None,
        gpu: false,
        consolidate_after: "5m",
        moves_pods: true,
    },
    Preset {
        key: "on-demand",
        of: |pools| &pools.on_demand,
        capacity: &[OnDemand],
        allowed: STEADY,
        // Below all of `default`, so that nothing lands here unless it asks or `default` is full.
        weight: 10,
        families: GENERAL,
        limit: ("cpu", 1000),
        disk_gib: None,
        component: None,
        gpu: false,
        consolidate_after: "15m",
        moves_pods: false,
    },
    Preset {
        key: "critical",
        of: |pools| &pools.critical,
        capacity: &[OnDemand],
        allowed: STEADY,
        weight: 10,
        families: GENERAL,
        limit: ("cpu", 100),
        disk_gib: None,
        component: Some("critical"),
        gpu: false,
        consolidate_after: "15m",
        moves_pods: false,
    },
    Preset {
        key: "control-plane",
        of: |pools| &pools.control_plane,
        capacity: &[OnDemand],
        allowed: STEADY,
        weight: 10,
        families: GENERAL,
        limit: ("cpu", 100),
        disk_gib: None,
        component: Some("control-plane"),
        gpu: false,
        consolidate_after: "15m",
        moves_pods: false,
    },
    Preset {
        key: "gpu",
        of: |pools| &pools.gpu,
        capacity: &[Spot, OnDemand],
        allowed: EVERY,
        weight: 40,
        families: &["g5", "g6", "p4d", "p5"],
        limit: (GPU, 16),
        disk_gib: Some(200),
        component: None,
        gpu: true,
        consolidate_after: "15m",
        // To load a model again takes minutes, in which nobody is served.
        moves_pods: false,
    },
];
