//! Schemas as they go over the wire.

use super::{Attribute, Attributes, Nesting, Presence, Schema, Shape};
use crate::proto::tfplugin6 as wire;

impl Schema {
    pub(crate) fn to_wire(&self) -> wire::Schema {
        wire::Schema {
            version: self.version,
            block: Some(wire::schema::Block {
                version: self.version,
                attributes: attributes(&self.attributes),
                block_types: Vec::new(),
                description: self.description.to_string(),
                description_kind: wire::StringKind::Markdown.into(),
                deprecated: self.deprecation.is_some(),
                deprecation_message: self.deprecation.as_deref().unwrap_or_default().to_owned(),
                computed: false,
            }),
        }
    }
}

fn attributes(attributes: &Attributes) -> Vec<wire::schema::Attribute> {
    attributes.iter().map(|(name, attribute)| to_wire(name, attribute)).collect()
}

fn to_wire(name: &str, attribute: &Attribute) -> wire::schema::Attribute {
    let (ty, nested_type) = match &attribute.shape {
        Shape::Plain(ty) => (ty.to_json_bytes().into(), None),
        // Terraform refuses an attribute that carries both a type and a nested type.
        Shape::Nested(nesting, inner) => (bytes::Bytes::new(), Some(nested(*nesting, inner))),
    };
    wire::schema::Attribute {
        name: name.to_owned(),
        r#type: ty,
        nested_type,
        description: attribute.description.to_string(),
        description_kind: wire::StringKind::Markdown.into(),
        required: attribute.presence == Presence::Required,
        optional: matches!(attribute.presence, Presence::Optional | Presence::OptionalComputed),
        computed: attribute.is_computed(),
        sensitive: attribute.sensitive,
        deprecated: attribute.deprecation.is_some(),
        deprecation_message: attribute.deprecation.as_deref().unwrap_or_default().to_owned(),
        write_only: attribute.write_only,
    }
}

#[expect(deprecated, reason = "prost wants every field, the unused limits of nested objects too")]
fn nested(nesting: Nesting, inner: &Attributes) -> wire::schema::Object {
    use wire::schema::object::NestingMode;
    let nesting = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    wire::schema::Object {
        attributes: attributes(inner),
        nesting: nesting.into(),
        min_items: 0,
        max_items: 0,
    }
}
