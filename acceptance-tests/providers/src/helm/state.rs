//! What of a release goes into the state.

use serde_json::{Map, Value as Json};
use tfplugin::State;
use tfplugin::value::Value;

use super::answers::{Installed, seconds};

/// What stands in `metadata.values` for a sensitive value.
const CLOAK: &str = "(sensitive value)";

/// The same version, a leading `v` aside.
pub(super) fn same_version(a: &str, b: &str) -> bool {
    a.strip_prefix('v').unwrap_or(a) == b.strip_prefix('v').unwrap_or(b)
}

/// `object`, a plan or a state, as the release now is.
pub(super) fn settled(object: &Value, found: &Installed) -> State {
    let (status, about) = (&found.status, &found.about);
    let mut object = object.clone();
    object.put("manifest", Value::Null);
    object.put("resources", Value::Null);
    object.put("name", status.name.as_str());
    object.put("namespace", status.namespace.as_str());
    object.put("id", status.name.as_str());
    object.put("status", status.info.status.as_str());
    if !same_version(&about.version, object.get("version").as_str().unwrap_or_default()) {
        object.put("version", about.version.as_str());
    }
    // Which of the values are write-only cannot be told, so none is kept.
    let secret = object.get("set_wo_revision").as_i64().is_some_and(|revision| revision > 0);
    let values = if secret { "{}".to_owned() } else { values(&object, status.config.as_ref()) };
    object.put(
        "metadata",
        Value::object([
            ("name", status.name.as_str().into()),
            ("revision", status.version.into()),
            ("namespace", status.namespace.as_str().into()),
            ("chart", about.chart.as_str().into()),
            ("version", about.version.as_str().into()),
            ("app_version", about.app_version.as_str().into()),
            ("values", values.into()),
            ("first_deployed", seconds(&status.info.first_deployed).into()),
            ("last_deployed", seconds(&status.info.last_deployed).into()),
            ("notes", status.info.notes.as_str().into()),
        ]),
    );
    State::from(object).with_identity(identity(&status.namespace, &status.name))
}

/// What identifies a release.
pub(super) fn identity(namespace: &str, name: &str) -> Value {
    Value::object([("namespace", namespace.into()), ("release_name", name.into())])
}

/// The values that the release was given, as Go writes them, without those of `set_sensitive`.
fn values(object: &Value, config: Option<&Map<String, Json>>) -> String {
    let mut config = Json::Object(config.cloned().unwrap_or_default());
    for set in object.get("set_sensitive").as_elements().unwrap_or_default() {
        cloak(&mut config, set.get("name").as_str().unwrap_or_default());
    }
    sort(&mut config);
    let escaped = [
        ('<', "\\u003c"),
        ('>', "\\u003e"),
        ('&', "\\u0026"),
        ('\u{2028}', "\\u2028"),
        ('\u{2029}', "\\u2029"),
    ];
    escaped.iter().fold(config.to_string(), |text, (char, escape)| text.replace(*char, escape))
}

/// Hides the value at a path. Like the real provider's, this knows no lists and no escaped dots; what it does not find stays
/// open.
fn cloak(values: &mut Json, path: &str) {
    let mut steps: Vec<_> = path.split('.').collect();
    let Some(last) = steps.pop() else { return };
    let mut at = values;
    for step in steps {
        match at.get_mut(step) {
            Some(inner) if inner.is_object() => at = inner,
            _ => return,
        }
    }
    if let Json::Object(entries) = at {
        entries.insert(last.to_owned(), CLOAK.into());
    }
}

fn sort(value: &mut Json) {
    match value {
        Json::Object(entries) => {
            entries.sort_keys();
            entries.values_mut().for_each(sort);
        }
        Json::Array(elements) => elements.iter_mut().for_each(sort),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_written_as_go_writes_them_without_what_is_sensitive() {
        let config = json!({ "b": { "password": "hush", "user": "<me>" }, "a": [{ "y": 1, "x": 2 }] });
        let set = Value::list([
            Value::object([("name", Value::from("b.password"))]),
            Value::object([("name", "a.x.y".into())]),
        ]);
        let object = Value::object([("set_sensitive", set)]);
        assert_eq!(
            values(&object, config.as_object()),
            r#"{"a":[{"x":2,"y":1}],"b":{"password":"(sensitive value)","user":"\u003cme\u003e"}}"#
        );
        assert_eq!(values(&Value::Null, None), "{}");
    }

    #[test]
    fn a_leading_v_makes_no_other_version() {
        assert!(same_version("v1.2.3", "1.2.3"));
        assert!(!same_version("1.2.3", "1.2"));
    }
}
