//! `cargo xtask demo`: a whole platform, generated, planned and applied on this machine, with a Kubernetes cluster in it unless that is
//! not wanted.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use acceptance_tests::kubernetes::{self, Programs};
use acceptance_tests::plugins::{InCluster, aws_mirror};
use acceptance_tests::{Binaries, Platform, Venv, forbidden, leaks, platform, repository, tools};
use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;
use serde_json::Value;

use crate::process;
use crate::ui::{Ui, elapsed, table};

/// Fewer AWS resources would not be a whole platform.
const LEAST_AWS_RESOURCES: usize = 60;
const EXAMPLE: &str = "demo";

/// What the command line asks for.
pub(crate) struct Options {
    pub(crate) destroy: bool,
    pub(crate) keep: bool,
    pub(crate) without_cluster: bool,
}

/// A demo whose servers run.
struct Demo<'a> {
    ui: &'a Ui,
    platform: Platform,
    logs: PathBuf,
}

pub(crate) fn run(ui: &Ui, options: &Options) -> Result<()> {
    let begin = Instant::now();
    let _only = lock()?;
    let binaries = set_up(ui, options.without_cluster)?;
    let set_up_took = begin.elapsed();
    let begin = Instant::now();
    let demo = Demo::start(ui, &binaries, options.without_cluster)?;
    demo.generate()?;
    let seconds = demo.apply()?;
    demo.connected()?;
    demo.plan_again()?;
    demo.check()?;
    demo.summary(&seconds)?;
    if options.keep {
        demo.wait()?;
    }
    if options.destroy {
        demo.destroy()?;
    }
    demo.farewell(options);
    ui.result(&format!("Set up in {}, demo in {}.", elapsed(set_up_took), elapsed(begin.elapsed())));
    Ok(())
}

/// Two demos would write the same folder. The lock is on a file of the repository, not of the build directory, which
/// may be another one for each.
fn lock() -> Result<fs::File> {
    let file = fs::File::open(repository::root().join("examples").join(EXAMPLE).join("platform.yaml"))?;
    if file.try_lock().is_err() {
        bail!("another `cargo xtask demo` is running in this repository\nhint: wait until it has ended");
    }
    Ok(file)
}

/// What takes long only the first time.
fn set_up(ui: &Ui, without_cluster: bool) -> Result<Binaries> {
    ui.step("Tools");
    let needed = tools::needed()?;
    if !without_cluster {
        kubernetes::ready_or_go().context(
            "the demo has a Kubernetes cluster in it; `cargo xtask demo --without-cluster` shows everything else",
        )?;
    }
    ui.detail(&format!("terraform {}, python {}", needed.terraform.version, needed.python.version));
    let mirror = aws_mirror()?;
    ui.detail(&format!("AWS provider from `{}`", mirror.display()));
    ui.detail(&InCluster::find(&mirror)?.told());
    ui.step("Build the provider, the generator and the sandbox (minutes the first time)");
    let binaries = timed(ui, Binaries::shipped)?;
    ui.step("Python environment of the local AWS");
    timed(ui, Venv::local_aws)?;
    if !without_cluster {
        ui.step("The program `aws`, by which Terraform signs in to the cluster");
        timed(ui, Venv::aws_cli)?;
        ui.step("Kubernetes, etcd, Helm and kwok (8 minutes of processor time the first time)");
        timed(ui, Programs::ready)?;
        ui.step("Build what holds the cluster, and the models of its controllers (minutes the first time)");
        timed(ui, Binaries::build)?;
    }
    Ok(binaries)
}

fn timed<T>(ui: &Ui, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begin = Instant::now();
    let done = work()?;
    ui.detail(&elapsed(begin.elapsed()));
    Ok(done)
}

