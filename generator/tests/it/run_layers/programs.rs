//! A `terraform` that is none, too old, or fails, and what is said of it.

use std::process::Command;

use serde_json::{Value, json};

use super::{program_in, terraform_in};
use crate::support::{Place, tfy_infra};
use crate::tree::Tree;

/// What `plan` of the layer `network` says with a `terraform` whose commands are these, in place of the program's path.
fn with_terraform(commands: &str) -> String {
    let tools = tempfile::tempdir().unwrap();
    let program = terraform_in(tools.path(), &format!("#!/bin/sh\ncase \"$1\" in\n{commands}\nesac\n"));
    let program = program.to_str().unwrap();
    let out = Tree::new().run("plan", &["--layer", "network", "--terraform", program]);
    assert_eq!(out.code, 1, "{out:?}");
    out.stderr.replace(program, "terraform")
}

const VERSION: &str = "version) echo '{\"terraform_version\":\"1.11.4\"}' ;;";

#[test]
fn a_terraform_that_is_none_or_too_old_is_refused() {
    assert_eq!(
        with_terraform("version) echo no such option >&2 ;;"),
        "error: `terraform` cannot be run\n  \
         = note: `terraform version -json` did not tell a version: no such option\n  \
         = hint: install Terraform 1.11 or newer, or name it with `--terraform` or `TFY_TERRAFORM`\n\n"
    );
    assert_eq!(
        with_terraform("version) echo '{\"terraform_version\":\"1.5.7\"}' ;;"),
        "error: `terraform` is Terraform 1.5.7, which is too old\n  \
         = note: only 1.11 and newer keep secrets out of the state (write-only arguments)\n  \
         = hint: install Terraform 1.11 or newer, or name it with `--terraform` or `TFY_TERRAFORM`\n\n"
    );
}

/// A layer with a release asks where the cluster is.
#[test]
fn a_cluster_that_cannot_be_made_out_is_named() {
    let tree = Tree::new();
    let manifest = tree.0.path().join(".tfy-infra/manifest.json");
    let mut told: Value = serde_json::from_slice(&fs_err::read(&manifest).unwrap()).unwrap();
    told["layers"][2]["releases"] =
        json!([{ "address": "helm_release.keda", "namespace": "keda", "name": "keda" }]);
    fs_err::write(&manifest, told.to_string()).unwrap();
    let bin = tempfile::tempdir().unwrap();
    let script =
        format!("#!/bin/sh\ncase $1 in\n{VERSION}\ninit) ;;\noutput) echo no access >&2; exit 1 ;;\nesac\n");
    terraform_in(bin.path(), &script);
    program_in(bin.path(), "aws", "#!/bin/sh\n");
    let path = format!("{}:/usr/bin:/bin", bin.path().display());
    let run = |path: &str| {
        Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
            .args(["plan", "--layer", "data", "-d"])
            .arg(tree.0.path())
            .arg("--terraform")
            .arg(bin.path().join("terraform"))
            .env("PATH", path)
            .output()
            .unwrap()
    };
    let said = String::from_utf8(run(&path).stderr).unwrap();
    let expected = "error: layer `data`: the outputs cannot be read\n  = note: no access\n";
    assert!(said.contains(expected), "{said}");
    let said = String::from_utf8(run("/nowhere").stderr).unwrap();
    assert!(said.contains("error: layer `data`: the program `aws` is not on PATH\n"), "{said}");
}

#[test]
fn each_command_that_fails_is_named() {
    for (commands, said) in [
        (
            "init) echo no network >&2; exit 1 ;;",
            "error: layer `network`: `terraform init` failed\n  = note: no network\n",
        ),
        (
            "init) ;; state) echo no access >&2; exit 1 ;;",
            "error: layer `network`: the state cannot be read\n  = note: no access\n",
        ),
        (
            "init) ;; state) ;; plan) kill -KILL $$ ;;",
            "error: layer `network`: terraform ended with a signal\n",
        ),
    ] {
        let stderr = with_terraform(&format!("{VERSION}\n{commands}"));
        assert!(stderr.contains(said), "{stderr}");
    }
}

/// The copy that `upgrade` plans goes with it, and so do the logs in it.
#[test]
fn a_log_that_goes_with_the_run_is_not_named() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let tools = tempfile::tempdir().unwrap();
    let script = format!("#!/bin/sh\ncase $1 in\n{VERSION}\ninit) echo no network >&2; exit 1 ;;\nesac\n");
    let program = terraform_in(tools.path(), &script);
    let out = tfy_infra(place.path(), &["upgrade", "-d", "out", "--terraform", program.to_str().unwrap()]);
    assert!(out.stderr.contains("  network    failed\n"), "{out:?}");
    assert!(!out.stderr.contains("log is in"), "{out:?}");
}
