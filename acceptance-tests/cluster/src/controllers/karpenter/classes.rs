//! Node classes: what they select in AWS, and that they stay until no node claim refers to them.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::super::aws::{Aws, filter, texts};
use super::super::hands::Hands;
use super::super::object::{has_finalizer, is_deleted, is_true, items, name, text, with_conditions};
use super::{CLASSES, World, profiles};

const TERMINATION: &str = "karpenter.k8s.aws/termination";

pub(super) fn step(hands: &Hands, world: &World, class: &Value) -> Result<()> {
    let path = format!("{CLASSES}/{}", name(class));
    if is_deleted(class) {
        let is_used = world.claims.iter().any(|claim| claim["spec"]["nodeClassRef"]["name"] == *name(class));
        if is_used || !has_finalizer(class, TERMINATION) {
            return Ok(());
        }
        profiles::remove(hands, class)?;
        hands.say(&format!("node class {}: no node claim refers to it, it may go", name(class)));
        return hands.release(&path, class, TERMINATION);
    }
    hands.hold(&path, class, TERMINATION)?;
    if is_settled(class) {
        return Ok(());
    }
    let mut found = Found::by(hands, class)?;
    found.profile = profiles::ensure(hands, class)?;
    if let Some(conditions) = with_conditions(class, &found.conditions()) {
        let status = json!({
            "subnets": found.subnets,
            "securityGroups": found.security_groups,
            "instanceProfile": found.profile,
            "conditions": conditions,
        });
        hands.say(&format!("node class {}: {}", name(class), found.told()));
        hands.merge(&format!("{path}/status"), &json!({ "status": status }))?;
    }
    Ok(())
}

/// Whether it is ready as it is now.
fn is_settled(class: &Value) -> bool {
    let generation = &class["metadata"]["generation"];
    is_true(class, "Ready")
        && items(&class["status"]["conditions"])
            .all(|condition| condition["observedGeneration"] == *generation)
}

/// The zones in which a node class can have nodes.
pub(super) fn zones(class: &Value) -> Vec<&str> {
    let mut zones: Vec<&str> =
        items(&class["status"]["subnets"]).map(|subnet| text(&subnet["zone"])).collect();
    zones.sort_unstable();
    zones.dedup();
    zones
}

/// What a node class selects.
struct Found {
    subnets: Vec<Value>,
    security_groups: Vec<Value>,
    profile: Option<String>,
}

impl Found {
    /// In AWS; without it, a subnet for each of three zones, and a security group.
    fn by(hands: &Hands, class: &Value) -> Result<Self> {
        let spec = &class["spec"];
        let Some(aws) = hands.reading_aws() else {
            let subnet = |letter: &str| json!({ "id": format!("subnet-{letter}"), "zone": format!("{}{letter}", hands.region) });
            return Ok(Self {
                subnets: ["a", "b", "c"].map(subnet).into(),
                security_groups: vec![json!({ "id": "sg-nodes" })],
                profile: None,
            });
        };
        Ok(Self {
            subnets: selected(aws, &spec["subnetSelectorTerms"], "DescribeSubnets", |xml| {
                let zones = texts(xml, "availabilityZone");
                let subnets =
                    texts(xml, "subnetId").into_iter().zip(zones).zip(texts(xml, "availabilityZoneId"));
                let of = |((id, zone), zone_id)| json!({ "id": id, "zone": zone, "zoneID": zone_id });
                subnets.map(of).collect()
            })?,
            security_groups: selected(
                aws,
                &spec["securityGroupSelectorTerms"],
                "DescribeSecurityGroups",
                groups,
            )?,
            profile: None,
        })
    }

    fn conditions(&self) -> [(&'static str, &'static str, &'static str, &'static str); 4] {
        let one = |kind, found: bool, missing, message| {
            if found { (kind, "True", kind, "") } else { (kind, "False", missing, message) }
        };
        let subnets = !self.subnets.is_empty();
        let groups = !self.security_groups.is_empty();
        let profile = self.profile.is_some();
        [
            one("SubnetsReady", subnets, "SubnetsNotFound", "SubnetSelector did not match any Subnets"),
            one(
                "SecurityGroupsReady",
                groups,
                "SecurityGroupsNotFound",
                "SecurityGroupSelector did not match any SecurityGroups",
            ),
            one(
                "InstanceProfileReady",
                profile,
                "InstanceProfileNotFound",
                "Instance profile or its role not found",
            ),
            one(
                "Ready",
                subnets && groups && profile,
                "UnhealthyDependents",
                "a selector matches nothing, or the role is not there",
            ),
        ]
    }

    fn told(&self) -> String {
        let (subnets, groups) = (self.subnets.len(), self.security_groups.len());
        let profile = self.profile.as_deref().unwrap_or("none");
        format!("{subnets} subnets, {groups} security groups, instance profile {profile}")
    }
}

/// What the terms of a selector select, each once.
fn selected(aws: &Aws, terms: &Value, action: &str, read: impl Fn(&str) -> Vec<Value>) -> Result<Vec<Value>> {
    let mut found: Map<String, Value> = Map::new();
    for term in items(terms) {
        let mut parameters = Vec::new();
        let mut number = 0;
        let mut add = |name: &str, value: &str| {
            number += 1;
            parameters.extend(filter(number, name, value));
        };
        for (key, value) in term["tags"].as_object().into_iter().flatten() {
            match text(value) {
                "*" => add("tag-key", key),
                value => add(&format!("tag:{key}"), value),
            }
        }
        let id = if action == "DescribeSubnets" { "subnet-id" } else { "group-id" };
        for (name, value) in [(id, &term["id"]), ("group-name", &term["name"])] {
            if let Some(value) = value.as_str() {
                add(name, value);
            }
        }
        for one in read(&aws.ec2(action, &parameters)?) {
            found.insert(text(&one["id"]).to_owned(), one);
        }
    }
    Ok(found.into_iter().map(|(_, one)| one).collect())
}

/// The security groups of an answer. Their rules name groups too, but only they have an ARN.
fn groups(xml: &str) -> Vec<Value> {
    let arns = texts(xml, "securityGroupArn");
    arns.into_iter().filter_map(|arn| Some(json!({ "id": arn.rsplit_once('/')?.1 }))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_rules_name_are_not_selected() {
        let xml = "<item><groupId>sg-1</groupId><ipPermissions><item><groups><item><groupId>sg-2</groupId></item></groups></item>\
                   </ipPermissions><securityGroupArn>arn:aws:ec2:us-east-1:1:security-group/sg-1</securityGroupArn></item>";
        assert_eq!(groups(xml), [json!({ "id": "sg-1" })]);
    }

    #[test]
    fn a_class_that_selects_nothing_is_not_ready() {
        let found = Found {
            subnets: Vec::new(),
            security_groups: vec![json!({ "id": "sg-1" })],
            profile: Some("nodes".to_owned()),
        };
        let [subnets, groups, profile, ready] = found.conditions();
        assert_eq!((subnets.1, subnets.2), ("False", "SubnetsNotFound"));
        assert_eq!((groups.1, profile.1), ("True", "True"));
        assert_eq!(ready.1, "False");
    }
}
