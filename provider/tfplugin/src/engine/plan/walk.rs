//! The steps of planning, each one walk over the attributes of a schema.

use std::collections::BTreeSet;

use super::meaning::{agree, is_spelled, keep_computed, spelled_as};
use crate::schema::plan_modifiers::AttributePlan;
use crate::schema::{Attributes, Nesting, Shape};
use crate::value::{Path, Trail, Value};

const NULL: &Value = &Value::Null;

/// The entries of an object; what is not a set object has none to visit.
fn entries(value: &mut Value) -> Option<&mut crate::value::Object> {
    match value {
        Value::Map(entries) => Some(entries),
        _ => None,
    }
}

/// Visits the objects of a nested attribute in `value`, each with its counterpart in `others`.
fn each_object<const N: usize>(
    nesting: Nesting,
    inner: &Attributes,
    value: &mut Value,
    others: [&Value; N],
    at: &Trail<'_>,
    visit: &mut dyn FnMut(&mut Value, [&Value; N], &Trail<'_>),
) {
    match (nesting, value) {
        (Nesting::Single, value) => visit(value, others, at),
        (Nesting::List, Value::List(elements)) => {
            for (index, element) in elements.iter_mut().enumerate() {
                let beside = others.map(|o| o.as_elements().and_then(|e| e.get(index)).unwrap_or(NULL));
                visit(element, beside, &at.index(index));
            }
        }
        (Nesting::Map, Value::Map(entries)) => {
            for (key, element) in entries {
                visit(element, others.map(|other| other.get(key)), &at.key(key));
            }
        }
        (Nesting::Set, Value::Set(elements)) => {
            // Elements of a set have no address; each is matched by what the configuration says of it.
            for element in elements.iter_mut() {
                let beside = others.map(|other| counterpart(inner, element, other));
                visit(element, beside, at);
            }
            *elements = match Value::set(std::mem::take(elements)) {
                Value::Set(elements) => elements,
                _ => Vec::new(),
            };
        }
        _ => {}
    }
}

/// The element of the set `others` that agrees with `element` in everything not computed.
fn counterpart<'a>(inner: &Attributes, element: &Value, others: &'a Value) -> &'a Value {
    let agrees = |other: &&Value| agree(inner, element, other);
    others.as_elements().unwrap_or_default().iter().find(agrees).unwrap_or(NULL)
}

/// Adds the attributes that an object lacks, as null; repeated blocks, which are never null, as an empty collection.
pub(super) fn complete(attributes: &Attributes, object: &mut Value) {
    let Some(entries) = entries(object) else { return };
    for (name, attribute) in attributes {
        if !entries.contains_key(name) {
            entries.insert(name.clone(), Value::Null);
        }
        let Some(value) = entries.get_mut(name) else { continue };
        if value.is_null() && attribute.block.is_some() {
            *value = attribute.nothing();
        }
        if let Shape::Nested(nesting, inner) = &attribute.shape {
            each_object(*nesting, inner, value, [], &Trail::Root, &mut |object, [], _| {
                complete(inner, object);
            });
        }
    }
}

/// Sets every write-only attribute to null.
pub(super) fn clear_write_only(attributes: &Attributes, object: &mut Value) {
    let Some(entries) = entries(object) else { return };
    for (name, attribute) in attributes {
        let Some(value) = entries.get_mut(name) else { continue };
        if attribute.write_only {
            *value = Value::Null;
        } else if let Shape::Nested(nesting, inner) = &attribute.shape {
            each_object(*nesting, inner, value, [], &Trail::Root, &mut |object, [], _| {
                clear_write_only(inner, object);
            });
        }
    }
}

/// Where [`keep_spelling`] is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// In a plan, where core allows an attribute nothing but its value in the configuration or the prior one: of a
    /// collection that has changed in one element, the others are spelled as configured.
    Whole,
    /// In what was read: each element by itself.
    Elements,
}

