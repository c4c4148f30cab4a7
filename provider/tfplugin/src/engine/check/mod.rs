//! The rules that Terraform enforces on every answer of a provider, as assertions.
//!
//! Terraform tells users of a broken rule as "Provider produced inconsistent result after apply" and the like. Here the
//! same rules are checked where the fault is made: the server applies them in debug builds (see
//! [`crate::Server::checking`]) and tests can call them. Each [`Fault`] names the attribute.
//!
//! ```
//! use tfplugin::check;
//! use tfplugin::schema::{Attribute, Schema};
//! use tfplugin::value::Value;
//!
//! let schema = Schema::new([("name", Attribute::string().required())]);
//! let object = |name: &str| Value::object([("name", Value::from(name))]);
//! let faults = check::result(&schema, &object("a"), &object("A"));
//! assert_eq!(faults[0].to_string(), "`name` was planned as \"a\" and is now \"A\"");
//! ```

mod compatible;
mod plan;

use std::fmt;

use super::objects::objects;
use crate::diag::{Diagnostic, Diagnostics};
use crate::schema::{Attributes, IdentitySchema, Schema, Shape};
use crate::value::{Path, Step, Trail, Value};

pub use compatible::{replan, result};
pub use plan::{plan, replacement};

/// A rule that an answer breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The attribute; the empty path is the whole object.
    pub path: Path,
    /// What is wrong with it, as the rest of a sentence that begins with the attribute. Values of sensitive attributes
    /// are not shown.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.steps() {
            [] => write!(f, "the object {}", self.problem),
            _ => write!(f, "`{}` {}", self.path, self.problem),
        }
    }
}

fn fault(at: &Trail<'_>, problem: impl Into<String>) -> Fault {
    Fault { path: at.to_path(), problem: problem.into() }
}

/// Faults as errors that say whose they are.
#[must_use]
pub fn diagnostics(faults: Vec<Fault>, operation: &str) -> Diagnostics {
    let mut out = Diagnostics::new();
    for fault in faults {
        let summary = format!("The provider broke a rule of Terraform while it {operation}: {fault}");
        let detail =
            "This is a bug of the provider, and not of the configuration: please report it to its authors.";
        out.push(Diagnostic::error(summary).detail(detail).at(fault.path));
    }
    out
}

/// What every object that is stored must be: of the schema's type, without unknown values, and without write-only ones.
#[must_use]
pub fn state(schema: &Schema, value: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some((path, problem)) = value.misfit(&schema.ty()) {
        faults.push(Fault { path, problem: format!("does not fit the schema: {problem}") });
    }
    unknown(value, &Trail::Root, &mut faults);
    write_only(schema.attributes(), value, &Trail::Root, &mut faults);
    faults
}

/// What a data source or an ephemeral resource answers for `config`: an object as in [`state`] that leaves what was
/// configured as it is.
#[must_use]
pub fn reading(schema: &Schema, config: &Value, value: &Value) -> Vec<Fault> {
    let mut faults = state(schema, value);
    if value.is_null() {
        faults.push(fault(&Trail::Root, "is null, but something that is read must be there"));
        return faults;
    }
    // What does not fit the schema is told by now.
    if value.misfit(&schema.ty()).is_none() {
        faults.extend(plan(schema, &Value::Null, config, value));
    }
    faults
}

/// What an identity must be: of its type, wholly known (but for a plan that creates), with its required parts, and the
/// same as before. A part that was null may be filled in: an import can leave optional parts out.
#[must_use]
pub fn identity(schema: &IdentitySchema, prior: &Value, new: &Value, planned: bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut report = |path: Path, problem: String| faults.push(Fault { path, problem });
    if let Some((path, problem)) = new.misfit(&schema.ty()) {
        report(path, format!("does not fit the identity's schema: {problem}"));
    }
    if !planned && !new.is_wholly_known() {
        report(Path::root(), "has an identity that is not known".to_owned());
    }
    if !schema.mutable && prior.is_set() && prior.is_wholly_known() && new.is_wholly_known() {
        let differs = |name: &&String| !prior.get(name).is_null() && prior.get(name) != new.get(name);
        if let Some(changed) = schema.attributes.keys().find(differs) {
            let path = Path::of(changed.as_str());
            report(path, "is part of the object's identity and has changed".to_owned());
        }
    }
    faults
}

/// The write-only attributes that have a value in `object`.
pub(crate) fn set_write_only(schema: &Schema, object: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    write_only(schema.attributes(), object, &Trail::Root, &mut faults);
    faults
}

fn unknown(value: &Value, at: &Trail<'_>, faults: &mut Vec<Fault>) {
    match value {
        Value::Unknown(_) => faults.push(fault(at, "is unknown in a result")),
        Value::List(elements) => {
            for (index, element) in elements.iter().enumerate() {
                unknown(element, &at.index(index), faults);
            }
        }
        Value::Set(elements) => elements.iter().for_each(|element| unknown(element, at, faults)),
        Value::Map(entries) => {
            for (name, element) in entries {
                unknown(element, &at.attribute(name), faults);
            }
        }
        Value::Dynamic(inner) => unknown(&inner.1, at, faults),
        _ => {}
    }
}

fn write_only(attributes: &Attributes, object: &Value, at: &Trail<'_>, faults: &mut Vec<Fault>) {
    for (name, attribute) in attributes {
        let (value, at) = (object.get(name), at.attribute(name));
        if attribute.is_write_only() && !value.is_null() {
            faults.push(fault(&at, "is write-only and not null"));
        } else if let Shape::Nested(nesting, inner) = attribute.shape()
            && value.is_set()
        {
            objects(*nesting, value, &at, &mut |object, at| {
                write_only(inner, object, at, faults);
            });
        }
    }
}

/// A value as a message shows it: not at all where the attribute is sensitive.
fn shown(value: &Value, hidden: bool) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Unknown(_) => "unknown".to_owned(),
        _ if hidden => "(sensitive)".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.chars().count() <= 80 => format!("{text:?}"),
        Value::String(text) => format!("a text of {} characters", text.chars().count()),
        Value::List(elements) => format!("a list of {}", elements.len()),
        Value::Set(elements) => format!("a set of {}", elements.len()),
        Value::Map(entries) => format!("an object or map of {}", entries.len()),
        Value::Dynamic(inner) => shown(&inner.1, hidden),
    }
}

/// Whether the attribute that `path` leads to, or one around it, is sensitive.
fn is_sensitive(attributes: &Attributes, path: &Path) -> bool {
    let mut inside = Some(attributes);
    for step in path.steps() {
        let Step::Attribute(name) = step else { continue };
        let Some(attribute) = inside.and_then(|attributes| attributes.get(name)) else { return false };
        if attribute.is_sensitive() || attribute.is_write_only() {
            return true;
        }
        inside = match attribute.shape() {
            Shape::Nested(_, inner) => Some(inner),
            Shape::Plain(_) => None,
        };
    }
    false
}

#[cfg(test)]
mod tests;
