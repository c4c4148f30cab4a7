//! Layers that are prepared and planned at once, and what lets only one run.

use std::path::Path;
use std::process::{Command, Stdio};

use super::terraform_in;
use crate::support::cli_config;
use crate::tree::Tree;

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
