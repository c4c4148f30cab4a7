//! What was stored: a state or an identity as JSON.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::value::{DecodeError, Type, Value};

/// A state or an identity as it was stored, by an older version of the provider or by another one.
///
/// Its numbers have as many digits as Terraform kept, more than a float holds: [`Stored::read`] reads them all.
///
/// ```
/// use tfplugin::Stored;
/// use tfplugin::value::Type;
///
/// let stored = Stored::from_json(r#"{ "name": "a", "share": 0.33333333333333333333 }"#)?;
/// let state = stored.read(&Type::object([("share", Type::Number)]))?;
/// assert_eq!(stored.json()["name"], "a");
/// assert_eq!(state.get("share"), &"0.33333333333333333333".parse::<tfplugin::value::Number>()?.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stored {
    json: Json,
    text: Bytes,
}

impl Stored {
    /// Something stored as this JSON text.
    ///
    /// # Errors
    /// When the text is not JSON.
    pub fn from_json(text: impl Into<Bytes>) -> Result<Self, serde_json::Error> {
        let text = text.into();
        let json = match serde_json::from_slice(&text) {
            Ok(json) => json,
            Err(_) => look(serde_json::from_slice(&text)?, DEPTH)?,
        };
        Ok(Self { json, text })
    }

    /// What is stored, to look at: its numbers are 64-bit integers or the nearest floats here, and null where none is near.
    #[must_use]
    pub fn json(&self) -> &Json {
        &self.json
    }

    /// Reads it as an object of type `ty`, with every digit. Attributes that it lacks are null; those that `ty` does not
    /// have are dropped.
    ///
    /// # Errors
    /// When it is not of that type.
    pub fn read(&self, ty: &Type) -> Result<Value, DecodeError> {
        if self.text.is_empty() { Ok(Value::Null) } else { Value::from_json(&self.text, ty) }
    }
}

/// How deep JSON may be nested, as for `serde_json`.
const DEPTH: usize = 128;

/// JSON in which a number may be out of the range of a float, which `serde_json` reads nowhere.
fn look(raw: &RawValue, depth: usize) -> Result<Json, serde_json::Error> {
    let text = raw.get();
    match (text.as_bytes().first(), depth.checked_sub(1)) {
        (Some(b'{'), Some(depth)) => {
            let entries: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
            entries.into_iter().map(|(key, raw)| Ok((key, look(raw, depth)?))).collect()
        }
        (Some(b'['), Some(depth)) => {
            let elements: Vec<&RawValue> = serde_json::from_str(text)?;
            elements.into_iter().map(|raw| look(raw, depth)).collect()
        }
        (Some(b'-' | b'0'..=b'9'), _) => Ok(serde_json::from_str(text).unwrap_or_default()),
        _ => serde_json::from_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_stored_is_null() {
        let ty = Type::object([("a", Type::String)]);
        assert_eq!(Stored::default().json(), &Json::Null);
        assert_eq!(Stored::default().read(&ty), Ok(Value::Null));
    }

    #[test]
    fn every_digit_is_read() {
        let ty = Type::object([("all", Type::list(Type::Number)), ("any", Type::Dynamic)]);
        let third = format!("0.{}", "3".repeat(155));
        let numbers = [&third, "18446744073709551617", "1e400", "0.30000000000000004"];
        let list = numbers.join(",");
        let text = format!(r#"{{"all":[{list}],"any":{{"value":[{list}],"type":["list","number"]}}}}"#);
        let stored = Stored::from_json(text).unwrap();
        let read = stored.read(&ty).unwrap();
        let exactly = numbers.map(|number| Value::Number(number.parse().unwrap()));
        assert_eq!(read.get("all").as_elements(), Some(&exactly[..]));
        assert_eq!(read.get("any").as_elements(), Some(&exactly[..]));
        let seen = serde_json::json!([0.333_333_333_333_333_3, 1.844_674_407_370_955_2e19, null, 0.1 + 0.2]);
        assert_eq!(stored.json()["all"], seen);
    }

    #[test]
    fn what_is_not_json_says_why() {
        let refusal = |text: &str| Stored::from_json(text.to_owned()).unwrap_err().to_string();
        assert_eq!(refusal("{"), "EOF while parsing an object at line 1 column 1");
        assert_eq!(refusal(&"[".repeat(200_000)), "EOF while parsing a list at line 1 column 200000");
        let deep = format!("{}1e400{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(refusal(&deep), "recursion limit exceeded at line 1 column 128");
    }
}
