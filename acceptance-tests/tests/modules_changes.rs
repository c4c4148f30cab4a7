//! Changes of what is in use: something else is there, and used, before what was used goes; and what AWS cannot change is refused before
//! anything is touched. Each is an order of calls that the local AWS has recorded, or a refusal of its own, and each fails on the modules of
//! 376af31 (`ACCEPTANCE_TESTS_MODULES`).

#[path = "modules_changes/code.rs"]
mod code;

use std::collections::BTreeMap;

use acceptance_tests::stack::{Root, Stack};
use acceptance_tests::terraform::PLAN_FILE;
use acceptance_tests::{Attached, CliConfig, Recorded, Terraform, modules, scratch};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use fs_err as fs;
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

fn expect_all_in_turn(calls: &Recorded, pairs: &[(&str, &str)]) -> Result<()> {
    let mut faults = Faults::default();
    pairs.iter().for_each(|(first, then)| faults.note(first, calls.expect_in_turn(first, then)));
    faults.expect_none()
}

/// All that is wrong, each by what it is about: one fault does not hide the next.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn note(&mut self, what: &str, found: Result<()>) {
        self.0.extend(found.err().map(|error| format!("{what}: {error:#}")));
    }

    fn expect_none(self) -> Result<()> {
        ensure!(self.0.is_empty(), "{} faults:\n{}", self.0.len(), self.0.join("\n\n"));
        Ok(())
    }
}

/// The life of a cluster with what is outside of its module: nodes come after the network plugin and go before it, Auto Mode goes while its
/// rights are there, add-ons and controllers have a role at every moment, and nothing comes back when all is gone.
#[test]
fn a_cluster_is_changed_while_it_is_used() -> Result<()> {
    let stack = Stack::new("changes-cluster")?;
    let mut faults = Faults::default();
    let mut root = stack.given("cluster-in-use", CLUSTER)?;
    stack.aws().keep_calls()?;
    root.apply()?;
    let made = recorded(&stack)?;
    faults.note(
        "nodes",
        made.expect_in_turn("eks CreateAddon */addons,vpc-cni*", "eks CreateNodegroup *more-*"),
    );

    for (module, kind) in [("nodes", "aws_eks_node_group"), ("karpenter", "aws_eks_pod_identity_association")]
    {
        faults.note(module, waits_for_the_network_plugin(&root, module, kind));
    }

    faults.note("Auto Mode", auto_mode_on_and_off(&stack, &mut root));
    faults.note("identity", identity_both_ways(&stack, &mut root));

    stack.aws().keep_calls()?;
    root.terraform.destroy()?;
    let calls = recorded(&stack)?;
    let last = format!("eks DeleteAddon {CNI}");
    for (what, first, then) in [
        ("nodes", "eks DeleteNodegroup *more-*", last.as_str()),
        ("associations", "eks DeletePodIdentityAssociation *", last.as_str()),
        (
            "log group",
            "logs DeleteLogGroup */aws/eks/acme-dev/cluster*",
            "iam DeleteRolePolicy *key-and-log-group*",
        ),
    ] {
        faults.note(what, calls.expect_in_turn(first, then));
    }
    faults.note("left", stack.expect_empty());
    faults.expect_none()
}

/// Not by chance: what Terraform knows of who waits for whom.
fn waits_for_the_network_plugin(root: &Root, module: &str, kind: &str) -> Result<()> {
    let state: Value = serde_json::from_str(&root.terraform.succeed(&["state", "pull"])?.stdout)?;
    let resources = state["resources"].as_array().context("a state without `resources`")?;
    let module = format!("module.{module}");
    let found = resources.iter().find(|each| each["module"] == module.as_str() && each["type"] == kind);
    let known = &found.with_context(|| format!("no {kind} in {module}"))?["instances"][0]["dependencies"];
    let plugin = json!("module.cluster.aws_eks_addon.before_nodes");
    let waits = known.as_array().is_some_and(|all| all.contains(&plugin));
    ensure!(waits, "`{kind}` of {module} waits for no network plugin, but for {known}");
    Ok(())
}

fn auto_mode_on_and_off(stack: &Stack, root: &mut Root) -> Result<()> {
    root.change("auto_mode", json!({}))?.expect_among(&[("module.cluster.aws_eks_cluster.this", "update")]);
    root.set("auto_mode", json!({ "enabled": false }))?;
    let plan = root.terraform.plan()?;
    if plan.actions("module.cluster.aws_eks_cluster.this") != ["update"] {
        root.set("auto_mode", json!({}))?;
        bail!("to switch it off, the cluster is made anew:\n{}", plan.text);
    }
    calls_of(stack, root, "auto_mode", json!({ "enabled": false }))?
        .expect_in_turn("eks UpdateClusterConfig *", "iam DetachRolePolicy *acme-dev-cluster-*")
}

fn identity_both_ways(stack: &Stack, root: &mut Root) -> Result<()> {
    let (cni, ebs) = (format!("eks UpdateAddon {CNI}*"), format!("eks UpdateAddon {EBS}*"));
    let agent = format!("eks DeleteAddon {AGENT}*");
    // A role whose trust is changed in place is one that nobody can take until the add-on is told: there has to be another.
    let calls = calls_of(stack, root, "identity", json!("irsa"))?;
    let to_irsa = expect_all_in_turn(
        &calls,
        &[
            ("iam CreateOpenIDConnectProvider *", cni.as_str()),
            (cni.as_str(), "iam DeleteRole acme-dev-vpc-cni-*"),
            (ebs.as_str(), "iam DeleteRole acme-dev-ebs-csi-*"),
            (cni.as_str(), agent.as_str()),
            (ebs.as_str(), agent.as_str()),
        ],
    );
    let calls = calls_of(stack, root, "identity", json!("pod-identity"))?;
    let back = expect_all_in_turn(
        &calls,
        &[
            (cni.as_str(), "iam DeleteRole acme-dev-vpc-cni-*"),
            (ebs.as_str(), "iam DeleteRole acme-dev-ebs-csi-*"),
            (cni.as_str(), "iam DeleteOpenIDConnectProvider *"),
            (ebs.as_str(), "iam DeleteOpenIDConnectProvider *"),
            ("iam UpdateAssumeRolePolicy *acme-dev-work-*", "iam DeleteOpenIDConnectProvider *"),
        ],
    );
    let mut faults = Faults::default();
    faults.note("to `irsa`", to_irsa);
    faults.note("and back", back);
    faults.expect_none()
}

