//! The nodes of a managed node group, replaced as EKS does when its version is updated. `README.md` says what is left out.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use crate::client::Client;
use crate::nodes::NodeGroup;

/// How long a node may take to be drained. EKS gives up after a quarter of an hour.
const DRAINED: Duration = Duration::from_mins(5);
/// How often to ask for an eviction that a budget has refused.
const EVERY: Duration = Duration::from_millis(200);

impl Client {
    /// Replaces every node of a group, one after the other: a new one that takes pods, then an old one cordoned, drained by the Eviction API and
    /// deleted. Gives the names of those that are gone.
    ///
    /// # Errors
    /// When a node cannot be made, or a pod cannot be evicted in time.
    pub fn roll_nodes(&self, group: &NodeGroup) -> Result<Vec<String>> {
        let path = format!("/api/v1/nodes?labelSelector=eks.amazonaws.com%2Fnodegroup%3D{}", group.name);
        let old: Vec<String> = items(&self.get(&path)?).map(|node| name(node).to_owned()).collect();
        for node in &old {
            self.add_nodes(&NodeGroup { count: 1, ..group.clone() })?;
            let path = format!("/api/v1/nodes/{node}");
            let answer = self.merge(&path, &json!({ "spec": { "unschedulable": true } }))?;
            ensure!(answer.status == 200, "cordoning {node}: status {}: {}", answer.status, answer.body);
            self.drain(node)?;
            self.delete(&path)?;
        }
        Ok(old)
    }

    /// Evicts what is on a node until only pods are left that every node has.
    fn drain(&self, node: &str) -> Result<()> {
        let begin = std::time::Instant::now();
        loop {
            let pods = self.get(&format!("/api/v1/pods?fieldSelector=spec.nodeName%3D{node}"))?;
            let left: Vec<&Value> = items(&pods).filter(|pod| is_evicted(pod)).collect();
            if left.is_empty() {
                return Ok(());
            }
            for pod in left.iter().filter(|pod| pod["metadata"]["deletionTimestamp"].is_null()) {
                self.evict(pod)?;
            }
            if begin.elapsed() > DRAINED {
                let names: Vec<&str> = left.into_iter().map(name).collect();
                bail!("{node}: not drained within {DRAINED:?}; there still are {}", names.join(", "));
            }
            std::thread::sleep(EVERY);
        }
    }

    /// Asks for an eviction. One that a budget refuses is asked for again later.
    fn evict(&self, pod: &Value) -> Result<()> {
        let namespace = pod["metadata"]["namespace"].as_str().context("a pod without a namespace")?;
        let eviction = json!({
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": { "name": name(pod), "namespace": namespace },
        });
        let path = format!("/api/v1/namespaces/{namespace}/pods/{}/eviction", name(pod));
        let answer = self.send("POST", &path, Some(&eviction))?;
        let is_fine = matches!(answer.status, 200 | 201 | 404 | 429);
        ensure!(is_fine, "POST {path}: status {}: {}", answer.status, answer.body);
        Ok(())
    }
}

/// Whether a node has to be without a pod before it goes.
fn is_evicted(pod: &Value) -> bool {
    let owners = pod["metadata"]["ownerReferences"].as_array();
    let is_of_the_node = |owner: &Value| owner["kind"] == "DaemonSet" || owner["kind"] == "Node";
    let has_ended = pod["status"]["phase"] == "Succeeded" || pod["status"]["phase"] == "Failed";
    !has_ended && !owners.into_iter().flatten().any(is_of_the_node)
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list["items"].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_node_has_and_what_has_ended_stays() {
        let pod = |owner: &str, phase: &str| json!({ "metadata": { "ownerReferences": [{ "kind": owner }] }, "status": { "phase": phase } });
        assert!(is_evicted(&pod("ReplicaSet", "Running")));
        assert!(!is_evicted(&pod("DaemonSet", "Running")));
        assert!(!is_evicted(&pod("Job", "Succeeded")));
        assert!(is_evicted(&json!({ "metadata": {}, "status": { "phase": "Pending" } })));
    }
}
