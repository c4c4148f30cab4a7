//! `output`: what the layers tell, by the real `terraform`; nothing sensitive but by request, and no lock.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Output, require_terraform, tfy_infra, tfy_infra_with};

const SECRET: &str = "hush-hush-4711";

/// Three layers, of which the third is never applied.
struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Self {
        require_terraform();
        let tree = Self(tempfile::tempdir().unwrap());
        tree.layer("network", "output \"vpc_id\" {\n  value = \"vpc-0123\"\n}\noutput \"zones\" {\n  value = [\"use1-az1\", \"use1-az2\"]\n}\n");
        tree.layer(
            "platform",
            &format!("output \"token\" {{\n  value     = \"{SECRET}\"\n  sensitive = true\n}}\noutput \"text\" {{\n  value = \"two\\nlines\"\n}}\n"),
        );
        tree.layer("agent", "output \"vpc_id\" {\n  value = 1\n}\n");
        let layer = |name: &str| json!({ "name": name, "reads": [], "modules": [], "backend": { "local": { "path": "terraform.tfstate" } } });
        let layers = ["network", "platform", "agent"].map(layer);
        let manifest = json!({ "format": 2, "generator": "test", "files": {}, "layers": layers });
        fs_err::create_dir_all(tree.0.path().join(".tfy-infra")).unwrap();
        fs_err::write(tree.0.path().join(".tfy-infra/manifest.json"), manifest.to_string()).unwrap();
        for name in ["network", "platform"] {
            let out = tree.run(&["apply", "--auto-approve", "--layer", name]);
            assert_eq!(out.code, 0, "{out:?}");
        }
        tree
    }

    fn layer(&self, name: &str, text: &str) {
        let backend = "terraform {\n  backend \"local\" {\n    path = \"terraform.tfstate\"\n  }\n}\n";
        fs_err::create_dir_all(self.0.path().join(name)).unwrap();
        fs_err::write(self.0.path().join(name).join("main.tf"), format!("{backend}{text}")).unwrap();
    }

    /// In the directory, which is not named.
    fn run(&self, args: &[&str]) -> Output {
        tfy_infra(self.0.path(), args)
    }
}

#[test]
fn the_outputs_of_a_platform_are_told_without_what_is_sensitive() {
    let tree = Tree::new();
    let all = tree.run(&["output"]);
    insta::assert_snapshot!("outputs", all.shown());
    let json = tree.run(&["output", "--json"]);
    let value: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        value,
        json!({
            "network": {
                "vpc_id": { "sensitive": false, "type": "string", "value": "vpc-0123" },
                "zones": { "sensitive": false, "type": ["tuple", ["string", "string"]], "value": ["use1-az1", "use1-az2"] },
            },
            "platform": {
                "text": { "sensitive": false, "type": "string", "value": "two\nlines" },
                "token": { "sensitive": true, "type": "string", "value": null },
            },
            "agent": {},
        })
    );
    let raw = tree.run(&["output", "--layer", "platform", "--raw", "token"]);
    assert_eq!((raw.code, raw.stdout.as_str(), raw.stderr.as_str()), (0, SECRET, ""));
    for out in [&all, &json] {
        assert!(!format!("{out:?}").contains(SECRET), "{out:?}");
    }
    let logs = fs_err::read_dir(tree.0.path().join(".tfy-infra/logs")).unwrap();
    for log in logs.map(|entry| entry.unwrap().path()) {
        let text = fs_err::read_to_string(&log).unwrap();
        assert!(!text.contains(SECRET), "{}: {text}", log.display());
    }
}

#[test]
fn one_output_is_told_by_its_name() {
    let tree = Tree::new();
    let one = tree.run(&["output", "vpc_id"]);
    insta::assert_snapshot!("one_output", one.shown());
    let refused = |name: &str, args: &[&str]| {
        let out = tree.run(&[&["output"], args].concat());
        assert_eq!(out.code, 2, "{out:?}");
        insta::assert_snapshot!(name, out.shown());
    };
    refused("output_misspelt", &["--layer", "network", "vpcid"]);
    refused("output_of_no_name", &["--layer", "network", "frobnicate"]);
    refused("output_of_no_layer", &["--layer", "data"]);
    refused("raw_output_of_a_list", &["--layer", "network", "--raw", "zones"]);
    // It is for one value.
    assert_eq!(tree.run(&["output", "--raw", "vpc_id"]).code, 2);
}

/// An apply that takes an hour keeps nobody from looking. But where there is something to initialise, it does.
#[test]
fn it_works_beside_a_run_that_holds_the_directory() {
    let tree = Tree::new();
    let lock = fs_err::File::create(tree.0.path().join(".tfy-infra/lock")).unwrap();
    lock.file().try_lock().unwrap();
    let out = tree.run(&["output", "vpc_id"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stdout.contains("vpc-0123"), "{out:?}");
    fs_err::remove_dir_all(tree.0.path().join("network/.terraform")).unwrap();
    let out = tree.run(&["output"]);
    assert_eq!(out.code, 1);
    insta::assert_snapshot!("outputs_beside_a_run", out.shown());
    let json: Value = serde_json::from_str(&tree.run(&["output", "--json"]).stdout).unwrap();
    assert_eq!(json["network"], Value::Null);
    drop(lock);
    let out = tree.run(&["output", "vpc_id"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stdout.contains("vpc-0123"), "it is initialised: {out:?}");
}

/// Terraform would answer from another state, which looks like a platform without outputs.
#[test]
fn a_variable_that_leads_to_another_state_is_refused() {
    let empty = tempfile::tempdir().unwrap();
    let out = tfy_infra_with(empty.path(), &["output"], &[("TF_WORKSPACE", "staging")]);
    assert_eq!(out.code, 2, "{out:?}");
    assert_eq!(
        out.stderr,
        "error: `TF_WORKSPACE=staging` is set, and does not go with a tree of layers\n  \
         = note: a layer has one state, in the workspace `default`, and those who read it look for it there\n  \
         = hint: unset it (`unset TF_WORKSPACE`) and run the same command again\n\n"
    );
}

#[test]
fn the_directory_at_hand_is_meant_where_none_is_given() {
    let empty = tempfile::tempdir().unwrap();
    for command in [
        &["plan"][..],
        &["apply", "--auto-approve"],
        &["destroy", "--auto-approve"],
        &["drift"],
        &["connect"],
        &["output"],
    ] {
        let out = tfy_infra(empty.path(), command);
        assert_eq!(out.code, 2, "{out:?}");
        assert_eq!(
            out.stderr,
            "error: the current directory is not a directory that tfy-infra generated\n  \
             = hint: give the directory with `-d`; `tfy-infra generate -f platform.yaml -o DIR` makes one\n\n",
            "{command:?}"
        );
    }
    let out = tfy_infra(Path::new("/"), &["plan", "-d", empty.path().to_str().unwrap()]);
    assert!(out.stderr.contains("is not a directory that tfy-infra generated\n"), "{out:?}");
}
