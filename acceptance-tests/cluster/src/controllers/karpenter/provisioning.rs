//! Node claims for pods that fit nowhere.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::Value;

use super::super::hands::Hands;
use super::super::object::{is_deleted, is_owned_by, is_true, items, label, name, text};
use super::super::quantity::Amounts;
use super::demands::{Demands, Requirement, any_of};
use super::plan::{Planned, labels, plan, pools, taken};
use super::types::{InstanceType, Labels};
use super::{CLAIMS, INSTANCE_TYPE, World, ZONE};

const UNPLACED: &str = "/api/v1/pods?fieldSelector=spec.nodeName%3D,status.phase%3DPending";
/// How long to leave pods alone for which there was no node.
const REST: Duration = Duration::from_secs(2);
/// How long after a node takes pods a pod that was to go there may still wait. The scheduler looks at it again within ten.
const PATIENCE: Duration = Duration::from_secs(15);
/// So many nodes are made for one pod. Where none of them helps, it wants something that is not known here.
const ATTEMPTS: usize = 2;

/// What is remembered from round to round.
#[derive(Default)]
pub(super) struct Provisioning {
    /// By the pod.
    destined: BTreeMap<String, Destined>,
    /// Pods, and versions of pools, when some of those pods were found no node for, and when that was.
    refused: Option<(Vec<String>, Instant)>,
}

/// Where a pod is to go.
struct Destined {
    claim: String,
    attempts: usize,
    /// Since when that node takes pods.
    ready: Option<Instant>,
}

/// A node that is there or on its way, and what of it is free.
struct Place {
    claim: String,
    labels: Labels,
    taints: Vec<Value>,
    free: Amounts,
    pods: Vec<Demands>,
}

impl Provisioning {
    pub(super) fn step(&mut self, hands: &Hands, world: &World) -> Result<()> {
        let pods = hands.list(UNPLACED)?;
        let pods: Vec<&Value> = pods.iter().filter(|pod| fits_nowhere(pod)).collect();
        self.forget(world, &pods);
        let is_open = |pod: &&&Value| self.destined.get(uid(pod)).is_none_or(Destined::is_over);
        let open: Vec<&Value> = pods.iter().filter(is_open).copied().collect();
        // What was refused is looked at again when a pool has changed.
        let versions = world.pools.iter().map(|pool| text(&pool["metadata"]["resourceVersion"]));
        let names: Vec<String> = open.iter().map(|pod| uid(pod)).chain(versions).map(str::to_owned).collect();
        let was_refused =
            self.refused.as_ref().is_some_and(|(pods, when)| *pods == names && when.elapsed() < REST);
        if open.is_empty() || was_refused {
            return Ok(());
        }
        let daemons = daemons(hands)?;
        let mut places = self.places(hands, world, &pods, &daemons)?;
        let mut wanted = Vec::new();
        for pod in open {
            let mut demands = Demands::of_pod(pod);
            for group in volumes(hands, pod)? {
                demands.also(group);
            }
            wanted.push(demands);
        }
        wanted.sort_by_key(|pod| std::cmp::Reverse((pod.requests.get("cpu"), pod.requests.get("memory"))));
        let pools = pools(world, &daemons);
        let mut planned: Vec<Planned> = Vec::new();
        let mut refused = Vec::new();
        for pod in wanted {
            let last = self.destined.get(&pod.uid).map(|it| it.claim.clone());
            let place =
                places.iter_mut().find(|place| last.as_ref() != Some(&place.claim) && place.takes(&pod));
            if let Some(place) = place {
                self.destine(&pod.uid, &place.claim, 0);
                place.put(pod);
                continue;
            }
            let made = self.destined.get(&pod.uid).map_or(0, |it| it.attempts);
            if made >= ATTEMPTS || !plan(&pools, &mut planned, &pod) {
                refused.push(pod);
            }
        }
        self.refuse(hands, names, &refused);
        let mut zones: Vec<String> = world.claims.iter().map(|claim| label(claim, ZONE).to_owned()).collect();
        for node in planned {
            let pool = &pools[node.pool];
            let Some(claim) = hands.create(CLAIMS, &node.claim(&zones, pool))? else { continue };
            zones.push(label(&claim, ZONE).to_owned());
            hands.say(&format!("node claim {}: for {}", name(&claim), told(&node.pods)));
            for pod in &node.pods {
                self.destine(&pod.uid, name(&claim), 1);
            }
        }
        Ok(())
    }

    /// Remembers that no node was found for some of these pods, and tells it once.
    fn refuse(&mut self, hands: &Hands, names: Vec<String>, refused: &[Demands]) {
        let is_told = self.refused.as_ref().is_some_and(|(pods, _)| *pods == names);
        if !refused.is_empty() && !is_told {
            hands.say(&format!("no pool has a node for {}", told(refused)));
        }
        self.refused = (!refused.is_empty()).then(|| (names, Instant::now()));
    }

    fn destine(&mut self, uid: &str, claim: &str, attempts: usize) {
        let attempts = self.destined.get(uid).map_or(0, |it| it.attempts) + attempts;
        self.destined.insert(uid.to_owned(), Destined { claim: claim.to_owned(), attempts, ready: None });
    }

