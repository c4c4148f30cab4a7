//! States that move between files and a bucket, with the real `terraform`. The bucket is a model: a folder in which the program that stands in
//! front of Terraform has it look wherever the code says `s3`. With S3's own backend see `s3_state.rs` of the acceptance tests.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Output, Place, SPEC, cli_config, require_terraform, tfy_infra};

/// Stands before Terraform. `KILL_AT` is the command, counted from 1, at which something dies: whoever has started it, `before` it or `after` it; or
/// Terraform itself, which then does `nothing`. `FAIL` is how a command begins that fails, and says `SAID`.
const PROGRAM: &str = r#"#!/bin/sh
[ "$1" = version ] && exec terraform "$@"
rm -f bucket_override.tf.json
key=$(cat ./*.tf ./*.tf.json 2>/dev/null | sed -n 's/.*key"\{0,1\} *[=:] *"\([^"]*\)".*/\1/p' | head -1)
[ -n "$key" ] && echo '{"terraform":{"backend":{"local":{"path":"BUCKET/'"$key"'"}}}}' > bucket_override.tf.json
if [ -n "$FAIL" ] && [ "${*#"$FAIL"}" != "$*" ]; then printf "$SAID" >&2; exit 1; fi
count=$(($(cat COUNT 2>/dev/null || echo 0) + 1))
echo $count > COUNT
if [ "$count" = "$KILL_AT" ] && [ "$WHEN" = before ]; then kill -9 $PPID; exit 1; fi
if [ "$count" = "$KILL_AT" ] && [ "$WHEN" = nothing ]; then kill -9 $$; fi
terraform "$@"
code=$?
if [ "$count" = "$KILL_AT" ] && [ "$WHEN" = after ]; then kill -9 $PPID; fi
exit $code
"#;

#[derive(Clone, Copy, PartialEq)]
enum At {
    Local,
    Bucket,
}

/// A tree whose layer `cluster` reads `network`, and the program beside it.
struct Tree(tempfile::TempDir);

impl Tree {
    fn applied(at: At) -> Self {
        require_terraform();
        let tree = Self(tempfile::tempdir().unwrap());
        let script = PROGRAM
            .replace("BUCKET", tree.bucket().to_str().unwrap())
            .replace("COUNT", tree.0.path().join("count").to_str().unwrap());
        fs_err::write(tree.program(), script).unwrap();
        fs_err::set_permissions(tree.program(), std::fs::Permissions::from_mode(0o755)).unwrap();
        tree.generate(at, None);
        let out = tree.run("apply", &["--auto-approve"]);
        assert_eq!(out.code, 0, "{out:?}");
        tree
    }

    fn dir(&self) -> PathBuf {
        self.0.path().join("out")
    }

    fn bucket(&self) -> PathBuf {
        self.0.path().join("bucket")
    }

    fn program(&self) -> PathBuf {
        self.0.path().join("terraform.sh")
    }

    fn read(&self, path: &str) -> String {
        fs_err::read_to_string(self.dir().join(path)).unwrap()
    }

    /// What a generation writes of the layers, with states in one place, and moves from another.
    fn generate(&self, at: At, from: Option<At>) {
        let bucket = self.bucket();
        let read = match at {
            At::Local => "../network/terraform.tfstate".to_owned(),
            At::Bucket => bucket.join("acme/network.tfstate").display().to_string(),
        };
        let reads = format!(
            "data \"terraform_remote_state\" \"network\" {{\n  backend = \"local\"\n  config = {{ path = \"{read}\" }}\n}}\nresource \"terraform_data\" \
             \"this\" {{\n  count = 2\n  input = data.terraform_remote_state.network.outputs.id\n}}\n"
        );
        let network = "resource \"terraform_data\" \"this\" {\n  input = \"v1\"\n}\noutput \"id\" { value = terraform_data.this.id }\n";
        let mut layers = Vec::new();
        for (name, text) in [("network", network), ("cluster", &reads)] {
            let block = match at {
                At::Local => "backend \"local\" {\n    path = \"terraform.tfstate\"\n  }".to_owned(),
                At::Bucket => format!(
                    "backend \"s3\" {{\n    bucket = \"acme-state\"\n    key = \"acme/{name}.tfstate\"\n    region = \"us-east-1\"\n  }}"
                ),
            };
            let folder = self.dir().join(name);
            fs_err::create_dir_all(&folder).unwrap();
            fs_err::write(folder.join("main.tf"), format!("terraform {{\n  {block}\n}}\n{text}")).unwrap();
            let reads = if name == "network" { json!([]) } else { json!(["network"]) };
            let mut layer =
                json!({ "name": name, "reads": reads, "modules": [], "backend": backend(at, name) });
            if let Some(from) = from {
                layer["moves_from"] = backend(from, name);
            }
            layers.push(layer);
        }
        let manifest = json!({ "format": 1, "generator": "test", "layers": layers, "files": {} });
        fs_err::create_dir_all(self.dir().join(".tfy-infra")).unwrap();
        fs_err::write(self.dir().join(".tfy-infra/manifest.json"), manifest.to_string()).unwrap();
    }

    fn command(&self, command: &str, more: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tfy-infra"));
        program
            .args([command, "-d", "out", "--terraform"])
            .arg(self.program())
            .args(more)
            .current_dir(self.0.path())
            .env("TF_CLI_CONFIG_FILE", cli_config())
            .env_remove("KILL_AT")
            .stdin(Stdio::null());
        program
    }

    fn run(&self, command: &str, more: &[&str]) -> Output {
        let output = self.command(command, more).output().unwrap();
        let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        Output { code: output.status.code().unwrap(), stdout, stderr }
    }

    /// Whether it came to that command.
    fn killed_at(&self, number: u32, when: &str) -> bool {
        let _ = fs_err::remove_file(self.0.path().join("count"));
        let output = self
            .command("migrate", &[])
            .env("KILL_AT", number.to_string())
            .env("WHEN", when)
            .output()
            .unwrap();
        let count: u32 = fs_err::read_to_string(self.0.path().join("count")).unwrap().trim().parse().unwrap();
        assert_eq!(output.status.success(), count < number, "{number} {when}: {output:?}");
        count >= number
    }

    fn state(&self, at: At, layer: &str) -> Option<Value> {
        let path = match at {
            At::Local => self.dir().join(layer).join("terraform.tfstate"),
            At::Bucket => self.bucket().join("acme").join(format!("{layer}.tfstate")),
        };
        Some(serde_json::from_slice(&fs_err::read(path).ok()?).unwrap())
    }

    /// What a state holds.
    fn held(&self, at: At, layer: &str) -> Option<Value> {
        let state = self.state(at, layer)?;
        Some(json!([state["resources"], state["outputs"]]))
    }

    /// The old states beside a layer.
    fn aside(&self, layer: &str) -> Vec<PathBuf> {
        let entries = fs_err::read_dir(self.dir().join(layer)).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.to_str().unwrap().contains("terraform.tfstate.moved-")).collect()
    }

    fn assert_no_changes(&self) {
        let out = self.run("plan", &["--detailed-exitcode"]);
        assert_eq!(out.code, 0, "{out:?}");
    }

    /// Takes the layer `cluster` out of the tree.
    fn without_cluster(&self) {
        let path = self.dir().join(".tfy-infra/manifest.json");
        let mut manifest: Value = serde_json::from_slice(&fs_err::read(&path).unwrap()).unwrap();
        manifest["layers"].as_array_mut().unwrap().truncate(1);
        fs_err::write(path, manifest.to_string()).unwrap();
    }

    /// Puts the state of `network` to where it was, as if nothing had happened; `prepared` is what Terraform noted of that place.
    fn back(&self, from: At, prepared: &str) {
        let beside = self.dir().join("network/terraform.tfstate");
        let aside = self.aside("network");
        match from {
            At::Local => {
                assert_eq!(aside.len(), 1, "{aside:?}");
                fs_err::rename(&aside[0], beside).unwrap();
                fs_err::remove_dir_all(self.bucket()).unwrap();
            }
            At::Bucket => fs_err::remove_file(beside).unwrap(),
        }
        fs_err::write(self.dir().join("network/.terraform/terraform.tfstate"), prepared).unwrap();
    }

    /// As it is in version control, somewhere else.
    fn cloned(&self) {
        for layer in ["network", "cluster"] {
            fs_err::remove_dir_all(self.dir().join(layer).join(".terraform")).unwrap();
            self.aside(layer).iter().for_each(|path| fs_err::remove_file(path).unwrap());
        }
        for own in ["seen", "logs", "moves"] {
            let _ = fs_err::remove_dir_all(self.dir().join(".tfy-infra").join(own));
        }
    }
}

