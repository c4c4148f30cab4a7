//! A thousand workspaces on a control plane that takes its time: for the test of scale and for `cargo xtask bench`.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use crate::{LocalAws, Sandbox};

/// How many workspaces.
pub const COUNT: usize = 1000;
/// What every answer of the control plane waits, in milliseconds.
pub const LATENCY: u64 = 50;
/// How many objects Terraform works on at once.
pub const PARALLELISM: &str = "-parallelism=10";

const BUCKET: &str = "thousand-state";
const REGION: &str = "us-east-1";

/// The workspaces, with a label of this value.
#[must_use]
pub fn workspaces(label: &str) -> String {
    format!(
        r#"terraform {{
  required_providers {{
    truefoundry = {{
      source = "truefoundry/truefoundry"
    }}
  }}
}}

resource "truefoundry_workspace" "this" {{
  count       = {COUNT}
  name        = "space-${{count.index}}"
  cluster_fqn = "prod"
  labels      = {{ purpose = "{label}" }}
}}
"#
    )
}

/// Keeps the state in a bucket of the local AWS, as generated platforms have it. Terraform stores it every twenty seconds there, and
/// not after each object.
#[must_use]
pub fn state_in_bucket(key: &str) -> String {
    format!(
        r#"terraform {{
  backend "s3" {{
    bucket       = "{BUCKET}"
    key          = "{key}.tfstate"
    region       = "{REGION}"
    use_lockfile = true
  }}
}}
"#
    )
}

/// Starts a local AWS with the bucket for the states.
///
/// # Errors
/// When it does not start.
pub fn aws_with_bucket(log: &Path) -> Result<LocalAws> {
    let aws = LocalAws::start(log)?;
    aws.create_bucket(REGION, BUCKET)?;
    Ok(aws)
}

/// As many objects that Terraform keeps by itself.
#[must_use]
pub fn built_in() -> String {
    format!(
        r#"resource "terraform_data" "this" {{
  count = {COUNT}
  input = "space-${{count.index}}"
}}
"#
    )
}

/// Makes a control plane empty but for the cluster that the workspaces are on, and slow.
///
/// # Errors
/// When the control plane refuses.
pub fn prepare(sandbox: &Sandbox) -> Result<()> {
    sandbox.switches(&json!({ "latency_ms": 0 }))?;
    sandbox.reset()?;
    put(
        sandbox,
        "environments",
        &json!({ "type": "environment", "name": "production", "color": { "colorHex": "#0a0b0c", "backgroundColorHex": "#0a0b0c" }, "isProduction": true, "optimizeFor": "COST" }),
    )?;
    put(
        sandbox,
        "clusters",
        &json!({ "type": "cluster", "name": "prod", "cluster_type": "aws-eks", "environment_names": ["production"] }),
    )?;
    sandbox.switches(&json!({ "latency_ms": LATENCY }))
}

/// Writes one object.
///
/// # Errors
/// When the control plane refuses.
pub fn put(sandbox: &Sandbox, collection: &str, manifest: &Value) -> Result<()> {
    let body = json!({ "manifest": manifest });
    sandbox.request("PUT", &format!("/api/svc/v1/{collection}"), Some(&body)).map(drop)
}
