//! Checks of configured values, run while validating and again before each plan.
//!
//! A validator sees only values that are set: null is the schema's business, and an unknown value is checked
//! when it is known.

mod objects;
mod values;

pub use objects::{at_most_one_of, exactly_one_of, together};
pub use values::{between, each, item_count, keys, length, matches, one_of};

use crate::diag::Diagnostics;
use crate::schema::{Attribute, Attributes, Nesting, Schema, Shape};
use crate::value::{Path, Value};

/// A check of one value.
pub trait Validator: Send + Sync {
    /// What it demands, for documentation: "between 3 and 32 characters".
    fn describe(&self) -> String;

    /// Checks `value`, which is neither null nor unknown, at `path`, and says what is wrong with it.
    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics);
}

impl Schema {
    /// Runs every validator of the schema over a configuration, which may hold unknown values.
    pub fn validate_config(&self, config: &Value, out: &mut Diagnostics) {
        if !config.is_set() {
            return;
        }
        for validator in &self.validators {
            validator.validate(config, &Path::root(), out);
        }
        validate_attributes(&self.attributes, config, &Path::root(), out);
    }
}

fn validate_attributes(attributes: &Attributes, object: &Value, path: &Path, out: &mut Diagnostics) {
    for (name, attribute) in attributes {
        let value = object.get(name);
        if value.is_set() {
            validate_attribute(attribute, value, &path.attribute(name), out);
        }
    }
}

fn validate_attribute(attribute: &Attribute, value: &Value, path: &Path, out: &mut Diagnostics) {
    let Shape::Nested(nesting, inner) = &attribute.shape else {
        for validator in &attribute.validators {
            validator.validate(value, path, out);
        }
        return;
    };
    // Validators of a nested attribute look at each of its objects, which is what they are written for.
    for (at, object) in objects(*nesting, value, path) {
        if !object.is_set() {
            continue;
        }
        for validator in &attribute.validators {
            validator.validate(object, &at, out);
        }
        validate_attributes(inner, object, &at, out);
    }
}

/// The objects of a nested attribute, each with the path that Terraform can show for it.
pub(crate) fn objects<'a>(nesting: Nesting, value: &'a Value, path: &Path) -> Vec<(Path, &'a Value)> {
    let elements = value.as_elements().unwrap_or_default();
    match nesting {
        Nesting::Single => vec![(path.clone(), value)],
        Nesting::List => elements.iter().enumerate().map(|(i, v)| (path.index(i), v)).collect(),
        Nesting::Set => elements.iter().map(|v| (path.clone(), v)).collect(),
        Nesting::Map => {
            let entries = value.as_object().into_iter().flatten();
            entries.map(|(key, v)| (path.key(key), v)).collect()
        }
    }
}

#[cfg(test)]
mod tests;
