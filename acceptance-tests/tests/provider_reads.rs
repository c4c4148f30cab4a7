//! Data sources and functions with real Terraform against the sandbox.

use acceptance_tests::Scratch;
use anyhow::Result;
use serde_json::json;

const RESOURCES: &str = r#"resource "truefoundry_environment" "this" {
  name          = "production"
  is_production = true
  optimize_for  = "AVAILABILITY"
}

resource "truefoundry_provider_account_aws" "this" {
  name           = "acme"
  aws_account_id = "123456789012"
  auth_data = {
    assumed_role = {
      assumed_role_arn = "arn:aws:iam::123456789012:role/platform"
      external_id      = "from-control-plane"
    }
  }
  integrations = {
    images = { ecr = { registry_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com" } }
  }
}

resource "truefoundry_cluster" "this" {
  name                 = "acme"
  cluster_type         = "aws-eks"
  environment_names    = [truefoundry_environment.this.name]
  default_registry_fqn = truefoundry_provider_account_aws.this.integration_fqns["images"]
}

resource "truefoundry_workspace" "this" {
  name        = "search"
  cluster_fqn = truefoundry_cluster.this.fqn
}
"#;

const READS: &str = r#"
data "truefoundry_environment" "this" {
  name = truefoundry_environment.this.name
}

data "truefoundry_provider_account_aws" "this" {
  name = truefoundry_provider_account_aws.this.name
}

data "truefoundry_cluster" "this" {
  name = truefoundry_cluster.this.name
}

data "truefoundry_workspace" "by_fqn" {
  fqn = truefoundry_workspace.this.fqn
}

data "truefoundry_workspace" "by_name" {
  name        = truefoundry_workspace.this.name
  cluster_fqn = truefoundry_cluster.this.fqn
}

output "ids" {
  value = {
    environment       = [data.truefoundry_environment.this.id, truefoundry_environment.this.id]
    account           = [data.truefoundry_provider_account_aws.this.id, truefoundry_provider_account_aws.this.id]
    cluster           = [data.truefoundry_cluster.this.id, truefoundry_cluster.this.id]
    workspace_by_fqn  = [data.truefoundry_workspace.by_fqn.id, truefoundry_workspace.this.id]
    workspace_by_name = [data.truefoundry_workspace.by_name.id, truefoundry_workspace.this.id]
  }
}

output "connected" {
  value = data.truefoundry_cluster.this.connected
}
"#;

#[test]
fn data_sources_read_what_resources_made() -> Result<()> {
    let configuration = format!("{RESOURCES}{READS}");
    let scratch = Scratch::traced("data-sources", &configuration)?;
    scratch.apply(&configuration)?;
    let ids = scratch.terraform.output("ids")?;
    for (what, pair) in ids.as_object().into_iter().flatten() {
        assert!(pair[0].is_string(), "{what}: {pair}");
        assert_eq!(pair[0], pair[1], "{what}");
    }
    assert_eq!(scratch.terraform.output("connected")?, false);
    scratch.destroy()?;
    scratch.expect_no_leaks(&[])
}

#[test]
fn what_is_not_there_is_an_error() -> Result<()> {
    for (test, block) in [
        ("environment", "data \"truefoundry_environment\" \"this\" {\n  name = \"no-such\"\n}\n"),
        ("account", "data \"truefoundry_provider_account_aws\" \"this\" {\n  name = \"no-such\"\n}\n"),
        ("cluster", "data \"truefoundry_cluster\" \"this\" {\n  name = \"no-such\"\n}\n"),
        ("workspace", "data \"truefoundry_workspace\" \"this\" {\n  fqn = \"acme:no-such\"\n}\n"),
    ] {
        let scratch = Scratch::new(&format!("data-source-missing-{test}"), block)?;
        let run = scratch.terraform.fail(&["plan", "-no-color"])?;
        assert!(run.message().contains("no-such"), "{}", run.message());
    }
    Ok(())
}

#[test]
fn functions_compose_and_take_apart_names() -> Result<()> {
    let configuration = r#"
output "workspace" {
  value = provider::truefoundry::workspace_fqn("acme", "search")
}

output "integration" {
  value = provider::truefoundry::integration_fqn("demo", "aws", "acme", "docker-registry", "images")
}

output "parts" {
  value = provider::truefoundry::parse_fqn("workspace", "acme:search")
}
"#;
    let scratch = Scratch::new("functions", configuration)?;
    scratch.apply(configuration)?;
    assert_eq!(scratch.terraform.output("workspace")?, "acme:search");
    assert_eq!(scratch.terraform.output("integration")?, "demo:aws:acme:docker-registry:images");
    assert_eq!(scratch.terraform.output("parts")?, json!({ "cluster": "acme", "workspace": "search" }));
    let wrong = "output \"parts\" {\n  value = provider::truefoundry::parse_fqn(\"workspace\", \"one\")\n}\n";
    scratch.write(wrong)?;
    let run = scratch.terraform.fail(&["plan", "-no-color"])?;
    assert!(run.message().contains("one"), "{}", run.message());
    Ok(())
}
