//! How the provider is configured, with real Terraform against the sandbox.

use acceptance_tests::scratch::ENVIRONMENT;
use acceptance_tests::{CliConfig, Sandbox, Scratch, Terraform};
use anyhow::Result;
use fs_err as fs;

/// Terraform in the folder of a scratch, without the sandbox in its environment.
fn without_environment(scratch: &Scratch) -> Result<Terraform> {
    Terraform::new(scratch.folder(), &CliConfig::for_our_provider(&scratch.binaries)?)
}

#[test]
fn the_block_wins_over_the_environment() -> Result<()> {
    let scratch = Scratch::new("configuration-block", ENVIRONMENT)?;
    let block = format!("provider \"truefoundry\" {{\n  host = \"{}\"\n}}\n", scratch.sandbox.host());
    scratch.write(&format!("{block}{ENVIRONMENT}"))?;
    let wrong = [("TFY_HOST".to_owned(), "http://127.0.0.1:1".to_owned())];
    scratch.terraform.clone().with(wrong).apply()?;
    scratch.terraform.expect_no_changes()
}

#[test]
fn what_is_missing_is_named() -> Result<()> {
    let scratch = Scratch::new("configuration-missing", ENVIRONMENT)?;
    let run = without_environment(&scratch)?.fail(&["plan", "-no-color"])?;
    assert!(run.message().contains("TFY_HOST"), "{}", run.message());
    let host = ("TFY_HOST".to_owned(), scratch.sandbox.host().to_owned());
    let run = without_environment(&scratch)?.with([host]).fail(&["plan", "-no-color"])?;
    assert!(run.message().contains("TFY_API_KEY"), "{}", run.message());
    Ok(())
}

#[test]
fn a_refused_key_is_told_without_showing_it() -> Result<()> {
    let scratch = Scratch::traced("configuration-refused", ENVIRONMENT)?;
    let key = acceptance_tests::sandbox::new_secret("tfy_");
    let wrong = [("TFY_API_KEY".to_owned(), key.clone())];
    let run = scratch.terraform.clone().with(wrong).fail(&["apply", "-no-color", "-auto-approve"])?;
    let message = run.message();
    assert!(message.contains("TFY_API_KEY") || message.contains("API key"), "{message}");
    fs::write(scratch.folder().join("printed.txt"), &message)?;
    scratch.expect_no_leaks(&[("refused API key", &key)])
}

/// A host that is only known after another resource is made: the first plan must not fail.
#[test]
fn an_unknown_host_is_tolerated_while_planning() -> Result<()> {
    let scratch = Scratch::new("configuration-unknown", ENVIRONMENT)?;
    let terraform = without_environment(&scratch)?
        .with([("TFY_API_KEY".to_owned(), scratch.sandbox.api_key().to_owned())]);
    let configuration = format!(
        r#"resource "terraform_data" "host" {{
  input = "{}"
}}

provider "truefoundry" {{
  host = terraform_data.host.output
}}

{ENVIRONMENT}"#,
        scratch.sandbox.host()
    );
    scratch.write(&configuration)?;
    let plan = terraform.plan()?;
    assert_eq!(plan.actions("truefoundry_environment.this"), ["create"]);
    terraform.apply()?;
    terraform.expect_no_changes()?;
    terraform.destroy()?;
    assert_eq!(scratch.sandbox.inventory()?["objects"], 0);
    Ok(())
}

/// Values that are only known while applying, in every place of a resource.
#[test]
fn unknown_values_are_planned() -> Result<()> {
    let configuration = r#"
resource "terraform_data" "name" {
  input = "late"
}

resource "truefoundry_environment" "this" {
  name          = terraform_data.name.output
  is_production = true
  optimize_for  = "COST"
}

resource "truefoundry_cluster" "this" {
  name              = terraform_data.name.output
  cluster_type      = "aws-eks"
  environment_names = [truefoundry_environment.this.name]
  base_domains      = ["*.${terraform_data.name.output}.example"]
}

resource "truefoundry_workspace" "this" {
  name        = terraform_data.name.output
  cluster_fqn = truefoundry_cluster.this.fqn
  labels      = { (terraform_data.name.input) = terraform_data.name.output }
}

resource "truefoundry_provider_account_aws" "this" {
  name           = terraform_data.name.output
  aws_account_id = "123456789012"
  auth_data = {
    assumed_role = {
      assumed_role_arn = "arn:aws:iam::123456789012:role/${terraform_data.name.output}"
      external_id      = terraform_data.name.output
    }
  }
  integrations = {
    artifacts = { s3 = { storage_root = "s3://${terraform_data.name.output}", region = "us-east-1" } }
  }
}
"#;
    let scratch = Scratch::new("configuration-unknown-values", configuration)?;
    scratch.apply(configuration)?;
    scratch.destroy()
}

/// Two control planes side by side in one configuration.
#[test]
fn two_hosts_in_one_configuration() -> Result<()> {
    let scratch = Scratch::traced("configuration-two-hosts", ENVIRONMENT)?;
    let other = Sandbox::start(&scratch.binaries, &scratch.folder().join("other.log"))?;
    let configuration = format!(
        r#"provider "truefoundry" {{
  alias   = "other"
  host    = "{}"
  api_key = var.key
}}

variable "key" {{
  type      = string
  sensitive = true
  ephemeral = true
}}

{ENVIRONMENT}
resource "truefoundry_environment" "other" {{
  provider      = truefoundry.other
  name          = "other"
  is_production = false
  optimize_for  = "COST"
}}
"#,
        other.host()
    );
    scratch.write(&configuration)?;
    let terraform = scratch.terraform.clone().with([("TF_VAR_key".to_owned(), other.api_key().to_owned())]);
    terraform.apply()?;
    terraform.expect_no_changes()?;
    assert_eq!(other.inventory()?["objects"], 1);
    assert_eq!(scratch.sandbox.inventory()?["objects"], 1);
    scratch.expect_no_leaks(&[("other API key", other.api_key())])
}
