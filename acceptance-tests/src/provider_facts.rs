//! What of `hashicorp/aws` version 6 the modules may write, from a committed file.
//!
//! Tests run with one version of the provider, 5 on most machines. The modules allow version 6 as well, so a file keeps
//! the names of what can be written in each type that they use, as one release of version 6 has it. `cargo xtask
//! provider-facts SCHEMA` makes it from the output of `terraform providers schema -json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use fs_err as fs;
use serde_json::{Map, Value, json};

use crate::hcl::{self, Kind, Used};
use crate::repository;

/// Where the file is.
#[must_use]
pub fn file() -> PathBuf {
    repository::root().join("acceptance-tests/schema/aws-6.json")
}

/// What can be written in each type: attributes and blocks, with the paths of those inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The version of the provider that was looked at.
    pub version: String,
    /// Paths by type.
    pub types: BTreeMap<Kind, BTreeSet<String>>,
}

impl Facts {
    /// The committed file.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn committed() -> Result<Self> {
        let value: Value = serde_json::from_slice(&fs::read(file())?)?;
        let version = value["version"].as_str().context("no `version`")?.to_owned();
        let mut types = BTreeMap::new();
        for kind in ["data", "resource"] {
            for (name, paths) in value[kind].as_object().context("no types")? {
                let paths = paths.as_str().context("the paths of a type are one text")?;
                types.insert((kind.to_owned(), name.clone()), paths.split(' ').map(str::to_owned).collect());
            }
        }
        Ok(Self { version, types })
    }

    /// From `terraform providers schema -json`, the types that are used.
    ///
    /// # Errors
    /// When it is no such output, or lacks one of the types.
    pub fn from_schema(schema: &Value, version: &str, used: &Used) -> Result<Self> {
        let provider = schema["provider_schemas"]
            .as_object()
            .and_then(|all| all.iter().find(|(name, _)| name.ends_with("hashicorp/aws")))
            .context("the schema holds no `hashicorp/aws`")?
            .1;
        let mut types = BTreeMap::new();
        for kind in used.keys() {
            let group = if kind.0 == "data" { "data_source_schemas" } else { "resource_schemas" };
            let block = &provider[group][&kind.1]["block"];
            ensure!(block.is_object(), "version {version} has no {} `{}`", kind.0, kind.1);
            let mut paths = BTreeSet::new();
            of_block("", block, &mut paths);
            types.insert(kind.clone(), paths);
        }
        Ok(Self { version: version.to_owned(), types })
    }

    /// The file's text.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn text(&self) -> Result<String> {
        let group = |of: &str| -> Map<String, Value> {
            let types = self.types.iter().filter(|((kind, _), _)| kind == of);
            types
                .map(|((_, name), paths)| {
                    (name.clone(), json!(paths.iter().map(String::as_str).collect::<Vec<_>>().join(" ")))
                })
                .collect()
        };
        let value = json!({
            "provider": "hashicorp/aws", "version": self.version, "data": group("data"), "resource": group("resource"),
        });
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }

    /// What is used and not there, one line each.
    #[must_use]
    pub fn missing(&self, used: &Used) -> Vec<String> {
        let mut missing = Vec::new();
        for ((kind, name), paths) in used {
            let Some(known) = self.types.get(&(kind.clone(), name.clone())) else {
                missing.push(format!("{kind} {name}: is not in the file"));
                continue;
            };
            let absent = paths.iter().filter(|path| !known.contains(*path) && !path.starts_with("timeouts"));
            missing.extend(
                absent.map(|path| format!("{kind} {name}: `{path}` is not in version {}", self.version)),
            );
        }
        missing
    }
}

fn of_block(above: &str, block: &Value, into: &mut BTreeSet<String>) {
    let place = |name: &str| if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
    for (name, attribute) in block["attributes"].as_object().into_iter().flatten() {
        let can_be_set = attribute["required"] == true || attribute["optional"] == true;
        if can_be_set {
            into.insert(place(name));
        }
    }
    for (name, nested) in block["block_types"].as_object().into_iter().flatten() {
        into.insert(place(name));
        of_block(&place(name), &nested["block"], into);
    }
}

/// All that the modules, their examples and the generated trees use of AWS.
///
/// # Errors
/// When a file cannot be read or followed.
pub fn used() -> Result<Used> {
    let mut used = Used::new();
    for folder in ["modules", "generator/tests/cases"] {
        gather(&repository::root().join(folder), &mut used)?;
    }
    Ok(used)
}

fn gather(folder: &Path, used: &mut Used) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if entry.file_name() != ".terraform" {
                gather(&path, used)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "tf") {
            hcl::collect(&fs::read_to_string(&path)?, "aws_", used)
                .map_err(|line| anyhow!("`{}`, line {line}: cannot be followed", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Value {
        json!({ "provider_schemas": { "registry.terraform.io/hashicorp/aws": {
            "resource_schemas": { "aws_a": { "block": {
                "attributes": { "name": { "optional": true }, "arn": { "computed": true } },
                "block_types": { "rule": { "block": { "attributes": { "status": { "required": true } } } } },
            } } },
            "data_source_schemas": {},
        } } })
    }

    fn used(paths: &[&str]) -> Used {
        let kind = ("resource".to_owned(), "aws_a".to_owned());
        Used::from([(kind, paths.iter().map(|path| (*path).to_owned()).collect())])
    }

    #[test]
    fn what_can_be_set_is_known_and_all_else_is_missing() {
        let facts = Facts::from_schema(&schema(), "6.1.0", &used(&[])).unwrap();
        assert_eq!(facts.missing(&used(&["name", "rule", "rule.status"])), Vec::<String>::new());
        assert_eq!(
            facts.missing(&used(&["arn", "rule.name"])),
            [
                "resource aws_a: `arn` is not in version 6.1.0",
                "resource aws_a: `rule.name` is not in version 6.1.0"
            ]
        );
    }

    #[test]
    fn a_type_that_is_gone_is_refused() {
        let gone = Used::from([(("data".to_owned(), "aws_a".to_owned()), BTreeSet::new())]);
        let error = Facts::from_schema(&schema(), "6.1.0", &gone).unwrap_err();
        assert_eq!(error.to_string(), "version 6.1.0 has no data `aws_a`");
    }
}
