//! Whether a default is a value that could be configured.

use std::sync::Arc;

use super::{Attribute, Attributes, Nesting, Presence, Shape, Validator};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::value::{Path, Trail, Value};

/// What the attribute's own checks find in its default, which is known and of its type. Its value is not shown if it is
/// sensitive.
pub(super) fn refused_default(name: &str, attribute: &Attribute, default: &Value) -> Option<String> {
    let mut out = Diagnostics::new();
    if !default.is_null() {
        value(attribute, default, &Trail::Root.attribute(name), &mut out);
    }
    let found = out.into_vec().into_iter().find(|told| told.severity == Severity::Error)?;
    Some(if found.detail.is_empty() { found.summary } else { found.detail })
}

fn value(attribute: &Attribute, value: &Value, at: &Trail<'_>, out: &mut Diagnostics) {
    let Shape::Nested(nesting, inner) = &attribute.shape else {
        if let Shape::Plain(ty) = &attribute.shape
            && !attribute.null_elements
        {
            value.null_elements(ty, at, &mut |_, _, at| out.push(null(&at.to_path())));
        }
        return run(&attribute.validators, value, at, out);
    };
    run(&attribute.whole, value, at, out);
    let elements = value.as_elements().unwrap_or_default();
    match nesting {
        Nesting::Single => object(attribute, inner, value, at, out),
        Nesting::List => {
            let elements = elements.iter().enumerate();
            elements.for_each(|(index, element)| object(attribute, inner, element, &at.index(index), out));
        }
        Nesting::Set => elements.iter().for_each(|element| object(attribute, inner, element, at, out)),
        Nesting::Map => {
            let entries = value.as_object().into_iter().flatten();
            entries.for_each(|(key, element)| object(attribute, inner, element, &at.key(key), out));
        }
    }
}

fn object(attribute: &Attribute, inner: &Attributes, object: &Value, at: &Trail<'_>, out: &mut Diagnostics) {
    if object.is_null() {
        return out.push(null(&at.to_path()));
    }
    run(&attribute.validators, object, at, out);
    attribute.unions.iter().for_each(|union| union.check(object, &at.to_path(), out));
    for (name, attribute) in inner {
        let (found, at) = (object.get(name), at.attribute(name));
        if !found.is_null() {
            value(attribute, found, &at, out);
        } else if attribute.presence == Presence::Required {
            out.push(null(&at.to_path()));
        }
    }
}

fn run(validators: &[Arc<dyn Validator>], value: &Value, at: &Trail<'_>, out: &mut Diagnostics) {
    validators.iter().for_each(|validator| validator.validate(value, &at.to_path(), out));
}

fn null(path: &Path) -> Diagnostic {
    Diagnostic::error(format!("`{path}` is null and cannot be"))
}
