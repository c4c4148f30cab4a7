//! The three ways to a platform, as the examples write them: applied by the real AWS provider to the local AWS, changed
//! in five steps as a team would over the years, and destroyed. After every step a second plan is empty.
//!
//! Policies are enforced: what `hcp-identity` lets apply does all of it and nothing is denied, and what it lets plan plans.

use acceptance_tests::Recorded;
use acceptance_tests::stack::{Changes, Root, Stack};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

const GIVEN_NETWORK: &str = include_str!("modules_scenarios/given-network.tf");
const GIVEN_CLUSTER: &str = include_str!("modules_scenarios/given-cluster.tf");

/// The database grows in place, with the instance class and the storage changed at once: in its window, until when every plan shows the change.
fn resize_the_database(stack: &Stack, root: &mut Root) -> Result<()> {
    let update = [("module.database.aws_db_instance.this", "update")];
    root.set("database", json!({ "instance_class": "db.m7g.large", "storage_gib": 100 }))?;
    for _ in ["before the apply", "before the window"] {
        Changes::of(&root.plan()?)?.expect(&update);
        root.apply_alone()?;
    }
    let databases = stack.aws().inventory()?["names"]["rds:instance"].clone();
    let [name] = databases.as_array().map(Vec::as_slice).context("no instances")? else {
        anyhow::bail!("more than one instance: {databases}")
    };
    stack.aws().open_window(name.as_str().context("no name")?)?;
    root.expect_no_changes()
}

#[test]
fn new_vpc_and_new_cluster() -> Result<()> {
    let mut stack = Stack::new("scenario-new")?;
    stack.enforce("acme-dev", &json!({ "role_names": ["acme-dev-gpu-node"] }))?;
    let mut root = stack.scenario("new-vpc-new-cluster")?;
    root.set("protected", json!(false))?;
    root.apply()?;
    let addresses = root.terraform.output("nat_public_ips")?;

    let zone = root.change("zones", json!(["use1-az1", "use1-az2", "use1-az4"]))?;
    zone.expect_among(&[
        ("module.network.aws_subnet.private[\"use1-az4\"]", "create"),
        ("module.network.aws_subnet.database[\"use1-az4\"]", "create"),
        ("module.network.aws_route.private_nat[\"use1-az4\"]", "create"),
        ("module.network.aws_vpc_endpoint.gateway[\"s3\"]", "update"),
        ("module.database.aws_db_subnet_group.this", "update"),
        ("module.ingress.aws_lb.this", "update"),
        ("module.cluster.aws_eks_node_group.system", "create+delete"),
    ]);
    assert_eq!(root.terraform.output("nat_public_ips")?, addresses);

    stack.aws().keep_calls()?;
    root.change("nat_mode", json!("per-zone"))?.expect(&[
        ("module.network.aws_eip.nat[\"use1-az2\"]", "create"),
        ("module.network.aws_eip.nat[\"use1-az4\"]", "create"),
        ("module.network.aws_nat_gateway.this[\"use1-az2\"]", "create"),
        ("module.network.aws_nat_gateway.this[\"use1-az4\"]", "create"),
        ("module.network.aws_route.private_nat[\"use1-az2\"]", "update"),
        ("module.network.aws_route.private_nat[\"use1-az4\"]", "update"),
    ]);
    assert_eq!(root.terraform.output("nat_public_ips")?["use1-az1"], addresses["use1-az1"]);
    // Routes lead to the new ones when these are there, and the one that was there stays.
    recorded(&stack)?.expect_in_turn("ec2 CreateNatGateway", "ec2 ReplaceRoute")?;
    for operation in ["DeleteNatGateway", "DeleteRoute", "ReleaseAddress"] {
        let called = stack.aws().calls()?.iter().any(|call| call["operation"] == operation);
        assert!(!called, "{operation} was called");
    }

    stack.aws().keep_calls()?;
    root.change("system_instance_types", json!(["m7i.xlarge", "m6i.xlarge"]))?
        .expect(&[("module.cluster.aws_eks_node_group.system", "create+delete")]);
    the_new_node_group_is_there_before_the_old_one_goes(&stack)?;

    upgrade(&mut root)?.expect_among(&[
        ("module.cluster.aws_eks_node_group.system", "update"),
        ("module.gpu.aws_eks_node_group.this", "update"),
    ]);

    resize_the_database(&stack, &mut root)?;
    root.destroy()?;
    stack.expect_empty()
}

