//! Validators over several attributes of one object. Names may lead inside it: `network.subnet`.

use std::borrow::Cow;

use crate::diag::{Diagnostic, Diagnostics};
use crate::schema::union::{Union, quoted};
use crate::schema::validator::Validator;
use crate::value::{Path, Value};

type Name = Cow<'static, str>;

fn names<S: Into<Name>>(names: impl IntoIterator<Item = S>) -> Vec<Name> {
    names.into_iter().map(Into::into).collect()
}

/// The attribute that `name` leads to, step by step. Unknown where the way leads through something unknown.
fn find<'a>(object: &'a Value, name: &str) -> &'a Value {
    const UNKNOWN: &Value = &Value::UNKNOWN;
    name.split('.').fold(object, |value, step| if value.is_unknown() { UNKNOWN } else { value.get(step) })
}

fn path_to(path: &Path, name: &str) -> Path {
    name.split('.').fold(path.clone(), |path, step| path.attribute(step))
}

/// Exactly one of these attributes is set. [`Union::exactly_one`] says the same as a part of the schema.
#[must_use]
pub fn exactly_one_of(names: impl IntoIterator<Item = &'static str>) -> impl Validator {
    Union::exactly_one(names)
}

/// None or one of these attributes is set. [`Union::at_most_one`] says the same as a part of the schema.
#[must_use]
pub fn at_most_one_of(names: impl IntoIterator<Item = &'static str>) -> impl Validator {
    Union::at_most_one(names)
}

struct AtLeastOne(Vec<Name>);

/// One or more of these attributes are set.
#[must_use]
pub fn at_least_one_of<S: Into<Name>>(attributes: impl IntoIterator<Item = S>) -> impl Validator {
    AtLeastOne(names(attributes))
}

impl Validator for AtLeastOne {
    fn describe(&self) -> String {
        format!("at least one of {}", quoted(&self.0))
    }

    fn validate(&self, object: &Value, path: &Path, out: &mut Diagnostics) {
        if self.0.iter().all(|name| find(object, name).is_null()) {
            let summary = format!("At least one of {} is required", quoted(&self.0));
            out.push(Diagnostic::error(summary).detail("None of them is set.").at(path.clone()));
        }
    }

    fn names(&self) -> Vec<&str> {
        self.0.iter().map(AsRef::as_ref).collect()
    }
}

struct Conflicts {
    name: Name,
    with: Vec<Name>,
}

/// Where the attribute `name` is set, none of `with` is.
#[must_use]
pub fn conflicts_with<S: Into<Name>>(
    name: impl Into<Name>,
    with: impl IntoIterator<Item = S>,
) -> impl Validator {
    Conflicts { name: name.into(), with: names(with) }
}

impl Validator for Conflicts {
    fn describe(&self) -> String {
        format!("`{}` only without {}", self.name, quoted(&self.with))
    }

    fn validate(&self, object: &Value, path: &Path, out: &mut Diagnostics) {
        if !find(object, &self.name).is_set() {
            return;
        }
        let set: Vec<_> = self.with.iter().filter(|name| find(object, name).is_set()).collect();
        if !set.is_empty() {
            let summary = format!("`{}` conflicts with {}", self.name, quoted(&set));
            let detail = format!("Remove `{}`, or remove {}.", self.name, quoted(&set));
            let at = path_to(path, &self.name);
            let those = set.iter().map(|name| path_to(path, name));
            let too_many = std::iter::once(at.clone()).chain(those);
            out.push(Diagnostic::error(summary).detail(detail).at(at).too_many(too_many));
        }
    }

    fn names(&self) -> Vec<&str> {
        std::iter::once(&self.name).chain(&self.with).map(AsRef::as_ref).collect()
    }
}

struct Requires {
    name: Name,
    needs: Vec<Name>,
}

/// Where the attribute `name` is set, all of `needs` must be too.
#[must_use]
pub fn also_requires<S: Into<Name>>(
    name: impl Into<Name>,
    needs: impl IntoIterator<Item = S>,
) -> impl Validator {
    Requires { name: name.into(), needs: names(needs) }
}

/// Where the attribute `name` is set, `needs` must be too.
#[must_use]
pub fn together(name: &'static str, needs: &'static str) -> impl Validator {
    also_requires(name, [needs])
}

impl Validator for Requires {
    fn describe(&self) -> String {
        format!("`{}` only together with {}", self.name, quoted(&self.needs))
    }

    fn validate(&self, object: &Value, path: &Path, out: &mut Diagnostics) {
        if !find(object, &self.name).is_set() {
            return;
        }
        let missing: Vec<_> = self.needs.iter().filter(|name| find(object, name).is_null()).collect();
        if !missing.is_empty() {
            let summary = format!("`{}` needs {}", self.name, quoted(&missing));
            let detail = format!("Set {} beside `{}`.", quoted(&missing), self.name);
            out.push(Diagnostic::error(summary).detail(detail).at(path_to(path, &self.name)));
        }
    }

    fn names(&self) -> Vec<&str> {
        std::iter::once(&self.name).chain(&self.needs).map(AsRef::as_ref).collect()
    }
}
