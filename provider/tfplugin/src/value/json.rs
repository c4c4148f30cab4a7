//! Values in JSON: stored state, and manifests.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{DecodeError, Number, Object, Trail, Type, Value};

/// The JSON is not a value of the expected type.
pub type JsonError = DecodeError;

impl Value {
    /// Reads a value of type `ty` from JSON text, as stored in a state file. Numbers are read from their text, so
    /// none loses a digit. Attributes that an object lacks are null; attributes the type does not have are dropped,
    /// since a state written by another version may hold them.
    ///
    /// # Errors
    /// When the text is not JSON or not of that type.
    pub fn from_json(json: &[u8], ty: &Type) -> Result<Self, JsonError> {
        let raw: &RawValue =
            serde_json::from_slice(json).map_err(|error| fail(&Trail::Root, error.to_string()))?;
        read(raw, ty, &Trail::Root)
    }

    /// The value as JSON, types forgotten: what an HTTP API takes. Null entries of objects are left out when
    /// `keep_null` is false. Unknown values become null: check [`Value::is_wholly_known`] before. Whole numbers of 64 bits
    /// stay as they are, others become the nearest double, as most readers of JSON take them; what is out of its range is
    /// null: [`crate::schema::Attribute::float64`] refuses it before.
    #[must_use]
    pub fn to_json(&self, keep_null: bool) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Null | Self::Unknown(_) => Json::Null,
            Self::Bool(value) => (*value).into(),
            Self::Number(number) => json_number(number),
            Self::String(text) => text.as_str().into(),
            Self::List(elements) | Self::Set(elements) => {
                elements.iter().map(|element| element.to_json(keep_null)).collect()
            }
            Self::Map(entries) => Json::Object(
                entries
                    .iter()
                    .filter(|(_, value)| keep_null || !value.is_null())
                    .map(|(name, value)| (name.clone(), value.to_json(keep_null)))
                    .collect(),
            ),
            Self::Dynamic(inner) => inner.1.to_json(keep_null),
        }
    }
}

fn json_number(number: &Number) -> serde_json::Value {
    let whole = number.as_i128();
    if let Some(signed) = whole.and_then(|whole| i64::try_from(whole).ok()) {
        return signed.into();
    }
    match whole.and_then(|whole| u64::try_from(whole).ok()) {
        Some(unsigned) => unsigned.into(),
        None => number.as_f64().into(),
    }
}

fn fail(path: &Trail<'_>, problem: impl Into<String>) -> JsonError {
    DecodeError { path: path.to_path(), problem: problem.into() }
}

fn parse<'a, T: serde::Deserialize<'a>>(
    raw: &'a RawValue,
    path: &Trail<'_>,
    wanted: &str,
) -> Result<T, JsonError> {
    serde_json::from_str(raw.get()).map_err(|_| fail(path, format!("{wanted} is required")))
}

fn read(raw: &RawValue, ty: &Type, path: &Trail<'_>) -> Result<Value, JsonError> {
    if raw.get() == "null" {
        return Ok(Value::Null);
    }
    match ty {
        Type::String => scalar_text(raw, path).map(Value::string),
        Type::Bool => match raw.get() {
            "true" | "\"true\"" => Ok(Value::Bool(true)),
            "false" | "\"false\"" => Ok(Value::Bool(false)),
            _ => Err(fail(path, "a bool is required")),
        },
        Type::Number => {
            let text = raw.get().trim_matches('"');
            text.parse::<Number>().map(Value::Number).map_err(|error| fail(path, error.to_string()))
        }
        Type::List(element) => elements(raw, path, |_| Some(element)).map(Value::List),
        Type::Set(element) => elements(raw, path, |_| Some(element)).map(Value::set),
        Type::Tuple(types) => {
            let elements = elements(raw, path, |index| types.get(index))?;
            if elements.len() != types.len() {
                return Err(fail(path, format!("a tuple of {} elements is required", types.len())));
            }
            Ok(Value::List(elements))
        }
        Type::Map(element) => {
            let entries: BTreeMap<String, &RawValue> = parse(raw, path, "a map")?;
            entries
                .into_iter()
                .map(|(key, raw)| {
                    let value = read(raw, element, &path.key(&key))?;
                    Ok((key, value))
                })
                .collect::<Result<Object, _>>()
                .map(Value::Map)
        }
        Type::Object(types) => {
            let entries: BTreeMap<String, &RawValue> = parse(raw, path, "an object")?;
            types
                .iter()
                .map(|(name, ty)| {
                    let value = match entries.get(name) {
                        Some(raw) => read(raw, ty, &path.attribute(name))?,
                        None => Value::Null,
                    };
                    Ok((name.clone(), value))
                })
                .collect::<Result<Object, _>>()
                .map(Value::Map)
        }
        Type::Dynamic => dynamic(raw, path),
    }
}

/// Terraform writes text, but state of an older schema may hold a number or bool where text is now wanted.
fn scalar_text(raw: &RawValue, path: &Trail<'_>) -> Result<String, JsonError> {
    match raw.get().as_bytes().first() {
        Some(b'"') => parse(raw, path, "a string"),
        Some(b'{' | b'[') | None => Err(fail(path, "a string is required")),
        Some(_) => Ok(raw.get().to_owned()),
    }
}