    /// Forgets pods that have a place or are gone, and places that are.
    fn forget(&mut self, world: &World, pods: &[&Value]) {
        let claims = || world.claims.iter().filter(|claim| !is_deleted(claim));
        self.destined.retain(|pod, it| {
            pods.iter().any(|other| uid(other) == pod) && claims().any(|claim| name(claim) == it.claim)
        });
        for it in self.destined.values_mut() {
            let takes_pods = claims().any(|claim| name(claim) == it.claim && is_true(claim, "Initialized"));
            if takes_pods {
                it.ready.get_or_insert_with(Instant::now);
            }
        }
    }

    /// Nodes of Karpenter that are there or on their way, without what is on them or destined for them.
    fn places(
        &self,
        hands: &Hands,
        world: &World,
        pods: &[&Value],
        daemons: &[Demands],
    ) -> Result<Vec<Place>> {
        let mut places = Vec::new();
        for claim in world.claims.iter().filter(|claim| !is_deleted(claim)) {
            let Some(instance) = InstanceType::named(label(claim, INSTANCE_TYPE)) else { continue };
            let told = &claim["status"]["allocatable"];
            let free = if told.is_object() { told } else { &instance.resources(None).1 };
            let mut place = Place {
                claim: name(claim).to_owned(),
                labels: labels(&claim["metadata"]["labels"]),
                taints: items(&claim["spec"]["taints"]).cloned().collect(),
                free: Amounts::of(free),
                pods: Vec::new(),
            };
            if !is_true(claim, "Initialized") {
                place.free.subtract(&taken(daemons, &place.labels, &place.taints));
            } else if let Some(node) = world.node_of(claim) {
                let path = format!("/api/v1/pods?fieldSelector=spec.nodeName%3D{}", name(node));
                hands.list(&path)?.iter().for_each(|pod| place.put(Demands::of_pod(pod)));
            }
            let is_destined = |pod: &&&Value| {
                self.destined.get(uid(pod)).is_some_and(|it| it.claim == name(claim) && !it.is_over())
            };
            pods.iter().filter(is_destined).for_each(|pod| place.put(Demands::of_pod(pod)));
            places.push(place);
        }
        Ok(places)
    }
}

impl Destined {
    /// Whether it was to go there and did not.
    fn is_over(&self) -> bool {
        self.ready.is_some_and(|ready| ready.elapsed() > PATIENCE)
    }
}

impl Place {
    fn takes(&self, pod: &Demands) -> bool {
        pod.requests.fit(&self.free)
            && pod.tolerate(&self.taints)
            && pod.accept(&self.labels)
            && self.pods.iter().all(|other| pod.bear(other))
    }

    fn put(&mut self, pod: Demands) {
        self.free.subtract(&pod.requests);
        self.pods.push(pod);
    }
}

fn daemons(hands: &Hands) -> Result<Vec<Demands>> {
    let sets = hands.list("/apis/apps/v1/daemonsets")?;
    let of = |set: &Value| {
        let template = &set["spec"]["template"];
        Demands::of(&template["metadata"], text(&set["metadata"]["namespace"]), &template["spec"])
    };
    Ok(sets.iter().map(of).collect())
}

/// Where the volumes of a pod can be reached that are there already.
fn volumes(hands: &Hands, pod: &Value) -> Result<Vec<Vec<Vec<Requirement>>>> {
    let mut groups = Vec::new();
    let namespace = text(&pod["metadata"]["namespace"]);
    for claim in
        items(&pod["spec"]["volumes"]).filter_map(|it| it["persistentVolumeClaim"]["claimName"].as_str())
    {
        let path = format!("/api/v1/namespaces/{namespace}/persistentvolumeclaims/{claim}");
        let Some(volume) =
            hands.get(&path)?.and_then(|it| it["spec"]["volumeName"].as_str().map(str::to_owned))
        else {
            continue;
        };
        if let Some(volume) = hands.get(&format!("/api/v1/persistentvolumes/{volume}"))? {
            let terms = &volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"];
            if terms.is_array() {
                groups.push(any_of(terms));
            }
        }
    }
    Ok(groups)
}

/// Whether the scheduler has found no node for a pod, and nobody else is about to.
fn fits_nowhere(pod: &Value) -> bool {
    let is_unschedulable = items(&pod["status"]["conditions"])
        .any(|condition| condition["type"] == "PodScheduled" && condition["reason"] == "Unschedulable");
    is_unschedulable
        && !is_deleted(pod)
        && text(&pod["status"]["nominatedNodeName"]).is_empty()
        && !is_owned_by(pod, "DaemonSet")
        && !is_owned_by(pod, "Node")
}

fn uid(pod: &Value) -> &str {
    text(&pod["metadata"]["uid"])
}

fn told(pods: &[Demands]) -> String {
    let names: Vec<String> = pods.iter().map(|pod| format!("{}/{}", pod.namespace, pod.name)).collect();
    names.join(", ")
}
