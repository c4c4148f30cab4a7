//! Node pools: whether they can have nodes, and what they have.

use anyhow::Result;
use serde_json::{Value, json};

use super::super::hands::Hands;
use super::super::object::{is_deleted, is_true, label, name, with_conditions};
use super::super::quantity::Amounts;
use super::types::InstanceType;
use super::{INSTANCE_TYPE, POOL, POOLS, World};

pub(super) fn step(hands: &Hands, world: &World, pool: &Value) -> Result<()> {
    if is_deleted(pool) {
        return Ok(());
    }
    let class = world.class_of(&pool["spec"]["template"]["spec"]);
    let (class_ready, reason, message) = match class {
        None => ("False", "NodeClassNotFound", "NodeClass not found on cluster"),
        Some(class) if is_deleted(class) => ("False", "NodeClassTerminating", "NodeClass is Terminating"),
        Some(class) if is_true(class, "Ready") => ("True", "NodeClassReady", ""),
        Some(_) => ("False", "NodeClassNotReady", "NodeClass is not ready"),
    };
    let ready = if class_ready == "True" { "Ready" } else { "UnhealthyDependents" };
    let wanted = [
        ("ValidationSucceeded", "True", "ValidationSucceeded", ""),
        ("NodeClassReady", class_ready, reason, message),
        ("Ready", class_ready, ready, message),
    ];
    let conditions = with_conditions(pool, &wanted);
    let (count, used) = used(world, pool);
    let mut status = json!({ "nodes": count, "resources": used.quantities() });
    if conditions.is_none() && is_same(&pool["status"], &status) {
        return Ok(());
    }
    // What a merge patch does not name stays: resources that are used no more have to be named.
    for (resource, _) in pool["status"]["resources"].as_object().into_iter().flatten() {
        if status["resources"][resource].is_null() {
            status["resources"][resource] = Value::Null;
        }
    }
    if let Some(conditions) = conditions {
        status["conditions"] = conditions;
    }
    hands.merge(&format!("{POOLS}/{}/status", name(pool)), &json!({ "status": status }))
}

fn is_same(old: &Value, new: &Value) -> bool {
    old["nodes"] == new["nodes"] && Amounts::of(&old["resources"]) == Amounts::of(&new["resources"])
}

/// How many nodes a pool has, and what they have together: those that go are counted no more.
pub(super) fn used(world: &World, pool: &Value) -> (usize, Amounts) {
    let mut sum = Amounts::default();
    let claims = world.claims.iter().filter(|claim| label(claim, POOL) == name(pool) && !is_deleted(claim));
    let capacity = |claim: &Value| match &claim["status"]["capacity"] {
        // Not launched yet.
        Value::Null => {
            InstanceType::named(label(claim, INSTANCE_TYPE)).map(|it| Amounts::of(&it.resources(None).0))
        }
        told => Some(Amounts::of(told)),
    };
    let count = claims.map(|claim| sum.add(&capacity(claim).unwrap_or_default())).count();
    (count, sum)
}
