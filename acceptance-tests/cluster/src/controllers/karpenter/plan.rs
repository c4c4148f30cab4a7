//! Which nodes to make for which pods.

use serde_json::{Map, Value, json};

use super::super::object::{is_deleted, is_true, items, name, owner, text};
use super::super::quantity::Amounts;
use super::classes::zones;
use super::demands::{Demands, Requirement};
use super::types::{InstanceType, Labels};
use super::{CAPACITY_TYPE, INSTANCE_TYPE, POOL, TERMINATION, World, ZONE, pools::used};

/// One way to make a node.
#[derive(Clone)]
pub(super) struct Offer {
    labels: Labels,
    capacity: Amounts,
    /// Beside what daemon sets take.
    free: Amounts,
    cost: u64,
}

/// A pool that can have nodes.
pub(super) struct Pool<'a> {
    pub(super) object: &'a Value,
    taints: Vec<Value>,
    offers: Vec<Offer>,
    /// What its limits leave, if it has any.
    limits: Option<Amounts>,
}

/// A node to be made: what it could be, as long as that is open.
pub(super) struct Planned {
    pub(super) pool: usize,
    offers: Vec<Offer>,
    requests: Amounts,
    pub(super) pods: Vec<Demands>,
}

impl Planned {
    fn cheapest(&self) -> Option<&Offer> {
        self.offers.iter().min_by_key(|offer| offer.cost)
    }

