//! Many things going wrong in one apply, by a seed: a network that drops, delays, cuts off, repeats and makes up answers, and
//! provider and Terraform killed at any moment. Whatever happened, one apply without any of it makes state and
//! control plane agree: nothing is lost, doubled or left to do.
//!
//! A run takes a few seeds; `SEEDS=300` in the environment takes so many, and `SEED=17` that one.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use acceptance_tests::{Binaries, CliConfig, Sandbox, Terraform, scratch, signal, state};
use anyhow::{Result, ensure};
use fastrand::Rng;
use fs_err as fs;

#[path = "provider_chaos/proxy.rs"]
mod proxy;

use proxy::Proxy;

/// So many seeds are tried by every run.
const SEEDS: u64 = 15;
/// Seeds that were wrong once.
const WRONG_ONCE: [u64; 0] = [];
/// Objects of the configuration, of fourteen types.
const OBJECTS: usize = 32;

const CONFIGURATION: &str = include_str!("provider_chaos/main.tf");

struct Place {
    sandbox: Sandbox,
    folder: PathBuf,
    cli: CliConfig,
    /// The processes of the provider that were started.
    pids: PathBuf,
}

impl Place {
    fn new(name: &str) -> Result<Self> {
        let binaries = Binaries::build()?;
        let logs = scratch::folder(name)?;
        let folder = logs.join("root");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("main.tf"), CONFIGURATION)?;
        // A provider that tells its process id, so that it can be killed.
        let bin = logs.join("bin");
        fs::create_dir_all(&bin)?;
        let pids = bin.join("pids");
        let program = bin.join("terraform-provider-truefoundry");
        let script = format!(
            "#!/bin/sh\necho $$ >> '{}'\nexec '{}' \"$@\"\n",
            pids.display(),
            binaries.provider.display()
        );
        fs::write(&program, script)?;
        fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
        let sandbox = Sandbox::start(&binaries, &logs.join("sandbox.log"))?;
        let cli = CliConfig::with_provider_in(&bin)?;
        Ok(Self { sandbox, folder, cli, pids })
    }

    fn terraform(&self, host: &str) -> Result<Terraform> {
        let environment = [
            ("TFY_HOST".to_owned(), host.to_owned()),
            ("TFY_API_KEY".to_owned(), self.sandbox.api_key().to_owned()),
        ];
        Ok(Terraform::new(&self.folder, &self.cli)?.with(environment))
    }

    fn clear(&self) -> Result<()> {
        self.sandbox.reset()?;
        state::forget(&self.folder)
    }

    /// An apply that may be killed after a while, it or its provider.
    fn unkind_apply(&self, proxy: &Proxy, rng: &mut Rng) -> Result<()> {
        let terraform = self.terraform(proxy.host())?;
        let mut command = terraform.command(&["apply", "-no-color", "-auto-approve", "-lock=false"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).process_group(0);
        fs::write(&self.pids, "")?;
        let mut apply = command.spawn()?;
        match rng.u32(0..4) {
            0 => {
                std::thread::sleep(Duration::from_millis(rng.u64(200..2500)));
                // It may have ended by itself.
                let _ = signal::kill(apply.id());
            }
            1 => {
                std::thread::sleep(Duration::from_millis(rng.u64(200..2500)));
                if let Some(pid) =
                    fs::read_to_string(&self.pids)?.lines().last().and_then(|pid| pid.parse().ok())
                {
                    let _ = signal::kill(pid);
                }
            }
            _ => (),
        }
        apply.wait()?;
        Ok(())
    }

    fn run(&self, seed: u64) -> Result<u32> {
        self.clear()?;
        let mut rng = Rng::with_seed(seed);
        let proxy = Proxy::start(self.sandbox.host(), seed)?;
        for _ in 0..rng.u32(1..4) {
            proxy.set_unkind(rng.u32(20..300));
            self.unkind_apply(&proxy, &mut rng)?;
        }
        proxy.set_unkind(0);
        let terraform = self.terraform(proxy.host())?;
        let applied = terraform.run(&["apply", "-no-color", "-auto-approve", "-lock=false"])?;
        ensure!(applied.code == 0, "the apply without faults failed: {}", applied.message());
        let plan = terraform.run(&["plan", "-no-color", "-detailed-exitcode"])?;
        ensure!(plan.code == 0, "the second plan is not empty: {}", plan.message());
        self.agrees()?;
        Ok(proxy.done())
    }

    /// Whether the state holds every object, and the control plane those and no other.
    fn agrees(&self) -> Result<()> {
        let ids = state::ids(&self.folder)?;
        ensure!(ids.len() == OBJECTS, "the state holds {} objects", ids.len());
        let there = self.sandbox.get("/_sandbox/manifests")?["data"].as_array().map_or(0, Vec::len);
        // Neither the secret nor the user has a manifest.
        ensure!(there == OBJECTS - 2, "the control plane holds {there} manifests");
        Ok(())
    }
}

#[test]
fn one_apply_mends_it() -> Result<()> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds: Vec<u64> = match number("SEED") {
        Some(seed) => vec![seed],
        None => WRONG_ONCE.into_iter().chain(1..=number("SEEDS").unwrap_or(SEEDS)).collect(),
    };
    let places = [Place::new("chaos-one")?, Place::new("chaos-two")?];
    let next = AtomicU64::new(0);
    let outcomes = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for place in &places {
            scope.spawn(|| {
                let take = || usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap_or(usize::MAX);
                while let Some(seed) = seeds.get(take()) {
                    let outcome = place.run(*seed);
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push((*seed, outcome));
                }
            });
        }
    });
    let outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    let done: u32 = outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()).sum();
    let wrong: Vec<_> = outcomes
        .iter()
        .filter_map(|(seed, outcome)| Some(format!("SEED={seed}: {:#}", outcome.as_ref().err()?)))
        .collect();
    let count = outcomes.len();
    writeln!(
        std::io::stderr(),
        "proved: chaos: {count} seeds, {done} requests spoilt, {} wrong",
        wrong.len()
    )?;
    ensure!(wrong.is_empty(), "{} of {count} seeds:\n{}", wrong.len(), wrong.join("\n\n"));
    ensure!(done as usize > count, "only {done} requests were spoilt");
    Ok(())
}
