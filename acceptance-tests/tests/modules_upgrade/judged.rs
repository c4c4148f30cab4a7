//! What a plan, a state and the calls of an apply say of what is kept.

use std::collections::BTreeSet;
use std::path::Path;

use acceptance_tests::LocalAws;
use acceptance_tests::guide::{Gone, Guide};
use acceptance_tests::terraform::Plan;
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

/// Calls that take away what holds data or an address.
const TAKES_AWAY: [&str; 24] = [
    "DeleteBucket",
    "DeleteCertificate",
    "DeleteCluster",
    "DeleteDBInstance",
    "DeleteDBSnapshot",
    "DeleteFileSystem",
    "DeleteHostedZone",
    "DeleteLoadBalancer",
    "DeleteLogGroup",
    "DeleteMountTarget",
    "DeleteNatGateway",
    "DeleteObject",
    "DeleteObjects",
    "DeleteOpenIDConnectProvider",
    "DeleteRepository",
    "DeleteRole",
    "DeleteSecret",
    "DeleteSubnet",
    "DeleteTable",
    "DeleteVpc",
    "DeleteVpcEndpoints",
    "ReleaseAddress",
    "ScheduleKeyDeletion",
    "TerminateInstances",
];

/// What a plan keeps not as it is, without what it changes in place. An error where that is of a type of which nothing goes.
pub(crate) fn gone(plan: &Plan, guide: &Guide) -> Result<BTreeSet<Gone>> {
    let mut gone = BTreeSet::new();
    for change in plan.json["resource_changes"].as_array().context("a plan without `resource_changes`")? {
        let text = |key: &str| change[key].as_str().unwrap_or_default();
        let has = |action: &str| {
            change["change"]["actions"].as_array().is_some_and(|all| all.iter().any(|one| one == action))
        };
        let what = match (has("create"), has("delete"), has("forget")) {
            (true, true, _) | (true, _, true) => "replaced",
            (false, true, _) => "destroyed",
            (false, false, true) => "forgotten",
            _ => continue,
        };
        ensure!(!guide.held.contains(text("type")), "`{}` would be {what}:\n{}", text("address"), plan.text);
        gone.insert(Gone { object: format!("{}.{}", text("type"), text("name")), what: what.to_owned() });
    }
    Ok(gone)
}

/// Which objects of the types of which nothing goes a folder's state has: by what AWS knows each, and by what no other would have.
pub(crate) fn kept(folder: &Path, guide: &Guide) -> Result<BTreeSet<String>> {
    const IDENTITY: [&str; 6] = ["id", "arn", "unique_id", "resource_id", "created_at", "allocation_id"];
    let mut found = BTreeSet::new();
    for (kind, attributes) in objects(folder)? {
        if guide.held.contains(&kind) {
            let identity: Vec<&str> = IDENTITY.iter().filter_map(|key| attributes[key].as_str()).collect();
            found.insert(format!("{kind} {}", identity.join(" ")));
        }
    }
    ensure!(!found.is_empty(), "nothing in `{}` holds data or an address", folder.display());
    Ok(found)
}

/// Type and attributes of what a folder's state has.
fn objects(folder: &Path) -> Result<Vec<(String, Value)>> {
    let state: Value = serde_json::from_slice(&fs::read(folder.join("terraform.tfstate"))?)?;
    let mut found = Vec::new();
    for resource in state["resources"].as_array().into_iter().flatten() {
        if resource["mode"] == "managed" {
            let kind = resource["type"].as_str().context("a resource without a type")?;
            let instances = resource["instances"].as_array().into_iter().flatten();
            found.extend(instances.map(|instance| (kind.to_owned(), instance["attributes"].clone())));
        }
    }
    Ok(found)
}

/// Expects that none of the calls since [`LocalAws::keep_calls`] takes away what holds data or an address.
pub(crate) fn took_nothing_away(aws: &LocalAws) -> Result<()> {
    let calls = aws.calls()?;
    ensure!(!calls.is_empty(), "no calls were kept");
    let took = |call: &&Value| TAKES_AWAY.iter().any(|operation| call["operation"] == *operation);
    let taken: Vec<&Value> = calls.iter().filter(took).collect();
    ensure!(taken.is_empty(), "taken away: {taken:#?}");
    Ok(())
}

fn plan(kind: &str, actions: &Value) -> Plan {
    let change = json!({ "address": format!("module.a.{kind}.b"), "type": kind, "name": "b", "change": { "actions": actions } });
    Plan { text: "the plan".to_owned(), json: json!({ "resource_changes": [change] }), has_changes: true }
}

#[test]
fn what_may_not_go_is_refused_and_what_else_goes_is_told() -> Result<()> {
    let guide = Guide::read()?;
    for (actions, what) in [
        (json!(["delete", "create"]), "replaced"),
        (json!(["create", "delete"]), "replaced"),
        (json!(["delete"]), "destroyed"),
        (json!(["forget"]), "forgotten"),
    ] {
        let refused = gone(&plan("aws_subnet", &actions), &guide).err().context("a subnet may go")?;
        assert_eq!(refused.to_string(), format!("`module.a.aws_subnet.b` would be {what}:\nthe plan"));
        let told = gone(&plan("aws_launch_template", &actions), &guide)?;
        let expected = Gone { object: "aws_launch_template.b".to_owned(), what: what.to_owned() };
        assert_eq!(told, BTreeSet::from([expected]));
    }
    for actions in [json!(["update"]), json!(["create"]), json!(["no-op"]), json!(["read"])] {
        assert_eq!(gone(&plan("aws_subnet", &actions), &guide)?, BTreeSet::new());
    }
    Ok(())
}
