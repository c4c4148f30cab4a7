//! A chart beside what was recorded of it: its stand-in renders what it renders, as far as a stand-in goes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use acceptance_tests::charts::{Facts, Helm};
use acceptance_tests::repository;
use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::{Map, Value};

use super::rendered::Document;
use super::sources::Source;
use super::yaml;

/// The kinds of which a stand-in has every object.
const KINDS: [&str; 14] = [
    "APIService",
    "CronJob",
    "CustomResourceDefinition",
    "DaemonSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "Job",
    "MutatingWebhookConfiguration",
    "PersistentVolumeClaim",
    "PodDisruptionBudget",
    "PriorityClass",
    "StatefulSet",
    "ResourceQuota",
    "ValidatingWebhookConfiguration",
];
/// What a stand-in makes up, or has for the admission alone.
const MADE_UP: [&str; 5] =
    ["groupPriorityMinimum", "versionPriority", "securityContext", "admissionReviewVersions", "schema"];
/// What the API takes where nothing is said: a stand-in says it, and a chart need not.
const BY_DEFAULT: [(&str, &str); 4] =
    [("port", "443"), ("scope", "*"), ("hostNetwork", "false"), ("insecureSkipTLSVerify", "false")];
/// Sums over other objects, in the annotations of pods.
const SUMS: &str = "checksum/";
/// What stands where a pod's image will be put in by Istio's injector.
const INJECTED: &str = "auto";
/// What is compared of an object; of its metadata only what decides about its life.
const PARTS: [&str; 5] = ["/spec", "/webhooks", "/value", "/globalDefault", "/metadata/annotations"];
/// The annotations that do.
const OF_HELM: &str = "helm.sh/";

/// What stands in the way of taking facts for a chart, a line each.
pub(crate) fn chart(source: &Source, facts: &Facts, helm: &Helm, folder: &Path) -> Result<Vec<String>> {
    let mut differences = Vec::new();
    for (key, recorded) in [("appVersion", "app_version"), ("kubeVersion", "kube_version")] {
        let (real, recorded) = (source.metadata.get(key).unwrap_or(&Value::Null), facts.all_of(recorded));
        if real != recorded {
            differences.push(format!("`{key}` is {real}, recorded is {recorded}"));
        }
    }
    differences.extend(values(&leaves(&defaults(source, facts, helm, folder)?), facts.values()));
    Ok(differences)
}

/// The default values that are not recorded, and those that are recorded and not there.
fn values(real: &BTreeSet<String>, recorded: &Map<String, Value>) -> Vec<String> {
    // Helm shows each chart within the `global` of the charts around it, and they may set its own there.
    let shared = |path: &str| path.find(".global.").map(|at| path[at + 1..].to_owned());
    let is_recorded = |path: &String| {
        recorded.contains_key(path) || shared(path).is_some_and(|path| recorded.contains_key(&path))
    };
    let of_all: BTreeSet<String> = real.iter().filter_map(|path| shared(path)).collect();
    // And it leaves out what is null in a chart within.
    let is_there =
        |path: &String, default: &Value| default.is_null() || real.contains(path) || of_all.contains(path);
    let unknown = real.iter().filter(|path| !is_recorded(path) && !is_empty_global(path));
    let gone = recorded.iter().filter(|(path, default)| !is_there(path, default));
    unknown
        .map(|path| format!("the value `{path}` is not recorded"))
        .chain(gone.map(|(path, _)| format!("the value `{path}` is recorded and not there")))
        .collect()
}

/// Helm makes one for each chart within.
fn is_empty_global(path: &str) -> bool {
    path.ends_with(".global")
}

/// The default values, those of charts within included, as Helm merges them.
fn defaults(source: &Source, facts: &Facts, helm: &Helm, folder: &Path) -> Result<Value> {
    let copy = folder.join(source.name());
    repository::copy_folder(&source.folder, &copy)?;
    unconditionally(&copy)?;
    // Helm renders what lies deepest first, and some templates change the values for those that follow.
    let deep = "templates/a/a/a/a/a/a/a/a";
    let template = format!("{deep}/values-as-merged.yaml");
    fs::create_dir_all(copy.join(deep))?;
    fs::write(copy.join(&template), "{{ toJson .Values }}\n")?;
    let needed = folder.join(format!("{}.json", source.name()));
    let needs = if facts.needs().is_null() { Map::new().into() } else { facts.needs().clone() };
    fs::write(&needed, needs.to_string())?;
    let (chart, values) = (copy.to_string_lossy(), needed.to_string_lossy());
    let told = helm.run(&["template", &chart, "--show-only", &template, "--values", &values])?;
    let document = yaml::documents(&told).pop().context("no values")?;
    let mut values = yaml::read(&document)?;
    // Istio hides its defaults below this key, and takes what is given beside it.
    if let Some(hidden) = values.get_mut("_internal_defaults_do_not_set") {
        values = hidden.take();
    }
    Ok(values)
}