fn recorded(stack: &Stack) -> Result<Recorded> {
    Recorded::of(&stack.aws().calls()?, "")
}

/// The provider goes on when EKS has said that the new one is active: it is asked for between both, by its name.
fn the_new_node_group_is_there_before_the_old_one_goes(stack: &Stack) -> Result<()> {
    let calls = stack.aws().calls()?;
    let operation = |name: &str| calls.iter().find(|call| call["operation"] == name);
    let made = operation("CreateNodegroup").context("no node group was made")?;
    let name = made["about"].as_str().and_then(|about| about.rsplit(',').next()).context("it has no name")?;
    recorded(stack)?.expect_in_turn("eks CreateNodegroup", "eks DeleteNodegroup")?;
    let gone = calls.iter().position(|call| call["operation"] == "DeleteNodegroup");
    let asked = |call: &serde_json::Value| {
        call["operation"] == "DescribeNodegroup"
            && call["about"].as_str().is_some_and(|about| about.ends_with(&format!("/{name}")))
    };
    let first = calls.iter().position(asked);
    let in_turn = first.is_some_and(|first| gone.is_some_and(|gone| first < gone));
    ensure!(in_turn, "`{name}` was not asked for before the old one went");
    Ok(())
}

/// By one minor: control plane, then add-ons, then nodes, all in place.
fn upgrade(root: &mut Root) -> Result<Changes> {
    let changes = root.change("kubernetes_version", json!("1.34"))?;
    changes.expect_among(&[
        ("module.cluster.aws_eks_addon.before_nodes[\"kube-proxy\"]", "update"),
        ("module.cluster.aws_eks_cluster.this", "update"),
        ("module.cluster.aws_eks_node_group.system", "update"),
    ]);
    Ok(changes)
}

/// A network of somebody else, applied.
fn given_network(stack: &Stack) -> Result<Root> {
    let given = stack.given("given-network", GIVEN_NETWORK)?;
    given.apply()?;
    Ok(given)
}

/// The VPC and its subnets.
fn ids(given: &Root) -> Result<Vec<Value>> {
    let network = given.terraform.output("network")?;
    let subnets = ["private_subnet_ids", "database_subnet_ids"];
    let mut ids: Vec<Value> =
        subnets.iter().flat_map(|kind| network[*kind].as_array().into_iter().flatten().cloned()).collect();
    ids.push(network["vpc_id"].clone());
    Ok(ids)
}

/// What of theirs a platform on their cluster uses. Karpenter's objects have the cluster's name.
fn beside(given: &Root, cluster: &Root) -> Result<Value> {
    let mut ids = ids(given)?;
    ids.push(cluster.terraform.output("security_group_id")?);
    Ok(
        json!({ "managed_names": ["acme-dev", "others"], "role_names": ["others-karpenter", "others-kn", "others-platform-node"], "given": { "ec2_ids": ids, "cluster_names": ["others"] } }),
    )
}

/// Somebody else changes how their network reaches the internet: not our plan's business.
fn nat_of_the_given_network(given: &mut Root, root: &Root) -> Result<()> {
    given.set("nat_zones", json!(["use1-az1", "use1-az2"]))?;
    given.apply()?;
    root.expect_no_changes()
}

