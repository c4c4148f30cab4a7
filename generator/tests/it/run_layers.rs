//! `plan`, `apply` and `destroy` with the real `terraform`, over layers that need no provider but the built-in one.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Place, cli_config, tfy_infra};
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

/// When plans begin and end, by a `terraform` that takes a while for each.
fn plans(tree: &Tree) -> String {
    let place = |name: &str| tree.0.path().join(name);
    let script = format!(
        "#!/bin/sh\n[ \"$1\" != plan ] || {{ echo begin >> {0}; sleep 1; }}\nterraform \"$@\"\ncode=$?\n[ \"$1\" != plan ] || echo end >> {0}\nexit $code\n",
        place("plans").display()
    );
    fs_err::write(place("slow"), script).unwrap();
    let mode: std::fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs_err::set_permissions(place("slow"), mode).unwrap();
    assert_eq!(tree.run("plan", &["--terraform", place("slow").to_str().unwrap()]).code, 0);
    let text = fs_err::read_to_string(place("plans")).unwrap();
    fs_err::remove_file(place("plans")).unwrap();
    text
}

#[test]
fn what_is_there_is_planned_side_by_side_and_what_is_new_in_turn() {
    let tree = Tree::new();
    assert!(plans(&tree).starts_with("begin\nend\nbegin\nend\n"));
    assert_eq!(tree.run("apply", &["--auto-approve"]).code, 0);
    assert!(plans(&tree).starts_with("begin\nbegin\n"));
}

/// What Terraform does in a clone of the tree, in which nobody has worked yet: when each command begins (`+`) and ends (`-`), those that take
/// a while among them.
/// Of `drift` only that it ended by itself is asked: the tree has no code that it knows.
fn in_a_clone(tree: &Tree, arguments: &[&str], plugins: Option<&Path>) -> Vec<String> {
    let place = |name: &str| tree.0.path().join(name);
    for layer in ["network", "cluster", "data"] {
        fs_err::remove_dir_all(place(layer).join(".terraform")).unwrap();
    }
    // A look notes nothing there.
    if place(".tfy-infra/seen").exists() {
        fs_err::remove_dir_all(place(".tfy-infra/seen")).unwrap();
    }
    let done = place("done").display().to_string();
    let script = format!(
        "#!/bin/sh\n[ \"$1\" != version ] || exec terraform \"$@\"\necho \"+ $1\" >> {done}\ncase $1 in init|plan) sleep 1 ;; esac\n\
         terraform \"$@\"\ncode=$?\necho \"- $1\" >> {done}\nexit $code\n"
    );
    let tools = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tfy-infra"));
    command.args(arguments).arg("-d").arg(tree.0.path());
    command
        .arg("--terraform")
        .arg(terraform_in(tools.path(), &script))
        .env("TF_CLI_CONFIG_FILE", cli_config());
    if let Some(plugins) = plugins {
        command.env("TF_PLUGIN_CACHE_DIR", plugins);
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    let code = if arguments == ["drift"] { 1 } else { 0 };
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs_err::read_to_string(place("done")).unwrap();
    fs_err::remove_file(place("done")).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The first layer says whether there is a platform; then the others are prepared, and all are planned.
#[test]
fn layers_of_a_fresh_clone_are_prepared_side_by_side() {
    let tree = Tree::new();
    assert_eq!(tree.run("apply", &["--auto-approve"]).code, 0);
    let done = in_a_clone(&tree, &["plan"], None);
    assert_eq!(done[..6], ["+ init", "- init", "+ state", "- state", "+ init", "+ init"], "{done:?}");
    assert_eq!(done.iter().filter(|line| *line == "+ init").count(), 3, "{done:?}");
    let plans: Vec<_> = done.iter().filter(|line| line.ends_with("plan")).take(2).collect();
    assert_eq!(plans, ["+ plan", "+ plan"], "{done:?}");
}

/// Terraform's folder for providers of many layers is not for two at once: while `init` may write it, nothing else runs.
#[test]
fn providers_that_layers_share_are_written_by_one_alone() {
    let tree = Tree::new();
    assert_eq!(tree.run("apply", &["--auto-approve"]).code, 0);
    let plugins = tempfile::tempdir().unwrap();
    for arguments in [
        &["plan"][..],
        &["plan", "--parallel-layers"],
        &["drift"],
        &["apply", "--auto-approve", "--parallel-layers"],
    ] {
        let done = in_a_clone(&tree, arguments, Some(plugins.path()));
        assert_eq!(done.iter().filter(|line| *line == "+ init").count(), 3, "{arguments:?}: {done:?}");
        let mut running: Vec<&str> = Vec::new();
        for line in &done {
            match line.split_once(' ').unwrap() {
                ("+", command) => {
                    let alone = running.is_empty() || command != "init" && !running.contains(&"init");
                    assert!(alone, "{arguments:?}: `{command}` beside {running:?}: {done:?}");
                    running.push(command);
                }
                (_, command) => {
                    let at = running.iter().position(|one| *one == command).unwrap();
                    running.remove(at);
                }
            }
        }
    }
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

#[test]
fn after_ctrl_c_what_was_made_is_saved() {
    let tree = Tree::new();
    // A slow step that Terraform can stop between two resources.
    tree.write("network", concat!(
        "resource \"terraform_data\" \"first\" {}\n",
        "resource \"terraform_data\" \"slow\" {\n  input = terraform_data.first.id\n  provisioner \"local-exec\" { command = \"sleep 3\" }\n}\n",
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
