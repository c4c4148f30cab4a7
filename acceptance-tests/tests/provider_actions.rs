//! Both actions: asked for by themselves, by what happens to a resource, and when they cannot be done. (Terraform 1.14)

use acceptance_tests::cores::Feature;
use acceptance_tests::cores::feature::can;
use acceptance_tests::{Scratch, scratch};
use anyhow::{Context as _, Result};

/// A job, with what `trigger` says of actions; `config` goes into the action `job`.
fn configuration(image: u32, lifecycle: &str, config: &str) -> String {
    let cluster = scratch::cluster("prod", "");
    format!(
        r#"{cluster}
resource "truefoundry_workspace" "this" {{
  name        = "search"
  cluster_fqn = truefoundry_cluster.this.fqn
}}

resource "truefoundry_job" "this" {{
  workspace_fqn = truefoundry_workspace.this.fqn
  name          = "reindex"
  image         = {{ image = {{ image_uri = "registry.acme.example/reindex:{image}" }} }}
  trigger       = {{ manual = {{}} }}
{lifecycle}}}

variable "fqn" {{
  type    = string
  default = "prod:search:reindex"
}}

action "truefoundry_trigger_job" "run" {{
  config {{
{config}  }}
}}

action "truefoundry_restart_application" "again" {{
  config {{
    fqn = "prod:search:reindex"
  }}
}}
"#
    )
}

const FQN: &str = "    fqn = var.fqn\n";

const TRIGGERS: &str = "  lifecycle {\n    action_trigger {\n      events  = [after_create, after_update]\n      \
                        actions = [action.truefoundry_trigger_job.run]\n    }\n    action_trigger {\n      events  = \
                        [before_update]\n      actions = [action.truefoundry_restart_application.again]\n    }\n  }\n";

/// How many runs the job has, and how often the application was deployed.
fn done(scratch: &Scratch) -> Result<(usize, usize)> {
    let apps = scratch.sandbox.get("/api/svc/v1/apps?limit=100&offset=0")?;
    let id = apps["data"][0]["id"].as_str().context("no application")?;
    let count = |path: &str| {
        let listed = scratch.sandbox.get(&format!("/api/svc/v1/{path}?limit=100&offset=0"))?;
        anyhow::Ok(listed["data"].as_array().map_or(0, Vec::len))
    };
    Ok((count(&format!("jobs/{id}/runs"))?, count(&format!("apps/{id}/deployments"))?))
}

#[test]
fn actions_follow_what_happens_to_a_resource() -> Result<()> {
    if !can(Feature::Actions)? {
        return Ok(());
    }
    let scratch = Scratch::new("actions-triggered", &configuration(1, TRIGGERS, FQN))?;
    scratch.apply(&configuration(1, TRIGGERS, FQN))?;
    assert_eq!(done(&scratch)?, (1, 1), "run after the create");
    scratch.apply(&configuration(2, TRIGGERS, FQN))?;
    assert_eq!(done(&scratch)?, (2, 3), "restarted before the update, run after it");
    scratch.destroy()
}

#[test]
fn an_action_is_asked_for_by_itself() -> Result<()> {
    if !can(Feature::Actions)? {
        return Ok(());
    }
    let scratch = Scratch::new("actions-alone", &configuration(1, "", FQN))?;
    scratch.apply(&configuration(1, "", FQN))?;
    let invoke = |variable: &str| {
        let action = "-invoke=action.truefoundry_trigger_job.run";
        scratch.terraform.run(&[
            "apply",
            "-no-color",
            "-auto-approve",
            action,
            &format!("-var=fqn={variable}"),
        ])
    };
    let run = invoke("prod:search:reindex")?;
    assert_eq!(run.code, 0, "{}", run.message());
    assert!(run.message().contains("of the job `prod:search:reindex`"), "{}", run.message());
    assert_eq!(done(&scratch)?, (1, 1));
    let run = invoke("prod:search:nothing")?;
    assert_eq!(run.code, 1, "{}", run.message());
    assert!(run.message().contains("There is no application `prod:search:nothing`"), "{}", run.message());
    assert_eq!(done(&scratch)?, (1, 1));
    scratch.destroy()
}

#[test]
fn what_is_missing_is_told_before_anything_is_done() -> Result<()> {
    if !can(Feature::Actions)? {
        return Ok(());
    }
    let scratch = Scratch::new("actions-null", &configuration(1, "", FQN))?;
    scratch.write(&configuration(1, "", "    fqn = null\n"))?;
    let message = scratch.terraform.fail(&["validate", "-no-color"])?.message();
    assert!(message.contains("Error: `fqn` is required"), "{message}");
    assert!(message.contains("fqn = null"), "the place is shown: {message}");
    // What a variable holds is known only while planning.
    let by_variable =
        configuration(1, TRIGGERS, FQN).replace("default = \"prod:search:reindex\"", "default = null");
    scratch.write(&by_variable)?;
    let message = scratch.terraform.fail(&["plan", "-no-color"])?.message();
    assert!(message.contains("Failed to plan action"), "{message}");
    assert!(message.contains("`fqn` is required: Its value is null."), "{message}");
    Ok(())
}
