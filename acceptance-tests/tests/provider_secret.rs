//! Secrets, their groups, and tokens of virtual accounts, with real Terraform against the sandbox.

use acceptance_tests::cores::Feature;
use acceptance_tests::cores::feature::can;
use acceptance_tests::{Scratch, sandbox::new_secret};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

const GROUP: &str = r#"
variable "value" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_aws" "this" {
  name           = "main"
  aws_account_id = "123456789012"
  auth_data = {
    assumed_role = { assumed_role_arn = "arn:aws:iam::123456789012:role/truefoundry" }
  }
  integrations = {
    parameters = { parameter_store = { region = "us-east-1" } }
  }
}

resource "truefoundry_secret_group" "this" {
  name            = "db"
  integration_fqn = truefoundry_provider_account_aws.this.integration_fqns["parameters"]
}
"#;

fn secret(name: &str, version: u32) -> String {
    format!(
        r#"
resource "truefoundry_secret" "{name}" {{
  secret_group_fqn = truefoundry_secret_group.this.fqn
  name             = "{name}"
  value_wo         = "${{var.value}}-{name}"
  value_wo_version = {version}
}}
"#
    )
}

fn start(test: &str, configuration: &str, value: &str) -> Result<Scratch> {
    let mut scratch = Scratch::traced(test, configuration)?;
    scratch.terraform = scratch.terraform.clone().with([("TF_VAR_value".to_owned(), value.to_owned())]);
    Ok(scratch)
}

/// Key, value and number of versions of every secret.
fn stored(scratch: &Scratch) -> Result<Vec<(String, String, usize)>> {
    let body = json!({ "withValue": true });
    let listed = scratch.sandbox.post("/api/svc/v1/secrets", Some(&body))?;
    let text = |secret: &Value, field: &str| secret[field].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<_> = listed["data"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            let versions = one["secretVersions"].as_array().map_or(0, Vec::len);
            (text(one, "name"), text(one, "value"), versions)
        })
        .collect();
    found.sort();
    Ok(found)
}

fn group_id(scratch: &Scratch) -> Result<String> {
    let values = scratch.terraform.values("truefoundry_secret_group.this")?;
    Ok(values["id"].as_str().context("no id")?.to_owned())
}

/// Many secrets of one group at once, each written by reading and replacing the whole group.
#[test]
fn secrets_of_one_group_side_by_side() -> Result<()> {
    let value = new_secret("v");
    let names = ["a", "b", "c", "d", "e", "f"];
    let all = |version| format!("{GROUP}{}", names.map(|name| secret(name, version)).concat());
    let mut scratch = start("secret-many", &all(1), &value)?;
    scratch.sandbox.switches(&json!({ "latency_ms": 20 }))?;
    scratch.apply(&all(1))?;
    let expected: Vec<_> =
        names.iter().map(|name| ((*name).to_owned(), format!("{value}-{name}"), 1)).collect();
    assert_eq!(stored(&scratch)?, expected);
    let values = scratch.terraform.values("truefoundry_secret.a")?;
    assert_eq!(values["fqn"], "demo:db:a");
    assert_eq!(values["reference"], "tfy-secret://demo:db:a");
    assert_eq!(values["version"], 1);

    let other = new_secret("w");
    scratch.terraform = scratch.terraform.clone().with([("TF_VAR_value".to_owned(), other.clone())]);
    // Only what has a new version is sent.
    let one_raised = format!("{}{}", all(1).replace(&secret("a", 1), ""), secret("a", 2));
    scratch.apply(&one_raised)?;
    let now = stored(&scratch)?;
    assert_eq!(now[0], ("a".to_owned(), format!("{other}-a"), 2));
    assert_eq!(now[1..], expected[1..]);
    scratch.terraform.destroy()?;
    scratch.expect_no_leaks(&[("value", &value), ("other value", &other)])
}

#[test]
fn disappears_and_import() -> Result<()> {
    let value = new_secret("v");
    let configuration = format!("{GROUP}{}", secret("a", 1));
    let scratch = start("secret-life", &configuration, &value)?;
    scratch.apply(&configuration)?;
    let values = scratch.terraform.values("truefoundry_secret.a")?;
    let id = values["id"].as_str().context("no id")?;
    scratch.sandbox.request("DELETE", &format!("/api/svc/v1/secrets/{id}"), None)?;
    assert_eq!(scratch.planned(&configuration, "truefoundry_secret.a")?, ["create"]);
    scratch.apply(&configuration)?;

    scratch.terraform.succeed(&["state", "rm", "truefoundry_secret.a"])?;
    let refused = scratch.terraform.fail(&["apply", "-no-color", "-auto-approve"])?.message();
    assert!(refused.contains("exists already") && refused.contains("import"), "{refused}");
    scratch.terraform.succeed(&["import", "-no-color", "truefoundry_secret.a", "demo:db:a"])?;
    // The value cannot be read back, so it is sent once more.
    assert_eq!(scratch.planned(&configuration, "truefoundry_secret.a")?, ["update"]);
    scratch.apply(&configuration)?;
    scratch.destroy()
}

