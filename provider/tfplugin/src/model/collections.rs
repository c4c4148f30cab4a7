//! Lists, sets and maps.

use std::collections::{BTreeMap, BTreeSet};

use super::{Field, ModelError};
use crate::schema::{Attribute, Nesting};
use crate::value::{Path, Value};

impl<T: Field> Field for Vec<T> {
    fn attribute() -> Attribute {
        T::collection(Nesting::List)
    }

    fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
        let elements = value.as_elements().ok_or_else(|| ModelError::expected("a list", value, path))?;
        elements.iter().enumerate().map(|(index, element)| T::read(element, &path.index(index))).collect()
    }

    fn write(self) -> Value {
        Value::list(self.into_iter().map(Field::write))
    }
}

impl<T: Field + Ord> Field for BTreeSet<T> {
    fn attribute() -> Attribute {
        T::collection(Nesting::Set)
    }

    fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
        let elements = value.as_elements().ok_or_else(|| ModelError::expected("a set", value, path))?;
        // Elements of a set have no path of their own: the set stands for them.
        elements.iter().map(|element| T::read(element, path)).collect()
    }

    fn write(self) -> Value {
        Value::set(self.into_iter().map(Field::write))
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    fn attribute() -> Attribute {
        T::collection(Nesting::Map)
    }

    fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
        let entries = value.as_object().ok_or_else(|| ModelError::expected("a map", value, path))?;
        let read =
            |(key, value): (&String, &Value)| Ok((key.clone(), T::read(value, &path.key(key.as_str()))?));
        entries.iter().map(read).collect()
    }

    fn write(self) -> Value {
        Value::object(self.into_iter().map(|(key, value)| (key, value.write())))
    }
}

impl<T: Field> Field for Box<T> {
    fn attribute() -> Attribute {
        T::attribute()
    }

    fn collection(nesting: Nesting) -> Attribute {
        T::collection(nesting)
    }

    fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
        T::read(value, path).map(Self::new)
    }

    fn write(self) -> Value {
        (*self).write()
    }
}
