//! Applications: deployments that take their time, with real Terraform against the sandbox.

use acceptance_tests::{Scratch, scratch};
use anyhow::{Context as _, Result};
use serde_json::json;

const ADDRESS: &str = "truefoundry_volume.this";

/// A workspace, and the cluster that it is on.
fn workspace() -> String {
    let cluster = scratch::cluster("prod", "");
    format!(
        "{cluster}\nresource \"truefoundry_workspace\" \"this\" {{\n  name        = \"search\"\n  cluster_fqn = \
         truefoundry_cluster.this.fqn\n}}\n"
    )
}

fn volume(size: u32, rest: &str) -> String {
    let workspace = workspace();
    format!(
        r#"{workspace}
resource "truefoundry_volume" "this" {{
  workspace_fqn = truefoundry_workspace.this.fqn
  name          = "models"
  config = {{
    dynamic = {{
      storage_class = "efs"
      size          = {size}
    }}
  }}
{rest}}}
"#
    )
}

fn deployments(scratch: &Scratch) -> Result<usize> {
    let apps = scratch.sandbox.get("/api/svc/v1/apps?limit=100&offset=0")?;
    let id = apps["data"][0]["id"].as_str().context("no application")?;
    let listed = scratch.sandbox.get(&format!("/api/svc/v1/apps/{id}/deployments?limit=100&offset=0"))?;
    Ok(listed["data"].as_array().map_or(0, Vec::len))
}

#[test]
fn only_a_change_is_a_new_deployment() -> Result<()> {
    let scratch = Scratch::new("application-versions", &volume(5, ""))?;
    scratch.sandbox.switches(&json!({ "deploy_after": 3, "delete_after": 2 }))?;
    scratch.apply(&volume(5, ""))?;
    assert_eq!(deployments(&scratch)?, 1);
    let patient = volume(5, "  timeouts = { create = \"40m\", delete = \"30m\" }\n");
    assert_eq!(scratch.planned(&patient, ADDRESS)?, ["update"]);
    scratch.apply(&patient)?;
    assert_eq!(deployments(&scratch)?, 1, "a time limit is nothing to deploy");
    scratch.apply(&volume(6, ""))?;
    assert_eq!(deployments(&scratch)?, 2);
    scratch.reimport(ADDRESS, "prod:search:models")?;
    scratch.destroy()
}

#[test]
fn a_deployment_that_takes_too_long_is_continued_with() -> Result<()> {
    let hasty = volume(5, "  timeouts = { create = \"3s\" }\n");
    let scratch = Scratch::new("application-slow", &hasty)?;
    scratch.sandbox.switches(&json!({ "deploy_after": 8 }))?;
    let message = scratch.terraform.fail(&["apply", "-no-color", "-auto-approve"])?.message();
    assert!(message.contains("longer than the time limit"), "{message}");
    // The first deployment still runs, and the control plane allows one at a time: it is waited for.
    scratch.apply(&volume(5, ""))?;
    assert_eq!(scratch.terraform.values(ADDRESS)?["fqn"], "prod:search:models");
    scratch.destroy()
}

/// A chart whose JSON is spelled as no control plane answers it.
fn chart(label: &str) -> String {
    let workspace = workspace();
    format!(
        r#"{workspace}
resource "truefoundry_helm" "this" {{
  workspace_fqn = truefoundry_workspace.this.fqn
  name          = "redis"
  source = {{
    helm_repo = {{
      repo_url = "https://charts.example.com"
      chart    = "redis"
      version  = "20.6.0"
    }}
  }}
  values             = "{{ \"replicas\": 1.0,  \"architecture\": \"standalone\" }}"
  ignore_differences = ["{{ \"kind\": \"Secret\",  \"group\": \"\" }}"]
  kustomize = {{
    additions = [
      "{{ \"kind\": \"ConfigMap\",  \"apiVersion\": \"v1\", \"metadata\": {{ \"name\": \"a\" }} }}",
      "{{ \"metadata\": {{ \"name\": \"{label}\" }}, \"kind\": \"ConfigMap\",  \"apiVersion\": \"v1\" }}",
    ]
  }}
}}
"#
    )
}

#[test]
fn json_may_be_spelled_as_one_likes_in_lists_too() -> Result<()> {
    let address = "truefoundry_helm.this";
    let scratch = Scratch::new("application-json", &chart("b"))?;
    scratch.apply(&chart("b"))?;
    assert_eq!(scratch.planned(&chart("b"), address)?, ["no-op"]);
    // Other spaces, the same content: nothing to deploy.
    let respelled = chart("b").replace(",  ", ", ").replace("1.0", "1");
    assert_eq!(scratch.planned(&respelled, address)?, ["no-op"]);
    assert_eq!(scratch.planned(&chart("c"), address)?, ["update"]);
    assert_eq!(deployments(&scratch)?, 1);
    scratch.destroy()
}
