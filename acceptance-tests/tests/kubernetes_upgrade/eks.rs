//! What EKS does when a version is updated: the control plane first, nodes when their group is told.

use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Duration;

use acceptance_tests::Platform;
use acceptance_tests::kubernetes::Minor;
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;
use test_cluster::{Client, NodeGroup};

use super::NAME;

const REGION: &str = "us-east-1";
const EVERY: Duration = Duration::from_millis(200);

/// Applies all layers, and carries out what they have EKS do meanwhile. Gives what that was, in its order.
pub(crate) fn follow(
    platform: &mut Platform,
    administrator: &Client,
    minor: Minor,
    folder: &Path,
) -> Result<Vec<String>> {
    let log = folder.join("upgrade.log");
    let file = fs::File::create(&log)?.into_file();
    let mut command = platform.apply();
    let mut apply = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).spawn()?;
    let followed = until_ended(platform, administrator, minor, &mut apply);
    // It waits for what nobody carries out any more.
    if followed.is_err() {
        apply.kill()?;
        apply.wait()?;
    }
    let (status, carried_out) = followed?;
    ensure!(status.success(), "the upgrade ended with {status}:\n{}", fs::read_to_string(&log)?);
    Ok(carried_out)
}

fn until_ended(
    platform: &mut Platform,
    administrator: &Client,
    minor: Minor,
    apply: &mut Child,
) -> Result<(ExitStatus, Vec<String>)> {
    let mut carried_out = Vec::new();
    loop {
        if let Some(status) = apply.try_wait()? {
            return Ok((status, carried_out));
        }
        for update in platform.aws.held_updates(NAME)? {
            carried_out.push(carry_out(platform, administrator, minor, &update)?);
        }
        std::thread::sleep(EVERY);
    }
}

fn carry_out(
    platform: &mut Platform,
    administrator: &Client,
    minor: Minor,
    update: &Value,
) -> Result<String> {
    let version = update["version"].as_str().context("an update without a version")?;
    assert_eq!(version, minor.name());
    let inside = platform.inside.as_mut().context("a platform without a cluster")?;
    let done = if update["nodegroup"].is_null() {
        inside.cluster.upgrade(minor)?;
        format!("control plane to {version}")
    } else {
        administrator.roll_nodes(&NodeGroup::system(2))?;
        format!("system nodes to {version}")
    };
    platform.aws.finish_update(NAME, update["id"].as_str().context("an update without `id`")?)?;
    Ok(done)
}

/// The updates that EKS was asked for, in their order, equal neighbours as one.
pub(crate) fn order(platform: &Platform) -> Result<Vec<&'static str>> {
    let updates = platform.aws.eks(REGION, &format!("/clusters/{NAME}/updates"))?;
    let mut order = Vec::new();
    let mut versions = 0;
    for id in updates["updateIds"].as_array().context("no `updateIds`")? {
        let id = id.as_str().context("an identifier that is no text")?;
        let update = platform.aws.eks(REGION, &format!("/clusters/{NAME}/updates/{id}"))?;
        let what = match update["update"]["type"].as_str() {
            Some("VersionUpdate") if versions == 0 => "control plane",
            Some("VersionUpdate") => "nodes",
            Some("AddonUpdate") => "add-on",
            other => anyhow::bail!("an update of the type {other:?}"),
        };
        versions += usize::from(what != "add-on");
        order.push(what);
    }
    order.dedup();
    Ok(order)
}
