//! Real signals during an apply, to `tfy-infra` and by a terminal that is closed: Terraform ends by itself, its state is whole, and the next
//! apply goes on from it.

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::support::{cli_config, require_terraform, tfy_infra};

/// Three objects, the second of which takes a while: what is made is noted outside of Terraform.
const LAYER: &str = r#"terraform {
  backend "local" {
    path = "terraform.tfstate"
  }
}

resource "terraform_data" "first" {
  provisioner "local-exec" { command = "echo first >> ../made" }
}

resource "terraform_data" "slow" {
  input = terraform_data.first.id
  provisioner "local-exec" { command = "echo slow >> ../made; sleep 3" }
}

resource "terraform_data" "after" {
  input = terraform_data.slow.id
  provisioner "local-exec" { command = "echo after >> ../made" }
}
"#;

/// A layer after it.
const LATER: &str = r#"terraform {
  backend "local" {
    path = "terraform.tfstate"
  }
}

resource "terraform_data" "later" {}
"#;

/// Each once: nothing that is being made is cut off, and made again.
const MADE: [&str; 3] = ["first", "slow", "after"];

/// Runs a program on a terminal of its own and closes that when `sys.argv[1]` has this text.
const TERMINAL: &str = r#"
import os, pty, sys, time
program, terminal = pty.fork()
if program == 0:
    os.execv(sys.argv[3], sys.argv[3:])
while not (os.path.exists(sys.argv[1]) and sys.argv[2] in open(sys.argv[1]).read()):
    time.sleep(0.02)
os.close(terminal)
_, status = os.waitpid(program, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
"#;

struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Self {
        require_terraform();
        let tree = Self(tempfile::tempdir().unwrap());
        let manifest = json!({
            "format": 1, "generator": "test", "files": {},
            "layers": [
                { "name": "network", "reads": [], "modules": [] },
                { "name": "later", "reads": [], "modules": [] },
            ],
        });
        tree.write(".tfy-infra/manifest.json", &manifest.to_string());
        tree.write("network/main.tf", LAYER);
        tree.write("later/main.tf", LATER);
        tree
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs_err::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs_err::write(self.path(name), text).unwrap();
    }

    fn arguments(&self) -> [&str; 4] {
        ["apply", "--auto-approve", "-d", self.0.path().to_str().unwrap()]
    }

    /// An apply that has begun with the slow object.
    fn begun(&self) -> Child {
        let child = Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
            .args(self.arguments())
            .env("TF_CLI_CONFIG_FILE", cli_config())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let begin = Instant::now();
        while !self.made().contains(&"slow".to_owned()) {
            assert!(begin.elapsed() < Duration::from_secs(60), "the apply does not begin");
            std::thread::sleep(Duration::from_millis(20));
        }
        child
    }

    fn made(&self) -> Vec<String> {
        let text = fs_err::read_to_string(self.path("made")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The next apply, by which everything is there and has been made so often. What it said.
    fn converges(&self, made: &[&str]) -> String {
        let out = tfy_infra(Path::new("/"), &self.arguments());
        assert_eq!(out.code, 0, "{out:?}");
        assert_eq!(self.made(), made, "{out:?}");
        let state: Value =
            serde_json::from_slice(&fs_err::read(self.path("network/terraform.tfstate")).unwrap()).unwrap();
        let names = state["resources"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap());
        assert_eq!(names.collect::<Vec<_>>(), ["after", "first", "slow"]);
        assert!(!self.path("network/.terraform.tfstate.lock.info").exists());
        assert_eq!(fs_err::read_dir(self.path(".tfy-infra/running")).unwrap().count(), 0);
        out.stderr
    }
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap(), signal).unwrap();
}

/// Each lets Terraform make what it is making, and what follows at once; another layer is not begun.
#[test]
fn a_signal_to_end_lets_terraform_end_first() {
    let ended_by = |signal| {
        let tree = Tree::new();
        let child = tree.begun();
        send(&child, signal);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{signal:?}: {said}");
        assert!(said.contains("interrupted: waiting for terraform to stop and save its state"), "{said}");
        assert_eq!(tree.made(), MADE, "{signal:?}");
        assert!(!tree.path("later/terraform.tfstate").exists(), "{signal:?}: {said}");
        tree.converges(&MADE);
        assert_eq!(tree.made(), MADE, "{signal:?}");
    };
    std::thread::scope(|scope| {
        for signal in [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM] {
            scope.spawn(move || ended_by(signal));
        }
    });
}

/// Nothing can be done any more, and Terraform goes on to its end. The next run waits for that.
#[test]
fn after_a_kill_terraform_goes_on_and_is_waited_for() {
    let tree = Tree::new();
    let mut child = tree.begun();
    send(&child, Signal::KILL);
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    let said = tree.converges(&MADE);
    for told in [
        "layer `network`: waiting for the terraform of an earlier run, which goes on although its tfy-infra has ended\n",
        "layer `network`: the terraform of an earlier run has ended; going on from its state\n",
        "no changes",
    ] {
        assert!(said.contains(told), "not told: {told}\n{said}");
    }
}

#[test]
fn a_terminal_that_is_closed_is_as_an_interrupt() {
    let tree = Tree::new();
    let status = Command::new("python3")
        .args(["-c", TERMINAL])
        .arg(tree.path("made"))
        .arg("slow")
        .arg(env!("CARGO_BIN_EXE_tfy-infra"))
        .args(tree.arguments())
        .env("TF_CLI_CONFIG_FILE", cli_config())
        .status()
        .expect("the terminal needs Python: install Python 3.10 or newer");
    assert_eq!(status.code(), Some(1));
    assert_eq!(tree.made(), MADE);
    tree.converges(&MADE);
}
