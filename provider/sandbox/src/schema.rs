//! A small language for the shape of manifests, and the check of a manifest against it.
//!
//! Strict: unknown fields are refused. `null` stands for a field that is left out.

use serde_json::{Map, Value};

/// One field of an object.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) shape: Shape,
}

/// A field that must be there.
pub(crate) const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, required: true, shape }
}

/// A field that may be left out.
pub(crate) const fn optional(name: &'static str, shape: Shape) -> Field {
    Field { name, required: false, shape }
}

/// Answers why a text is wrong, if it is: the end of the sentence "must ...".
pub(crate) type Rule = fn(&str) -> Option<&'static str>;

/// What a value looks like.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// A string that is not empty.
    Text,
    /// A string that keeps a rule.
    Ruled(Rule),
    /// One of these strings.
    OneOf(&'static [&'static str]),
    Bool,
    Number,
    List(&'static Shape),
    /// An object with string values under any keys.
    Labels,
    Object(&'static [Field]),
    /// An object whose field `type` says which of these it is; the list gives the other fields.
    Union(&'static [(&'static str, &'static [Field])]),
}

/// What is wrong with a value, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) path: String,
    pub(crate) message: String,
}

/// Everything that is wrong with the object.
pub(crate) fn check(value: &Value, fields: &[Field]) -> Vec<Problem> {
    let mut problems = Vec::new();
    object(value, fields, &[], "manifest", &mut problems);
    problems
}

fn object(value: &Value, fields: &[Field], also: &[&str], path: &str, problems: &mut Vec<Problem>) {
    let Value::Object(map) = value else {
        return report(problems, path, "must be an object");
    };
    for field in fields {
        let path = format!("{path}.{}", field.name);
        match map.get(field.name) {
            None | Some(Value::Null) if field.required => report(problems, &path, "is required"),
            None | Some(Value::Null) => {}
            Some(value) => shape(value, field.shape, &path, problems),
        }
    }
    for key in map.keys() {
        if !also.contains(&key.as_str()) && !fields.iter().any(|field| field.name == key) {
            report(problems, &format!("{path}.{key}"), "is not a known field");
        }
    }
}

fn shape(value: &Value, expected: Shape, path: &str, problems: &mut Vec<Problem>) {
    match (expected, value) {
        (Shape::Text, Value::String(text)) => {
            if text.is_empty() {
                report(problems, path, "must not be empty");
            }
        }
        (Shape::Ruled(rule), Value::String(text)) => {
            if let Some(why) = rule(text) {
                report(problems, path, &format!("must {why}"));
            }
        }
        (Shape::OneOf(allowed), Value::String(text)) => {
            if !allowed.contains(&text.as_str()) {
                report(problems, path, &format!("must be one of {}", allowed.join(", ")));
            }
        }
        (Shape::Text | Shape::Ruled(_) | Shape::OneOf(_), _) => report(problems, path, "must be a string"),
        (Shape::Bool, Value::Bool(_)) | (Shape::Number, Value::Number(_)) => {}
        (Shape::Bool, _) => report(problems, path, "must be true or false"),
        (Shape::Number, _) => report(problems, path, "must be a number"),
        (Shape::List(item), Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                shape(value, *item, &format!("{path}[{index}]"), problems);
            }
        }
        (Shape::List(_), _) => report(problems, path, "must be a list"),
        (Shape::Labels, Value::Object(map)) => labels(map, path, problems),
        (Shape::Labels, _) => report(problems, path, "must be an object of strings"),
        (Shape::Object(fields), value) => object(value, fields, &[], path, problems),
        (Shape::Union(variants), value) => union(value, variants, path, problems),
    }
}

fn labels(map: &Map<String, Value>, path: &str, problems: &mut Vec<Problem>) {
    for (key, value) in map {
        if !value.is_string() {
            report(problems, &format!("{path}.{key}"), "must be a string");
        }
    }
}

fn union(value: &Value, variants: &[(&str, &'static [Field])], path: &str, problems: &mut Vec<Problem>) {
    let tag = value.get("type").and_then(Value::as_str);
    match variants.iter().find(|(name, _)| Some(*name) == tag) {
        Some((_, fields)) => object(value, fields, &["type"], path, problems),
        None => {
            let names: Vec<_> = variants.iter().map(|(name, _)| *name).collect();
            report(problems, &format!("{path}.type"), &format!("must be one of {}", names.join(", ")));
        }
    }
}

fn report(problems: &mut Vec<Problem>, path: &str, message: &str) {
    problems.push(Problem { path: path.to_owned(), message: message.to_owned() });
}

/// The value without fields that are `null`: what a strict server stores.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn short(text: &str) -> Option<&'static str> {
        (text.len() > 3).then_some("have at most 3 characters")
    }

    const INNER: &[Field] = &[required("port", Shape::Number)];
    const FIELDS: &[Field] = &[
        required("name", Shape::Ruled(short)),
        optional("on", Shape::Bool),
        optional("kind", Shape::OneOf(&["a", "b"])),
        optional("tags", Shape::Labels),
        optional("list", Shape::List(&Shape::Object(INNER))),
        optional("choice", Shape::Union(&[("x", INNER), ("y", &[])])),
    ];

    fn problems(value: &Value) -> Vec<String> {
        check(value, FIELDS)
            .into_iter()
            .map(|problem| format!("{} {}", problem.path, problem.message))
            .collect()
    }

    #[test]
    fn a_right_value_has_no_problems() {
        assert!(problems(&json!({"name": "abc"})).is_empty());
        assert!(
            problems(&json!({
                "name": "a", "on": true, "kind": "b", "tags": {"k": "v"}, "list": [{"port": 1}],
                "choice": {"type": "x", "port": 2}
            }))
            .is_empty()
        );
        assert!(problems(&json!({"name": "a", "on": null, "choice": null})).is_empty());
    }

    #[test]
    fn everything_wrong_is_reported_with_its_place() {
        assert_eq!(
            problems(&json!({
                "name": "abcd", "on": 1, "kind": "c", "tags": {"k": 1}, "list": [{"port": "1", "more": 1}, 7],
                "choice": {"type": "z"}, "extra": null
            })),
            [
                "manifest.name must have at most 3 characters",
                "manifest.on must be true or false",
                "manifest.kind must be one of a, b",
                "manifest.tags.k must be a string",
                "manifest.list[0].port must be a number",
                "manifest.list[0].more is not a known field",
                "manifest.list[1] must be an object",
                "manifest.choice.type must be one of x, y",
                "manifest.extra is not a known field",
            ]
        );
        assert_eq!(problems(&json!({"name": null})), ["manifest.name is required"]);
        assert_eq!(problems(&json!([])), ["manifest must be an object"]);
        assert_eq!(
            problems(&json!({"name": "", "choice": {"type": "y", "port": 1}})),
            ["manifest.choice.port is not a known field"]
        );
    }

    #[test]
    fn nulls_are_dropped_at_any_depth() {
        assert_eq!(
            without_nulls(json!({"a": null, "b": {"c": null, "d": [null, {"e": null}]}})),
            json!({"b": {"d": [null, {}]}})
        );
    }
}