impl<'a> Demo<'a> {
    fn start(ui: &'a Ui, binaries: &Binaries, without_cluster: bool) -> Result<Self> {
        ui.step(if without_cluster {
            "Start a local AWS and a sandbox control plane"
        } else {
            "Start a local AWS with a Kubernetes cluster in it, and a sandbox control plane"
        });
        let logs = repository::target_folder("demo")?;
        let folder = repository::root().join("demo");
        let start = if without_cluster { Platform::start } else { Platform::start_with_cluster };
        let platform = timed(ui, || start(binaries, EXAMPLE, &folder, &logs))?;
        ui.detail(&format!(
            "AWS at {}, control plane at {}",
            platform.aws.endpoint(),
            platform.sandbox.host()
        ));
        if let Some(inside) = &platform.inside {
            let (version, address) = (inside.cluster.version()?, inside.cluster.address());
            ui.detail(&format!("Kubernetes {version} at {address}, charts at {}", inside.charts.url()));
        }
        Ok(Self { ui, platform, logs })
    }

    fn generate(&self) -> Result<()> {
        self.ui.step(&format!("Generate `examples/{EXAMPLE}/platform.yaml` into `demo`"));
        // What a demo before this one made went with its servers.
        if self.platform.folder.join(".tfy-infra/manifest.json").exists() {
            platform::forget_state(&self.platform.folder)?;
        }
        // The generator itself refuses a folder with files that are not its own.
        timed(self.ui, || self.finish("generate", &mut self.platform.generate()))?;
        platform::forget_state(&self.platform.folder)
    }

    /// Applies all layers; gives the seconds of each.
    fn apply(&self) -> Result<BTreeMap<String, f64>> {
        self.ui.step("Apply every layer");
        timed(self.ui, || self.finish("apply", &mut self.platform.apply()))
    }

    /// The agent that the last layer has installed, with what it found in the cluster.
    fn connected(&self) -> Result<()> {
        let can_be = self.platform.inside.is_some();
        let is = self.platform.is_connected()?;
        ensure!(
            is == can_be,
            "the control plane says that the cluster is {}connected",
            if is { "" } else { "not " }
        );
        Ok(())
    }

    fn plan_again(&self) -> Result<()> {
        self.ui.step("Plan every layer again");
        timed(self.ui, || self.finish("plan", &mut self.platform.plan()))?;
        self.ui.detail("no layer has anything to do");
        Ok(())
    }

    /// What must hold for every demo, not only in the tests.
    fn check(&self) -> Result<()> {
        self.ui.step("Check what was made");
        let contents = self.platform.contents()?;
        let aws: usize = contents.iter().map(|(_, layer)| layer.count("aws_")).sum();
        ensure!(aws >= LEAST_AWS_RESOURCES, "only {aws} AWS resources were made, not {LEAST_AWS_RESOURCES}");
        let found = forbidden::find(&self.platform.folder)?;
        ensure!(found.is_empty(), "forbidden constructs in the generated files: {found:?}");
        self.ui.detail("no `null_resource`, no `external` data source, no provisioner");
        let token = self.platform.cluster_token()?;
        let secrets = [("API key", self.platform.sandbox.api_key()), ("cluster token", token.as_str())];
        let leaks = leaks::find(&[&self.platform.folder, &self.logs], &secrets)?;
        ensure!(leaks.is_empty(), "secrets stand in files: {leaks:?}");
        if let Some(inside) = &self.platform.inside {
            let pods = inside.settled()?;
            self.ui.detail(&format!(
                "{} pods run in the cluster on {} nodes, none is pending",
                pods.running, pods.nodes
            ));
        }
        self.ui.detail("neither the API key nor the cluster token stands in any file, state or log");
        Ok(())
    }

    fn summary(&self, seconds: &BTreeMap<String, f64>) -> Result<()> {
        let mut rows = Vec::new();
        let (mut aws, mut inside, mut ours) = (0, 0, 0);
        for (layer, contents) in self.platform.contents()? {
            let in_cluster = contents.count("helm_") + contents.count("kubernetes_");
            aws += contents.count("aws_");
            ours += contents.count("truefoundry_");
            inside += in_cluster;
            rows.push(vec![
                layer.to_owned(),
                contents.count("aws_").to_string(),
                in_cluster.to_string(),
                contents.count("truefoundry_").to_string(),
                seconds.get(layer).map_or(String::new(), |seconds| format!("{seconds:.1}")),
            ]);
        }
        rows.push(vec!["total".into(), aws.to_string(), inside.to_string(), ours.to_string(), String::new()]);
        self.ui.result("");
        self.ui.result(&table(&["layer", "AWS", "in the cluster", "TrueFoundry", "seconds"], &rows));
        self.ui.result("");
        self.ui.result(if self.platform.inside.is_some() {
            "The cluster's agent has connected it to its control plane."
        } else {
            "The cluster is registered with its control plane; its agent needs a cluster to run in."
        });
        self.ui.result("The second plan of every layer had no changes.");
        self.ui.result(&format!("Files: `{}`", relative(&self.platform.folder)));
        self.ui.result(&format!("Logs:  `{}`", relative(&self.logs)));
        Ok(())
    }

