//! A model of Karpenter: the promises that others wait for, and the simplest decisions that keep them.
//!
//! It works only while the Deployment `karpenter` in `kube-system` has a pod that is ready, as the real one works only while it
//! is installed: whoever uninstalls it first is left with finalizers that nobody takes away.
//!
//! Real in it: node classes, node claims and nodes carry Karpenter's finalizers, owners, labels, taints and conditions. A pod
//! that the scheduler calls unschedulable gets a node of the heaviest pool whose requirements, taints, labels and limits fit. A
//! node that is deleted is tainted and drained by the Eviction API, in the order of Karpenter, waits for its volumes to be
//! detached, and goes after its instance; a node claim goes after its nodes, a node class after its node claims. With a local
//! AWS there is an instance for each node, with Karpenter's tags, in a subnet that the node class selects, and an instance
//! profile for each node class that has a role.
//!
//! A node is replaced when its image is no longer that of its node class for the minor of the API server, within the pool's budgets.
//!
//! What it does not do: nothing else is disrupted of its own accord (no consolidation, other drift, expiry, repair, no interruption queue),
//! no node overlay, static pool, or capacity reservation. Instance types are a small table without prices: the real one knows
//! all, asks for the cheapest by fleet and launch template, and tries others where one is exhausted. Of affinities between pods,
//! only required ones that keep pods off the same node count, and of spreads only strict ones over nodes; a zone is taken by
//! turns. `minValues`, user data, kubelet settings but `maxPods` are not looked at. A node has its
//! devices at once; startup taints but that of EBS go away by themselves.

mod claims;
mod classes;
mod demands;
mod drift;
mod ending;
mod plan;
mod pools;
mod profiles;
mod provisioning;
mod types;

use anyhow::Result;
use serde_json::Value;

use super::hands::Hands;
use super::object::is_deleted;
use provisioning::Provisioning;

const CLASSES: &str = "/apis/karpenter.k8s.aws/v1/ec2nodeclasses";
const POOLS: &str = "/apis/karpenter.sh/v1/nodepools";
const CLAIMS: &str = "/apis/karpenter.sh/v1/nodeclaims";
const NODES: &str = "/api/v1/nodes";
const DEPLOYMENT: &str = "/apis/apps/v1/namespaces/kube-system/deployments/karpenter";

/// Of node claims and nodes.
const TERMINATION: &str = "karpenter.sh/termination";
/// The pool that a node claim and a node are of.
const POOL: &str = "karpenter.sh/nodepool";
const CAPACITY_TYPE: &str = "karpenter.sh/capacity-type";
const INSTANCE_TYPE: &str = "node.kubernetes.io/instance-type";
const ZONE: &str = "topology.kubernetes.io/zone";

/// What the model remembers. All else is in the cluster, so that it can be killed at any moment.
#[derive(Default)]
pub(super) struct Karpenter {
    works: bool,
    provisioning: Provisioning,
}

/// What is in the cluster at the beginning of a round.
struct World {
    classes: Vec<Value>,
    pools: Vec<Value>,
    claims: Vec<Value>,
    nodes: Vec<Value>,
}

impl World {
    fn look(hands: &Hands) -> Result<Self> {
        Ok(Self {
            classes: hands.list(CLASSES)?,
            pools: hands.list(POOLS)?,
            claims: hands.list(CLAIMS)?,
            nodes: hands.list(&format!("{NODES}?labelSelector={POOL}"))?,
        })
    }

    fn node_of(&self, claim: &Value) -> Option<&Value> {
        let provider = &claim["status"]["providerID"];
        self.nodes.iter().find(|node| provider.is_string() && node["spec"]["providerID"] == *provider)
    }

    fn claim_of(&self, node: &Value) -> Option<&Value> {
        let provider = &node["spec"]["providerID"];
        self.claims.iter().find(|claim| claim["status"]["providerID"] == *provider)
    }

    fn class_of<'a>(&'a self, spec: &Value) -> Option<&'a Value> {
        self.classes.iter().find(|class| class["metadata"]["name"] == spec["nodeClassRef"]["name"])
    }
}

impl Karpenter {
    /// Looks at everything once, and takes each thing one step further.
    pub(super) fn round(&mut self, hands: &Hands) -> Result<()> {
        let works = hands.get(DEPLOYMENT)?.is_some_and(|it| it["status"]["readyReplicas"].as_u64() > Some(0));
        if works != self.works {
            hands.say(if works {
                "its Deployment has a ready pod: works"
            } else {
                "its Deployment has no ready pod: rests"
            });
            self.works = works;
        }
        if !works {
            return Ok(());
        }
        let world = World::look(hands)?;
        let minor = drift::minor(hands)?;
        let mut results = Vec::new();
        results.extend(world.classes.iter().map(|class| classes::step(hands, &world, class)));
        results.extend(world.pools.iter().map(|pool| pools::step(hands, &world, pool)));
        for claim in &world.claims {
            results.push(match is_deleted(claim) {
                true => ending::claim(hands, &world, claim),
                false => claims::step(hands, &world, claim, &minor),
            });
        }
        for node in world.nodes.iter().filter(|node| is_deleted(node)) {
            results.push(ending::node(hands, &world, node));
        }
        results.push(drift::step(hands, &world, &minor));
        results.push(self.provisioning.step(hands, &world));
        // One that fails does not keep the others waiting.
        results.into_iter().collect()
    }
}
