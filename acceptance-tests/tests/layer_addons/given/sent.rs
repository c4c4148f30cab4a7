//! The values that releases are sent: of the golden cases that differ in their add-ons, as Terraform plans them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use acceptance_tests::repository;
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

use super::super::alone::Alone;
use super::rendered::Release;
use super::yaml;

/// The cases; all others have the add-ons of `quickstart`, or none.
const CASES: [&str; 5] = ["quickstart", "addons-changed", "addons-mirrored", "demo", "everything"];

/// What is on with everything that is off by default.
const EVERYTHING: &str =
    "addons:\n  gpu-operator: true\n  external-dns: { zones: { acme.com: Z0123456789ABCDEFGHIJ } }\n";

/// A release as some cases have it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// The first case that has it so.
    pub(crate) case: String,
    /// The chart's name, or its path where it is ours.
    pub(crate) chart: String,
    pub(crate) release: Release,
}

/// Each release with each of its values, once.
pub(crate) fn of_all_cases(alone: &Alone) -> Result<Vec<Sent>> {
    let mut sent: BTreeMap<(String, Vec<String>), Sent> = BTreeMap::new();
    let charts = alone.charts();
    let cases = CASES.into_iter().map(|case| Ok((case, lines_of(case, &charts)?)));
    let cases: Vec<(&str, String)> =
        cases.chain([Ok(("everything on", EVERYTHING.to_owned()))]).collect::<Result<_>>()?;
    for (case, lines) in cases {
        alone.generate(&lines).with_context(|| format!("the case `{case}`"))?;
        for one in planned(alone, case).with_context(|| format!("the case `{case}`"))? {
            sent.entry((one.release.name.clone(), one.release.values.clone())).or_insert(one);
        }
    }
    Ok(sent.into_values().collect())
}

/// The `addons` and `compute` of a case, with another repository of its charts.
fn lines_of(case: &str, charts: &str) -> Result<String> {
    let file = repository::root().join("generator/tests/cases").join(case).join("platform.yaml");
    let spec = yaml::read(&fs::read_to_string(&file)?).with_context(|| file.display().to_string())?;
    let mut addons = spec["addons"].as_object().cloned().unwrap_or_default();
    addons.entry("mirror").or_insert_with(|| json!({}))["charts"] = charts.into();
    let mut lines = "addons:\n".to_owned();
    for (name, value) in &addons {
        // JSON is YAML.
        lines.push_str(&format!("  {name}: {value}\n"));
    }
    if !spec["compute"].is_null() {
        lines.push_str(&format!("compute: {}\n", spec["compute"]));
    }
    Ok(lines)
}

fn planned(alone: &Alone, case: &str) -> Result<Vec<Sent>> {
    let terraform = alone.terraform()?;
    terraform.init()?;
    let plan = terraform.plan()?;
    let modules = plan.json["planned_values"]["root_module"]["child_modules"].as_array();
    let resources = modules.into_iter().flatten().flat_map(|module| module["resources"].as_array()).flatten();
    let releases = resources.filter(|resource| resource["type"] == "helm_release");
    let sent: Vec<Sent> =
        releases.map(|resource| self::sent(alone, case, &resource["values"])).collect::<Result<_>>()?;
    ensure!(!sent.is_empty(), "no release is planned");
    Ok(sent)
}

fn sent(alone: &Alone, case: &str, values: &Value) -> Result<Sent> {
    let text = |key: &str| values[key].as_str().unwrap_or_default().to_owned();
    let listed = values["values"].as_array().into_iter().flatten();
    let listed: Vec<String> = listed.filter_map(Value::as_str).map(str::to_owned).collect();
    let known = values["values"].as_array().map_or(0, Vec::len);
    ensure!(listed.len() == known, "a value of `{}` is not known when it is planned", text("name"));
    let chart = text("chart");
    let folder = alone.layer().join(&chart);
    let path = if folder.is_dir() { fs::canonicalize(folder)? } else { PathBuf::from(&chart) };
    let release = Release { chart: path, name: text("name"), namespace: text("namespace"), values: listed };
    Ok(Sent { case: case.to_owned(), chart, release })
}

/// The release that a chart makes of its defaults.
pub(crate) fn by_default(chart: &Path, facts: &acceptance_tests::charts::Facts) -> Sent {
    let (name, namespace) = facts.release();
    Sent {
        case: "defaults".to_owned(),
        chart: facts.name().to_owned(),
        release: Release {
            chart: chart.to_path_buf(),
            name: name.to_owned(),
            namespace: namespace.to_owned(),
            values: vec![if facts.needs().is_null() { json!({}) } else { facts.needs().clone() }.to_string()],
        },
    }
}
