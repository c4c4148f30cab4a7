//! `truefoundry_environment` with real Terraform against the sandbox.

use acceptance_tests::Scratch;
use anyhow::{Context as _, Result};
use serde_json::json;

const ADDRESS: &str = "truefoundry_environment.this";

fn environment(name: &str, optimize_for: &str) -> String {
    format!(
        r##"resource "truefoundry_environment" "this" {{
  name          = "{name}"
  is_production = false
  optimize_for  = "{optimize_for}"
  color = {{
    color_hex            = "#0a0b0c"
    background_color_hex = "#f0f0f0"
  }}
}}
"##
    )
}

#[test]
fn lifecycle() -> Result<()> {
    let scratch = Scratch::traced("environment-lifecycle", &environment("staging", "COST"))?;
    assert_eq!(scratch.planned(&environment("staging", "COST"), ADDRESS)?, ["create"]);
    scratch.apply(&environment("staging", "COST"))?;
    let id = scratch.terraform.values(ADDRESS)?["id"].clone();

    let updated = environment("staging", "AVAILABILITY");
    assert_eq!(scratch.planned(&updated, ADDRESS)?, ["update"]);
    scratch.apply(&updated)?;
    assert_eq!(scratch.terraform.values(ADDRESS)?["id"], id, "updated in place");

    let renamed = environment("qa", "AVAILABILITY");
    assert_eq!(scratch.planned(&renamed, ADDRESS)?, ["delete", "create"]);
    scratch.apply(&renamed)?;
    assert_ne!(scratch.terraform.values(ADDRESS)?["id"], id, "replaced");
    scratch.destroy()?;
    scratch.expect_no_leaks(&[])
}

#[test]
fn import() -> Result<()> {
    let scratch = Scratch::new("environment-import", &environment("staging", "COST"))?;
    scratch.apply(&environment("staging", "COST"))?;
    let values = scratch.terraform.values(ADDRESS)?;
    let id = values["id"].as_str().context("no id")?;
    scratch.reimport(ADDRESS, id)?;
    scratch.reimport(ADDRESS, "staging")?;
    assert_eq!(scratch.terraform.values(ADDRESS)?, values);
    let message =
        scratch.terraform.fail(&["import", "-no-color", "truefoundry_environment.this", "staging"])?;
    assert!(message.message().contains("already managed"), "{}", message.message());
    Ok(())
}

#[test]
fn import_of_nothing_says_so() -> Result<()> {
    let scratch = Scratch::new("environment-import-nothing", &environment("staging", "COST"))?;
    let run = scratch.terraform.fail(&["import", "-no-color", ADDRESS, "no-such-environment"])?;
    assert!(run.message().contains("no-such-environment"), "{}", run.message());
    Ok(())
}

#[test]
fn disappears() -> Result<()> {
    let configuration = environment("staging", "COST");
    let scratch = Scratch::new("environment-disappears", &configuration)?;
    scratch.apply(&configuration)?;
    let values = scratch.terraform.values(ADDRESS)?;
    let id = values["id"].as_str().context("no id")?;
    scratch.sandbox.request("DELETE", &format!("/api/svc/v1/environments/{id}"), None)?;
    assert_eq!(scratch.planned(&configuration, ADDRESS)?, ["create"]);
    scratch.apply(&configuration)?;
    scratch.destroy()
}

#[test]
fn drift_is_seen_and_repaired() -> Result<()> {
    let configuration = environment("staging", "COST");
    let scratch = Scratch::new("environment-drift", &configuration)?;
    scratch.apply(&configuration)?;
    let manifest = json!({
        "type": "environment", "name": "staging", "isProduction": true, "optimizeFor": "AVAILABILITY",
        "color": { "colorHex": "#0a0b0c", "backgroundColorHex": "#f0f0f0" },
    });
    scratch.sandbox.request("PUT", "/api/svc/v1/environments", Some(&json!({ "manifest": manifest })))?;
    assert_eq!(scratch.planned(&configuration, ADDRESS)?, ["update"]);
    scratch.apply(&configuration)
}

#[test]
fn attributes_left_out_stay_left_out() -> Result<()> {
    let configuration = r#"resource "truefoundry_environment" "this" {
  name          = "minimal"
  is_production = true
  optimize_for  = "AVAILABILITY"
}
"#;
    let scratch = Scratch::new("environment-minimal", configuration)?;
    scratch.apply(configuration)?;
    scratch.destroy()
}

#[test]
fn a_wrong_value_is_refused_while_planning() -> Result<()> {
    let configuration = environment("staging", "SPEED");
    let scratch = Scratch::new("environment-wrong", &configuration)?;
    let run = scratch.terraform.fail(&["plan", "-no-color"])?;
    let message = run.message();
    assert!(message.contains("optimize_for") && message.contains("AVAILABILITY"), "{message}");
    Ok(())
}
