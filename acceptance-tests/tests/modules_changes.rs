//! Changes of what is in use: something else is there, and used, before what was used goes; and what AWS cannot change is refused before
//! anything is touched. Each is an order of calls that the local AWS has recorded, or a refusal of its own, and each fails on the modules of
//! 376af31 (`ACCEPTANCE_TESTS_MODULES`).

#[path = "modules_changes/code.rs"]
mod code;

use acceptance_tests::stack::{Changes, Root, Stack};
use acceptance_tests::{Recorded, terraform::PLAN_FILE};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

const CLUSTER: &str = include_str!("modules_changes/cluster.tf");
const INGRESS: &str = include_str!("modules_changes/ingress.tf");
const NAMES: &str = include_str!("modules_changes/names.tf");

const CNI: &str = "/clusters/acme-dev/addons/vpc-cni";
const EBS: &str = "/clusters/acme-dev/addons/aws-ebs-csi-driver";
const AGENT: &str = "/clusters/acme-dev/addons/eks-pod-identity-agent";

/// What was called while a change was applied, whatever it destroys.
fn calls_of(stack: &Stack, root: &mut Root, name: &str, value: Value) -> Result<Recorded> {
    root.set(name, value)?;
    stack.aws().keep_calls()?;
    root.apply().with_context(|| format!("after the change of `{name}`"))?;
    recorded(stack)
}

fn recorded(stack: &Stack) -> Result<Recorded> {
    Recorded::of(&stack.aws().calls()?, "")
}

/// How often an operation was called.
fn times(stack: &Stack, operation: &str) -> Result<usize> {
    Ok(stack.aws().calls()?.iter().filter(|call| call["operation"] == operation).count())
}

fn expect_all_in_turn(calls: &Recorded, pairs: &[(&str, &str)]) -> Result<()> {
    pairs.iter().try_for_each(|(first, then)| calls.expect_in_turn(first, then))
}

/// The life of a cluster with what is outside of its module: nodes come after the network plugin and go before it, Auto Mode goes while its
/// rights are there, add-ons and controllers have a role at every moment, and nothing comes back when all is gone.
#[test]
fn a_cluster_is_changed_while_it_is_used() -> Result<()> {
    let stack = Stack::new("changes-cluster")?;
    let mut root = stack.given("cluster-in-use", CLUSTER)?;
    stack.aws().keep_calls()?;
    root.apply()?;
    recorded(&stack)?.expect_in_turn("eks CreateAddon */addons,vpc-cni*", "eks CreateNodegroup *more-*")?;

    auto_mode_on_and_off(&stack, &mut root)?;
    identity_both_ways(&stack, &mut root)?;

    stack.aws().keep_calls()?;
    root.terraform.destroy()?;
    let calls = recorded(&stack)?;
    let last = format!("eks DeleteAddon {CNI}");
    expect_all_in_turn(
        &calls,
        &[
            ("eks DeleteNodegroup *more-*", last.as_str()),
            ("eks DeletePodIdentityAssociation *", last.as_str()),
            ("logs DeleteLogGroup */aws/eks/acme-dev/cluster*", "iam DeleteRolePolicy *key-and-log-group*"),
        ],
    )?;
    stack.expect_empty()
}

fn auto_mode_on_and_off(stack: &Stack, root: &mut Root) -> Result<()> {
    root.change("auto_mode", json!({}))?
        .expect_among(&[("module.cluster.aws_eks_cluster.this", "update")]);
    let off = root.change("auto_mode", json!({ "enabled": false }))?;
    off.expect(&[("module.cluster.aws_eks_cluster.this", "update")]);
    // From there on nobody needs its rights.
    let calls = calls_of(stack, root, "auto_mode", Value::Null)?;
    ensure!(times(stack, "DetachRolePolicy")? > 0, "the rights of Auto Mode stay for ever");
    drop(calls);
    Ok(())
}

