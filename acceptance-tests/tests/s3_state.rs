//! State in S3: the generated backend works, locks without a table, and layers read each other through it.

use acceptance_tests::{Binaries, Platform, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

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
