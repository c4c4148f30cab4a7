//! What attributes and kinds are, in our words.

mod fields;
mod kinds;
mod objects;

use crate::facts::Shape;
use crate::{Catalog, Kind, Variant};

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

    /// What choosing a variant of a union means, in Markdown.
    #[must_use]
    pub fn describe_variant(&self, variant: &Variant<'_>) -> String {
        let object = match variant.shape {
            Shape::Object(name) => objects::VARIANTS.iter().find(|(object, _)| object == name),
            _ => None,
        };
        let tag = variant.tag.map(|(_, text)| text);
        match (object, tag.map(|tag| tag.strip_prefix("integration/").unwrap_or(tag))) {
            (Some((_, text)), _) => (*text).to_owned(),
            // `integration/blob-storage/aws/s3` is a blob storage.
            (None, Some(tag)) => match tag.split_once('/') {
                Some((family, of)) => spoken(family).replace('.', &format!(" `{of}`.")),
                None => format!("The choice `{tag}`."),
            },
            (None, None) => match variant.shape {
                Shape::Integer | Shape::Number => "A fixed number.".to_owned(),
                Shape::String => "As one text.".to_owned(),
                Shape::List(_) => "As a list.".to_owned(),
                _ => spoken(&variant.name),
            },
        }
    }

    /// What a field of an object is, in Markdown.
    #[must_use]
    pub fn describe_field(&self, object: &str, field: &str) -> String {
        let particular = objects::PARTICULAR.iter().find(|(o, f, _)| *o == object && *f == field);
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