/// What somebody else keeps in the group survives our writes of it, and the group is not deleted over it.
#[test]
fn secrets_of_others_are_kept() -> Result<()> {
    let value = new_secret("v");
    let configuration = format!("{GROUP}{}", secret("a", 1));
    let scratch = start("secret-others", GROUP, &value)?;
    scratch.apply(GROUP)?;
    let path = format!("/api/svc/v1/secret-groups/{}", group_id(&scratch)?);
    let others = json!({ "secrets": [{ "key": "by-hand", "value": "theirs" }] });
    scratch.sandbox.request("PUT", &path, Some(&others))?;
    scratch.apply(&configuration)?;
    assert_eq!(
        stored(&scratch)?,
        [("a".to_owned(), format!("{value}-a"), 1), ("by-hand".to_owned(), "theirs".to_owned(), 1)]
    );

    // Changing the group itself leaves its secrets too.
    let owned = configuration.replace("name            = \"db\"", "name = \"db\"\n  collaborators = [{ subject = \"team:everyone\", role_id = \"secret-group-viewer\" }]");
    scratch.apply(&owned)?;
    assert_eq!(stored(&scratch)?.len(), 2);
    scratch.write(&owned)?;
    let refused = scratch.terraform.fail(&["destroy", "-no-color", "-auto-approve"])?.message();
    assert!(refused.contains("`by-hand`") && refused.contains("delete_secrets"), "{refused}");
    let allowed = GROUP.replace("name            = \"db\"", "name = \"db\"\n  delete_secrets = true");
    scratch.apply(&allowed)?;
    scratch.destroy()
}

/// The value is there for write-only arguments while Terraform runs, and kept nowhere.
#[test]
fn values_and_tokens_are_ephemeral() -> Result<()> {
    let value = new_secret("v");
    let configuration = format!(
        "{GROUP}{}{}",
        secret("a", 1),
        r#"
ephemeral "truefoundry_secret_value" "a" {
  fqn = truefoundry_secret.a.fqn
}

resource "truefoundry_virtual_account" "this" {
  name        = "ci"
  permissions = [{ resource_fqn = "demo", resource_type = "tenant", role_id = "member" }]
}

ephemeral "truefoundry_virtual_account_token" "this" {
  virtual_account_id = truefoundry_virtual_account.this.id
}

resource "terraform_data" "proof" {
  input = [truefoundry_secret.a.version, truefoundry_virtual_account.this.id]

  lifecycle {
    postcondition {
      condition     = ephemeral.truefoundry_secret_value.a.value == "${var.value}-a"
      error_message = "Another value arrived."
    }
    postcondition {
      condition     = length(ephemeral.truefoundry_virtual_account_token.this.token) > 20
      error_message = "No token arrived."
    }
  }
}
"#
    );
    let scratch = start("secret-ephemeral", &configuration, &value)?;
    scratch.apply(&configuration)?;
    let account = scratch.terraform.values("truefoundry_virtual_account.this")?;
    let id = account["id"].as_str().context("no id")?;
    let answer = scratch.sandbox.get(&format!("/api/svc/v1/virtual-accounts/{id}/token"))?;
    let token = answer["token"].as_str().context("no token")?.to_owned();

    scratch.sandbox.switches(&json!({ "hide_secret_values": true }))?;
    let refused = scratch.terraform.fail(&["plan", "-no-color"])?.message();
    assert!(refused.contains("does not give out the value"), "{refused}");
    scratch.sandbox.switches(&json!({ "hide_secret_values": false }))?;
    scratch.destroy()?;
    scratch.expect_no_leaks(&[("value", &value), ("token", &token)])
}

#[test]
fn what_the_control_plane_refuses_is_refused_while_planning() -> Result<()> {
    let scratch = Scratch::new("guards", "")?;
    for (configuration, expected) in [
        (
            "resource \"truefoundry_virtual_account\" \"this\" {\n  name = \"ci\"\n  permissions = []\n}\n",
            "`permissions` must not be empty",
        ),
        (
            r#"resource "truefoundry_role_binding" "this" {
  name        = "both"
  subjects    = [{ type = "user", name = "a@acme.example" }, { type = "user", name = "b@acme.example" }]
  permissions = [
    { resource_type = "cluster", resource_fqn = "a", role = "cluster-viewer" },
    { resource_type = "cluster", resource_fqn = "b", role = "cluster-viewer" },
  ]
}
"#,
            "many subjects many permissions",
        ),
    ] {
        scratch.write(configuration)?;
        let message = scratch.terraform.fail(&["plan", "-no-color"])?.message();
        assert!(message.contains(expected), "{message}");
    }
    Ok(())
}

/// Of a group that is named, without the values.
#[test]
fn secrets_of_a_group_are_listed() -> Result<()> {
    if !can(Feature::Query)? {
        return Ok(());
    }
    let value = new_secret("value");
    let configuration = [GROUP, &secret("password", 1), &secret("token", 1)].concat();
    let scratch = start("secret-listed", &configuration, &value)?;
    scratch.apply(&configuration)?;
    let fqn = scratch.terraform.values("truefoundry_secret_group.this")?["fqn"].clone();
    let list = format!(
        "list \"truefoundry_secret\" \"all\" {{\n  provider = truefoundry\n\n  config {{\n    secret_group_fqn = {fqn}\n    \
         name_contains    = \"pass\"\n  }}\n}}\n"
    );
    fs_err::write(scratch.folder().join("existing.tfquery.hcl"), list)?;
    let run = scratch.terraform.run(&["query", "-no-color"])?;
    assert_eq!(run.code, 0, "{}", run.message());
    assert!(run.message().contains("name=password"), "{}", run.message());
    assert!(!run.message().contains("name=token"), "{}", run.message());
    scratch.expect_no_leaks(&[("value", &value)])
}
