//! `truefoundry_workspace` with real Terraform against the sandbox.

use acceptance_tests::{Scratch, scratch};
use anyhow::{Context as _, Result};

const ADDRESS: &str = "truefoundry_workspace.this";

fn workspace(name: &str, body: &str) -> String {
    let cluster = scratch::cluster("acme", "");
    format!(
        r#"{cluster}
resource "truefoundry_workspace" "this" {{
  name        = "{name}"
  cluster_fqn = truefoundry_cluster.this.fqn
{body}
}}
"#
    )
}

const LABELS: &str = r#"  environment_name = truefoundry_environment.this.name
  labels           = { team = "search" }
  annotations      = { "acme.example/cost-center" = "4711" }
  collaborators = [
    { subject = "team:search", role_id = "workspace-admin" },
    { subject = "user:a@acme.example", role_id = "workspace-viewer" },
  ]
"#;

#[test]
fn lifecycle() -> Result<()> {
    let first = workspace("search", "");
    let scratch = Scratch::traced("workspace-lifecycle", &first)?;
    scratch.apply(&first)?;
    let values = scratch.terraform.values(ADDRESS)?;
    assert_eq!(values["fqn"], "acme:search");

    let second = workspace("search", LABELS);
    assert_eq!(scratch.planned(&second, ADDRESS)?, ["update"]);
    scratch.apply(&second)?;
    assert_eq!(scratch.terraform.values(ADDRESS)?["id"], values["id"], "updated in place");

    let renamed = workspace("ranking", LABELS);
    assert_eq!(scratch.planned(&renamed, ADDRESS)?, ["delete", "create"]);
    scratch.apply(&renamed)?;
    scratch.destroy()?;
    scratch.expect_no_leaks(&[])
}

#[test]
fn import() -> Result<()> {
    let configuration = workspace("search", LABELS);
    let scratch = Scratch::new("workspace-import", &configuration)?;
    scratch.apply(&configuration)?;
    let values = scratch.terraform.values(ADDRESS)?;
    scratch.reimport(ADDRESS, values["id"].as_str().context("no id")?)?;
    scratch.reimport(ADDRESS, "acme:search")
}

#[test]
fn disappears() -> Result<()> {
    let configuration = workspace("search", "");
    let scratch = Scratch::new("workspace-disappears", &configuration)?;
    scratch.apply(&configuration)?;
    let values = scratch.terraform.values(ADDRESS)?;
    let id = values["id"].as_str().context("no id")?;
    scratch.sandbox.request("DELETE", &format!("/api/svc/v1/workspaces/{id}"), None)?;
    assert_eq!(scratch.planned(&configuration, ADDRESS)?, ["create"]);
    scratch.apply(&configuration)?;
    scratch.destroy()
}

/// The order in which subjects are written means nothing.
#[test]
fn collaborators_are_a_set() -> Result<()> {
    let one = "  collaborators = [{ subject = \"team:a\", role_id = \"workspace-admin\" }, { subject = \"team:b\", role_id = \"workspace-viewer\" }]\n";
    let other = "  collaborators = [{ subject = \"team:b\", role_id = \"workspace-viewer\" }, { subject = \"team:a\", role_id = \"workspace-admin\" }]\n";
    let scratch = Scratch::new("workspace-set", &workspace("search", one))?;
    scratch.apply(&workspace("search", one))?;
    assert_eq!(scratch.planned(&workspace("search", other), ADDRESS)?, ["no-op"]);
    Ok(())
}
