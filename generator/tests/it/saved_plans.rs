//! `plan --out FILE` and `apply FILE` with the real `terraform`: just what was saved is applied, or nothing; what was not saved is not applied before
//! somebody has approved it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::Output;
use crate::tree::{Tree, rows};

/// A tree of which `network` is applied, `cluster` reads it and is applied as well, and every layer has something to change after that.
fn applied_and_changed() -> Tree {
    let tree = Tree::new();
    assert_eq!(tree.run("apply", &["--auto-approve"]).code, 0);
    network(&tree, "triggers_replace = \"v2\"");
    tree.write("data", "resource \"terraform_data\" \"this\" {\n  count = 3\n}\n");
    tree
}

fn network(tree: &Tree, text: &str) {
    let resource = format!("resource \"terraform_data\" \"this\" {{\n  {text}\n}}\n");
    tree.write("network", &format!("{resource}output \"id\" {{ value = terraform_data.this.id }}\n"));
}

fn file(tree: &Tree) -> PathBuf {
    tree.0.path().join("saved.tfplan")
}

fn save(tree: &Tree, more: &[&str]) -> (i32, Value) {
    tree.json("plan", &[&["--out", file(tree).to_str().unwrap()], more].concat())
}

fn apply(tree: &Tree, more: &[&str]) -> Output {
    tree.run("apply", &[&[file(tree).to_str().unwrap()], more].concat())
}

/// What was said, with the tree's own place taken out.
fn told(tree: &Tree, out: &Output) -> String {
    let place = tree.0.path().to_str().unwrap();
    let lines: Vec<&str> = out.stderr.lines().map(without_time).collect();
    lines.join("\n").replace(place, "TREE")
}

/// A line of progress without the minutes and seconds before it.
fn without_time(line: &str) -> &str {
    let is_time =
        |word: &str| word.contains(':') && word.chars().all(|one| one.is_ascii_digit() || one == ':');
    match line.trim_start().split_once("  ") {
        Some((time, rest)) if is_time(time) => rest,
        _ => line,
    }
}

/// How often the state of a layer was written.
fn serial(tree: &Tree, layer: &str) -> Value {
    let text = fs_err::read(tree.0.path().join(layer).join("terraform.tfstate")).unwrap();
    serde_json::from_slice::<Value>(&text).unwrap()["serial"].clone()
}

#[test]
fn what_was_saved_is_applied_and_the_rest_waits_for_somebody() {
    let tree = applied_and_changed();
    let (code, planned) = save(&tree, &["--detailed-exitcode"]);
    assert_eq!(code, 3, "{planned}");
    let saved = |at: usize| planned["layers"][at]["saved"].clone();
    assert_eq!([saved(0), saved(1), saved(2)], [json!(true), Value::Null, json!(true)]);
    assert_eq!(fs_err::metadata(file(&tree)).unwrap().permissions().mode() & 0o777, 0o600);
    let was = serial(&tree, "network");
    let stops = apply(&tree, &["--json"]);
    assert_eq!(stops.code, 5, "{stops:?}");
    let summary: Value = serde_json::from_str(&stops.stdout).unwrap();
    let expected = ["network applied 1 0 1 1", "cluster unapproved 0 1 0 null", "data not-run 0 0 0 null"];
    assert_eq!(rows(&summary), expected);
    insta::assert_snapshot!(told(&tree, &stops));
    // What is applied is no longer what was planned from.
    let twice = apply(&tree, &[]);
    assert_eq!(twice.code, 2, "{twice:?}");
    // Cores count differently.
    let counted = format!("it was {was} and is {}", serial(&tree, "network"));
    insta::assert_snapshot!(told(&tree, &twice).replace(&counted, "it was SERIAL and is SERIAL"));
    let (_, planned) = save(&tree, &[]);
    assert_eq!(rows(&planned)[1], "cluster planned 0 1 0 1");
    let whole = apply(&tree, &[]);
    assert_eq!(whole.code, 0, "{whole:?}");
    assert_eq!(tree.run("plan", &["--detailed-exitcode"]).code, 0);
}

