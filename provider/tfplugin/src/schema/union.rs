//! Attributes that exclude each other.

use std::borrow::Cow;

use super::validator::Validator;
use crate::diag::{Diagnostic, Diagnostics};
use crate::value::{Path, Value};

/// Attributes of one object of which exactly one, or at most one, is set. It is part of the schema: it is checked with
/// the rest of the configuration, ends in one message that names the variants, and documentation can show it.
///
/// A variant that is not known yet may turn out null, so it neither fills the union nor leaves it empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Union {
    variants: Vec<Cow<'static, str>>,
    required: bool,
}

impl Union {
    /// Exactly one of these attributes is set.
    #[must_use]
    pub fn exactly_one<S: Into<Cow<'static, str>>>(variants: impl IntoIterator<Item = S>) -> Self {
        Self { variants: variants.into_iter().map(Into::into).collect(), required: true }
    }

    /// None or one of these attributes is set.
    #[must_use]
    pub fn at_most_one<S: Into<Cow<'static, str>>>(variants: impl IntoIterator<Item = S>) -> Self {
        Self { required: false, ..Self::exactly_one(variants) }
    }

    /// The names of the variants.
    pub fn variants(&self) -> impl Iterator<Item = &str> {
        self.variants.iter().map(AsRef::as_ref)
    }

    /// Whether one must be set.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// What it demands, for documentation: "exactly one of `s3`, `gcs`".
    #[must_use]
    pub fn describe(&self) -> String {
        format!("{} one of {}", if self.required { "exactly" } else { "at most" }, quoted(self.variants()))
    }

    /// The variant that is set in `object`, if it is one.
    #[must_use]
    pub fn chosen<'a>(&'a self, object: &Value) -> Option<&'a str> {
        self.variants().find(|name| object.get(name).is_set())
    }

    /// Checks `object`, which is at `path`.
    pub fn check(&self, object: &Value, path: &Path, out: &mut Diagnostics) {
        let set: Vec<_> = self.variants().filter(|name| object.get(name).is_set()).collect();
        let open = || self.variants().any(|name| object.get(name).is_unknown());
        let problem = match set.as_slice() {
            [] if self.required && !open() => format!("Set one of {}.", quoted(self.variants())),
            [_, _, ..] => {
                format!("{} are set. Keep one and remove the others.", quoted(&set))
            }
            _ => return,
        };
        let at = set.get(1).map_or_else(|| path.clone(), |second| path.attribute(*second));
        let place = if path.steps().is_empty() { String::new() } else { format!(" in `{path}`") };
        let kind = if self.required { "Exactly" } else { "At most" };
        let summary = format!("{kind} one of {} is allowed{place}", quoted(self.variants()));
        // The first one stays.
        let others = set.iter().skip(1).map(|name| path.attribute(*name));
        out.push(Diagnostic::error(summary).detail(problem).at(at).too_many(others));
    }
}

impl Validator for Union {
    fn describe(&self) -> String {
        Self::describe(self)
    }

    fn validate(&self, object: &Value, path: &Path, out: &mut Diagnostics) {
        self.check(object, path, out);
    }

    fn names(&self) -> Vec<&str> {
        self.variants().collect()
    }
}

/// Names as they stand in a message.
pub(crate) fn quoted<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(union: &Union, object: &Value) -> Vec<String> {
        let mut out = Diagnostics::new();
        union.check(object, &Path::of("storage"), &mut out);
        out.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_message_names_the_variants_and_the_second_one_set() {
        let union = Union::exactly_one(["s3", "gcs"]);
        let both = Value::object([("s3", Value::from(true)), ("gcs", true.into())]);
        let expected = "`storage.gcs`: Exactly one of `s3`, `gcs` is allowed in `storage`: `s3`, `gcs` are set. Keep one and \
                        remove the others.";
        assert_eq!(run(&union, &both), [expected]);
        assert_eq!(
            run(&union, &Value::object([("s3", Value::Null)])),
            ["`storage`: Exactly one of `s3`, `gcs` is allowed in `storage`: Set one of `s3`, `gcs`."]
        );
        let at_most = Union::at_most_one(["s3", "gcs"]);
        let expected = "`storage.gcs`: At most one of `s3`, `gcs` is allowed in `storage`: `s3`, `gcs` are set. Keep one and \
                        remove the others.";
        assert_eq!(run(&at_most, &both), [expected]);
        assert!(run(&at_most, &Value::object([("s3", Value::Null)])).is_empty());
    }

    #[test]
    fn an_unknown_variant_settles_nothing() {
        let union = Union::exactly_one(["s3", "gcs"]);
        assert!(run(&union, &Value::object([("s3", Value::UNKNOWN)])).is_empty());
        let object = Value::object([("s3", Value::UNKNOWN), ("gcs", true.into())]);
        assert!(run(&union, &object).is_empty());
        assert_eq!(union.chosen(&object), Some("gcs"));
    }
}
