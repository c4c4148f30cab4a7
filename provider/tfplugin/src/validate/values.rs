//! Validators of single values and collections.

use std::fmt::Debug;
use std::ops::RangeInclusive;

use super::Validator;
use crate::diag::{Diagnostic, Diagnostics};
use crate::value::{Path, Value};

fn refuse(path: &Path, demand: &str, got: &str) -> Diagnostic {
    let name = path.to_string();
    Diagnostic::error(format!("Invalid value for `{name}`"))
        .detail(format!("`{name}` must be {demand}, but it is {got}."))
        .at(path.clone())
}

/// The value as it can be shown in a message.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        Value::Number(number) => format!("`{number}`"),
        Value::Bool(value) => format!("`{value}`"),
        _ => "something else".to_owned(),
    }
}

struct Length(RangeInclusive<usize>);

/// Text of so many characters.
#[must_use]
pub fn length(range: RangeInclusive<usize>) -> impl Validator {
    Length(range)
}

impl Validator for Length {
    fn describe(&self) -> String {
        format!("{} to {} characters long", self.0.start(), self.0.end())
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let Some(text) = value.as_str() else { return };
        let count = text.chars().count();
        if !self.0.contains(&count) {
            out.push(refuse(path, &self.describe(), &format!("{count} long")));
        }
    }
}

struct OneOf(Vec<String>);

/// One of these texts.
#[must_use]
pub fn one_of<S: Into<String>>(allowed: impl IntoIterator<Item = S>) -> impl Validator {
    OneOf(allowed.into_iter().map(Into::into).collect())
}

impl Validator for OneOf {
    fn describe(&self) -> String {
        let quoted: Vec<_> = self.0.iter().map(|text| format!("`{text}`")).collect();
        format!("one of {}", quoted.join(", "))
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let Some(text) = value.as_str() else { return };
        if !self.0.iter().any(|allowed| allowed == text) {
            out.push(refuse(path, &self.describe(), &shown(value)));
        }
    }
}

struct Matches {
    pattern: regex_lite::Regex,
    meaning: String,
}

/// Text that matches the regular expression as a whole; `meaning` says in words what that demands.
///
/// # Panics
/// When `pattern` is not a regular expression: it is written in the provider, so a test of the schema finds it.
#[must_use]
#[expect(clippy::expect_used, reason = "a constant of the provider's source, not a user's input")]
pub fn matches(pattern: &str, meaning: impl Into<String>) -> impl Validator {
    let whole = format!("^(?:{pattern})$");
    Matches { pattern: regex_lite::Regex::new(&whole).expect("valid pattern"), meaning: meaning.into() }
}

impl Validator for Matches {
    fn describe(&self) -> String {
        self.meaning.clone()
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let Some(text) = value.as_str() else { return };
        if !self.pattern.is_match(text) {
            out.push(refuse(path, &self.meaning, &shown(value)));
        }
    }
}

struct Between<T>(RangeInclusive<T>);

/// An integer in the range.
#[must_use]
pub fn between(range: RangeInclusive<i64>) -> impl Validator {
    Between(range)
}

impl<T: Debug + Send + Sync> Validator for Between<T>
where
    T: PartialOrd + Copy + Into<i64>,
{
    fn describe(&self) -> String {
        format!("between {:?} and {:?}", self.0.start(), self.0.end())
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let Value::Number(number) = value else { return };
        let (low, high) = ((*self.0.start()).into(), (*self.0.end()).into());
        if *number < low.into() || *number > high.into() {
            out.push(refuse(path, &self.describe(), &shown(value)));
        }
    }
}

struct ItemCount(RangeInclusive<usize>);

/// A list, set or map of so many elements.
#[must_use]
pub fn item_count(range: RangeInclusive<usize>) -> impl Validator {
    ItemCount(range)
}

impl Validator for ItemCount {
    fn describe(&self) -> String {
        match (self.0.start(), self.0.end()) {
            (low, &usize::MAX) => format!("of at least {low} elements"),
            (low, high) => format!("of {low} to {high} elements"),
        }
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let elements = value.as_elements().map(<[_]>::len);
        let Some(count) = elements.or_else(|| value.as_object().map(|entries| entries.len())) else { return };
        if !self.0.contains(&count) {
            out.push(refuse(path, &self.describe(), &format!("of {count}")));
        }
    }
}

struct Each<V>(V);

/// Every element of a list, set or map passes `validator`.
#[must_use]
pub fn each(validator: impl Validator) -> impl Validator {
    Each(validator)
}

impl<V: Validator> Validator for Each<V> {
    fn describe(&self) -> String {
        format!("of elements that are each {}", self.0.describe())
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let elements = value.as_elements().unwrap_or_default().iter().enumerate();
        for (index, element) in elements.filter(|(_, element)| element.is_set()) {
            // An element of a set has no path of its own.
            let at = if matches!(value, Value::Set(_)) { path.clone() } else { path.index(index) };
            self.0.validate(element, &at, out);
        }
        for (key, element) in value.as_object().into_iter().flatten().filter(|(_, element)| element.is_set())
        {
            self.0.validate(element, &path.key(key), out);
        }
    }
}

struct Keys<V>(V);

/// Every key of a map passes `validator`.
#[must_use]
pub fn keys(validator: impl Validator) -> impl Validator {
    Keys(validator)
}

impl<V: Validator> Validator for Keys<V> {
    fn describe(&self) -> String {
        format!("a map whose keys are each {}", self.0.describe())
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        for key in value.as_object().into_iter().flat_map(|entries| entries.keys()) {
            self.0.validate(&Value::string(key), &path.key(key), out);
        }
    }
}
