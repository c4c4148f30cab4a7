//! Manifests from attributes and back.

use serde_json::{Map, Value as Json};
use tfplugin::value::Value;

/// The manifest fields of an object: `fields` pairs each attribute with its name in the manifest. Null attributes are
/// left out: unset stays unset.
pub(crate) fn object_of(value: &Value, fields: &[(&str, &str)]) -> Map<String, Json> {
    fields
        .iter()
        .map(|(attribute, field)| (*field, value.get(attribute)))
        .filter(|(_, value)| !value.is_null())
        .map(|(field, value)| (field.to_owned(), value.to_json(false)))
        .collect()
}

/// The attributes of a manifest object, by the same pairs. Fields that it lacks are left out.
pub(crate) fn attributes_of(manifest: &Json, fields: &[(&str, &str)]) -> Map<String, Json> {
    fields
        .iter()
        .filter_map(|(attribute, field)| Some((attribute.to_string(), manifest.get(field)?.clone())))
        .collect()
}
