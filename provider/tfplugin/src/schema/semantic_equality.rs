//! When two values mean the same, for [`super::Attribute::semantic_equality`]: the spelling that the user wrote is
//! kept, and no difference is shown for one that an API answers in another spelling.
//!
//! ```
//! use tfplugin::schema::{Attribute, semantic_equality};
//!
//! let policy = Attribute::string().required().semantic_equality(semantic_equality::json);
//! let email = Attribute::string().required().semantic_equality(semantic_equality::ignoring_case);
//! # let _ = (policy, email);
//! ```

use crate::value::Value;

fn texts(a: &Value, b: &Value, same: impl Fn(&str, &str) -> bool) -> bool {
    matches!((a.as_str(), b.as_str()), (Some(a), Some(b)) if same(a, b))
}

/// Two JSON documents with the same content: white space and the order of keys do not matter, numbers are compared by
/// value. Texts that are not JSON are compared as they are.
#[must_use]
pub fn json(a: &Value, b: &Value) -> bool {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    texts(a, b, |a, b| match (parse(a), parse(b)) {
        (Some(a), Some(b)) => equal(&a, &b),
        _ => a == b,
    })
}

fn equal(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Number, Object};
    match (a, b) {
        (Object(a), Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        (Array(a), Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Number(a), Number(b)) => {
            let exact = |number: &serde_json::Number| number.to_string().parse::<crate::value::Number>();
            matches!((exact(a), exact(b)), (Ok(a), Ok(b)) if a == b)
        }
        (a, b) => a == b,
    }
}

/// Texts that differ only in capital and small letters.
#[must_use]
pub fn ignoring_case(a: &Value, b: &Value) -> bool {
    texts(a, b, |a, b| a.to_lowercase() == b.to_lowercase())
}

/// Texts that differ only in white space at their ends.
#[must_use]
pub fn trimmed(a: &Value, b: &Value) -> bool {
    texts(a, b, |a, b| a.trim() == b.trim())
}

/// Texts that differ only in where and how much white space there is between words.
#[must_use]
pub fn ignoring_white_space(a: &Value, b: &Value) -> bool {
    texts(a, b, |a, b| a.split_whitespace().eq(b.split_whitespace()))
}

/// Numbers with the same nearest 64-bit float; 0 and -0 are one. What [`super::Numbers::Float64`] brings with it.
#[must_use]
pub fn float64(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.to_f64().is_some_and(|near| b.to_f64() == Some(near)),
        _ => false,
    }
}

/// Lists with the same elements in another order, as an API that does not keep the order answers them.
#[must_use]
pub fn ignoring_order(a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.as_elements(), b.as_elements()) else { return false };
    let sorted = |elements: &[Value]| {
        let mut elements = elements.to_vec();
        elements.sort();
        elements
    };
    a.len() == b.len() && sorted(a) == sorted(b)
}

/// When two values mean the same.
type Same = fn(&Value, &Value) -> bool;

/// What values that mean the same have in common.
type Key = fn(&Value) -> Value;

/// For each function here a key: values that mean the same by it have the same key, so that they can be looked up.
const KEYS: [(Same, Key); 6] = [
    (json, json_key),
    (ignoring_case, |value| text_key(value, str::to_lowercase)),
    (trimmed, |value| text_key(value, |text| text.trim().to_owned())),
    (ignoring_white_space, |value| {
        text_key(value, |text| text.split_whitespace().collect::<Vec<_>>().join(" "))
    }),
    (ignoring_order, order_key),
    (float64, float_key),
];

/// What `value` has in common with all values that mean the same by `same`, in elements of a collection too. None for a
/// function that is not one of those here. (Functions that share an address share their code.)
pub(crate) fn key(same: Same, value: &Value) -> Option<Value> {
    let (_, key) = KEYS.iter().find(|(known, _)| std::ptr::fn_addr_eq(*known, same))?;
    Some(key_inside(*key, value))
}

