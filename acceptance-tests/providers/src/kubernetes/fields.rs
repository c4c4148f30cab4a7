//! Between the values of Terraform and the JSON of the API.

use serde_json::{Map, Value as Json};
use tfplugin::schema::{Attributes, Nesting, Shape};
use tfplugin::value::Value;

/// The object of a block that there is once, null without one.
pub(super) fn single<'a>(object: &'a Value, block: &str) -> &'a Value {
    const NULL: &Value = &Value::Null;
    object.get(block).as_elements().and_then(<[Value]>::first).unwrap_or(NULL)
}

/// Elements of a list or set; none of null.
pub(super) fn elements<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object.get(name).as_elements().unwrap_or_default()
}

/// Sets an entry unless it says nothing.
pub(super) fn put(map: &mut Map<String, Json>, name: &str, value: &Value) {
    let empty =
        value.as_elements().is_some_and(<[_]>::is_empty) || value.as_object().is_some_and(|o| o.is_empty());
    if value.is_set() && !empty {
        map.insert(name.to_owned(), value.to_json(false));
    }
}

/// Text of the API.
pub(super) fn text(json: &Json) -> Value {
    Value::optional(json.as_str())
}

/// A truth value of the API.
pub(super) fn flag(json: &Json) -> Value {
    Value::optional(json.as_bool())
}

/// A number of the API.
pub(super) fn count(json: &Json) -> Value {
    Value::optional(json.as_i64())
}

/// A list of texts of the API.
pub(super) fn texts(json: &Json) -> Value {
    match json.as_array() {
        Some(elements) => Value::list(elements.iter().map(text)),
        None => Value::Null,
    }
}

/// A set of texts of the API.
pub(super) fn text_set(json: &Json) -> Value {
    match json.as_array() {
        Some(elements) => Value::set(elements.iter().map(text)),
        None => Value::Null,
    }
}

/// A map of texts of the API.
pub(super) fn map(json: &Json) -> Value {
    match json.as_object() {
        Some(entries) => Value::object(entries.iter().map(|(key, value)| (key.clone(), text(value)))),
        None => Value::Null,
    }
}

/// What was read, where nothing and an empty collection are the same: `state` then has its say.
pub(super) fn quieted(attributes: &Attributes, state: &Value, read: Value) -> Value {
    let Value::Map(entries) = read else { return read };
    Value::object(entries.into_iter().map(|(name, value)| {
        let before = state.get(&name);
        let value = match (attributes.get(&name).map(|attribute| attribute.shape()), value) {
            (Some(Shape::Nested(Nesting::List, inner)), Value::List(elements)) => {
                let before = before.as_elements().unwrap_or_default();
                let each = elements.into_iter().enumerate();
                Value::list(each.map(|(index, element)| {
                    quieted(inner, before.get(index).unwrap_or(&Value::Null), element)
                }))
            }
            (_, value) => value,
        };
        let same = (value.is_null() && is_empty(before)) || (is_empty(&value) && before.is_null());
        (name, if same { before.clone() } else { value })
    }))
}

/// Where nothing is planned and there was a zero, the former kit plans the zero.
pub(super) fn keep_zeros(prior: &Value, planned: &mut Value) {
    match planned {
        Value::Map(entries) => {
            for (name, value) in entries {
                let before = prior.get(name);
                if value.is_null() && is_zero(before) {
                    *value = before.clone();
                } else {
                    keep_zeros(before, value);
                }
            }
        }
        Value::List(elements) => {
            let before = prior.as_elements().unwrap_or_default();
            before.iter().zip(elements).for_each(|(before, value)| keep_zeros(before, value));
        }
        _ => {}
    }
}

fn is_zero(value: &Value) -> bool {
    value.as_bool() == Some(false) || value.as_i64() == Some(0) || value.as_str() == Some("")
}

fn is_empty(value: &Value) -> bool {
    value.as_elements().is_some_and(<[_]>::is_empty)
        || value.as_object().is_some_and(|entries| entries.is_empty())
}
