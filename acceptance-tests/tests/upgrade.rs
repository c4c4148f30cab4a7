//! A platform that an earlier version has made, with the modules of that day, is taken over by this one.

#[path = "upgrade/of_history.rs"]
mod of_history;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use acceptance_tests::guide::{self, Gone, Guide};
use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, Platform, repository, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The control plane that the tree names.
const HOST: &str = "https://acme.truefoundry.cloud";

fn run(what: &str, code: i32, mut command: Command) -> Result<Run> {
    let run = Run::from(command.output().with_context(|| format!("starting `tfy-infra {what}`"))?);
    ensure!(run.code == code, "`tfy-infra {what}` ended with {}:\n{}\n{}", run.code, run.stdout, run.stderr);
    Ok(run)
}

#[test]
fn a_platform_of_an_earlier_version_is_taken_over() -> Result<()> {
    let folder = scratch::folder("upgrade")?;
    let platform = earlier("2026-11-27", &folder)?;
    is_taken_over(&platform, "quickstart", &folder)
}

/// The demo of 376af31: with a database, pods in subnets of their own, a gateway in each zone and every endpoint.
#[test]
fn the_demo_of_an_earlier_version_is_taken_over() -> Result<()> {
    let folder = scratch::folder("upgrade-demo")?;
    let platform = of_history::platform("demo", "https://demo.truefoundry.cloud", &folder)?;
    is_taken_over(&platform, "demo", &folder)?;
    println!("proved: upgrades: the demo is taken over");
    Ok(())
}

/// What a plan destroys or replaces, as the guide of the modules says it.
fn gone(plan: &Value) -> Result<BTreeSet<Gone>> {
    let layers = plan["layers"].as_array().context("a plan without layers")?;
    let changes = layers.iter().filter_map(|layer| layer["changes"].as_array()).flatten();
    let mut gone = BTreeSet::new();
    for change in changes {
        let what = match change["action"].as_str().context("a change without an action")? {
            "delete" => "destroyed",
            "replace" => "replaced",
            "forget" => "forgotten",
            _ => continue,
        };
        let address = change["address"].as_str().context("a change without an address")?;
        gone.insert(Gone { object: guide::object(address), what: what.to_owned() });
    }
    Ok(gone)
}

fn is_taken_over(platform: &Platform, example: &str, folder: &Path) -> Result<()> {
    run("apply", 0, platform.apply())?;
    let made = platform.aws.inventory()?["names"].clone();

    let told = run("upgrade", 3, upgrade(platform, &["--json"]))?;
    let summary: Value = serde_json::from_str(&told.stdout).with_context(|| told.stderr.clone())?;
    fs::write(folder.join("upgrade.json"), serde_json::to_string_pretty(&summary)?)?;
    assert_eq!(summary["proof"]["losses"], Value::Array(Vec::new()));
    assert_eq!(summary["proof"]["unplanned"], Value::Array(Vec::new()));
    assert_eq!(
        gone(&summary["plan"])?,
        Guide::read()?.of_platform(example),
        "not as in modules/UPGRADING.md"
    );
    // EKS takes one minor at a time: the version of a cluster that is there is not that of today's default.
    ensure!(!summary["plan"].to_string().contains(r#""path":"version""#), "{}", summary["plan"]);
    let shown = run("upgrade", 3, upgrade(platform, &[]))?;
    ensure!(shown.stdout.contains("+++ b/cluster/main.tf"), "no patch: {}", shown.stdout);
    ensure!(
        shown.stderr.contains("nothing that holds data or an address is destroyed or replaced\n"),
        "{}",
        shown.stderr
    );
    assert_eq!(platform.aws.inventory()?["names"], made, "a look changes nothing");

    run("generate", 0, platform.generate())?;
    run("apply", 0, platform.apply())?;
    run("plan", 0, platform.plan())?;
    let now = platform.aws.inventory()?["names"].clone();
    for (kind, names) in made.as_object().context("an inventory without names")? {
        for name in names.as_array().into_iter().flatten() {
            let kept = now[kind].as_array().is_some_and(|names| names.contains(name));
            ensure!(kept, "{kind} {name} is gone");
        }
    }
    run("upgrade", 0, upgrade(platform, &[]))?;
    run("destroy", 0, platform.destroy())?;
    let left = platform.aws.inventory()?;
    assert_eq!(left["objects"], 0, "left in the local AWS: {left}");
    Ok(())
}

/// A platform whose tree is one of an earlier version, with the control plane of the test.
fn earlier(version: &str, folder: &Path) -> Result<Platform> {
    let spec = fs::read_to_string(repository::root().join("examples/quickstart/platform.yaml"))?;
    let spec = format!("{spec}storage:\n  bucket: {{ force_destroy: true }}\n");
    let tree = folder.join("tree");
    repository::copy_folder(&repository::root().join("acceptance-tests/upgrades").join(version), &tree)?;
    let platform = Platform::of(&Binaries::build()?, &spec, &tree, folder)?;
    let providers = tree.join("platform/providers.tf");
    let text = fs::read_to_string(&providers)?;
    ensure!(text.contains(HOST), "the tree names another control plane:\n{text}");
    let text = text.replace(HOST, platform.sandbox.host());
    // As if it had been written with that control plane: an edit by hand would become a conflict.
    let manifest = tree.join(".tfy-infra/manifest.json");
    let mut told: Value = serde_json::from_slice(&fs::read(&manifest)?)?;
    let hash: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    ensure!(told["files"]["platform/providers.tf"].is_string(), "the manifest knows no such file");
    told["files"]["platform/providers.tf"] = hash.into();
    fs::write(&manifest, serde_json::to_string_pretty(&told)?)?;
    fs::write(&providers, text)?;
    Ok(platform)
}

fn upgrade(platform: &Platform, more: &[&str]) -> Command {
    let mut command = platform.upgrade();
    command.args(more);
    command
}
