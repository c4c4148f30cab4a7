//! The custom resource definitions of a stand-in, where the real chart keeps them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::{Map, Value, json};

use super::Facts;
use super::expression::{at, on};
use super::facts::folder;

/// The files of the custom resource definitions. `mark` is written into each, so that an upgrade is seen.
///
/// # Errors
/// When a recorded structure cannot be read.
pub(super) fn files(facts: &Facts, mark: Option<&str>) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let subchart = facts.all_of("crds")["subchart"].as_str();
    for recorded in facts.custom_resources() {
        let name = format!("{}.{}", word(recorded, "plural"), word(recorded, "group"));
        let definition = definition(recorded, &name, mark)?;
        if recorded["in"] == "templates" {
            files.insert(format!("templates/crds/{name}.yaml"), templated(facts, &definition)?);
        } else {
            let place = subchart.map_or_else(String::new, |chart| format!("charts/{chart}/"));
            let text = serde_json::to_string(&definition)?;
            files.insert(format!("{place}crds/{name}.yaml"), format!("{text}\n"));
        }
    }
    if let Some(chart) = subchart.filter(|_| !files.is_empty()) {
        let version = facts.all_of("crds")["subchart_version"].as_str().unwrap_or("0.0.0");
        let metadata = json!({ "apiVersion": "v2", "name": chart, "version": version });
        files.insert(format!("charts/{chart}/Chart.yaml"), format!("{metadata:#}\n"));
    }
    Ok(files)
}

fn word<'a>(recorded: &'a Value, key: &str) -> &'a str {
    recorded[key].as_str().unwrap_or_default()
}

fn definition(recorded: &Value, name: &str, mark: Option<&str>) -> Result<Value> {
    let versions = recorded["versions"].as_array().into_iter().flatten();
    let versions: Vec<Value> =
        versions.map(|version| self::version(recorded, version)).collect::<Result<_>>()?;
    let mut names = Map::new();
    for key in ["plural", "singular", "kind", "listKind", "shortNames", "categories"] {
        if !recorded[key].is_null() {
            names.insert(key.to_owned(), recorded[key].clone());
        }
    }
    let mut annotations = Map::new();
    if let Some(mark) = mark {
        annotations.insert("stand-in/mark".to_owned(), mark.into());
    }
    // The API refuses a definition in a group of Kubernetes' own without this, whose content is free.
    let group = word(recorded, "group");
    if group.ends_with(".k8s.io") || group.ends_with(".kubernetes.io") {
        annotations.insert("api-approved.kubernetes.io".to_owned(), "unapproved, as a stand-in".into());
    }
    Ok(json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": name, "annotations": annotations },
        // A conversion webhook is left out: nothing would answer it.
        "spec": { "group": recorded["group"], "names": names, "scope": recorded["scope"], "versions": versions },
    }))
}

fn version(recorded: &Value, version: &Value) -> Result<Value> {
    let name = word(version, "name");
    let mut made = json!({
        "name": name,
        "served": version["served"],
        "storage": version["storage"],
        "schema": { "openAPIV3Schema": structure(recorded, name)? },
    });
    if version["subresources"].is_object() {
        made["subresources"] = version["subresources"].clone();
    }
    Ok(made)
}

/// The recorded structure of a version, or one that takes everything.
fn structure(recorded: &Value, version: &str) -> Result<Value> {
    let (group, kind) = (word(recorded, "group"), word(recorded, "kind"));
    let path = folder().join("crds").join(format!("{group}_{version}_{kind}.json"));
    if !path.is_file() {
        return Ok(json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true }));
    }
    let text = fs::read_to_string(&path)?;
    let mut known: Value =
        serde_json::from_str(&text).with_context(|| format!("reading `{}`", path.display()))?;
    let mut structure = known["openAPIV3Schema"].take();
    tell(&mut structure);
    Ok(structure)
}

/// Messages of rules were not recorded, and the API refuses a rule of several lines without one.
fn tell(structure: &mut Value) {
    match structure {
        Value::Object(map) => {
            for rule in
                map.get_mut("x-kubernetes-validations").and_then(Value::as_array_mut).into_iter().flatten()
            {
                if rule["rule"].as_str().is_some_and(|text| text.contains('\n')) && rule["message"].is_null()
                {
                    rule["message"] = json!("it is against a rule");
                }
            }
            map.values_mut().for_each(tell);
        }
        Value::Array(list) => list.iter_mut().for_each(tell),
        _ => {}
    }
}

/// Stands where the annotations will stand.
const ANNOTATIONS: &str = "@@annotations@@";

