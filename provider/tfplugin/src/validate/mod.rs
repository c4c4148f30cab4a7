//! Checks of configured values, run while validating and again before each plan.
//!
//! A validator sees only values that are set: null is the schema's business, and an unknown value is checked
//! when it is known.

mod blocks;
mod numbers;
mod objects;
mod values;
mod wrap;

pub use numbers::{at_least, at_most, between, number_one_of, within};
pub use objects::{also_requires, at_least_one_of, at_most_one_of, conflicts_with, exactly_one_of, together};
pub use values::{
    byte_length, item_count, length, matches, none_of, one_of, one_of_ignoring_case, unique, unique_by,
};
pub use wrap::{any_of, each, keys, warn};

use crate::diag::Diagnostics;
use crate::schema::{Attribute, Attributes, Nesting, Schema, Shape};
use crate::value::{Path, Trail, Value};

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
        let root = Path::root();
        for validator in &self.validators {
            validator.validate(config, &root, out);
        }
        for union in &self.unions {
            union.check(config, &root, out);
        }
        attributes(&self.attributes, config, &Trail::Root, out);
    }
}

fn attributes(attributes: &Attributes, object: &Value, at: &Trail<'_>, out: &mut Diagnostics) {
    for (name, attribute) in attributes {
        let value = object.get(name);
        if attribute.block.is_some() {
            blocks::count(attribute, value, &at.attribute(name), out);
        }
        if value.is_set() {
            self::attribute(attribute, value, &at.attribute(name), out);
        }
    }
}

fn attribute(attribute: &Attribute, value: &Value, at: &Trail<'_>, out: &mut Diagnostics) {
    let Shape::Nested(nesting, inner) = &attribute.shape else {
        if !attribute.validators.is_empty() {
            let path = at.to_path();
            attribute.validators.iter().for_each(|validator| validator.validate(value, &path, out));
        }
        return;
    };
    if !attribute.whole.is_empty() {
        let path = at.to_path();
        attribute.whole.iter().for_each(|validator| validator.validate(value, &path, out));
    }
    // Validators of a nested attribute look at each of its objects, which is what they are written for.
    objects(*nesting, value, at, &mut |object, at| {
        if !object.is_set() {
            return;
        }
        if !attribute.validators.is_empty() || !attribute.unions.is_empty() {
            let path = at.to_path();
            attribute.validators.iter().for_each(|validator| validator.validate(object, &path, out));
            attribute.unions.iter().for_each(|union| union.check(object, &path, out));
        }
        attributes(inner, object, at, out);
    });
}

/// Visits the objects of a nested attribute, each with the place that Terraform can show for it.
pub(crate) fn objects(
    nesting: Nesting,
    value: &Value,
    at: &Trail<'_>,
    visit: &mut dyn FnMut(&Value, &Trail<'_>),
) {
    let elements = value.as_elements().unwrap_or_default();
    match nesting {
        Nesting::Single => visit(value, at),
        Nesting::List => elements.iter().enumerate().for_each(|(i, element)| visit(element, &at.index(i))),
        // Elements of a set have no path: the set stands for them.
        Nesting::Set => elements.iter().for_each(|element| visit(element, at)),
        Nesting::Map => {
            for (key, element) in value.as_object().into_iter().flatten() {
                visit(element, &at.key(key));
            }
        }
    }
}

#[cfg(test)]
mod tests;
