//! Whether a value is what was planned, without a schema.

use super::index::candidates;
use super::shape::bare;
use crate::value::Value;

/// Whether `value` is as `template` says wherever that is known.
pub(in crate::engine) fn fits(template: &Value, value: &Value) -> bool {
    match (bare(template), bare(value)) {
        (Value::Unknown(_), _) => true,
        (Value::List(templates), Value::List(values)) => {
            templates.len() == values.len()
                && templates.iter().zip(values).all(|(template, value)| fits(template, value))
        }
        (Value::Map(templates), Value::Map(values)) => {
            templates.len() == values.len()
                && templates
                    .iter()
                    .zip(values)
                    .all(|((a, template), (b, value))| a == b && fits(template, value))
        }
        (Value::Set(templates), Value::Set(values)) => {
            values.len() <= templates.len() && covered(templates, values) == Covered::Both
        }
        (template, value) => template == value,
    }
}

/// Whether each element of two sets has one in the other that it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Covered {
    /// Each has.
    Both,
    /// A template fits no value.
    NotTemplates,
    /// A value is fitted by no template.
    NotValues,
}

/// Compares two sets as core does: their elements have no address, and some that were planned apart may turn out equal.
pub(in crate::engine) fn covered(templates: &[Value], values: &[Value]) -> Covered {
    if templates == values {
        return Covered::Both;
    }
    let (templates, values): (Vec<_>, Vec<_>) = (templates.iter().collect(), values.iter().collect());
    let found = candidates(&templates, &values, &|template, value| fits(templates[template], values[value]));
    let mut hit = vec![false; values.len()];
    found.iter().flatten().for_each(|value| hit[*value] = true);
    if found.iter().any(Vec::is_empty) {
        Covered::NotTemplates
    } else if hit.contains(&false) {
        Covered::NotValues
    } else {
        Covered::Both
    }
}