/// The load balancer writes to the bucket that is given before its own one goes, and what it cannot become is refused.
#[test]
fn a_load_balancer_is_changed_while_it_is_used() -> Result<()> {
    let stack = Stack::new("changes-ingress")?;
    let mut root = stack.given("logs-in-use", INGRESS)?;
    root.apply()?;

    let mut faults = Faults::default();
    root.set("internal", json!(false))?;
    let planned = root.terraform.run(&["plan", "-no-color"])?;
    let refused = "AWS changes neither `type` nor `internal` of a load balancer that is there.";
    faults.note("internal", planned.message().contains(refused).then_some(()).context("it is not refused"));
    root.set("internal", json!(true))?;

    let calls = calls_of(&stack, &mut root, "own_logs", json!(false))?;
    let moved = "elasticloadbalancing ModifyLoadBalancerAttributes *";
    let own = "/inuse-ingress-logs-123456789012-us-east-1*";
    let (policy, bucket) = (format!("s3 DeleteBucketPolicy {own}"), format!("s3 DeleteBucket {own}"));
    faults.note("logs", expect_all_in_turn(&calls, &[(moved, policy.as_str()), (moved, bucket.as_str())]));
    root.terraform.destroy()?;
    faults.note("left", stack.expect_empty());
    faults.expect_none()
}

/// What the names of long inputs begin with is cut, and still tells them apart.
#[test]
fn names_at_their_longest_are_taken_and_differ() -> Result<()> {
    let stack = Stack::new("changes-names")?;
    let mut faults = Faults::default();
    let root = stack.given("longest", NAMES)?;
    root.apply()?;
    let made = stack.aws().inventory()?["by_kind"]["events:rule"].clone();
    let five_each = if made == 10 { Ok(()) } else { Err(anyhow!("{made} rules of two clusters")) };
    faults.note("karpenter", five_each);
    root.terraform.destroy()?;
    faults.note("left", stack.expect_empty());
    let planned = stack.given("longest-hcp", HCP)?.terraform.plan();
    faults.note("hcp-identity", planned.map(drop));
    faults.expect_none()
}

const HCP: &str = r#"provider "aws" {
  region = "us-east-1"
}

module "hcp" {
  source = "../hcp-identity"

  name = "a23456789-123456789-12"
  hcp  = { organization = "acme", project = "acme", workspaces = ["acme"] }
}
"#;

/// Every region of every partition, as AWS's own SDK lists them.
const REGIONS: &str = include_str!("modules_changes/regions.txt");

/// Account and region are part of the name of a bucket, and a long name of a platform leaves little room for them.
#[test]
fn a_log_bucket_has_a_name_in_regions_of_every_length() -> Result<()> {
    let folder = scratch::folder("changes-regions")?;
    modules::copy(&folder.join("modules"))?;
    let module = folder.join("modules/ingress");
    let by_length: BTreeMap<usize, &str> = REGIONS.lines().map(|region| (region.len(), region)).collect();
    assert_eq!((by_length.keys().min(), by_length.keys().max()), (Some(&9), Some(&15)));
    let runs: String = by_length.values().map(|region| REGION.replace("REGION", region)).collect();
    fs::write(module.join("tests/regions.tftest.hcl"), format!("{NAMED}{runs}"))?;
    let terraform = Terraform::new(&module, &CliConfig::for_modules()?)?;
    terraform.init()?;
    let provider = Attached::aws(&module, &folder.join("aws-provider.log"), &[])?;
    let terraform = terraform.with(provider.environment());
    let told = terraform.succeed(&["test", "-no-color", "-filter=tests/regions.tftest.hcl"])?;
    ensure!(told.stdout.contains(&format!("{} passed, 0 failed", by_length.len())), "{}", told.stdout);
    Ok(())
}

const NAMED: &str = r#"mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                     = "a23456789-123456789-1234"
  vpc_id                   = "vpc-1"
  subnet_ids               = { az1 = "subnet-1", az2 = "subnet-2" }
  allowed_from             = { office = "203.0.113.0/24" }
  domains                  = ["ai.acme.com"]
  dns                      = { zone_id = "Z0" }
  default_target           = "gateway"
  target_security_group_id = "sg-cluster"
  targets                  = { gateway = { port = 8443 } }
}
"#;

const REGION: &str = r#"
run "REGION" {
  command = plan

  override_data {
    target = data.aws_region.current
    values = { id = "REGION" }
  }

  assert {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", aws_s3_bucket.logs[0].bucket)) && strcontains(aws_s3_bucket.logs[0].bucket, "123456789012")
    error_message = "S3 takes no bucket `${aws_s3_bucket.logs[0].bucket}`."
  }
}
"#;

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
    let planned = root.terraform.plan()?;
    assert_eq!(planned.actions("module.network.aws_vpc_ipv4_cidr_block_association.pods[0]"), ["create"]);
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