/// As a template: behind its switch, with the annotations of its values, and the one that keeps it after an uninstall where there is one.
fn templated(facts: &Facts, definition: &Value) -> Result<String> {
    let crds = facts.all_of("crds");
    // Over many lines: Helm's lint reads none that is longer than 64 KiB. And two braces stand in some patterns, which a
    // template would take for its own.
    let mut definition = definition.clone();
    let own = definition["metadata"]["annotations"].take();
    definition["metadata"]["annotations"] = json!(ANNOTATIONS);
    let text = serde_json::to_string_pretty(&definition)?.replace("{{", "{{ `{{` }}");
    let text = text.replacen(&format!("\"{ANNOTATIONS}\""), &annotations(crds, &own), 1);
    Ok(match crds["switch"].as_str() {
        Some(path) => format!("{{{{- if {} }}}}\n{text}\n{{{{- end }}}}\n", on(path)),
        None => format!("{text}\n"),
    })
}

/// The annotations of a definition: its own, what keeps it, and those that values add, which win.
fn annotations(crds: &Value, own: &Value) -> String {
    let keep = format!("{:?}", json!({ "helm.sh/resource-policy": "keep" }).to_string());
    let mut maps = vec![format!("{:?}", own.to_string())];
    match &crds["kept_on_uninstall"] {
        Value::Bool(true) => maps.push(keep),
        Value::String(path) => maps.push(format!("(ternary {keep} \"{{}}\" (eq {} \"on\"))", on(path))),
        _ => {}
    }
    // The first of them wins, and what is merged last wins.
    let paths = crds["annotations"].as_array().into_iter().flatten().filter_map(Value::as_str).rev();
    maps.extend(paths.map(at));
    format!("{{{{ include \"merges\" (list {}) }}}}", maps.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(kept: &Value) -> Facts {
        Facts::of(json!({ "crds": {
            "switch": "crds.install", "kept_on_uninstall": kept,
            "kinds": [{ "group": "example.org", "kind": "Thing", "plural": "things", "scope": "Cluster", "in": "templates",
                "versions": [{ "name": "v1", "served": true, "storage": true, "subresources": { "status": {} } }] }],
        } }))
    }

    #[test]
    fn a_templated_definition_has_its_switch_and_what_keeps_it() {
        let text =
            |kept| files(&facts(&kept), None).unwrap()["templates/crds/things.example.org.yaml"].clone();
        let own = text(json!("crds.keep"));
        assert!(
            own.starts_with("{{- if (include \"on\" (list $.Values \"crds\" \"install\")) }}\n"),
            "{own}"
        );
        let keep = r#"(ternary "{\"helm.sh/resource-policy\":\"keep\"}" "{}" (eq (include "on" (list $.Values "crds" "keep")) "on"))"#;
        assert!(own.contains(keep), "{own}");
        assert!(text(json!(true)).contains(r#"(list "{}" "{\"helm.sh/resource-policy\":\"keep\"}") }}"#));
        assert!(!text(json!(false)).contains("resource-policy"));
        assert!(own.contains("\"subresources\": {\n"), "{own}");
    }

    #[test]
    fn the_value_that_wins_is_merged_last() {
        let crds = json!({ "kept_on_uninstall": false, "annotations": ["crds.annotations", "annotations"] });
        assert_eq!(
            annotations(&crds, &json!({ "a": "b" })),
            r#"{{ include "merges" (list "{\"a\":\"b\"}" (include "at" (list $.Values "annotations")) (include "at" (list $.Values "crds" "annotations"))) }}"#
        );
    }

    #[test]
    fn a_group_of_kubernetes_own_is_told_to_be_unapproved() {
        let definition = |group: &str| definition(&json!({ "group": group }), "things", None).unwrap();
        let told =
            |group: &str| definition(group)["metadata"]["annotations"]["api-approved.kubernetes.io"].clone();
        assert_eq!(told("externaldns.k8s.io"), "unapproved, as a stand-in");
        assert_eq!(told("elbv2.k8s.aws"), Value::Null);
    }

    #[test]
    fn a_rule_of_several_lines_has_a_message() {
        let mut structure =
            json!({ "items": [{ "x-kubernetes-validations": [{ "rule": "a\nb" }, { "rule": "a" }] }] });
        tell(&mut structure);
        let rules = &structure["items"][0]["x-kubernetes-validations"];
        assert_eq!(rules, &json!([{ "rule": "a\nb", "message": "it is against a rule" }, { "rule": "a" }]));
    }

    #[test]
    fn what_has_no_structure_takes_everything() {
        let text =
            &files(&facts(&json!(false)), Some("2")).unwrap()["templates/crds/things.example.org.yaml"];
        assert!(text.contains("\"x-kubernetes-preserve-unknown-fields\": true"), "{text}");
        assert!(text.contains(r#""{\"stand-in/mark\":\"2\"}""#), "{text}");
    }
}
