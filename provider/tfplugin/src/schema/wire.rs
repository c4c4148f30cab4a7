//! Schemas as they go over the wire.

use super::{Attribute, Attributes, Nesting, Presence, Schema, Shape};
use crate::diag::Diagnostics;
use crate::proto::tfplugin6 as wire;

impl Schema {
    pub(crate) fn to_wire(&self) -> wire::Schema {
        wire::Schema {
            version: self.version,
            block: Some(wire::schema::Block {
                version: self.version,
                ..block(&self.attributes, &self.description, self.deprecation.as_deref())
            }),
        }
    }
}

impl Diagnostics {
    /// For an answer about a configuration of this schema: with paths as far as Terraform can show them. Messages name the
    /// whole path.
    pub(crate) fn into_wire_for(self, schema: &Schema) -> Vec<wire::Diagnostic> {
        self.with_paths(|path| schema.visible(path)).into_wire()
    }
}

fn block(content: &Attributes, description: &str, deprecation: Option<&str>) -> wire::schema::Block {
    wire::schema::Block {
        version: 0,
        attributes: attributes(content),
        block_types: content.iter().filter_map(|(name, attribute)| nested_block(name, attribute)).collect(),
        description: description.to_owned(),
        description_kind: wire::StringKind::Markdown.into(),
        deprecated: deprecation.is_some(),
        deprecation_message: deprecation.unwrap_or_default().to_owned(),
        computed: false,
    }
}

fn nested_block(name: &str, attribute: &Attribute) -> Option<wire::schema::NestedBlock> {
    use wire::schema::nested_block::NestingMode;
    let (limits, Shape::Nested(nesting, inner)) = (attribute.block?, &attribute.shape) else { return None };
    let count = |count| i64::try_from(count).unwrap_or(i64::MAX);
    let (min, max) = (count(limits.min), count(limits.max));
    let (nesting, min_items, max_items) = match nesting {
        // A single block is there or not: both limits are 1 where it must be, and 0 where it may be.
        Nesting::Single => (NestingMode::Single, min.min(1), min.min(1)),
        Nesting::List => (NestingMode::List, min, max),
        Nesting::Set => (NestingMode::Set, min, max),
        Nesting::Map => (NestingMode::Map, 0, 0),
    };
    Some(wire::schema::NestedBlock {
        type_name: name.to_owned(),
        block: Some(block(inner, &attribute.description, attribute.deprecation.as_deref())),
        nesting: nesting.into(),
        min_items,
        max_items,
    })
}

fn attributes(attributes: &Attributes) -> Vec<wire::schema::Attribute> {
    let plain = attributes.iter().filter(|(_, attribute)| attribute.block.is_none());
    plain.map(|(name, attribute)| to_wire(name, attribute)).collect()
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
