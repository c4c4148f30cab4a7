//! Platforms in a VPC, and on a cluster, that somebody else made: `network.existing` and `cluster.existing`, generated, applied by the
//! real AWS provider to the local AWS, planned again, destroyed; and what a plan says of a VPC that does not fit.

use std::path::PathBuf;
use std::process::Command;

use acceptance_tests::terraform::Run;
use acceptance_tests::{Attached, Binaries, CliConfig, Platform, Terraform, repository, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

const NETWORK: &str = include_str!("modules_scenarios/given-network.tf");
const CLUSTER: &str = include_str!("modules_scenarios/given-cluster.tf");

/// What somebody else made, and a platform to be made beside it.
struct Place {
    folder: PathBuf,
    platform: Platform,
    config: CliConfig,
}

/// A root module of somebody else's, with the process of the provider that its commands attach to.
struct Given(Terraform, Attached);

impl Place {
    fn new(test: &str) -> Result<Self> {
        let folder = scratch::folder(test)?;
        let binaries = Binaries::build()?;
        let spec = "truefoundry:\n  host: https://acme.truefoundry.cloud\n";
        let platform = Platform::of(&binaries, spec, &folder.join("tree"), &folder)?;
        repository::copy_folder(&repository::root().join("modules"), &folder.join("modules"))?;
        Ok(Self { folder, platform, config: CliConfig::for_modules()? })
    }

    fn given(&self, name: &str, text: &str, variables: &Value) -> Result<Given> {
        let folder = self.folder.join("modules").join(name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("main.tf"), text)?;
        fs::write(folder.join("test.auto.tfvars.json"), variables.to_string())?;
        let environment = self.platform.aws.environment();
        let terraform = Terraform::new(&folder, &self.config)?.with(environment.to_vec());
        terraform.init()?;
        let provider = Attached::aws(&folder, &folder.join("aws-provider.log"), environment)?;
        let terraform = terraform.with(provider.environment());
        terraform.apply()?;
        Ok(Given(terraform, provider))
    }

    /// Generates a platform with these keys beside those that every one has. Without add-ons: nothing answers where EKS says that the cluster
    /// is.
    fn generate(&self, keys: &[(&str, Value)]) -> Result<()> {
        let mut text = format!(
            "version: 1\nname: acme-dev\naws: {{ account: \"123456789012\", region: us-east-1 }}\naddons: false\ntruefoundry:\n  \
             host: {}\n",
            self.platform.sandbox.host()
        );
        keys.iter().for_each(|(key, value)| text.push_str(&format!("{key}: {value}\n")));
        fs::write(self.platform.spec(), text)?;
        succeed(self.platform.generate())
    }

    /// Applies, plans without a change, and destroys; what is there afterwards was there before.
    fn live_and_die(&self) -> Result<()> {
        let before = self.platform.aws.inventory()?;
        succeed(self.platform.apply())?;
        succeed(self.platform.plan())?;
        succeed(self.platform.destroy())?;
        let after = self.platform.aws.inventory()?;
        ensure!(before["names"] == after["names"], "before: {}\nafter: {}", before["names"], after["names"]);
        assert_eq!(self.platform.sandbox.inventory()?["objects"], 0);
        Ok(())
    }

    /// What a plan of the layer `network` says against it. One layer alone may attach to a provider that runs: several would
    /// configure it in turn.
    fn refusal(&self, provider: &Attached) -> Result<String> {
        let mut plan = self.platform.plan();
        plan.args(["--layer", "network"]).envs(provider.environment());
        let run = Run::from(plan.output()?);
        ensure!(run.code == 1, "the plan is taken: {}\n{}", run.stdout, run.stderr);
        // Terraform breaks lines and frames them.
        let plain = format!("{}\n{}", run.stdout, run.stderr).replace(['│', '╷', '╵', '\n'], " ");
        Ok(plain.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

fn succeed(mut command: Command) -> Result<()> {
    let run = Run::from(command.output()?);
    ensure!(run.code == 0, "{}\n{}", run.stdout, run.stderr);
    Ok(())
}

/// The key `network.existing` for what the given root module made, its subnets tagged from here.
fn existing(network: &Value) -> Value {
    json!({ "existing": {
        "vpc": network["vpc_id"],
        "private_subnets": network["private_subnet_ids"],
        "database_subnets": network["database_subnet_ids"],
        "set_tags": true,
    } })
}

/// What takes no long time, and goes without a trace.
fn stores() -> [(&'static str, Value); 2] {
    let database = json!({ "multi_az": false, "deletion_protection": false, "final_snapshot": false });
    [
        ("database", database),
        (
            "storage",
            json!({ "bucket": { "force_destroy": true }, "file_system": { "deletion_protection": false } }),
        ),
    ]
}

#[test]
fn a_platform_in_a_vpc_that_is_there() -> Result<()> {
    let place = Place::new("existing-vpc")?;
    let given = place.given("given-network", NETWORK, &json!({}))?;
    let network = given.0.output("network")?;
    place.generate(&[&[("network", existing(&network))][..], &stores()].concat())?;
    place.live_and_die()
}

#[test]
fn a_platform_on_a_cluster_that_is_there() -> Result<()> {
    let place = Place::new("existing-cluster")?;
    let given = place.given("given-network", NETWORK, &json!({}))?;
    let network = given.0.output("network")?;
    let settings =
        json!({ "vpc_id": network["vpc_id"], "private_subnet_ids": network["private_subnet_ids"] });
    let _cluster = place.given("given-cluster", CLUSTER, &settings)?;
    let cluster = json!({ "existing": {
        "name": "others",
        "required_addons": ["coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"],
        "set_discovery_tag": true,
    } });
    place.generate(&[&[("network", existing(&network)), ("cluster", cluster)][..], &stores()].concat())?;
    place.live_and_die()
}

/// More of a VPC than fits: a second zone's subnet twice, a public one, another VPC's.
const MORE: &str = r#"
provider "aws" {
  region = "us-east-1"
}

variable "vpc_id" {
  type = string
}

resource "aws_subnet" "same_zone" {
  vpc_id               = var.vpc_id
  availability_zone_id = "use1-az1"
  cidr_block           = "172.16.200.0/24"
}

resource "aws_subnet" "small" {
  vpc_id               = var.vpc_id
  availability_zone_id = "use1-az2"
  cidr_block           = "172.16.201.0/28"
}

resource "aws_subnet" "pods" {
  vpc_id               = var.vpc_id
  availability_zone_id = "use1-az6"
  cidr_block           = "172.16.202.0/24"
}

resource "aws_subnet" "open" {
  vpc_id                  = var.vpc_id
  availability_zone_id    = "use1-az2"
  cidr_block              = "172.16.203.0/24"
  map_public_ip_on_launch = true
}

resource "aws_vpc" "other" {
  cidr_block = "10.99.0.0/24"
}

resource "aws_subnet" "other" {
  vpc_id               = aws_vpc.other.id
  availability_zone_id = "use1-az2"
  cidr_block           = "10.99.0.0/25"
}

output "subnets" {
  value = {
    same_zone = aws_subnet.same_zone.id
    small     = aws_subnet.small.id
    pods      = aws_subnet.pods.id
    open      = aws_subnet.open.id
    other     = aws_subnet.other.id
  }
}
"#;

/// One key of `network.existing` changed at a time; the message names the subnet and the cause.
#[test]
fn a_vpc_that_does_not_fit_is_refused_while_planning() -> Result<()> {
    let place = Place::new("existing-refused")?;
    let given = place.given("given-network", NETWORK, &json!({}))?;
    let network = given.0.output("network")?;
    let more = place.given("given-more", MORE, &json!({ "vpc_id": network["vpc_id"] }))?;
    let subnets = more.0.output("subnets")?;
    let first = network["private_subnet_ids"][0].clone();
    let text = |value: &Value| value.as_str().map(str::to_owned).context("an ID");
    let with = |other: &str| json!([first, subnets[other]]);
    let cases: [(&str, Value, Vec<String>); 8] = [
        ("set_tags", json!(false), vec![format!("{}: karpenter.sh/discovery=acme-dev", text(&first)?)]),
        (
            "private_subnets",
            with("same_zone"),
            vec!["are all in one zone:".to_owned(), text(&subnets["same_zone"])?, "in use1-az1.".to_owned()],
        ),
        (
            "private_subnets",
            with("small"),
            vec![format!("The subnet {} has 11 free addresses", text(&subnets["small"])?)],
        ),
        (
            "min_free_addresses",
            json!(60_000),
            vec![
                format!("The subnet {} has", text(&first)?),
                "fewer than `min_free_addresses` 60000".to_owned(),
            ],
        ),
        (
            "pod_subnets",
            json!([subnets["pods"]]),
            vec![
                format!("`pod_subnet_ids` has no subnet in the zone of {} (use1-az1)", text(&first)?),
                format!(
                    "No private subnet is in the zone of the pod subnet {} (use1-az6)",
                    text(&subnets["pods"])?
                ),
            ],
        ),
        (
            "private_subnets",
            with("open"),
            vec![format!("The subnet {} gives public addresses", text(&subnets["open"])?)],
        ),
        (
            "private_subnets",
            with("other"),
            vec![format!("The subnet {} is in vpc-", text(&subnets["other"])?)],
        ),
        (
            "public_subnets",
            json!([subnets["same_zone"]]),
            vec![format!("{} has no route to an internet gateway", text(&subnets["same_zone"])?)],
        ),
    ];
    for (key, value, said) in cases {
        let mut network = existing(&network);
        network["existing"][key] = value.clone();
        place.generate(&[("network", network)])?;
        let refusal = place.refusal(&given.1)?;
        for part in said {
            ensure!(refusal.contains(&part), "{key} = {value}: `{part}` is not in\n{refusal}");
        }
    }
    Ok(())
}