#[test]
fn existing_vpc_and_new_cluster() -> Result<()> {
    let mut stack = Stack::new("scenario-existing-vpc")?;
    let mut given = given_network(&stack)?;
    stack.enforce("acme-dev", &json!({ "given": { "ec2_ids": ids(&given)? } }))?;
    let mut root = stack.scenario("existing-vpc-new-cluster")?;
    root.set("protected", json!(false))?;
    root.set_all(&given.terraform.output("network")?)?;
    root.apply()?;

    nat_of_the_given_network(&mut given, &root)?;

    given.set("zones", json!(["use1-az1", "use1-az2", "use1-az4"]))?;
    given.apply()?;
    stack.enforce("acme-dev", &json!({ "given": { "ec2_ids": ids(&given)? } }))?;
    let network = given.terraform.output("network")?;
    root.set("database_subnet_ids", network["database_subnet_ids"].clone())?;
    root.change("private_subnet_ids", network["private_subnet_ids"].clone())?.expect_among(&[
        ("module.cluster.aws_eks_node_group.system", "create+delete"),
        ("module.database.aws_db_subnet_group.this", "update"),
    ]);

    root.change("system_instance_types", json!(["m7i.xlarge"]))?
        .expect(&[("module.cluster.aws_eks_node_group.system", "create+delete")]);
    upgrade(&mut root)?;
    resize_the_database(&stack, &mut root)?;

    root.destroy()?;
    given.destroy()?;
    stack.expect_empty()
}

#[test]
fn existing_vpc_and_existing_cluster() -> Result<()> {
    let mut stack = Stack::new("scenario-existing-cluster")?;
    let mut given = given_network(&stack)?;
    let network = given.terraform.output("network")?;
    let mut cluster = stack.given("given-cluster", GIVEN_CLUSTER)?;
    cluster.set("vpc_id", network["vpc_id"].clone())?;
    cluster.set("private_subnet_ids", network["private_subnet_ids"].clone())?;
    cluster.apply()?;

    stack.enforce("acme-dev", &beside(&given, &cluster)?)?;
    let mut root = stack.scenario("existing-vpc-existing-cluster")?;
    root.set("protected", json!(false))?;
    root.set("cluster_name", json!("others"))?;
    root.set_all(&network)?;
    root.apply()?;

    nat_of_the_given_network(&mut given, &root)?;

    given.set("zones", json!(["use1-az1", "use1-az2", "use1-az4"]))?;
    given.apply()?;
    stack.enforce("acme-dev", &beside(&given, &cluster)?)?;
    let network = given.terraform.output("network")?;
    root.set("database_subnet_ids", network["database_subnet_ids"].clone())?;
    root.change("private_subnet_ids", network["private_subnet_ids"].clone())?.expect_among(&[
        ("module.nodes.aws_eks_node_group.this", "create+delete"),
        ("module.database.aws_db_subnet_group.this", "update"),
    ]);

    root.change("instance_types", json!(["m7i.xlarge"]))?
        .expect(&[("module.nodes.aws_eks_node_group.this", "create+delete")]);

    // Their upgrade; our nodes follow it with the next plan.
    cluster.set("kubernetes_version", json!("1.34"))?;
    cluster.apply()?;
    let changes = Changes::of(&root.plan()?)?;
    changes.expect(&[("module.nodes.aws_eks_node_group.this", "update")]);
    root.apply()?;

    resize_the_database(&stack, &mut root)?;
    root.destroy()?;
    cluster.destroy()?;
    given.destroy()?;
    stack.expect_empty()
}

/// What a module's next version has to do when it renames: the `moved` block keeps what exists. Without it the same
/// rename would destroy, which shows that this test can fail.
#[test]
fn a_renamed_resource_is_moved_and_not_made_again() -> Result<()> {
    let stack = Stack::new("scenario-moved")?;
    let root = stack.given("upgraded", UPGRADED)?;
    root.apply()?;

    let subnets = root.terraform.folder().join("../network/subnets.tf");
    let text = fs::read_to_string(&subnets)?;
    let renamed = text.replace("resource \"aws_subnet\" \"private\"", "resource \"aws_subnet\" \"node\"");
    ensure!(text != renamed, "the network module has no `aws_subnet.private` any more");
    fs::write(&subnets, renamed)?;
    for file in ["endpoints.tf", "outputs.tf", "routes.tf"] {
        let file = root.terraform.folder().join("../network").join(file);
        fs::write(&file, fs::read_to_string(&file)?.replace("aws_subnet.private", "aws_subnet.node"))?;
    }
    let error =
        Changes::of(&root.terraform.plan()?).err().context("a rename without `moved` destroys nothing")?;
    assert!(error.to_string().contains("would be destroyed"), "{error}");

    let moved = "moved {\n  from = aws_subnet.private\n  to   = aws_subnet.node\n}\n";
    fs::write(root.terraform.folder().join("../network/moved.tf"), moved)?;
    let plan = root.terraform.plan()?;
    assert_eq!(Changes::of(&plan)?.len(), 0, "{}", plan.text);
    assert!(plan.text.contains("0 to destroy") || plan.text.contains("has moved to"), "{}", plan.text);
    root.apply()?;
    root.destroy()?;
    stack.expect_empty()
}

