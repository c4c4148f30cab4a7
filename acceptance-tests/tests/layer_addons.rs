//! The layer `addons` when things go wrong: a cluster that cannot be asked, a state without its releases, runs that are killed.
//!
//! `KILLS` is the number of kills, 4 by default; `cargo xtask prove add-on-kills` takes 30.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use acceptance_tests::terraform::Run;
use acceptance_tests::{scratch, signal};
use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

#[path = "layer_addons/alone.rs"]
mod alone;
#[path = "layer_addons/canary.rs"]
mod canary;
#[path = "layer_addons/died.rs"]
mod died;
#[path = "layer_addons/forwarded.rs"]
mod forwarded;
#[path = "layer_addons/given.rs"]
mod given;
#[path = "layer_addons/others.rs"]
mod others;
#[path = "layer_addons/token.rs"]
mod token;
#[path = "layer_addons/whole.rs"]
mod whole;

use alone::{ADDONS, Alone, RELEASES, few};

fn succeeded(what: &str, run: &Run) -> Result<()> {
    ensure!(run.code == 0, "{what} ended with {}:\n{}\n{}", run.code, run.stdout, run.stderr);
    Ok(())
}

fn said(run: &Run, what: &str) -> Result<()> {
    let text = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    ensure!(text.contains(what), "not said: {what}\n{}", run.stderr);
    Ok(())
}

/// One cluster for all of it.
#[test]
fn a_cluster_that_cannot_be_asked_and_releases_that_no_state_has() -> Result<()> {
    let alone = Alone::start_few(&scratch::folder("layer-addons")?)?;
    succeeded("apply", &alone.apply()?)?;
    assert_eq!(alone.in_state()?, RELEASES);
    succeeded("plan", &alone.plan()?)?;
    given::refuses_what_is_wrong(&alone.administrator)?;
    a_server_that_is_stopped(&alone)?;
    who_is_refused(&alone)?;
    a_cluster_that_is_not_there(&alone)?;
    forwarded::reaches_the_cluster(&alone)?;
    releases_that_no_state_has(&alone)?;
    whole::make_workloads(&alone)?;
    others::are_not_lost(&alone)?;
    others::are_told_while_they_hold_a_destroy(&alone)?;
    assert_eq!(alone.in_cluster()?, []);
    what_values_keep_stays(&alone)
}

