//! The end of node claims and nodes.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::aws::if_there;
use super::super::hands::Hands;
use super::super::object::{deleted_at, has_finalizer, is_deleted, is_owned_by, items, label, name, text};
use super::claims::find_instance;
use super::demands::tolerates;
use super::{CLAIMS, NODES, POOL, TERMINATION, World};

const DISRUPTED: &str = "karpenter.sh/disrupted";
/// How long after its deletion a pod that does not go is waited for.
const STUCK: SignedDuration = SignedDuration::from_secs(60);

/// A claim that is deleted: its node first, then its instance.
pub(super) fn claim(hands: &Hands, world: &World, claim: &Value) -> Result<()> {
    if !has_finalizer(claim, TERMINATION) {
        return Ok(());
    }
    if let Some(node) = world.node_of(claim) {
        let path = format!("{NODES}/{}", name(node));
        return if is_deleted(node) { Ok(()) } else { hands.delete(&path) };
    }
    terminate(hands, claim)?;
    hands.say(&format!("node claim {}: its node is gone, it may go", name(claim)));
    hands.release(&format!("{CLAIMS}/{}", name(claim)), claim, TERMINATION)
}

/// A node that is deleted: drained, its volumes detached, its instance terminated.
pub(super) fn node(hands: &Hands, world: &World, node: &Value) -> Result<()> {
    if !has_finalizer(node, TERMINATION) {
        return Ok(());
    }
    let claim = world.claim_of(node);
    if let Some(claim) = claim.filter(|claim| !is_deleted(claim)) {
        hands.delete(&format!("{CLAIMS}/{}", name(claim)))?;
    }
    let path = format!("{NODES}/{}", name(node));
    if !is_tainted(node) {
        return taint(hands, &path, node);
    }
    let deadline = claim.and_then(deadline);
    if !is_drained(hands, node, deadline)? || !is_detached(hands, node, deadline)? {
        return Ok(());
    }
    if let Some(claim) = claim {
        terminate(hands, claim)?;
    }
    hands.say(&format!("node {}: drained, of pool {}, it may go", name(node), label(node, POOL)));
    hands.release(&path, node, TERMINATION)
}

/// Whether new pods are kept off a node because it goes.
pub(super) fn is_tainted(node: &Value) -> bool {
    items(&node["spec"]["taints"]).any(|taint| taint["key"] == DISRUPTED)
}

pub(super) fn taint(hands: &Hands, path: &str, node: &Value) -> Result<()> {
    let new = json!({ "key": DISRUPTED, "effect": "NoSchedule" });
    let taints: Vec<&Value> = items(&node["spec"]["taints"]).chain([&new]).collect();
    let patch = json!({
        "metadata": {
            "resourceVersion": node["metadata"]["resourceVersion"],
            "labels": { "node.kubernetes.io/exclude-from-external-load-balancers": "karpenter" },
        },
        "spec": { "taints": taints },
    });
    hands.merge(path, &patch)
}

/// When a claim's node has to be gone, whatever keeps it.
fn deadline(claim: &Value) -> Option<Timestamp> {
    let period = duration(text(&claim["spec"]["terminationGracePeriod"]))?;
    deleted_at(claim)?.checked_add(period).ok()
}

/// A duration such as `1h30m`.
fn duration(text: &str) -> Option<Duration> {
    let mut seconds = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..end].parse().ok()?;
        seconds += number
            * match rest.get(end..=end)? {
                "h" => 3600,
                "m" => 60,
                "s" => 1,
                _ => return None,
            };
        rest = &rest[end + 1..];
    }
    (!text.is_empty()).then(|| Duration::from_secs(seconds))
}

/// Evicts pods, those that matter least first, and tells whether none is left.
fn is_drained(hands: &Hands, node: &Value, deadline: Option<Timestamp>) -> Result<bool> {
    let pods = hands.list(&format!("/api/v1/pods?fieldSelector=spec.nodeName%3D{}", name(node)))?;
    let waiting: Vec<&Value> = pods.iter().filter(|pod| is_waited_for(pod)).collect();
    let mut groups: BTreeMap<(bool, bool), Vec<&Value>> = BTreeMap::new();
    for pod in &waiting {
        if is_overdue(pod, deadline) {
            if !is_deleted(pod) {
                let namespace = text(&pod["metadata"]["namespace"]);
                hands.delete(&format!("/api/v1/namespaces/{namespace}/pods/{}", name(pod)))?;
            }
            continue;
        }
        let class = text(&pod["spec"]["priorityClassName"]);
        let is_critical = matches!(class, "system-cluster-critical" | "system-node-critical");
        groups.entry((is_critical, is_owned_by(pod, "DaemonSet"))).or_default().push(pod);
    }
    if let Some(first) = groups.values().next() {
        for pod in first.iter().filter(|pod| !is_deleted(pod) && !is_protected(pod)) {
            hands.evict(pod)?;
        }
    }
    Ok(waiting.is_empty())
}

