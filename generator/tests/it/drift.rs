//! `drift` over a tree as it is generated, with a `terraform` that says what the test lets it say.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Output, Place, SPEC};

/// In each layer it prints what `TOOLS/<layer>.<command>` holds, and ends with the code in `TOOLS/<layer>.<command>.code`.
const TERRAFORM: &str = r#"#!/bin/sh
tools=$(dirname "$0")
layer=$(basename "$PWD")
say() {
  cat "$tools/$layer.$1" 2>/dev/null || cat "$tools/$1" 2>/dev/null
  if [ -f "$tools/$layer.$1.code" ]; then exit "$(cat "$tools/$layer.$1.code")"; fi
}
case "$1" in
version) echo '{"terraform_version":"1.11.4"}' ;;
init) mkdir -p .terraform ;;
state) say state ;;
plan)
  echo "$layer $*" >> "$tools/plans"
  for argument in "$@"; do
    case "$argument" in
    -out=*) stat -c '%a %s' "${argument#-out=}" >> "$tools/modes"; echo secret > "${argument#-out=}" ;;
    esac
  done
  case "$*" in *-refresh-only*) say plan ;; *) say next ;; esac ;;
show)
  if grep -q "^$layer .*-refresh-only" "$tools/plans" && [ ! -f "$tools/$layer.shown" ]; then
    : > "$tools/$layer.shown"
    say show
  else
    rm -f "$tools/$layer.shown"
    say show-next
  fi ;;
esac
"#;

/// A tree and the `terraform` that looks at it.
struct Tree {
    place: Place,
    tools: tempfile::TempDir,
}