/// The definitions that the layer's values keep are there with their objects. Without those values KEDA's go, and take the objects along.
fn what_values_keep_stays(alone: &Alone) -> Result<()> {
    let status = |path| Ok::<_, anyhow::Error>(alone.administrator.send("GET", path, None)?.status);
    for path in whole::WORKLOADS {
        assert_eq!(status(path)?, 200, "{path} after a destroy");
    }
    let charts = alone.charts();
    for arguments in [
        &["install", "keda", "keda", "--repo", &charts, "--namespace", "keda", "--create-namespace"][..],
        &["uninstall", "keda", "--namespace", "keda", "--wait"],
    ] {
        let output = alone.cluster.helm().args(arguments).output()?;
        ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let [scaled, rollout] = whole::WORKLOADS;
    alone.administrator.wait(scaled, "gone", Duration::from_secs(60), |answer| answer.status == 404)?;
    assert_eq!(status(rollout)?, 200);
    Ok(())
}

/// Every operation ends in an error that says so, and no release leaves the state.
fn each_operation_is_refused(alone: &Alone, saying: &str) -> Result<()> {
    for (what, run) in [("plan", alone.plan()?), ("apply", alone.apply()?), ("destroy", alone.destroy()?)] {
        assert_eq!(run.code, 1, "{what}: {}\n{}", run.stdout, run.stderr);
        said(&run, saying).with_context(|| what.to_owned())?;
        assert_eq!(alone.in_state()?, RELEASES, "after {what}");
    }
    Ok(())
}

fn a_server_that_is_stopped(alone: &Alone) -> Result<()> {
    let server = alone.cluster.process("kube-apiserver")?.to_string();
    let send = |signal: &str| -> Result<()> {
        let status = Command::new("kill").args(["-s", signal, &server]).status()?;
        ensure!(status.success(), "kill -s {signal} {server}");
        Ok(())
    };
    send("STOP")?;
    // It waits for half a minute; the others do the same.
    let run = alone.plan();
    send("CONT")?;
    alone.wait_for_api()?;
    let run = run?;
    assert_eq!(run.code, 1, "{}\n{}", run.stdout, run.stderr);
    said(&run, "the API of the cluster `acme-dev` cannot be reached")?;
    assert_eq!(alone.in_state()?, RELEASES);
    Ok(())
}

fn who_is_refused(alone: &Alone) -> Result<()> {
    let credential = fs::read_to_string(alone.folder.join("credential.json"))?;
    alone.sign_in_with("nobody")?;
    each_operation_is_refused(alone, "the cluster `acme-dev` does not know who runs this")?;
    let path = "/api/v1/namespaces/default/serviceaccounts/default/token";
    let token = alone.administrator.create(path, &serde_json::json!({ "spec": {} }))?;
    alone.sign_in_with(token["status"]["token"].as_str().context("no token")?)?;
    each_operation_is_refused(alone, "who runs this may not see Helm's records in the cluster `acme-dev`")?;
    // The module's own guard, for those who run Terraform by hand: who sees everything but Secrets is refused as well.
    let viewer = serde_json::json!({
        "metadata": { "name": "viewer" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" },
        "subjects": [{ "kind": "ServiceAccount", "name": "default", "namespace": "default" }],
    });
    alone.administrator.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", &viewer)?;
    for arguments in [&["plan", "-no-color"][..], &["apply", "-refresh-only", "-auto-approve", "-no-color"]] {
        let run = alone.terraform()?.run(arguments)?;
        assert_eq!(run.code, 1, "{arguments:?}: {}", run.stdout);
        assert_eq!(alone.in_state()?, RELEASES, "after {arguments:?}");
    }
    Ok(fs::write(alone.folder.join("credential.json"), credential)?)
}

/// While nobody listens at the cluster's address: by `tfy-infra`, and by Terraform alone.
fn a_cluster_that_is_not_there(alone: &Alone) -> Result<()> {
    let state = alone.folder.join("tree/cluster/terraform.tfstate");
    let before = fs::read_to_string(&state)?;
    fs::write(&state, before.replace(alone.cluster.address(), "https://127.0.0.1:9"))?;
    each_operation_is_refused(alone, "the API of the cluster `acme-dev` cannot be reached")?;
    for arguments in [
        &["plan", "-no-color"][..],
        &["apply", "-refresh-only", "-auto-approve", "-no-color"],
        &["apply", "-auto-approve", "-no-color"],
        &["destroy", "-auto-approve", "-no-color"],
    ] {
        let run = alone.terraform()?.run(arguments)?;
        assert_eq!(run.code, 1, "{arguments:?}: {}", run.stdout);
        assert_eq!(alone.in_state()?, RELEASES, "after {arguments:?}");
    }
    Ok(fs::write(state, before)?)
}

/// What a forgetful read leaves behind: named with its `import` block before anything is changed, and taken back with that.
fn releases_that_no_state_has(alone: &Alone) -> Result<()> {
    alone.terraform()?.succeed(&["state", "rm", "module.addons.helm_release.keda"])?;
    for (what, run) in [("plan", alone.plan()?), ("apply", alone.apply()?), ("destroy", alone.destroy()?)] {
        assert_eq!(run.code, 1, "{what}: {}\n{}", run.stdout, run.stderr);
        said(&run, "the release `keda` in `keda` is in the cluster and not in the state")?;
    }
    let told = alone.apply()?.stderr;
    take_back(alone, &told)?;
    succeeded("apply with the import", &alone.apply()?)?;
    assert_eq!(alone.in_state()?, RELEASES);
    succeeded("plan", &alone.plan()?)
}

/// Writes the `import` blocks that were told into a file of the layer.
fn take_back(alone: &Alone, told: &str) -> Result<()> {
    let lines: Vec<&str> = told.lines().map(|line| line.trim_start_matches(" |=").trim()).collect();
    let mut blocks = String::new();
    for (i, _) in lines.iter().enumerate().filter(|(_, line)| **line == "import {") {
        let block: Vec<&str> = lines[i..].iter().take(4).copied().collect();
        blocks.push_str(&block.join("\n"));
        blocks.push('\n');
    }
    ensure!(!blocks.is_empty(), "no `import` block was told:\n{told}");
    Ok(fs::write(alone.layer().join("imports.tf"), blocks)?)
}

/// What is killed in the middle.
#[derive(Clone, Copy, Debug)]
enum Doing {
    Install,
    Upgrade,
    Uninstall,
}

/// Terraform, its providers and Helm killed at random moments: the next run converges, or says how it can.
#[test]
fn runs_that_are_killed_converge() -> Result<()> {
    let kills: u64 = std::env::var("KILLS").map_or(Ok(4), |kills| kills.parse())?;
    let alone = Alone::start_few(&scratch::folder("layer-addons-killed")?)?;
    let mut replicas = 1;
    let mut random = Random(kills);
    let mut outcomes: BTreeMap<String, u32> = BTreeMap::new();
    let mut longest = Duration::from_secs(8);
    for kill in 0..kills {
        let doing = [Doing::Upgrade, Doing::Install, Doing::Uninstall][usize::try_from(kill % 3)?];
        prepare(&alone, doing, &mut replicas)?;
        let after = longest.mul_f64(random.fraction());
        if let Some(took) = killed(&alone, doing, after)? {
            longest = took;
        }
        let ways =
            converge(&alone, doing).with_context(|| format!("kill {kill}, {doing:?} after {after:.1?}"))?;
        *outcomes.entry(format!("{doing:?}: {ways}")).or_default() += 1;
    }
    writeln!(std::io::stderr(), "proved: {kills} kills; {outcomes:?}")?;
    Ok(())
}

fn prepare(alone: &Alone, doing: Doing, replicas: &mut u32) -> Result<()> {
    match doing {
        Doing::Install => succeeded("destroy", &alone.destroy()?),
        Doing::Uninstall => succeeded("apply", &alone.apply()?),
        Doing::Upgrade => {
            succeeded("apply", &alone.apply()?)?;
            *replicas = 3 - *replicas;
            alone.generate(&few(*replicas))
        }
    }
}

/// Starts it and kills all of its processes but `tfy-infra`'s own; gives how long it took where it was done before.
fn killed(alone: &Alone, doing: Doing, after: Duration) -> Result<Option<Duration>> {
    let verb = if matches!(doing, Doing::Uninstall) { "destroy" } else { "apply" };
    let mut command = alone.command(&[verb, "--auto-approve", "--layer", "addons", "-d"])?;
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let begin = Instant::now();
    while begin.elapsed() < after {
        if child.try_wait()?.is_some() {
            return Ok(Some(begin.elapsed()));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    for process in descendants(child.id())? {
        // It may have ended meanwhile.
        let _ = signal::kill(process);
    }
    child.wait()?;
    Ok(None)
}

/// The processes that a process has started, and those that they have.
fn descendants(of: u32) -> Result<Vec<u32>> {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc")? {
        let Ok(id) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        let Ok(stat) = fs::read_to_string(format!("/proc/{id}/stat")) else { continue };
        let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)?.parse::<u32>().ok());
        parents.insert(id, parent.unwrap_or_default());
    }
    let mut found = vec![of];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(parents.iter().filter(|(_, p)| **p == parent).map(|(id, _)| *id));
        next += 1;
    }
    Ok(found.split_off(1))
}

