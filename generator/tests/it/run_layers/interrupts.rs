//! A signal while Terraform runs, and at a question.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::terraform_in;
use crate::tree::{Tree, rows};

/// Of three objects the second takes a while, to make and to take away.
const SLOW: &str = concat!(
    "resource \"terraform_data\" \"first\" {}\n",
    "resource \"terraform_data\" \"slow\" {\n",
    "  input = terraform_data.first.id\n",
    "  provisioner \"local-exec\" { command = \"sleep 3\" }\n",
    "  provisioner \"local-exec\" {\n    when = destroy\n    command = \"sleep 3\"\n  }\n",
    "}\n",
    "resource \"terraform_data\" \"after\" {\n  input = terraform_data.slow.id\n}\n"
);

/// What a run says that is interrupted when its log has a text: its layers, each with what became of it.
fn interrupted_at(tree: &Tree, command: &str, text: &str) -> Vec<String> {
    let child = Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
        .args([command, "--auto-approve", "--json", "-d", tree.0.path().to_str().unwrap()])
        .env("TF_CLI_CONFIG_FILE", crate::support::cli_config())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = tree.0.path().join(format!(".tfy-infra/logs/network-{command}.log"));
    wait_until(|| fs_err::read_to_string(&log).unwrap_or_default().contains(text));
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    let (stdout, stderr) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("interrupted: waiting for terraform"), "{stderr}");
    let summary: Value = serde_json::from_str(&stdout).unwrap_or_else(|e| panic!("{e}: {stdout} {stderr}"));
    rows(&summary).iter().map(|row| row.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn after_ctrl_c_what_is_being_made_is_finished_and_no_layer_is_begun() {
    let tree = Tree::new();
    tree.write("network", SLOW);
    let layers = interrupted_at(&tree, "apply", "terraform_data.slow: create started");
    assert_eq!(layers, ["network applied", "cluster not-run", "data not-run"]);

    // Nothing was cut off: the next apply has nothing to make again.
    let (code, again) = tree.json("apply", &["--auto-approve", "--layer", "network"]);
    assert_eq!(code, 0, "{again}");
    assert_eq!(rows(&again)[0].split(' ').nth(1), Some("unchanged"), "{again}");
    assert_eq!(again["layers"][0]["resources"], 3);
}

#[test]
fn ctrl_c_ends_a_removal_at_once() {
    let tree = Tree::new();
    tree.write("network", SLOW);
    let (code, made) = tree.json("apply", &["--auto-approve", "--layer", "network"]);
    assert_eq!(code, 0, "{made}");
    let layers = interrupted_at(&tree, "destroy", "terraform_data.slow: delete started");
    assert_eq!(layers.last().map(String::as_str), Some("network interrupted"), "{layers:?}");

    // What is left is in the state, and goes by the next.
    let (code, gone) = tree.json("destroy", &["--auto-approve", "--layer", "network"]);
    assert_eq!(code, 0, "{gone}");
    assert_eq!(gone["layers"][0]["resources"], 0);
}

#[test]
fn ctrl_c_reaches_terraform_once_however_often_it_is_pressed() {
    // A `terraform` that counts the signals it gets, and ends a while after the first.
    let tools = tempfile::tempdir().unwrap();
    let counted = tools.path().join("signals");
    let script = format!(
        concat!(
            "#!/bin/sh\n",
            "case \"$1\" in\n",
            "version) echo '{{\"terraform_version\":\"1.11.4\"}}' ;;\n",
            "init) mkdir -p .terraform ;;\n",
            "state) ;;\n",
            "plan) trap 'echo signal >> {counted}' INT; echo started > {counted}; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.2; done; exit 1 ;;\n",
            "esac\n"
        ),
        counted = counted.display()
    );
    let program = terraform_in(tools.path(), &script);
    let tree = Tree::new();
    let child = Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
        .args(["plan", "-d", tree.0.path().to_str().unwrap(), "--terraform", program.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until(|| counted.exists());
    for _ in 0..3 {
        interrupt(&child);
        std::thread::sleep(Duration::from_millis(200));
    }
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs_err::read_to_string(&counted).unwrap(), "started\nsignal\n", "{stderr}");
    for said in [
        "\ninterrupted: waiting for terraform to stop and save its state\n",
        "\nstill waiting: terraform ends as soon as AWS has answered; killing it would lose what it made\n",
    ] {
        assert!(stderr.contains(said), "{stderr}");
    }
}

fn wait_until(true_: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !true_() {
        assert!(Instant::now() < deadline, "it did not happen within a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn interrupt(child: &std::process::Child) {
    let id = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
}

/// The two ends of a terminal: who looks at it, and who is looked at.
pub(crate) fn terminal() -> (rustix::fd::OwnedFd, Stdio) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = fs_err::OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    (ours, theirs.into_file().into())
}

/// Ctrl-C at the question: nothing runs that would have to be waited for.
#[test]
fn an_interrupt_at_the_question_changes_nothing() {
    use std::io::Read as _;
    let tree = Tree::new();
    let (_ours, theirs) = terminal();
    let mut apply = Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
        .args(["apply", "--layer", "network", "-d"])
        .arg(tree.0.path())
        .env("TF_CLI_CONFIG_FILE", crate::support::cli_config())
        .stdin(theirs)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = apply.stderr.take().unwrap();
    let (mut said, mut part) = (String::new(), [0; 1024]);
    while !said.contains("Apply this to `network`") {
        let read = errors.read(&mut part).unwrap();
        assert_ne!(read, 0, "it asks nothing: {said}");
        said.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    let id = rustix::process::Pid::from_child(&apply);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    errors.read_to_string(&mut said).unwrap();
    assert_eq!(apply.wait().unwrap().code(), Some(1));
    assert!(said.ends_with("\ninterrupted: nothing more was changed\n"), "{said}");
    assert!(!tree.0.path().join("network/terraform.tfstate").exists());
}
