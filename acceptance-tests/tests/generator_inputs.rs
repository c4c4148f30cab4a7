//! Each variable of each module that layers call, and where its value comes from: a key of `platform.yaml`, another layer, or an
//! `*_override.tf` of one's own. `generator/INPUTS.md` is the list; `UPDATE_GOLDEN=1` writes it.
//!
//! A key is shown to reach its variable by changing the one and reading the other; the overrides are applied.

#[path = "generator_inputs/table.rs"]
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, Platform, hcl, repository, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

use table::{CALLS, Call, From, UNCALLED};

/// A platform with all that is made, or with all that is there already.
fn base(existing: bool) -> Value {
    let mut spec = json!({
        "version": 1,
        "name": "acme-dev",
        "aws": { "account": "123456789012", "region": "us-east-1" },
        "network": { "create": { "ipv6": true, "pods_cidr": "none" } },
        "cluster": { "create": {} },
        "database": { "engine": "17" },
        "storage": {
            "bucket": {},
            "registry": { "repositories": { "app": {} } },
            "file_system": { "backups": true },
        },
        "access": { "ssm": {} },
        "addons": { "keda": true },
        "truefoundry": {},
    });
    if existing {
        let subnets = ["subnet-0a000000000000001", "subnet-0a000000000000002"];
        spec["network"] =
            json!({ "existing": { "vpc": "vpc-0123456789abcdef0", "private_subnets": subnets } });
        spec["cluster"] = json!({ "existing": { "name": "shared-eks" } });
    }
    spec
}

/// The base of a call: with a way in where that is what it is about, since it takes add-ons for granted that other keys switch off.
fn base_of(call: &Call) -> Value {
    let mut spec = base(call.existing);
    if ["ingress", "addons"].contains(&call.layer) {
        spec["ingress"] = ingress();
    }
    spec
}

/// A way in for clients inside, which every network has subnets for.
fn ingress() -> Value {
    json!({
        "domain": "ai.acme.com", "zone": "acme.com", "internal": true, "allow_from": ["10.0.0.0/8"],
    })
}

/// The tree of a spec; `path` is set to `value` in it before.
fn generate(folder: &Path, mut spec: Value, change: Option<(&str, &str)>) -> Result<PathBuf> {
    if let Some((path, value)) = change {
        let mut place = &mut spec;
        for key in path.split('.') {
            place = &mut place[key];
        }
        *place = serde_json::from_str(value).with_context(|| format!("{path}: {value}"))?;
    }
    let file = folder.join("platform.yaml");
    // JSON is YAML.
    fs::write(&file, spec.to_string())?;
    let tree = folder.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    let mut command = std::process::Command::new(Binaries::build()?.generator);
    command.arg("generate").arg("-f").arg(&file).arg("-o").arg(&tree);
    acceptance_tests::environment::scrub(&mut command);
    let run = Run::from(command.output()?);
    ensure!(run.code == 0, "{change:?}: {}", run.stderr);
    Ok(tree)
}

/// The arguments of a module's call as they stand in a layer, name => text, with the local values that they are made of.
fn arguments(tree: &Path, call: &Call) -> Result<BTreeMap<String, String>> {
    let text = fs::read_to_string(tree.join(call.layer).join("main.tf"))?;
    let source = format!("\"../modules/{}\"", call.module);
    let block = text
        .split("\nmodule ")
        .find(|block| block.contains(&source))
        .with_context(|| format!("`{}` does not call `{}`", call.layer, call.module))?;
    let locals: String =
        text.split("\nlocals {\n").skip(1).filter_map(|rest| rest.split("\n}").next()).collect();
    let locals = assignments(&format!("\n{locals}"));
    let mut found = assignments(block.split("\n}").next().unwrap_or_default());
    for text in found.values_mut() {
        let used = locals.iter().filter(|(name, _)| text.contains(&format!("local.{name}")));
        let used: String = used.map(|(_, text)| text.as_str()).collect();
        text.push_str(&used);
    }
    Ok(found)
}

/// What is assigned in the lines after the first: name => all of its lines.
fn assignments(block: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut name = String::new();
    for line in block.lines().skip(1) {
        let starts =
            line.strip_prefix("  ").filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
        if let Some((argument, _)) = starts.and_then(|rest| rest.split_once('=')) {
            argument.trim().clone_into(&mut name);
        }
        let text = found.entry(name.clone()).or_default();
        text.push_str(line);
        text.push('\n');
    }
    found
}

