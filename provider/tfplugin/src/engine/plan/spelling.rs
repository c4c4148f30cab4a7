//! What is kept of how a value was spelled.

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
    let mut left: Vec<_> = priors.iter().filter(|prior| values.binary_search(prior).is_err()).collect();
    let spelled = values.iter().map(|value| {
        if priors.binary_search(value).is_ok() {
            return value.clone();
        }
        let prior = left.iter().position(|prior| same(prior, value));
        prior.map_or_else(|| value.clone(), |place| left.swap_remove(place).clone())
    });
    spelled.collect()
}
