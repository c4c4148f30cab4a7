//! Elements of sets, which have no address: which one is which, and what the configuration makes of each.
//!
//! Core tells of a set what it proposes, and not which of the proposed elements belongs to which configured one; two of them
//! may even have become one. So the elements of a plan are made from the configuration, each with the prior element that it
//! is. While a plan is made they are a list in the order of the configuration ([`align`]); at its end they are a set again
//! ([`restore`]). A set that is still one was not configured, or something has put it there as a whole.

mod equal;
mod pairs;
mod template;

pub(super) use template::may_be_respelled;

use crate::schema::{Attribute, Attributes, Nesting, Presence, Shape};
use crate::value::{Object, Value};

const NULL: &Value = &Value::Null;

/// Replaces each configured set of objects in `object` by the list of its elements as core proposes them, one for each
/// configured element. Says whether there was one.
pub(super) fn align(attributes: &Attributes, prior: &Value, config: &Value, object: &mut Value) -> bool {
    let Value::Map(entries) = object else { return false };
    let mut any = false;
    for (name, attribute) in attributes {
        let Shape::Nested(nesting, inner) = &attribute.shape else { continue };
        let (Some(value), prior, config) = (entries.get_mut(name), prior.get(name), config.get(name)) else {
            continue;
        };
        any |= match (nesting, value, config) {
            (Nesting::Set, value @ Value::Set(_), Value::Set(configured)) => {
                *value = elements(inner, prior, configured);
                true
            }
            (Nesting::Single, value, config) => align(inner, prior, config, value),
            (Nesting::List, Value::List(values), Value::List(configs)) => {
                let beside = values.iter_mut().zip(configs).enumerate();
                beside.fold(false, |any, (index, (value, config))| {
                    align(inner, at(prior, index), config, value) || any
                })
            }
            (Nesting::Map, Value::Map(values), config) => values
                .iter_mut()
                .fold(false, |any, (key, value)| align(inner, prior.get(key), config.get(key), value) || any),
            _ => false,
        };
    }
    any
}

fn at(value: &Value, index: usize) -> &Value {
    value.as_elements().and_then(|elements| elements.get(index)).unwrap_or(NULL)
}

/// The elements of a set as a list in the order of the configuration.
fn elements(inner: &Attributes, prior: &Value, config: &[Value]) -> Value {
    let priors = prior.as_elements().unwrap_or_default();
    let pairs = pairs::of_config(inner, config, priors);
    let proposed = config.iter().zip(pairs).map(|(config, prior)| {
        let prior = prior.map_or(NULL, |place| &priors[place]);
        proposed(inner, prior, config)
    });
    Value::List(proposed.collect())
}

/// An object of a set as core proposes one: what is configured, and what was there where the configuration leaves it to the
/// provider.
fn proposed(attributes: &Attributes, prior: &Value, config: &Value) -> Value {
    let Value::Map(entries) = config else { return config.clone() };
    let entry = |(name, config): (&String, &Value)| {
        let prior = prior.get(name);
        let value = match attributes.get(name) {
            Some(attribute) if config.is_null() && attribute.is_computed() => kept(attribute, prior),
            Some(Attribute { shape: Shape::Nested(nesting, inner), .. }) => {
                proposed_nested(*nesting, inner, prior, config)
            }
            _ => config.clone(),
        };
        (name.clone(), value)
    };
    Value::Map(entries.iter().map(entry).collect::<Object>())
}

fn proposed_nested(nesting: Nesting, inner: &Attributes, prior: &Value, config: &Value) -> Value {
    match (nesting, config) {
        (Nesting::Single, config) => proposed(inner, prior, config),
        (Nesting::List, Value::List(configs)) => {
            let each = configs.iter().enumerate();
            Value::List(each.map(|(index, config)| proposed(inner, at(prior, index), config)).collect())
        }
        (Nesting::Map, Value::Map(configs)) => {
            let each = configs.iter();
            Value::Map(
                each.map(|(key, config)| (key.clone(), proposed(inner, prior.get(key), config))).collect(),
            )
        }
        (Nesting::Set, Value::Set(configs)) => elements(inner, prior, configs),
        (_, config) => config.clone(),
    }
}