    fn destroy(&self) -> Result<()> {
        self.ui.step("Destroy every layer");
        timed(self.ui, || self.finish("destroy", &mut self.platform.destroy()))?;
        let aws = self.platform.aws.inventory()?;
        ensure!(aws["objects"] == 0, "the local AWS still holds something: {aws}");
        let sandbox = self.platform.sandbox.inventory()?;
        ensure!(sandbox["objects"] == 0, "the control plane still holds something: {sandbox}");
        self.ui.result("Destroyed: nothing is left in the local AWS and in the control plane.");
        Ok(())
    }

    /// Leaves the servers running, for looking around from another terminal.
    fn wait(&self) -> Result<()> {
        ensure!(std::io::stdin().is_terminal(), "`--keep` needs a terminal: it waits for Enter");
        let show = |command: &Command| {
            let variables =
                command.get_envs().filter_map(|(name, value)| Some((name.to_str()?, value?.to_str()?)));
            let lines: Vec<String> = variables
                .filter(|(name, _)| !name.eq_ignore_ascii_case("no_proxy"))
                .map(|(name, value)| format!("  export {name}='{value}'"))
                .collect();
            lines.join("\n")
        };
        self.ui.result("");
        self.ui.result("The servers run until you press Enter. To use them from another terminal:");
        self.ui.result(&show(&self.platform.plan()));
        self.ui.result("and then, for example: terraform -chdir=demo/platform state list");
        std::io::stdin().read_line(&mut String::new()).context("waiting for Enter")?;
        Ok(())
    }

    fn farewell(&self, options: &Options) {
        if !options.destroy {
            self.ui.result("");
            self.ui.result("The servers end now, and what they held goes with them; the generated files stay to be read.");
            self.ui.result("  cargo xtask demo --destroy   runs it all again, and destroys it at the end");
            self.ui.result("  cargo xtask demo --keep      leaves the servers running until you press Enter");
        }
    }

    /// Runs one command of the generator, which shows its own progress; gives the seconds of each layer.
    fn finish(&self, name: &str, command: &mut Command) -> Result<BTreeMap<String, f64>> {
        let finished = process::with_result(command.arg("--json"))?;
        if finished.success {
            let summary: Value = serde_json::from_str(&finished.text)
                .with_context(|| format!("`tfy-infra {name}` printed no JSON: {}", finished.text))?;
            return Ok(seconds(&summary));
        }
        if name == "plan" && finished.code == Some(2) {
            bail!("the second plan is not empty: {}", finished.text.trim());
        }
        let code = finished.code.map_or("a signal".to_owned(), |code| format!("code {code}"));
        bail!(
            "`tfy-infra {name}` ended with {code}\nhint: its messages are above; Terraform's logs are in \
             `{}`, the servers' in `{}`",
            relative(&self.platform.folder.join(".tfy-infra/logs")),
            relative(&self.logs)
        )
    }
}

fn seconds(summary: &Value) -> BTreeMap<String, f64> {
    let layers = summary["layers"].as_array().into_iter().flatten();
    layers
        .filter_map(|layer| Some((layer["layer"].as_str()?.to_owned(), layer["seconds"].as_f64()?)))
        .collect()
}

/// Paths are shown from the top of the repository, where the command was called.
fn relative(path: &Path) -> String {
    path.strip_prefix(repository::root()).unwrap_or(path).display().to_string()
}
