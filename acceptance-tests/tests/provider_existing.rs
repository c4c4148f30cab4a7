//! What the provider does when an object of that name is there already. The control plane's own answer would be
//! to change it silently.

use acceptance_tests::Scratch;
use anyhow::{Context as _, Result};
use serde_json::json;

const ENVIRONMENT: &str = r#"resource "truefoundry_environment" "this" {
  name          = "shared"
  is_production = false
  optimize_for  = "COST"
}
"#;

fn with_shared_environment(test: &str, configuration: &str) -> Result<Scratch> {
    let scratch = Scratch::new(test, configuration)?;
    let manifest = json!({
        "type": "environment", "name": "shared", "isProduction": true, "optimizeFor": "AVAILABILITY",
        "color": { "colorHex": "#0a0b0c", "backgroundColorHex": "#f0f0f0" },
    });
    scratch.sandbox.request("PUT", "/api/svc/v1/environments", Some(&json!({ "manifest": manifest })))?;
    Ok(scratch)
}

fn is_production(scratch: &Scratch) -> Result<bool> {
    let all = scratch.sandbox.get("/api/svc/v1/environments?limit=100&offset=0")?;
    all["data"][0]["manifest"]["isProduction"].as_bool().context("no isProduction")
}

#[test]
fn an_existing_object_is_refused_with_the_import_command() -> Result<()> {
    let scratch = with_shared_environment("existing-refused", ENVIRONMENT)?;
    let run = scratch.terraform.fail(&["apply", "-no-color", "-auto-approve"])?;
    let message = run.message();
    assert!(message.contains("exists already"), "{message}");
    assert!(message.contains("import"), "{message}");
    assert!(is_production(&scratch)?, "the object was not touched");
    Ok(())
}

#[test]
fn an_existing_object_can_be_imported_instead() -> Result<()> {
    let import = "import {\n  to = truefoundry_environment.this\n  id = \"shared\"\n}\n";
    let configuration = format!("{ENVIRONMENT}{import}");
    let scratch = with_shared_environment("existing-imported", &configuration)?;
    scratch.apply(&configuration)?;
    assert!(!is_production(&scratch)?, "the configuration holds now");
    Ok(())
}

#[test]
fn an_existing_object_is_adopted_on_demand() -> Result<()> {
    let configuration = format!("provider \"truefoundry\" {{\n  adopt_existing = true\n}}\n{ENVIRONMENT}");
    let scratch = with_shared_environment("existing-adopted", &configuration)?;
    scratch.apply(&configuration)?;
    assert!(!is_production(&scratch)?, "the configuration holds now");
    let all = scratch.sandbox.get("/api/svc/v1/environments?limit=100&offset=0")?;
    assert_eq!(all["data"].as_array().map(Vec::len), Some(1), "no second object");
    Ok(())
}
