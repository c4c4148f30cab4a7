//! JSON over JSON: what is secret over what is shown, and what came back over what was sent.

use serde_json::{Map, Value as Json, json};
use truefoundry_catalog::Catalog;

/// Fields to whose lists a control plane adds by itself: whoever makes an object gets access to it.
const GRANTED: [&str; 2] = ["authorized_subjects", "collaborators"];
/// What stands for a secret where a complete manifest is needed only to ask with.
const UNCHANGED: &str = "unchanged";

/// Lays `over` on `under`: objects are merged key by key, lists of objects element by element, anything else is
/// replaced. Nothing to lay changes nothing.
pub(super) fn lay(over: &Json, under: &mut Json) {
    if !over.is_null() {
        lay_value(over, under);
    }
}

fn lay_value(over: &Json, under: &mut Json) {
    match (over, under) {
        (Json::Object(over), Json::Object(under)) => {
            for (key, value) in over {
                match under.get_mut(key) {
                    Some(there) => lay_value(value, there),
                    None => drop(under.insert(key.clone(), value.clone())),
                }
            }
        }
        (Json::Array(over), Json::Array(under)) if over.len() <= under.len() && are_objects(over) => {
            over.iter().zip(under).for_each(|(over, under)| lay_value(over, under));
        }
        (over, under) => *under = over.clone(),
    }
}

fn are_objects(elements: &[Json]) -> bool {
    elements.iter().all(Json::is_object)
}

/// The shape of a secret document without its secrets: fit to be kept, and to fill a manifest that is only asked with.
pub(super) fn hollow(secret: &Json) -> Json {
    match secret {
        Json::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), hollow(value))).collect(),
        Json::Array(elements) => elements.iter().map(hollow).collect(),
        Json::String(_) => UNCHANGED.into(),
        Json::Number(_) => 0.into(),
        Json::Bool(_) => false.into(),
        Json::Null => Json::Null,
    }
}

/// Of what the control plane has, those parts that the user's document has: its keys, at every depth. Where a secret
/// lies over it (`hidden`), the user's stays.
pub(super) fn refreshed(field: &str, known: &Json, actual: &Json, hidden: &Json) -> Json {
    match (known, actual) {
        (known, Json::String(text)) if is_mask(text) => known.clone(),
        (Json::Object(known), Json::Object(actual)) if !is_leaf(hidden) => {
            object(known, actual, hidden).into()
        }
        (Json::Array(known), Json::Array(actual)) if lies_on(hidden, known) => {
            array(field, known, actual, hidden).into()
        }
        (known, _) if !hidden.is_null() => known.clone(),
        (known, actual) if same_number(known, actual) => known.clone(),
        (_, actual) => actual.clone(),
    }
}

fn object(known: &Map<String, Json>, actual: &Map<String, Json>, hidden: &Json) -> Map<String, Json> {
    let none = Json::Null;
    let entries = known.iter().filter_map(|(key, known)| {
        let hidden = hidden.get(key).unwrap_or(&none);
        match actual.get(key) {
            Some(actual) => Some((key.clone(), refreshed(key, known, actual, hidden))),
            // A control plane may leave out what is null, and what it keeps secret.
            None if known.is_null() || !hidden.is_null() => Some((key.clone(), known.clone())),
            None => None,
        }
    });
    entries.collect()
}

fn array(field: &str, known: &[Json], actual: &[Json], hidden: &Json) -> Vec<Json> {
    let granted = GRANTED.contains(&field);
    if !granted && !Catalog::get().is_set(field) {
        let none = Json::Null;
        let elements = actual.iter().enumerate().map(|(index, actual)| match known.get(index) {
            Some(known) => refreshed("", known, actual, hidden.get(index).unwrap_or(&none)),
            None if hidden.is_null() => actual.clone(),
            // It may be one of ours, moved: with its secret.
            None => json!({ "name": actual["name"] }),
        });
        return elements.collect();
    }
    let mut strangers: Vec<&Json> = actual.iter().collect();
    let mut kept = Vec::new();
    for known in known {
        if let Some(index) = strangers.iter().position(|actual| covers(known, actual)) {
            strangers.remove(index);
            kept.push(known.clone());
        }
    }
    if !granted {
        kept.extend(strangers.into_iter().cloned());
    }
    kept
}

/// Whether everything that `part` says holds in `whole`.
pub(super) fn covers(part: &Json, whole: &Json) -> bool {
    refreshed("", part, whole, &Json::Null) == *part
}

/// A value that a secret replaces as a whole.
fn is_leaf(hidden: &Json) -> bool {
    !hidden.is_null() && !hidden.is_object()
}

/// Whether secrets are merged into this list, if there are any, and do not replace it: see [`lay`].
fn lies_on(hidden: &Json, known: &[Json]) -> bool {
    match hidden {
        Json::Null => true,
        Json::Array(hidden) => hidden.len() <= known.len() && are_objects(hidden),
        _ => false,
    }
}

