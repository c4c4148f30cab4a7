//! `plan`, `apply` and `destroy` with the real `terraform`, over layers that need no provider but the built-in one.

pub(crate) mod interrupts;
mod programs;
mod side_by_side;

use std::path::Path;

use serde_json::json;

use crate::support::tfy_infra;
use crate::tree::{Tree, rows};

#[test]
fn a_platform_from_nothing_and_back() {
    let tree = Tree::new();
    let (code, planned) = tree.json("plan", &["--detailed-exitcode"]);
    assert_eq!(code, 3);
    assert_eq!(
        rows(&planned),
        ["network planned 1 0 0 0", "cluster waiting 0 0 0 0", "data planned 2 0 0 0"]
    );

    let (code, applied) = tree.json("apply", &["--auto-approve"]);
    assert_eq!(code, 0, "{applied}");
    assert_eq!(
        rows(&applied),
        ["network applied 1 0 0 1", "cluster applied 1 0 0 1", "data applied 2 0 0 2"]
    );
    assert_eq!(applied["operation"], "apply");
    assert_eq!(applied["ok"], true);

    let (code, again) = tree.json("plan", &["--detailed-exitcode"]);
    assert_eq!(code, 0, "{again}");
    assert_eq!(
        rows(&again),
        ["network unchanged 0 0 0 1", "cluster unchanged 0 0 0 1", "data unchanged 0 0 0 2"]
    );

    let (code, side_by_side) = tree.json("plan", &["--detailed-exitcode", "--parallel-layers"]);
    assert_eq!((code, rows(&side_by_side)), (0, rows(&again)));

    let (code, gone) = tree.json("destroy", &["--auto-approve", "--parallel-layers"]);
    assert_eq!(code, 0, "{gone}");
    assert_eq!(
        rows(&gone),
        ["data destroyed 0 0 2 0", "cluster destroyed 0 0 1 0", "network destroyed 0 0 1 0"]
    );

    let (code, twice) = tree.json("destroy", &["--auto-approve"]);
    assert_eq!(code, 0, "{twice}");
    assert_eq!(rows(&twice), ["data empty 0 0 0 0", "cluster empty 0 0 0 0", "network empty 0 0 0 0"]);

    // The state of `network` is there, but empty: its reader waits again.
    let (_, planned) = tree.json("plan", &["--layer", "cluster"]);
    assert_eq!(rows(&planned), ["cluster waiting 0 0 0 0"]);
}

#[test]
fn who_reads_what_changes_is_stale_until_that_is_applied() {
    let tree = Tree::new();
    assert_eq!(tree.run("apply", &["--auto-approve"]).code, 0);
    // No output changes: nobody who reads it is concerned.
    let network = |text: &str| {
        tree.write(
            "network",
            &format!("resource \"terraform_data\" \"this\" {{\n  {text}\n}}\noutput \"id\" {{ value = terraform_data.this.id }}\n"),
        );
    };
    network("input = \"v2\"");
    let (code, planned) = tree.json("plan", &["--detailed-exitcode"]);
    assert_eq!(code, 3);
    let quiet = ["network planned 0 1 0 1", "cluster unchanged 0 0 0 1", "data unchanged 0 0 0 2"];
    assert_eq!(rows(&planned), quiet);
    assert_eq!(
        planned["layers"][0]["changes"][0]["attributes"],
        json!([{ "path": "input", "was": "v1", "is": "v2" }, { "path": "output", "was": "v1", "is": "(known after apply)" }])
    );
    network("triggers_replace = \"v3\"");
    for more in [&["--detailed-exitcode"][..], &["--detailed-exitcode", "--parallel-layers"]] {
        let (code, planned) = tree.json("plan", more);
        assert_eq!(code, 3);
        let stale = ["network planned 1 0 1 1", "cluster stale 0 0 0 1", "data unchanged 0 0 0 2"];
        assert_eq!(rows(&planned), stale);
        assert_eq!(planned["layers"][1]["waits_for"], json!(["network"]));
        assert_eq!(planned["layers"][0]["changes"][0]["forced_by"], json!(["triggers_replace"]));
    }
    let out = tree.run("plan", &["--detailed-exitcode"]);
    let replaced = "network    -/+ terraform_data.this: `triggers_replace` cannot change in place\n";
    assert!(out.stdout.contains(replaced), "{out:?}");
    let told = "layer `cluster` is stale: it reads outputs of `network`, which changes; it is planned again after that is applied";
    assert!(out.stderr.contains(told), "{out:?}");
    // The apply plans it again.
    let (code, applied) = tree.json("apply", &["--auto-approve"]);
    assert_eq!((code, rows(&applied)[1].as_str()), (0, "cluster applied 0 1 0 1"));
}

