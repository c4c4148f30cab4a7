//! What the module `addons` takes: the values of its variables `node_pools` and `node_class`.

use serde_json::{Map, Value, json};

use super::{Compute, Instances, NodePool, Variant};
use crate::spec::{Budget, Reason, Reservation};

impl Compute {
    /// `node_pools`, and `node_class` without `role` and `instance_profile`, which are known when the cluster's layer is applied.
    #[must_use]
    pub fn values(&self) -> Value {
        let pools: Map<String, Value> =
            self.node_pools().map(|pool| (pool.name.clone(), self.node_pool(pool))).collect();
        let variants: Map<String, Value> =
            self.nodes.variants.iter().map(|(&name, one)| (name.to_owned(), variant(one))).collect();
        let mut class = Map::from_iter([
            ("ami".to_owned(), json!(self.nodes.ami)),
            ("tags".to_owned(), json!(self.nodes.tags)),
            ("volume".to_owned(), json!({ "size_gib": self.nodes.disk_gib })),
        ]);
        if let Some(key) = &self.nodes.kms_key {
            class.insert("kms_key_arn".to_owned(), json!(key));
        }
        if !variants.is_empty() {
            class.insert("variants".to_owned(), Value::Object(variants));
        }
        json!({ "node_pools": pools, "node_class": class })
    }

    fn node_pool(&self, pool: &NodePool) -> Value {
        let mut made = json!({
            "weight": pool.weight,
            "capacity_types": [pool.capacity.name()],
            "architectures": pool.architectures.iter().map(|one| one.name()).collect::<Vec<_>>(),
            "cpus_from": pool.processors,
            "limits": pool.limits,
            "expire_after": pool.expire_after,
            "termination_grace_period": pool.termination_grace_period,
            "disruption": {
                "consolidate_after": pool.consolidate_after,
                "consolidation_policy": if pool.moves_pods { "WhenEmptyOrUnderutilized" } else { "WhenEmpty" },
                "budgets": pool.budgets.iter().map(budget).collect::<Vec<_>>(),
            },
        });
        match &pool.instances {
            Instances::Categories(categories, generation) => {
                made["categories"] = json!(categories);
                made["generation_above"] = json!(generation);
            }
            Instances::Families(families) => made["families"] = json!(families),
        }
        if !pool.labels.is_empty() {
            made["labels"] = json!(pool.labels);
        }
        if !pool.taints.is_empty() {
            let taint =
                |one: &super::Taint| json!({ "key": one.key, "value": one.value, "effect": "NoSchedule" });
            made["taints"] = pool.taints.iter().map(taint).collect();
        }
        if !self.nodes.ebs_driver {
            made["startup_taints"] = json!([]);
        }
        if pool.class != "default" {
            made["node_class"] = json!(pool.class);
        }
        made
    }
}

fn variant(variant: &Variant) -> Value {
    let mut made = json!({ "volume": { "size_gib": variant.disk_gib } });
    if !variant.reservations.is_empty() {
        let reservation = |one: &Reservation| match one {
            Reservation::Id(id) => json!({ "id": id }),
            Reservation::Tags(tags) => json!({ "tags": tags }),
        };
        made["capacity_reservations"] = variant.reservations.iter().map(reservation).collect();
    }
    made
}

fn budget(budget: &Budget) -> Value {
    let mut made = json!({ "nodes": budget.nodes });
    if !budget.reasons.is_empty() {
        made["reasons"] = budget
            .reasons
            .iter()
            .map(|reason| match reason {
                Reason::Drifted => "Drifted",
                Reason::Empty => "Empty",
                Reason::Underutilized => "Underutilized",
            })
            .collect();
    }
    for (key, value) in [("schedule", &budget.schedule), ("duration", &budget.duration)] {
        if let Some(value) = value {
            made[key] = json!(value);
        }
    }
    made
}
