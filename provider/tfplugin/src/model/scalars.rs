//! Text, truth values, numbers, and values of any type.

use super::{Field, ModelError, optional};
use crate::schema::{Attribute, Numbers};
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

/// The nearest float: what the configuration has in more digits stays as it is written, since the attribute is one of
/// [`Numbers::Float64`].
impl Field for f64 {
    fn attribute() -> Attribute {
        Attribute::float64().required()
    }

    fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
        let exact = number(value, path)?;
        let near = exact.is_infinite().then(|| exact.as_f64()).or_else(|| exact.to_f64());
        near.ok_or_else(|| {
            let problem = "the number is out of the range of a 64-bit float".to_owned();
            ModelError { path: path.clone(), problem }
        })
    }

    /// Not-a-number, which Terraform does not have, becomes null.
    fn write(self) -> Value {
        self.into()
    }
}

macro_rules! integers {
    ($($ty:ty)*) => {$(
        impl Field for $ty {
            fn attribute() -> Attribute {
                Attribute::number().numbers(Numbers::whole(<$ty>::MIN..=<$ty>::MAX)).required()
            }

            fn read(value: &Value, path: &Path) -> Result<Self, ModelError> {
                let read = number(value, path)?.as_i128().and_then(|whole| <$ty>::try_from(whole).ok());
                read.ok_or_else(|| {
                    let problem = format!("a whole number from {} to {} is required", <$ty>::MIN, <$ty>::MAX);
                    ModelError { path: path.clone(), problem }
                })
            }

            fn write(self) -> Value {
                Value::Number(i128::from(self).into())
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 u8 u16 u32 u64);

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
