//! The metadata that all objects have.

use regex_lite::Regex;
use serde_json::{Map, Value as Json};
use tfplugin::schema::Attribute;
use tfplugin::value::{Object, Value};

use super::fields::{put, single};
use super::kind::replaces;
use super::{Ignored, patch};

/// Puts on an attribute of any object what the recording does not show.
pub(super) fn adorn(path: &str, attribute: Attribute) -> Attribute {
    match path {
        // The former kit plans what is computed as it was, also where the server will count on.
        "id" | "metadata.uid" | "metadata.generation" | "metadata.resource_version" => {
            attribute.use_state_for_unknown()
        }
        "metadata.name" => attribute.use_state_for_unknown().requires_replace(),
        "metadata.generate_name" => replaces(attribute, ""),
        "metadata.namespace" => replaces(attribute, "default"),
        _ => attribute,
    }
}

/// The namespace of an object; empty for those that are in none.
pub(super) fn namespace(object: &Value, namespaced: bool) -> &str {
    if namespaced { single(object, "metadata").get("namespace").as_str().unwrap_or("default") } else { "" }
}

/// The metadata of a new object.
pub(super) fn body(planned: &Value, namespaced: bool) -> Json {
    let metadata = single(planned, "metadata");
    let mut body = Map::new();
    for (name, attribute) in [
        ("annotations", "annotations"),
        ("labels", "labels"),
        ("name", "name"),
        ("generateName", "generate_name"),
    ] {
        if metadata.get(attribute).as_str() != Some("") {
            put(&mut body, name, metadata.get(attribute));
        }
    }
    if namespaced {
        body.insert("namespace".to_owned(), namespace(planned, true).into());
    }
    body.into()
}

/// What an update changes.
pub(super) fn changes(prior: &Value, planned: &Value) -> Vec<Json> {
    let (prior, planned) = (single(prior, "metadata"), single(planned, "metadata"));
    let each = ["annotations", "labels"].into_iter();
    each.flat_map(|name| patch::map(&format!("/metadata/{name}"), prior.get(name), planned.get(name)))
        .collect()
}

/// The block `metadata` of an object in the API. Keys that Kubernetes itself writes are left out unless the state has them.
pub(super) fn read(object: &Json, state: &Value, namespaced: bool, ignored: &Ignored) -> Value {
    let (metadata, state) = (&object["metadata"], single(state, "metadata"));
    let own = |name: &str, ignored: &[Regex]| {
        let configured = state.get(name).as_object();
        let entries = metadata[name].as_object().into_iter().flatten();
        let kept = entries.filter(|(key, _)| {
            configured.is_some_and(|configured| configured.contains_key(*key))
                || !(is_internal(key) || ignored.iter().any(|expression| expression.is_match(key)))
        });
        Value::object(kept.map(|(key, value)| (key.clone(), Value::optional(value.as_str()))))
    };
    let text = |name: &str| Value::optional(metadata[name].as_str());
    let mut block = Object::from([
        ("annotations".to_owned(), own("annotations", &ignored.annotations)),
        ("labels".to_owned(), own("labels", &ignored.labels)),
        ("name".to_owned(), text("name")),
        ("generation".to_owned(), metadata["generation"].as_i64().unwrap_or_default().into()),
        ("resource_version".to_owned(), text("resourceVersion")),
        ("uid".to_owned(), text("uid")),
    ]);
    block.insert("generate_name".to_owned(), metadata["generateName"].as_str().unwrap_or_default().into());
    if namespaced {
        block.insert("namespace".to_owned(), text("namespace"));
    }
    Value::list([Value::Map(block)])
}

/// Whether Kubernetes itself writes annotations and labels with this key.
fn is_internal(key: &str) -> bool {
    let host = key.split_once('/').map_or(key, |(host, _)| host);
    if matches!(host, "app.kubernetes.io" | "service.beta.kubernetes.io") {
        return false;
    }
    host.ends_with("kubernetes.io") || key.contains("deprecated.daemonset.template.generation")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_of_kubernetes_are_left_out_unless_they_are_configured() {
        let object = json!({ "metadata": { "name": "n", "labels": {
            "kubernetes.io/metadata.name": "n", "app.kubernetes.io/name": "x", "mine": "1",
            "pod-security.kubernetes.io/enforce": "restricted", "other.example.com/x": "2",
        } } });
        let configured = Value::object([("pod-security.kubernetes.io/enforce", Value::from("restricted"))]);
        let state = Value::object([("metadata", Value::list([Value::object([("labels", configured)])]))]);
        let ignored = Ignored { labels: vec![Regex::new("example.com").unwrap()], ..Ignored::default() };
        let read = read(&object, &state, false, &ignored);
        let labels = Value::object([
            ("app.kubernetes.io/name", Value::from("x")),
            ("mine", "1".into()),
            ("pod-security.kubernetes.io/enforce", "restricted".into()),
        ]);
        assert_eq!(read.as_elements().unwrap()[0].get("labels"), &labels);
    }
}
