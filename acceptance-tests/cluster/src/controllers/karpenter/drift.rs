//! Drift of the image: a node whose image is no longer that of its node class and of the cluster's Kubernetes is replaced. Its successor takes
//! pods before it is drained, and of a pool no more go at a time than its budgets allow.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use super::super::hands::Hands;
use super::super::object::{is_deleted, is_owned_by, is_true, items, label, name, text, with_conditions};
use super::{CAPACITY_TYPE, CLAIMS, INSTANCE_TYPE, NODES, POOL, World, ZONE, ending};

/// On a claim that was made for another's end: the name of that one. The real one remembers it by itself.
const REPLACES: &str = "model-controllers/replaces";
/// What a pool has that names no budgets.
const DEFAULT_BUDGET: &str = "10%";

/// The image of a node class for a Kubernetes: no image of AWS, but another one wherever those differ.
pub(super) fn image(class: &Value, minor: &str) -> String {
    let mut hasher = DefaultHasher::new();
    (class["spec"]["amiSelectorTerms"].to_string(), minor).hash(&mut hasher);
    format!("ami-{:017x}", hasher.finish())
}

/// The minor of the API server, `1.35`.
pub(super) fn minor(hands: &Hands) -> Result<String> {
    let told = hands.client.get("/version")?;
    let number = |key: &str| told[key].as_str().with_context(|| format!("`/version` has no `{key}`"));
    Ok(format!("{}.{}", number("major")?, number("minor")?))
}

pub(super) fn step(hands: &Hands, world: &World, minor: &str) -> Result<()> {
    for claim in world.claims.iter().filter(|claim| is_true(claim, "Initialized") && !is_deleted(claim)) {
        tell(hands, world, claim, minor)?;
    }
    for pool in &world.pools {
        replace(hands, world, pool)?;
    }
    Ok(())
}

/// Sets or takes away the condition by which others see it.
fn tell(hands: &Hands, world: &World, claim: &Value, minor: &str) -> Result<()> {
    let Some(class) = world.class_of(&claim["spec"]) else { return Ok(()) };
    let has_drifted = claim["status"]["imageID"] != image(class, minor);
    if has_drifted == is_true(claim, "Drifted") {
        return Ok(());
    }
    let condition = match has_drifted {
        true => ("Drifted", "True", "AMIDrift", "AMIDrift"),
        false => ("Drifted", "False", "NotDrifted", "NotDrifted"),
    };
    let Some(conditions) = with_conditions(claim, &[condition]) else { return Ok(()) };
    hands.merge(
        &format!("{CLAIMS}/{}/status", name(claim)),
        &json!({ "status": { "conditions": conditions } }),
    )
}

/// Takes the nodes of a pool that have drifted one step further, those first that have begun.
fn replace(hands: &Hands, world: &World, pool: &Value) -> Result<()> {
    let claims: Vec<&Value> = world.claims.iter().filter(|claim| label(claim, POOL) == name(pool)).collect();
    let successor = |claim: &Value| claims.iter().find(|other| replaced(other) == name(claim));
    let mut going = claims.iter().filter(|claim| is_deleted(claim)).count();
    let mut waiting = Vec::new();
    for claim in claims.iter().filter(|claim| is_true(claim, "Drifted") && !is_deleted(claim)) {
        match successor(claim) {
            Some(successor) => {
                going += 1;
                if is_true(successor, "Initialized") {
                    hands.say(&format!("node claim {}: {} takes its place", name(claim), name(successor)));
                    hands.delete(&format!("{CLAIMS}/{}", name(claim)))?;
                }
            }
            None => waiting.push(*claim),
        }
    }
    waiting.sort_by_key(|claim| text(&claim["metadata"]["creationTimestamp"]));
    let room = allowed(pool, claims.len()).saturating_sub(going);
    waiting.into_iter().take(room).try_for_each(|claim| begin(hands, world, claim))
}

fn replaced(claim: &Value) -> &str {
    text(&claim["metadata"]["annotations"][REPLACES])
}

/// Keeps new pods off a node, and makes another where it has pods that need one.
fn begin(hands: &Hands, world: &World, claim: &Value) -> Result<()> {
    let Some(node) = world.node_of(claim) else { return Ok(()) };
    let path = format!("{NODES}/{}", name(node));
    if !ending::is_tainted(node) {
        return ending::taint(hands, &path, node);
    }
    if is_empty(hands, node)? {
        hands.say(&format!("node claim {}: has drifted, and no pod needs its node", name(claim)));
        return hands.delete(&format!("{CLAIMS}/{}", name(claim)));
    }
    hands.say(&format!("node claim {}: has drifted, makes another", name(claim)));
    hands.create(CLAIMS, &successor(claim)).map(drop)
}