#[test]
fn what_is_destroyed_is_told_first() {
    let tree = Tree::new();
    let all = |kept: &str| {
        tree.write("data", &format!("resource \"terraform_data\" \"made\" {{}}\n{kept}"));
        tree.run("plan", &["--layer", "data"])
    };
    tree.write("data", "resource \"terraform_data\" \"zoo\" {}\n");
    assert_eq!(tree.run("apply", &["--auto-approve", "--layer", "data"]).code, 0);
    let out = all("");
    let lines: Vec<_> = out.stdout.lines().take(2).collect();
    assert_eq!(
        lines,
        ["data       -   terraform_data.zoo: the code has it no more", "data       +   terraform_data.made"]
    );
}

#[test]
fn a_check_that_fails_is_told() {
    let tree = Tree::new();
    tree.write("data", "check \"alive\" {\n  assert {\n    condition     = terraform.workspace == \"other\"\n    error_message = \"told by the test\"\n  }\n}\n");
    let out = tree.run("plan", &["--layer", "data"]);
    assert_eq!(out.code, 0);
    assert!(
        out.stderr
            .contains("warning: layer `data`: Check block assertion failed\n  = note: told by the test\n"),
        "{out:?}"
    );
    let (code, planned) = tree.json("plan", &["--layer", "data"]);
    assert_eq!(code, 0);
    assert_eq!(planned["layers"][0]["warnings"][0]["detail"], "told by the test");
}

#[test]
fn a_layer_is_not_destroyed_under_another() {
    let tree = Tree::new();
    assert_eq!(tree.run("apply", &["--auto-approve"]).code, 0);
    let refused = tree.run("destroy", &["--auto-approve", "--layer", "network"]);
    assert_eq!(refused.code, 1);
    let told = concat!(
        "error: layer `network`: it cannot be destroyed as long as `cluster` stands on it\n",
        "  = note: Objects that would lose what they need, and could not be destroyed any more: layer `cluster` holds 1.\n",
        "  = hint: destroy those first, the last one first; or all of the platform in its order, without `--layer`\n",
    );
    assert!(refused.stderr.contains(told), "{refused:?}");
    let state = tree.0.path().join("cluster/terraform.tfstate");
    let whole = fs_err::read_to_string(&state).unwrap();
    fs_err::write(&state, "half of one").unwrap();
    let unknown = tree.run("destroy", &["--auto-approve", "--layer", "network"]);
    assert_eq!(unknown.code, 1);
    let told = concat!(
        "error: layer `network`: what layer `cluster` holds, which stands on it, cannot be read\n",
        "  = note: `cluster/terraform.tfstate` is no state of format 4.\n",
    );
    assert!(unknown.stderr.contains(told), "{unknown:?}");
    fs_err::write(&state, whole).unwrap();
    assert_eq!(tree.run("destroy", &["--auto-approve", "--layer", "cluster"]).code, 0);
    assert_eq!(tree.run("destroy", &["--auto-approve", "--layer", "network"]).code, 0);
}

