//! The forms of fully qualified names.

use tfplugin::function::{FunctionError, text};
use tfplugin::value::Value;

/// Each kind of name with its parts, which `:` separates.
pub(super) const KINDS: [(&str, &str); 8] = [
    ("cluster", "cluster"),
    ("workspace", "cluster:workspace"),
    ("application", "cluster:workspace:application"),
    ("deployment", "cluster:workspace:application:version"),
    ("provider_account", "tenant:provider:account"),
    ("integration", "tenant:provider:account:kind:integration"),
    ("secret_group", "tenant:group"),
    ("secret", "tenant:group:key"),
];

/// The names of the parts of a kind; none for a kind that does not exist.
pub(super) fn parts(kind: &str) -> Vec<&'static str> {
    let found = KINDS.iter().find(|(name, _)| *name == kind);
    found.map(|(_, form)| form.split(':').collect()).unwrap_or_default()
}

/// Joins one argument for each part.
pub(super) fn join(parts: &[&str], arguments: &[Value], separator: char) -> Result<String, FunctionError> {
    let mut texts = Vec::with_capacity(parts.len());
    for (position, part) in parts.iter().enumerate() {
        let value = text(arguments, position);
        if value.is_empty() || value.contains(separator) {
            let problem = format!("the {part} must be a name without `{separator}`, but it is `{value}`");
            return Err(FunctionError::argument(position, problem));
        }
        texts.push(value);
    }
    Ok(texts.join(&separator.to_string()))
}

/// Takes a name apart: each part with its value.
pub(super) fn split<'a>(kind: &str, fqn: &'a str) -> Result<Vec<(&'static str, &'a str)>, FunctionError> {
    let parts = parts(kind);
    if parts.is_empty() {
        let kinds: Vec<_> = KINDS.iter().map(|(kind, _)| format!("`{kind}`")).collect();
        let problem = format!("there is no kind `{kind}`; use one of {}", kinds.join(", "));
        return Err(FunctionError::argument(0, problem));
    }
    let values: Vec<_> = fqn.split(':').collect();
    if values.len() != parts.len() || values.iter().any(|value| value.is_empty()) {
        let form = format!("<{}>", parts.join(">:<"));
        return Err(FunctionError::argument(1, format!("`{fqn}` is not of the form `{form}`")));
    }
    Ok(parts.into_iter().zip(values).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_joined_and_taken_apart() {
        let arguments = ["acme", "aws", "main", "blob-storage", "s3"].map(Value::from);
        let joined = join(&parts("integration"), &arguments, ':').unwrap();
        assert_eq!(joined, "acme:aws:main:blob-storage:s3");
        let values: Vec<_> =
            split("integration", &joined).unwrap().into_iter().map(|(_, value)| value).collect();
        assert_eq!(values, ["acme", "aws", "main", "blob-storage", "s3"]);
    }

    #[test]
    fn the_argument_at_fault_is_named() {
        let error = join(&parts("workspace"), &["a".into(), "b:c".into()], ':').unwrap_err();
        assert_eq!(
            error,
            FunctionError::argument(1, "the workspace must be a name without `:`, but it is `b:c`")
        );
        let error = split("nonsense", "x").unwrap_err();
        assert_eq!(error.argument, Some(0));
        assert!(error.text.starts_with("there is no kind `nonsense`; use one of `"), "{error}");
        let error = split("workspace", "only-one").unwrap_err();
        assert_eq!(
            error,
            FunctionError::argument(1, "`only-one` is not of the form `<cluster>:<workspace>`")
        );
        assert!(split("workspace", "a:").is_err());
    }
}
