//! The layer `agent`, through which a token goes: it stays in its Secret, however much is logged of what SECURITY.md calls safe. The layers before it
//! are states with their outputs, the control plane is the sandbox, and each run makes the Secret.

use std::path::{Path, PathBuf};
use std::process::Command;

use acceptance_tests::charts::{Facts, Served, StandIn};
use acceptance_tests::sandbox::TENANT;
use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, Core, Sandbox, leaks, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::json;

use super::alone::{Alone, Models, NAME, Set, few};

const SECRET: &str = "/api/v1/namespaces/tfy-agent/secrets/tfy-agent-cluster-token";
/// A log in which Terraform itself says everything has more bytes.
const TRACED: u64 = 100_000;

/// Who runs Terraform.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    /// `tfy-infra`, which keeps the layer's providers quiet.
    Generator,
    /// Somebody, by hand.
    Hand,
}

/// A variable that is set for logs.
type Level = (&'static str, &'static str);

/// What is set for logs, and whether the log then holds everything that Terraform itself says.
const SAFE: [(By, Option<Level>, bool); 7] = [
    (By::Generator, None, false),
    (By::Generator, Some(("TF_LOG", "WARN")), false),
    (By::Generator, Some(("TF_LOG_CORE", "TRACE")), true),
    (By::Generator, Some(("TF_LOG", "TRACE")), true),
    (By::Hand, None, false),
    (By::Hand, Some(("TF_LOG", "WARN")), false),
    (By::Hand, Some(("TF_LOG_CORE", "TRACE")), true),
];

#[test]
fn the_agents_token_stands_nowhere_but_in_its_secret() -> Result<()> {
    let folder = scratch::folder("layer-agent")?;
    let bed = Bed::start(&folder)?;
    for (number, (by, level, traced)) in (1..).zip(SAFE) {
        let kept = bed.run(number, by, level).with_context(|| format!("{by:?} with {level:?}"))?;
        let log = fs::metadata(kept.join("terraform.log")).map_or(0, |file| file.len());
        ensure!(!traced || log > TRACED, "{by:?} with {level:?}: a log of {log} bytes is no trace");
        let found = bed.found(&folder)?;
        ensure!(found.is_empty(), "{by:?} with {level:?}: the token stands in {found:?}");
    }
    // The reason for what `tfy-infra` sets.
    let kept = bed.run(8, By::Hand, Some(("TF_LOG", "INFO")))?;
    let found = bed.found(&folder)?;
    assert_eq!(found, [kept.join("terraform.log")], "SECURITY.md says otherwise");
    fs::remove_file(&found[0])?;
    Ok(())
}

struct Bed {
    alone: Alone,
    sandbox: Sandbox,
    token: String,
}

impl Bed {
    fn start(folder: &Path) -> Result<Self> {
        let charts = Served::start(&[StandIn::of(&Facts::load("tfy-agent")?)])?;
        let alone = Alone::start(folder, Set { spec: &few(1), charts, models: Models::InCluster })?;
        let sandbox = Sandbox::start(&Binaries::build()?, &folder.join("sandbox.log"))?;
        let token = make_cluster(&sandbox)?;
        alone.write_state("addons", &json!({ "releases": {} }))?;
        let told = json!({ "cluster_id": NAME, "cluster_fqn": NAME, "tenant_name": TENANT });
        alone.write_state("platform", &told)?;
        keep_plans(folder)?;
        Ok(Self { alone, sandbox, token })
    }

    /// Plans, applies and plans again where the Secret is not there. Gives the folder with the log, the plans and what was printed.
    fn run(&self, number: u32, by: By, level: Option<Level>) -> Result<PathBuf> {
        let answer = self.alone.administrator.send("DELETE", SECRET, None)?;
        ensure!([200, 404].contains(&answer.status), "{answer:?}");
        let kept = self.alone.folder.join(format!("run-{number}"));
        fs::create_dir(&kept)?;
        match by {
            By::Generator => {
                // Plans into a file by itself, and applies that.
                self.generator(&kept, level, &["apply", "--auto-approve"], 0)?;
                self.generator(&kept, level, &["plan", "--detailed-exitcode"], 0)?;
            }
            By::Hand => self.by_hand(&kept, level)?,
        }
        let keepers = leaks::keepers(&self.alone.cluster, &self.token)?;
        assert_eq!(keepers, ["secrets tfy-agent/tfy-agent-cluster-token"]);
        ensure!(fs::read_dir(&kept)?.count() > 3, "no plans in `{}`", kept.display());
        Ok(kept)
    }

