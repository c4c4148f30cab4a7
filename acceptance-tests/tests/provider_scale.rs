//! A thousand objects on a control plane that takes its time: planning reads pages instead of objects, and creating costs
//! little beyond the writes themselves.
//!
//! How many requests go out is the same on every machine and asserted as it is. Times are for release builds, and depend
//! on Terraform itself, which works for seconds on a thousand objects that need no provider at all. What it takes to plan those
//! is measured in the same run: as much slower as that is than on a quiet machine, so much longer may the rest take.
//!
//! Creating is measured twice. With its state in a bucket, as generated platforms have it, Terraform stores that every
//! twenty seconds and the writes are nearly all that an apply waits for. With its state in a file it writes the whole file
//! after each object, which takes longer than the writes themselves.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance_tests::{Binaries, CliConfig, LocalAws, Sandbox, Terraform, scratch};
use anyhow::{Result, anyhow, ensure};
use fs_err as fs;
use serde_json::{Value, json};

const COUNT: usize = 1000;
/// What every answer of the control plane waits, in milliseconds.
const LATENCY: u64 = 50;
/// How many writes are under way at once, of Terraform as of the plain client.
const AT_ONCE: usize = 10;
/// The longest that a plan without changes may take, where Terraform alone takes no longer than `ALONE`.
const PLAN: Duration = Duration::from_millis(2500);
const ALONE: Duration = Duration::from_secs(1);
/// What applying may take beside the plain writes, as a part of them, where Terraform alone plans in `USUALLY`.
const BESIDE_WRITES: f64 = 0.2;
/// What Terraform takes as a rule to plan as many built-in objects without changes, on a quiet machine of two cores.
const USUALLY: Duration = Duration::from_millis(850);
/// Requests of a plan: three plain reads, then ten full pages, and those again once they are four seconds old.
const PLAIN_READS: usize = 3;
const PAGES: usize = COUNT / 100;
const RENEWAL: u64 = 4;
const PLANS: usize = 5;
/// How often everything is created with its state in a bucket. The best has to keep the limit: what the machine does
/// besides makes an apply slower and never faster.
const CREATES: usize = 3;

const CONFIGURATION: &str = r#"terraform {
  required_providers {
    truefoundry = {
      source = "truefoundry/truefoundry"
    }
  }
}

resource "truefoundry_workspace" "this" {
  count       = 1000
  name        = "space-${count.index}"
  cluster_fqn = "prod"
}
"#;

/// Keeps the state in the local AWS.
const BUCKET_STATE: &str = r#"terraform {
  backend "s3" {
    bucket       = "scale-state"
    key          = "scale.tfstate"
    region       = "us-east-1"
    use_lockfile = true
  }
}
"#;

/// As many objects that Terraform keeps by itself.
const BUILT_IN: &str = r#"resource "terraform_data" "this" {
  count = 1000
  input = "space-${count.index}"
}
"#;

fn put(sandbox: &Sandbox, collection: &str, manifest: &Value) -> Result<()> {
    let body = json!({ "manifest": manifest });
    sandbox.request("PUT", &format!("/api/svc/v1/{collection}"), Some(&body)).map(drop)
}

/// An empty control plane with a cluster to put workspaces on.
fn prepare(sandbox: &Sandbox) -> Result<()> {
    sandbox.switches(&json!({ "latency_ms": 0 }))?;
    sandbox.reset()?;
    put(
        sandbox,
        "environments",
        &json!({ "type": "environment", "name": "production", "color": { "colorHex": "#0a0b0c", "backgroundColorHex": "#0a0b0c" }, "isProduction": true, "optimizeFor": "COST" }),
    )?;
    put(
        sandbox,
        "clusters",
        &json!({ "type": "cluster", "name": "prod", "cluster_type": "aws-eks", "environment_names": ["production"] }),
    )?;
    sandbox.switches(&json!({ "latency_ms": LATENCY }))
}

/// The same objects written by a client that does nothing else.
fn plain_writes(sandbox: &Sandbox) -> Result<Duration> {
    prepare(sandbox)?;
    let next = AtomicUsize::new(0);
    let begin = Instant::now();
    let writer = || -> Result<()> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= COUNT {
                return Ok(());
            }
            let name = format!("space-{number}");
            put(sandbox, "workspaces", &json!({ "type": "workspace", "name": name, "cluster_fqn": "prod" }))?;
        }
    };
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(writer)).collect();
        writers.into_iter().try_for_each(|writer| writer.join().map_err(|_| anyhow!("a writer panicked"))?)
    })?;
    Ok(begin.elapsed())
}

/// Terraform in a folder of its own, initialised.
fn terraform(
    folder: &Path,
    configuration: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Terraform> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("main.tf"), configuration)?;
    let terraform =
        Terraform::new(folder, &CliConfig::for_our_provider(&Binaries::build()?)?)?.with(variables);
    terraform.init()?;
    Ok(terraform)
}

/// Creates everything by a saved plan, with the state in a bucket: how long the apply takes.
fn with_state_in_a_bucket(logs: &Path, sandbox: &Sandbox) -> Result<Duration> {
    fs::create_dir_all(logs)?;
    let aws = LocalAws::start(&logs.join("local-aws.log"))?;
    aws.create_bucket("us-east-1", "scale-state")?;
    let variables = sandbox.environment().into_iter().chain(aws.environment().to_vec());
    let terraform = terraform(&logs.join("root"), &format!("{BUCKET_STATE}{CONFIGURATION}"), variables)?;
    prepare(sandbox)?;
    terraform.succeed(&["plan", "-no-color", "-out=create.plan"])?;
    let begin = Instant::now();
    terraform.succeed(&["apply", "-no-color", &format!("-parallelism={AT_ONCE}"), "create.plan"])?;
    let took = begin.elapsed();
    ensure!(sandbox.inventory()?["workspaces"]["count"] == COUNT);
    Ok(took)
}

