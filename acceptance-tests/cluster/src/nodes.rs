//! Nodes as EKS's managed node groups make them: names, labels, and what of the instance is left for pods.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};

use crate::client::Client;

/// How long a node may take until it is ready and takes pods.
const READY: Duration = Duration::from_secs(60);
const REGION: &str = "us-east-1";
/// What EC2 keeps of an instance's memory for itself: what Karpenter reckons with (`VM_MEMORY_OVERHEAD_PERCENT`).
const OVERHEAD_PERMILLE: u64 = 75;

/// A group of alike nodes, spread over the zones `a`, `b` and `c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeGroup {
    /// Its name, the value of the label `eks.amazonaws.com/nodegroup`.
    pub name: String,
    /// How many nodes.
    pub count: usize,
    /// The EC2 instance type, a label only.
    pub instance_type: String,
    /// Virtual processors of an instance.
    pub vcpus: u64,
    /// Memory of an instance in MiB, as EC2 tells it.
    pub memory_mib: u64,
    /// The most pods of a node.
    pub pods: u64,
    /// Labels beside those that each node has.
    pub labels: BTreeMap<String, String>,
    /// Taints, as a node has them.
    pub taints: Vec<Value>,
}

impl NodeGroup {
    /// The platform's own nodes, as the module `cluster` makes them beside Karpenter: 110 pods, since the VPC CNI assigns prefixes.
    #[must_use]
    pub fn system(count: usize) -> Self {
        Self {
            name: "system".to_owned(),
            count,
            instance_type: "m7i.large".to_owned(),
            vcpus: 2,
            memory_mib: 8192,
            pods: 110,
            labels: BTreeMap::new(),
            taints: Vec::new(),
        }
    }

    /// One of its nodes. `index` tells nodes of a cluster apart.
    #[must_use]
    pub fn node(&self, index: usize) -> Value {
        let address = format!("10.0.{}.{}", 1 + index / 250, 1 + index % 250);
        let name = format!("ip-{}.ec2.internal", address.replace('.', "-"));
        let letter = ["a", "b", "c"][index % 3];
        let zone = format!("{REGION}{letter}");
        json!({
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": { "name": name, "labels": self.labels_of(&name, &zone, index % 3) },
            "spec": { "providerID": format!("aws:///{zone}/i-{index:017x}"), "taints": self.taints },
            "status": {
                "addresses": [
                    { "type": "InternalIP", "address": address },
                    { "type": "Hostname", "address": name },
                    { "type": "InternalDNS", "address": name },
                ],
                "capacity": self.quantities(self.vcpus * 1000, self.capacity_mib()),
                "allocatable": self.quantities(self.millicores(), self.allocatable_mib()),
            },
        })
    }

    fn labels_of(&self, name: &str, zone: &str, zone_index: usize) -> Value {
        let mut labels: Map<String, Value> = Map::new();
        for (key, value) in [
            ("kubernetes.io/hostname", name),
            ("kubernetes.io/os", "linux"),
            ("kubernetes.io/arch", "amd64"),
            ("node.kubernetes.io/instance-type", &self.instance_type),
            ("topology.kubernetes.io/region", REGION),
            ("topology.kubernetes.io/zone", zone),
            ("topology.k8s.aws/zone-id", ["use1-az1", "use1-az2", "use1-az4"][zone_index]),
            ("eks.amazonaws.com/nodegroup", &self.name),
            ("eks.amazonaws.com/capacityType", "ON_DEMAND"),
        ] {
            labels.insert(key.to_owned(), value.into());
        }
        labels.extend(self.labels.iter().map(|(key, value)| (key.clone(), value.clone().into())));
        Value::Object(labels)
    }

    fn quantities(&self, millicores: u64, mib: u64) -> Value {
        json!({
            "cpu": format!("{millicores}m"),
            "memory": format!("{mib}Mi"),
            "pods": self.pods.to_string(),
            "ephemeral-storage": "50Gi",
        })
    }

    fn capacity_mib(&self) -> u64 {
        self.memory_mib * (1000 - OVERHEAD_PERMILLE) / 1000
    }