/// Keeps the prior spelling of values that mean the same.
pub(super) fn keep_spelling(attributes: &Attributes, prior: &Value, object: &mut Value, spelling: Spelling) {
    let Some(entries) = entries(object) else { return };
    for (name, attribute) in attributes {
        let (Some(value), prior) = (entries.get_mut(name), prior.get(name)) else { continue };
        if let Some(same) = attribute.same {
            let spelled = spelled_as(same, prior, value);
            if spelling == Spelling::Elements || spelled == *prior {
                *value = spelled;
            }
        }
        if let Shape::Nested(nesting, inner) = &attribute.shape {
            let in_set = *nesting == Nesting::Set;
            // Elements of a set are looked for one by one.
            if in_set && !inner.values().any(is_spelled) {
                continue;
            }
            each_object(*nesting, inner, value, [prior], &Trail::Root, &mut |object, [prior], _| {
                keep_spelling(inner, prior, object, spelling);
                if in_set && spelling == Spelling::Whole {
                    keep_computed(inner, prior, object);
                }
            });
        }
    }
}

/// Fills in defaults where the configuration is null.
pub(super) fn apply_defaults(attributes: &Attributes, config: &Value, object: &mut Value) {
    let Some(entries) = entries(object) else { return };
    for (name, attribute) in attributes {
        let (Some(value), config) = (entries.get_mut(name), config.get(name)) else { continue };
        if let Some(default) = attribute.default.as_ref().filter(|_| config.is_null()) {
            *value = default.clone();
        } else if let Shape::Nested(nesting, inner) = &attribute.shape {
            each_object(*nesting, inner, value, [config], &Trail::Root, &mut |object, [config], _| {
                apply_defaults(inner, config, object);
            });
        }
    }
}

/// Makes unknown every computed attribute that the configuration leaves open: an update may change any of them.
pub(super) fn mark_unknown(attributes: &Attributes, config: &Value, object: &mut Value) {
    let Some(entries) = entries(object) else { return };
    for (name, attribute) in attributes {
        let (Some(value), config) = (entries.get_mut(name), config.get(name)) else { continue };
        if attribute.is_computed() && attribute.default.is_none() && config.is_null() {
            *value = Value::UNKNOWN;
        } else if let Shape::Nested(nesting, inner) = &attribute.shape {
            each_object(*nesting, inner, value, [config], &Trail::Root, &mut |object, [config], _| {
                mark_unknown(inner, config, object);
            });
        }
    }
}

/// Runs the plan modifiers, outer attributes before the ones inside them.
pub(super) fn modify(
    attributes: &Attributes,
    prior: &Value,
    config: &Value,
    object: &mut Value,
    at: &Trail<'_>,
    replace: &mut BTreeSet<Path>,
) {
    let exists = prior.is_set();
    let Some(entries) = entries(object) else { return };
    for (name, attribute) in attributes {
        let Some(value) = entries.get_mut(name) else { continue };
        let (prior, config, at) = (prior.get(name), config.get(name), at.attribute(name));
        if !attribute.modifiers.is_empty() {
            let path = at.to_path();
            let mut plan =
                AttributePlan { path: &path, prior, config, planned: value, exists, replace: false };
            attribute.modifiers.iter().for_each(|modifier| modifier.modify(&mut plan));
            if plan.replace {
                replace.insert(path);
            }
        }
        if let Shape::Nested(nesting, inner) = &attribute.shape {
            let in_set = *nesting == Nesting::Set;
            each_object(*nesting, inner, value, [prior, config], &at, &mut |object, [prior, config], at| {
                let mut inside = BTreeSet::new();
                modify(inner, prior, config, object, at, &mut inside);
                // A path cannot lead into a set: the set stands for what is inside it.
                if in_set && !inside.is_empty() {
                    inside = BTreeSet::from([at.to_path()]);
                }
                replace.append(&mut inside);
            });
        }
    }
}