/// What stays of a computed value that is not configured. As for core, an object in which something is set that only a
/// configuration can set was configured before, and goes.
fn kept(attribute: &Attribute, prior: &Value) -> Value {
    let was_configured = attribute.presence == Presence::OptionalComputed
        && matches!(&attribute.shape, Shape::Nested(nesting, inner) if holds_configured(*nesting, inner, prior));
    if was_configured { Value::Null } else { prior.clone() }
}

fn holds_configured(nesting: Nesting, inner: &Attributes, value: &Value) -> bool {
    let mut found = false;
    crate::engine::objects::objects(nesting, value, &crate::value::Trail::Root, &mut |object, _| {
        found |= inner.iter().any(|(name, attribute)| {
            let value = object.get(name);
            let nested = match &attribute.shape {
                Shape::Nested(nesting, inner) => holds_configured(*nesting, inner, value),
                Shape::Plain(_) => false,
            };
            value.is_set() && (!attribute.is_computed() || nested)
        });
    });
    found
}

/// For each element of a planned set its prior and its configured one.
pub(super) fn beside<'a>(
    inner: &Attributes,
    planned: &Value,
    prior: &'a Value,
    config: &'a Value,
) -> Vec<(&'a Value, &'a Value)> {
    let [priors, configs] = [prior, config].map(|value| value.as_elements().unwrap_or_default());
    let before = |place: Option<usize>| place.map_or(NULL, |place| &priors[place]);
    let of_configs = || pairs::of_config(inner, configs, priors).into_iter().map(before).zip(configs);
    match planned {
        Value::List(_) => of_configs().collect(),
        Value::Set(planned) if matches!(config, Value::Set(_)) => {
            let mut beside = vec![(NULL, NULL); planned.len()];
            for (place, both) in pairs::of_config(inner, configs, planned).into_iter().zip(of_configs()) {
                if let Some(place) = place {
                    beside[place] = both;
                }
            }
            beside
        }
        // Nobody has configured them: those that were there are still the same.
        Value::Set(planned) => {
            planned.iter().map(|element| (before(priors.binary_search(element).ok()), NULL)).collect()
        }
        _ => Vec::new(),
    }
}

/// Visits each element of a set that a provider answers with the element of `spelled` that it means.
pub(super) fn each_spelled(
    inner: &Attributes,
    spelled: &Value,
    result: &mut Vec<Value>,
    visit: &mut dyn FnMut(&mut Value, &Value),
) {
    if !may_be_respelled(inner) {
        return;
    }
    let known = spelled.as_elements().unwrap_or_default();
    for (place, element) in pairs::of_result(inner, known, result).into_iter().zip(known) {
        if let Some(place) = place {
            visit(&mut result[place], element);
        }
    }
    result.sort();
    result.dedup();
}

/// Makes the lists of [`align`] sets again, at every depth.
pub(super) fn restore(attributes: &Attributes, object: &mut Value) {
    let Value::Map(entries) = object else { return };
    for (name, attribute) in attributes {
        if let Some(value) = entries.get_mut(name) {
            restore_in(attribute, value);
        }
    }
}

/// The same for the value of one attribute.
pub(super) fn restore_in(attribute: &Attribute, value: &mut Value) {
    let Shape::Nested(nesting, inner) = &attribute.shape else { return };
    match (nesting, &mut *value) {
        (Nesting::Single, value) => restore(inner, value),
        (Nesting::Map, Value::Map(entries)) => {
            entries.values_mut().for_each(|element| restore(inner, element));
        }
        (_, Value::List(elements) | Value::Set(elements)) => {
            elements.iter_mut().for_each(|element| restore(inner, element));
            let elements = std::mem::take(elements);
            *value = if *nesting == Nesting::Set { Value::set(elements) } else { Value::List(elements) };
        }
        _ => {}
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
