//! Full disks, with the real `terraform`: nothing is changed without room for a state, and a state that finds none is kept and taken up.

use std::path::Path;
use std::process::Command;

use crate::tree::Tree;

#[test]
fn a_state_that_could_not_be_kept_is_taken_up_first() {
    let tree = Tree::new();
    assert_eq!(tree.run("apply", &["--auto-approve"]).code, 0);
    let state = |name: &str| tree.0.path().join("network").join(name);
    fs_err::copy(state("terraform.tfstate"), state("errored.tfstate")).unwrap();
    for command in ["plan", "apply", "destroy"] {
        let more: &[&str] = if command == "plan" { &[] } else { &["--auto-approve"] };
        let refused = tree.run(command, &[more, &["--layer", "network"]].concat());
        assert_eq!(refused.code, 1, "{refused:?}");
        let told = format!(
            "error: layer `network`: an earlier run could not keep its state, which is in `{place}`\n  = note: It has what that run made; without it \
             Terraform would make it again.\n  = hint: make room, and put it in its place, in the directory of the tree: `mv {place} \
             network/terraform.tfstate`\n",
            place = state("errored.tfstate").display(),
        );
        assert!(refused.stderr.contains(&told), "{refused:?}");
    }
    fs_err::remove_file(state("errored.tfstate")).unwrap();
    assert_eq!(tree.run("plan", &["--layer", "network", "--detailed-exitcode"]).code, 0);
}

#[test]
fn without_room_for_a_state_nothing_is_changed() {
    let tree = Tree::new();
    // A disk that nobody else sees, and that ends with the process.
    let script = "mount -t tmpfs -o size=64m none \"$1\" && cp -r \"$2/.\" \"$1\" && \"$3\" apply --auto-approve -d \"$1\"";
    let small = tempfile::tempdir().unwrap();
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"])
        .args([small.path(), tree.0.path(), Path::new(env!("CARGO_BIN_EXE_tfy-infra"))])
        .env("TF_CLI_CONFIG_FILE", crate::support::cli_config())
        .output()
        .expect("this test runs `unshare`: install `util-linux`");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains("` is on a disk with 6") && stderr.contains(" MiB free, and a change needs 200\n"),
        "{stderr}"
    );
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
}

/// The disk is filled by the apply itself, so that Terraform can write its state neither where it belongs nor beside the layer.
#[test]
fn a_state_that_finds_no_room_is_kept_elsewhere_and_taken_up() {
    let tree = Tree::new();
    tree.write(
        "network",
        concat!(
            "resource \"terraform_data\" \"first\" {}\n",
            "resource \"terraform_data\" \"full\" {\n  input = terraform_data.first.id\n",
            "  provisioner \"local-exec\" { command = \"cat /dev/zero > fill 2>/dev/null; true\" }\n}\n",
            "resource \"terraform_data\" \"after\" {\n  count = 60\n  input = terraform_data.full.id\n}\n",
        ),
    );
    let script = r#"
        mount -t tmpfs -o size=230m none "$SMALL" && cp -r "$TREE/." "$SMALL" && cd "$SMALL"
        "$TFY" apply --auto-approve -d . --layer network; echo "apply: $?"
        "$TFY" plan -d . --layer network; echo "plan: $?"
        rm network/fill
        kept=$(ls "$HOME"/tfy-infra-*-network.errored.tfstate)
        stat -c '%a' $kept
        mv "$kept" network/terraform.tfstate
        "$TFY" plan -d . --layer network --detailed-exitcode; echo "again: $?"
    "#;
    let (small, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
        .env("SMALL", small.path())
        .env("TREE", tree.0.path())
        .env("TFY", env!("CARGO_BIN_EXE_tfy-infra"))
        .env("HOME", home.path())
        .env("TF_CLI_CONFIG_FILE", crate::support::cli_config())
        .output()
        .expect("this test runs `unshare`: install `util-linux`");
    let (stdout, stderr) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(stdout.contains("apply: 1\n") && stdout.contains("plan: 1\n"), "{stdout}\n{stderr}");
    assert!(stderr.contains("the state could not be kept, and is now in `"), "{stdout}\n{stderr}");
    assert!(stderr.contains("an earlier run could not keep its state, which is in `"), "{stdout}\n{stderr}");
    assert!(stdout.contains("600\n"), "{stdout}\n{stderr}");
    // What was made is in the state; the second was made and not finished.
    assert!(stdout.contains("again: 0\n"), "{stdout}\n{stderr}");
}
