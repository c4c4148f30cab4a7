//! Who may use whom, read from Cargo itself. `ARCHITECTURE.md` has the reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use acceptance_tests::repository;
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// The crates of the workspace that each crate may depend on.
const ALLOWED: [(&str, &[&str]); 15] = [
    ("acceptance-tests", &["test-cluster", "tfplugin", "tfplugin-testing", "truefoundry-catalog"]),
    (
        "terraform-provider-truefoundry",
        &["tfplugin", "tfy-sandbox", "truefoundry-api", "truefoundry-catalog"],
    ),
    ("provider-doubles", &["tfplugin", "tfplugin-testing"]),
    ("provider-docs-generator", &["terraform-provider-truefoundry", "tfplugin", "truefoundry-catalog"]),
    ("safe-text", &[]),
    ("source-checks", &[]),
    ("test-cluster", &[]),
    ("tfplugin", &["safe-text", "tfplugin-derive"]),
    ("tfplugin-derive", &[]),
    ("tfplugin-testing", &["tfplugin"]),
    ("tfy-infra", &["safe-text", "tfy-sandbox"]),
    ("tfy-sandbox", &["truefoundry-catalog"]),
    ("truefoundry-api", &["safe-text"]),
    ("truefoundry-catalog", &[]),
    ("xtask", &["acceptance-tests", "truefoundry-catalog"]),
];

/// What `cargo xtask` is made of must compile in seconds.
const LIGHT: [&str; 12] = [
    "anyhow",
    "base64",
    "fs-err",
    "memchr",
    "miniz_oxide",
    "roxmltree",
    "rustix",
    "serde_json",
    "sha2",
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

/// Every Rust file below a folder of the repository.
fn sources(folder: &str) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut folders = vec![repository::root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(repository::root())?.display().to_string();
                found.push((name, fs_err::read_to_string(&path)?));
            }
        }
    }
    Ok(found)
}

#[test]
fn only_inspect_calls_aws_and_what_decides_asks_nobody() -> Result<()> {
    let (mut calling, mut asking) = (Vec::new(), Vec::new());
    for (name, text) in sources("generator/src")? {
        let uses = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if !name.starts_with("generator/src/inspect/")
            && uses(&["aws_sdk_", "aws_config", "aws_smithy", "aws_sigv4"])
        {
            calling.push(name.clone());
        }
        let decides = ["generator/src/facts/", "generator/src/preflight/", "generator/src/plan/"];
        if decides.iter().any(|room| name.starts_with(room))
            && uses(&["crate::inspect", "ureq::", "std::net::Tcp", "std::net::Udp"])
        {
            asking.push(name);
        }
    }
    assert_eq!(calling, Vec::<String>::new(), "the room `inspect` alone calls AWS");
    assert_eq!(asking, Vec::<String>::new(), "plan, facts and preflight are pure");
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

/// Where the tests are that `PROMISES.md` names by their file alone.
const TESTS: &str = "acceptance-tests/tests";

/// What is wrong with a test that is named as `file::name`; `None` when it is there.
fn missing(reference: &str) -> Option<String> {
    let (file, name) = reference.rsplit_once("::")?;
    let path = if file.contains('/') { file.to_owned() } else { format!("{TESTS}/{file}") };
    let Ok(text) = fs_err::read_to_string(repository::root().join(&path)) else {
        return Some(format!("there is no `{path}`"));
    };
    // What ends in `.hcl` is a module's.
    let head = if path.ends_with(".hcl") { format!("run \"{name}\"") } else { format!("fn {name}(") };
    (!text.contains(&head)).then(|| format!("`{path}` has no `{name}`"))
}

#[test]
fn each_promise_names_tests_that_are_there() -> Result<()> {
    let page = fs_err::read_to_string(repository::root().join("PROMISES.md"))?;
    let promises: Vec<&str> =
        page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| promise ")).collect();
    ensure!(promises.len() > 30, "only {} promises were read", promises.len());
    let mut wrong = Vec::new();
    for promise in promises {
        let named: Vec<&str> = promise.split('`').filter(|word| word.contains("::")).collect();
        if named.is_empty() {
            wrong.push(format!("no test is named: {promise}"));
        }
        wrong.extend(named.into_iter().filter_map(missing));
    }
    ensure!(wrong.is_empty(), "`PROMISES.md`:\n{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn a_test_that_is_not_there_is_named() {
    assert_eq!(missing("architecture.rs::a_test_that_is_not_there_is_named"), None);
    assert_eq!(
        missing("architecture.rs::nothing_of_that_name"),
        Some("`acceptance-tests/tests/architecture.rs` has no `nothing_of_that_name`".to_owned())
    );
    assert_eq!(missing("no/such.rs::x"), Some("there is no `no/such.rs`".to_owned()));
}
