//! What is asked of the other of two elements that are to be the same.

use crate::schema::semantic_equality::key;
use crate::schema::{Attribute, Attributes, Nesting, Shape};
use crate::value::Value;

/// What is open in a template.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// What the configuration leaves to the provider. Where it leaves something to a default, the default is asked for.
    Config,
    /// All that is computed.
    Computed,
    /// What may be spelled in several ways, where it is not known what all of them have in common. Where it is, that is what
    /// is asked for.
    Spelling,
}

/// `object` as a template: unknown where `opening` says that it is open.
pub(super) fn open(attributes: &Attributes, object: &Value, opening: Opening) -> Value {
    let mut template = object.clone();
    open_in(attributes, &mut template, opening);
    template
}

/// A template with null in the place of all that is open.
pub(super) fn closed(template: Value) -> Value {
    match template {
        Value::Unknown(_) => Value::Null,
        Value::List(elements) => Value::List(elements.into_iter().map(closed).collect()),
        Value::Set(elements) => Value::set(elements.into_iter().map(closed)),
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(name, entry)| (name, closed(entry))).collect())
        }
        other => other,
    }
}

/// Whether something inside may be spelled in several ways.
pub(in crate::engine::plan) fn may_be_respelled(attributes: &Attributes) -> bool {
    attributes.values().any(|attribute| {
        attribute.same.is_some()
            || matches!(&attribute.shape, Shape::Nested(_, inner) if may_be_respelled(inner))
    })
}

fn open_in(attributes: &Attributes, object: &mut Value, opening: Opening) {
    let Value::Map(entries) = object else { return };
    for (name, attribute) in attributes {
        let Some(value) = entries.get_mut(name) else { continue };
        let is_open = match opening {
            Opening::Config => value.is_null() && attribute.is_computed() && attribute.default.is_none(),
            Opening::Computed => attribute.is_computed(),
            Opening::Spelling => value.is_set() && attribute.same.is_some(),
        };
        let mut inside = opening;
        if is_open {
            *value = common(attribute, value, opening).unwrap_or(Value::UNKNOWN);
        } else if opening == Opening::Config
            && value.is_null()
            && let Some(default) = &attribute.default
        {
            *value = default.clone();
            // Nobody has configured what is inside a default.
            inside = Opening::Computed;
        }
        if let Shape::Nested(nesting, inner) = &attribute.shape {
            open_nested(*nesting, inner, value, inside);
        }
    }
}

/// What a value that may be spelled in several ways has in common with all that mean the same.
fn common(attribute: &Attribute, value: &Value, opening: Opening) -> Option<Value> {
    let plain = matches!(&attribute.shape, Shape::Plain(_));
    let same = attribute.same.filter(|_| opening == Opening::Spelling && plain && value.is_wholly_known())?;
    key(same, value)
}

fn open_nested(nesting: Nesting, inner: &Attributes, value: &mut Value, opening: Opening) {
    match (nesting, value) {
        (Nesting::Single, value) => open_in(inner, value, opening),
        (Nesting::List, Value::List(elements)) => {
            elements.iter_mut().for_each(|element| open_in(inner, element, opening));
        }
        (Nesting::Set, value @ Value::Set(_)) => {
            let Value::Set(mut elements) = std::mem::take(value) else { return };
            elements.iter_mut().for_each(|element| open_in(inner, element, opening));
            *value = Value::set(elements);
        }
        (Nesting::Map, Value::Map(entries)) => {
            entries.values_mut().for_each(|element| open_in(inner, element, opening));
        }
        _ => {}
    }
}
