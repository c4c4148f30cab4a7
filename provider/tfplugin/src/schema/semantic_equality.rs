//! When two values mean the same, for [`super::Attribute::semantic_equality`]: the spelling that the user wrote is
//! kept, and no difference is shown for one that an API answers in another spelling.
//!
//! ```
//! //! use tfplugin::schema::{Attribute, semantic_equality};
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
        (Value::Number(a), Value::Number(b)) => a.as_f64().is_finite() && a.as_f64() == b.as_f64(),
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
            assert_eq!(same(&a.into(), &b.into()), expected, "{a} and {b}");
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
    }
}
