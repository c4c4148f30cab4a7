//! `truefoundry_manifest`, the way around typed attributes, with real Terraform against the sandbox.

use acceptance_tests::{Scratch, sandbox::new_secret};
use anyhow::{Context as _, Result};
use serde_json::json;

/// A kind with a collection, a kind with a secret, and a kind that only a dry run shows.
fn configuration(size: &str, version: u32) -> String {
    format!(
        r#"variable "key" {{
  type      = string
  sensitive = true
  ephemeral = true
}}

resource "truefoundry_manifest" "environment" {{
  manifest = jsonencode({{
    type = "environment", name = "staging", isProduction = false, optimizeFor = "{size}", color = {{}}
  }})
}}

resource "truefoundry_manifest" "account" {{
  manifest = jsonencode({{
    type         = "provider-account/openai"
    name         = "ai"
    auth_data    = {{ type = "api-key" }}
    integrations = []
  }})
  manifest_wo         = jsonencode({{ auth_data = {{ api_key = var.key }} }})
  manifest_wo_version = {version}
}}

resource "truefoundry_manifest" "metadata" {{
  manifest = jsonencode({{
    type  = "gateway-metadata-config"
    name  = "metadata"
    rules = [{{ id = "all", when = {{ subjects = ["team:everyone"] }}, metadata_override = {{ goal = "{size}" }} }}]
  }})
}}
"#
    )
}

fn start(test: &str, key: &str) -> Result<Scratch> {
    let mut scratch = Scratch::traced(test, &configuration("COST", 1))?;
    scratch.terraform = scratch.terraform.clone().with([("TF_VAR_key".to_owned(), key.to_owned())]);
    Ok(scratch)
}

#[test]
fn lifecycle() -> Result<()> {
    let (key, other) = (new_secret("sk-"), new_secret("sk-"));
    let mut scratch = start("manifest-lifecycle", &key)?;
    scratch.sandbox.switches(&json!({ "normalise": true, "redact": true }))?;
    scratch.apply(&configuration("COST", 1))?;
    let values = scratch.terraform.values("truefoundry_manifest.account")?;
    assert_eq!(values["fqn"], "demo:openai:ai");

    let changed = configuration("AVAILABILITY", 1);
    assert_eq!(scratch.planned(&changed, "truefoundry_manifest.environment")?, ["update"]);
    scratch.apply(&changed)?;

    scratch.terraform = scratch.terraform.clone().with([("TF_VAR_key".to_owned(), other.clone())]);
    scratch.apply(&configuration("AVAILABILITY", 2))?;
    scratch.sandbox.switches(&json!({ "redact": false }))?;
    let accounts = scratch.sandbox.get("/api/svc/v1/provider-accounts?limit=100&offset=0")?;
    assert_eq!(accounts["data"].as_array().map(Vec::len), Some(1));

    let renamed = configuration("AVAILABILITY", 2).replace("\"staging\"", "\"other\"");
    assert_eq!(scratch.planned(&renamed, "truefoundry_manifest.environment")?, ["delete", "create"]);
    scratch.apply(&renamed)?;
    scratch.destroy()?;
    scratch.expect_no_leaks(&[("key", &key), ("other key", &other)])
}

#[test]
fn import_and_drift() -> Result<()> {
    let key = new_secret("sk-");
    let scratch = start("manifest-import", &key)?;
    let configuration = configuration("COST", 1);
    scratch.apply(&configuration)?;
    scratch.reimport("truefoundry_manifest.environment", "environment:staging")?;

    let put = |production: bool| {
        let manifest = json!({
            "type": "environment", "name": "staging", "isProduction": production, "optimizeFor": "COST", "color": {}
        });
        scratch.sandbox.request("PUT", "/api/svc/v1/environments", Some(&json!({ "manifest": manifest })))
    };
    put(true)?;
    assert_eq!(scratch.planned(&configuration, "truefoundry_manifest.environment")?, ["update"]);
    scratch.apply(&configuration)?;

    let values = scratch.terraform.values("truefoundry_manifest.environment")?;
    let id = values["id"].as_str().context("no id")?;
    scratch.sandbox.request("DELETE", &format!("/api/svc/v1/environments/{id}"), None)?;
    assert_eq!(scratch.planned(&configuration, "truefoundry_manifest.environment")?, ["create"]);
    scratch.apply(&configuration)?;
    scratch.destroy()
}

#[test]
fn what_is_wrong_is_refused_while_planning() -> Result<()> {
    let scratch = Scratch::new("manifest-refused", "")?;
    for (manifest, expected) in [
        (r#"manifest = "{""#, "it is no JSON"),
        (r#"manifest = jsonencode({ name = "x" })"#, "it has no `type`"),
        (
            "manifest = jsonencode({ type = \"team\", name = \"x\" })\n  manifest_wo = jsonencode({ name = \"y\" })\n  manifest_wo_version = 1",
            "changes which object",
        ),
    ] {
        scratch.write(&format!("resource \"truefoundry_manifest\" \"this\" {{\n  {manifest}\n}}\n"))?;
        let message = scratch.terraform.fail(&["plan", "-no-color"])?.message();
        assert!(message.contains(expected), "{message}");
    }
    Ok(())
}

#[test]
fn an_existing_object_is_refused_with_the_import_command() -> Result<()> {
    let key = new_secret("sk-");
    let scratch = start("manifest-existing", &key)?;
    let manifest = json!({
        "type": "environment", "name": "staging", "isProduction": true, "optimizeFor": "COST", "color": {}
    });
    scratch.sandbox.request("PUT", "/api/svc/v1/environments", Some(&json!({ "manifest": manifest })))?;
    let message = scratch.terraform.fail(&["apply", "-no-color", "-auto-approve"])?.message();
    assert!(message.contains("environment:staging"), "{message}");
    Ok(())
}
