//! Values that can be null or unknown, and values that must not be shown.

use std::fmt;

use super::{Field, ModelError, optional};
use crate::schema::{Attribute, Nesting, Shape};
use crate::value::{Path, Unknown, Value};

/// An attribute in all three of Terraform's states.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attr<T> {
    /// Not set.
    #[default]
    Null,
    /// Known only after apply. Holds what Terraform already knows of it, which goes back unchanged.
    Unknown(Unknown),
    /// Set.
    Known(T),
}

impl<T> Attr<T> {
    /// An unknown value of which nothing is known.
    pub const UNKNOWN: Self = Self::Unknown(Unknown::PLAIN);

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is unknown.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// The value, if it is known and not null.
    #[must_use]
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// The value itself, if it is known and not null.
    #[must_use]
    pub fn into_known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Gives it a value if it is unknown: how a provider fills in what it decides.
    pub fn settle(&mut self, value: impl FnOnce() -> T) {
        if self.is_unknown() {
            *self = Self::Known(value());
        }
    }
}

impl<T> From<T> for Attr<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T> From<Option<T>> for Attr<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}

impl<T: Field> Field for Attr<T> {
    fn attribute() -> Attribute {
        optional(T::attribute())
    }

    fn collection(nesting: Nesting) -> Attribute {
        T::collection(nesting)
    }

    fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
        match value {
            Value::Null => Ok(Self::Null),
            Value::Unknown(unknown) => Ok(Self::Unknown(unknown.clone())),
            value => T::read(value, path).map(Self::Known),
        }
    }

    fn write(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Unknown(unknown) => Value::Unknown(unknown),
            Self::Known(value) => value.write(),
        }
    }
}

/// A collection whose elements may be null; of nested objects none can be.
fn or_null(collection: Attribute) -> Attribute {
    match collection.shape() {
        Shape::Plain(ty) if ty.has_elements() => collection.allow_null_elements(),
        _ => collection,
    }
}

impl<T: Field> Field for Option<T> {
    fn attribute() -> Attribute {
        optional(T::attribute())
    }

    fn collection(nesting: Nesting) -> Attribute {
        or_null(T::collection(nesting))
    }

    fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
        // A null that has a type, of a dynamic attribute, goes back as it is.
        if matches!(value, Value::Null) { Ok(None) } else { T::read(value, path).map(Some) }
    }

    fn write(self) -> Value {
        self.map_or(Value::Null, Field::write)
    }
}

/// A value that is never printed, and that Terraform hides as well.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Hides a value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, where it is needed.
    #[must_use]
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(sensitive)")
    }
}

impl<T: Field> Field for Sensitive<T> {
    fn attribute() -> Attribute {
        T::attribute().sensitive()
    }

    fn collection(nesting: Nesting) -> Attribute {
        T::collection(nesting).sensitive()
    }

    fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
        T::read(value, path).map(Self)
    }

    fn write(self) -> Value {
        self.0.write()
    }
}
