//! What of a value is another now: path by path, and nothing of what is sensitive.

use serde_json::{Map, Value as Json};

/// A value that is told, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// As it is; null where there is none.
    Shown(Json),
    /// It is sensitive.
    Hidden,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// From the attribute down; see [`path`].
    pub(crate) steps: Vec<String>,
    pub(crate) was: Value,
    pub(crate) is: Value,
}

impl Difference {
    /// The attribute of the resource.
    pub(crate) fn attribute(&self) -> &str {
        self.steps.first().map_or("", String::as_str)
    }

    /// As a person reads it: `tags.owner`, `tags["a.b"]`, `rules[0].port`; `[]` is an element of a list without order.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.steps {
            let is_plain = step.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            if step.starts_with('[') {
                path.push_str(step);
            } else if !is_plain || step.is_empty() {
                path.push_str(&format!("[{}]", Json::from(step.as_str())));
            } else {
                path.push_str(if path.is_empty() { "" } else { "." });
                path.push_str(step);
            }
        }
        path
    }
}

/// A value with what Terraform marks as sensitive in it: `true`, or the same shape with `true` inside.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marked<'a>(pub(crate) &'a Json, pub(crate) &'a Json);

/// Values of a release may hold secrets that no schema marks.
pub(crate) fn is_of_release_values(kind: &str, path: &str) -> bool {
    kind == "helm_release"
        && ["values", "manifest", "notes"].iter().any(|word| path.split(['.', '[']).any(|part| part == *word))
}

/// Everything in which two values differ. A sensitive one is only said to.
pub(crate) fn differences(was: Marked<'_>, is: Marked<'_>) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(&mut Vec::new(), was, is, &mut found);
    found
}

fn walk(steps: &mut Vec<String>, was: Marked<'_>, is: Marked<'_>, found: &mut Vec<Difference>) {
    if is_same(was.0, is.0) {
        return;
    }
    if *was.1 == Json::Bool(true) || *is.1 == Json::Bool(true) {
        return found.push(hidden(steps));
    }
    match (was.0, is.0) {
        (Json::Object(a), Json::Object(b)) => members(steps, (a, was.1), (b, is.1), found),
        // What appears or goes as a whole is told member by member, so that what is sensitive in it is not.
        (Json::Object(a), Json::Null) => members(steps, (a, was.1), (&Map::new(), &Json::Null), found),
        (Json::Null, Json::Object(b)) => members(steps, (&Map::new(), &Json::Null), (b, is.1), found),
        (Json::Array(_) | Json::Null, Json::Array(_) | Json::Null) => elements(steps, was, is, found),
        (Json::String(a), Json::String(b)) => match (document(a), document(b)) {
            (Some(a), Some(b)) => {
                walk(steps, Marked(&a, &Json::Null), Marked(&b, &Json::Null), found);
            }
            _ => found.push(plain(steps, was.0, is.0)),
        },
        _ => found.push(plain(steps, was.0, is.0)),
    }
}

fn plain(steps: &[String], was: &Json, is: &Json) -> Difference {
    Difference { steps: steps.to_vec(), was: Value::Shown(was.clone()), is: Value::Shown(is.clone()) }
}

fn hidden(steps: &[String]) -> Difference {
    Difference { steps: steps.to_vec(), was: Value::Hidden, is: Value::Hidden }
}

fn members(
    steps: &mut Vec<String>,
    was: (&Map<String, Json>, &Json),
    is: (&Map<String, Json>, &Json),
    found: &mut Vec<Difference>,
) {
    let added = is.0.keys().filter(|key| !was.0.contains_key(*key));
    for key in was.0.keys().chain(added) {
        steps.push(key.clone());
        let of = |side: (&Map<String, Json>, &Json)| {
            (side.0.get(key).cloned().unwrap_or_default(), side.1.get(key).cloned().unwrap_or_default())
        };
        let (a, b) = (of(was), of(is));
        let before = found.len();
        walk(steps, Marked(&a.0, &a.1), Marked(&b.0, &b.1), found);
        // An empty value that appears or goes.
        let is_one_sided = was.0.contains_key(key) != is.0.contains_key(key) && a.0 != b.0;
        if is_one_sided && found.len() == before {
            let is_hidden = has_marks(&a.1) || has_marks(&b.1);
            found.push(if is_hidden { hidden(steps) } else { plain(steps, &a.0, &b.0) });
        }
        steps.pop();
    }
}

