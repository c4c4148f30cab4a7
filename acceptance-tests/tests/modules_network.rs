//! What a network can be given beside its first plan, by the real AWS provider against the local AWS: endpoint policies, flow logs in S3, blocks and
//! subnets of one's own, more addresses for NAT, and a way past the account's block. Each comes and goes on a network that stays.

use acceptance_tests::stack::{Root, Stack};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

const ROOT: &str = r#"provider "aws" {
  region = "us-east-1"
}

variable "nat" {
  type    = any
  default = { mode = "single" }
}

variable "options" {
  type    = any
  default = {}
}

module "network" {
  source = "../network"

  name      = "acme-dev"
  cidr      = "10.20.0.0/16"
  zones     = ["use1-az1", "use1-az2"]
  pods_cidr = "100.64.0.0/16"
  nat       = var.nat

  secondary_cidrs         = try(var.options.secondary_cidrs, {})
  subnet_cidrs            = try(var.options.subnet_cidrs, {})
  extra_private_subnets   = try(var.options.extra_private_subnets, {})
  endpoint_policies       = try(var.options.endpoint_policies, {})
  flow_logs_to_s3         = try(var.options.flow_logs_to_s3, null)
  public_access_exclusion = try(var.options.public_access_exclusion, null)
}

output "addresses" {
  value = module.network.nat_public_ips
}

# There before a gateway gets them.
resource "aws_eip" "more" {
  count = 2

  domain = "vpc"
}

output "more_addresses" {
  value = aws_eip.more[*].id
}
"#;

/// Sets a variable, and expects what is planned: changes, none of which destroys, and then nothing more.
fn change(root: &mut Root, name: &str, value: Value, expected: &[(&str, &str)]) -> Result<()> {
    root.change(name, value)?.expect(expected);
    Ok(())
}

/// Addresses that are there before, on a gateway that stays with its own.
fn addresses_come_and_go(stack: &Stack, root: &mut Root, address: &Value) -> Result<()> {
    let more = root.terraform.output("more_addresses")?;
    for (ids, operation) in
        [(more, "AssociateNatGatewayAddress"), (json!([]), "DisassociateNatGatewayAddress")]
    {
        stack.aws().keep_calls()?;
        let nat = json!({ "mode": "single", "secondary_allocation_ids": { "use1-az1": ids } });
        change(root, "nat", nat, &[("module.network.aws_nat_gateway.this[\"use1-az1\"]", "update")])?;
        let called = stack.aws().calls()?.iter().any(|call| call["operation"] == operation);
        ensure!(called, "{operation} was not called");
        assert_eq!(root.terraform.output("addresses")?, *address);
    }
    Ok(())
}

#[test]
fn a_network_takes_on_and_lets_go() -> Result<()> {
    let stack = Stack::new("modules-network")?;
    stack.aws().account(&json!({ "quotas": { "vpc/L-5F53652F": 8 } }))?;
    let mut root = stack.given("network-options", ROOT)?;
    root.apply()?;
    let address = root.terraform.output("addresses")?;

    let options = json!({
        "secondary_cidrs": { "more": "100.65.0.0/16" },
        "extra_private_subnets": { "more-1": { "zone": "use1-az1", "cidr": "100.65.0.0/20" } },
        "endpoint_policies": { "s3": policy("s3:*") },
        "flow_logs_to_s3": { "force_destroy": true },
        "public_access_exclusion": "allow-egress",
    });
    let changes = root.change("options", options.clone())?;
    changes.expect_among(&[
        ("module.network.aws_flow_log.s3[0]", "create"),
        ("module.network.aws_subnet.extra_private[\"more-1\"]", "create"),
        ("module.network.aws_vpc_block_public_access_exclusion.this[0]", "create"),
        ("module.network.aws_vpc_endpoint_policy.this[\"s3\"]", "create"),
        ("module.network.aws_vpc_ipv4_cidr_block_association.secondary[\"more\"]", "create"),
    ]);

    let mut other = options;
    other["endpoint_policies"]["s3"] = json!(policy("s3:GetObject"));
    other["public_access_exclusion"] = json!("allow-bidirectional");
    other["flow_logs_to_s3"]["days"] = json!(30);
    change(
        &mut root,
        "options",
        other,
        &[
            ("module.network.aws_s3_bucket_lifecycle_configuration.flow_logs[0]", "update"),
            ("module.network.aws_vpc_block_public_access_exclusion.this[0]", "update"),
            ("module.network.aws_vpc_endpoint_policy.this[\"s3\"]", "update"),
        ],
    )?;

    addresses_come_and_go(&stack, &mut root, &address)?;

    // What was an option goes, and the endpoint has the policy that it began with.
    stack.aws().keep_calls()?;
    root.set("options", json!({}))?;
    root.apply()?;
    assert_eq!(root.terraform.output("addresses")?, address);
    let policies =
        stack.aws().calls()?.iter().filter(|call| call["operation"] == "ModifyVpcEndpoint").count();
    ensure!(policies > 0, "the endpoint kept its policy");

    root.terraform.destroy()?;
    stack.expect_empty()
}

fn policy(action: &str) -> String {
    json!({ "Statement": [{ "Sid": "Ours", "Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*" }] })
        .to_string()
}

/// A plan of addresses that a company has given, as a whole, and logs into a bucket of its own.
#[test]
fn a_given_plan_is_made_as_it_is() -> Result<()> {
    let stack = Stack::new("modules-network-given")?;
    let logs = stack.given("flow-log-bucket", BUCKET)?;
    logs.apply()?;
    let mut root = stack.given("network-given", ROOT)?;
    let zones = |first: &str, second: &str| json!({ "use1-az1": first, "use1-az2": second });
    let given = json!({
        "private": zones("10.20.0.0/18", "10.20.64.0/18"),
        "public": zones("10.20.128.0/24", "10.20.129.0/24"),
        "database": zones("10.20.130.0/26", "10.20.130.64/26"),
        "intra": zones("10.20.131.0/28", "10.20.131.16/28"),
        "pods": zones("100.64.0.0/17", "100.64.128.0/17"),
    });
    root.set(
        "options",
        json!({ "subnet_cidrs": given, "flow_logs_to_s3": { "bucket_arn": "arn:aws:s3:::acme-flow-logs/vpc", "parquet": false } }),
    )?;
    root.apply()?;
    // AWS has found nothing to complete in a policy that says all.
    logs.terraform.expect_no_changes()?;

    let overlap = json!({ "subnet_cidrs": { "private": { "use1-az1": "10.20.32.0/19" } } });
    root.set("options", overlap)?;
    let refused = root.terraform.plan().err().context("subnets that overlap are planned")?.to_string();
    for part in ["These subnets overlap:", "private in use1-az1 (10.20.32.0/19)"] {
        assert!(refused.contains(part), "{refused}");
    }
    root.set("options", json!({ "subnet_cidrs": given }))?;
    root.terraform.destroy()?;
    logs.terraform.destroy()?;
    stack.expect_empty()
}

const BUCKET: &str = r#"provider "aws" {
  region = "us-east-1"
}

resource "aws_s3_bucket" "logs" {
  bucket        = "acme-flow-logs"
  force_destroy = true
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Write", Effect = "Allow", Principal = { Service = "delivery.logs.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.logs.arn}/vpc/AWSLogs/*" },
      { Sid = "Look", Effect = "Allow", Principal = { Service = "delivery.logs.amazonaws.com" }, Action = "s3:GetBucketAcl", Resource = aws_s3_bucket.logs.arn },
    ]
  })
}
"#;
