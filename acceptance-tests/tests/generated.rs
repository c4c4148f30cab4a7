//! What is generated, and the modules it calls: formatted, valid for the real AWS provider, and without findings
//! of the policy scanner.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use acceptance_tests::{
    Attached, Binaries, CliConfig, Terraform, Venv, environment, forbidden, repository, scratch, state,
};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

fn generate(binaries: &Binaries, example: &str, folder: &Path) -> Result<PathBuf> {
    let tree = folder.join("tree");
    let spec = repository::root().join("examples").join(example).join("platform.yaml");
    generate_from(binaries, &spec, &tree)?;
    Ok(tree)
}

fn generate_from(binaries: &Binaries, spec: &Path, tree: &Path) -> Result<()> {
    let mut command = Command::new(&binaries.generator);
    command.arg("generate").arg("-f").arg(spec).arg("-o").arg(tree);
    environment::scrub(&mut command);
    let output = command.output().context("starting `tfy-infra`")?;
    ensure!(output.status.success(), "`tfy-infra generate`: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Whether every layer of the golden cases is looked at, which takes half an hour: `CASES=all`, as `cargo xtask prove cases` sets it.
fn all_cases() -> bool {
    std::env::var_os("CASES").is_some_and(|cases| cases == "all")
}

/// The golden cases; of some names, if any are given.
fn golden(names: &[&str]) -> Result<Vec<PathBuf>> {
    let mut cases: Vec<PathBuf> = Vec::new();
    for case in fs::read_dir(repository::root().join("generator/tests/cases"))? {
        let case = case?;
        let wanted = names.is_empty() || names.iter().any(|name| case.file_name() == *name);
        cases.extend(Some(case.path()).filter(|case| wanted && case.is_dir()));
    }
    cases.sort();
    Ok(cases)
}

/// Layers of the cases, beside the modules of all: `<folder>/<case>-<layer>`. With all cases each whose text no other has; else as few as
/// have every line that any of them has, the values in it aside.
fn distinct_layers(folder: &Path, cases: Vec<PathBuf>) -> Result<Vec<PathBuf>> {
    let binaries = Binaries::build()?;
    let mut found = Vec::new();
    for case in cases {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let tree = folder.join("trees").join(&name);
        generate_from(&binaries, &case.join("platform.yaml"), &tree)?;
        repository::copy_folder(&tree.join("modules"), &folder.join("all/modules"))?;
        for layer in state::LAYERS.into_iter().filter(|layer| tree.join(layer).is_dir()) {
            let text = text_of(&tree.join(layer))?;
            let parts = if all_cases() { BTreeSet::from([text]) } else { lines(&text) };
            found.push((layer, parts, tree.join(layer), format!("{name}-{layer}")));
        }
    }
    // Those with the most come first, so that few are needed.
    found.sort_by_key(|(layer, parts, _, name)| (*layer, usize::MAX - parts.len(), name.clone()));
    let (mut seen, mut layers) = (BTreeSet::new(), Vec::new());
    for (layer, parts, from, name) in found {
        let before = seen.len();
        seen.extend(parts.into_iter().map(|part| (layer, part)));
        if seen.len() > before {
            let to = folder.join("all").join(name);
            repository::copy_folder(&from, &to)?;
            layers.push(to);
        }
    }
    Ok(layers)
}

/// All files of a layer in one text. Where its state is kept is left out: no case's backend makes another valid or not.
fn text_of(layer: &Path) -> Result<String> {
    let mut files = Vec::new();
    for file in fs::read_dir(layer)? {
        files.push(file?.path());
    }
    files.sort();
    let read = files.iter().filter(|file| !file.ends_with("remote_state.tf")).map(fs::read_to_string);
    let text: String = read.collect::<std::io::Result<Vec<_>>>()?.concat();
    let (before, backend) = text.split_once("\n  backend ").context("no backend")?;
    Ok(format!("{before}{}", backend.split_once("\n  }\n").context("a backend without an end")?.1))
}

fn examples() -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(repository::root().join("examples"))? {
        let entry = entry?;
        if entry.path().join("platform.yaml").is_file() {
            names.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// Runs the scanner, expects no finding, and a reason for each single skip. Gives how many checks passed.
fn scan(folder: &Path) -> Result<u64> {
    let mut command = Command::new(Venv::checkov()?.program("checkov"));
    command
        .args(["--framework", "terraform", "--output", "json", "--skip-download", "--directory"])
        .arg(folder)
        .env("LOG_LEVEL", "ERROR");
    environment::scrub(&mut command);
    let output = command.output().context("starting `checkov`")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("`checkov` printed no JSON: {errors}"))?;
    let summary = &report["summary"];
    let rows = |key: &str| report["results"][key].as_array().cloned().unwrap_or_default();
    let failed: Vec<String> = rows("failed_checks")
        .iter()
        .map(|row| format!("{} {} {}", row["check_id"], row["resource"], row["file_path"]))
        .collect();
    ensure!(summary["failed"] == 0, "checkov failed:\n{}", failed.join("\n"));
    ensure!(summary["parsing_errors"] == 0, "checkov could not parse everything: {summary}");
    for row in rows("skipped_checks") {
        let reason = row["check_result"]["suppress_comment"].as_str().unwrap_or_default();
        ensure!(
            reason.split_whitespace().count() >= 3,
            "a skip without a reason: {} {}",
            row["check_id"],
            row["resource"]
        );
    }
    summary["passed"].as_u64().context("checkov counted nothing")
}

/// The scanner looks at its layers in `layers_of_the_cases_are_clean_each`: each example is a golden case too.
fn is_formatted(example: &str) -> Result<()> {
    let binaries = Binaries::build()?;
    let tree = generate(&binaries, example, &scratch::folder(&format!("generated-{example}"))?)?;
    let config = CliConfig::new(&binaries)?;
    Terraform::new(&tree, &config)?.succeed(&["fmt", "-check", "-diff", "-recursive"])?;
    assert_eq!(forbidden::find(&tree)?, []);
    Ok(())
}

fn is_valid(example: &str) -> Result<()> {
    let binaries = Binaries::build()?;
    let folder = scratch::folder(&format!("valid-{example}"))?;
    let tree = generate(&binaries, example, &folder)?;
    let mut validator = Validator::new(CliConfig::new(&binaries)?, folder.join("aws-provider.log"));
    let mut there = state::LAYERS.iter().map(|layer| tree.join(layer)).filter(|layer| layer.is_dir());
    there.try_for_each(|layer| validator.validate(&layer))
}

/// `terraform validate` of many roots, for which the AWS provider is started once.
struct Validator {
    config: CliConfig,
    log: PathBuf,
    aws: Option<Attached>,
}

impl Validator {
    fn new(config: CliConfig, log: PathBuf) -> Self {
        Self { config, log, aws: None }
    }

    fn validate(&mut self, root: &Path) -> Result<()> {
        let terraform = Terraform::new(root, &self.config)?;
        terraform.succeed(&["init", "-no-color", "-backend=false"])?;
        if self.aws.is_none() {
            // A layer of the platform's own resources has no AWS provider.
            self.aws = Attached::aws(root, &self.log, &[]).ok();
        }
        let attached = self.aws.iter().flat_map(Attached::environment);
        terraform
            .with(attached)
            .succeed(&["validate", "-no-color"])
            .with_context(|| format!("`{}`", root.display()))
            .map(drop)
    }
}

#[test]
fn demo_is_formatted() -> Result<()> {
    is_formatted("demo")
}

#[test]
fn demo_is_valid() -> Result<()> {
    is_valid("demo")
}

#[test]
fn quickstart_is_formatted() -> Result<()> {
    is_formatted("quickstart")
}

#[test]
fn quickstart_is_valid() -> Result<()> {
    is_valid("quickstart")
}

/// Once for each text: most layers are the same in many cases.
#[test]
fn layers_of_the_cases_are_valid_each() -> Result<()> {
    let folder = scratch::folder("generated-cases")?;
    let layers = distinct_layers(&folder, golden(&[])?)?;
    assert!(layers.len() >= if all_cases() { 100 } else { 20 }, "only {} layers differ", layers.len());
    for backend in ["local", "s3"] {
        let named = format!("backend \"{backend}\"");
        let there = layers.iter().any(|layer| {
            fs::read_to_string(layer.join("versions.tf")).is_ok_and(|text| text.contains(&named))
        });
        ensure!(there, "no layer with the backend `{backend}` is looked at");
    }
    let config = CliConfig::new(&Binaries::build()?)?;
    let mut validator = Validator::new(config, folder.join("aws-provider.log"));
    layers.iter().try_for_each(|layer| validator.validate(layer))?;
    writeln!(
        std::io::stderr(),
        "proved: cases: {} layers of {} cases valid",
        layers.len(),
        golden(&[])?.len()
    )?;
    Ok(())
}

/// The scanner takes a minute for a handful of layers: without all cases it looks at the examples, at one with everything made, and at
/// one with everything there already.
#[test]
fn layers_of_the_cases_are_clean_each() -> Result<()> {
    let folder = scratch::folder("generated-cases-scan")?;
    let names: &[&str] =
        if all_cases() { &[] } else { &["demo", "everything", "existing-cluster-files", "quickstart"] };
    let cases = golden(names)?;
    for example in examples()? {
        let spec =
            |folder: &str| fs::read(repository::root().join(folder).join(&example).join("platform.yaml"));
        assert_eq!(spec("examples")?, spec("generator/tests/cases")?, "`{example}` is not its golden case");
        ensure!(cases.iter().any(|case| case.ends_with(&example)), "`{example}` is not looked at");
    }
    let layers = distinct_layers(&folder, cases)?;
    let passed = scan(&folder.join("all"))?;
    assert!(passed >= 5 * layers.len() as u64, "checkov looked at little: {passed} checks");
    writeln!(
        std::io::stderr(),
        "proved: cases: {passed} checks of checkov over {} layers, 0 failed",
        layers.len()
    )?;
    Ok(())
}

/// The lines of a text, without what stands in quotes and without numbers.
fn lines(text: &str) -> BTreeSet<String> {
    let of = |line: &str| {
        let outside = line.split('"').step_by(2).collect::<Vec<_>>().join("_");
        outside.replace(|c: char| c.is_ascii_digit(), "").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    text.lines().filter(|line| !line.trim_start().starts_with('#')).map(of).collect()
}

/// An example that no test runs would rot.
#[test]
fn every_example_is_tested() -> Result<()> {
    assert_eq!(examples()?, BTreeSet::from(["demo".to_owned(), "quickstart".to_owned()]));
    Ok(())
}

#[test]
fn modules_are_formatted_valid_and_clean() -> Result<()> {
    let config = CliConfig::for_modules()?;
    let modules = repository::root().join("modules");
    Terraform::new(&modules, &config)?.succeed(&["fmt", "-check", "-diff", "-recursive"])?;
    assert_eq!(forbidden::find(&modules)?, []);
    // In a copy, so that nothing of Terraform's stays in the source tree.
    let folder = scratch::folder("generated-modules")?;
    let copy = folder.join("modules");
    repository::copy_folder(&modules, &copy)?;
    let mut validator = Validator::new(config, folder.join("aws-provider.log"));
    for entry in fs::read_dir(&copy)? {
        let module = entry?.path();
        if !module.join("main.tf").is_file() {
            continue;
        }
        validator.validate(&module)?;
        fs::remove_dir_all(module.join(".terraform"))?;
    }
    let passed = scan(&copy)?;
    assert!(passed >= 80, "checkov looked at little: {passed} checks");
    Ok(())
}
