//! Between the values of Terraform and the JSON of the API.

use serde_json::{Map, Value as Json};
use tfplugin::schema::{Attributes, Nesting, Shape};
use tfplugin::value::Value;

use super::kind::Default;

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

/// A state with what was read, and with nothing where the state had nothing and the API has its default.
pub(super) fn quieted(
    attributes: &Attributes,
    state: &Value,
    read: Value,
    defaults: &dyn Fn(&str) -> Option<Default>,
) -> Value {
    Quiet { defaults }.object(attributes, state, read, "")
}

struct Quiet<'a> {
    defaults: &'a dyn Fn(&str) -> Option<Default>,
}

impl Quiet<'_> {
    fn object(&self, attributes: &Attributes, state: &Value, read: Value, path: &str) -> Value {
        let Value::Map(entries) = read else { return read };
        Value::object(entries.into_iter().map(|(name, value)| {
            let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let shape = attributes.get(&name).map(|attribute| attribute.shape());
            let value = match shape {
                Some(Shape::Nested(Nesting::List, inner)) => self.list(inner, state.get(&name), value, &at),
                _ => self.plain(state.get(&name), value, &at),
            };
            (name, value)
        }))
    }

    fn list(&self, inner: &Attributes, state: &Value, read: Value, at: &str) -> Value {
        let Value::List(elements) = read else { return read };
        let before = state.as_elements().unwrap_or_default();
        let each = elements.into_iter().enumerate();
        Value::list(each.map(|(index, element)| {
            self.object(inner, before.get(index).unwrap_or(&Value::Null), element, at)
        }))
    }

    fn plain(&self, state: &Value, read: Value, at: &str) -> Value {
        let empty =
            read.as_elements().is_some_and(<[_]>::is_empty) || read.as_object().is_some_and(|o| o.is_empty());
        let default = (self.defaults)(at).is_some_and(|default| default.is(&read));
        // Nothing in the API and an empty collection in the state are the same, too.
        if read.is_null() && is_empty(state) {
            return state.clone();
        }
        if state.is_null() && (empty || default) { Value::Null } else { read }
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_elements().is_some_and(<[_]>::is_empty)
        || value.as_object().is_some_and(|entries| entries.is_empty())
}

/// What was planned, with what was read in place of what was not known. A difference that another writer made shows in the
/// next plan.
pub(super) fn filled(planned: &Value, read: &Value) -> Value {
    match (planned, read) {
        (Value::Unknown(_), read) => read.clone(),
        (Value::Map(entries), read) => {
            Value::object(entries.iter().map(|(name, value)| (name.clone(), filled(value, read.get(name)))))
        }
        (Value::List(elements), read) => {
            let read = read.as_elements().unwrap_or_default();
            let each = elements.iter().enumerate();
            Value::list(each.map(|(index, value)| filled(value, read.get(index).unwrap_or(&Value::Null))))
        }
        (planned, _) => planned.clone(),
    }
}
