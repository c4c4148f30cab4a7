//! `cargo xtask bench`: times and memory that users notice. It shows them and fails on none: what a test gates on stands in
//! `acceptance-tests/figures.json`.

mod against;
mod example;
mod options;
mod peer;
mod resources;
mod scenarios;
mod statistics;
mod workspaces;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use acceptance_tests::{Binaries, CliConfig, Core, Sandbox, Terraform, environment, repository, start};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use self::statistics::median;
use crate::ui::{Ui, table};

const STARTS: usize = 40;
const GENERATIONS: usize = 40;
const PLANS: usize = 15;

pub(crate) use options::Scope;

pub(crate) fn run(ui: &Ui, scope: &Scope) -> Result<()> {
    let core = Core::current()?.tool()?;
    ui.detail(&format!("with {} (`{}`)", core.version, core.path.display()));
    match scope {
        Scope::All => {
            product(ui)?;
            resources::run(ui)
        }
        Scope::Framework => resources::run(ui),
        Scope::Large => resources::run_large(ui),
        Scope::Against(other, rounds) => against::run(ui, other, *rounds),
        Scope::Peer(rounds) => peer::run(ui, &core.version, *rounds),
    }
}

fn product(ui: &Ui) -> Result<()> {
    ui.step("release build");
    let binaries = Binaries::shipped()?;
    let mut rows = Vec::new();
    ui.step("provider start");
    let (start, memory) = provider_start(&binaries.provider)?;
    rows.push(row("provider start to handshake line", &in_milliseconds(start), "10 ms"));
    rows.push(row("provider memory after it", &memory.map_or("not known".into(), in_mebibytes), "20 MiB"));
    ui.step("empty plan");
    let (ours, builtin) = empty_plans(&binaries)?;
    rows.push(row("empty plan, 3 resources of ours", &in_milliseconds(ours), "100 ms"));
    rows.push(row("empty plan, `terraform_data` alone", &in_milliseconds(builtin), ""));
    ui.step("generation");
    rows.push(row("generate the quickstart", &in_milliseconds(generation(&binaries)?), "50 ms"));
    ui.result(&table(&["what", "median", "limit"], &rows));
    workspaces::run(ui, &binaries)
}

fn row(what: &str, median: &str, limit: &str) -> Vec<String> {
    vec![what.to_owned(), median.to_owned(), limit.to_owned()]
}

fn in_milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

fn in_mebibytes(kibibytes: u64) -> String {
    format!("{:.1} MiB", kibibytes as f64 / 1024.0)
}

fn in_megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}

fn provider_start(provider: &Path) -> Result<(Duration, Option<u64>)> {
    let starts = (0..STARTS).map(|_| start::provider(provider)).collect::<Result<Vec<_>>>()?;
    let time = median(starts.iter().map(|start| start.time).collect());
    Ok((
        time.context("no start was measured")?,
        median(starts.iter().filter_map(|start| start.memory).collect()),
    ))
}

fn empty_plans(binaries: &Binaries) -> Result<(Duration, Duration)> {
    const BUILTIN: &str = "resource \"terraform_data\" \"bench\" {\n  input = \"x\"\n}\n";
    let logs = repository::target_folder("bench")?;
    let sandbox = Sandbox::start(binaries, &logs.join("sandbox.log"))?;
    let config = CliConfig::new(binaries)?;
    let ours = empty_plan(scenarios::THREE, &config, &sandbox)?;
    let builtin = empty_plan(BUILTIN, &config, &sandbox)?;
    Ok((ours, builtin))
}

fn empty_plan(root: &str, config: &CliConfig, sandbox: &Sandbox) -> Result<Duration> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("main.tf"), root)?;
    let terraform = Terraform::new(folder.path(), config)?.with(sandbox.environment());
    terraform.init()?;
    terraform.apply()?;
    let mut times = Vec::new();
    for _ in 0..PLANS {
        let begin = Instant::now();
        let run = terraform.run(&["plan", "-no-color", "-detailed-exitcode"])?;
        times.push(begin.elapsed());
        ensure!(run.code == 0, "the plan is not empty:\n{}\n{}", run.stdout, run.stderr);
    }
    median(times).context("no plan was measured")
}

fn generation(binaries: &Binaries) -> Result<Duration> {
    let spec = repository::root().join("examples/quickstart/platform.yaml");
    let mut times = Vec::new();
    for _ in 0..GENERATIONS {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(&binaries.generator);
        command.arg("generate").arg("-f").arg(&spec).arg("-o").arg(folder.path().join("out"));
        environment::scrub(&mut command);
        let begin = Instant::now();
        let output =
            command.output().with_context(|| format!("starting `{}`", binaries.generator.display()))?;
        times.push(begin.elapsed());
        ensure!(
            output.status.success(),
            "`tfy-infra generate` failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    median(times).context("no generation was measured")
}

/// In memory where the system has such a place, so that it is not the disk that is measured.
fn in_memory_folder() -> Result<tempfile::TempDir> {
    let shared = Path::new("/dev/shm");
    if shared.is_dir() {
        return Ok(tempfile::tempdir_in(shared)?);
    }
    Ok(tempfile::tempdir()?)
}
