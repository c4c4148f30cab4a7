//! Somebody's workloads: on the nodes of the group and on Karpenter's, each with a budget, and custom resources of add-ons.

use anyhow::Result;
use serde_json::{Value, json};
use test_cluster::Client;

use super::SOON;

/// Those with a budget: name, replicas, and how many of them must always be available.
pub(crate) const BUDGETED: [(&str, u64, u64); 2] = [("web", 4, 3), ("model", 3, 2)];
/// So many nodes Karpenter has for one of them.
pub(crate) const NODES: usize = 3;

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";

/// Makes them, and waits until they are available.
pub(crate) fn make(administrator: &Client) -> Result<()> {
    for (name, replicas, available) in BUDGETED {
        let budget = json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": { "name": name },
            "spec": { "minAvailable": available, "selector": { "matchLabels": { "app": name } } },
        });
        administrator.create("/apis/policy/v1/namespaces/default/poddisruptionbudgets", &budget)?;
        administrator.create(DEPLOYMENTS, &deployment(name, replicas))?;
    }
    let scaled = json!({
        "apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": { "name": "model" },
        "spec": { "scaleTargetRef": { "name": "model" }, "triggers": [{ "type": "cpu", "metadata": { "value": "50" } }] },
    });
    administrator.create("/apis/keda.sh/v1alpha1/namespaces/default/scaledobjects", &scaled)?;
    let rollout = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": { "name": "model" },
        "spec": { "replicas": 1, "selector": { "matchLabels": { "app": "other" } } },
    });
    administrator.create("/apis/argoproj.io/v1alpha1/namespaces/default/rollouts", &rollout)?;
    are_available(administrator)
}

/// Waits until all of their pods are available.
pub(crate) fn are_available(administrator: &Client) -> Result<()> {
    for (name, replicas, _) in BUDGETED {
        administrator.wait(&format!("{DEPLOYMENTS}/{name}"), "available", SOON, |answer| {
            answer.body["status"]["availableReplicas"] == replicas
        })?;
    }
    Ok(())
}

/// `web` is on the nodes of the group; of `model` each pod has a node of Karpenter's.
fn deployment(name: &str, replicas: u64) -> Value {
    let mut pod = json!({
        "containers": [{
            "name": "main", "image": "example.com/main:1", "resources": { "requests": { "cpu": "20m", "memory": "64Mi" } },
        }],
    });
    if name == "web" {
        pod["nodeSelector"] = json!({ "eks.amazonaws.com/nodegroup": "system" });
    } else {
        let pool = json!({ "key": "karpenter.sh/nodepool", "operator": "Exists" });
        pod["affinity"] = json!({
            "nodeAffinity": { "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{ "matchExpressions": [pool] }],
            } },
            "podAntiAffinity": { "requiredDuringSchedulingIgnoredDuringExecution": [{
                "labelSelector": { "matchLabels": { "app": name } }, "topologyKey": "kubernetes.io/hostname",
            }] },
        });
    }
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": name },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": { "app": name } },
            "template": { "metadata": { "labels": { "app": name } }, "spec": pod },
        },
    })
}
