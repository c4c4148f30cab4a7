//! The values of a stand-in: their defaults, and a schema that knows every path.

use serde_json::{Map, Value, json};

use super::Facts;
use super::facts::keys;

/// Keys whose values Kubernetes defines, whatever type a chart writes as their default.
const KUBERNETES: [&str; 5] =
    ["affinity", "nodeSelector", "resources", "tolerations", "topologySpreadConstraints"];

/// The defaults as one tree.
pub(super) fn defaults(facts: &Facts) -> Value {
    let mut tree = Map::new();
    for (path, default) in facts.values() {
        let mut keys = keys(path);
        let Some(last) = keys.pop() else { continue };
        if let Some(parent) = descend(&mut tree, &keys) {
            parent.insert(last, default.clone());
        }
    }
    tree.into()
}

fn descend<'a>(tree: &'a mut Map<String, Value>, keys: &[String]) -> Option<&'a mut Map<String, Value>> {
    keys.iter().try_fold(tree, |tree, key| {
        let below = tree.entry(key.as_str()).or_insert_with(|| json!({}));
        if below.is_null() {
            *below = json!({});
        }
        below.as_object_mut()
    })
}

/// The schema: a path that was not recorded is refused, except below an empty map, a list, a null, a map that
/// templates pass on whole, and the undeclared values that templates read.
pub(super) fn schema(facts: &Facts) -> Value {
    let mut root = closed();
    for (path, default) in facts.values() {
        put(&mut root, &keys(path), leaf(path, default));
    }
    for path in facts.list("open").iter().filter_map(Value::as_str) {
        put(&mut root, &keys(path), json!({}));
    }
    for path in facts.map("undeclared").keys() {
        put(&mut root, &keys(path), json!({}));
    }
    root["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    root
}

fn closed() -> Value {
    json!({ "type": ["object", "null"], "properties": {}, "additionalProperties": false })
}

/// Scalars stand for each other: Helm's `--set` guesses types, and templates print them all.
fn leaf(path: &str, default: &Value) -> Value {
    if keys(path).last().is_some_and(|key| KUBERNETES.contains(&key.as_str())) {
        return json!({});
    }
    match default {
        Value::Null => json!({}),
        Value::Array(_) => json!({ "type": ["array", "null"] }),
        Value::Object(_) => json!({ "type": ["object", "null"] }),
        _ => json!({ "type": ["string", "number", "boolean", "null"] }),
    }
}

fn put(root: &mut Value, keys: &[String], schema: Value) {
    let Some((last, parents)) = keys.split_last() else { return };
    let mut node = root;
    for key in parents {
        // Below what is open already, everything is allowed.
        let Some(properties) = node.get_mut("properties").and_then(Value::as_object_mut) else { return };
        node = properties.entry(key.as_str()).or_insert_with(closed);
    }
    if let Some(properties) = node.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert(last.clone(), schema);
    }
}

/// The recorded default at a path: a leaf's, or the tree below it.
pub(super) fn default_at(facts: &Facts, path: &str) -> Value {
    let tree = defaults(facts);
    keys(path).iter().try_fold(&tree, |tree, key| tree.get(key)).cloned().unwrap_or(Value::Null)
}

/// What a template takes for "not given".
pub(super) fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_a_tree() {
        let facts = Facts::of(json!({ "values": { "a.b": 1, "a.c\\.d/e": "x", "f": [] } }));
        assert_eq!(defaults(&facts), json!({ "a": { "b": 1, "c.d/e": "x" }, "f": [] }));
        assert_eq!(default_at(&facts, "a"), json!({ "b": 1, "c.d/e": "x" }));
        assert_eq!(default_at(&facts, "a.no"), Value::Null);
    }

    #[test]
    fn a_schema_closes_what_is_known_and_opens_what_is_not() {
        let facts = Facts::of(json!({
            "values": { "a.b": 1, "labels.x": "y", "f": [], "n": null, "affinity": "" },
            "open": ["labels"],
            "undeclared": { "a.secret": "templates/a.yaml", "pilot": "templates/b.yaml" },
        }));
        let schema = schema(&facts);
        assert_eq!(schema["additionalProperties"], false);
        let of = |name: &str| &schema["properties"][name];
        assert_eq!(of("a")["additionalProperties"], false);
        assert_eq!(of("a")["properties"]["secret"], json!({}));
        assert_eq!(of("labels").get("additionalProperties"), None);
        assert_eq!(of("f"), &json!({ "type": ["array", "null"] }));
        assert_eq!([of("n"), of("affinity"), of("pilot")], [&json!({}); 3]);
    }
}
