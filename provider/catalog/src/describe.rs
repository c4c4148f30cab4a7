//! What attributes and kinds are, in our words.

mod fields;
mod kinds;

use crate::{Catalog, Kind};

impl Catalog {
    /// What the resource of a kind manages, in Markdown.
    #[must_use]
    pub fn describe_kind(&self, kind: &Kind) -> String {
        let known = kinds::KINDS.iter().find(|(manifest_type, _)| *manifest_type == kind.manifest_type);
        match known {
            Some((_, text)) => (*text).to_owned(),
            None if kind.manifest_type.starts_with("provider-account/") => format!(
                "An account with the provider `{}`: how the control plane authenticates there, and the integrations it offers to the platform.",
                kind.manifest_type.trim_start_matches("provider-account/")
            ),
            None => format!("Manages objects of the kind `{}` in the control plane.", kind.manifest_type),
        }
    }

    /// What a field of an object is, in Markdown.
    #[must_use]
    pub fn describe_field(&self, object: &str, field: &str) -> String {
        let particular = fields::PARTICULAR.iter().find(|(o, f, _)| *o == object && *f == field);
        let known = particular.map(|(.., text)| *text);
        let known = known.or_else(|| fields::FIELDS.iter().find(|(f, _)| *f == field).map(|(_, text)| *text));
        known.map_or_else(|| spoken(field), str::to_owned)
    }
}

/// A field that nobody has described yet says at least its name in words.
fn spoken(field: &str) -> String {
    let words = crate::naming::snake(field).replace('_', " ");
    let mut characters = words.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(characters).chain(['.']).collect()
}