fn identity_both_ways(stack: &Stack, root: &mut Root) -> Result<()> {
    let (cni, ebs) = (format!("eks UpdateAddon {CNI}*"), format!("eks UpdateAddon {EBS}*"));
    let agent = format!("eks DeleteAddon {AGENT}*");
    let calls = calls_of(stack, root, "identity", json!("irsa"))?;
    expect_all_in_turn(
        &calls,
        &[
            ("iam CreateOpenIDConnectProvider *", cni.as_str()),
            (cni.as_str(), "iam DeleteRole acme-dev-vpc-cni-*"),
            (ebs.as_str(), "iam DeleteRole acme-dev-ebs-csi-*"),
            (cni.as_str(), agent.as_str()),
            (ebs.as_str(), agent.as_str()),
        ],
    )?;
    let calls = calls_of(stack, root, "identity", json!("pod-identity"))?;
    expect_all_in_turn(
        &calls,
        &[
            (cni.as_str(), "iam DeleteRole acme-dev-vpc-cni-*"),
            (ebs.as_str(), "iam DeleteRole acme-dev-ebs-csi-*"),
            (cni.as_str(), "iam DeleteOpenIDConnectProvider *"),
            (ebs.as_str(), "iam DeleteOpenIDConnectProvider *"),
            ("iam UpdateAssumeRolePolicy *acme-dev-work-*", "iam DeleteOpenIDConnectProvider *"),
        ],
    )
}

/// The load balancer writes to the bucket that is given before its own one goes, and what it cannot become is refused.
#[test]
fn a_load_balancer_is_changed_while_it_is_used() -> Result<()> {
    let stack = Stack::new("changes-ingress")?;
    let mut root = stack.given("logs-in-use", INGRESS)?;
    root.apply()?;

    root.set("internal", json!(false))?;
    let refused = root.terraform.fail(&["plan", "-no-color"])?.message();
    let wanted = "AWS changes neither `type` nor `internal` of a load balancer that is there.";
    ensure!(refused.contains(wanted), "{refused}");
    root.set("internal", json!(true))?;

    let calls = calls_of(&stack, &mut root, "own_logs", json!(false))?;
    let moved = "elasticloadbalancing ModifyLoadBalancerAttributes *";
    let own = "/a23456789-123456789-1234-logs-123456789012-*";
    expect_all_in_turn(
        &calls,
        &[
            (moved, format!("s3 DeleteBucketPolicy {own}").as_str()),
            (moved, format!("s3 DeleteBucket {own}").as_str()),
        ],
    )?;
    root.terraform.destroy()?;
    stack.expect_empty()
}

/// What the names of long inputs begin with is cut, and still tells them apart.
#[test]
fn names_at_their_longest_are_taken_and_differ() -> Result<()> {
    let stack = Stack::new("changes-names")?;
    let root = stack.given("longest", NAMES)?;
    root.apply()?;
    let made = stack.aws().inventory()?["by_kind"].clone();
    assert_eq!(made["events:rule"], 10, "five rules of each cluster: {made}");
    root.terraform.destroy()?;
    stack.expect_empty()
}

/// A block for pods that EC2 does not let beside the first one is refused by the plan.
#[test]
fn a_block_that_ec2_refuses_beside_another_is_not_planned() -> Result<()> {
    let stack = Stack::new("changes-blocks")?;
    let mut root = stack.given("blocks", BLOCKS)?;
    for (cidr, pods) in [("10.20.0.0/16", "198.19.0.0/16"), ("172.20.0.0/16", "172.31.0.0/16")] {
        root.set("cidr", json!(cidr))?;
        root.set("pods_cidr", json!(pods))?;
        let refused = root.terraform.fail(&["plan", "-no-color", "-out", PLAN_FILE])?.message();
        ensure!(
            refused.contains("AWS takes no second block of another private range"),
            "{pods} beside {cidr}: {refused}"
        );
    }
    root.set("pods_cidr", json!("100.64.0.0/16"))?;
    ensure!(!Changes::of(&root.terraform.plan()?)?.is_empty(), "a network is to be made");
    Ok(())
}

const BLOCKS: &str = r#"variable "cidr" {
  type = string
}

variable "pods_cidr" {
  type = string
}

provider "aws" {
  region = "us-east-1"
}

module "network" {
  source = "../network"

  name      = "acme-dev"
  cidr      = var.cidr
  pods_cidr = var.pods_cidr
  zones     = ["use1-az1", "use1-az2"]
  nat       = { mode = "none" }
}
"#;
