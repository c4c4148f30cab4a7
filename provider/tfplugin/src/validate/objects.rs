//! Validators over several attributes of one object.

use super::Validator;
use crate::diag::{Diagnostic, Diagnostics};
use crate::value::{Path, Value};

struct Choice {
    names: Vec<&'static str>,
    required: bool,
}

/// Exactly one of these attributes is set: the variants of a union.
#[must_use]
pub fn exactly_one_of(names: impl IntoIterator<Item = &'static str>) -> impl Validator {
    Choice { names: names.into_iter().collect(), required: true }
}

/// None or one of these attributes is set.
#[must_use]
pub fn at_most_one_of(names: impl IntoIterator<Item = &'static str>) -> impl Validator {
    Choice { names: names.into_iter().collect(), required: false }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Validator for Choice {
    fn describe(&self) -> String {
        format!("{} one of {}", if self.required { "exactly" } else { "at most" }, quoted(&self.names))
    }

    fn validate(&self, object: &Value, path: &Path, out: &mut Diagnostics) {
        let set: Vec<_> = self.names.iter().copied().filter(|name| object.get(name).is_set()).collect();
        // An unknown one may turn out null, so it neither fills the choice nor leaves it empty.
        let open = self.names.iter().any(|name| object.get(name).is_unknown());
        let problem = match set.as_slice() {
            [] if self.required && !open => format!("Set one of {}.", quoted(&self.names)),
            [_, _, ..] => format!("{} are set. Keep one and remove the others.", quoted(&set)),
            _ => return,
        };
        let at = set.get(1).map_or_else(|| path.clone(), |second| path.attribute(*second));
        let place = if path.steps().is_empty() { String::new() } else { format!(" in `{path}`") };
        let summary = format!(
            "{} one of {} is allowed{place}",
            if self.required { "Exactly" } else { "At most" },
            quoted(&self.names)
        );
        out.push(Diagnostic::error(summary).detail(problem).at(at));
    }
}

struct Together {
    name: &'static str,
    needs: &'static str,
}

/// Where the attribute `name` is set, `needs` must be too.
#[must_use]
pub fn together(name: &'static str, needs: &'static str) -> impl Validator {
    Together { name, needs }
}

impl Validator for Together {
    fn describe(&self) -> String {
        format!("`{}` only together with `{}`", self.name, self.needs)
    }

    fn validate(&self, object: &Value, path: &Path, out: &mut Diagnostics) {
        if object.get(self.name).is_set() && object.get(self.needs).is_null() {
            let summary = format!("`{}` needs `{}`", self.name, self.needs);
            let detail = format!("Set `{}` beside `{}`.", self.needs, self.name);
            out.push(Diagnostic::error(summary).detail(detail).at(path.attribute(self.name)));
        }
    }
}
