//! Whole platforms: generated, applied, planned again, destroyed, with the real AWS provider against the local AWS.
//!
//! They show that the AWS provider accepts what is generated and that it is idempotent, not that AWS accepts it.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, Platform, forbidden, leaks, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

/// A whole platform has at least so many AWS resources.
const LEAST_AWS_RESOURCES: usize = 60;
/// Every release of the demo: the whole set, the operator for its GPU pool included, without external-dns.
const RELEASES: usize = 20;

/// Runs one command of the generator; what it prints stays in the test's folder.
fn succeed(folder: &Path, what: &str, mut command: Command) -> Result<()> {
    let begin = Instant::now();
    let run = Run::from(command.output().with_context(|| format!("starting `tfy-infra {what}`"))?);
    let took = begin.elapsed().as_secs_f64();
    fs::write(folder.join(format!("{what}.log")), format!("{}\n{}\n{took:.1} s\n", run.stdout, run.stderr))?;
    ensure!(
        run.code == 0,
        "`tfy-infra {what}` ended with code {}:\n{}\n{}",
        run.code,
        run.stdout,
        run.stderr
    );
    Ok(())
}

fn start(example: &str, folder: &Path) -> Result<Platform> {
    let platform = Platform::start(&Binaries::build()?, example, &folder.join("tree"), folder)?;
    succeed(folder, "generate", platform.generate())?;
    Ok(platform)
}

fn destroy_leaves_nothing(folder: &Path, platform: &Platform) -> Result<()> {
    succeed(folder, "destroy", platform.destroy())?;
    if let Some(inside) = &platform.inside {
        assert_eq!(inside.left()?, [] as [String; 0], "left in the cluster");
    }
    let aws = platform.aws.inventory()?;
    assert_eq!(aws["objects"], 0, "left in the local AWS: {aws}");
    let sandbox = platform.sandbox.inventory()?;
    assert_eq!(sandbox["objects"], 0, "left in the control plane: {sandbox}");
    Ok(())
}

/// The demo, with everything that can be logged logged: no secret of the run may stand in a state, a plan, a
/// log or a generated file.
#[test]
fn demo_applies_is_idempotent_leaks_nothing_and_goes() -> Result<()> {
    let folder = scratch::folder("demo")?;
    let tree = folder.join("tree");
    lives(&folder, Platform::start(&Binaries::build()?, "demo", &tree, &folder)?)
}

/// The same with a Kubernetes cluster behind EKS, and all add-ons in it.
#[test]
fn demo_with_its_cluster_applies_is_idempotent_leaks_nothing_and_goes() -> Result<()> {
    let folder = scratch::folder("demo-with-cluster")?;
    let tree = folder.join("tree");
    lives(&folder, Platform::start_with_cluster(&Binaries::build()?, "demo", &tree, &folder)?)
}

fn lives(folder: &Path, platform: Platform) -> Result<()> {
    let trace = folder.join("trace.log");
    let platform = platform.with([
        ("TF_LOG".to_owned(), "TRACE".to_owned()),
        ("TF_LOG_PATH".to_owned(), trace.display().to_string()),
    ]);
    succeed(folder, "generate", platform.generate())?;
    succeed(folder, "apply", platform.apply())?;
    platform.connect_agent()?;
    succeed(folder, "plan", platform.plan())?;
    // Nobody touched it, and what Terraform's own work left in it is nobody's drift.
    succeed(folder, "drift", platform.drift())?;

    let contents = platform.contents()?;
    let count = |prefix: &str| -> usize { contents.iter().map(|(_, layer)| layer.count(prefix)).sum() };
    assert!(count("aws_") >= LEAST_AWS_RESOURCES, "only {} AWS resources", count("aws_"));
    assert!(count("truefoundry_") >= 4, "only {} TrueFoundry resources", count("truefoundry_"));
    assert_eq!(count("null_"), 0);
    assert!(contents.iter().all(|(_, layer)| !layer.data.contains_key("external")));
    assert_eq!(forbidden::find(&platform.folder)?, []);
    let database = &contents.iter().find(|(name, _)| *name == "data").context("no data layer")?.1;
    assert_eq!(database.managed.get("aws_db_instance"), Some(&1), "the demo has a database");
    if let Some(inside) = &platform.inside {
        assert_eq!(count("helm_release"), RELEASES, "releases");
        assert!(inside.settled()?.running > 0, "no pod runs");
    }

    // What Terraform's own work leaves is nobody's drift, and everything can be looked at.
    succeed(folder, "drift", platform.drift())?;
    for (layer, _) in contents.iter().filter(|(_, contents)| !contents.managed.is_empty()) {
        // Leaves a plan file, which is searched too.
        assert!(!platform.layer(layer)?.plan()?.has_changes, "{layer}");
    }
    let token = platform.cluster_token()?;
    destroy_leaves_nothing(folder, &platform)?;
    let traced = fs::metadata(&trace)?.len();
    assert!(traced > 1_000_000, "the trace has only {traced} bytes");
    let secrets = [("API key", platform.sandbox.api_key()), ("cluster token", token.as_str())];
    assert_eq!(leaks::find(&[folder], &secrets)?, []);
    Ok(())
}

/// What `platform.yaml` is with nothing but the required keys. Its defaults keep data: to go, it needs the key that
/// the failed destroy of a bucket with objects tells about.
#[test]
fn quickstart_applies_is_idempotent_and_goes() -> Result<()> {
    let folder = scratch::folder("quickstart")?;
    let platform = start("quickstart", &folder)?;
    succeed(&folder, "apply", platform.apply())?;
    platform.connect_agent()?;
    succeed(&folder, "plan", platform.plan())?;

    let mut spec = fs::read_to_string(platform.spec())?;
    ensure!(!spec.contains("storage:"), "the quickstart has a `storage:` of its own");
    spec.push_str("storage:\n  bucket: { force_destroy: true }\n");
    fs::write(platform.spec(), spec)?;
    succeed(&folder, "generate", platform.generate())?;
    succeed(&folder, "apply", platform.apply())?;
    destroy_leaves_nothing(&folder, &platform)
}
