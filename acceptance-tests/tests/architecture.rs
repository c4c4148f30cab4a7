//! Who may use whom, read from Cargo itself. `ARCHITECTURE.md` has the reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use acceptance_tests::repository;
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// The crates of the workspace that each crate may depend on.
const ALLOWED: [(&str, &[&str]); 12] = [
    ("acceptance-tests", &["tfplugin", "truefoundry-catalog"]),
    (
        "terraform-provider-truefoundry",
        &["tfplugin", "tfy-sandbox", "truefoundry-api", "truefoundry-catalog"],
    ),
    ("provider-docs-generator", &["terraform-provider-truefoundry", "tfplugin", "truefoundry-catalog"]),
    ("source-checks", &[]),
    ("tfplugin", &["tfplugin-derive"]),
    ("tfplugin-derive", &[]),
    ("tfplugin-testing", &["tfplugin"]),
    ("tfy-infra", &["tfy-sandbox"]),
    ("tfy-sandbox", &["truefoundry-catalog"]),
    ("truefoundry-api", &[]),
    ("truefoundry-catalog", &[]),
    ("xtask", &["acceptance-tests", "truefoundry-catalog"]),
];

/// What `cargo xtask` is made of must compile in seconds.
const LIGHT: [&str; 10] = [
    "anyhow",
    "base64",
    "fs-err",
    "memchr",
    "roxmltree",
    "rustix",
    "serde_json",
    "tempfile",
    "ureq",
    "wait4",
];

fn metadata() -> Result<Value> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked", "--offline"])
        .current_dir(repository::root())
        .output()
        .context("starting `cargo`")?;
    ensure!(output.status.success(), "`cargo metadata`: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Each crate of the workspace, and all that it names as a dependency. `dev` tells whether tests count.
fn dependencies(metadata: &Value, dev: bool) -> BTreeMap<&str, BTreeSet<&str>> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages
        .filter_map(|package| {
            let named = package["dependencies"].as_array().into_iter().flatten();
            let counted = named.filter(|dependency| dev || dependency["kind"] != "dev");
            Some((package["name"].as_str()?, counted.filter_map(|each| each["name"].as_str()).collect()))
        })
        .collect()
}

#[test]
fn crates_use_only_whom_they_may() -> Result<()> {
    let metadata = metadata()?;
    let found = dependencies(&metadata, true);
    let members: BTreeSet<&str> = found.keys().copied().collect();
    let known: BTreeSet<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    assert_eq!(members, known, "a new crate has to be given its edges here and in ARCHITECTURE.md");
    for (name, allowed) in ALLOWED {
        let inside: BTreeSet<&str> = found[name].intersection(&members).copied().collect();
        let extra: Vec<&&str> = inside.iter().filter(|used| !allowed.contains(used)).collect();
        assert!(extra.is_empty(), "`{name}` may not use {extra:?}");
    }
    Ok(())
}

#[test]
fn the_first_program_stays_light() -> Result<()> {
    let metadata = metadata()?;
    let found = dependencies(&metadata, false);
    for name in ["xtask", "acceptance-tests"] {
        let heavy: Vec<&&str> = found[name]
            .iter()
            .filter(|used| {
                !LIGHT.contains(used) && !matches!(**used, "acceptance-tests" | "truefoundry-catalog")
            })
            .collect();
        assert!(heavy.is_empty(), "`{name}` must stay light, but uses {heavy:?}");
    }
    Ok(())
}