/// Those of `variables.tf`, and of `variables_<topic>.tf` where a module has such.
fn variables(module: &str) -> Result<BTreeSet<String>> {
    let mut declared = BTreeSet::new();
    for entry in fs::read_dir(repository::root().join("modules").join(module))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("variables") && name.ends_with(".tf") {
            let text = fs::read_to_string(&path)?;
            declared.extend(
                hcl::declared(&text).map_err(|line| anyhow::anyhow!("{}: line {line}", path.display()))?,
            );
        }
    }
    Ok(declared)
}

#[test]
fn every_variable_of_every_module_is_listed() -> Result<()> {
    let mut modules = BTreeSet::new();
    for entry in fs::read_dir(repository::root().join("modules"))? {
        let entry = entry?;
        if entry.path().join("variables.tf").is_file() {
            modules.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    let called = CALLS.iter().map(|call| call.module);
    let listed: BTreeSet<String> =
        called.chain(UNCALLED.iter().map(|(name, _)| *name)).map(str::to_owned).collect();
    assert_eq!(modules, listed);
    for call in CALLS {
        let listed: BTreeSet<String> = call.variables.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(variables(call.module)?, listed, "{}", call.module);
    }
    Ok(())
}

#[test]
fn every_key_reaches_its_variable() -> Result<()> {
    let folder = scratch::folder("generator-inputs")?;
    for call in CALLS {
        let before = arguments(&generate(&folder, base_of(call), None)?, call)?;
        for (variable, from) in call.variables {
            let place = format!("`{variable}` of `{}`", call.module);
            match from {
                From::Key(path, value) => {
                    let tree = generate(&folder, base_of(call), Some((path, value)))?;
                    let after = arguments(&tree, call)?;
                    ensure!(before.get(*variable) != after.get(*variable), "`{path}` does not reach {place}");
                }
                From::Layer(_) | From::Fixed(_) => {
                    ensure!(before.contains_key(*variable), "{place} is not given");
                }
                From::Override | From::Recorded(_) => {
                    ensure!(!before.contains_key(*variable), "{place} is given");
                }
            }
        }
    }
    Ok(())
}

/// The calls in the overrides: module's label => arguments.
fn overridden() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(overrides())? {
        let file = entry?.path().join("inputs_override.tf");
        if file.is_file() {
            let text = fs::read_to_string(&file)?;
            let calls =
                hcl::module_calls(&text).map_err(|line| anyhow::anyhow!("{}:{line}", file.display()))?;
            found.extend(calls.into_iter().map(|call| (call.name, call.arguments.into_iter().collect())));
        }
    }
    Ok(found)
}

fn overrides() -> PathBuf {
    repository::root().join("acceptance-tests/tests/generator_inputs")
}

#[test]
fn every_variable_without_a_key_is_overridden() -> Result<()> {
    let overridden = overridden()?;
    for call in CALLS {
        let wanted: BTreeSet<String> = call
            .variables
            .iter()
            .filter(|(_, from)| matches!(from, From::Override))
            .map(|(name, _)| (*name).to_owned())
            .collect();
        let none = BTreeSet::new();
        let label = call.module.replace('-', "_");
        let found = if call.existing { &none } else { overridden.get(&label).unwrap_or(&none) };
        assert_eq!(*found, wanted, "{}", call.module);
    }
    Ok(())
}

/// Applied to the local AWS, which takes more than AWS does: what is shown is that the provider and the modules take the overrides, and
/// that a second plan has nothing to do.
#[test]
fn overrides_are_applied() -> Result<()> {
    let folder = scratch::folder("generator-overrides")?;
    let mut spec = base(false);
    spec["network"] = json!({ "create": { "nat": "single" } });
    spec["database"] = json!({ "engine": "17.4", "storage_gib": 400, "multi_az": false, "deletion_protection": false, "final_snapshot": false });
    spec["storage"]["bucket"] = json!({ "force_destroy": true });
    spec["ingress"] = ingress();
    spec["ingress"]["deletion_protection"] = json!(false);
    spec["ingress"]["access_logs"] = json!({ "force_destroy": true });
    let keys = spec.as_object().context("a mapping")?.iter().filter(|(key, _)| *key != "truefoundry");
    let text: String = keys.map(|(key, value)| format!("{key}: {value}\n")).collect();
    let text = format!("{text}truefoundry:\n  host: https://acme.truefoundry.cloud\n");
    let platform = Platform::with_cluster(&Binaries::build()?, &text, &folder.join("tree"), &folder)?;
    platform.aws.account(&json!({ "hosted_zones": ["acme.com"] }))?;
    succeed(platform.generate())?;
    repository::copy_folder(&overrides(), &platform.folder)?;
    let key = a_key_of_its_own(&platform)?;
    succeed(platform.apply())?;
    // The AWS provider gives a restored database its certificate with the apply after the one that made it.
    succeed(platform.apply())?;
    succeed(platform.plan())?;
    succeed(platform.destroy())?;
    platform.aws.json_call(
        "us-east-1",
        "kms",
        "TrentService.ScheduleKeyDeletion",
        "1.1",
        &json!({ "KeyId": key }),
    )?;
    let left = platform.aws.inventory()?;
    assert_eq!(left["objects"], 0, "{left}");
    Ok(())
}

/// The ID that stands for a key which was there before, in the overrides.
const KEY: &str = "11111111-2222-3333-4444-555555555555";

/// Makes that key, which CloudWatch Logs may use for every group, and writes its ID into the overrides of the tree.
fn a_key_of_its_own(platform: &Platform) -> Result<String> {
    let may = |principal: Value, actions: &str| json!({ "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*" });
    let statements = [
        may(json!({ "AWS": "arn:aws:iam::123456789012:root" }), "kms:*"),
        may(json!({ "Service": "logs.us-east-1.amazonaws.com" }), "kms:*"),
    ];
    let policy = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let made = platform.aws.json_call(
        "us-east-1",
        "kms",
        "TrentService.CreateKey",
        "1.1",
        &json!({ "Policy": policy }),
    )?;
    let key = made["KeyMetadata"]["KeyId"].as_str().context("a key without an ID")?.to_owned();
    for layer in ["cluster", "data"] {
        for file in ["inputs_override.tf", "own.tf"] {
            let path = platform.folder.join(layer).join(file);
            fs::write(&path, fs::read_to_string(&path)?.replace(KEY, &key))?;
        }
    }
    Ok(key)
}

fn succeed(mut command: std::process::Command) -> Result<()> {
    let run = Run::from(command.output()?);
    ensure!(run.code == 0, "{}\n{}", run.stdout, run.stderr);
    Ok(())
}

fn page() -> Result<String> {
    let mut text = "# Where each input of the modules comes from\n\nA key of `platform.yaml`; another layer, whose output is passed on; or fixed here. What has \
                    none of these keeps the module's default, and is set in a file of your own beside the generated ones, which Terraform merges over \
                    them:\n\n```hcl\n# cluster/inputs_override.tf\nmodule \"cluster\" {\n  zonal_shift = true\n}\n```\n\nThe module decides by \
                    some values what to make, by the ARN of a key for one. Terraform must know these while planning: write the ARN, and not a reference to \
                    what the same layer makes.\n"
        .to_owned();
    for call in CALLS {
        let Call { module, layer, .. } = call;
        let label = if call.existing { layer.to_string() } else { module.replace('-', "_") };
        write!(
            text,
            "\n## `{module}`\n\nCalled as `module.{label}` by the layer `{layer}`.\n\n| variable | comes from |\n|---|---|\n"
        )?;
        for (variable, from) in call.variables {
            let from = match from {
                From::Key(path, _) => format!("`{path}`"),
                From::Layer(layer) => format!("the layer `{layer}`"),
                From::Fixed(why) | From::Recorded(why) => format!("fixed: {why}"),
                From::Override => "`*_override.tf`".to_owned(),
            };
            writeln!(text, "| `{variable}` | {from} |")?;
        }
    }
    text.push_str("\n## Modules that no layer calls\n\nCall them in a file of your own, from this repository's `modules`.\n\n");
    for (module, about) in UNCALLED {
        writeln!(text, "- `{module}`: {about}")?;
    }
    Ok(text)
}

#[test]
fn the_page_is_up_to_date() -> Result<()> {
    let path = repository::root().join("generator/INPUTS.md");
    let wanted = page()?;
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &wanted)?;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    ensure!(found == wanted, "the table changed: run the test once with UPDATE_GOLDEN=1");
    Ok(())
}
