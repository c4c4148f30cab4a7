//! State in S3: the generated backend works, locks without a table, and layers read each other through it. States move into a bucket and back.

use std::process::Command;

use acceptance_tests::{Binaries, Platform, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::json;

const REGION: &str = "us-east-1";
const BUCKET: &str = "acme-terraform-state";

#[test]
fn layers_share_state_through_a_bucket() -> Result<()> {
    let folder = scratch::folder("s3-state")?;
    let platform = Platform::start(&Binaries::build()?, "quickstart", &folder.join("tree"), &folder)?;
    let spec = fs::read_to_string(platform.spec())?;
    ensure!(!spec.contains("state:"), "the quickstart names a state of its own");
    fs::write(platform.spec(), format!("{spec}state:\n  s3: {{ bucket: {BUCKET} }}\n"))?;
    platform.aws.create_bucket(REGION, BUCKET)?;
    let output = platform.generate().output().context("starting `tfy-infra`")?;
    ensure!(output.status.success(), "`tfy-infra generate`: {}", String::from_utf8_lossy(&output.stderr));

    let network = platform.layer("network")?;
    network.init()?;
    network.apply()?;
    assert!(!network.folder().join("terraform.tfstate").exists(), "no state on this machine");
    let name = spec.lines().find_map(|line| line.strip_prefix("name:")).context("the spec has no name")?;
    let name = name.split('#').next().unwrap_or(name).trim();
    let state = platform.aws.object(REGION, BUCKET, &format!("{name}/{REGION}/network.tfstate"))?;
    let vpc = state["outputs"]["vpc_id"]["value"].as_str().context("no `vpc_id` in the state")?;
    assert!(vpc.starts_with("vpc-"), "{vpc}");
    network.expect_no_changes()?;
    // The lock is let go.
    let lock =
        platform.aws.object_status(REGION, BUCKET, &format!("{name}/{REGION}/network.tfstate.tflock"))?;
    assert_eq!(lock, 404);

    // Nobody is listed who may enter the cluster: whoever applies it is.
    let cluster = platform.layer("cluster")?.with([("TF_VAR_caller_is_admin".to_owned(), "true".to_owned())]);
    cluster.init()?;
    let plan = cluster.plan()?;
    assert!(plan.has_changes);
    assert!(
        plan.json.to_string().contains(vpc),
        "the cluster layer reads the VPC from the network layer's state"
    );
    network.destroy()?;
    Ok(())
}

/// Runs a command of the generator, and gives what it says on standard error.
fn said(mut command: Command, more: &[&str], code: i32) -> Result<String> {
    let output = command.args(more).output().context("starting `tfy-infra`")?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.code() == Some(code), "{command:?} ended with {}: {said}", output.status);
    Ok(said)
}

#[test]
fn the_states_of_an_applied_platform_move_into_a_bucket_and_back() -> Result<()> {
    let folder = scratch::folder("s3-moves")?;
    let platform = Platform::start(&Binaries::build()?, "quickstart", &folder.join("tree"), &folder)?;
    let spec = fs::read_to_string(platform.spec())?;
    said(platform.generate(), &[], 0)?;
    for layer in ["network", "cluster"] {
        said(platform.apply(), &["--layer", layer], 0)?;
    }
    platform.aws.create_bucket(REGION, BUCKET)?;
    fs::write(platform.spec(), format!("{spec}state:\n  s3: {{ bucket: {BUCKET}, key_prefix: moved }}\n"))?;
    let refused = said(platform.generate(), &[], 2)?;
    assert!(refused.contains("give `--allow state`"), "{refused}");
    let allowed = said(platform.generate(), &["--allow", "state"], 0)?;
    assert!(allowed.contains("takes the states of `network` and `cluster` to the new place"), "{allowed}");
    let refused = said(platform.plan(), &[], 2)?;
    assert!(
        refused.contains("the states of `network` and `cluster` are not where the tree looks for them"),
        "{refused}"
    );

    let moved = said(platform.migrate(), &[], 0)?;
    let count = moved.matches(" objects are in `s3://acme-terraform-state/moved/").count();
    assert_eq!(count, 2, "{moved}");
    for layer in ["network", "cluster"] {
        assert!(!platform.folder.join(layer).join("terraform.tfstate").exists(), "{layer}");
        let lock = format!("moved/{layer}.tfstate.tflock");
        assert_eq!(platform.aws.object_status(REGION, BUCKET, &lock)?, 404);
    }
    let changes = |layer: &str| said(platform.plan(), &["--layer", layer], 0);
    changes("network")?;
    changes("cluster")?;
    // As somebody has it who clones the tree: nothing of this machine.
    for layer in ["network", "cluster"] {
        fs::remove_dir_all(platform.folder.join(layer).join(".terraform"))?;
    }
    fs::remove_dir_all(platform.folder.join(".tfy-infra/seen"))?;
    changes("network")?;
    changes("cluster")?;

    // A lock of somebody who has died, beside a state that holds nothing.
    let lock = json!({ "ID": "0a1b", "Operation": "OperationTypeApply", "Who": "root@vm", "Created": "2026-11-30T10:00:00Z" });
    platform.aws.put_object(REGION, BUCKET, "moved/data.tfstate.tflock", &lock)?;
    let locked = said(platform.apply(), &["--layer", "data"], 1)?;
    assert!(
        locked.contains("error: layer `data`: its state holds nothing, and somebody has its lock\n"),
        "{locked}"
    );
    assert!(locked.contains("`terraform -chdir=data force-unlock 0a1b`"), "{locked}");

    fs::write(platform.spec(), &spec)?;
    said(platform.generate(), &["--allow", "state"], 0)?;
    let moved = said(platform.migrate(), &[], 0)?;
    assert!(
        moved.contains("`s3://acme-terraform-state/moved/network.tfstate` is not looked at any more"),
        "{moved}"
    );
    changes("network")?;
    changes("cluster")?;
    said(platform.destroy(), &["--layer", "cluster"], 0)?;
    said(platform.destroy(), &["--layer", "network"], 0)?;
    Ok(())
}
