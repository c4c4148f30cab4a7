//! What of a value is open, and what the rest of another value is beside that.

use std::collections::{BTreeMap, BTreeSet};

use crate::value::{Object, Value};

/// Which parts of a template are open: unknown, so that anything fits them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape<'a> {
    /// No part.
    Closed,
    /// All of it.
    Open,
    /// Parts of elements of a list or tuple, each by its place.
    List(Vec<Self>),
    /// Parts of these entries of an object or map.
    Map(BTreeMap<&'a str, Self>),
    /// Parts of elements of a set, which have no place: these attributes are closed in all of them.
    Set(BTreeSet<&'a str>),
}

impl<'a> Shape<'a> {
    pub(super) fn of(template: &'a Value) -> Self {
        match bare(template) {
            Value::Unknown(_) => Self::Open,
            Value::List(elements) => {
                let shapes: Vec<_> = elements.iter().map(Self::of).collect();
                if shapes.iter().all(|shape| *shape == Self::Closed) {
                    Self::Closed
                } else {
                    Self::List(shapes)
                }
            }
            Value::Map(entries) => {
                let shapes = entries.iter().map(|(name, entry)| (name.as_str(), Self::of(entry)));
                let open: BTreeMap<_, _> = shapes.filter(|(_, shape)| *shape != Self::Closed).collect();
                if open.is_empty() { Self::Closed } else { Self::Map(open) }
            }
            set @ Value::Set(elements) if !set.is_wholly_known() => Self::Set(closed_in_all(elements)),
            _ => Self::Closed,
        }
    }

    /// What is open in one of the two.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Closed, shape) | (shape, Self::Closed) => shape,
            (Self::List(mut shapes), Self::List(others)) => {
                let missing = others.len().saturating_sub(shapes.len());
                shapes.extend(std::iter::repeat_n(Self::Closed, missing));
                for (shape, other) in shapes.iter_mut().zip(others) {
                    shape.join(other);
                }
                Self::List(shapes)
            }
            (Self::Map(mut shapes), Self::Map(others)) => {
                for (name, other) in others {
                    shapes.entry(name).or_insert(Self::Closed).join(other);
                }
                Self::Map(shapes)
            }
            (Self::Set(names), Self::Set(others)) => Self::Set(&names & &others),
            // Other kinds of values in one place fit each other only where the place is open.
            _ => Self::Open,
        }
    }

    fn join(&mut self, other: Self) {
        *self = std::mem::replace(self, Self::Closed).or(other);
    }

    /// `value` without what is open. Values that fit a template of this shape have the same key as the template.
    pub(super) fn key(&self, value: &Value) -> Value {
        match (self, bare(value)) {
            (Self::Open, _) => Value::Null,
            (Self::List(shapes), Value::List(elements)) => {
                let shapes = shapes.iter().chain(std::iter::repeat(&Self::Closed));
                Value::List(shapes.zip(elements).map(|(shape, element)| shape.key(element)).collect())
            }
            (Self::Map(shapes), Value::Map(entries)) => {
                let key = |(name, entry): (&String, &Value)| {
                    let shape = shapes.get(name.as_str()).unwrap_or(&Self::Closed);
                    (name.clone(), shape.key(entry))
                };
                Value::Map(entries.iter().map(key).collect())
            }
            // Without the number of elements: some that differ only in what is open may turn out to be one.
            (Self::Set(names), Value::Set(elements)) => {
                Value::set(elements.iter().map(|element| restricted(element, names)))
            }
            (_, value) => value.clone(),
        }
    }
}

/// How many parts of a template are open.
pub(in crate::engine) fn open_parts(template: &Value) -> usize {
    match bare(template) {
        Value::Unknown(_) => 1,
        Value::List(elements) | Value::Set(elements) => elements.iter().map(open_parts).sum(),
        Value::Map(entries) => entries.values().map(open_parts).sum(),
        _ => 0,
    }
}

/// The attributes that are wholly known in every element.
fn closed_in_all(elements: &[Value]) -> BTreeSet<&str> {
    let mut all = elements.iter().map(closed_in);
    let first = all.next().unwrap_or_default();
    all.fold(first, |names, others| &names & &others)
}

fn closed_in(element: &Value) -> BTreeSet<&str> {
    let entries = element.as_object().into_iter().flatten();
    entries.filter(|(_, entry)| entry.is_wholly_known()).map(|(name, _)| name.as_str()).collect()
}

fn restricted(element: &Value, names: &BTreeSet<&str>) -> Value {
    let entries = element.as_object().into_iter().flatten();
    let kept = entries.filter(|(name, _)| names.contains(name.as_str()));
    Value::Map(kept.map(|(name, entry)| (name.clone(), entry.clone())).collect::<Object>())
}

/// A value without the type that a dynamic one carries.
pub(super) fn bare(value: &Value) -> &Value {
    match value {
        Value::Dynamic(inner) => bare(&inner.1),
        value => value,
    }
}
