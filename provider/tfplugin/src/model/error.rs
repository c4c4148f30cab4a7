//! Why a value is not the model that it is read as.

use crate::diag::{Diagnostic, Diagnostics};
use crate::provider::Failed;
use crate::value::{Path, Value};

/// A value does not fit a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", if path.steps().is_empty() { String::new() } else { format!("`{path}`: ") })]
pub struct ModelError {
    /// The attribute at fault; empty for the whole object.
    pub path: Path,
    /// What is wrong with it. Never holds the value itself, which may be secret.
    pub problem: String,
}

impl ModelError {
    /// Something else than `wanted` ("a number") stands at `path`.
    #[must_use]
    pub fn expected(wanted: &str, found: &Value, path: &Path) -> Self {
        let found = match found {
            Value::Null => "it is null",
            Value::Unknown(_) => "it is not known yet",
            Value::Bool(_) => "it is a bool",
            Value::Number(_) => "it is a number",
            Value::String(_) => "it is another text",
            Value::List(_) => "it is a list",
            Value::Set(_) => "it is a set",
            Value::Map(_) => "it is a map or an object",
            Value::Dynamic(inner) => return Self::expected(wanted, &inner.1, path),
        };
        Self { path: path.clone(), problem: format!("{wanted} is required, but {found}") }
    }
}

impl From<ModelError> for Diagnostic {
    fn from(error: ModelError) -> Self {
        let detail = format!("{error}. This is a fault of the provider: please report it.");
        Self::error("A value does not fit the provider's model").detail(detail).at(error.path)
    }
}

impl From<ModelError> for Diagnostics {
    fn from(error: ModelError) -> Self {
        Diagnostic::from(error).into()
    }
}

impl From<ModelError> for Failed {
    fn from(error: ModelError) -> Self {
        Diagnostic::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_there_is_named_and_not_shown() {
        for (found, said) in [
            (Value::Bool(true), "`a`: a text is required, but it is a bool"),
            (1.into(), "`a`: a text is required, but it is a number"),
            (Value::list([]), "`a`: a text is required, but it is a list"),
            (Value::set([]), "`a`: a text is required, but it is a set"),
            (Value::object::<String>([]), "`a`: a text is required, but it is a map or an object"),
        ] {
            assert_eq!(ModelError::expected("a text", &found, &Path::of("a")).to_string(), said);
        }
        let told = Diagnostic::from(ModelError::expected("a text", &Value::Null, &Path::of("a")));
        assert_eq!(
            told.to_string(),
            "`a`: A value does not fit the provider's model: `a`: a text is required, but it is null. This is a fault \
             of the provider: please report it."
        );
    }
}
