//! Validators of text and collections.

use std::ops::RangeInclusive;

use crate::diag::{Diagnostic, Diagnostics};
use crate::schema::idle::{idle_unless_text, idle_without, of_elements, only};
use crate::schema::validator::Validator;
use crate::value::{Path, Type, Value};

pub(super) fn refuse(path: &Path, demand: &str, got: &str) -> Diagnostic {
    let name = path.to_string();
    Diagnostic::error(format!("Invalid value for `{name}`"))
        .detail(format!("`{name}` must be {demand}, but it is {got}."))
        .at(path.clone())
}

/// The value as it can be shown in a message.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        Value::Number(number) => format!("`{}`", number.brief()),
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

    fn idle_on(&self, ty: &Type) -> Option<String> {
        idle_unless_text(ty)
    }
}

struct ByteLength(RangeInclusive<usize>);

/// Text of so many bytes of UTF-8.
#[must_use]
pub fn byte_length(range: RangeInclusive<usize>) -> impl Validator {
    ByteLength(range)
}

impl Validator for ByteLength {
    fn describe(&self) -> String {
        format!("{} to {} bytes long", self.0.start(), self.0.end())
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let Some(text) = value.as_str() else { return };
        if !self.0.contains(&text.len()) {
            out.push(refuse(path, &self.describe(), &format!("{} long", text.len())));
        }
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        idle_unless_text(ty)
    }
}

struct OneOf {
    texts: Vec<String>,
    ignore_case: bool,
    /// Whether the texts are those allowed, or those refused.
    allowed: bool,
}

/// One of these texts.
#[must_use]
pub fn one_of<S: Into<String>>(allowed: impl IntoIterator<Item = S>) -> impl Validator {
    OneOf { texts: allowed.into_iter().map(Into::into).collect(), ignore_case: false, allowed: true }
}

/// One of these texts, in capital or small letters.
#[must_use]
pub fn one_of_ignoring_case<S: Into<String>>(allowed: impl IntoIterator<Item = S>) -> impl Validator {
    OneOf { texts: allowed.into_iter().map(Into::into).collect(), ignore_case: true, allowed: true }
}

/// None of these texts.
#[must_use]
pub fn none_of<S: Into<String>>(refused: impl IntoIterator<Item = S>) -> impl Validator {
    OneOf { texts: refused.into_iter().map(Into::into).collect(), ignore_case: false, allowed: false }
}

impl Validator for OneOf {
    fn describe(&self) -> String {
        let quoted: Vec<_> = self.texts.iter().map(|text| format!("`{text}`")).collect();
        let (kind, case) =
            (if self.allowed { "one" } else { "none" }, if self.ignore_case { " in any case" } else { "" });
        format!("{kind} of {}{case}", quoted.join(", "))
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let Some(text) = value.as_str() else { return };
        let same =
            |known: &String| known == text || self.ignore_case && known.to_lowercase() == text.to_lowercase();
        if self.texts.iter().any(same) != self.allowed {
            out.push(refuse(path, &self.describe(), &shown(value)));
        }
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        idle_unless_text(ty)
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

    fn idle_on(&self, ty: &Type) -> Option<String> {
        idle_unless_text(ty)
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

    fn idle_on(&self, ty: &Type) -> Option<String> {
        of_elements(ty)
    }
}

struct Unique(Option<&'static str>);

/// A list without equal elements.
#[must_use]
pub fn unique() -> impl Validator {
    Unique(None)
}

/// A list or set of objects of which no two have the same value in the attribute `name`. A nested attribute takes it by
/// [`crate::schema::Attribute::validate_whole`].
#[must_use]
pub fn unique_by(name: &'static str) -> impl Validator {
    Unique(Some(name))
}

impl Validator for Unique {
    fn describe(&self) -> String {
        match self.0 {
            Some(name) => format!("of elements that differ in `{name}`"),
            None => "of elements that all differ".to_owned(),
        }
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let key = |element: &'_ Value| match self.0 {
            Some(name) => element.get(name).clone(),
            None => element.clone(),
        };
        let mut seen = std::collections::BTreeMap::new();
        for (index, element) in value.as_elements().unwrap_or_default().iter().enumerate() {
            let key = key(element);
            if key.is_null() || !key.is_wholly_known() {
                continue;
            }
            if let Some(first) = seen.insert(key, index) {
                // An element of a set has no path of its own.
                let at = if matches!(value, Value::Set(_)) { path.clone() } else { path.index(index) };
                out.push(refuse(&at, &format!("different from element {first}"), "equal to it"));
            }
        }
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        let (element, wanted) = match (ty, self.0) {
            (Type::Dynamic | Type::Tuple(_), _) | (Type::List(_), None) => return None,
            // Elements of a set differ by themselves.
            (_, None) => return only("lists", false, ty),
            (Type::List(of) | Type::Set(of), Some(name)) => (of, name),
            (_, Some(_)) => return only("lists and sets", false, ty),
        };
        idle_without(element, wanted)
    }
}
