//! Values as Terraform has them: null, unknown, and exact.

mod conform;
mod json;
mod msgpack;
mod nulls;
mod number;
mod path;
mod trail;
mod ty;
mod write_json;

use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization, is_nfc_quick};

pub(crate) use conform::kind;
pub use json::JsonError;
pub use msgpack::DecodeError;
pub(crate) use nulls::Collection;
pub use number::{Number, ParseNumberError};
pub use path::{Path, Step};
pub(crate) use trail::Trail;
pub use ty::{MAX_DEPTH, Type, TypeError};

/// Attributes of an object by name.
pub type Object = BTreeMap<String, Value>;

/// A Terraform value. Its type stands in the schema, so a value does not repeat it: lists and tuples share a
/// variant, and so do maps and objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Not set.
    #[default]
    Null,
    /// Known only after apply.
    Unknown(Unknown),
    /// `true` or `false`.
    Bool(bool),
    /// An exact number.
    Number(Number),
    /// Text in Unicode normal form C.
    String(String),
    /// A list or tuple.
    List(Vec<Value>),
    /// A set; make it with [`Value::set`], which sorts and drops duplicates.
    Set(Vec<Value>),
    /// A map or an object.
    Map(Object),
    /// A value of an attribute whose type is dynamic, with the type it has.
    Dynamic(Box<(Type, Value)>),
}

/// An unknown value, with what Terraform already knows of it ("not null", "starts with ..."), kept as the bytes
/// it came in so that it goes back unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown(Option<Arc<[u8]>>);

impl Unknown {
    /// Nothing is known of it.
    pub const PLAIN: Self = Self(None);
}

impl Value {
    /// An unknown value without refinements.
    pub const UNKNOWN: Self = Self::Unknown(Unknown::PLAIN);

    /// Text, normalised as Terraform normalises it.
    #[must_use]
    pub fn string(text: impl Into<String>) -> Self {
        let text = text.into();
        let normal =
            text.is_ascii() || is_nfc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes;
        Self::String(if normal { text } else { text.nfc().collect() })
    }

    /// A set of these elements, sorted, without duplicates. Elements that hold unknowns are all kept: they may
    /// turn out to differ.
    #[must_use]
    pub fn set(elements: impl IntoIterator<Item = Value>) -> Self {
        let mut elements: Vec<_> = elements.into_iter().collect();
        elements.sort();
        elements.dedup_by(|a, b| a == b && a.is_wholly_known());
        Self::Set(elements)
    }

    /// A list of these elements.
    #[must_use]
    pub fn list(elements: impl IntoIterator<Item = Value>) -> Self {
        Self::List(elements.into_iter().collect())
    }

    /// An object or map with these entries.
    #[must_use]
    pub fn object<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Map(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// `value` or null.
    #[must_use]
    pub fn optional<V: Into<Value>>(value: Option<V>) -> Self {
        value.map_or(Self::Null, Into::into)
    }

    /// Whether this is null, of a type of its own (`tostring(null)` for a dynamic attribute) or of none.
    #[must_use]
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Dynamic(inner) => inner.1.is_null(),
            _ => false,
        }
    }

    /// Whether this value itself is unknown (its elements may be, without it being so).
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::Dynamic(inner) => inner.1.is_unknown(),
            _ => false,
        }
    }

    /// Whether this is neither null nor unknown.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !self.is_null() && !self.is_unknown()
    }

    /// Whether nothing inside is unknown.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::List(elements) | Self::Set(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Map(entries) => entries.values().all(Self::is_wholly_known),
            Self::Dynamic(inner) => inner.1.is_wholly_known(),
            _ => true,
        }
    }

    /// The attribute or map element `name`; null when there is none, so that absent and null read alike.
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        const NULL: &Value = &Value::Null;
        self.as_object().and_then(|entries| entries.get(name)).unwrap_or(NULL)
    }

    /// Follows attribute names from the outside in; null where the way ends.
    #[must_use]
    pub fn at(&self, names: &[&str]) -> &Value {
        names.iter().fold(self, |value, name| value.get(name))
    }

    /// Sets an attribute of an object or an element of a map. A value that is neither becomes an object.
    pub fn put(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        if !matches!(self, Self::Map(_)) {
            *self = Self::Map(Object::new());
        }
        if let Self::Map(entries) = self {
            entries.insert(name.into(), value.into());
        }
    }

    /// Sets an attribute or element that is there; does nothing where there is none.
    pub(crate) fn put_existing(&mut self, name: &str, value: Value) {
        if let Self::Map(entries) = self
            && let Some(slot) = entries.get_mut(name)
        {
            *slot = value;
        }
    }

    /// The text, if this is text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Dynamic(inner) => inner.1.as_str(),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The integer, if this is a number that is one and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The elements, if this is a list, tuple or set.
    #[must_use]
    pub fn as_elements(&self) -> Option<&[Value]> {
        match self {
            Self::List(elements) | Self::Set(elements) => Some(elements),
            Self::Dynamic(inner) => inner.1.as_elements(),
            _ => None,
        }
    }

    /// The entries, if this is a map or object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Map(entries) => Some(entries),
            Self::Dynamic(inner) => inner.1.as_object(),
            _ => None,
        }
    }

    /// The value at `path`, if the path leads somewhere.
    #[must_use]
    pub fn follow(&self, path: &Path) -> Option<&Value> {
        path.steps().iter().try_fold(self, |value, step| match step {
            Step::Attribute(name) | Step::Key(name) => value.as_object()?.get(name),
            Step::Index(index) => match value {
                Value::List(elements) => elements.get(usize::try_from(*index).ok()?),
                _ => None,
            },
        })
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::string(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::string(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

/// The number that prints as the shortest text of it. Not-a-number, which Terraform does not have, becomes null.
impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::optional(Number::from_f64(value))
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Self::Number(value)
    }
}

impl<V: Into<Value>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        Self::optional(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_ignore_order_and_duplicates_but_keep_unknowns() {
        let a = Value::set(["b".into(), "a".into(), "a".into()]);
        assert_eq!(a, Value::set(["a".into(), "b".into()]));
        assert_eq!(Value::set([Value::UNKNOWN, Value::UNKNOWN]).as_elements().unwrap().len(), 2);
    }

    #[test]
    fn strings_are_normalised() {
        assert_eq!(Value::string("e\u{301}"), Value::string("\u{e9}"));
    }

    #[test]
    fn absent_and_null_read_alike() {
        let value = Value::object([("a", Value::object([("b", Value::from(1))]))]);
        assert_eq!(value.at(&["a", "b"]).as_i64(), Some(1));
        assert!(value.at(&["a", "x", "y"]).is_null());
    }
}