/// Lists are compared as if they had no order, which sets have not: an element that comes first moves all the others.
fn elements(steps: &mut Vec<String>, was: Marked<'_>, is: Marked<'_>, found: &mut Vec<Difference>) {
    if has_marks(was.1) || has_marks(is.1) {
        return found.push(hidden(steps));
    }
    let empty = Vec::new();
    let (a, b) = (was.0.as_array().unwrap_or(&empty), is.0.as_array().unwrap_or(&empty));
    let (gone, added) = (without(a, b), without(b, a));
    let none = Json::Null;
    if let ([(at, old)], [(_, new)]) = (gone.as_slice(), added.as_slice()) {
        steps.push(if a.len() == 1 || old.is_object() { format!("[{at}]") } else { "[]".to_owned() });
        walk(steps, Marked(old, &none), Marked(new, &none), found);
        steps.pop();
        return;
    }
    steps.push("[]".to_owned());
    found.extend(gone.iter().map(|(_, element)| plain(steps, element, &none)));
    found.extend(added.iter().map(|(_, element)| plain(steps, &none, element)));
    steps.pop();
    if gone.is_empty() && added.is_empty() {
        // The same elements, in another order or another number.
        found.push(plain(steps, was.0, is.0));
    }
}

/// The elements of one list that the other has not, with their places.
fn without<'a>(of: &'a [Json], other: &[Json]) -> Vec<(usize, &'a Json)> {
    of.iter().enumerate().filter(|(_, element)| !other.iter().any(|o| is_same(element, o))).collect()
}

/// Whether anything in it is sensitive.
fn has_marks(marks: &Json) -> bool {
    match marks {
        Json::Bool(is_marked) => *is_marked,
        Json::Array(inner) => inner.iter().any(has_marks),
        Json::Object(inner) => inner.values().any(has_marks),
        _ => false,
    }
}

/// Whether two values mean the same: providers write nothing as null, as empty, as zero or as false, each as it likes.
pub(crate) fn is_same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        // An object has all its keys on both sides. One that is missing on one is of a map, where an empty value is one: a tag, for instance.
        (Json::Object(x), Json::Object(y)) => {
            x.keys().chain(y.keys()).all(|key| match (x.get(key), y.get(key)) {
                (Some(x), Some(y)) => is_same(x, y),
                (one, other) => one.or(other).is_none_or(Json::is_null),
            })
        }
        (Json::Array(x), Json::Array(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| is_same(x, y)),
        (Json::String(x), Json::String(y)) if x != y => match (document(x), document(y)) {
            (Some(x), Some(y)) => is_same(&x, &y),
            _ => false,
        },
        _ => a == b || (a.is_null() && is_nothing(b)) || (b.is_null() && is_nothing(a)),
    }
}

fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(is_true) => !is_true,
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::String(text) => text.is_empty(),
        Json::Array(elements) => elements.is_empty(),
        Json::Object(members) => members.values().all(Json::is_null),
    }
}

