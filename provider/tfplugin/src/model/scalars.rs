//! Text, truth values, numbers, and values of any type.

use super::{Field, ModelError, optional};
use crate::schema::Attribute;
use crate::value::{Number, Path, Value};

impl Field for String {
    fn attribute() -> Attribute {
        Attribute::string().required()
    }

    fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
        value.as_str().map(str::to_owned).ok_or_else(|| ModelError::expected("a string", value, path))
    }

    fn write(self) -> Value {
        Value::string(self)
    }
}

impl Field for bool {
    fn attribute() -> Attribute {
        Attribute::bool().required()
    }

    fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
        value.as_bool().ok_or_else(|| ModelError::expected("a bool", value, path))
    }

    fn write(self) -> Value {
        Value::Bool(self)
    }
}

impl Field for Number {
    fn attribute() -> Attribute {
        Attribute::number().required()
    }

    fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
        number(value, path).cloned()
    }

    fn write(self) -> Value {
        Value::Number(self)
    }
}

fn number<'a>(value: &'a Value, path: &Path) -> Result<&'a Number, ModelError> {
    match value {
        Value::Number(number) => Ok(number),
        Value::Dynamic(inner) => number_in(&inner.1, path),
        value => number_in(value, path),
    }
}

fn number_in<'a>(value: &'a Value, path: &Path) -> Result<&'a Number, ModelError> {
    match value {
        Value::Number(number) => Ok(number),
        value => Err(ModelError::expected("a number", value, path)),
    }
}

/// A number that has more digits than `f64` would not come back as it went: an error, and not a silent change.
impl Field for f64 {
    fn attribute() -> Attribute {
        Attribute::number().required()
    }

    fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
        let exact = number(value, path)?;
        let near = exact.as_f64();
        if Number::from_f64(near).as_ref() == Some(exact) {
            return Ok(near);
        }
        let problem = "the number has more digits than can be kept; about 15 can".to_owned();
        Err(ModelError { path: path.clone(), problem })
    }

    /// Not-a-number, which Terraform does not have, becomes null.
    fn write(self) -> Value {
        Value::optional(Number::from_f64(self))
    }
}

macro_rules! integers {
    ($($ty:ty)*) => {$(
        impl Field for $ty {
            fn attribute() -> Attribute {
                Attribute::number().required()
            }

            fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
                let exact = number(value, path)?;
                // By way of the text: `u64` is wider than what `as_i64` gives.
                let read = match exact.as_i64() {
                    Some(integer) => <$ty>::try_from(integer).ok(),
                    None => exact.to_string().parse().ok(),
                };
                read.ok_or_else(|| {
                    let problem = format!("a whole number from {} to {} is required", <$ty>::MIN, <$ty>::MAX);
                    ModelError { path: path.clone(), problem }
                })
            }

            fn write(self) -> Value {
                Value::Number(self.into())
            }
        }
    )*};
}

integers!(i64 u64);

macro_rules! narrow_integers {
    ($($ty:ty)*) => {$(
        impl Field for $ty {
            fn attribute() -> Attribute {
                Attribute::number().required()
            }

            fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
                let read = number(value, path)?.as_i64().and_then(|integer| <$ty>::try_from(integer).ok());
                read.ok_or_else(|| {
                    let problem = format!("a whole number from {} to {} is required", <$ty>::MIN, <$ty>::MAX);
                    ModelError { path: path.clone(), problem }
                })
            }

            fn write(self) -> Value {
                Value::Number(i64::from(self).into())
            }
        }
    )*};
}

narrow_integers!(i8 i16 i32 u8 u16 u32);

/// A value of any type.
impl Field for Value {
    fn attribute() -> Attribute {
        optional(Attribute::dynamic())
    }

    fn read(value: &Value, _: &Path) -> Result<Self, ModelError> {
        Ok(value.clone())
    }

    fn write(self) -> Value {
        self
    }
}