    /// What is left of the memory beside what EKS's AMIs keep for the kubelet (255 MiB, and 11 for each pod that there may be)
    /// and for eviction (100 MiB).
    fn allocatable_mib(&self) -> u64 {
        self.capacity_mib().saturating_sub(255 + 11 * self.pods + 100)
    }

    /// What is left of the processors beside what EKS's AMIs keep: 6 % of the first, 1 % of the second, 0.5 % of the next two,
    /// 0.25 % of the others.
    fn millicores(&self) -> u64 {
        let share = |from: u64, to: u64, tenths: u64| (self.vcpus.min(to).saturating_sub(from)) * tenths;
        let kept = share(0, 1, 600) + share(1, 2, 100) + share(2, 4, 50) + share(4, u64::MAX, 25);
        self.vcpus * 1000 - kept / 10
    }
}

impl Client {
    /// Adds the nodes of a group, and waits until each is ready and takes pods. Gives their names.
    ///
    /// # Errors
    /// When one cannot be made, or is not ready in time.
    pub fn add_nodes(&self, group: &NodeGroup) -> Result<Vec<String>> {
        let there = self.get("/api/v1/nodes?limit=500")?["items"].as_array().map_or(0, Vec::len);
        let mut names = Vec::new();
        // Where nodes were taken away, names above their number are in use.
        let mut index = there;
        while names.len() < group.count {
            let answer = self.send("POST", "/api/v1/nodes", Some(&group.node(index)))?;
            index += 1;
            if answer.status == 409 {
                continue;
            }
            ensure!(answer.status == 201, "making a node: status {}: {}", answer.status, answer.body);
            let name = answer.body["metadata"]["name"].as_str().context("a node without a name")?;
            names.push(name.to_owned());
        }
        for name in &names {
            self.wait(&format!("/api/v1/nodes/{name}"), "ready", READY, |answer| takes_pods(&answer.body))?;
        }
        Ok(names)
    }
}

/// Whether a node is ready, and the control plane has taken away the taint by which it says that it is not.
fn takes_pods(node: &Value) -> bool {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let is_ready = |condition: &Value| condition["type"] == "Ready" && condition["status"] == "True";
    let is_waiting = |taint: &Value| taint["key"] == "node.kubernetes.io/not-ready";
    list(&node["status"]["conditions"]).iter().any(is_ready)
        && !list(&node["spec"]["taints"]).iter().any(is_waiting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_node_is_an_m7i_large_of_eks() {
        let node = NodeGroup::system(2).node(1);
        assert_eq!(node["metadata"]["name"], "ip-10-0-1-2.ec2.internal");
        assert_eq!(node["metadata"]["labels"]["topology.kubernetes.io/zone"], "us-east-1b");
        assert_eq!(node["metadata"]["labels"]["class.truefoundry.com/component"], Value::Null);
        assert_eq!(node["spec"]["providerID"], "aws:///us-east-1b/i-00000000000000001");
        let expected =
            json!({ "cpu": "1930m", "memory": "6012Mi", "pods": "110", "ephemeral-storage": "50Gi" });
        assert_eq!(node["status"]["allocatable"], expected);
    }

    #[test]
    fn large_nodes_keep_less_for_themselves() {
        let large = NodeGroup { vcpus: 48, memory_mib: 196_608, pods: 737, ..NodeGroup::system(1) };
        assert_eq!(large.millicores(), 47_810);
    }

    #[test]
    fn a_node_with_the_taint_of_its_beginning_takes_no_pods() {
        let ready = json!({ "conditions": [{ "type": "Ready", "status": "True" }] });
        let taints = json!({ "taints": [{ "key": "node.kubernetes.io/not-ready", "effect": "NoSchedule" }] });
        assert!(takes_pods(&json!({ "spec": {}, "status": ready })));
        assert!(!takes_pods(&json!({ "spec": taints, "status": ready })));
        assert!(!takes_pods(&json!({ "spec": {}, "status": { "conditions": [] } })));
    }
}