#[test]
fn plans_that_take_the_place_of_saved_ones_can_be_approved_beforehand() {
    let tree = applied_and_changed();
    assert_eq!(save(&tree, &[]).0, 0);
    let out = apply(&tree, &["--approve-replanned", "--json"]);
    assert_eq!(out.code, 0, "{out:?}");
    let summary: Value = serde_json::from_str(&out.stdout).unwrap();
    let expected = ["network applied 1 0 1 1", "cluster applied 0 1 0 1", "data applied 1 0 0 3"];
    assert_eq!(rows(&summary), expected);
}

#[test]
fn a_platform_from_nothing_is_applied_by_what_is_saved() {
    let tree = Tree::new();
    let (_, planned) = save(&tree, &[]);
    assert_eq!(rows(&planned)[1], "cluster waiting 0 0 0 0");
    let out = apply(&tree, &["--approve-replanned"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(tree.run("plan", &["--detailed-exitcode"]).code, 0);
    // A plan without a change is applied as that.
    assert_eq!(save(&tree, &[]).0, 0);
    let nothing = apply(&tree, &["--json"]);
    let summary: Value = serde_json::from_str(&nothing.stdout).unwrap();
    assert_eq!(rows(&summary)[0], "network unchanged 0 0 0 1");
}

#[test]
fn a_layer_alone_is_saved_and_applied_alone() {
    let tree = applied_and_changed();
    assert_eq!(save(&tree, &["--layer", "data"]).0, 0);
    let out = apply(&tree, &["--json"]);
    let summary: Value = serde_json::from_str(&out.stdout).unwrap();
    assert_eq!(rows(&summary), ["data applied 1 0 0 3"]);
}

#[test]
fn code_that_has_changed_since_is_refused_and_nothing_is_applied() {
    let tree = applied_and_changed();
    assert_eq!(save(&tree, &[]).0, 0);
    let before = ["network", "data"].map(|layer| serial(&tree, layer));
    network(&tree, "triggers_replace = \"v3\"");
    fs_err::write(tree.0.path().join("data/more.tf"), "resource \"terraform_data\" \"more\" {}\n").unwrap();
    let out = apply(&tree, &[]);
    assert_eq!(out.code, 2, "{out:?}");
    insta::assert_snapshot!(told(&tree, &out));
    assert_eq!(["network", "data"].map(|layer| serial(&tree, layer)), before);
}

#[test]
fn another_file_is_not_written_over_and_not_applied() {
    let tree = Tree::new();
    fs_err::write(file(&tree), "version: 1\n").unwrap();
    let out = tree.run("plan", &["--out", file(&tree).to_str().unwrap()]);
    assert_eq!((out.code, out.stdout.as_str()), (2, ""), "{out:?}");
    insta::assert_snapshot!(told(&tree, &out));
    assert_eq!(fs_err::read_to_string(file(&tree)).unwrap(), "version: 1\n");
    let out = apply(&tree, &[]);
    assert_eq!(out.code, 2);
    insta::assert_snapshot!(told(&tree, &out));
    fs_err::remove_file(file(&tree)).unwrap();
    let out = apply(&tree, &[]);
    assert_eq!(out.code, 2);
    insta::assert_snapshot!(told(&tree, &out));
    let out = tree.run("plan", &["--out", tree.0.path().join("none/x.tfplan").to_str().unwrap()]);
    assert_eq!(out.code, 2);
    insta::assert_snapshot!(told(&tree, &out));
}

#[test]
fn a_plan_may_lie_beside_the_code_of_its_layer() {
    let tree = applied_and_changed();
    let beside = tree.0.path().join("data/reviewed");
    let beside = beside.to_str().unwrap();
    assert_eq!(tree.run("plan", &["--layer", "data", "--out", beside]).code, 0);
    let out = tree.run("apply", &[beside]);
    assert_eq!(out.code, 0, "{out:?}");
}

#[test]
fn a_plan_that_fails_saves_nothing() {
    let tree = Tree::new();
    tree.write("data", "resource \"terraform_data\" \"this\" {\n  input = nothing.at.all\n}\n");
    let out = tree.run("plan", &["--out", file(&tree).to_str().unwrap()]);
    assert_eq!(out.code, 1, "{out:?}");
    let told = format!("nothing is saved in `{}`: not every layer could be planned\n", file(&tree).display());
    assert!(out.stderr.contains(&told), "{out:?}");
    assert!(!file(&tree).exists());
}
