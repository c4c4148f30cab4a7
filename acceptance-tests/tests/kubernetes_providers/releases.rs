//! The life of a release: what Terraform says, what its state has, and what is in the cluster.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

use crate::bed::{Bed, Root, User};

/// As long as a release that gets ready may take on a machine where much else runs; the provider's default.
const LONG: &str = "timeout = 300";
/// As long as one is waited for that does not.
const SHORT: &str = "timeout = 8";
/// Pods of this are nowhere.
const NOWHERE: &str = "values = [yamlencode({ nodeSelector = { nowhere = \"yes\" } })]";

fn root(bed: &Bed, name: &str) -> Result<Root> {
    bed.root(name, User::Administrator)
}

fn metadata(root: &Root, name: &str) -> Result<Value> {
    Ok(root.terraform.values(&format!("helm_release.{name}"))?["metadata"].clone())
}

/// What the release was given, as Helm has it.
fn given(bed: &Bed, name: &str) -> Result<Value> {
    bed.helm(&["get", "values", name, "--namespace", name])
}

/// Installed, upgraded, its history cut, imported, removed.
pub(crate) fn life(bed: &Bed) -> Result<()> {
    let (root, address) = (root(bed, "life")?, "helm_release.life");
    let with = |interval: &str, more: &str| {
        let arguments = format!(
            "atomic = true\n  max_history = 2\n  values = [yamlencode({{ interval = {interval:?} }})]\n{more}"
        );
        bed.release("life", "external-dns", &arguments)
    };
    root.settles(&with("1m", ""))?;
    let values = root.terraform.values(address)?;
    assert_eq!(values["status"], "deployed");
    assert_eq!(values["version"], "1.21.1");
    assert_eq!(values["metadata"]["values"], r#"{"interval":"1m"}"#);
    assert_eq!(values["metadata"]["app_version"], "0.21.0");
    assert_eq!(bed.status("life")?.as_deref(), Some("deployed"));
    for (revision, interval) in [(2, "2m"), (3, "3m")] {
        root.settles(&with(interval, ""))?;
        assert_eq!(metadata(&root, "life")?["revision"], revision);
    }
    let history = bed.helm(&["history", "life", "--namespace", "life"])?;
    let kept: Vec<_> = history.as_array().into_iter().flatten().map(|one| one["revision"].clone()).collect();
    assert_eq!(kept, [2, 3], "a history of two");

    // An import knows neither the values nor the repository, and the next apply upgrades.
    root.terraform.succeed(&["state", "rm", address])?;
    root.terraform.succeed(&["import", "-no-color", address, "life/life"])?;
    let imported = root.terraform.values(address)?;
    assert_eq!(imported["values"], json!(null));
    assert_eq!(imported["repository"], json!(null));
    assert_eq!(imported["description"], "Upgrade complete");
    assert_eq!(imported["chart"], "external-dns");
    assert_eq!(root.planned(&with("3m", ""), address)?, ["update"]);
    root.settles(&with("3m", ""))?;
    assert_eq!(metadata(&root, "life")?["revision"], 4);
    root.terraform.destroy()?;
    assert_eq!(bed.status("life")?, None);
    Ok(())
}

/// Values that the chart's schema refuses: nothing is in the cluster, nothing in the state.
pub(crate) fn refused_values_leave_nothing(bed: &Bed) -> Result<()> {
    let root = root(bed, "refused")?;
    let refused = bed.release("refused", "external-dns", "values = [yamlencode({ image = \"text\" })]");
    let words = ["Error: installation failed", "values don't meet the specifications of the schema"];
    root.refuses(&refused, &words)?;
    assert_eq!(root.addresses()?, [""; 0]);
    assert_eq!(bed.status("refused")?, None);
    let unknown = bed.release("refused", "external-dns", "set = [{ name = \"no.such\", value = \"1\" }]");
    root.refuses(&unknown, &["Error: installation failed", "no"])?;
    assert_eq!(bed.status("refused")?, None);
    Ok(())
}

/// A workload that no node takes: with `atomic` nothing stays; without it a failed release that no state has and that is in the
/// way, until it is imported.
pub(crate) fn what_never_gets_ready(bed: &Bed) -> Result<()> {
    let root = root(bed, "unready")?;
    let with = |arguments: &str| bed.release("unready", "external-dns", arguments);
    let failed = root.refuses(
        &with(&format!("{SHORT}\n  atomic = true\n  {NOWHERE}")),
        &["Error: installation failed", "context deadline exceeded"],
    )?;
    ensure!(!failed.message().contains("Warning: Helm release"), "{}", failed.message());
    assert_eq!(bed.status("unready")?, None);
    root.refuses(
        &with(&format!("{SHORT}\n  {NOWHERE}")),
        &[
            "Warning: Helm release created with warnings",
            "Error: Helm release error",
            "context deadline exceeded",
        ],
    )?;
    assert_eq!(root.addresses()?, [""; 0]);
    assert_eq!(bed.status("unready")?.as_deref(), Some("failed"));
    root.refuses(&with(""), &["Error: installation failed", "cannot re-use a name that is still in use"])?;
    root.terraform.succeed(&["import", "-no-color", "helm_release.unready", "unready/unready"])?;
    assert_eq!(root.terraform.values("helm_release.unready")?["status"], "failed");
    // Without that, an upgrade without values takes those of the revision that failed.
    root.settles(&with("reset_values = true"))?;
    assert_eq!(bed.status("unready")?.as_deref(), Some("deployed"));
    root.terraform.destroy()?;
    Ok(())
}

/// An upgrade that fails leaves what was in the state. Its status is drift, and what is planned is an upgrade.
pub(crate) fn a_failed_upgrade_is_drift_of_the_status(bed: &Bed) -> Result<()> {
    let (root, address) = (root(bed, "upgrade")?, "helm_release.upgrade");
    let with = |processors: &str, timeout: &str, more: &str| {
        let values =
            format!("values = [yamlencode({{ resources = {{ requests = {{ cpu = {processors:?} }} }} }})]");
        bed.release("upgrade", "external-dns", &format!("{timeout}\n  {values}\n  {more}"))
    };
    root.settles(&with("10m", LONG, ""))?;
    let timed_out = ["Error: Error upgrading chart", "Upgrade failed: context deadline exceeded"];
    root.refuses(&with("100", SHORT, ""), &timed_out)?;
    assert_eq!(bed.status("upgrade")?.as_deref(), Some("failed"));
    // Back to what was: only the status differs now.
    root.write(&with("10m", LONG, ""))?;
    let planned = root.terraform.plan()?;
    assert_eq!(planned.actions(address), ["update"]);
    let change = planned.change(address).context("no change")?;
    assert_eq!(
        (&change["before"]["status"], &change["after"]["status"]),
        (&json!("failed"), &json!("deployed"))
    );
    assert_eq!(change["after"]["metadata"], change["before"]["metadata"], "the metadata is planned as known");
    // The upgrade makes another revision, which was not planned.
    root.refuses(
        &with("10m", LONG, ""),
        &[
            "Error: Provider produced inconsistent result after apply",
            ".metadata.revision: was cty.NumberIntVal(2)",
        ],
    )?;
    assert_eq!(bed.status("upgrade")?.as_deref(), Some("deployed"), "it was made all the same");
    root.terraform.expect_no_changes()?;
    // With `atomic` it is rolled back, and nothing is left to do.
    root.settles(&with("10m", LONG, "atomic = true"))?;
    let rolled_back = ["Error upgrading chart", "has been rolled back due to atomic being set"];
    root.refuses(&with("100", SHORT, "atomic = true"), &rolled_back)?;
    assert_eq!(bed.status("upgrade")?.as_deref(), Some("deployed"));
    root.write(&with("10m", LONG, "atomic = true"))?;
    root.terraform.expect_no_changes()?;
    root.terraform.destroy().map(drop)
}

/// Helm compares with the last release that was deployed: what a failed upgrade has added to an object is in neither, and
/// stays.
pub(crate) fn what_a_failed_upgrade_has_added_stays(bed: &Bed) -> Result<()> {
    let root = root(bed, "added")?;
    let with = |arguments: &str| bed.release("added", "external-dns", arguments);
    root.settles(&with(LONG))?;
    root.refuses(&with(&format!("{SHORT}\n  {NOWHERE}")), &["Error upgrading chart"])?;
    root.refuses(&with(SHORT), &["Error upgrading chart", "Upgrade failed: context deadline exceeded"])?;
    let deployment =
        bed.administrator.get("/apis/apps/v1/namespaces/added/deployments/added-external-dns")?;
    assert_eq!(deployment["spec"]["template"]["spec"]["nodeSelector"], json!({ "nowhere": "yes" }));
    root.terraform.destroy().map(drop)
}

/// Sent on create and when the revision grows, and in no upgrade between.
pub(crate) fn write_only_values(bed: &Bed) -> Result<()> {
    const SECRET: &str = "canary-of-write-only";
    let root = root(bed, "secret")?;
    let with = |revision: u32, interval: &str| {
        format!(
            "variable \"owner\" {{\n  type = string\n  ephemeral = true\n  default = {SECRET:?}\n}}\n\n{}",
            bed.release(
                "secret",
                "external-dns",
                &format!(
                    "set = [{{ name = \"interval\", value = {interval:?} }}]\n  set_wo = [{{ name = \"txtOwnerId\", value = \
                     var.owner }}]\n  set_wo_revision = {revision}"
                )
            )
        )
    };
    root.settles(&with(1, "1m"))?;
    assert_eq!(given(bed, "secret")?, json!({ "interval": "1m", "txtOwnerId": SECRET }));
    root.settles(&with(1, "2m"))?;
    assert_eq!(given(bed, "secret")?, json!({ "interval": "2m" }), "an upgrade for another reason loses it");
    root.settles(&with(2, "2m"))?;
    assert_eq!(given(bed, "secret")?, json!({ "interval": "2m", "txtOwnerId": SECRET }));
    assert_eq!(metadata(&root, "secret")?["values"], "{}");
    let state = fs::read_to_string(root.terraform.folder().join("terraform.tfstate"))?;
    ensure!(!state.contains(SECRET), "the state has the write-only value");
    root.terraform.destroy()?;
    Ok(())
}

/// Values that somebody else has given: kept with `reuse_values`, gone without it or with `reset_values`; none is drift. Where all
/// values are taken away, `reset_values` alone takes them from the release.
pub(crate) fn values_are_kept_or_reset(bed: &Bed) -> Result<()> {
    let root = root(bed, "values")?;
    let with = |arguments: &str| bed.release("values", "external-dns", arguments);
    let (one, two) =
        ("values = [yamlencode({ interval = \"1m\" })]", "values = [yamlencode({ interval = \"2m\" })]");
    root.settles(&with(one))?;
    let set =
        |value: &str| bed.upgrade_by_hand("values", "external-dns", &["--reuse-values", "--set", value]);
    set("policy=sync")?;
    assert_eq!(root.planned(&with(one), "helm_release.values")?, ["no-op"], "values are no drift");
    root.settles(&with(&format!("{two}\n  reuse_values = true")))?;
    assert_eq!(given(bed, "values")?, json!({ "interval": "2m", "policy": "sync" }));
    root.settles(&with(&format!("{one}\n  reset_values = true")))?;
    assert_eq!(given(bed, "values")?, json!({ "interval": "1m" }));
    set("policy=sync")?;
    root.settles(&with(two))?;
    assert_eq!(given(bed, "values")?, json!({ "interval": "2m" }));
    root.settles(&with(""))?;
    assert_eq!(given(bed, "values")?, json!({ "interval": "2m" }), "without any, Helm takes the last ones");
    root.settles(&with("reset_values = true"))?;
    assert_eq!(given(bed, "values")?, json!(null));
    root.terraform.destroy()?;
    Ok(())
}

/// Custom resources in the chart's `crds/`: an install makes them unless it is to skip them; an upgrade does not, and an
/// uninstall leaves them.
pub(crate) fn custom_resources_of_the_chart(bed: &Bed) -> Result<()> {
    let root = root(bed, "custom")?;
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/targetgroupbindings.elbv2.k8s.aws";
    let there = || Ok::<_, anyhow::Error>(bed.administrator.send("GET", path, None)?.status == 200);
    let with = |arguments: &str| {
        let needs = "set = [{ name = \"clusterName\", value = \"test\" }]\n  wait = false";
        bed.release("custom", "aws-load-balancer-controller", &format!("{needs}\n  {arguments}"))
    };
    root.settles(&with("skip_crds = true"))?;
    ensure!(!there()?, "skipped, and there");
    root.settles(&with(""))?;
    ensure!(!there()?, "an upgrade has made them");
    root.terraform.destroy()?;
    root.settles(&with(""))?;
    ensure!(there()?, "an install has not made them");
    root.terraform.destroy()?;
    ensure!(there()?, "an uninstall has removed them");
    Ok(())
}

/// Helm ends with the provider. The release stays as it was at that moment, and nothing can be done to it but by hand.
pub(crate) fn a_killed_provider_leaves_a_pending_release(bed: &Bed) -> Result<()> {
    let root = root(bed, "killed")?;
    root.write(&bed.release("killed", "external-dns", &format!("timeout = 900\n  {NOWHERE}")))?;
    let mut apply = root.terraform.command(&["apply", "-no-color", "-auto-approve"]);
    let mut apply = apply.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn()?;
    let begin = Instant::now();
    while bed.status("killed")?.as_deref() != Some("pending-install") {
        ensure!(begin.elapsed() < Duration::from_secs(60), "it did not begin");
        std::thread::sleep(Duration::from_millis(100));
    }
    for provider in children(apply.id(), "terraform-provider-helm")? {
        acceptance_tests::signal::kill(provider)?;
    }
    assert_eq!(apply.wait()?.code(), Some(1), "an apply without its provider");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(bed.status("killed")?.as_deref(), Some("pending-install"), "nobody has gone on");
    assert_eq!(root.addresses()?, [""; 0]);
    let well = bed.release("killed", "external-dns", "");
    root.refuses(&well, &["Error: installation failed", "cannot re-use a name that is still in use"])?;
    // `replace` takes what is failed or uninstalled, and not this.
    let replaced = bed.release("killed", "external-dns", "replace = true");
    root.refuses(&replaced, &["cannot re-use a name that is still in use"])?;
    let adopted = bed.release("killed", "external-dns", "upgrade_install = true");
    root.refuses(&adopted, &["another operation (install/upgrade/rollback) is in progress"])?;
    bed.helm_says(&["uninstall", "killed", "--namespace", "killed", "--wait"])?;
    root.settles(&well)?;
    root.terraform.destroy()?;
    Ok(())
}

/// The processes below this one whose command line has this program.
fn children(parent: u32, program: &str) -> Result<Vec<u32>> {
    let output = Command::new("ps").args(["-o", "pid=,args=", "--ppid", &parent.to_string()]).output()?;
    let text = String::from_utf8(output.stdout)?;
    let found: Vec<u32> = text
        .lines()
        .filter_map(|line| line.trim().split_once(' '))
        .filter(|(_, line)| {
            let first = line.split_whitespace().next().unwrap_or_default();
            Path::new(first).file_name().is_some_and(|name| name == program)
        })
        .filter_map(|(id, _)| id.parse().ok())
        .collect();
    ensure!(!found.is_empty(), "no `{program}` below {parent}:\n{text}");
    Ok(found)
}