const UPGRADED: &str = r#"provider "aws" {
  region = "us-east-1"
}

module "network" {
  source = "../network"

  name                = "acme-dev"
  cidr                = "10.20.0.0/16"
  zones               = ["use1-az1", "use1-az2"]
  nat                 = { mode = "single" }
  interface_endpoints = ["sts"]
}
"#;

const INGRESS: &str = include_str!("modules_scenarios/ingress.tf");

/// The calls of an apply that change something, in their order.
fn calls_of(stack: &Stack, root: &mut Root, name: &str, value: serde_json::Value) -> Result<Vec<String>> {
    root.set(name, value)?;
    stack.aws().keep_calls()?;
    root.apply()?;
    let calls = stack.aws().calls()?;
    let operations = calls.iter().filter_map(|call| call["operation"].as_str());
    let changing =
        operations.filter(|name| !["Describe", "Get", "List"].iter().any(|read| name.starts_with(read)));
    Ok(changing.map(str::to_owned).collect())
}

/// Expects that each of `operations` was called, the first call of one after the last of the one before.
#[track_caller]
fn expect_in_turn(calls: &[String], operations: &[&str]) {
    for pair in operations.windows(2) {
        let last = calls.iter().rposition(|call| call == pair[0]);
        let first = calls.iter().position(|call| call == pair[1]);
        let in_turn = last.is_some_and(|last| first.is_some_and(|first| last < first));
        assert!(in_turn, "not {pair:?} in {calls:#?}");
    }
}

/// Port, protocol and key of a target, and the names in the certificate, on a load balancer that is in use: what is new is there, and
/// used, before what is old goes.
#[test]
fn the_way_in_changes_while_it_is_used() -> Result<()> {
    let stack = Stack::new("scenario-ingress")?;
    let mut root = stack.given("ingress-in-use", INGRESS)?;
    root.apply()?;
    let another_group = ["CreateTargetGroup", "ModifyListener", "DeleteTargetGroup"];
    let target = |key: &str, port: u16, protocol: &str| {
        let health = json!({ "port": 15021, "path": "/healthz/ready", "protocol": "HTTP" });
        json!({ key: { "port": port, "protocol": protocol, "health": health } })
    };

    let calls = calls_of(&stack, &mut root, "targets", target("gateway", 8080, "HTTPS"))?;
    expect_in_turn(&calls, &another_group);
    let opened = ["AuthorizeSecurityGroupIngress", "ModifyListener", "RevokeSecurityGroupIngress"];
    expect_in_turn(&calls, &opened);
    expect_in_turn(&calls, &["AuthorizeSecurityGroupEgress", "ModifyListener", "RevokeSecurityGroupEgress"]);

    root.set("domains", json!(["ai.example.com", "*.ai.example.com", "models.example.com"]))?;
    root.set("default_target", json!("mesh"))?;
    let calls = calls_of(&stack, &mut root, "targets", target("mesh", 8080, "HTTPS"))?;
    expect_in_turn(&calls, &another_group);
    expect_in_turn(&calls, &["RequestCertificate", "ModifyListener", "DeleteCertificate"]);

    root.destroy()?;
    stack.expect_empty()
}