/// A JSON document in a text, as policies are.
fn document(text: &str) -> Option<Json> {
    let is_likely = text.trim_start().starts_with(['{', '[']);
    is_likely.then(|| serde_json::from_str(text).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compare(was: &Json, is: &Json, marks: &Json) -> Vec<String> {
        let found = differences(Marked(was, marks), Marked(is, marks));
        let value = |value: &Value| match value {
            Value::Shown(value) => value.to_string(),
            Value::Hidden => "hidden".to_owned(),
        };
        found.iter().map(|d| format!("{}: {} -> {}", d.path(), value(&d.was), value(&d.is))).collect()
    }

    #[test]
    fn a_difference_is_told_where_it_is() {
        let was = json!({ "tags": { "owner": "infra", "a.b": "1" }, "size": 5, "name": "x" });
        let is = json!({ "tags": { "owner": "somebody", "a.b": "2", "new": "y" }, "size": 6, "name": "x" });
        assert_eq!(
            compare(&was, &is, &json!({})),
            [
                "tags.owner: \"infra\" -> \"somebody\"",
                "tags[\"a.b\"]: \"1\" -> \"2\"",
                "tags.new: null -> \"y\"",
                "size: 5 -> 6"
            ]
        );
    }

    #[test]
    fn nothing_is_written_in_many_ways() {
        let was = json!({ "a": null, "b": "", "c": [], "d": {}, "e": null, "f": null, "g": { "h": null } });
        let is = json!({ "a": "", "b": null, "c": null, "d": null, "e": false, "f": 0, "g": null });
        assert_eq!(compare(&was, &is, &json!({})), [""; 0]);
        assert_eq!(compare(&json!({ "a": true }), &json!({ "a": false }), &json!({})), ["a: true -> false"]);
        assert_eq!(compare(&json!({ "a": 5 }), &json!({ "a": 0 }), &json!({})), ["a: 5 -> 0"]);
    }

    #[test]
    fn a_tag_without_a_value_is_a_tag() {
        let none = [json!({ "tags": { "a": "1" } }), json!({ "tags": {} }), json!({ "tags": null })];
        for (without, with) in
            none.iter().zip([json!({ "a": "1", "b": "" }), json!({ "b": "" }), json!({ "b": "" })])
        {
            let with = json!({ "tags": with });
            assert_eq!(compare(without, &with, &json!({})), ["tags.b: null -> \"\""]);
            assert_eq!(compare(&with, without, &json!({})), ["tags.b: \"\" -> null"]);
        }
    }

    #[test]
    fn what_is_sensitive_is_only_said_to_differ() {
        let was =
            json!({ "password": "old", "nested": { "key": "old", "other": 1 }, "all": [{ "token": "a" }] });
        let is =
            json!({ "password": "new", "nested": { "key": "new", "other": 2 }, "all": [{ "token": "b" }] });
        let marks = json!({ "password": true, "nested": { "key": true }, "all": [{ "token": true }] });
        assert_eq!(
            compare(&was, &is, &marks),
            [
                "password: hidden -> hidden",
                "nested.key: hidden -> hidden",
                "nested.other: 1 -> 2",
                "all: hidden -> hidden"
            ]
        );
        // On one side is enough, and also where all of it is new.
        let one_side = differences(
            Marked(&json!({ "nested": null }), &json!({})),
            Marked(&json!({ "nested": { "key": "new" } }), &json!({ "nested": { "key": true } })),
        );
        assert_eq!((one_side.len(), &one_side[0].is), (1, &Value::Hidden));
    }

    #[test]
    fn elements_of_a_set_do_not_move_each_other() {
        let (was, is) = (json!({ "of": ["b", "c"] }), json!({ "of": ["a", "b", "c"] }));
        assert_eq!(compare(&was, &is, &json!({})), ["of[]: null -> \"a\""]);
        assert_eq!(compare(&is, &was, &json!({})), ["of[]: \"a\" -> null"]);
        let (was, is) = (json!({ "of": [{ "n": 1, "p": 80 }] }), json!({ "of": [{ "n": 1, "p": 81 }] }));
        assert_eq!(compare(&was, &is, &json!({})), ["of[0].p: 80 -> 81"]);
        let (was, is) = (json!({ "of": ["a", "b"] }), json!({ "of": ["b", "a"] }));
        assert_eq!(compare(&was, &is, &json!({})), ["of: [\"a\",\"b\"] -> [\"b\",\"a\"]"]);
    }

    #[test]
    fn a_policy_is_compared_by_what_it_says() {
        let policy = |action: &str| json!({ "policy": format!("{{ \"Statement\": [{{ \"Action\": \"{action}\" }}] }}") });
        assert_eq!(
            compare(&policy("s3:Get"), &policy("s3:*"), &json!({})),
            ["policy.Statement[0].Action: \"s3:Get\" -> \"s3:*\""]
        );
        let spaced = json!({ "policy": "{\"Statement\":[{\"Action\":\"s3:Get\"}]}" });
        assert_eq!(compare(&policy("s3:Get"), &spaced, &json!({})), [""; 0]);
    }
}
