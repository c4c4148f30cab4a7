//! Objects that need an add-on and that the tree did not make: an add-on is not taken from them unless somebody says so, and one that holds a
//! destroy is told.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use acceptance_tests::terraform::Run;
use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::alone::{Alone, RELEASES, few};
use super::said;

/// Where a ScaledObject is that holds the namespace of KEDA.
const HELD: &str = "/apis/keda.sh/v1alpha1/namespaces/keda/scaledobjects";

fn refused(alone: &Alone, what: &str, run: &Run, told: &[&str]) -> Result<()> {
    ensure!(run.code == 1, "{what} ended with {}:\n{}\n{}", run.code, run.stdout, run.stderr);
    told.iter().try_for_each(|told| said(run, told))?;
    assert_eq!(alone.in_state()?, RELEASES, "after {what}");
    Ok(())
}

/// With the workloads that `whole::make_workloads` has made.
pub(crate) fn are_not_lost(alone: &Alone) -> Result<()> {
    let need = "objects need what is to be removed, and this tree did not make them";
    let both = [need, "rollouts.argoproj.io (1): default/model", "scaledobjects.keda.sh (1): default/model"];
    refused(alone, "destroy", &alone.destroy()?, &both)?;
    alone.generate(&few(1).replace("addons:\n", "addons:\n  keda: false\n").replace(KEDA, ""))?;
    let off = alone.apply()?;
    refused(alone, "apply without KEDA", &off, &[need, "scaledobjects.keda.sh (1): default/model"])?;
    ensure!(!off.stderr.contains("rollouts"), "Argo Rollouts stays:\n{}", off.stderr);
    alone.generate(&few(1))?;
    let scaled = "scaledobjects.keda.sh";
    refused(
        alone,
        "one of two",
        &alone.destroy_with(&[scaled])?,
        &["rollouts.argoproj.io (1): default/model"],
    )?;
    let needless = "`--allow-loss-of` names what is not lost: `services`";
    refused(alone, "a name that is not needed", &alone.destroy_with(&[scaled, "services"])?, &[needless])
}

/// The line of [`few`] that has KEDA.
const KEDA: &str = "  keda: { values: { operator: { replicaCount: 1 } } }\n";

/// KEDA goes, and a ScaledObject in its namespace keeps a finalizer that only KEDA takes away.
pub(crate) fn are_told_while_they_hold_a_destroy(alone: &Alone) -> Result<()> {
    let held = json!({
        "apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject",
        "metadata": { "name": "held", "finalizers": ["finalizer.keda.sh"] },
        "spec": { "scaleTargetRef": { "name": "held" }, "triggers": [{ "type": "cpu", "metadata": { "value": "50" } }] },
    });
    alone.administrator.create(HELD, &held)?;
    let mut command = alone.destroying(&["scaledobjects.keda.sh", "rollouts.argoproj.io"])?;
    let begin = Instant::now();
    let mut child =
        command.arg("--json").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut lines = Vec::new();
    for line in BufReader::new(child.stderr.take().context("no standard error")?).lines() {
        let line = line?;
        if line.contains("kubectl patch scaledobjects.keda.sh/held -n keda") {
            release(alone)?;
        }
        lines.push(line);
    }
    let output = child.wait_with_output()?;
    let told = lines.join("\n");
    ensure!(output.status.success(), "destroy ended with {}:\n{told}", output.status);
    let summary: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("standard output is JSON")?;
    assert_eq!(summary["layers"][0]["status"], "destroyed");
    for part in [
        "waits for namespace `keda`, which is being deleted: ",
        "waits for scaledobjects.keda.sh keda/held (deleted, finalizer `finalizer.keda.sh`): nobody takes it away, its controller \
         `keda-operator` is not there.",
    ] {
        ensure!(told.contains(part), "not told: {part}\n{told}");
    }
    ensure!(begin.elapsed() < Duration::from_secs(300), "it took {:?}", begin.elapsed());
    Ok(())
}

/// What the command that was told does.
fn release(alone: &Alone) -> Result<()> {
    let patch = json!({ "metadata": { "finalizers": null } });
    let answer = alone.administrator.merge(&format!("{HELD}/held"), &patch)?;
    ensure!(answer.status == 200 || answer.status == 404, "{}", answer.status);
    Ok(())
}
