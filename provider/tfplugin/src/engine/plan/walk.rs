//! The steps of planning, each one walk over the attributes of a schema.

use std::collections::BTreeSet;

use super::sets;
use super::spelling::spelled_as;
use crate::schema::plan_modifiers::AttributePlan;
use crate::schema::{Attribute, Attributes, Nesting, Shape};
use crate::value::{Path, Trail, Value};

const NULL: &Value = &Value::Null;

/// The entries of an object; what is not a set object has none to visit.
fn entries(value: &mut Value) -> Option<&mut crate::value::Object> {
    match value {
        Value::Map(entries) => Some(entries),
        _ => None,
    }
}

/// Visits the objects of a nested attribute in `value`, each with its prior and its configured one.
fn each_object(
    nesting: Nesting,
    inner: &Attributes,
    value: &mut Value,
    [prior, config]: [&Value; 2],
    at: &Trail<'_>,
    visit: &mut dyn FnMut(&mut Value, [&Value; 2], &Trail<'_>),
) {
    match (nesting, value) {
        (Nesting::Single, value) => visit(value, [prior, config], at),
        (Nesting::List, Value::List(elements)) => {
            for (index, element) in elements.iter_mut().enumerate() {
                let beside =
                    [prior, config].map(|o| o.as_elements().and_then(|e| e.get(index)).unwrap_or(NULL));
                visit(element, beside, &at.index(index));
            }
        }
        (Nesting::Map, Value::Map(entries)) => {
            for (key, element) in entries {
                visit(element, [prior, config].map(|other| other.get(key)), &at.key(key));
            }
        }
        (Nesting::Set, value) => {
            // Elements of a set have no address.
            let beside = sets::beside(inner, value, prior, config);
            match value {
                Value::List(elements) => {
                    each_beside(elements, beside, |element, beside| visit(element, beside, at));
                }
                Value::Set(elements) => {
                    each_beside(elements, beside, |element, beside| visit(element, beside, at));
                    *value = Value::set(std::mem::take(elements));
                }
                _ => {}
            }
        }
        _ => {}
    }
}

fn each_beside<'a>(
    elements: &mut [Value],
    beside: Vec<(&'a Value, &'a Value)>,
    mut visit: impl FnMut(&mut Value, [&'a Value; 2]),
) {
    for (element, (prior, config)) in elements.iter_mut().zip(beside) {
        visit(element, [prior, config]);
    }
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
            each_object(*nesting, inner, value, [NULL; 2], &Trail::Root, &mut |object, _, _| {
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
            each_object(*nesting, inner, value, [NULL; 2], &Trail::Root, &mut |object, _, _| {
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
pub(super) fn keep_spelling(
    attributes: &Attributes,
    [prior, config]: [&Value; 2],
    object: &mut Value,
    spelling: Spelling,
) {
    let Some(entries) = entries(object) else { return };
    for (name, attribute) in attributes {
        let Some(value) = entries.get_mut(name) else { continue };
        let beside = [prior, config].map(|other| other.get(name));
        if let Some(same) = attribute.same {
            let mut whole = value.clone();
            sets::restore_in(attribute, &mut whole);
            let spelled = spelled_as(same, beside[0], &whole);
            if spelling == Spelling::Elements || spelled == *beside[0] {
                *value = spelled;
            }
        }
        if let Shape::Nested(nesting, inner) = &attribute.shape {
            let visit = &mut |object: &mut Value, beside: [&Value; 2], _: &Trail<'_>| {
                keep_spelling(inner, beside, object, spelling);
            };
            match (nesting, &mut *value) {
                (Nesting::Set, Value::Set(elements)) if spelling == Spelling::Elements => {
                    sets::each_spelled(inner, beside[0], elements, &mut |element, prior| {
                        keep_spelling(inner, [prior, NULL], element, spelling);
                    });
                }
                (Nesting::Set, _) if !sets::may_be_respelled(inner) => {}
                _ => each_object(*nesting, inner, value, beside, &Trail::Root, visit),
            }
        }
    }
}

/// Takes a step in each object of a nested attribute, with what is configured of it.
fn each_configured(
    nesting: Nesting,
    inner: &Attributes,
    value: &mut Value,
    config: &Value,
    step: fn(&Attributes, &Value, &mut Value),
) {
    each_object(nesting, inner, value, [NULL, config], &Trail::Root, &mut |object, [_, config], _| {
        step(inner, config, object);
    });
}

/// Fills in defaults where the configuration is null.
pub(super) fn apply_defaults(attributes: &Attributes, config: &Value, object: &mut Value) {
    let Some(entries) = entries(object) else { return };
    for (name, attribute) in attributes {
        let (Some(value), config) = (entries.get_mut(name), config.get(name)) else { continue };
        if let Some(default) = attribute.default.as_ref().filter(|_| config.is_null()) {
            *value = default.clone();
        } else if let Shape::Nested(nesting, inner) = &attribute.shape {
            each_configured(*nesting, inner, value, config, apply_defaults);
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
            each_configured(*nesting, inner, value, config, mark_unknown);
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
            if modify_one(attribute, [prior, config], value, &path, exists) {
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

/// Runs the modifiers of one attribute, and says whether one of them asks for replacement.
fn modify_one(
    attribute: &Attribute,
    [prior, config]: [&Value; 2],
    value: &mut Value,
    path: &Path,
    exists: bool,
) -> bool {
    let run = |planned: &mut Value| {
        let mut plan = AttributePlan { path, prior, config, planned, exists, replace: false };
        attribute.modifiers.iter().for_each(|modifier| modifier.modify(&mut plan));
        plan.replace
    };
    if let Shape::Plain(_) = &attribute.shape {
        return run(value);
    }
    // They see sets, and not the lists that sets are as long as the plan is made.
    let mut whole = value.clone();
    sets::restore_in(attribute, &mut whole);
    let mut planned = whole.clone();
    let replace = run(&mut planned);
    if planned != whole {
        *value = planned;
    }
    replace
}