/// Runs it again until it is done, by the ways out that are told; gives what they were.
fn converge(alone: &Alone, doing: Doing) -> Result<String> {
    let mut ways = Vec::new();
    // More than one release may be in the way, each in two ways.
    for _ in 0..2 * ADDONS.len() {
        let run = if matches!(doing, Doing::Uninstall) { alone.destroy()? } else { alone.apply()? };
        if run.code == 0 {
            finished(alone, doing)?;
            return Ok(if ways.is_empty() { "by itself".to_owned() } else { ways.join(", ") });
        }
        ways.push(way_out(alone, &run)?);
    }
    bail!("not done after {ways:?}")
}

fn finished(alone: &Alone, doing: Doing) -> Result<()> {
    let imports = alone.layer().join("imports.tf");
    if imports.exists() {
        fs::remove_file(imports)?;
    }
    let found = alone.in_cluster()?;
    if matches!(doing, Doing::Uninstall) {
        assert_eq!(found, [], "releases after a destroy");
        return Ok(());
    }
    assert_eq!(found, RELEASES.map(|name| (name.to_owned(), "deployed".to_owned())));
    assert_eq!(alone.in_state()?, RELEASES);
    succeeded("plan", &alone.plan()?)
}

/// Does what was told.
fn way_out(alone: &Alone, run: &Run) -> Result<String> {
    let told =
        |begin: &str| run.stderr.lines().find_map(|line| line.trim().strip_prefix(begin).map(str::to_owned));
    if let Some(rest) = told("kubectl delete secret -n ") {
        let (namespace, secret) = rest.split_once(' ').context("a namespace and a name")?;
        alone.administrator.delete(&format!("/api/v1/namespaces/{namespace}/secrets/{secret}"))?;
        return Ok("record deleted".to_owned());
    }
    if let Some(rest) = told("helm uninstall -n ") {
        let (namespace, name) = rest.split_once(' ').context("a namespace and a name")?;
        let output = alone.cluster.helm().args(["uninstall", "-n", namespace, name]).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        return Ok("uninstalled".to_owned());
    }
    if run.stderr.contains("import {") {
        take_back(alone, &run.stderr)?;
        return Ok("imported".to_owned());
    }
    bail!("no way out was told:\n{}\n{}", run.stdout, run.stderr)
}

/// A linear congruential generator: moments need no better.
struct Random(u64);

impl Random {
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 33).unwrap_or_default()) / f64::from(1_u32 << 31)
    }
}
