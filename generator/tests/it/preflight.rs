//! `preflight` and `facts` on the command line: exit codes, files of facts, and an account that cannot be asked.

use serde_json::{Value, json};

use crate::support::{Output, Place, tfy_infra};

/// Facts that say nothing but whose they are.
fn empty(account: &str) -> Value {
    json!({ "format": 1, "account": account, "region": "us-east-1", "taken": "2026-11-29T10:00:00Z" })
}

fn with_facts(facts: &Value) -> (Output, Value) {
    let place = Place::new();
    fs_err::write(place.path().join("facts.json"), facts.to_string()).unwrap();
    let out = tfy_infra(place.path(), &["preflight", "--facts", "facts.json", "--json"]);
    let told = serde_json::from_str(&out.stdout).unwrap_or_default();
    (out, told)
}

#[test]
fn what_was_not_asked_could_not_be_checked() {
    let (out, told) = with_facts(&empty("123456789012"));
    assert_eq!(out.code, 1, "{out:?}");
    assert_eq!((&told["findings"], &told["taken"]), (&json!([]), &json!("2026-11-29T10:00:00Z")));
    let clock = told["unchecked"].as_array().unwrap().iter().find(|one| one["check"] == "clock").unwrap();
    assert_eq!(
        *clock,
        json!({
            "check": "clock",
            "message": "could not check this machine's clock",
            "cause": "it was not asked",
            "next": "run `tfy-infra preflight` without `--facts`, or record the facts anew",
        })
    );
}

#[test]
fn a_finding_is_three_and_has_its_place() {
    let mut facts = empty("123456789012");
    facts["opted_in"] = json!({ "known": "not-opted-in" });
    let (out, told) = with_facts(&facts);
    assert_eq!(out.code, 3, "{out:?}");
    assert_eq!(told["findings"][0]["check"], "region");
    assert_eq!(told["findings"][0]["place"], json!({ "file": "platform.yaml", "line": 3, "column": 41 }));
}

#[test]
fn facts_of_others_are_bad_input() {
    let (out, _) = with_facts(&empty("210987654321"));
    assert_eq!(out.code, 2, "{out:?}");
    insta::assert_snapshot!("others_facts", out.shown());
    let (out, _) = with_facts(&json!({ "format": 9 }));
    assert_eq!(out.code, 2, "{out:?}");
    insta::assert_snapshot!("newer_facts", out.shown());
}

/// What asks, or would.
#[cfg(feature = "aws")]
mod asking {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;
    use std::process::{Command, Stdio};

    use fs_err as fs;

    use super::*;

    /// Runs the program where nobody has credentials and nothing answers in AWS's place.
    fn alone(place: &Path, args: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
            .args(args)
            .current_dir(place)
            .env_clear()
            .env("HOME", place)
            .env("TFY_TODAY", crate::support::TODAY)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Output {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[test]
    fn without_credentials_only_that_is_found() {
        let place = Place::new();
        let out = alone(place.path(), &["preflight", "--json"]);
        assert_eq!(out.code, 3, "{out:?}");
        let told: Value = serde_json::from_str(&out.stdout).unwrap();
        let found: Vec<_> = told["findings"].as_array().unwrap().iter().map(|one| &one["check"]).collect();
        assert_eq!(found, [&json!("credentials")]);
        let facts = alone(place.path(), &["facts", "--out", "facts.json"]);
        assert_eq!(facts.code, 1, "{facts:?}");
        let last = facts.stderr.split_once("error: ").map(|(_, rest)| rest).unwrap_or_default();
        assert!(last.starts_with("it is not known whose account this is: none were found"), "{facts:?}");
        assert!(!place.path().join("facts.json").exists(), "facts of nobody were written");
    }

    #[test]
    fn an_apply_looks_first_unless_it_is_told_not_to() {
        let place = Place::new();
        assert_eq!(place.generate().code, 0);
        let terraform = place.path().join("terraform");
        let version = r#"{"terraform_version":"1.11.4"}"#;
        fs::write(&terraform, format!("#!/bin/sh\n[ \"$1\" = version ] && echo '{version}'\n")).unwrap();
        fs::set_permissions(&terraform, Permissions::from_mode(0o755)).unwrap();
        let program = terraform.display().to_string();
        let apply = |more: &[&str]| {
            let all = [&["apply", "-d", "out", "--auto-approve", "--terraform", &program], more].concat();
            alone(place.path(), &all)
        };
        let out = apply(&[]);
        assert_eq!(out.code, 3, "{out:?}");
        assert!(out.stderr.contains("error: there are no credentials that AWS takes\n"), "{out:?}");
        // Without the look a command of Terraform is run, which fails; so does one of a layer that is not AWS's.
        for more in [&["--skip-preflight"][..], &["--layer", "platform"]] {
            let out = apply(more);
            assert_eq!(out.code, 1, "{out:?}");
            assert!(out.stderr.contains("`terraform init` failed"), "{out:?}");
        }
    }
}
