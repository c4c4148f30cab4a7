//! Roles of Terraform's runs that were made with the modules of 376af31 become those at hand, in the order of `modules/UPGRADING.md`, while the
//! platform that they look after goes on. Policies are enforced all the time: after each step whoever runs the platform can plan and apply, and the
//! roles that are left come in no more.

use acceptance_tests::stack::{Root, Stack};
use anyhow::{Result, ensure};
use serde_json::json;

const BEFORE: &str = "376af31";
const NAME: &str = "acme-dev";
const OLD: &str = include_str!("modules_roles/old.tf");
const NEW: &str = include_str!("modules_roles/new.tf");
const PLATFORM: &str = include_str!("modules_roles/platform.tf");

/// Somebody plans and applies a change of the platform.
fn changed(root: &mut Root, days: u32) -> Result<()> {
    root.change("days", json!(days))?
        .expect(&[("module.network.aws_cloudwatch_log_group.flow_logs[0]", "update")]);
    Ok(())
}

#[test]
fn roles_of_before_become_those_of_layers_and_nobody_is_locked_out() -> Result<()> {
    let mut stack = Stack::of_commit("roles-upgrade", BEFORE)?;
    stack.enforce_by(OLD, NAME, &json!({}))?;
    stack.own("platform", PLATFORM)?.apply()?;

    stack.renew_modules()?;
    // The one pair, hardened, at its ARNs: whoever has a session goes on.
    stack.enforce_by(NEW, NAME, &json!({ "pair": true, "layers": [] }))?;
    let mut root = stack.own("platform", PLATFORM)?;
    root.expect_no_changes()?;
    changed(&mut root, 90)?;

    // The roles of layers beside it; the workspace moves to its own.
    stack.enforce_by(NEW, NAME, &json!({ "pair": true, "layers": ["network"] }))?;
    changed(&mut stack.own("platform", PLATFORM)?, 120)?;

    stack.enforce_by(NEW, NAME, &json!({ "pair": false, "layers": ["network"] }))?;
    let error = root.plan().expect_err("the role of before is gone");
    ensure!(format!("{error:#}").contains("AssumeRoleWithWebIdentity"), "{error:#}");
    let denied = stack.aws().denied()?;
    ensure!(denied.len() == 1 && denied[0].starts_with("sts:AssumeRoleWithWebIdentity on "), "{denied:#?}");
    stack.aws().enforcement(&json!({ "on": true }))?;
    let mut root = stack.own("platform", PLATFORM)?;
    changed(&mut root, 150)?;
    root.destroy()?;
    stack.expect_empty()
}
