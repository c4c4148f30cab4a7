//! Whether values mean the same though they are spelled differently, at every depth.

use crate::schema::{Attribute, Attributes, Nesting, Shape};
use crate::value::Value;

type Same = fn(&Value, &Value) -> bool;

/// Whether something in the attribute can be spelled in more than one way.
pub(super) fn is_spelled(attribute: &Attribute) -> bool {
    attribute.same.is_some()
        || matches!(&attribute.shape, Shape::Nested(_, inner) if inner.values().any(is_spelled))
}

/// Whether two objects agree in everything that a configuration decides: in what is neither computed nor write-only.
pub(super) fn agree(attributes: &Attributes, a: &Value, b: &Value) -> bool {
    attributes.iter().all(|(name, attribute)| {
        attribute.is_computed() || attribute.write_only || means_same(attribute, a.get(name), b.get(name))
    })
}

/// Whether both values of the attribute mean the same.
fn means_same(attribute: &Attribute, a: &Value, b: &Value) -> bool {
    if a == b {
        return true;
    }
    match &attribute.shape {
        Shape::Plain(_) => attribute.same.is_some_and(|same| is_same(same, a, b)),
        Shape::Nested(Nesting::Single, inner) => a.is_set() && b.is_set() && agree(inner, a, b),
        Shape::Nested(_, inner) => elements(a, b, &|a, b| a.is_set() && b.is_set() && agree(inner, a, b)),
    }
}

/// Whether `same` holds for the values, or else for the elements of both.
fn is_same(same: Same, a: &Value, b: &Value) -> bool {
    a == b || (a.is_set() && b.is_set() && same(a, b)) || elements(a, b, &|a, b| is_same(same, a, b))
}

/// Whether two collections have elements that are the same. Sets may have several elements that mean one thing.
fn elements(a: &Value, b: &Value, same: &dyn Fn(&Value, &Value) -> bool) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (Value::Set(a), Value::Set(b)) => {
            a.iter().all(|a| b.iter().any(|b| same(a, b))) && b.iter().all(|b| a.iter().any(|a| same(a, b)))
        }
        _ => false,
    }
}

/// A value as `prior` spells it: wherever both mean the same, in elements of a collection too, what `prior` has.
pub(super) fn spelled_as(same: Same, prior: &Value, value: &Value) -> Value {
    if prior.is_set() && value.is_set() && same(prior, value) {
        return prior.clone();
    }
    match (prior, value) {
        (Value::List(priors), Value::List(values)) => {
            let none = Value::Null;
            let priors = priors.iter().chain(std::iter::repeat(&none));
            Value::List(priors.zip(values).map(|(prior, value)| spelled_as(same, prior, value)).collect())
        }
        (Value::Map(priors), Value::Map(values)) => {
            let entries = values.iter().map(|(key, value)| {
                (
                    key.clone(),
                    priors.get(key).map_or_else(|| value.clone(), |prior| spelled_as(same, prior, value)),
                )
            });
            Value::Map(entries.collect())
        }
        (Value::Set(priors), Value::Set(values)) => set_spelled_as(same, priors, values),
        (_, value) => value.clone(),
    }
}

/// Of a set, all that `prior` has for an element: two of its elements may mean what is one now.
fn set_spelled_as(same: Same, priors: &[Value], values: &[Value]) -> Value {
    let is_one = |prior: &Value, value: &Value| is_same(same, prior, value);
    let kept = priors.iter().filter(|prior| values.iter().any(|value| is_one(prior, value)));
    let new = values.iter().filter(|value| !priors.iter().any(|prior| is_one(prior, value)));
    Value::set(kept.chain(new).cloned())
}

/// Gives an element of a set what the provider computed for it before, where nothing else of it has changed: core finds
/// it only if it is spelled alike.
pub(super) fn keep_computed(attributes: &Attributes, prior: &Value, element: &mut Value) {
    let Value::Map(entries) = element else { return };
    for (name, attribute) in attributes {
        let (Some(value), prior) = (entries.get_mut(name), prior.get(name)) else { continue };
        if attribute.is_computed() && value.is_null() {
            value.clone_from(prior);
        } else if let Shape::Nested(Nesting::Single, inner) = &attribute.shape {
            keep_computed(inner, prior, value);
        }
    }
}
