//! An apply that is cut off: by a provider that dies, and by Ctrl-C. What the control plane has made by then, and
//! the state may not know, must neither be made twice nor forgotten.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use acceptance_tests::terraform::Run;
use acceptance_tests::{CliConfig, Scratch, Terraform, scratch, signal};
use anyhow::{Context as _, Result, bail};
use fs_err as fs;
use serde_json::{Value, json};

const WORKSPACES: [&str; 6] = ["search", "ranking", "chat", "batch", "vision", "speech"];

fn configuration() -> String {
    let cluster = scratch::cluster("acme", "");
    format!(
        r#"{cluster}
resource "truefoundry_workspace" "this" {{
  for_each    = toset({WORKSPACES:?})
  name        = each.key
  cluster_fqn = truefoundry_cluster.this.fqn
}}
"#
    )
}

/// A scratch configuration whose provider tells its process id.
struct Interrupted {
    scratch: Scratch,
    terraform: Terraform,
    pids: PathBuf,
}

impl Interrupted {
    fn new(test: &str) -> Result<Self> {
        let scratch = Scratch::traced(test, &configuration())?;
        let bin = scratch.folder().join("bin");
        fs::create_dir(&bin)?;
        let pids = bin.join("pids");
        let program = bin.join("terraform-provider-truefoundry");
        let script = format!(
            "#!/bin/sh\necho $$ >> '{}'\nexec '{}' \"$@\"\n",
            pids.display(),
            scratch.binaries.provider.display()
        );
        fs::write(&program, script)?;
        fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
        let terraform = Terraform::new(scratch.folder(), &CliConfig::with_provider_in(&bin)?)?
            .with(scratch.sandbox.environment())
            .with_trace(&scratch.folder().join("trace.log"));
        Ok(Self { scratch, terraform, pids })
    }

    /// The provider that was started last. Terraform starts one for the schemas, then one for the apply.
    fn provider(&self) -> Result<u32> {
        let pids = fs::read_to_string(&self.pids)?;
        pids.lines().last().and_then(|pid| pid.trim().parse().ok()).context("no provider was started")
    }

    fn start_apply(&self) -> Result<Child> {
        let mut command = self.terraform.command(&["apply", "-no-color", "-auto-approve"]);
        // What is printed is kept, so that it is searched for secrets too.
        let printed = fs::File::create(self.scratch.folder().join("printed.txt"))?;
        command.stdout(printed.file().try_clone()?).stderr(printed.into_file()).process_group(0);
        command.spawn().context("starting `terraform`")
    }

    fn wait_for(&self, what: &str, there: impl Fn(&Value) -> bool) -> Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(60) {
            if there(&self.scratch.sandbox.inventory()?) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("after a minute there is still no {what}: {}", self.scratch.sandbox.inventory()?)
    }

    /// Applies again and compares what the control plane holds with the state, name by name.
    fn converges(&self) -> Result<()> {
        self.scratch.sandbox.request("DELETE", "/_sandbox/faults", None)?;
        self.terraform.apply()?;
        self.terraform.expect_no_changes()?;
        let inventory = self.scratch.sandbox.inventory()?;
        assert_eq!(inventory["objects"], 8, "{inventory}");
        let state = self.terraform.state()?;
        let resources = state["values"]["root_module"]["resources"].as_array().context("an empty state")?;
        let in_state: BTreeSet<&str> =
            resources.iter().filter_map(|resource| resource["values"]["id"].as_str()).collect();
        let mut there = BTreeSet::new();
        let mut answers = Vec::new();
        for collection in ["environments", "clusters", "workspaces"] {
            answers.push(self.scratch.sandbox.get(&format!("/api/svc/v1/{collection}?limit=100&offset=0"))?);
        }
        for object in answers.iter().flat_map(|answer| answer["data"].as_array().into_iter().flatten()) {
            there.extend(object["id"].as_str());
        }
        assert_eq!(there, in_state, "the control plane and the state hold the same objects");
        self.scratch.expect_no_leaks(&[])?;
        self.terraform.destroy()?;
        assert_eq!(self.scratch.sandbox.inventory()?["objects"], 0);
        Ok(())
    }

    /// The apply fails because the provider is gone, and Terraform says so.
    fn expect_crash(&self, apply: &mut Child) -> Result<()> {
        let status = apply.wait()?;
        let printed = self.printed()?;
        assert_eq!(status.code(), Some(1), "{printed}");
        assert!(printed.contains("Plugin did not respond"), "{printed}");
        Ok(())
    }

    fn printed(&self) -> Result<String> {
        let stdout = fs::read_to_string(self.scratch.folder().join("printed.txt"))?;
        Ok(Run { code: 1, stdout, stderr: String::new() }.message())
    }
}

fn workspaces(inventory: &Value) -> u64 {
    inventory["workspaces"]["count"].as_u64().unwrap_or_default()
}

/// The control plane has made the objects, the answers never came, and the provider dies.
#[test]
fn provider_killed_after_the_write() -> Result<()> {
    let test = Interrupted::new("interrupted-killed-after")?;
    test.scratch.sandbox.faults(&json!([
        { "match": { "method": "PUT", "path": "/workspaces" }, "count": 0, "reset_after": true },
    ]))?;
    let mut apply = test.start_apply()?;
    test.wait_for("workspace", |inventory| workspaces(inventory) > 0)?;
    signal::kill(test.provider()?)?;
    test.expect_crash(&mut apply)?;
    test.converges()
}

/// The provider dies while its requests wait.
#[test]
fn provider_killed_before_the_write() -> Result<()> {
    let test = Interrupted::new("interrupted-killed-before")?;
    test.scratch.sandbox.faults(&json!([
        { "match": { "method": "PUT", "path": "/workspaces" }, "count": 0, "delay_ms": 4000 },
    ]))?;
    let mut apply = test.start_apply()?;
    test.wait_for("cluster", |inventory| inventory["clusters"]["count"] == 1)?;
    std::thread::sleep(Duration::from_millis(500));
    signal::kill(test.provider()?)?;
    test.expect_crash(&mut apply)?;
    test.converges()
}

/// Ctrl-C once: Terraform asks the provider to stop, and ends by itself.
#[test]
fn terraform_interrupted() -> Result<()> {
    let test = Interrupted::new("interrupted-terraform")?;
    test.scratch.sandbox.faults(&json!([
        { "match": { "method": "PUT", "path": "/workspaces" }, "nth": 2, "count": 0, "delay_ms": 3000 },
    ]))?;
    let mut apply = test.start_apply()?;
    test.wait_for("workspace", |inventory| workspaces(inventory) > 0)?;
    signal::interrupt_group(apply.id())?;
    let begin = Instant::now();
    let status = apply.wait()?;
    let printed = test.printed()?;
    assert_eq!(status.code(), Some(1), "{printed}");
    assert!(printed.contains("Interrupt received"), "{printed}");
    assert!(begin.elapsed() < Duration::from_secs(20), "it took {:?} to stop", begin.elapsed());
    assert!(
        workspaces(&test.scratch.sandbox.inventory()?) < 6,
        "the interrupt came too late to prove anything"
    );
    test.converges()
}
