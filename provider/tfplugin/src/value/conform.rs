//! Whether values are of a type.

use super::{Path, Trail, Type, Value};

impl Value {
    /// Whether this is a value of type `ty`: null and unknown are of every type, objects have exactly the type's
    /// attributes.
    #[must_use]
    pub fn conforms(&self, ty: &Type) -> bool {
        misfit(self, ty, &Trail::Root).is_none()
    }

    /// Where this is not a value of type `ty`, and what would be one there.
    #[must_use]
    pub fn misfit(&self, ty: &Type) -> Option<(Path, String)> {
        misfit(self, ty, &Trail::Root)
    }
}

fn misfit(value: &Value, ty: &Type, at: &Trail<'_>) -> Option<(Path, String)> {
    let wrong = |wanted: &str| Some((at.to_path(), format!("{wanted} is required")));
    match (value, ty) {
        (Value::Null | Value::Unknown(_), _)
        | (Value::Bool(_), Type::Bool)
        | (Value::Number(_), Type::Number)
        | (Value::String(_), Type::String) => None,
        (Value::Dynamic(inner), Type::Dynamic) => misfit(&inner.1, &inner.0, at),
        (_, Type::Dynamic) => None,
        (Value::List(elements), Type::List(of)) | (Value::Set(elements), Type::Set(of)) => {
            elements.iter().enumerate().find_map(|(index, element)| misfit(element, of, &at.index(index)))
        }
        (Value::List(elements), Type::Tuple(types)) => {
            if elements.len() != types.len() {
                return wrong(&format!("a tuple of {} elements", types.len()));
            }
            let mut pairs = elements.iter().zip(types).enumerate();
            pairs.find_map(|(index, (element, ty))| misfit(element, ty, &at.index(index)))
        }
        (Value::Map(entries), Type::Map(of)) => {
            entries.iter().find_map(|(key, element)| misfit(element, of, &at.key(key)))
        }
        (Value::Map(entries), Type::Object(types)) => {
            if let Some(name) = entries.keys().find(|name| !types.contains_key(*name)) {
                return Some((at.attribute(name).to_path(), "there is no such attribute".to_owned()));
            }
            types.iter().find_map(|(name, ty)| match entries.get(name) {
                Some(value) => misfit(value, ty, &at.attribute(name)),
                None => Some((at.attribute(name).to_path(), "the attribute is missing".to_owned())),
            })
        }
        (_, ty) => wrong(kind(ty)),
    }
}

/// What a value of the type is called.
pub(crate) fn kind(ty: &Type) -> &'static str {
    match ty {
        Type::String => "a string",
        Type::Number => "a number",
        Type::Bool => "a bool",
        Type::Dynamic => "a value",
        Type::List(_) => "a list",
        Type::Set(_) => "a set",
        Type::Map(_) => "a map",
        Type::Tuple(_) => "a tuple",
        Type::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misfit_is_named_with_its_path() {
        let ty = Type::object([("a", Type::list(Type::String)), ("b", Type::set(Type::Number))]);
        let fits = Value::object([("a", Value::list(["x".into(), Value::UNKNOWN])), ("b", Value::Null)]);
        assert!(fits.conforms(&ty));
        let misfit = |value: Value| value.misfit(&ty).map(|(path, problem)| format!("{path}: {problem}"));
        let wrong = Value::object([("a", Value::list(["x".into(), 1.into()])), ("b", Value::Null)]);
        assert_eq!(misfit(wrong).as_deref(), Some("a[1]: a string is required"));
        assert_eq!(
            misfit(Value::object([("a", Value::Null)])).as_deref(),
            Some("b: the attribute is missing")
        );
        let more = Value::object([("a", Value::Null), ("b", Value::Null), ("c", Value::Null)]);
        assert_eq!(misfit(more).as_deref(), Some("c: there is no such attribute"));
        assert_eq!(misfit(Value::from("x")).as_deref(), Some(": an object is required"));
    }

    #[test]
    fn what_is_wanted_is_named() {
        for (ty, said) in [
            (Type::String, "a string is required"),
            (Type::Number, "a number is required"),
            (Type::list(Type::Bool), "a list is required"),
            (Type::set(Type::Bool), "a set is required"),
            (Type::map(Type::Bool), "a map is required"),
            (Type::Tuple(Vec::new()), "a tuple is required"),
        ] {
            assert_eq!(Value::Bool(true).misfit(&ty).map(|(_, problem)| problem).as_deref(), Some(said));
        }
        assert_eq!(Value::from("x").misfit(&Type::Bool).unwrap().1, "a bool is required");
        let pair = Type::Tuple(vec![Type::Bool, Type::Bool]);
        let misfit = Value::list([Value::Bool(true)]).misfit(&pair).unwrap();
        assert_eq!(misfit.1, "a tuple of 2 elements is required");
    }
}