fn elements<'t>(
    raw: &RawValue,
    path: &Trail<'_>,
    ty: impl Fn(usize) -> Option<&'t Type>,
) -> Result<Vec<Value>, JsonError>
where
    Type: 't,
{
    let raws: Vec<&RawValue> = parse(raw, path, "a list")?;
    raws.into_iter()
        .enumerate()
        .map(|(index, raw)| {
            let ty = ty(index).ok_or_else(|| fail(path, "too many elements"))?;
            read(raw, ty, &path.index(index))
        })
        .collect()
}

fn dynamic(raw: &RawValue, path: &Trail<'_>) -> Result<Value, JsonError> {
    #[derive(serde::Deserialize)]
    struct Typed<'a> {
        #[serde(borrow)]
        value: &'a RawValue,
        #[serde(borrow, rename = "type")]
        ty: &'a RawValue,
    }
    let typed: Typed<'_> = parse(raw, path, "an object of `value` and `type`")?;
    let ty =
        Type::from_json_bytes(typed.ty.get().as_bytes()).map_err(|error| fail(path, error.to_string()))?;
    let inside = path.inside().ok_or_else(|| fail(path, "the value is nested too deep"))?;
    let value = read(typed.value, &ty, &inside)?;
    Ok(Value::Dynamic(Box::new((ty, value))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(json: &str, ty: &Type) -> Result<Value, JsonError> {
        Value::from_json(json.as_bytes(), ty)
    }

    #[test]
    fn numbers_keep_every_digit() {
        let value = read_as("[12345678901234567890123, 0.1]", &Type::list(Type::Number)).unwrap();
        let texts: Vec<_> = value
            .as_elements()
            .unwrap()
            .iter()
            .map(|v| if let Value::Number(n) = v { n.to_string() } else { String::new() })
            .collect();
        assert_eq!(texts, ["12345678901234567890123", "0.1"]);
    }

    #[test]
    fn missing_attributes_are_null_and_extra_ones_dropped() {
        let ty = Type::object([("a", Type::String), ("b", Type::Bool)]);
        let value = read_as(r#"{"a":"x","gone":1}"#, &ty).unwrap();
        assert_eq!(value, Value::object([("a", Value::from("x")), ("b", Value::Null)]));
    }

    #[test]
    fn dynamic_values_carry_their_type() {
        let value = read_as(r#"{"value":[1],"type":["list","number"]}"#, &Type::Dynamic).unwrap();
        assert_eq!(
            value,
            Value::Dynamic(Box::new((Type::list(Type::Number), Value::list([Value::from(1)]))))
        );
    }

    #[test]
    fn dynamic_values_in_dynamic_values_end_somewhere() {
        fn depth(value: &Value) -> usize {
            if let Value::Dynamic(inner) = value { 1 + depth(&inner.1) } else { 0 }
        }
        let read = |depth: usize| {
            let json =
                format!("{}null{}", r#"{"value":"#.repeat(depth), r#","type":"dynamic"}"#.repeat(depth));
            read_as(&json, &Type::Dynamic)
        };
        assert_eq!(depth(&read(50).unwrap()), 50);
        assert_eq!(read(10_000).unwrap_err().to_string(), "the value is nested too deep");
    }

    #[test]
    fn an_error_names_the_attribute() {
        let ty = Type::object([("a", Type::list(Type::Bool))]);
        let error = read_as(r#"{"a":[true,7]}"#, &ty).unwrap_err();
        assert_eq!(error.to_string(), "`a[1]`: a bool is required");
    }

    #[test]
    fn a_manifest_leaves_nulls_out() {
        let value = Value::object([("a", Value::Null), ("b", Value::set(["x".into()]))]);
        assert_eq!(value.to_json(false), serde_json::json!({ "b": ["x"] }));
    }

    #[test]
    fn a_manifest_has_whole_numbers_as_they_are_and_the_nearest_double_of_others() {
        let third = format!("0.{}", "3".repeat(155));
        for (number, json) in [
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("18446744073709551617", "1.8446744073709552e+19"),
            (&third, "0.3333333333333333"),
            ("5e-324", "5e-324"),
            ("1e400", "null"),
        ] {
            let value = Value::from(number.parse::<Number>().unwrap());
            assert_eq!(value.to_json(false).to_string(), json);
        }
    }

    #[test]
    fn what_is_no_value_says_why() {
        let pair = &Type::Tuple(vec![Type::Bool, Type::Bool]);
        let cases: [(&str, &Type, &str); 9] = [
            ("7", &Type::list(Type::Bool), "a list is required"),
            ("[true]", pair, "a tuple of 2 elements is required"),
            ("[true,true,true]", pair, "too many elements"),
            ("7", &Type::map(Type::Bool), "a map is required"),
            ("7", &Type::object([("a", Type::Bool)]), "an object is required"),
            ("[]", &Type::String, "a string is required"),
            ("7", &Type::Bool, "a bool is required"),
            ("7", &Type::Dynamic, "an object of `value` and `type` is required"),
            ("\"x\"", &Type::Number, "`x` is not a decimal number"),
        ];
        for (json, ty, said) in cases {
            let error = read_as(json, ty).unwrap_err().to_string();
            assert!(error == said || error.ends_with(&format!("`: {said}")), "{json}: {error}");
        }
        let nested = format!("{}null{}", r#"{"value":"#.repeat(120), r#","type":"dynamic"}"#.repeat(120));
        let error = read_as(&nested, &Type::Dynamic).unwrap_err();
        assert_eq!(error.to_string(), "the value is nested too deep");
    }
}