#[test]
fn a_layer_that_is_skipped_stays_and_is_told() {
    let tree = Tree::new();
    assert_eq!(tree.run("apply", &["--auto-approve"]).code, 0);
    let out = tree.run("destroy", &["--auto-approve", "--skip", "cluster"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stdout.contains("network    destroyed") && !out.stdout.contains("cluster"), "{out:?}");
    let told = "warning: layer `cluster` was skipped: 1 object of it stay where they are registered\n  = note: terraform_data.this\n";
    assert!(out.stderr.contains(told), "{out:?}");
    let unknown = tree.run("destroy", &["--auto-approve", "--skip", "platfrom"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("has no layer `platfrom`"), "{unknown:?}");
}

#[test]
fn a_plan_lists_changes_and_says_which_layer_waits() {
    let tree = Tree::new();
    let out = tree.run("plan", &[]);
    assert_eq!(out.code, 0);
    assert!(out.stdout.contains("network    +   terraform_data.this\n"), "{out:?}");
    assert!(out.stdout.contains("cluster    waiting"), "{out:?}");
    assert!(
        out.stderr.contains("layer `cluster` cannot be planned yet: it reads outputs of `network`, which must be applied first"),
        "{out:?}"
    );
    assert!(!tree.0.path().join(".tfy-infra/plans/network.tfplan").exists());
    let log = fs_err::read_to_string(tree.0.path().join(".tfy-infra/logs/network-plan.log")).unwrap();
    assert!(log.contains("terraform_data.this: to create"), "{log}");
}

#[test]
fn applying_a_layer_before_the_one_it_reads_says_so() {
    let tree = Tree::new();
    let out = tree.run("apply", &["--auto-approve", "--layer", "cluster"]);
    assert_eq!(out.code, 1);
    assert!(out.stderr.contains("error: layer `cluster`"), "{out:?}");
    let hint = "\n  = hint: apply the layers before it first: `tfy-infra apply`, or `--layer network`\n";
    assert!(out.stderr.contains(hint), "{out:?}");
}

#[test]
fn a_failure_shows_layer_place_and_log_and_stops_what_comes_after() {
    let tree = Tree::new();
    tree.write("cluster", "resource \"terraform_data\" \"this\" {\n  lifecycle {\n    precondition {\n      condition = terraform.workspace == \"other\"\n      error_message = \"told by the test\"\n    }\n  }\n}\n");
    let out = tree.run("apply", &["--auto-approve"]);
    assert_eq!(out.code, 1);
    for part in ["error: layer `cluster`", "told by the test", "at cluster/main.tf:", "cluster-apply.log"] {
        assert!(out.stderr.contains(part), "{part}: {out:?}");
    }
    assert!(out.stdout.contains("network    applied"), "{out:?}");
    assert!(out.stdout.contains("cluster    failed"), "{out:?}");
    assert!(out.stdout.contains("data       not-run"), "{out:?}");
}

#[test]
fn a_folder_that_wants_init_again_gets_it() {
    let tree = Tree::new();
    assert_eq!(tree.run("apply", &["--auto-approve", "--layer", "network"]).code, 0);
    fs_err::create_dir_all(tree.0.path().join("modules/extra")).unwrap();
    fs_err::write(tree.0.path().join("modules/extra/main.tf"), "resource \"terraform_data\" \"x\" {}\n")
        .unwrap();
    tree.write("network", "module \"extra\" {\n  source = \"../modules/extra\"\n}\n");
    let (code, summary) = tree.json("apply", &["--auto-approve", "--layer", "network"]);
    assert_eq!(code, 0, "{summary}");
    assert_eq!(rows(&summary), ["network applied 1 0 1 1"]);
}

/// A `terraform` that is this script.
fn terraform_in(tools: &Path, script: &str) -> std::path::PathBuf {
    program_in(tools, "terraform", script)
}

fn program_in(tools: &Path, name: &str, script: &str) -> std::path::PathBuf {
    let program = tools.join(name);
    fs_err::write(&program, script).unwrap();
    fs_err::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    program
}

/// As the machine's, and not as a mistake in the tree.
#[test]
fn a_tree_that_may_not_be_written_is_told_with_what_to_do() {
    let tree = Tree::new();
    let lock = tree.0.path().join(".tfy-infra/lock");
    fs_err::create_dir(&lock).unwrap();
    let out = tree.run("plan", &[]);
    assert_eq!(out.code, 1, "{out:?}");
    let cause = format!("error: failed to open file `{}`: Is a directory (os error 21)\n", lock.display());
    assert_eq!(out.stderr, format!("{cause}  = hint: mend the cause and run the same command again\n\n"));
}

#[test]
fn a_layer_that_is_not_there_is_named() {
    let tree = Tree::new();
    let out = tree.run("plan", &["--layer", "platform"]);
    assert_eq!(out.code, 2);
    let dir = tree.0.path().display();
    assert_eq!(
        out.stderr,
        format!(
            "error: `{dir}` has no layer `platform`\n  = hint: its layers are `network`, `cluster` and `data`\n\n"
        )
    );
}

#[test]
fn nothing_is_changed_without_a_yes() {
    let tree = Tree::new();
    for command in ["apply", "destroy"] {
        let out = tree.run(command, &[]);
        assert_eq!(out.code, 2);
        assert_eq!(
            out.stderr,
            format!(
                "error: `{command}` asks before it changes anything, and nobody can answer\n  \
                 = note: standard input is not a terminal\n  \
                 = hint: look at `tfy-infra plan` first, then give `--auto-approve`\n\n"
            )
        );
    }
    assert!(!tree.0.path().join("network/.terraform").exists());
}

#[test]
fn two_runs_in_one_directory_do_not_meet() {
    let tree = Tree::new();
    let file = fs_err::File::create(tree.0.path().join(".tfy-infra/lock")).unwrap();
    file.file().try_lock().unwrap();
    let out = tree.run("plan", &[]);
    assert_eq!(out.code, 1);
    let dir = tree.0.path().display();
    assert_eq!(
        out.stderr,
        format!("error: another tfy-infra is working in `{dir}`\n  = hint: wait until it has ended\n\n")
    );
}

#[test]
fn a_directory_of_others_and_a_missing_terraform_are_told_apart() {
    let empty = tempfile::tempdir().unwrap();
    let out = tfy_infra(empty.path(), &["plan", "-d", "."]);
    assert_eq!(out.code, 2);
    assert_eq!(
        out.stderr,
        "error: the current directory is not a directory that tfy-infra generated\n  \
         = hint: give the directory with `-d`; `tfy-infra generate -f platform.yaml -o DIR` makes one\n\n"
    );
    let out = tfy_infra(empty.path(), &["plan", "-d", "infra"]);
    assert_eq!(out.code, 2);
    assert_eq!(
        out.stderr,
        "error: `infra` is not a directory that tfy-infra generated\n  \
         = hint: run `tfy-infra generate -f platform.yaml -o infra` first\n\n"
    );

    let tree = Tree::new();
    let out = tree.run("plan", &["--terraform", "/nonexistent/terraform"]);
    assert_eq!(out.code, 1);
    assert_eq!(
        out.stderr,
        "error: `/nonexistent/terraform` cannot be run\n  \
         = note: No such file or directory (os error 2)\n  \
         = hint: install Terraform 1.11 or newer, or name it with `--terraform` or `TFY_TERRAFORM`\n\n"
    );
}
