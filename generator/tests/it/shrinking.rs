//! Changes that take something away which another layer reads, with the real `terraform`: the reader lets go of it first.

use std::path::Path;

use crate::tree::{Tree, rows};

/// `network` has zones, and `cluster` something in each of them. A zone goes only when nothing is in it any more, as in AWS: what is in one is a
/// file beside the layers.
fn write(tree: &Tree, zones: &str) {
    tree.write("network", &format!(concat!(
        "locals {{\n  zones = toset({zones})\n}}\n",
        "resource \"terraform_data\" \"zone\" {{\n  for_each = local.zones\n  input    = \"${{abspath(path.root)}}/../in-${{each.key}}\"\n",
        "  provisioner \"local-exec\" {{\n    when    = destroy\n    command = \"test ! -e '${{self.input}}'\"\n  }}\n}}\n",
        "output \"zones\" {{\n  value = {{ for zone, one in terraform_data.zone : zone => one.output if contains(local.zones, zone) }}\n}}\n"
    ), zones = zones));
    tree.write("cluster", concat!(
        "data \"terraform_remote_state\" \"network\" {\n  backend = \"local\"\n  config = { path = \"../network/terraform.tfstate\" }\n}\n",
        "resource \"terraform_data\" \"node\" {\n  for_each = data.terraform_remote_state.network.outputs.zones\n  input    = each.value\n",
        "  provisioner \"local-exec\" { command = \"touch '${self.input}'\" }\n",
        "  provisioner \"local-exec\" {\n    when    = destroy\n    command = \"rm '${self.input}'\"\n  }\n}\n"
    ));
}

fn nodes(tree: &Tree) -> Vec<String> {
    let is_node = |name: &String| name.starts_with("in-");
    let entries = fs_err::read_dir(tree.0.path()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut nodes: Vec<String> = names.filter(is_node).collect();
    nodes.sort();
    nodes
}

fn applied(zones: &str) -> Tree {
    let tree = Tree::new();
    write(&tree, zones);
    let out = tree.run("apply", &["--auto-approve"]);
    assert_eq!(out.code, 0, "{out:?}");
    tree
}

#[test]
fn who_reads_what_goes_lets_go_of_it_first() {
    let tree = applied("[\"a\", \"b\", \"c\"]");
    write(&tree, "[\"a\", \"b\"]");
    let (_, planned) = tree.json("plan", &[]);
    assert_eq!(
        rows(&planned),
        ["network planned 0 0 1 3", "cluster stale 0 0 0 3", "data unchanged 0 0 0 2"]
    );
    assert_eq!(planned["layers"][0]["after"], serde_json::json!(["cluster"]));
    let out = tree.run("plan", &[]);
    let told = "layer `network` removes what `cluster` reads: that goes out of its outputs first, and is removed after it is applied";
    assert!(out.stderr.contains(told), "{out:?}");
    for more in [&["--auto-approve"][..], &["--auto-approve", "--parallel-layers"]] {
        let (code, summary) = tree.json("apply", more);
        assert_eq!(code, 0, "{summary}");
    }
    assert_eq!(nodes(&tree), ["in-a", "in-b"]);
    assert_eq!(tree.run("plan", &["--detailed-exitcode"]).code, 0);
}

#[test]
fn what_comes_in_its_place_reaches_who_reads_it_as_well() {
    let tree = applied("[\"a\", \"b\"]");
    write(&tree, "[\"a\", \"d\"]");
    let (code, summary) = tree.json("apply", &["--auto-approve"]);
    assert_eq!(code, 0, "{summary}");
    assert_eq!(
        rows(&summary),
        ["network applied 1 0 1 2", "cluster applied 1 0 1 2", "data unchanged 0 0 0 2"]
    );
    assert_eq!(nodes(&tree), ["in-a", "in-d"]);
    assert_eq!(tree.run("plan", &["--detailed-exitcode"]).code, 0);
}

#[test]
fn a_plan_that_comes_after_its_readers_is_not_saved() {
    let tree = applied("[\"a\", \"b\"]");
    write(&tree, "[\"a\"]");
    let file = tree.0.path().join("x.tfplan");
    let file = file.to_str().unwrap();
    let (_, planned) = tree.json("plan", &["--out", file]);
    assert_eq!(planned["layers"][0].get("saved"), None, "{planned}");
    assert_eq!(tree.run("apply", &[file]).code, 5);
    assert_eq!(nodes(&tree), ["in-a", "in-b"], "nobody has approved anything");
    let (code, summary) = tree.json("apply", &[file, "--approve-replanned"]);
    assert_eq!(code, 0, "{summary}");
    assert_eq!(nodes(&tree), ["in-a"]);
}

#[test]
fn where_nobody_reads_what_goes_it_goes_in_its_turn() {
    let tree = applied("[\"a\", \"b\"]");
    assert_eq!(tree.run("destroy", &["--auto-approve", "--layer", "cluster"]).code, 0);
    write(&tree, "[\"a\"]");
    let (code, summary) = tree.json("apply", &["--auto-approve"]);
    assert_eq!(code, 0, "{summary}");
    assert!(Path::new(tree.0.path()).join("in-a").exists());
    assert_eq!(summary["layers"][0].get("after"), None);
}
