//! Nodes that drain, and what holds them: pods that a budget or their own annotation keeps.

use serde_json::Value;

use super::objects::{items, listed, text};

/// A line for each node that is deleted and still there, by the lists of nodes, pods and disruption budgets.
pub(super) fn told(nodes: &Value, pods: &Value, budgets: &Value) -> Vec<String> {
    let deleted = items(nodes, "items").filter(|node| node["metadata"]["deletionTimestamp"].is_string());
    deleted.map(|node| line(&text(&node["metadata"], "name"), pods, budgets)).collect()
}

fn line(node: &str, pods: &Value, budgets: &Value) -> String {
    let on_it: Vec<&Value> = items(pods, "items").filter(|pod| is_drained(pod, node)).collect();
    let held: Vec<String> = on_it.iter().filter_map(|pod| held(pod, budgets)).collect();
    if !held.is_empty() {
        return format!("node `{node}`, which drains and is held by {}", listed(&held));
    }
    match on_it.len() {
        0 => format!("node `{node}`, which has drained: its instance is to end, and volumes to be detached"),
        more => format!("node `{node}`, which drains: pods that are still to end: {more}"),
    }
}

/// Whether a pod has to go before a node can: not one of a daemon set, nor one that has ended.
fn is_drained(pod: &Value, node: &str) -> bool {
    let phase = &pod["status"]["phase"];
    let stays = items(&pod["metadata"], "ownerReferences")
        .any(|owner| owner["kind"] == "DaemonSet" || owner["kind"] == "Node");
    pod["spec"]["nodeName"] == node && phase != "Succeeded" && phase != "Failed" && !stays
}

fn held(pod: &Value, budgets: &Value) -> Option<String> {
    let metadata = &pod["metadata"];
    let (namespace, name) = (text(metadata, "namespace"), text(metadata, "name"));
    if metadata["annotations"]["karpenter.sh/do-not-disrupt"] == "true" {
        return Some(format!("pod {namespace}/{name} (its annotation `karpenter.sh/do-not-disrupt`)"));
    }
    let budget = items(budgets, "items").find(|budget| {
        text(&budget["metadata"], "namespace") == namespace
            && budget["status"]["disruptionsAllowed"].as_u64().unwrap_or_default() == 0
            && selects(&budget["spec"]["selector"], &metadata["labels"])
    })?;
    Some(format!(
        "pod {namespace}/{name} (the budget `{}` allows no disruption)",
        text(&budget["metadata"], "name")
    ))
}

/// Whether a selector takes these labels. An empty one takes all, and none takes none.
fn selects(selector: &Value, labels: &Value) -> bool {
    let equal =
        selector["matchLabels"].as_object().into_iter().flatten().all(|(key, value)| &labels[key] == value);
    let expressed = items(selector, "matchExpressions").all(|expression| {
        let label = &labels[text(expression, "key")];
        let among = items(expression, "values").any(|value| value == label);
        match text(expression, "operator").as_str() {
            "In" => among,
            "NotIn" => !among,
            "Exists" => label.is_string(),
            _ => !label.is_string(),
        }
    });
    selector.is_object() && equal && expressed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod(name: &str, node: &str, more: &Value) -> Value {
        let mut metadata = json!({ "namespace": "shop", "name": name });
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "metadata": metadata, "spec": { "nodeName": node }, "status": { "phase": "Running" } })
    }

    #[test]
    fn a_node_that_drains_names_the_pods_and_what_holds_them() {
        let node =
            |name: &str| json!({ "metadata": { "name": name, "deletionTimestamp": "2026-11-29T10:00:00Z" } });
        let nodes =
            json!({ "items": [node("n1"), node("n2"), node("n3"), { "metadata": { "name": "stays" } }] });
        let of = |kind: &str| json!({ "ownerReferences": [{ "kind": kind }] });
        let mut done = pod("done", "n3", &json!({}));
        done["status"]["phase"] = json!("Succeeded");
        let pods = json!({ "items": [
            pod("web-1", "n1", &json!({ "labels": { "app": "web" } })),
            pod("job-1", "n1", &json!({ "annotations": { "karpenter.sh/do-not-disrupt": "true" } })),
            pod("other", "n2", &json!({ "labels": { "app": "other" } })),
            pod("logs", "n3", &of("DaemonSet")), done, pod("away", "stays", &json!({})),
        ] });
        let budget = |name: &str, allowed: u64, selector: Value| {
            json!({ "metadata": { "namespace": "shop", "name": name }, "spec": { "selector": selector },
                    "status": { "disruptionsAllowed": allowed } })
        };
        let budgets = json!({ "items": [
            budget("wide", 1, json!({})),
            budget("web", 0, json!({ "matchExpressions": [{ "key": "app", "operator": "In", "values": ["web"] }] })),
            budget("none", 0, json!({ "matchLabels": { "app": "none" } })),
        ] });
        insta::assert_snapshot!(told(&nodes, &pods, &budgets).join("\n"), @r"
        node `n1`, which drains and is held by pod shop/web-1 (the budget `web` allows no disruption), pod shop/job-1 (its annotation `karpenter.sh/do-not-disrupt`)
        node `n2`, which drains: pods that are still to end: 1
        node `n3`, which has drained: its instance is to end, and volumes to be detached
        ");
    }

    #[test]
    fn selectors_take_what_kubernetes_takes() {
        let labels = json!({ "app": "web", "tier": "front" });
        let by = |operator: &str, key: &str, values: Value| json!({ "matchExpressions": [{ "key": key, "operator": operator, "values": values }] });
        for (selector, taken) in [
            (json!({}), true),
            (Value::Null, false),
            (json!({ "matchLabels": { "app": "web" } }), true),
            (json!({ "matchLabels": { "app": "web", "tier": "back" } }), false),
            (by("In", "app", json!(["web", "x"])), true),
            (by("NotIn", "app", json!(["web"])), false),
            (by("NotIn", "zone", json!(["a"])), true),
            (by("Exists", "app", json!([])), true),
            (by("DoesNotExist", "app", json!([])), false),
        ] {
            assert_eq!(selects(&selector, &labels), taken, "{selector}");
        }
    }
}