    /// The claim by which it is made.
    pub(super) fn claim(&self, zones: &[String], pool: &Pool<'_>) -> Value {
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
pub(super) fn plan(pools: &[Pool<'_>], planned: &mut Vec<Planned>, pod: &Demands) -> bool {
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
pub(super) fn pools<'a>(world: &'a World, daemons: &[Demands]) -> Vec<Pool<'a>> {
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
            left.subtract_named(&used(world, object).1);
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
pub(super) fn taken(daemons: &[Demands], labels: &Labels, taints: &[Value]) -> Amounts {
    let mut sum = Amounts::default();
    for daemon in daemons.iter().filter(|daemon| daemon.tolerate(taints) && daemon.accept(labels)) {
        sum.add(&daemon.requests);
    }
    sum
}

pub(super) fn labels(value: &Value) -> Labels {
    let entries = value.as_object().into_iter().flatten();
    entries.map(|(key, value)| (key.clone(), text(value).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const IS_READY: &str = "Ready";

    fn ready(mut object: Value) -> Value {
        object["status"]["conditions"] = json!([{ "type": IS_READY, "status": "True" }]);
        object
    }

    fn pool(name: &str, weight: u32, spec: &Value) -> Value {
        let mut requirements = vec![
            json!({ "key": "karpenter.k8s.aws/instance-family", "operator": "In", "values": ["m7i"] }),
            json!({ "key": CAPACITY_TYPE, "operator": "In", "values": ["on-demand"] }),
        ];
        requirements.extend(items(&spec["requirements"]).cloned());
        ready(json!({
            "metadata": { "name": name },
            "spec": {
                "weight": weight,
                "limits": spec["limits"],
                "template": {
                    "metadata": { "labels": spec["labels"] },
                    "spec": { "requirements": requirements, "nodeClassRef": { "name": "default" }, "taints": spec["taints"] },
                },
            },
        }))
    }

    fn world(pools: Vec<Value>) -> World {
        let subnets =
            json!([{ "id": "subnet-a", "zone": "us-east-1a" }, { "id": "subnet-b", "zone": "us-east-1b" }]);
        let class = json!({ "metadata": { "name": "default" }, "status": { "subnets": subnets } });
        World { classes: vec![ready(class)], pools, claims: Vec::new(), nodes: Vec::new() }
    }

    fn pod(cpu: &str, spec: &Value) -> Demands {
        let mut spec = spec.clone();
        spec["containers"] = json!([{ "resources": { "requests": { "cpu": cpu } } }]);
        Demands::of(&json!({ "name": "web", "labels": { "app": "web" } }), "shop", &spec)
    }

    /// For each pod in turn the pool of its node and the number of that node, or none.
    fn planned(world: &World, pods: &[Demands]) -> Vec<Option<(String, usize)>> {
        let pools = pools(world, &[]);
        let mut nodes: Vec<Planned> = Vec::new();
        pods.iter()
            .map(|pod| {
                let before: Vec<usize> = nodes.iter().map(|node| node.pods.len()).collect();
                let is_planned = plan(&pools, &mut nodes, pod);
                let number = nodes
                    .iter()
                    .enumerate()
                    .position(|(place, node)| before.get(place) != Some(&node.pods.len()));
                assert_eq!(number.iter().count(), usize::from(is_planned), "nodes that took the pod");
                number.map(|number| (name(pools[nodes[number].pool].object).to_owned(), number))
            })
            .collect()
    }

    fn on(pool: &str, node: usize) -> Option<(String, usize)> {
        Some((pool.to_owned(), node))
    }

    #[test]
    fn the_heaviest_pool_that_fits_takes_a_pod() {
        let tainted = json!({ "taints": [{ "key": "gpu", "effect": "NoSchedule" }] });
        let pools =
            vec![pool("light", 1, &json!({})), pool("heavy", 9, &json!({})), pool("heaviest", 90, &tainted)];
        assert_eq!(planned(&world(pools), &[pod("1", &json!({}))]), [on("heavy", 0)]);
    }

    #[test]
    fn pods_share_a_node_as_long_as_some_instance_has_room() {
        let pods = [pod("50", &json!({})), pod("40", &json!({})), pod("40", &json!({}))];
        assert_eq!(
            planned(&world(vec![pool("all", 1, &json!({}))]), &pods),
            [on("all", 0), on("all", 0), on("all", 1)]
        );
    }

    #[test]
    fn what_is_planned_counts_against_a_limit() {
        let limited = pool("limited", 9, &json!({ "limits": { "cpu": "4" } }));
        let small = json!({ "key": "karpenter.k8s.aws/instance-cpu", "operator": "In", "values": ["2"] });
        let other = pool("other", 1, &json!({ "limits": { "cpu": 2 }, "requirements": [small] }));
        let pods = [
            pod("1900m", &json!({})),
            pod("3", &json!({})),
            pod("1500m", &json!({})),
            pod("1500m", &json!({})),
        ];
        // The third makes the first node a larger one, which is all that the first pool may have.
        let expected = [on("limited", 0), None, on("limited", 0), on("other", 1)];
        assert_eq!(planned(&world(vec![limited, other]), &pods), expected);
    }

    #[test]
    fn a_wish_decides_unless_no_pool_grants_it() {
        let wish = |value: &str| {
            let term = json!({ "key": "class", "operator": "In", "values": [value] });
            json!({ "affinity": { "nodeAffinity": { "preferredDuringSchedulingIgnoredDuringExecution": [
                { "weight": 1, "preference": { "matchExpressions": [term] } },
            ] } } })
        };
        let critical = json!({ "labels": { "class": "critical" } });
        let pools = || vec![pool("critical", 1, &critical), pool("default", 9, &json!({}))];
        assert_eq!(planned(&world(pools()), &[pod("1", &wish("critical"))]), [on("critical", 0)]);
        assert_eq!(planned(&world(pools()), &[pod("1", &wish("other"))]), [on("default", 0)]);
    }

    #[test]
    fn a_claim_is_of_the_cheapest_instance_in_the_zone_with_the_fewest_nodes() {
        let world = world(vec![pool("all", 1, &json!({}))]);
        let pools = pools(&world, &[]);
        let mut nodes = Vec::new();
        assert!(plan(&pools, &mut nodes, &pod("3", &json!({}))));
        let claim = nodes[0].claim(&["us-east-1a".to_owned()], &pools[0]);
        let labels = &claim["metadata"]["labels"];
        assert_eq!((&labels[INSTANCE_TYPE], &labels[ZONE]), (&json!("m7i.xlarge"), &json!("us-east-1b")));
        assert_eq!(claim["spec"]["resources"]["requests"], json!({ "cpu": "3", "pods": "1" }));
        assert_eq!(claim["metadata"]["finalizers"], json!([TERMINATION]));
    }
}