fn is_mask(text: &str) -> bool {
    text.len() >= 3 && text.bytes().all(|byte| byte == b'*')
}

/// 1 and 1.0, 0 and -0: the same float, which is what a control plane keeps of a number.
fn same_number(a: &Json, b: &Json) -> bool {
    matches!((a.as_f64(), b.as_f64()), (Some(a), Some(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_lie_over_what_is_shown_at_every_depth() {
        let mut manifest = json!({
            "name": "x", "auth_data": { "type": "api-key" }, "env": { "A": "1" },
            "integrations": [{ "name": "a", "auth": { "kind": "k" } }, { "name": "b" }], "args": ["one"],
        });
        let secret = json!({
            "auth_data": { "api_key": "hush" }, "env": { "A": "2", "B": "3" },
            "integrations": [{ "auth": { "password": "p" } }], "args": ["two", "three"],
        });
        lay(&secret, &mut manifest);
        let expected = json!({
            "name": "x", "auth_data": { "type": "api-key", "api_key": "hush" }, "env": { "A": "2", "B": "3" },
            "integrations": [{ "name": "a", "auth": { "kind": "k", "password": "p" } }, { "name": "b" }],
            "args": ["two", "three"],
        });
        assert_eq!(manifest, expected);
        let same = manifest.clone();
        lay(&Json::Null, &mut manifest);
        assert_eq!(manifest, same);
        let hollow = hollow(&secret);
        assert!(!hollow.to_string().contains("hush"));
        assert_eq!(hollow["auth_data"], json!({ "api_key": "unchanged" }));
    }

    #[test]
    fn only_the_keys_of_the_user_are_refreshed() {
        let known = json!({ "name": "x", "size": 1, "gone": "was here", "note": null, "deep": { "a": 1 } });
        let actual = json!({ "name": "y", "size": 1.0, "extra": true, "deep": { "a": 2, "b": 3 } });
        let expected = json!({ "name": "y", "size": 1, "note": null, "deep": { "a": 2 } });
        assert_eq!(refreshed("", &known, &actual, &Json::Null), expected);
    }

    #[test]
    fn numbers_are_the_same_when_they_are_one_float() {
        for (known, actual) in
            [("1", "1.0"), ("-0.0", "0"), ("9007199254740993", "9007199254740992"), ("1e3", "1000")]
        {
            let [known, actual]: [Json; 2] = [known, actual].map(|text| serde_json::from_str(text).unwrap());
            assert_eq!(refreshed("", &known, &actual, &Json::Null), known);
        }
        assert_eq!(refreshed("", &json!(0.3), &json!(0.1 + 0.2), &Json::Null), json!(0.1 + 0.2));
    }

    #[test]
    fn masks_and_secrets_say_nothing() {
        let known = json!({ "key": "real", "env": { "A": "shown" }, "list": [{ "a": "1" }] });
        let actual = json!({ "key": "***", "env": { "A": "hush" }, "list": [{ "a": "hush" }] });
        let hidden = json!({ "env": { "A": "unchanged" }, "list": [{ "a": "unchanged" }] });
        assert_eq!(refreshed("", &known, &actual, &hidden), known);
    }

    #[test]
    fn secrets_are_never_taken_over_whatever_came_back() {
        let hidden = json!({ "auth": { "password": "unchanged" }, "args": ["unchanged"], "parts": [{ "p": "unchanged" }] });
        let known = json!({ "auth": null, "args": ["a"], "parts": [{ "name": "one" }] });
        let actual = json!({
            "auth": { "password": "hush" }, "args": ["a", "hush"],
            "parts": [{ "name": "new" }, { "name": "one", "p": "hush" }],
        });
        let seen = refreshed("", &known, &actual, &hidden);
        let expected =
            json!({ "auth": null, "args": ["a"], "parts": [{ "name": "new" }, { "name": "one" }] });
        assert_eq!(seen, expected);
    }

    #[test]
    fn sets_have_no_order_and_access_that_was_given_is_no_difference() {
        let known =
            json!({ "members": ["a", "b"], "collaborators": [{ "subject": "user:a" }], "args": ["a", "b"] });
        let actual = json!({
            "members": ["b", "a"], "args": ["b", "a"],
            "collaborators": [{ "subject": "user:me" }, { "subject": "user:a", "role_id": "admin" }],
        });
        let seen = refreshed("", &known, &actual, &Json::Null);
        assert_eq!(seen["members"], known["members"]);
        assert_eq!(seen["collaborators"], known["collaborators"]);
        assert_eq!(seen["args"], actual["args"], "the order of a list is seen");
        let actual = json!({ "members": ["c", "a"], "collaborators": [], "args": ["a", "b"] });
        let seen = refreshed("", &known, &actual, &Json::Null);
        assert_eq!(seen["members"], json!(["a", "c"]));
        assert_eq!(seen["collaborators"], json!([]), "what was taken away is seen");
    }
}
