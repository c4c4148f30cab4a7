//! What is kept of how a value was spelled.

use std::collections::BTreeMap;

use crate::schema::semantic_equality::key;
use crate::value::Value;

/// A value as `prior` spells it: wherever both mean the same, in elements of a collection too, what `prior` has.
pub(super) fn spelled_as(same: fn(&Value, &Value) -> bool, prior: &Value, value: &Value) -> Value {
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
        (Value::Set(priors), Value::Set(values)) => Value::set(spelled_each(same, priors, values)),
        (_, value) => value.clone(),
    }
}

/// The elements of a set as `priors` spell them, each of which spells one. What is spelled alike is the same before anything
/// else is.
fn spelled_each(same: fn(&Value, &Value) -> bool, priors: &[Value], values: &[Value]) -> Vec<Value> {
    // By what they have in common with others that mean the same, where that is known.
    let mut left: BTreeMap<Option<Value>, Vec<&Value>> = BTreeMap::new();
    for prior in priors.iter().filter(|prior| values.binary_search(prior).is_err()) {
        left.entry(key(same, prior)).or_default().push(prior);
    }
    let spelled = values.iter().map(|value| {
        if priors.binary_search(value).is_ok() {
            return value.clone();
        }
        let alike = left.get_mut(&key(same, value));
        let prior = alike.and_then(|alike| {
            let place = alike.iter().position(|prior| same(prior, value))?;
            Some(alike.swap_remove(place))
        });
        prior.unwrap_or(value).clone()
    });
    spelled.collect()
}
