//! A platform is upgraded by one minor of Kubernetes, in place.
//!
//! `platform.yaml` says 1.35 instead of 1.34, and `tfy-infra` does the rest. Terraform, the AWS provider, Helm and the control planes of both
//! minors are the real ones; EKS is the local AWS, which holds each update until this test has carried it out on the cluster behind it (`eks`),
//! and Karpenter is a model. What both do not do stands in `acceptance-tests/aws/README.md` and `acceptance-tests/cluster/README.md`.

mod eks;
mod kept;
mod watch;
mod workloads;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use acceptance_tests::kubernetes::Minor;
use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, Platform, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;
use test_cluster::{Client, Identity, NodeGroup};

use kept::Kept;
use watch::Watch;

const SPEC: &str = include_str!("platform.yaml");
/// The platform's name, and its cluster's.
const NAME: &str = "upgrade";
/// For what a control plane does at once, on a machine where much else runs.
const SOON: Duration = Duration::from_secs(120);

#[test]
fn a_platform_is_upgraded_by_one_minor_in_place() -> Result<()> {
    let [old, new] = Minor::ALL;
    let folder = scratch::folder("kubernetes-upgrade")?;
    let binaries = Binaries::build()?;
    let mut platform = Platform::with_cluster_of(old, &binaries, SPEC, &folder.join("tree"), &folder)?;
    succeed(&folder, "generate", platform.generate())?;
    succeed(&folder, "apply", platform.apply())?;
    let administrator = client(&platform)?;
    is_of(&administrator, old)?;
    // Add-ons fill the nodes of the group, which have no taint; one more has room for workloads that want to be there.
    administrator.add_nodes(&NodeGroup::system(1))?;
    workloads::make(&administrator)?;
    let before = Kept::look(&platform, &administrator)?;
    assert!(before.custom_resources.len() >= 8, "{:?}", before.custom_resources);

    write_version(&platform, old, new)?;
    succeed(&folder, "generate-newer", platform.generate())?;
    changes_are_in_place(&platform)?;
    let watch = Watch::start(client(&platform)?);
    platform.aws.hold_updates(NAME)?;
    let carried_out = eks::follow(&mut platform, &administrator, new, &folder)?;
    nodes_are_replaced(&administrator, new)?;
    let seen = watch.end()?;

    assert_eq!(carried_out, ["control plane to 1.35", "system nodes to 1.35"]);
    // The add-on of the local AWS whose version goes with the minor is kube-proxy, which nodes need before they are ready.
    assert_eq!(eks::order(&platform)?, ["control plane", "add-on", "nodes"]);
    is_of(&administrator, new)?;
    let after = Kept::look(&platform, &administrator)?;
    assert_eq!(after.custom_resources, before.custom_resources);
    assert_eq!(after.releases, before.releases);
    succeed(&folder, "plan", platform.plan())?;
    a_downgrade_is_refused(&platform, &folder)?;
    Ok(writeln!(
        std::io::stderr(),
        "proved: {} to {}; {} custom resources and {} releases kept; budgets held at each of {} looks",
        old.name(),
        new.name(),
        after.custom_resources.len(),
        after.releases.len(),
        seen
    )?)
}

fn client(platform: &Platform) -> Result<Client> {
    let cluster = &platform.inside.as_ref().context("a platform without a cluster")?.cluster;
    Client::new(cluster.address(), cluster.folder(), Identity::Certificate("admin"))
}

fn succeed(folder: &Path, what: &str, mut command: Command) -> Result<()> {
    let run = Run::from(command.output()?);
    fs::write(folder.join(format!("{what}.log")), format!("{}\n{}", run.stdout, run.stderr))?;
    ensure!(run.code == 0, "`tfy-infra {what}` ended with {}:\n{}\n{}", run.code, run.stdout, run.stderr);
    Ok(())
}

fn write_version(platform: &Platform, from: Minor, to: Minor) -> Result<()> {
    let (text, from) = (fs::read_to_string(platform.spec())?, format!("version: \"{}\"", from.name()));
    ensure!(text.contains(&from), "no `{from}` in\n{text}");
    Ok(fs::write(platform.spec(), text.replace(&from, &format!("version: \"{}\"", to.name())))?)
}

fn is_of(administrator: &Client, minor: Minor) -> Result<()> {
    let told = administrator.get("/version")?;
    assert_eq!(told["gitVersion"], format!("v{}", minor.version()));
    Ok(())
}

/// The plan of the cluster changes what is there, and makes, replaces and destroys nothing.
fn changes_are_in_place(platform: &Platform) -> Result<()> {
    let plan = platform.layer("cluster")?.plan()?;
    let mut changed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for change in plan.json["resource_changes"].as_array().context("a plan without changes")? {
        let (kind, address) = (change["type"].as_str(), change["address"].as_str().unwrap_or_default());
        let actions = plan.actions(address);
        let is_nothing = matches!(actions.as_slice(), ["no-op" | "read"]);
        ensure!(is_nothing || actions == ["update"], "{address}: {actions:?}\n{}", plan.text);
        if !is_nothing {
            changed.entry(kind.unwrap_or_default()).or_default().push(address);
        }
    }
    let kinds: Vec<&str> = changed.keys().copied().collect();
    assert_eq!(kinds, ["aws_eks_addon", "aws_eks_cluster", "aws_eks_node_group"], "{changed:?}");
    Ok(())
}

/// Every node is of the new minor in the end: those of the group at once, Karpenter's one after the other.
fn nodes_are_replaced(administrator: &Client, minor: Minor) -> Result<()> {
    let version = format!("v{}", minor.version());
    let is_new = |node: &Value| node["status"]["nodeInfo"]["kubeletVersion"] == *version;
    let limit = 4 * SOON;
    let nodes = administrator
        .wait("/api/v1/nodes", "of the new minor", limit, |answer| items(&answer.body).all(is_new))?;
    let of_karpenter =
        items(&nodes).filter(|node| node["metadata"]["labels"]["karpenter.sh/nodepool"].is_string());
    ensure!(of_karpenter.count() >= workloads::NODES, "{nodes}");
    workloads::are_available(administrator)
}

/// EKS takes no version back: it says so, and nothing is lost.
fn a_downgrade_is_refused(platform: &Platform, folder: &Path) -> Result<()> {
    let [old, new] = Minor::ALL;
    write_version(platform, new, old)?;
    let refused = Run::from(platform.generate().output()?);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    ensure!(refused.stderr.contains("give `--allow kubernetes-version`"), "{}", refused.stderr);
    let mut allowed = platform.generate();
    allowed.args(["--allow", "kubernetes-version"]);
    succeed(folder, "generate-older", allowed)?;
    let plan = platform.layer("cluster")?.plan()?;
    assert_eq!(plan.actions("module.cluster.aws_eks_cluster.this"), ["update"], "{}", plan.text);
    let mut apply = platform.apply();
    let run = Run::from(apply.args(["--layer", "cluster"]).output()?);
    assert_eq!(run.code, 1, "{}\n{}", run.stdout, run.stderr);
    let refusal = "Unsupported Kubernetes minor version update from 1.35 to 1.34";
    ensure!(run.message().contains(refusal), "{}\n{}", run.stdout, run.stderr);
    Ok(())
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list["items"].as_array().into_iter().flatten()
}
