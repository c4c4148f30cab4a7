//! The examples of the provider's documentation, all of them in one configuration: applied, planned again, read by the
//! data sources, imported, destroyed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use acceptance_tests::sandbox::{TENANT, new_secret};
use acceptance_tests::{Scratch, hcl, repository};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::json;

/// A variable that an example declares for a secret.
struct Secret {
    name: String,
    /// Whether it is a map, of headers for instance.
    is_map: bool,
    value: String,
}

fn examples(kind: &str) -> Result<Vec<(String, PathBuf)>> {
    let folder = repository::root().join("provider/examples").join(kind);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        found.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    found.sort();
    ensure!(!found.is_empty(), "there is no example of {kind}");
    Ok(found)
}

/// Puts the examples of one kind into the configuration, a file each.
fn add(scratch: &Scratch, kind: &str, file: &str) -> Result<usize> {
    let examples = examples(kind)?;
    for (name, folder) in &examples {
        fs::copy(folder.join(file), scratch.folder().join(format!("{kind}-{name}.tf")))?;
    }
    Ok(examples.len())
}

/// Each variable that an example declares. The values begin alike, with what stands nowhere else, so that one search
/// finds them all, and end with the variable's name.
fn secrets(canary: &str) -> Result<Vec<Secret>> {
    let mut secrets = Vec::new();
    for (example, folder) in examples("resources")? {
        let text = fs::read_to_string(folder.join("resource.tf"))?;
        let declared = hcl::declared(&text).map_err(|line| anyhow::anyhow!("{example}, line {line}"))?;
        for name in declared {
            let block = text.split_once(&format!("variable \"{name}\" {{")).map_or("", |(_, rest)| rest);
            let block = block.split("\n}").next().unwrap_or_default();
            ensure!(
                block.contains("ephemeral") && block.contains("sensitive"),
                "{example}: `{name}` could end in the state"
            );
            let value = format!("{canary}-{name}");
            secrets.push(Secret { is_map: block.contains("map(string)"), value, name });
        }
    }
    Ok(secrets)
}

fn variables(secrets: &[Secret]) -> Vec<(String, String)> {
    let value = |secret: &Secret| match secret.is_map {
        true => json!({ "Authorization": secret.value }).to_string(),
        false => secret.value.clone(),
    };
    secrets.iter().map(|secret| (format!("TF_VAR_{}", secret.name), value(secret))).collect()
}

/// A configuration with all resources and the provider's own example.
fn start(secrets: &[Secret]) -> Result<Scratch> {
    let mut scratch = Scratch::traced("provider-examples", "")?;
    scratch.terraform = scratch.terraform.clone().with(variables(secrets));
    scratch.sandbox.switches(&json!({ "unchecked_references": true }))?;
    let provider = repository::root().join("provider/examples/provider/provider.tf");
    fs::copy(provider, scratch.folder().join("versions.tf"))?;
    add(&scratch, "resources", "resource.tf")?;
    scratch.terraform.init()?;
    Ok(scratch)
}

#[test]
fn every_example_does_what_it_shows() -> Result<()> {
    let canary = new_secret("canary");
    let scratch = start(&secrets(&canary)?)?;
    scratch.terraform.apply()?;
    scratch.terraform.expect_no_changes().context("after the resources")?;

    add(&scratch, "data-sources", "data-source.tf")?;
    add(&scratch, "ephemeral-resources", "ephemeral-resource.tf")?;
    add(&scratch, "functions", "function.tf")?;
    scratch.terraform.apply()?;
    scratch.terraform.expect_no_changes().context("after the data sources")?;
    assert_eq!(scratch.terraform.output("workspace")?, "prod:search");
    assert_eq!(scratch.terraform.output("registry")?, "acme:aws:main:docker-registry:images");
    assert_eq!(scratch.terraform.output("cluster")?, "prod");

    import_all(&scratch)?;
    scratch.expect_no_leaks(&[("the secret of an example", &canary)])?;
    scratch.destroy()
}

/// Forgets what has an import command, and imports all of it with blocks in place of the commands.
fn import_all(scratch: &Scratch) -> Result<()> {
    let mut blocks = String::new();
    let mut addresses = Vec::new();
    for (name, folder) in examples("resources")? {
        let Ok(command) = fs::read_to_string(folder.join("import.sh")) else { continue };
        let (address, id) = parts(&command).with_context(|| format!("`import.sh` of {name}: {command}"))?;
        // The tenant of the examples is not that of the sandbox.
        let id = id.replace("acme:", &format!("{TENANT}:"));
        write!(blocks, "import {{\n  to = {address}\n  id = {id:?}\n}}\n")?;
        addresses.push(address.to_owned());
    }
    ensure!(addresses.len() > 80, "only {} examples can be imported", addresses.len());
    let mut forget = vec!["state", "rm"];
    forget.extend(addresses.iter().map(String::as_str));
    scratch.terraform.succeed(&forget)?;
    fs::write(scratch.folder().join("imports.tf"), blocks)?;
    let plan = scratch.terraform.plan()?;
    for address in &addresses {
        // A write-only value is sent again, since nobody can tell whether the object has it.
        let actions = plan.actions(address);
        ensure!(matches!(actions.as_slice(), ["no-op"] | ["update"]), "{address} plans {actions:?}");
    }
    scratch.terraform.apply()?;
    fs::remove_file(scratch.folder().join("imports.tf"))?;
    scratch.terraform.expect_no_changes().context("after the import")
}

/// Address and id of `terraform import ADDRESS 'ID'`.
fn parts(command: &str) -> Option<(&str, &str)> {
    command.strip_prefix("terraform import ")?.trim_end().strip_suffix('\'')?.split_once(" '")
}

#[test]
fn the_examples_are_formatted() -> Result<()> {
    let scratch = Scratch::new("provider-examples-format", "")?;
    let folder = repository::root().join("provider/examples");
    scratch.terraform.succeed(&["fmt", "-check", "-recursive", "-no-color", text(&folder)?]).map(drop)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("`{}` is no text", path.display()))
}