/// Has every chart within a chart, those that are off by default too: Helm knows no values of a chart that is off.
fn unconditionally(chart: &Path) -> Result<()> {
    let file = chart.join("Chart.yaml");
    let mut metadata = yaml::read(&fs::read_to_string(&file)?)?;
    for dependency in metadata["dependencies"].as_array_mut().into_iter().flatten() {
        if let Some(dependency) = dependency.as_object_mut() {
            dependency.retain(|key, _| key != "condition" && key != "tags");
        }
    }
    // JSON is YAML.
    Ok(fs::write(file, metadata.to_string())?)
}

/// The path of every leaf, a dot in a key written `\.` as in the facts.
fn leaves(value: &Value) -> BTreeSet<String> {
    let Some(map) = value.as_object().filter(|map| !map.is_empty()) else { return [String::new()].into() };
    let below = map.iter().flat_map(|(key, below)| {
        let key = key.replace('.', "\\.");
        leaves(below)
            .into_iter()
            .map(move |path| if path.is_empty() { key.clone() } else { format!("{key}.{path}") })
    });
    below.collect()
}

/// The hosts that images come from and that are not recorded, a line each.
pub(crate) fn hosts(real: &[Rc<Document>], facts: &Facts) -> Vec<String> {
    let hosts: BTreeSet<String> = real
        .iter()
        .flat_map(|document| images(&document.object))
        .filter(|image| image != INJECTED)
        .map(|image| host(&image))
        .collect();
    let unknown = hosts.difference(&facts.image_hosts()).cloned().collect::<Vec<_>>();
    unknown.iter().map(|host| format!("images come from `{host}`, which is not recorded")).collect()
}

/// The objects of a release of a chart, and those of its stand-in: what is different, a line each.
pub(crate) fn objects(real: &[Rc<Document>], stand_in: &[Rc<Document>]) -> Vec<String> {
    let by_name = |documents: &[Rc<Document>]| -> BTreeMap<String, Rc<Document>> {
        let known = documents.iter().filter(|document| KINDS.contains(&document.kind()));
        known
            .map(|document| (format!("{} `{}`", document.kind(), document.name()), Rc::clone(document)))
            .collect()
    };
    let (real, stand_in) = (by_name(real), by_name(stand_in));
    let mut differences = Vec::new();
    for (name, document) in &stand_in {
        match real.get(name) {
            None => differences.push(format!("{name} is recorded and not rendered")),
            Some(real) => {
                if document.is_definition() && in_templates(document) != in_templates(real) {
                    differences.push(format!("{name} is in another place: in templates or in `crds/`"));
                }
                for part in PARTS {
                    compare(name, part, document, real, &mut differences);
                }
            }
        }
    }
    let new = real.keys().filter(|name| !stand_in.contains_key(*name));
    differences.extend(new.map(|name| format!("{name} is rendered and not recorded")));
    differences
}

fn in_templates(document: &Document) -> bool {
    document.text.lines().next().is_some_and(|line| line.contains("/templates/"))
}

fn compare(name: &str, part: &str, stand_in: &Document, real: &Document, differences: &mut Vec<String>) {
    let part_of = |document: &Document| document.object.pointer(part).cloned().unwrap_or_default();
    let (mut recorded, mut real) = (part_of(stand_in), part_of(real));
    if part.ends_with("annotations") {
        for annotations in [&mut recorded, &mut real] {
            if let Some(annotations) = annotations.as_object_mut() {
                annotations.retain(|name, _| name.starts_with(OF_HELM));
            }
        }
        // Both ways: a stand-in without what keeps an object is as wrong as one with it.
        lacks(&real, &recorded, &mut |at| {
            differences.push(format!("{name}: `{part}{at}` of the chart is not in its stand-in"));
        });
    }
    lacks(&recorded, &real, &mut |at| {
        differences.push(format!("{name}: `{part}{at}` is another than recorded"));
    });
}

/// Tells the place of each leaf of the one that is not in the other.
fn lacks(one: &Value, other: &Value, tell: &mut dyn FnMut(&str)) {
    match (one, other) {
        (Value::Object(one), _) => {
            let is_said = |(key, value): &(&String, &Value)| {
                let is_default =
                    other[key.as_str()].is_null() && BY_DEFAULT.contains(&(key.as_str(), &*text(value)));
                !is_default && !MADE_UP.contains(&key.as_str()) && !key.starts_with(SUMS)
            };
            for (key, value) in one.iter().filter(is_said) {
                lacks(value, &other[key.as_str()], &mut |at| tell(&format!("/{key}{at}")));
            }
        }
        (Value::Array(one), Value::Array(others)) => {
            for (number, value) in one.iter().enumerate() {
                // Things that have names are found by them.
                let named =
                    others.iter().find(|other| !value["name"].is_null() && other["name"] == value["name"]);
                let other = named.or_else(|| others.get(number)).unwrap_or(&Value::Null);
                lacks(value, other, &mut |at| tell(&format!("/{number}{at}")));
            }
        }
        (one, other) if empty(one) && empty(other) || text(one) == text(other) => {}
        (one, other) => tell(&format!(" ({} instead of {})", text(other), text(one))),
    }
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A quantity may be a number or a text.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The images of every container in an object.
fn images(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => {
            let own = map.get("image").and_then(Value::as_str).filter(|_| map.contains_key("name"));
            own.map(str::to_owned).into_iter().chain(map.values().flat_map(images)).collect()
        }
        Value::Array(list) => list.iter().flat_map(images).collect(),
        _ => Vec::new(),
    }
}

