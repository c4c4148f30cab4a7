//! What the module `addons` makes of its variables, asked of Terraform itself: no cluster is needed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use acceptance_tests::charts::{Facts, Helm, StandIn};
use acceptance_tests::{CliConfig, Terraform, repository};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Map, Value, json};

/// What is asked: of the charts that are on, their values as one list each; and the rewriting of all.
const QUESTION: &str = "jsonencode({ \
    charts = local.charts, mirrored = local.mirrored, releases = local.releases, \
    values = { for name, values in local.values : name => [for text in values : yamldecode(text)] \
               if local.enabled[local.charts[name].addon] } })\n";

/// The charts of the module that nothing renders workloads of but themselves, and so the stand-ins that are theirs.
pub(crate) fn pinned() -> Result<Vec<Facts>> {
    // The agent has a layer of its own.
    Ok(Facts::all()?.into_iter().filter(|chart| chart.name() != "tfy-agent").collect())
}

/// A copy of the module, so that nothing of Terraform's stays in the source tree.
pub(crate) fn copied(folder: &Path) -> Result<Terraform> {
    let copy = folder.join("addons");
    repository::copy_folder(&repository::root().join("modules/addons"), &copy)?;
    let terraform = Terraform::new(&copy, &CliConfig::for_modules()?)?;
    terraform.init()?;
    Ok(terraform)
}

/// The variables that must be given.
pub(crate) fn variables() -> Value {
    json!({ "cluster": { "name": "acme-dev", "region": "us-east-1", "vpc_id": "vpc-0123456789abcdef0", "version": "1.35" } })
}

/// Those, and what is off by default.
pub(crate) fn everything() -> Value {
    let mut variables = variables();
    variables["addons"] = json!({ "external-dns": { "enabled": true }, "gpu-operator": { "enabled": true } });
    variables
}

/// What the module is made of with some variables.
#[derive(Clone, Debug)]
pub(crate) struct Module(Value);

impl Module {
    /// Asks a copy of the module.
    ///
    /// # Errors
    /// When Terraform refuses the variables or does not know an answer.
    pub(crate) fn ask(terraform: &Terraform, variables: &Value) -> Result<Self> {
        Ok(Self(answer(terraform, variables, QUESTION)?))
    }

    /// The table `charts.json`.
    pub(crate) fn charts(&self) -> &Map<String, Value> {
        map(&self.0["charts"])
    }

    /// What a mirror changes in a chart's values.
    pub(crate) fn mirrored(&self, chart: &str) -> &Value {
        &self.0["mirrored"][chart]
    }

    /// The charts that are on.
    pub(crate) fn on(&self) -> BTreeSet<&str> {
        map(&self.0["values"]).keys().map(String::as_str).collect()
    }

    /// Release => namespace and version.
    pub(crate) fn releases(&self) -> &Map<String, Value> {
        map(&self.0["releases"])
    }

    /// The values of a chart as Helm merges them.
    pub(crate) fn values(&self, chart: &str) -> Value {
        let mut merged = json!({});
        for values in self.0["values"][chart].as_array().into_iter().flatten() {
            lay(&mut merged, values);
        }
        merged
    }

    /// The objects that the stand-in of a chart renders with the values of the module.
    pub(crate) fn objects(&self, helm: &Helm, chart: &Facts, stand_in: &Path) -> Result<Vec<Value>> {
        let place = &self.charts()[chart.name()];
        let text = |key: &str| place[key].as_str().unwrap_or_default();
        helm.objects(stand_in, (text("release"), text("namespace")), &self.values(chart.name()))
            .with_context(|| format!("the values of `{}`", chart.name()))
    }
}

/// What Terraform says of an expression that is JSON, in a copy of the module with some variables.
///
/// # Errors
/// When Terraform refuses the variables or does not know an answer.
pub(crate) fn answer(terraform: &Terraform, variables: &Value, question: &str) -> Result<Value> {
    fs::write(terraform.folder().join("asked.tfvars.json"), variables.to_string())?;
    let mut command = terraform.command(&["console", "-no-color", "-var-file=asked.tfvars.json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("no standard input")?.write_all(question.as_bytes())?;
    let output = child.wait_with_output()?;
    let told = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`terraform console` failed:\n{told}{errors}");
    // JSON as a string of Terraform's, which escapes as JSON does but for its own templates.
    let text: String = serde_json::from_str(told.trim())
        .with_context(|| format!("`terraform console` answers: {told}{errors}"))?;
    Ok(serde_json::from_str(&text.replace("$${", "${").replace("%%{", "%{"))?)
}

/// The stand-ins of all charts as folders, by chart.
pub(crate) fn stand_ins(charts: &[Facts], into: &Path) -> Result<BTreeMap<String, std::path::PathBuf>> {
    charts.iter().map(|chart| Ok((chart.name().to_owned(), StandIn::of(chart).write(into)?))).collect()
}

fn map(value: &Value) -> &Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.as_object().unwrap_or(&NONE)
}

/// Maps merge, all else replaces: Helm's way with several files of values.
fn lay(values: &mut Value, over: &Value) {
    match (values, over) {
        (Value::Object(values), Value::Object(over)) => {
            for (key, over) in over {
                lay(values.entry(key.as_str()).or_insert(Value::Null), over);
            }
        }
        (values, over) => *values = over.clone(),
    }
}

/// The path of every leaf with what is there, a dot in a key written `\.` as in the facts.
pub(crate) fn leaves(value: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    descend(value, "", &mut found);
    found
}

fn descend(value: &Value, path: &str, found: &mut BTreeMap<String, Value>) {
    let Value::Object(map) = value else {
        found.insert(path.to_owned(), value.clone());
        return;
    };
    for (key, below) in map {
        let key = key.replace('.', "\\.");
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        descend(below, &path, found);
    }
}
