//! What controllers leave holds the network: its destroy ends, within the time limits of the provider, with what EC2 says, and ends well once that is gone.
//!
//! The limits of the provider, 20 minutes for a subnet and for an internet gateway, 15 for a security group, are made seconds here; with `CASES=all` they
//! are its own, and so are the five minutes that it gives a VPC, which no argument changes.

use std::time::{Duration, Instant};

use acceptance_tests::stack::Stack;
use anyhow::{Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

const NETWORK: &str = r#"provider "aws" {
  region = "us-east-1"
}

module "network" {
  source = "../network"

  name                = "acme-dev"
  cidr                = "10.20.0.0/16"
  zones               = ["use1-az1", "use1-az2"]
  public_subnets      = true
  nat                 = { mode = "none" }
  interface_endpoints = ["sts"]
}

output "held" {
  value = {
    vpc_id             = module.network.vpc_id
    public_subnet_ids  = values(module.network.public_subnet_ids)
    private_subnet_id  = module.network.private_subnet_ids["use1-az1"]
    security_group_id  = module.network.endpoint_security_group_id
  }
}
"#;

/// What the VPC CNI, the load balancer controller and EKS leave, with their tags.
const CONTROLLERS: &str = include_str!("controllers.tf");

/// Overrides of resources of the module, for tests that are to end soon.
const SOON: &str = r#"resource "aws_subnet" "private" {
  timeouts {
    delete = "8s"
  }
}

resource "aws_subnet" "public" {
  timeouts {
    delete = "8s"
  }
}

resource "aws_internet_gateway" "this" {
  timeouts {
    delete = "8s"
  }
}

resource "aws_security_group" "endpoints" {
  timeouts {
    delete = "8s"
  }
}
"#;

#[test]
fn a_network_that_something_holds_is_told_in_the_words_of_ec2() -> Result<()> {
    let with_limits_of_the_provider = std::env::var("CASES").is_ok_and(|cases| cases == "all");
    let stack = Stack::new("leftovers-held")?;
    let (least, most) = if with_limits_of_the_provider { (19, 30) } else { (0, 3) };
    if !with_limits_of_the_provider {
        fs::write(stack.modules().join("network/soon_override.tf"), SOON)?;
    }
    let network = stack.given("held-network", NETWORK)?;
    network.terraform.apply()?;
    let held = network.terraform.output("held")?;
    let mut controllers = stack.given("controllers", CONTROLLERS)?;
    controllers.set_all(&held)?;
    controllers.terraform.apply()?;

    let begin = Instant::now();
    let told = network.terraform.fail(&["destroy", "-no-color", "-auto-approve"])?.message();
    let took = begin.elapsed();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (vpc, group) = (text(&held["vpc_id"]), text(&held["security_group_id"]));
    let violation = "api error DependencyViolation:";
    let mut subnets = vec![text(&held["private_subnet_id"])];
    subnets.extend(held["public_subnet_ids"].as_array().into_iter().flatten().map(text));
    for subnet in &subnets {
        let words = format!("{violation} The subnet '{subnet}' has dependencies and cannot be deleted.");
        ensure!(told.contains(&words), "not told: {words}\n{told}");
    }
    for words in [
        format!("{violation} resource {group} has a dependent object"),
        format!(
            "{violation} Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching \
             the gateway."
        ),
    ] {
        ensure!(told.contains(&words), "not told: {words}\n{told}");
    }
    ensure!(
        took >= Duration::from_secs(8).max(Duration::from_mins(least)),
        "EC2 was not asked again: {took:?}"
    );
    ensure!(took < Duration::from_mins(most), "it did not end in time: {took:?}");

    controllers.set("left", json!({ "interface": false, "group": with_limits_of_the_provider }))?;
    controllers.terraform.apply()?;
    if with_limits_of_the_provider {
        let told = network.terraform.fail(&["destroy", "-no-color", "-auto-approve"])?.message();
        let words = format!("{violation} The vpc '{vpc}' has dependencies and cannot be deleted.");
        ensure!(told.contains(&words), "not told: {words}\n{told}");
        controllers.terraform.destroy()?;
        println!("proved: leftovers: told after {} minutes", took.as_secs() / 60);
    }
    network.terraform.destroy()?;
    stack.expect_empty()
}
