//! What the language of configurations offers beyond resources, with each core: objects that are forgotten, moved, and imported
//! by many; secrets through modules; and `test` with mocks of this provider.

use acceptance_tests::{Scratch, sandbox};
use anyhow::Result;
use fs_err as fs;
use serde_json::{Value, json};

fn environment(label: &str, name: &str) -> String {
    format!(
        "resource \"truefoundry_environment\" \"{label}\" {{\n  name          = \"{name}\"\n  is_production = false\n  \
         optimize_for  = \"COST\"\n}}\n"
    )
}

fn count(scratch: &Scratch) -> Result<Value> {
    Ok(scratch.sandbox.inventory()?["environments"]["count"].clone())
}

#[test]
fn an_object_is_forgotten_and_stays() -> Result<()> {
    let scratch = Scratch::new("language-removed", &environment("this", "staging"))?;
    scratch.apply(&environment("this", "staging"))?;
    let removed =
        "removed {\n  from = truefoundry_environment.this\n\n  lifecycle {\n    destroy = false\n  }\n}\n";
    scratch.apply(removed)?;
    assert_eq!(count(&scratch)?, 1, "it is still there");
    let state = scratch.terraform.state()?;
    assert!(state["values"]["root_module"]["resources"].is_null(), "and no longer managed: {state}");
    Ok(())
}

#[test]
fn an_object_moves_to_another_address() -> Result<()> {
    let scratch = Scratch::new("language-moved", &environment("old", "staging"))?;
    scratch.apply(&environment("old", "staging"))?;
    let moved = "moved {\n  from = truefoundry_environment.old\n  to   = truefoundry_environment.new\n}\n";
    let configuration = format!("{moved}\n{}", environment("new", "staging"));
    scratch.write(&configuration)?;
    let plan = scratch.terraform.plan()?;
    assert!(
        plan.text.contains("truefoundry_environment.old has moved to truefoundry_environment.new"),
        "{}",
        plan.text
    );
    assert!(plan.text.contains("0 to add, 0 to change, 0 to destroy"), "{}", plan.text);
    scratch.apply(&configuration)?;
    scratch.destroy()
}

#[test]
fn many_objects_are_imported_by_one_block() -> Result<()> {
    let scratch = Scratch::new("language-import", "")?;
    for name in ["production", "staging"] {
        let manifest = json!({ "type": "environment", "name": name, "isProduction": false, "optimizeFor": "COST", "color": {} });
        scratch.sandbox.request("PUT", "/api/svc/v1/environments", Some(&json!({ "manifest": manifest })))?;
    }
    let configuration = "locals {\n  names = toset([\"production\", \"staging\"])\n}\n\nimport {\n  for_each = local.names\n  to       = \
                         truefoundry_environment.all[each.key]\n  id       = each.key\n}\n\nresource \"truefoundry_environment\" \"all\" \
                         {\n  for_each      = local.names\n  name          = each.key\n  is_production = false\n  optimize_for  = \
                         \"COST\"\n}\n";
    scratch.write(configuration)?;
    let plan = scratch.terraform.plan()?;
    assert!(plan.text.contains("Plan: 2 to import, 0 to add, 0 to change, 0 to destroy."), "{}", plan.text);
    scratch.apply(configuration)?;
    scratch.destroy()
}

/// A value that only exists while Terraform runs goes through a module into a write-only attribute.
#[test]
fn a_secret_goes_through_a_module() -> Result<()> {
    let scratch = Scratch::traced("language-ephemeral", "")?;
    let key = sandbox::new_secret("sk");
    let module = scratch.folder().join("account");
    fs::create_dir_all(&module)?;
    fs::copy(scratch.folder().join("versions.tf"), module.join("versions.tf"))?;
    fs::write(
        module.join("main.tf"),
        "variable \"key\" {\n  type      = string\n  ephemeral = true\n}\n\nresource \"truefoundry_provider_account_openai\" \
         \"this\" {\n  name         = \"openai\"\n  integrations = {}\n  auth_data = {\n    api_key_wo         = var.key\n    \
         api_key_wo_version = 1\n  }\n}\n",
    )?;
    let configuration = "variable \"key\" {\n  type      = string\n  ephemeral = true\n}\n\nmodule \"account\" {\n  source = \
                         \"./account\"\n  key    = var.key\n}\n";
    scratch.write(configuration)?;
    let with_key = scratch.terraform.clone().with([("TF_VAR_key".to_owned(), key.clone())]);
    with_key.init()?;
    with_key.apply()?;
    with_key.expect_no_changes()?;
    let stored = scratch.sandbox.get("/_sandbox/manifests")?;
    assert!(stored.to_string().contains(&key), "the control plane has it: {stored}");
    scratch.expect_no_leaks(&[("key", &key)])?;
    with_key.destroy().map(drop)
}

/// Those who use the provider test their modules without a control plane.
#[test]
fn a_module_is_tested_with_mocks_of_the_provider() -> Result<()> {
    let configuration = format!(
        "variable \"name\" {{\n  type = string\n}}\n\n{}\noutput \"id\" {{\n  value = truefoundry_environment.this.id\n}}\n",
        environment("this", "${var.name}")
    );
    let scratch = Scratch::new("language-test", &configuration)?;
    let test = r#"mock_provider "truefoundry" {
  mock_resource "truefoundry_environment" {
    defaults = { id = "mocked" }
  }
}

run "made" {
  variables {
    name = "staging"
  }

  assert {
    condition     = output.id == "mocked" && truefoundry_environment.this.name == "staging"
    error_message = "The mock is used."
  }
}
"#;
    fs::create_dir_all(scratch.folder().join("tests"))?;
    fs::write(scratch.folder().join("tests/environment.tftest.hcl"), test)?;
    let run = scratch.terraform.succeed(&["test", "-no-color"])?;
    assert!(run.stdout.contains("Success! 1 passed, 0 failed."), "{}", run.stdout);
    assert_eq!(count(&scratch)?, 0, "nothing reached the control plane");
    Ok(())
}