    fn generator(&self, kept: &Path, level: Option<Level>, arguments: &[&str], code: i32) -> Result<()> {
        let mut command = self.alone.command(&[arguments, &["--layer", "agent", "-d"]].concat())?;
        self.prepare(&mut command, kept, level);
        command.env("TFY_TERRAFORM", self.alone.folder.join("bin/terraform")).env("KEPT", kept);
        finished(command, kept, code)
    }

    fn by_hand(&self, kept: &Path, level: Option<Level>) -> Result<()> {
        let terraform = self.alone.terraform_in("agent")?;
        let [first, second] =
            ["first.tfplan", "second.tfplan"].map(|file| kept.join(file).display().to_string());
        let plan = |file| ["plan", "-no-color", "-detailed-exitcode", "-out", file];
        for (arguments, code) in
            [(&plan(&first)[..], 2), (&["apply", "-no-color", &first], 0), (&plan(&second), 0)]
        {
            let mut command = terraform.command(arguments);
            self.prepare(&mut command, kept, level);
            command.env("TF_VAR_control_plane_url", self.sandbox.host());
            finished(command, kept, code)?;
        }
        Ok(())
    }

    fn prepare(&self, command: &mut Command, kept: &Path, level: Option<Level>) {
        command.envs(self.sandbox.environment()).envs(level);
        command.env("TF_LOG_PATH", kept.join("terraform.log"));
    }

    /// The files that hold the token: states, plans, logs, what was printed, and all else in the test's folder but the cluster's store.
    fn found(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        let found = leaks::find(&[folder], &[("cluster token", &self.token)])?;
        Ok(found.into_iter().map(|leak| leak.file).collect())
    }
}

/// The cluster in the control plane. Gives its token.
fn make_cluster(sandbox: &Sandbox) -> Result<String> {
    let environment = json!({ "type": "environment", "name": "e", "color": {}, "isProduction": false, "optimizeFor": "COST" });
    let cluster =
        json!({ "type": "cluster", "name": NAME, "cluster_type": "generic", "environment_names": ["e"] });
    for (kind, manifest) in [("environments", environment), ("clusters", cluster)] {
        sandbox.request("PUT", &format!("/api/svc/v1/{kind}"), Some(&json!({ "manifest": manifest })))?;
    }
    let answer = sandbox.get(&format!("/api/svc/v1/cluster/{NAME}/token"))?;
    Ok(answer["clusterToken"].as_str().context("no token")?.to_owned())
}

/// A `terraform` that copies each plan into the folder `KEPT`: `tfy-infra` removes its own.
fn keep_plans(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let terraform = Core::current()?.tool()?.path.display().to_string();
    let script = format!(
        "#!/bin/sh\n'{terraform}' \"$@\"\ncode=$?\nfor argument; do case $argument in -out=*) cp \"${{argument#-out=}}\" \"$KEPT/$$.tfplan\";; \
         esac; done\nexit $code\n"
    );
    let program = folder.join("bin/terraform");
    fs::write(&program, script)?;
    Ok(fs::set_permissions(program, std::fs::Permissions::from_mode(0o755))?)
}

/// Runs to the end, expects this code, and keeps what was printed.
fn finished(mut command: Command, kept: &Path, code: i32) -> Result<()> {
    let run = Run::from(command.output()?);
    let said = format!("{}\n{}", run.stdout, run.stderr);
    ensure!(run.code == code, "{command:?} ended with {}, not {code}:\n{said}", run.code);
    let number = fs::read_dir(kept)?.count();
    Ok(fs::write(kept.join(format!("said-{number}.log")), said)?)
}
