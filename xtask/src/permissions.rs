//! `cargo xtask permissions`: which IAM actions each type of resource calls, seen and not guessed.
//!
//! The real AWS provider applies, changes and destroys all modules against the local AWS. That keeps every call that it was
//! asked for, with what it asks of IAM; the provider's log says for which type each of them was, and the plan what was done with it.

mod log;
mod roots;

use std::collections::{BTreeMap, BTreeSet};

use acceptance_tests::repository;
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

use crate::ui::Ui;

/// Where it is kept.
const FILE: &str = "generator/data/permissions.json";
const ABOUT: &str = "Type of resource => what is done with it => IAM actions that this takes. Recorded by `cargo xtask permissions`.";

/// Type => `create`, `read`, `update` or `delete` => IAM actions.
pub(crate) type Recorded = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Records and writes the file, and tells what is another than before.
pub(crate) fn run(ui: &Ui) -> Result<()> {
    let (recorded, version) = roots::record(ui)?;
    let missing = missing(&recorded)?;
    ensure!(
        missing.is_empty(),
        "no run made {}\nhint: give `acceptance-tests/permissions` the option of the module that brings it",
        missing.join(", ")
    );
    let all: BTreeSet<&str> =
        recorded.values().flat_map(BTreeMap::values).flatten().map(String::as_str).collect();
    let unknown = unknown(&all)?;
    ensure!(
        unknown.is_empty(),
        "no such IAM actions: {}\nhint: say in `acceptance-tests/aws/local_aws/access` what the calls ask",
        unknown.join(", ")
    );
    let file = repository::root().join(FILE);
    let before = fs::read(&file).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    let now = json!({ "about": ABOUT, "provider": version, "types": recorded });
    let changes = changes(before.as_ref().map_or(&Value::Null, |file| &file["types"]), &now["types"]);
    ui.result(&if changes.is_empty() { "nothing has changed".to_owned() } else { changes.join("\n") });
    ui.detail(&format!("{} types, {} actions", recorded.len(), all.len()));
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(file, serde_json::to_string_pretty(&now)? + "\n")?)
}

/// The types of the modules that were not recorded.
fn missing(recorded: &Recorded) -> Result<Vec<String>> {
    let mut files = Vec::new();
    repository::files_with_ending(&repository::root().join("modules"), "tf", &mut files)?;
    let others = ["examples", "tests", ".terraform"];
    files.retain(|file| !file.components().any(|part| others.iter().any(|other| part.as_os_str() == *other)));
    let mut kinds = BTreeSet::new();
    for file in files {
        kinds.extend(declared(&fs::read_to_string(file)?));
    }
    Ok(kinds.into_iter().filter(|kind| !recorded.contains_key(kind)).collect())
}

fn declared(text: &str) -> Vec<String> {
    let kind = |line: &str, block: &str, prefix: &str| {
        let name = line.strip_prefix(block)?.split('"').next()?;
        name.starts_with("aws_").then(|| format!("{prefix}{name}"))
    };
    text.lines()
        .filter_map(|line| kind(line, "resource \"", "").or_else(|| kind(line, "data \"", "data.")))
        .collect()
}

/// Those that AWS does not have, by the Service Authorization Reference that the local AWS has.
fn unknown(actions: &BTreeSet<&str>) -> Result<Vec<String>> {
    let file = repository::root().join("acceptance-tests/aws/local_aws/access/reference.json");
    let reference: Value = serde_json::from_slice(&fs::read(&file)?)
        .with_context(|| format!("`{}` is no JSON", file.display()))?;
    let known = |action: &str| {
        let (service, name) = action.split_once(':').unwrap_or_default();
        reference["services"][service]["actions"].get(name).is_some()
    };
    Ok(actions.iter().filter(|action| !known(action)).map(|action| (*action).to_owned()).collect())
}

/// What differs, one line each.
fn changes(before: &Value, after: &Value) -> Vec<String> {
    let flat = |types: &Value| -> BTreeSet<String> {
        let mut lines = BTreeSet::new();
        for (kind, actions) in types.as_object().into_iter().flatten() {
            for (action, called) in actions.as_object().into_iter().flatten() {
                let called = called.as_array().into_iter().flatten().filter_map(Value::as_str);
                lines.extend(called.map(|name| format!("{kind} {action}: {name}")));
            }
        }
        lines
    };
    let (before, after) = (flat(before), flat(after));
    let added = after.difference(&before).map(|line| format!("added    {line}"));
    added.chain(before.difference(&after).map(|line| format!("removed  {line}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_found_in_code() {
        let text = "resource \"aws_vpc\" \"a\" {\n  resource \"aws_no\" \"a\" {}\n}\ndata \"aws_vpc\" \"a\" {\nresource \"terraform_data\" \"b\" {}";
        assert_eq!(declared(text), ["aws_vpc", "data.aws_vpc"]);
    }

    #[test]
    fn actions_that_aws_does_not_have_are_told() {
        let some = BTreeSet::from(["ec2:CreateVpc", "ec2:CreateVcp", "other:Get", "sts:GetCallerIdentity"]);
        assert_eq!(unknown(&some).unwrap(), ["ec2:CreateVcp", "other:Get"]);
    }

    #[test]
    fn what_is_new_and_what_has_gone_is_told() {
        let before = json!({ "aws_vpc": { "create": ["ec2:CreateVpc", "ec2:Old"] } });
        let after = json!({ "aws_vpc": { "create": ["ec2:CreateVpc"], "read": ["ec2:DescribeVpcs"] } });
        assert_eq!(
            changes(&before, &after),
            ["added    aws_vpc read: ec2:DescribeVpcs", "removed  aws_vpc create: ec2:Old"]
        );
        assert_eq!(changes(&after, &after), [""; 0]);
        assert_eq!(changes(&Value::Null, &before).len(), 2);
    }
}