/// Whether only pods are on it that every node has.
fn is_empty(hands: &Hands, node: &Value) -> Result<bool> {
    let pods = hands.list(&format!("/api/v1/pods?fieldSelector=spec.nodeName%3D{}", name(node)))?;
    let needs_a_node = |pod: &&Value| {
        let has_ended = matches!(text(&pod["status"]["phase"]), "Succeeded" | "Failed");
        !has_ended && !is_owned_by(pod, "DaemonSet") && !is_owned_by(pod, "Node")
    };
    Ok(!pods.iter().any(|pod| needs_a_node(&pod)))
}

/// A claim for the same node once more: the real one decides anew, and may find a cheaper one.
fn successor(claim: &Value) -> Value {
    let metadata = &claim["metadata"];
    let mut annotations: Map<String, Value> =
        metadata["annotations"].as_object().cloned().unwrap_or_default();
    annotations.insert(REPLACES.to_owned(), metadata["name"].clone());
    let mut labels = metadata["labels"].clone();
    for requirement in items(&claim["spec"]["requirements"]) {
        let key = text(&requirement["key"]);
        if [INSTANCE_TYPE, CAPACITY_TYPE, ZONE].contains(&key) {
            labels[key] = requirement["values"][0].clone();
        }
    }
    json!({
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodeClaim",
        "metadata": {
            "generateName": format!("{}-", label(claim, POOL)),
            "labels": labels,
            "annotations": annotations,
            "finalizers": metadata["finalizers"],
            "ownerReferences": metadata["ownerReferences"],
        },
        "spec": claim["spec"],
    })
}

/// How many nodes of a pool may go at a time for drift: what the narrowest of its budgets allows. Budgets that hold at some times only are
/// not looked at.
fn allowed(pool: &Value, nodes: usize) -> usize {
    let budgets = pool["spec"]["disruption"]["budgets"].as_array();
    let Some(budgets) = budgets else { return share(DEFAULT_BUDGET, nodes) };
    let is_for_drift = |budget: &&Value| match budget["reasons"].as_array() {
        Some(reasons) => reasons.iter().any(|reason| reason == "Drifted"),
        None => true,
    };
    let held = budgets.iter().filter(|budget| budget["schedule"].is_null()).filter(is_for_drift);
    held.map(|budget| share(text(&budget["nodes"]), nodes)).min().unwrap_or(nodes)
}

/// A number of nodes, or a share of them: Karpenter rounds it up.
fn share(text: &str, nodes: usize) -> usize {
    match text.strip_suffix('%') {
        Some(percent) => (percent.parse::<usize>().unwrap_or_default() * nodes).div_ceil(100),
        None => text.parse().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_of_a_class_and_of_a_minor() {
        let class = |alias: &str| json!({ "spec": { "amiSelectorTerms": [{ "alias": alias }] } });
        let now = image(&class("al2023@v20260101"), "1.34");
        assert_eq!(now, image(&class("al2023@v20260101"), "1.34"));
        assert_ne!(now, image(&class("al2023@v20260101"), "1.35"));
        assert_ne!(now, image(&class("al2023@v20260202"), "1.34"));
    }

    #[test]
    fn the_narrowest_budget_for_drift_holds() {
        let pool = |budgets: Value| json!({ "spec": { "disruption": { "budgets": budgets } } });
        assert_eq!(allowed(&json!({ "spec": {} }), 11), 2);
        assert_eq!(
            allowed(&pool(json!([{ "nodes": "10%" }, { "nodes": "1", "reasons": ["Drifted"] }])), 30),
            1
        );
        assert_eq!(allowed(&pool(json!([{ "nodes": "0", "reasons": ["Empty"] }, { "nodes": "50%" }])), 5), 3);
        assert_eq!(allowed(&pool(json!([{ "nodes": "0" }])), 5), 0);
        assert_eq!(allowed(&pool(json!([])), 5), 5);
        let nightly =
            json!([{ "nodes": "0", "schedule": "0 9 * * 1-5", "duration": "8h" }, { "nodes": "2" }]);
        assert_eq!(allowed(&pool(nightly), 5), 2);
    }

    #[test]
    fn a_successor_is_of_the_same_kind_and_names_whom_it_follows() {
        let claim = json!({
            "metadata": { "name": "default-abc", "uid": "1", "labels": { POOL: "default" }, "finalizers": ["f"] },
            "spec": { "requirements": [{ "key": ZONE, "operator": "In", "values": ["us-east-1b"] }] },
            "status": { "imageID": "ami-1" },
        });
        let made = successor(&claim);
        assert_eq!(replaced(&made), "default-abc");
        assert_eq!(made["metadata"]["labels"], json!({ POOL: "default", ZONE: "us-east-1b" }));
        assert_eq!((&made["spec"], &made["status"]), (&claim["spec"], &Value::Null));
        assert_eq!(made["metadata"]["generateName"], "default-");
    }
}