/// The host of an image; a name without one is Docker Hub's.
fn host(image: &str) -> String {
    match image.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) => first.to_owned(),
        _ => "docker.io".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(object: Value) -> Rc<Document> {
        Rc::new(Document { text: object.to_string(), object })
    }

    fn deployment(name: &str, image: &str, replicas: &Value) -> Rc<Document> {
        document(json!({
            "kind": "Deployment", "metadata": { "name": name },
            "spec": { "replicas": replicas, "template": { "spec": { "containers": [{ "name": "main", "image": image }] } } },
        }))
    }

    #[test]
    fn what_a_chart_has_beside_what_is_recorded_is_no_difference() {
        let mut real = Rc::unwrap_or_clone(deployment("a", "b:1", &json!(1)));
        real.object["spec"]["strategy"] = json!({ "type": "Recreate" });
        real.object["spec"]["template"]["spec"]["containers"]
            .as_array_mut()
            .unwrap()
            .insert(0, json!({ "name": "more" }));
        assert_eq!(objects(&[Rc::new(real)], &[deployment("a", "b:1", &json!("1"))]), [""; 0]);
    }

    #[test]
    fn another_image_another_name_and_a_lost_annotation_are_differences() {
        let definition = |annotations: Value| {
            document(
                json!({ "kind": "CustomResourceDefinition", "metadata": { "name": "c", "annotations": annotations } }),
            )
        };
        let keep = json!({ "helm.sh/resource-policy": "keep", "other": "x" });
        let real = [deployment("a", "b:2", &json!(1)), deployment("new", "b", &json!(1)), definition(keep)];
        let stand_in =
            [deployment("a", "b:1", &json!(1)), deployment("old", "b", &json!(1)), definition(json!({}))];
        assert_eq!(
            objects(&real, &stand_in),
            [
                "CustomResourceDefinition `c`: `/metadata/annotations/helm.sh/resource-policy (null instead of keep)` of the \
                 chart is not in its stand-in",
                "Deployment `a`: `/spec/template/spec/containers/0/image (b:2 instead of b:1)` is another than recorded",
                "Deployment `old` is recorded and not rendered",
                "Deployment `new` is rendered and not recorded",
            ]
        );
    }

    #[test]
    fn what_the_api_takes_by_default_and_sums_need_not_be_said() {
        let webhook = |service: Value, rule: Value| {
            document(json!({ "kind": "ValidatingWebhookConfiguration", "metadata": { "name": "w" },
                "webhooks": [{ "name": "a", "clientConfig": { "service": service }, "rules": [rule] }] }))
        };
        let stand_in = webhook(json!({ "port": 443 }), json!({ "scope": "*" }));
        assert_eq!(objects(&[webhook(json!({}), json!({}))], &[Rc::clone(&stand_in)]), [""; 0]);
        assert_eq!(
            objects(&[webhook(json!({ "port": 9443 }), json!({ "scope": "Cluster" }))], &[stand_in]),
            [
                "ValidatingWebhookConfiguration `w`: `/webhooks/0/clientConfig/service/port (9443 instead of 443)` is another than \
                 recorded",
                "ValidatingWebhookConfiguration `w`: `/webhooks/0/rules/0/scope (Cluster instead of *)` is another than recorded",
            ]
        );
        let mut summed = Rc::unwrap_or_clone(deployment("a", "b", &json!(1)));
        summed.object["spec"]["template"]["metadata"] = json!({ "annotations": { "checksum/config": "1" } });
        assert_eq!(objects(&[deployment("a", "b", &json!(1))], &[Rc::new(summed)]), [""; 0]);
    }

    #[test]
    fn values_of_charts_within_are_those_that_a_user_can_set() {
        let real = ["a", "in.global.a", "in.global.b", "in.c", "in.global"].map(str::to_owned).into();
        let recorded = json!({ "a": 1, "global.a": 1, "in.nothing": null, "in.gone": 1 });
        assert_eq!(
            values(&real, recorded.as_object().unwrap()),
            [
                "the value `in.c` is not recorded",
                "the value `in.global.b` is not recorded",
                "the value `in.gone` is recorded and not there",
            ]
        );
    }

    #[test]
    fn leaves_are_told_as_in_the_facts() {
        let values = json!({ "a": { "b.c/d": 1, "e": {} }, "f": [] });
        assert_eq!(leaves(&values), ["a.b\\.c/d", "a.e", "f"].map(str::to_owned).into());
    }
}
