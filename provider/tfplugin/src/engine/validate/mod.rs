//! Runs what a schema demands over configured values: while validating, and again before each plan. What must be there, and
//! what must not, is looked at first.

mod blocks;
mod presence;

use std::sync::Arc;

use super::objects::objects;
use crate::diag::{Diagnostic, Diagnostics};
use crate::schema::{Attribute, Attributes, Schema, Shape, Validator};
use crate::value::{Path, Trail, Value};

impl Schema {
    /// Runs every validator of the schema over a configuration, which may hold unknown values, and warns of what is
    /// deprecated: no core does that where an argument is set.
    pub fn validate_config(&self, config: &Value, out: &mut Diagnostics) {
        if !config.is_set() {
            return;
        }
        self.check_presence(config, out);
        let root = Path::root();
        if let Some(instead) = &self.deprecation {
            out.push(Diagnostic::warning("This type is deprecated").detail(instead.clone()));
        }
        for validator in &self.validators {
            validator.validate(config, &root, out);
        }
        for union in &self.unions {
            union.check(config, &root, out);
        }
        attributes(&self.attributes, config, &Trail::Root, false, out);
    }
}

/// Checks the attributes of `object`; `hidden` inside what is sensitive.
fn attributes(attributes: &Attributes, object: &Value, at: &Trail<'_>, hidden: bool, out: &mut Diagnostics) {
    for (name, attribute) in attributes {
        let value = object.get(name);
        if attribute.block.is_some() {
            blocks::count(attribute, value, &at.attribute(name), out);
        }
        let used = if attribute.block.is_some() { is_there(value) } else { value.is_set() };
        if let Some(instead) = attribute.deprecation.as_ref().filter(|_| used) {
            let path = at.attribute(name).to_path();
            out.push(Diagnostic::warning(format!("`{path}` is deprecated")).detail(instead.clone()).at(path));
        }
        if value.is_set() {
            let hidden = hidden || attribute.sensitive || attribute.write_only;
            self::attribute(attribute, value, &at.attribute(name), hidden, out);
        } else if value.is_null() {
            run_on_null(&attribute.validators, &at.attribute(name), out);
        }
    }
}

/// Runs the validators that look at null.
fn run_on_null(validators: &[Arc<dyn Validator>], at: &Trail<'_>, out: &mut Diagnostics) {
    for validator in validators.iter().filter(|validator| validator.sees_null()) {
        validator.validate(&Value::Null, &at.to_path(), out);
    }
}

/// Whether there is a block: those that can be repeated are there no times, or unknown.
fn is_there(value: &Value) -> bool {
    match value {
        Value::List(elements) | Value::Set(elements) => !elements.is_empty(),
        Value::Map(entries) => !entries.is_empty(),
        other => other.is_set(),
    }
}

fn attribute(attribute: &Attribute, value: &Value, at: &Trail<'_>, hidden: bool, out: &mut Diagnostics) {
    let Shape::Nested(nesting, inner) = &attribute.shape else {
        if are_of_kind(attribute, value, at, hidden, out) {
            run(&attribute.validators, value, at, hidden, out);
        }
        return;
    };
    run(&attribute.whole, value, at, hidden, out);
    // Validators of a nested attribute look at each of its objects, which is what they are written for.
    objects(*nesting, value, at, &mut |object, at| {
        if !object.is_set() {
            return;
        }
        run(&attribute.validators, object, at, hidden, out);
        if !attribute.unions.is_empty() {
            let path = at.to_path();
            attribute.unions.iter().for_each(|union| union.check(object, &path, out));
        }
        attributes(inner, object, at, hidden, out);
    });
}

/// Runs validators over one value. Terraform shows their messages as they are, so one that repeats a sensitive value is
/// replaced by what is demanded.
fn run(
    validators: &[Arc<dyn Validator>],
    value: &Value,
    at: &Trail<'_>,
    hidden: bool,
    out: &mut Diagnostics,
) {
    if validators.is_empty() {
        return;
    }
    let path = at.to_path();
    validators.iter().for_each(|validator| run_one(validator.as_ref(), value, &path, hidden, out));
}

fn run_one(validator: &dyn Validator, value: &Value, path: &Path, hidden: bool, out: &mut Diagnostics) {
    if !hidden {
        return validator.validate(value, path, out);
    }
    let mut found = Diagnostics::new();
    validator.validate(value, path, &mut found);
    for diagnostic in found.into_vec() {
        out.push(if repeats(&diagnostic, value) { discreet(diagnostic, validator) } else { diagnostic });
    }
}

/// Whether the numbers in a value are of the attribute's kind; says of the others what they are not. Validators are written
/// for values that are what the attribute takes.
fn are_of_kind(
    attribute: &Attribute,
    value: &Value,
    at: &Trail<'_>,
    hidden: bool,
    out: &mut Diagnostics,
) -> bool {
    let Some(numbers) = attribute.numbers else { return true };
    let mut found = Diagnostics::new();
    run_one(&numbers, value, &at.to_path(), hidden, &mut found);
    let refused = found.has_errors();
    out.extend(found);
    !refused
}

/// Whether a message holds a part of the value.
fn repeats(diagnostic: &Diagnostic, value: &Value) -> bool {
    let told = |text: &str| {
        !text.is_empty() && (diagnostic.summary.contains(text) || diagnostic.detail.contains(text))
    };
    match value {
        Value::String(text) => told(text),
        Value::Number(number) => told(&number.to_string()) || told(&number.brief()),
        Value::List(elements) | Value::Set(elements) => elements.iter().any(|part| repeats(diagnostic, part)),
        Value::Map(entries) => entries.values().any(|part| repeats(diagnostic, part)),
        Value::Dynamic(inner) => repeats(diagnostic, &inner.1),
        Value::Null | Value::Unknown(_) | Value::Bool(_) => false,
    }
}

fn discreet(diagnostic: Diagnostic, validator: &dyn Validator) -> Diagnostic {
    let detail = format!("It must be {}. It is sensitive, so it is not shown.", validator.describe());
    Diagnostic { summary: "Invalid value for a sensitive attribute".to_owned(), detail, ..diagnostic }
}

#[cfg(test)]
mod tests;
