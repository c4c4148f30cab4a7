//! The commands and their options, as users and scripts see them.

use std::path::Path;

use crate::support::tfy_infra;

#[test]
fn help_of_every_command() {
    let mut shown = String::new();
    for command in [
        &[][..],
        &["generate"],
        &["diff"],
        &["validate"],
        &["preflight"],
        &["facts"],
        &["schema"],
        &["plan"],
        &["apply"],
        &["destroy"],
        &["drift"],
    ] {
        let out = tfy_infra(Path::new("/"), &[command, &["--help"]].concat());
        assert_eq!((out.code, out.stderr.as_str()), (0, ""));
        shown.push_str(&format!("$ tfy-infra {}\n{}\n", command.join(" "), out.stdout));
    }
    insta::assert_snapshot!("help", shown);
}

#[test]
fn wrong_options_are_bad_input() {
    for args in
        [&["generate"][..], &["plan"], &["apply", "-d", ".", "--layer", "ingress"], &["frobnicate"], &[]]
    {
        let out = tfy_infra(Path::new("/"), args);
        assert_eq!(out.code, 2, "{out:?}");
        assert_eq!(out.stdout, "");
    }
}

#[test]
fn the_schema_is_json_that_describes_the_examples() {
    let out = tfy_infra(Path::new("/"), &["schema"]);
    assert_eq!(out.code, 0);
    let schema: serde_json::Value = serde_json::from_str(&out.stdout).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["additionalProperties"], false);
    for key in ["version", "name", "aws", "network", "cluster", "database", "storage", "truefoundry", "state"]
    {
        assert!(schema["properties"][key].is_object(), "{key}");
    }
}

#[test]
fn what_is_seldom_meant_is_warned_of_by_every_command() {
    let place = crate::support::Place::new();
    place.spec(
        "version: 1\nname: acme-dev\naws: { account: \"123456789012\", region: us-east-1 }\nnetwork:\n  create: { nat: single \
         }\ncluster:\n  create: { version: \"1.33\" }\ntruefoundry: {}\n",
    );
    let validate = tfy_infra(place.path(), &["validate"]);
    assert_eq!(validate.code, 0);
    insta::assert_snapshot!("warnings", validate.shown());
    let generate = tfy_infra(place.path(), &["generate", "-o", "out", "--json"]);
    let diff = tfy_infra(place.path(), &["diff", "-o", "out"]);
    let warned = |text: &str| text.matches("warning: ").count();
    assert_eq!([&validate, &generate, &diff].map(|out| warned(&out.stderr)), [4, 4, 4]);
    let summary: serde_json::Value = serde_json::from_str(&generate.stdout).unwrap();
    let nat = summary["warnings"].as_array().unwrap().iter().find(|one| one["place"]["line"] == 5).unwrap();
    assert_eq!(nat["message"], "one NAT gateway serves all zones");
    assert_eq!(nat["place"], serde_json::json!({ "file": "platform.yaml", "line": 5, "column": 18 }));
}

#[test]
fn add_ons_that_are_seldom_meant_are_warned_of() {
    let start = "version: 1\nname: acme-dev\naws: { account: \"123456789012\", region: us-east-1 }\ntruefoundry: {}\n";
    for (name, text) in [
        ("warnings_of_images", "network: { create: { nat: none, endpoints: all } }\n"),
        ("warnings_of_charts", "addons: { mirror: { charts: \"http://charts.acme.com\" } }\n"),
        ("warnings_without_add_ons", "addons: false\n"),
        ("warnings_without_a_way", "cluster: { create: { endpoint: { private_from: [10.8.0.0/16] } } }\n"),
    ] {
        let place = crate::support::Place::new();
        place.spec(&format!("{start}{text}"));
        let validate = tfy_infra(place.path(), &["validate"]);
        assert_eq!(validate.code, 0, "{name}");
        insta::assert_snapshot!(name, validate.shown());
    }
}

/// What a full disk does to a command whose output goes there.
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let full = fs_err::OpenOptions::new().write(true).open("/dev/full").unwrap().into_file();
    let schema = std::process::Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
        .arg("schema")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(schema.status.code(), Some(1));
    let expected = "error: the output cannot be written\n  = note: No space left on device (os error 28)\n\n";
    assert_eq!(String::from_utf8(schema.stderr).unwrap(), expected);
}
