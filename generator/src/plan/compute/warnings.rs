//! Pools that can be made as they are written, and are seldom meant so.

use super::{Compute, Instances};
use crate::plan::problem::Problems;
use crate::plan::support::instances::Of;
use crate::plan::warnings::of_family;
use crate::spec::{Capacity, Path};

/// Pods that wait for nodes of the pool `critical` and run nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CriticalPods {
    /// The add-on that brings them, as `addons` calls it.
    pub addon: &'static str,
    /// Their namespace.
    pub namespace: &'static str,
    /// What their names begin with.
    pub name: &'static str,
}

/// Every add-on's pods that wait for nodes of the pool `critical`, as the module `addons` places them.
pub const CRITICAL_PODS: [CriticalPods; 3] = [
    CriticalPods { addon: "istio", namespace: "istio-system", name: "tfy-istio-ingress" },
    CriticalPods {
        addon: "kube-prometheus-stack",
        namespace: "prometheus",
        name: "prometheus-prometheus-kube-prometheus-prometheus",
    },
    CriticalPods { addon: "logs", namespace: "tfy-logs", name: "tfy-logs-victoria-logs-single-server" },
];

/// Adds what is to be told of the pools; `has` says which add-ons there are.
pub(in crate::plan) fn warnings(found: &mut Problems, compute: &Compute, has: impl Fn(&str) -> bool) {
    let path = Path::new("compute.pools");
    without_critical(found, &path, compute, has);
    spot_alone(found, &path, compute);
    for (&key, pools) in &compute.pools {
        if let Some(Instances::Families(families)) = pools.first().map(|pool| &pool.instances) {
            let at = path.key(key).key("families");
            for (i, family) in families.iter().enumerate() {
                of_family(found, &at.index(i), family, Of::Machines);
            }
        }
    }
    if !compute.pools.contains_key("default") && !compute.pools.contains_key("on-demand") {
        found
            .add(&path, "no pool takes pods that ask for nothing in particular")
            .note("such pods find room on the system nodes alone, and are pending when these are full")
            .hint("leave `default` or `on-demand` on");
    }
}

fn without_critical(found: &mut Problems, path: &Path, compute: &Compute, has: impl Fn(&str) -> bool) {
    let waiting: Vec<String> = CRITICAL_PODS
        .iter()
        .filter(|pods| has(pods.addon))
        .map(|pods| format!("`{}/{}`", pods.namespace, pods.name))
        .collect();
    if compute.has_critical() || waiting.is_empty() {
        return;
    }
    found
        .add(&path.key("critical"), format!("no pool `critical`: these pods will be pending: {}", waiting.join(", ")))
        .note("they wait for nodes with the label `class.truefoundry.com/component=critical`, and no other pool has it")
        .hint("write `critical: true` in `compute.pools`");
}

/// What has no node when AWS has no spot instance. Of `default` the pool `on-demand` takes what comes.
fn spot_alone(found: &mut Problems, path: &Path, compute: &Compute) {
    for (&key, pools) in &compute.pools {
        let alone = pools.iter().all(|pool| pool.capacity == Capacity::Spot);
        let elsewhere = key == "default" && compute.pools.contains_key("on-demand");
        if alone && !elsewhere {
            found
                .add(&path.key(key).key("capacity"), format!("the pool `{key}` has spot instances and nothing to fall back on"))
                .note("when AWS has none left of its families, pods wait, and those that a notice drives out find no other node")
                .hint("write `capacity: [spot, on-demand]`");
        }
    }
}