impl Tree {
    fn new() -> Self {
        let (place, tools) = (Place::new(), tempfile::tempdir().unwrap());
        place.spec(&format!("{SPEC}addons: false\n"));
        assert_eq!(place.generate().code, 0);
        let tree = Self { place, tools };
        tree.say("terraform", TERRAFORM);
        fs_err::set_permissions(tree.program(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        tree.say(
            "state",
            r#"{ "version": 4, "serial": 1, "resources": [{ "mode": "managed", "type": "aws_vpc", "name": "this", "instances": [{}] }] }"#,
        );
        tree.say("show", "{\"format_version\":\"1.2\"}\n");
        tree
    }

    fn program(&self) -> PathBuf {
        self.tools.path().join("terraform")
    }

    fn say(&self, what: &str, text: &str) {
        fs_err::write(self.tools.path().join(what), text).unwrap();
    }

    fn said(&self, what: &str) -> String {
        fs_err::read_to_string(self.tools.path().join(what)).unwrap()
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tfy-infra"));
        command.env("TFY_TODAY", crate::support::TODAY);
        command.args(["drift", "-d", "out"]).env("TFY_TERRAFORM", self.program()).args(more);
        command.current_dir(self.place.path()).stdin(Stdio::null());
        command
    }

    fn drift(&self, more: &[&str]) -> Output {
        // Each run starts with the first of the two plans.
        for layer in ["network", "cluster", "data", "identity", "platform"] {
            let _ = std::fs::remove_file(self.tools.path().join(format!("{layer}.shown")));
        }
        let output = self.command(more).output().unwrap();
        Output {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn json(&self) -> (i32, Value) {
        let out = self.drift(&["--json"]);
        let value = serde_json::from_str(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}"));
        (out.code, value)
    }

    fn record(&self) -> PathBuf {
        self.place.path().join("out/.tfy-infra/drift.json")
    }
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default()
}

/// The named values of each of these rows.
fn columns(rows: &Value, names: &[&str]) -> Vec<String> {
    let row = |row: &Value| names.iter().map(|name| row[*name].to_string()).collect::<Vec<_>>().join(" ");
    rows.as_array().unwrap().iter().map(|one| row(one).replace('"', "")).collect()
}

#[test]
fn a_tree_that_is_as_it_was_has_no_drift() {
    let tree = Tree::new();
    let out = tree.drift(&[]);
    assert_eq!((out.code, out.stdout.as_str()), (0, ""), "{out:?}");
    assert_eq!(last_line(&out.stderr), "`out`: no drift; the code and 5 layers were looked at");
    // Every plan is one that changes nothing, into a file that nobody else reads, and that is gone.
    let plans = tree.said("plans");
    assert_eq!(plans.lines().filter(|line| line.contains("-refresh-only")).count(), 5, "{plans}");
    assert_eq!(plans.lines().count(), 5, "{plans}");
    assert_eq!(tree.said("modes"), "600 0\n".repeat(5));
    let left = fs_err::read_dir(tree.place.path().join("out/.tfy-infra/plans")).unwrap();
    assert_eq!(left.count(), 0);
}

#[test]
fn what_somebody_edited_is_new_then_known_then_gone() {
    let tree = Tree::new();
    let text = tree.place.read("network/main.tf");
    tree.place.write("network/main.tf", &format!("{text}# mine\n"));
    let out = tree.drift(&[]);
    assert_eq!(out.code, 3, "{out:?}");
    assert_eq!(
        out.stdout,
        "drift  layer  what             change          next apply  since\n\
         -----  -----  ---------------  --------------  ----------  -----\n\
         code   -      network/main.tf  edited by hand  -           new\n\
         next: every generation keeps the edit; `tfy-infra generate -f platform.yaml -o out --accept new network/main.tf` takes it back\n"
    );
    assert_eq!(last_line(&out.stderr), "`out`: 1 drifted, 1 of it new");

    let (code, again) = tree.json();
    assert_eq!(code, 3);
    assert_eq!(
        columns(&again["rows"], &["kind", "what", "change", "new"]),
        ["code network/main.tf edited by hand false"]
    );
    assert_eq!(again["looked_before_at"], again["rows"][0]["first_seen"]);

    tree.place.write("network/main.tf", &text);
    let (code, mended) = tree.json();
    assert_eq!((code, &mended["rows"]), (0, &json!([])));
    assert_eq!(
        columns(&mended["gone"], &["part", "what", "change"]),
        ["code network/main.tf edited by hand"]
    );
    let (_, quiet) = tree.json();
    assert_eq!(quiet["gone"], json!([]));
}

#[test]
fn what_changed_outside_is_told_with_what_the_next_apply_does() {
    let tree = Tree::new();
    let tags = |owner: &str| json!({ "tags": { "owner": owner } });
    let of = |actions: &str, before: &Value, after: &Value| {
        json!([{ "address": "aws_vpc.this", "mode": "managed", "type": "aws_vpc",
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": { "actions": [actions], "before": before, "after": after } }])
    };
    let now = json!({ "format_version": "1.2", "resource_drift": of("update", &tags("infra"), &tags("me")) });
    let next =
        json!({ "format_version": "1.2", "resource_changes": of("update", &tags("me"), &tags("infra")) });
    tree.say("network.show", &now.to_string());
    tree.say("network.show-next", &next.to_string());
    let out = tree.drift(&[]);
    assert_eq!(out.code, 3, "{out:?}");
    insta::assert_snapshot!("drift_outside", out.stdout);
    // Only where something is another is it asked what the next apply would do.
    let plans = tree.said("plans");
    let asked: Vec<&str> = plans.lines().filter(|line| !line.contains("-refresh-only")).collect();
    assert_eq!(asked.len(), 1, "{plans}");
    assert!(asked[0].starts_with("network plan"), "{plans}");
    let record = fs_err::read_to_string(tree.record()).unwrap();
    assert!(record.contains("tags.owner") && !record.contains("infra\""), "{record}");
}

#[test]
fn what_is_no_state_is_not_taken_for_one() {
    let tree = Tree::new();
    tree.say("network.state", "<html>");
    let out = tree.drift(&[]);
    assert_eq!(out.code, 1, "{out:?}");
    let told = "error: layer `network`: the state cannot be read\n  = note: `terraform state pull` did not print a state of format 4.\n";
    assert!(out.stderr.contains(told), "{}", out.stderr);
}

/// Neither drift nor none: what could not be looked at is told, with its cause.
#[test]
fn what_cannot_be_looked_at_is_no_drift_and_not_nothing() {
    let tree = Tree::new();
    tree.say("network.state", "");
    let locked = json!({ "type": "diagnostic", "diagnostic": { "severity": "error",
        "summary": "Error acquiring the state lock", "detail": "Lock Info: ID: 1" } });
    tree.say("cluster.plan", &locked.to_string());
    tree.say("cluster.plan.code", "1");
    let absent = json!({ "type": "diagnostic", "diagnostic": { "severity": "error",
        "summary": "Unable to find remote state", "detail": "No stored state was found" } });
    tree.say("identity.plan", &absent.to_string());
    tree.say("identity.plan.code", "1");
    tree.say("platform.show", "not JSON");
    tree.say("data.state.code", "1");
    let out = tree.drift(&["-f", "elsewhere.yaml"]);
    assert_eq!(out.code, 1, "{out:?}");
    insta::assert_snapshot!("drift_not_seen", out.stdout);
    assert_eq!(
        last_line(&out.stderr),
        "`out`: no drift in 0 of 6 that were to be looked at; 6 could not be looked at, or not all of it"
    );
    for said in [
        "error: `elsewhere.yaml` ",
        "error: layer `platform`: the plan that was made cannot be read\n  = note: `terraform show -json` did not print JSON.\n",
        "error: layer `data`: the state cannot be read\n",
        "could not look; the whole log is in `out/.tfy-infra/logs/network-drift.log`",
    ] {
        assert!(out.stderr.contains(said), "{said}: {out:?}");
    }
}

#[test]
fn ctrl_c_ends_a_look_and_keeps_no_record() {
    let tree = Tree::new();
    let script = TERRAFORM.replace("plan)\n", "plan)\n  : > \"$tools/started\"; trap 'exit 1' INT; for i in 1 2 3 4 5 6 7 8 9; do sleep 0.2; done\n");
    tree.say("terraform", &script);
    let child = tree.command(&["--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !tree.tools.path().join("started").exists() {
        assert!(Instant::now() < deadline, "no plan was begun within a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["complete"], &report["rows"]), (&json!(false), &json!([])));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("interrupted: waiting for terraform"), "{stderr}");
    assert!(stderr.contains("was not looked at: the run was interrupted"), "{stderr}");
    assert!(!tree.record().exists());
}

#[test]
fn a_record_that_cannot_be_kept_is_a_failure() {
    let tree = Tree::new();
    fs_err::create_dir_all(tree.record().join("in-the-way")).unwrap();
    let out = tree.drift(&[]);
    assert_eq!(out.code, 1, "{out:?}");
    let said = "error: what was found cannot be kept for the next look\n  = note: ";
    assert!(out.stderr.contains(said), "{out:?}");
    assert!(out.stderr.ends_with("  = hint: mend the cause and run the same command again\n\n"), "{out:?}");
}

/// A value that Terraform marks as sensitive differs: that is told, and the value stands nowhere.
#[test]
fn no_sensitive_value_is_shown_logged_or_kept() {
    const OLD: &str = "hunter2-before";
    const NEW: &str = "hunter2-after";
    let tree = Tree::new();
    let of = |actions: &str, before: &str, after: &str| {
        json!([{ "address": "aws_db_instance.this", "mode": "managed", "type": "aws_db_instance",
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": { "actions": [actions], "before": { "password": before }, "after": { "password": after },
                "before_sensitive": { "password": true }, "after_sensitive": { "password": true } } }])
    };
    let now = json!({ "format_version": "1.2", "resource_drift": of("update", OLD, NEW) });
    let next = json!({ "format_version": "1.2", "resource_changes": of("update", NEW, OLD) });
    tree.say("data.show", &now.to_string());
    tree.say("data.show-next", &next.to_string());
    let text = tree.drift(&[]);
    assert_eq!(text.code, 3, "{text:?}");
    assert!(text.stdout.contains("    password: another value, which is sensitive\n"), "{text:?}");
    let json = tree.drift(&["--json"]);
    assert!(json.stdout.contains("{\"sensitive\":true}"), "{json:?}");
    let own = tree.place.path().join("out/.tfy-infra");
    let logs = fs_err::read_dir(own.join("logs")).unwrap().map(|entry| entry.unwrap().path());
    let mut said: Vec<(String, String)> =
        logs.map(|log| (log.display().to_string(), fs_err::read_to_string(log).unwrap())).collect();
    assert!(
        said.iter().any(|(name, log)| name.ends_with("data-drift-next.log") && log.contains("show -json"))
    );
    said.push(("record".to_owned(), fs_err::read_to_string(tree.record()).unwrap()));
    for out in [text, json] {
        said.extend([("stdout".to_owned(), out.stdout), ("stderr".to_owned(), out.stderr)]);
    }
    for (place, text) in said {
        assert!(!text.contains(OLD) && !text.contains(NEW), "{place}: {text}");
    }
}

#[test]
fn without_terraform_or_a_tree_nothing_is_looked_at() {
    let tree = Tree::new();
    let absent = tree.tools.path().join("absent");
    let out = tree.drift(&["--terraform", absent.to_str().unwrap()]);
    assert_eq!((out.code, out.stdout.as_str()), (1, ""), "{out:?}");
    assert!(out.stderr.starts_with("error: `"), "{out:?}");
    let said = "` cannot be run\n  = note: No such file or directory (os error 2)\n  \
                = hint: install Terraform 1.11 or newer, or name it with `--terraform` or `TFY_TERRAFORM`\n";
    assert!(out.stderr.contains(said), "{out:?}");
    assert!(!tree.record().exists());
    let nowhere = crate::support::tfy_infra(tree.place.path(), &["drift", "-d", "nowhere"]);
    assert_eq!((nowhere.code, nowhere.stdout.as_str()), (2, ""), "{nowhere:?}");
    assert!(nowhere.stderr.contains("`tfy-infra generate"), "{nowhere:?}");
}
