//! Types of values, and their JSON form in schemas and dynamic values.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// The type of a value, as cty knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// UTF-8 text, compared in Unicode normal form C.
    String,
    /// A number of any precision.
    Number,
    /// `true` or `false`.
    Bool,
    /// Any type, decided by each value.
    Dynamic,
    /// Values of one type, in order.
    List(Box<Type>),
    /// Distinct values of one type, without order.
    Set(Box<Type>),
    /// Values of one type by string key.
    Map(Box<Type>),
    /// A fixed number of values, each of its own type.
    Tuple(Vec<Type>),
    /// A fixed set of named attributes, each of its own type.
    Object(BTreeMap<String, Type>),
}

/// The bytes are not a type in cty's JSON form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a Terraform type: {0}")]
pub struct TypeError(String);

/// Deepest nesting accepted in a type: deeper ones would only serve to exhaust the stack.
pub const MAX_DEPTH: usize = 100;

impl Type {
    /// `list(element)`.
    #[must_use]
    pub fn list(element: Type) -> Self {
        Self::List(Box::new(element))
    }

    /// `set(element)`.
    #[must_use]
    pub fn set(element: Type) -> Self {
        Self::Set(Box::new(element))
    }

    /// `map(element)`.
    #[must_use]
    pub fn map(element: Type) -> Self {
        Self::Map(Box::new(element))
    }

    /// `object({ name = type, ... })`.
    #[must_use]
    pub fn object<const N: usize>(attributes: [(&str, Type); N]) -> Self {
        Self::Object(attributes.into_iter().map(|(name, ty)| (name.to_owned(), ty)).collect())
    }

    /// The JSON form, as it stands in schemas: `"string"`, `["list","number"]`, ...
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::String => "string".into(),
            Self::Number => "number".into(),
            Self::Bool => "bool".into(),
            Self::Dynamic => "dynamic".into(),
            Self::List(element) => vec!["list".into(), element.to_json()].into(),
            Self::Set(element) => vec!["set".into(), element.to_json()].into(),
            Self::Map(element) => vec!["map".into(), element.to_json()].into(),
            Self::Tuple(elements) => {
                vec![Json::from("tuple"), elements.iter().map(Self::to_json).collect()].into()
            }
            Self::Object(attributes) => {
                let attributes: serde_json::Map<_, _> =
                    attributes.iter().map(|(name, ty)| (name.clone(), ty.to_json())).collect();
                vec!["object".into(), Json::Object(attributes)].into()
            }
        }
    }

    /// The bytes of [`Type::to_json`].
    #[must_use]
    pub fn to_json_bytes(&self) -> Vec<u8> {
        self.to_json().to_string().into_bytes()
    }

    /// Reads the JSON form. Optional-attribute names of an object (a third element) are accepted and dropped.
    ///
    /// # Errors
    /// When the bytes are not JSON, name no type, or nest deeper than [`MAX_DEPTH`].
    pub fn from_json_bytes(bytes: &[u8]) -> Result<Self, TypeError> {
        let json = serde_json::from_slice(bytes).map_err(|error| TypeError(error.to_string()))?;
        Self::from_json(&json, 0)
    }

    fn from_json(json: &Json, depth: usize) -> Result<Self, TypeError> {
        if depth > MAX_DEPTH {
            return Err(TypeError(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let unknown = || TypeError(json.to_string().chars().take(80).collect());
        match json {
            Json::String(name) => match name.as_str() {
                "string" => Ok(Self::String),
                "number" => Ok(Self::Number),
                "bool" => Ok(Self::Bool),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(unknown()),
            },
            Json::Array(parts) => match parts.as_slice() {
                [Json::String(kind), of, ..] => Self::compound(kind, of, depth).ok_or_else(unknown)?,
                _ => Err(unknown()),
            },
            _ => Err(unknown()),
        }
    }

    fn compound(kind: &str, of: &Json, depth: usize) -> Option<Result<Self, TypeError>> {
        let next = |json: &Json| Self::from_json(json, depth + 1);
        Some(match (kind, of) {
            ("list", of) => next(of).map(Self::list),
            ("set", of) => next(of).map(Self::set),
            ("map", of) => next(of).map(Self::map),
            ("tuple", Json::Array(elements)) => {
                elements.iter().map(next).collect::<Result<_, _>>().map(Self::Tuple)
            }
            ("object", Json::Object(attributes)) => attributes
                .iter()
                .map(|(name, json)| Ok((name.clone(), next(json)?)))
                .collect::<Result<_, _>>()
                .map(Self::Object),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_form_round_trips() {
        let ty = Type::object([
            ("a", Type::list(Type::set(Type::map(Type::Number)))),
            ("b", Type::Tuple(vec![Type::Bool, Type::Dynamic])),
            ("c", Type::String),
        ]);
        assert_eq!(Type::from_json_bytes(&ty.to_json_bytes()).unwrap(), ty);
    }

    #[test]
    fn optional_attribute_names_are_dropped() {
        let ty = Type::from_json_bytes(br#"["object",{"a":"string"},["a"]]"#).unwrap();
        assert_eq!(ty, Type::object([("a", Type::String)]));
    }

    #[test]
    fn deep_nesting_is_refused_not_a_stack_overflow() {
        for depth in [90, 10_000] {
            let json = format!("{}\"string\"{}", "[\"list\",".repeat(depth), "]".repeat(depth));
            assert_eq!(Type::from_json_bytes(json.as_bytes()).is_ok(), depth == 90);
        }
        let json = format!("{}\"string\"{}", "[\"list\",".repeat(110), "]".repeat(110));
        let error = Type::from_json_bytes(json.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "not a Terraform type: nested deeper than 100 levels");
    }

    #[test]
    fn malformed_types_are_errors() {
        for json in ["", "\"text\"", "[]", "[\"list\"]", "{}", "[\"tuple\",{}]", "null", "[1,2]"] {
            assert!(Type::from_json_bytes(json.as_bytes()).is_err(), "{json}");
        }
    }
}