fn key_inside(key: Key, value: &Value) -> Value {
    let each =
        |elements: &[Value]| elements.iter().map(|element| key_inside(key, element)).collect::<Vec<_>>();
    match value {
        Value::List(elements) => key(&Value::List(each(elements))),
        Value::Set(elements) => key(&Value::set(each(elements))),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(name, entry)| (name.clone(), key_inside(key, entry)));
            key(&Value::Map(entries.collect()))
        }
        other => key(other),
    }
}

fn text_key(value: &Value, key: impl Fn(&str) -> String) -> Value {
    value.as_str().map_or_else(|| value.clone(), |text| Value::String(key(text)))
}

fn json_key(value: &Value) -> Value {
    let parsed = value.as_str().and_then(|text| serde_json::from_str(text).ok());
    parsed.map_or_else(|| value.clone(), |json: serde_json::Value| in_order(&json))
}

/// A document with exact numbers and keys in their order.
fn in_order(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => {
            number.to_string().parse().map_or_else(|_| Value::Null, Value::Number)
        }
        serde_json::Value::String(text) => Value::String(text.clone()),
        serde_json::Value::Array(elements) => Value::list(elements.iter().map(in_order)),
        serde_json::Value::Object(entries) => {
            Value::object(entries.iter().map(|(name, entry)| (name.clone(), in_order(entry))))
        }
    }
}

/// A number as the float next to it.
fn float_key(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.to_f64().map_or_else(|| value.clone(), Value::from),
        other => other.clone(),
    }
}

fn order_key(value: &Value) -> Value {
    let Some(elements) = value.as_elements() else { return value.clone() };
    let mut elements = elements.to_vec();
    elements.sort();
    Value::List(elements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_being_the_same() {
        type Case = (fn(&Value, &Value) -> bool, &'static str, &'static str, bool);
        let cases: [Case; 10] = [
            (json, r#"{"a":1,"b":[2]}"#, "{ \"b\": [2], \"a\": 1.0 }", true),
            (json, "[1,2]", "[2,1]", false),
            (json, "not json", "not json", true),
            (json, "not json", "not  json", false),
            (ignoring_case, "A@x", "a@X", true),
            (ignoring_case, "a", "b", false),
            (trimmed, " a b\n", "a b", true),
            (trimmed, "a  b", "a b", false),
            (ignoring_white_space, "a  b\n", "a b", true),
            (ignoring_white_space, "ab", "a b", false),
        ];
        for (same, a, b, expected) in cases {
            let (a, b) = (Value::from(a), Value::from(b));
            assert_eq!(same(&a, &b), expected, "{a:?} and {b:?}");
            // What means the same is found by its key, alone and in a collection.
            let list = |value: &Value| Value::list([value.clone()]);
            assert_eq!(key(same, &a) == key(same, &b), expected, "{a:?} and {b:?}");
            assert_eq!(key(same, &list(&a)) == key(same, &list(&b)), expected, "{a:?} and {b:?}");
        }
    }

    #[test]
    fn numbers_in_json_are_compared_as_they_are_read() {
        let third = format!("[0.{}]", "3".repeat(155));
        for (a, b, expected) in [
            (third.as_str(), "[0.3333333333333333]", true),
            ("[0.30000000000000004]", "[0.3]", false),
            ("[-0.0]", "[0]", true),
            ("[1e300]", "[1.0E+300]", true),
            ("[5e-324]", "[4.9406564584124654e-324]", true),
            ("[9007199254740993]", "[9007199254740992]", false),
        ] {
            assert_eq!(json(&a.into(), &b.into()), expected, "{a} and {b}");
        }
    }

    #[test]
    fn lists_in_another_order_are_the_same_and_with_other_elements_are_not() {
        let list = |texts: &[&str]| Value::list(texts.iter().map(|text| Value::from(*text)));
        assert!(ignoring_order(&list(&["a", "b", "a"]), &list(&["a", "a", "b"])));
        assert!(!ignoring_order(&list(&["a", "b"]), &list(&["a", "a"])));
        let key = |texts: &[&str]| key(ignoring_order, &list(texts));
        assert_eq!(key(&["a", "b", "a"]), key(&["a", "a", "b"]));
        assert_ne!(key(&["a", "b"]), key(&["a", "a"]));
        assert_eq!(super::key(|_, _| true, &"a".into()), None);
    }
}