fn apply(terraform: &Terraform) -> Result<Duration> {
    let begin = Instant::now();
    let parallelism = format!("-parallelism={AT_ONCE}");
    terraform.succeed(&["apply", "-no-color", "-auto-approve", &parallelism])?;
    Ok(begin.elapsed())
}

fn plan(terraform: &Terraform) -> Result<Duration> {
    let begin = Instant::now();
    let parallelism = format!("-parallelism={AT_ONCE}");
    terraform.succeed(&["plan", "-no-color", "-detailed-exitcode", &parallelism])?;
    Ok(begin.elapsed())
}

/// The methods of the requests since the last question.
fn requests(sandbox: &Sandbox, seen: &mut usize) -> Result<Vec<String>> {
    let journal = sandbox.get("/_sandbox/requests")?;
    let all = journal["data"].as_array().map_or(&[][..], Vec::as_slice);
    let new = all[*seen..].iter().filter_map(|request| request["method"].as_str().map(str::to_owned));
    let new = new.collect();
    *seen = all.len();
    Ok(new)
}

#[test]
fn a_thousand_workspaces_on_a_slow_control_plane() -> Result<()> {
    let binaries = Binaries::build()?;
    let logs = scratch::folder("scale")?;
    let sandbox = Sandbox::start(&binaries, &logs.join("sandbox.log"))?;
    let built_in = terraform(&logs.join("built-in"), BUILT_IN, [])?;
    let ours = terraform(&logs.join("root"), CONFIGURATION, sandbox.environment())?;

    let plain = plain_writes(&sandbox)?;
    let alone_created = apply(&built_in)?;
    // By turns with Terraform alone: the machine is faster in one minute than in the next.
    let in_bucket = (1..=CREATES)
        .map(|round| {
            let alone = plan(&built_in)?;
            Ok((alone, with_state_in_a_bucket(&logs.join(format!("bucket-{round}")), &sandbox)?))
        })
        .collect::<Result<Vec<_>>>()?;

    prepare(&sandbox)?;
    let mut seen = 0;
    requests(&sandbox, &mut seen)?;
    let create = apply(&ours)?;
    ensure!(sandbox.inventory()?["workspaces"]["count"] == COUNT);
    let sent = requests(&sandbox, &mut seen)?;
    let writes = sent.iter().filter(|method| *method == "PUT").count();
    let reads = sent.len() - writes;
    // The best of some that take turns: another process may take the core for a while.
    let turns = (0..PLANS).map(|_| Ok((plan(&ours)?, plan(&built_in)?))).collect::<Result<Vec<_>>>()?;
    let planned = turns.iter().map(|turn| turn.0).min().unwrap_or_default();
    let alone_planned = turns.iter().map(|turn| turn.1).min().unwrap_or_default();
    let read = requests(&sandbox, &mut seen)?.len();

    let times = |time: Duration| time.as_secs_f64() / plain.as_secs_f64();
    let ratio = times(create);
    for (alone, apply) in &in_bucket {
        writeln!(
            std::io::stderr(),
            "state in a bucket: apply {apply:?}, {:.2} times the plain writes ({plain:?}), a plan of built-in objects {alone:?}",
            times(*apply)
        )?;
    }
    writeln!(
        std::io::stderr(),
        "state in a file: create {create:?} with {writes} writes and {reads} reads: {ratio:.2} times the plain writes ({plain:?}), {alone_created:?} for built-in objects; plan {planned:?} with {} reads, {alone_planned:?} for built-in objects",
        read / PLANS
    )?;
    assert_eq!(writes, COUNT, "one write for each object");
    assert!(reads < COUNT / 5, "{reads} reads to create {COUNT} objects");
    let lists = |time: Duration| 1 + usize::try_from(time.as_secs() / RENEWAL).unwrap_or_default();
    let most: usize = turns.iter().map(|(ours, _)| PLAIN_READS + PAGES * lists(*ours)).sum();
    assert!(read <= most, "{read} reads in {PLANS} plans, {most} expected at the most");
    let slowness = |took: Duration, quiet: Duration| (took.as_secs_f64() / quiet.as_secs_f64()).max(1.0);
    let limit = PLAN.mul_f64(slowness(alone_planned, ALONE));
    assert!(
        planned < limit,
        "a plan without changes took {planned:?}, {alone_planned:?} for built-in objects"
    );
    let is_within = |(alone, apply): &(Duration, Duration)| {
        *apply < plain.mul_f64(1.0 + BESIDE_WRITES * slowness(*alone, USUALLY))
    };
    assert!(
        in_bucket.iter().any(is_within),
        "with the state in a bucket, after a plan of built-in objects each: {in_bucket:?}, the plain writes {plain:?}"
    );
    // Terraform's own work and the writes hardly overlap: on a quiet machine the sum is met almost exactly.
    assert!(
        create < (plain + alone_created).mul_f64(1.25),
        "creating took {create:?}, the plain writes {plain:?}, as many built-in objects {alone_created:?}"
    );
    Ok(())
}
