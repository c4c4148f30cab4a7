//! Which values are secret.

use super::{Attributes, Nesting, Schema, Shape};
use crate::value::Value;

impl Schema {
    /// Keeps every text in sensitive and write-only attributes of `object` out of what this process shows.
    pub(crate) fn redact(&self, object: &Value) {
        redact_in(&self.attributes, object);
    }
}

fn redact_in(attributes: &Attributes, object: &Value) {
    for (name, attribute) in attributes {
        if attribute.sensitive || attribute.write_only {
            redact_all(object.get(name));
        } else if let Shape::Nested(nesting, inner) = &attribute.shape {
            match (nesting, object.get(name)) {
                (Nesting::Single, object) => redact_in(inner, object),
                (_, Value::List(elements) | Value::Set(elements)) => {
                    elements.iter().for_each(|element| redact_in(inner, element));
                }
                (_, Value::Map(entries)) => entries.values().for_each(|entry| redact_in(inner, entry)),
                _ => (),
            }
        }
    }
}

fn redact_all(value: &Value) {
    match value {
        Value::String(text) => safe_text::redact(text),
        Value::List(elements) | Value::Set(elements) => elements.iter().for_each(redact_all),
        Value::Map(entries) => entries.values().for_each(redact_all),
        Value::Dynamic(inner) => redact_all(&inner.1),
        _ => (),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Attribute;
    use crate::value::Type;

    #[test]
    fn every_text_in_a_secret_attribute_is_blotted_out_at_any_depth() {
        let secret = || Attribute::map(Type::String).sensitive();
        let inner = [("name", Attribute::string()), ("headers_wo", secret().write_only())];
        let schema = Schema::new([
            ("name", Attribute::string()),
            ("token", Attribute::string().sensitive()),
            ("routes", Attribute::list_of(inner.clone())),
            ("named", Attribute::map_of(inner)),
        ]);
        let object = |text: &str| {
            let headers = Value::object([("A", Value::string(text))]);
            Value::object([("name", "schema-shown".into()), ("headers_wo", headers)])
        };
        schema.redact(&Value::object([
            ("name", "schema-shown".into()),
            ("token", "schema-hush-1".into()),
            ("routes", Value::List(vec![object("schema-hush-2")])),
            ("named", Value::object([("headers_wo", object("schema-hush-3"))])),
        ]));
        assert_eq!(
            safe_text::scrub("schema-shown schema-hush-1 schema-hush-2 schema-hush-3"),
            "schema-shown *** *** ***"
        );
        schema.redact(&Value::Null);
    }
}
