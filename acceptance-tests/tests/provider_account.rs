//! `truefoundry_provider_account_aws` with real Terraform against the sandbox.

use acceptance_tests::Scratch;
use acceptance_tests::sandbox::new_secret;
use anyhow::{Context as _, Result};

const ADDRESS: &str = "truefoundry_provider_account_aws.this";

fn account(name: &str, body: &str) -> String {
    format!(
        r#"resource "truefoundry_provider_account_aws" "this" {{
  name           = "{name}"
  aws_account_id = "123456789012"
{body}
}}
"#
    )
}

const ASSUMED_ROLE: &str = r#"  auth_data = {
    assumed_role = {
      assumed_role_arn = "arn:aws:iam::123456789012:role/platform"
      external_id      = "from-control-plane"
    }
  }
"#;

fn integrations(bucket: &str) -> String {
    format!(
        r#"{ASSUMED_ROLE}
  integrations = {{
    artifacts = {{ s3 = {{ storage_root = "s3://{bucket}/artifacts", region = "us-east-1" }} }}
    images    = {{ ecr = {{ registry_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com" }} }}
    secrets   = {{ secrets_manager = {{ region = "us-east-1", tags = {{ owner = "platform" }} }} }}
    cluster   = {{ eks = {{ region = "us-east-1", cluster_name = "demo" }} }}
  }}
"#
    )
}

#[test]
fn lifecycle() -> Result<()> {
    let first = account("acme", &integrations("one"));
    let scratch = Scratch::traced("account-lifecycle", &first)?;
    scratch.apply(&first)?;
    let values = scratch.terraform.values(ADDRESS)?;
    let fqns = values["integration_fqns"].as_object().context("no integration_fqns")?;
    assert_eq!(
        fqns.keys().map(String::as_str).collect::<Vec<_>>(),
        ["artifacts", "cluster", "images", "secrets"]
    );

    let second = account("acme", &integrations("two"));
    assert_eq!(scratch.planned(&second, ADDRESS)?, ["update"]);
    scratch.apply(&second)?;
    assert_eq!(scratch.terraform.values(ADDRESS)?["id"], values["id"], "updated in place");

    let fewer = account("acme", ASSUMED_ROLE);
    assert_eq!(scratch.planned(&fewer, ADDRESS)?, ["update"]);
    scratch.apply(&fewer)?;

    let renamed = account("other", ASSUMED_ROLE);
    assert_eq!(scratch.planned(&renamed, ADDRESS)?, ["delete", "create"]);
    scratch.apply(&renamed)?;
    scratch.destroy()?;
    scratch.expect_no_leaks(&[])
}

#[test]
fn import() -> Result<()> {
    let configuration = account("acme", &integrations("one"));
    let scratch = Scratch::new("account-import", &configuration)?;
    scratch.apply(&configuration)?;
    let values = scratch.terraform.values(ADDRESS)?;
    scratch.reimport(ADDRESS, values["id"].as_str().context("no id")?)?;
    scratch.reimport(ADDRESS, "acme")
}

#[test]
fn disappears() -> Result<()> {
    let configuration = account("acme", &integrations("one"));
    let scratch = Scratch::new("account-disappears", &configuration)?;
    scratch.apply(&configuration)?;
    let values = scratch.terraform.values(ADDRESS)?;
    let id = values["id"].as_str().context("no id")?;
    scratch.sandbox.request("DELETE", &format!("/api/svc/v1/provider-accounts/{id}"), None)?;
    assert_eq!(scratch.planned(&configuration, ADDRESS)?, ["create"]);
    scratch.apply(&configuration)?;
    scratch.destroy()
}

/// A write-only secret reaches the control plane and nothing else.
#[test]
fn a_write_only_secret_is_in_no_file() -> Result<()> {
    let secret = new_secret("wo-");
    let body = |version: u32| {
        format!(
            r#"  auth_data = {{
    access_key = {{
      access_key_id                = "AKIAEXAMPLE"
      secret_access_key_wo         = var.secret
      secret_access_key_wo_version = {version}
    }}
  }}
"#
        )
    };
    let variable = "variable \"secret\" {\n  type      = string\n  sensitive = true\n  ephemeral = true\n}\n";
    let configuration = |version| format!("{variable}{}", account("acme", &body(version)));
    let mut scratch = Scratch::traced("account-write-only", &configuration(1))?;
    scratch.terraform = scratch.terraform.with([("TF_VAR_secret".to_owned(), secret.clone())]);
    scratch.apply(&configuration(1))?;
    assert_eq!(scratch.planned(&configuration(2), ADDRESS)?, ["update"]);
    scratch.apply(&configuration(2))?;
    scratch.expect_no_leaks(&[("write-only secret", &secret)])
}

#[test]
fn an_integration_has_exactly_one_kind() -> Result<()> {
    let two = r#"  integrations = {
    artifacts = {
      s3  = { storage_root = "s3://b", region = "us-east-1" }
      ecr = { registry_url = "r" }
    }
  }
"#;
    let scratch = Scratch::new("account-two-kinds", &account("acme", &format!("{ASSUMED_ROLE}{two}")))?;
    let run = scratch.terraform.fail(&["validate", "-no-color"])?;
    assert!(run.message().contains("integrations"), "{}", run.message());
    Ok(())
}