/// Whether a node waits for this pod to go.
fn is_waited_for(pod: &Value) -> bool {
    let tolerations: Vec<Value> = items(&pod["spec"]["tolerations"]).cloned().collect();
    let is_stuck = deleted_at(pod).is_some_and(|deleted| Timestamp::now().duration_since(deleted) > STUCK);
    let has_ended = matches!(text(&pod["status"]["phase"]), "Succeeded" | "Failed");
    let taint = json!({ "key": DISRUPTED, "effect": "NoSchedule" });
    !has_ended && !is_stuck && !is_owned_by(pod, "Node") && !tolerates(&tolerations, &[taint])
}

/// Whether nobody may move it before its node has to go.
fn is_protected(pod: &Value) -> bool {
    pod["metadata"]["annotations"]["karpenter.sh/do-not-disrupt"] == "true"
}

/// Whether its own grace would not end before its node has to be gone.
fn is_overdue(pod: &Value, deadline: Option<Timestamp>) -> bool {
    let grace = pod["spec"]["terminationGracePeriodSeconds"].as_i64().unwrap_or_default();
    deadline
        .is_some_and(|deadline| deadline.duration_since(Timestamp::now()) <= SignedDuration::from_secs(grace))
}

/// Whether no volume is attached to the node any more, or is waited for no longer.
fn is_detached(hands: &Hands, node: &Value, deadline: Option<Timestamp>) -> Result<bool> {
    if deadline.is_some_and(|deadline| deadline <= Timestamp::now()) {
        return Ok(true);
    }
    let attached = hands.list("/apis/storage.k8s.io/v1/volumeattachments")?;
    Ok(!attached.iter().any(|one| one["spec"]["nodeName"] == *name(node)))
}

/// Ends the instance of a claim, if there is one: also one that a model which was killed has not noted.
fn terminate(hands: &Hands, claim: &Value) -> Result<()> {
    let Some(aws) = hands.aws() else { return Ok(()) };
    let Some(id) = find_instance(aws, claim)? else { return Ok(()) };
    if_there(aws.ec2("TerminateInstances", &[("InstanceId.1".to_owned(), id)])).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_karpenter_writes_them() {
        assert_eq!(duration("1h30m"), Some(Duration::from_mins(90)));
        assert_eq!(duration("720h"), Some(Duration::from_hours(720)));
        assert_eq!(duration("45s"), Some(Duration::from_secs(45)));
        assert_eq!(duration(""), None);
        assert_eq!(duration("Never"), None);
    }

    #[test]
    fn a_node_waits_for_pods_that_do_not_bear_its_end() {
        let pod = |more: Value| {
            let mut pod = json!({ "metadata": {}, "spec": {}, "status": { "phase": "Running" } });
            for (key, value) in more.as_object().unwrap() {
                pod[key] = value.clone();
            }
            pod
        };
        assert!(is_waited_for(&pod(json!({}))));
        assert!(!is_waited_for(&pod(json!({ "status": { "phase": "Succeeded" } }))));
        assert!(!is_waited_for(&pod(json!({ "spec": { "tolerations": [{ "operator": "Exists" }] } }))));
        assert!(!is_waited_for(&pod(json!({ "metadata": { "ownerReferences": [{ "kind": "Node" }] } }))));
        assert!(!is_waited_for(&pod(json!({ "metadata": { "deletionTimestamp": "2026-01-01T00:00:00Z" } }))));
    }

    #[test]
    fn at_the_deadline_grace_is_what_counts() {
        let pod = json!({ "spec": { "terminationGracePeriodSeconds": 30 } });
        let soon = Timestamp::now() + Duration::from_secs(20);
        let later = Timestamp::now() + Duration::from_secs(90);
        assert!(is_overdue(&pod, Some(soon)));
        assert!(!is_overdue(&pod, Some(later)));
        assert!(!is_overdue(&pod, None));
    }
}
