//! A signal while Terraform runs, and at a question.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::terraform_in;
use crate::tree::{Tree, rows};

#[test]
fn after_ctrl_c_what_was_made_is_saved() {
    let tree = Tree::new();
    // A slow step that Terraform can stop between two resources.
    tree.write("network", concat!(
        "resource \"terraform_data\" \"first\" {}\n",
        "resource \"terraform_data\" \"slow\" {\n  input = terraform_data.first.id\n  provisioner \"local-exec\" { command = \"sleep 8\" }\n}\n",
        "resource \"terraform_data\" \"after\" {\n  input = terraform_data.slow.id\n}\n"
    ));
    let child = Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
        .args(["apply", "--auto-approve", "--json", "-d", tree.0.path().to_str().unwrap()])
        .env("TF_CLI_CONFIG_FILE", crate::support::cli_config())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = tree.0.path().join(".tfy-infra/logs/network-apply.log");
    wait_until(|| {
        fs_err::read_to_string(&log).unwrap_or_default().contains("terraform_data.slow: create started")
    });
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    let (stdout, stderr) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(1));
    let summary: Value = serde_json::from_str(&stdout).unwrap_or_else(|e| panic!("{e}: {stdout} {stderr}"));
    let statuses: Vec<_> = rows(&summary).iter().map(|r| r.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(statuses, ["interrupted", "not-run", "not-run"], "{stderr}");
    assert!(stderr.contains("interrupted: waiting for terraform"), "{stderr}");

    // Nothing is lost: the next apply goes on from there.
    let (code, again) = tree.json("apply", &["--auto-approve", "--layer", "network"]);
    assert_eq!(code, 0, "{again}");
    assert_eq!(again["layers"][0]["resources"], 3);
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
