//! Operations of JSON patches, as the real provider makes them.

use serde_json::{Value as Json, json};
use tfplugin::value::{Object, Value};

/// One operation.
pub(super) fn operation(op: &str, path: &str, value: &Json) -> Json {
    json!({ "op": op, "path": path, "value": value })
}

/// Replaces a value if it changes; nothing means `default`. A replacement of what the API leaves out, because it is empty, is
/// refused by the API: as with the real provider.
pub(super) fn replaced(
    path: &str,
    name: &str,
    (prior, planned): (&Value, &Value),
    default: impl Into<Json>,
) -> Option<Json> {
    let default = default.into();
    let meant = |value: &Value| if value.is_null() { default.clone() } else { value.to_json(false) };
    let (before, after) = (meant(prior.get(name)), meant(planned.get(name)));
    (before != after).then(|| operation("replace", path, &after))
}

/// Changes a map of texts. A map that was empty is written whole, over what others may have in it; else each key by itself.
pub(super) fn map(path: &str, prior: &Value, planned: &Value) -> Vec<Json> {
    if prior == planned {
        return Vec::new();
    }
    let none = Object::new();
    let (before, after) = (prior.as_object().unwrap_or(&none), planned.as_object().unwrap_or(&none));
    if before.is_empty() {
        return vec![operation("add", path, &planned_json(after))];
    }
    let at = |key: &str| format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    let gone = gone.map(|key| json!({ "op": "remove", "path": at(key) }));
    let set = after.iter().filter(|(key, value)| before.get(*key) != Some(value)).map(|(key, value)| {
        let op = if before.contains_key(key) { "replace" } else { "add" };
        operation(op, &at(key), &value.to_json(false))
    });
    gone.chain(set).collect()
}

fn planned_json(entries: &Object) -> Json {
    Value::Map(entries.clone()).to_json(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<const N: usize>(entries: [(&str, &str); N]) -> Value {
        Value::object(entries.map(|(key, value)| (key, Value::from(value))))
    }

    #[test]
    fn keys_are_changed_one_by_one_and_an_empty_map_is_written_whole() {
        let operations =
            map("/metadata/labels", &texts([("a/b", "1"), ("c", "2")]), &texts([("c", "3"), ("d~", "4")]));
        assert_eq!(
            operations,
            [
                json!({ "op": "remove", "path": "/metadata/labels/a~1b" }),
                json!({ "op": "replace", "path": "/metadata/labels/c", "value": "3" }),
                json!({ "op": "add", "path": "/metadata/labels/d~0", "value": "4" }),
            ]
        );
        let whole = map("/metadata/labels", &Value::Null, &texts([("a", "1")]));
        assert_eq!(whole, [json!({ "op": "add", "path": "/metadata/labels", "value": { "a": "1" } })]);
        assert_eq!(map("/x", &texts([("a", "1")]), &texts([("a", "1")])), Vec::<Json>::new());
    }
}