fn backend(at: At, layer: &str) -> Value {
    match at {
        At::Local => json!({ "local": { "path": "terraform.tfstate" } }),
        At::Bucket => {
            json!({ "s3": { "bucket": "acme-state", "key": format!("acme/{layer}.tfstate"), "region": "us-east-1", "kms": null } })
        }
    }
}

#[test]
fn states_go_into_a_bucket_and_a_fresh_clone_plans_no_change() {
    let tree = Tree::applied(At::Local);
    let held = ["network", "cluster"].map(|layer| tree.held(At::Local, layer).unwrap());
    tree.generate(At::Bucket, Some(At::Local));
    for command in ["plan", "apply", "destroy", "drift"] {
        let more: &[&str] = if matches!(command, "apply" | "destroy") { &["--auto-approve"] } else { &[] };
        let refused = tree.run(command, more);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert_eq!(
            refused.stderr,
            "error: the states of `network` and `cluster` are not where the tree looks for them\n  \
             = note: layer `network`: it is in `network/terraform.tfstate`, and is to be in `s3://acme-state/acme/network.tfstate`\n          \
             layer `cluster`: it is in `cluster/terraform.tfstate`, and is to be in `s3://acme-state/acme/cluster.tfstate`\n  \
             = hint: `tfy-infra migrate -d out` takes along what is there; it can be run again whenever it was cut off\n\n"
        );
    }
    let moved = tree.run("migrate", &["--json"]);
    assert_eq!(moved.code, 0, "{moved:?}");
    let summary: Value = serde_json::from_str(&moved.stdout).unwrap();
    assert_eq!(
        summary,
        json!({ "operation": "migrate", "ok": true, "layers": [
            { "layer": "network", "state": "moved" }, { "layer": "cluster", "state": "moved" },
        ] })
    );
    for (layer, held) in ["network", "cluster"].into_iter().zip(&held) {
        assert_eq!(tree.held(At::Bucket, layer).as_ref(), Some(held));
        assert_eq!(tree.held(At::Local, layer), None);
        let aside = tree.aside(layer);
        assert_eq!(fs_err::metadata(&aside[0]).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = tree.run("migrate", &["--json"]);
    assert_eq!((again.code, again.stdout.matches("\"stayed\"").count()), (0, 2), "{again:?}");
    tree.assert_no_changes();
    tree.cloned();
    tree.assert_no_changes();
}

#[test]
fn states_come_back_from_a_bucket() {
    let tree = Tree::applied(At::Bucket);
    let held = tree.held(At::Bucket, "cluster").unwrap();
    tree.generate(At::Local, Some(At::Bucket));
    let moved = tree.run("migrate", &[]);
    assert_eq!(moved.code, 0, "{moved:?}");
    let told = "`s3://acme-state/acme/cluster.tfstate` is not looked at any more; it holds secrets: remove it when you trust the new place";
    assert!(moved.stderr.contains(told), "{moved:?}");
    assert_eq!(tree.held(At::Local, "cluster"), Some(held));
    tree.assert_no_changes();
    // And there again, where an older state of the same origin is.
    tree.generate(At::Local, None);
    let main = tree.read("network/main.tf").replace("v1", "v2");
    fs_err::write(tree.dir().join("network/main.tf"), &main).unwrap();
    let applied = tree.run("apply", &["--auto-approve", "--layer", "network"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    let newer = tree.held(At::Local, "network");
    tree.generate(At::Bucket, Some(At::Local));
    let moved = tree.run("migrate", &[]);
    assert_eq!(moved.code, 0, "{moved:?}");
    assert_eq!(tree.held(At::Bucket, "network"), newer);
}

/// Each step of one layer, of which each takes a second.
#[test]
fn a_move_that_is_killed_at_any_command_goes_on_and_ends() {
    for (from, to, whens) in
        [(At::Local, At::Bucket, &["before", "after", "nothing"][..]), (At::Bucket, At::Local, &["after"])]
    {
        let tree = Tree::applied(from);
        let held = tree.held(from, "network").unwrap();
        let prepared = tree.read("network/.terraform/terraform.tfstate");
        for when in whens {
            for number in 1.. {
                tree.generate(to, Some(from));
                tree.without_cluster();
                if !tree.killed_at(number, when) {
                    break;
                }
                let ended = tree.run("migrate", &[]);
                assert_eq!(ended.code, 0, "{number} {when}: {ended:?}");
                assert_eq!(tree.held(to, "network").as_ref(), Some(&held), "{number} {when}");
                assert_eq!(
                    tree.held(At::Local, "network"),
                    (to == At::Local).then(|| held.clone()),
                    "one of them is the truth"
                );
                tree.back(from, &prepared);
            }
            assert_eq!(tree.held(to, "network").as_ref(), Some(&held), "{when}");
            tree.back(from, &prepared);
        }
    }
}

#[test]
fn a_file_beside_a_bucket_is_refused_until_it_is_compared_or_left() {
    let tree = Tree::applied(At::Local);
    tree.generate(At::Bucket, Some(At::Local));
    assert_eq!(tree.run("migrate", &[]).code, 0);
    // As if the run had been killed before the file was set aside.
    let beside = tree.dir().join("network/terraform.tfstate");
    let lay = || fs_err::copy(&tree.aside("network")[0], &beside).unwrap();
    lay();
    for command in ["plan", "drift"] {
        let refused = tree.run(command, &[]);
        assert_eq!(refused.code, 2, "{refused:?}");
        let told = "error: layer `network` keeps its state in `s3://acme-state/acme/network.tfstate`, and another lies beside it\n";
        assert!(refused.stderr.starts_with(told), "{refused:?}");
    }
    let moved = tree.run("migrate", &[]);
    assert_eq!(moved.code, 0, "{moved:?}");
    assert!(moved.stderr.contains("its state is in the new place"), "{moved:?}");
    assert!(!beside.exists());
    // One that is of something else is nobody's to judge.
    lay();
    let text = fs_err::read_to_string(&beside).unwrap().replace("v1", "other");
    let lineage: Value = serde_json::from_str(&text).unwrap();
    fs_err::write(&beside, text.replace(lineage["lineage"].as_str().unwrap(), "another")).unwrap();
    let refused = tree.run("migrate", &[]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.stderr.contains("error: layer `network` has two states, and neither has come of the other\n"),
        "{refused:?}"
    );
    assert!(beside.exists());
    let unknown = tree.run("migrate", &["--leave-old", "netwrk"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    let left = tree.run("migrate", &["--leave-old", "network"]);
    assert_eq!(left.code, 0, "{left:?}");
    assert!(!beside.exists());
    tree.assert_no_changes();
}

#[test]
fn what_cannot_be_moved_stays() {
    let tree = Tree::applied(At::Local);
    tree.generate(At::Bucket, Some(At::Local));
    // Somebody has applied in the new place.
    fs_err::create_dir_all(tree.bucket().join("acme")).unwrap();
    let other = r#"{ "version": 4, "serial": 1, "lineage": "other", "outputs": { "id": { "value": "x", "type": "string" } }, "resources": [] }"#;
    let there = tree.bucket().join("acme/network.tfstate");
    fs_err::write(&there, other).unwrap();
    let refused = tree.run("migrate", &[]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("neither has come of the other"), "{refused:?}");
    assert_eq!(fs_err::read_to_string(&there).unwrap(), other);
    fs_err::remove_file(there).unwrap();
    // Somebody has written the backend by hand.
    let main = tree.read("network/main.tf");
    fs_err::write(tree.dir().join("network/main.tf"), main.replace("acme/network", "ours/network")).unwrap();
    let refused = tree.run("migrate", &[]);
    assert!(
        refused.stderr.contains("does not look for its state in `s3://acme-state/acme/network.tfstate`"),
        "{refused:?}"
    );
    fs_err::write(tree.dir().join("network/main.tf"), main).unwrap();
    // On another machine there is no such file.
    let beside = tree.dir().join("network/terraform.tfstate");
    let kept = tree.0.path().join("kept");
    fs_err::rename(&beside, &kept).unwrap();
    let refused = tree.run("migrate", &[]);
    assert!(refused.stderr.contains("`network/terraform.tfstate`, which is not there"), "{refused:?}");
    fs_err::rename(&kept, &beside).unwrap();
    assert_eq!(tree.run("migrate", &[]).code, 0);
    tree.assert_no_changes();
}

#[test]
fn each_step_that_fails_is_told() {
    let tree = Tree::applied(At::Local);
    let failing = |command: &str, begin: &str, said: &str| {
        let output = tree.command(command, &[]).env("FAIL", begin).env("SAID", said).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    tree.generate(At::Bucket, Some(At::Local));
    for (begin, message) in [
        ("init -migrate-state", "the state cannot be locked in its old place"),
        ("state push", "the state cannot be written to its new place"),
        ("state pull", "the state cannot be read"),
    ] {
        let said = failing("migrate", begin, "told by the test");
        assert_eq!(said, format!("error: layer `network`: {message}\n  = note: told by the test\n"));
    }
    let locked = "Error acquiring the state lock\\n  ID: 0a1b\\n";
    assert_eq!(
        failing("migrate", "state push", locked),
        "error: layer `network`: the state cannot be written to its new place\n  \
         = note: Error acquiring the state lock\n            ID: 0a1b\n  \
         = hint: `Who` and `Created` say whose run has it: wait for that one; if it is dead, `terraform -chdir=.tfy-infra/moves/network-new force-unlock \
         0a1b` in the directory of the tree frees it\n"
    );
    assert_eq!(tree.run("migrate", &[]).code, 0);
    // Of a state that holds nothing the lock is looked for before anything is planned.
    fs_err::remove_dir_all(tree.bucket()).unwrap();
    let said = failing("plan", "untaint", "told by the test");
    let expected = "error: layer `network`: the state cannot be locked\n  = note: told by the test\n";
    assert!(said.contains(expected), "{said}");
    let said = failing("plan", "untaint", locked);
    let expected = "error: layer `network`: its state holds nothing, and somebody has its lock\n  \
         = note: Error acquiring the state lock\n            ID: 0a1b\n  \
         = hint: `Who` and `Created` say whose run has it: wait for that one; if it is dead, `terraform -chdir=network force-unlock 0a1b` in the \
         directory of the tree frees it; look first for what it has made, which is in no state\n";
    assert!(said.contains(expected), "{said}");
    // A layer whose folder is gone.
    tree.generate(At::Bucket, Some(At::Local));
    fs_err::remove_dir_all(tree.dir().join("network")).unwrap();
    let gone = tree.run("migrate", &[]);
    assert_eq!(gone.code, 1, "{gone:?}");
    assert!(
        gone.stderr.starts_with("error: layer `network`: its state cannot be moved\n  = note: "),
        "{gone:?}"
    );
}

#[test]
fn a_terraform_that_was_killed_before_its_first_state_is_told() {
    let tree = Tree::applied(At::Local);
    assert_eq!(tree.run("destroy", &["--auto-approve"]).code, 0);
    let info = json!({ "ID": "1", "Operation": "OperationTypeApply", "Who": "root@vm", "Created": "2026-11-30T10:00:00Z" });
    fs_err::write(tree.dir().join("network/.terraform.tfstate.lock.info"), info.to_string()).unwrap();
    for (command, more) in [("plan", &[][..]), ("destroy", &["--auto-approve"][..])] {
        let out = tree.run(command, more);
        assert_eq!(out.code, 0, "{out:?}");
        let told = "warning: layer `network`: its state holds nothing, and a terraform was killed while it had its lock\n";
        assert!(out.stderr.contains(told), "{out:?}");
        fs_err::write(tree.dir().join("network/.terraform.tfstate.lock.info"), info.to_string()).unwrap();
    }
}

#[test]
fn a_generation_tells_that_states_are_to_be_moved_and_keeps_where_they_are() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let bucket = format!("{SPEC}state:\n  s3: {{ bucket: acme-dev-state }}\n");
    // What was never applied has nothing to move.
    place.spec(&bucket);
    let out = place.generate();
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stderr.ends_with("then `tfy-infra apply -d out`\n"), "{out:?}");
    place.spec(SPEC);
    assert_eq!(tfy_infra(place.path(), &["generate", "-o", "out", "--allow", "state"]).code, 0);
    let manifest =
        |place: &Place| -> Value { serde_json::from_str(&place.read(".tfy-infra/manifest.json")).unwrap() };
    assert_eq!(
        manifest(&place)["layers"][0]["moves_from"]["s3"]["bucket"],
        "acme-dev-state",
        "nobody knows what is there"
    );
    let told = manifest(&place);
    let names = told["layers"].as_array().unwrap().iter().map(|layer| layer["name"].as_str().unwrap());
    let leave_all: Vec<&str> =
        ["migrate", "-d", "out"].into_iter().chain(names.flat_map(|name| ["--leave-old", name])).collect();
    let left = tfy_infra(place.path(), &leave_all);
    assert_eq!(left.code, 0, "{left:?}");
    assert!(
        manifest(&place)["layers"].as_array().unwrap().iter().all(|layer| layer.get("moves_from").is_none())
    );

    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let state = json!({ "version": 4, "serial": 3, "lineage": "a", "outputs": {}, "resources": [
        { "mode": "managed", "module": "module.network", "type": "aws_vpc", "name": "this", "instances": [{}] },
    ] });
    place.write("network/terraform.tfstate", &state.to_string());
    place.spec(&bucket);
    insta::assert_snapshot!("state_elsewhere_refused", place.generate().shown());
    let allowed = tfy_infra(place.path(), &["generate", "-o", "out", "--allow", "state"]);
    insta::assert_snapshot!("state_elsewhere_allowed", allowed.shown());
    assert_eq!(
        manifest(&place)["layers"][0]["moves_from"],
        json!({ "local": { "path": "terraform.tfstate" } })
    );
    assert_eq!(manifest(&place)["layers"][1]["moves_from"], Value::Null);
    // Another generation does not forget it; one that goes back has nothing to move.
    let again = tfy_infra(place.path(), &["generate", "-o", "out", "--json"]);
    let told: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(told["to_migrate"], json!(["network"]));
    place.spec(SPEC);
    let back = tfy_infra(place.path(), &["generate", "-o", "out", "--allow", "state"]);
    assert_eq!(back.code, 0, "{back:?}");
    assert_eq!(manifest(&place)["layers"][0]["moves_from"], Value::Null);
    assert!(Path::new(&place.path().join("out/network/terraform.tfstate")).exists());
}
