//! Node claims for pods that fit nowhere.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::super::hands::Hands;
use super::super::object::{is_deleted, is_owned_by, is_true, items, label, name, owner, text};
use super::super::quantity::Amounts;
use super::classes::zones;
use super::demands::{Demands, Requirement, any_of};
use super::types::{InstanceType, Labels};
use super::{CAPACITY_TYPE, CLAIMS, INSTANCE_TYPE, POOL, TERMINATION, World, ZONE, pools};

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

/// One way to make a node.
#[derive(Clone)]
struct Offer {
    labels: Labels,
    capacity: Amounts,
    /// Beside what daemon sets take.
    free: Amounts,
    cost: u64,
}

/// A pool that can have nodes.
struct Pool<'a> {
    object: &'a Value,
    taints: Vec<Value>,
    offers: Vec<Offer>,
    /// What its limits leave, if it has any.
    limits: Option<Amounts>,
}

/// A node to be made: what it could be, as long as that is open.
struct Planned {
    pool: usize,
    offers: Vec<Offer>,
    requests: Amounts,
    pods: Vec<Demands>,
}

impl Provisioning {
    pub(super) fn step(&mut self, hands: &Hands, world: &World) -> Result<()> {
        let pods = hands.list(UNPLACED)?;
        let pods: Vec<&Value> = pods.iter().filter(|pod| fits_nowhere(pod)).collect();
        self.forget(world, &pods);
        let is_open = |pod: &&&Value| !self.destined.get(uid(pod)).is_some_and(|it| !it.is_over());
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

impl Planned {
    fn cheapest(&self) -> Option<&Offer> {
        self.offers.iter().min_by_key(|offer| offer.cost)
    }

    /// The claim by which it is made.
    fn claim(&self, zones: &[String], pool: &Pool<'_>) -> Value {
        let template = &pool.object["spec"]["template"];
        let labels = self.cheapest_in_turn(zones);
        let decided = [INSTANCE_TYPE, CAPACITY_TYPE, ZONE];
        let mut requirements: Vec<Value> = items(&template["spec"]["requirements"])
            .filter(|requirement| !decided.iter().any(|key| requirement["key"] == *key))
            .cloned()
            .collect();
        for key in decided {
            requirements.push(json!({ "key": key, "operator": "In", "values": [labels[key]] }));
        }
        let mut spec = Map::new();
        for key in ["nodeClassRef", "taints", "startupTaints", "expireAfter", "terminationGracePeriod"] {
            if !template["spec"][key].is_null() {
                spec.insert(key.to_owned(), template["spec"][key].clone());
            }
        }
        spec.insert("requirements".to_owned(), json!(requirements));
        spec.insert("resources".to_owned(), json!({ "requests": self.requests.quantities() }));
        json!({
            "apiVersion": "karpenter.sh/v1",
            "kind": "NodeClaim",
            "metadata": {
                "generateName": format!("{}-", name(pool.object)),
                "labels": labels,
                "annotations": template["metadata"]["annotations"],
                "finalizers": [TERMINATION],
                "ownerReferences": [owner(pool.object, "karpenter.sh/v1", "NodePool")],
            },
            "spec": spec,
        })
    }

    /// The labels of the cheapest offer, in the zone that has the fewest nodes. `zones` has one for each of those.
    fn cheapest_in_turn(&self, zones: &[String]) -> Labels {
        let nodes = |zone: &String| zones.iter().filter(|other| *other == zone).count();
        let best = self.offers.iter().min_by_key(|offer| (offer.cost, nodes(&offer.labels[ZONE])));
        best.map(|offer| offer.labels.clone()).unwrap_or_default()
    }
}

/// Plans a node for a pod, or puts it onto one that is planned: whether there is a way.
fn plan(pools: &[Pool<'_>], planned: &mut Vec<Planned>, pod: &Demands) -> bool {
    // What is only wished for is given up when it finds nothing, the lightest wish first.
    (0..=pod.wishes()).rev().any(|wishes| plan_strictly(pools, planned, &pod.with_wishes(wishes)))
}

fn plan_strictly(pools: &[Pool<'_>], planned: &mut Vec<Planned>, pod: &Demands) -> bool {
    for place in 0..planned.len() {
        let node = &planned[place];
        let pool = &pools[node.pool];
        if !pod.tolerate(&pool.taints) || !node.pods.iter().all(|other| pod.bear(other)) {
            continue;
        }
        let mut requests = node.requests.clone();
        requests.add(&pod.requests);
        let left = left(pools, planned, node.pool, Some(place));
        let offers = suitable(&node.offers, pod, &requests, left.as_ref());
        if !offers.is_empty() {
            let node = &mut planned[place];
            (node.requests, node.offers) = (requests, offers);
            node.pods.push(pod.clone());
            return true;
        }
    }
    for (number, pool) in pools.iter().enumerate() {
        if !pod.tolerate(&pool.taints) {
            continue;
        }
        let left = left(pools, planned, number, None);
        let offers = suitable(&pool.offers, pod, &pod.requests, left.as_ref());
        if !offers.is_empty() {
            let (requests, pods) = (pod.requests.clone(), vec![pod.clone()]);
            planned.push(Planned { pool: number, offers, requests, pods });
            return true;
        }
    }
    false
}

/// Offers that a pod accepts, with room for these requests, within what a limit leaves.
fn suitable(offers: &[Offer], pod: &Demands, requests: &Amounts, left: Option<&Amounts>) -> Vec<Offer> {
    let is_suitable = |offer: &&Offer| {
        requests.fit(&offer.free)
            && left.is_none_or(|left| offer.capacity.within(left))
            && pod.accept(&offer.labels)
    };
    offers.iter().filter(is_suitable).cloned().collect()
}

/// What the limits of a pool leave beside the nodes that are planned, one of them aside.
fn left(pools: &[Pool<'_>], planned: &[Planned], pool: usize, aside: Option<usize>) -> Option<Amounts> {
    let mut left = pools[pool].limits.clone()?;
    for (number, node) in planned.iter().enumerate() {
        if node.pool == pool
            && Some(number) != aside
            && let Some(offer) = node.cheapest()
        {
            // What the limits do not name stays without one.
            left.subtract_named(&offer.capacity);
        }
    }
    Some(left)
}

/// Pools that can have nodes, the heaviest first.
fn pools<'a>(world: &'a World, daemons: &[Demands]) -> Vec<Pool<'a>> {
    let instances = InstanceType::all();
    let ready = |pool: &&Value| is_true(pool, "Ready") && !is_deleted(pool);
    let mut objects: Vec<&Value> = world.pools.iter().filter(ready).collect();
    objects.sort_by_key(|pool| {
        (std::cmp::Reverse(pool["spec"]["weight"].as_u64().unwrap_or_default()), name(pool))
    });
    let pool = |object: &'a Value| {
        let class = world.class_of(&object["spec"]["template"]["spec"])?;
        let taints: Vec<Value> = items(&object["spec"]["template"]["spec"]["taints"]).cloned().collect();
        let limits = &object["spec"]["limits"];
        let limits = limits.is_object().then(|| {
            let mut left = Amounts::of(limits);
            left.subtract_named(&pools::used(world, object).1);
            left
        });
        let offers = offers(object, class, &instances, |labels| taken(daemons, labels, &taints));
        Some(Pool { object, taints, offers, limits })
    };
    objects.into_iter().filter_map(pool).collect()
}

/// Every instance type in every zone by every way to pay that a pool admits.
fn offers(
    pool: &Value,
    class: &Value,
    instances: &[InstanceType],
    taken: impl Fn(&Labels) -> Amounts,
) -> Vec<Offer> {
    let template = &pool["spec"]["template"];
    let demands: Vec<Requirement> = items(&template["spec"]["requirements"]).map(Requirement::of).collect();
    let admits =
        |key: &str, value: &str| demands.iter().all(|demand| demand.key != key || demand.allows(Some(value)));
    let mut common = labels(&template["metadata"]["labels"]);
    // A label of the platform's own that a requirement gives.
    common.extend(demands.iter().filter_map(|demand| Some((demand.key.clone(), demand.given()?.to_owned()))));
    common.insert(POOL.to_owned(), name(pool).to_owned());
    common.insert("karpenter.k8s.aws/ec2nodeclass".to_owned(), name(class).to_owned());
    let mut offers = Vec::new();
    for instance in instances {
        // Labels that an instance type does not have are absent, not unknown.
        let of_instance = |demand: &Requirement| {
            !demand.key.starts_with("karpenter.k8s.aws/instance-")
                || demand.allows(instance.labels.get(&demand.key).map(String::as_str))
        };
        if !demands.iter().all(of_instance) || !instance.labels.iter().all(|(key, value)| admits(key, value))
        {
            continue;
        }
        let (capacity, allocatable) = instance.resources(class["spec"]["kubelet"]["maxPods"].as_u64());
        for capacity_type in ["spot", "on-demand"].into_iter().filter(|it| admits(CAPACITY_TYPE, it)) {
            for zone in zones(class).into_iter().filter(|zone| admits(ZONE, zone)) {
                let mut labels = common.clone();
                labels.extend(instance.labels.clone());
                labels.insert(CAPACITY_TYPE.to_owned(), capacity_type.to_owned());
                labels.insert(ZONE.to_owned(), zone.to_owned());
                let region = zone.trim_end_matches(|c: char| c.is_ascii_lowercase());
                labels.insert("topology.kubernetes.io/region".to_owned(), region.to_owned());
                let mut free = Amounts::of(&allocatable);
                free.subtract(&taken(&labels));
                let cost = if capacity_type == "spot" { instance.cost } else { instance.cost * 3 };
                offers.push(Offer { labels, capacity: Amounts::of(&capacity), free, cost });
            }
        }
    }
    offers
}

/// What daemon sets take of such a node.
fn taken(daemons: &[Demands], labels: &Labels, taints: &[Value]) -> Amounts {
    let mut sum = Amounts::default();
    for daemon in daemons.iter().filter(|daemon| daemon.tolerate(taints) && daemon.accept(labels)) {
        sum.add(&daemon.requests);
    }
    sum
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

fn labels(value: &Value) -> Labels {
    let entries = value.as_object().into_iter().flatten();
    entries.map(|(key, value)| (key.clone(), text(value).to_owned())).collect()
}

fn told(pods: &[Demands]) -> String {
    let names: Vec<String> = pods.iter().map(|pod| format!("{}/{}", pod.namespace, pod.name)).collect();
    names.join(", ")
}
