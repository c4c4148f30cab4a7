//! What Terraform reads of each double, attribute by attribute, against what was recorded from the real provider.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a step that fails fails its test")]

use std::path::Path;
use std::process::Command;

use provider_doubles::recorded::{HELM, KUBERNETES, Recorded};
use serde_json::{Map, Value as Json};

/// The schemas that `terraform providers schema -json` prints.
fn shown(name: &str, program: &str) -> Json {
    let folder = tempfile::tempdir().unwrap();
    let programs = Path::new(program).parent().unwrap();
    let config = folder.path().join("cli.tfrc");
    let overrides = format!("\"hashicorp/{name}\" = {programs:?}");
    let text =
        format!("provider_installation {{\n  dev_overrides {{\n    {overrides}\n  }}\n  direct {{}}\n}}\n");
    fs_err::write(&config, text).unwrap();
    let block = format!(
        "terraform {{\n  required_providers {{\n    {name} = {{ source = \"hashicorp/{name}\" }}\n  }}\n}}\n"
    );
    fs_err::write(folder.path().join("main.tf"), block).unwrap();
    let terraform = std::env::var_os("TERRAFORM").unwrap_or_else(|| "terraform".into());
    let output = Command::new(terraform)
        .args(["providers", "schema", "-json"])
        .current_dir(folder.path())
        .env("TF_CLI_CONFIG_FILE", &config)
        .output()
        .expect("`terraform` can be started: it is on the PATH, or named in the variable `TERRAFORM`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: Json = serde_json::from_slice(&output.stdout).unwrap();
    printed["provider_schemas"][format!("registry.terraform.io/hashicorp/{name}")].clone()
}

/// The schema without what a recording has not, and with a limit that says nothing left out.
fn bare(schema: &Json) -> Json {
    match schema {
        Json::Object(entries) => {
            let mut kept = Map::new();
            for (name, value) in entries {
                if !matches!(name.as_str(), "description" | "description_kind" | "deprecation_message")
                    || value.is_object()
                {
                    kept.insert(name.clone(), bare(value));
                }
            }
            kept.sort_keys();
            Json::Object(kept)
        }
        Json::Array(elements) => elements.iter().map(bare).collect(),
        plain => plain.clone(),
    }
}

/// Compares one schema; says where it differs.
fn compare(what: &str, shown: &Json, recorded: &Json) {
    assert!(recorded["block"].is_object(), "{what} is recorded");
    let (shown, recorded) = (bare(shown), bare(recorded));
    let lines = |json: &Json| serde_json::to_string_pretty(json).unwrap();
    assert!(
        shown == recorded,
        "{what} is shown as\n{}\nbut was recorded as\n{}",
        lines(&shown),
        lines(&recorded)
    );
}

fn all(shown: &Json, recorded: &Recorded, resources: &[&str], data_sources: &[&str]) {
    compare("the configuration", &shown["provider"], &recorded.json()["provider"]);
    for (kind, names) in [("resource_schemas", resources), ("data_source_schemas", data_sources)] {
        let served: Vec<&String> =
            shown[kind].as_object().into_iter().flatten().map(|(name, _)| name).collect();
        assert_eq!(served, names, "{kind}");
        for name in names {
            compare(name, &shown[kind][name], &recorded.json()[kind][name]);
        }
    }
}

#[test]
fn the_double_of_helm_shows_what_was_recorded() {
    all(&shown("helm", env!("CARGO_BIN_EXE_terraform-provider-helm")), &HELM, &["helm_release"], &[]);
}

#[test]
fn the_double_of_kubernetes_shows_what_was_recorded() {
    let resources = [
        "kubernetes_config_map_v1",
        "kubernetes_namespace_v1",
        "kubernetes_network_policy_v1",
        "kubernetes_priority_class_v1",
        "kubernetes_secret_v1",
        "kubernetes_storage_class_v1",
    ];
    let shown = shown("kubernetes", env!("CARGO_BIN_EXE_terraform-provider-kubernetes"));
    all(&shown, &KUBERNETES, &resources, &["kubernetes_namespace_v1", "kubernetes_server_version"]);
}
