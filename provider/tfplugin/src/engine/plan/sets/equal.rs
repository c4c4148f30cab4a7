//! Elements that are equal once defaults are filled in.

use std::collections::BTreeSet;

use super::template::{Opening, open};
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::objects::objects;
use crate::schema::{Attribute, Attributes, Nesting, Schema, Shape};
use crate::value::{Trail, Value};

impl Schema {
    /// Refuses a set of nested objects, other than blocks, in which nothing but what a default repeats tells two elements
    /// apart: they are one in the plan, and core says of that only that the provider has planned another count.
    pub(crate) fn refuse_equal_elements(&self, config: &Value, out: &mut Diagnostics) {
        inside(&self.attributes, config, &Trail::Root, false, out);
    }
}

fn inside(attributes: &Attributes, object: &Value, at: &Trail<'_>, hidden: bool, out: &mut Diagnostics) {
    for (name, attribute) in attributes {
        let Shape::Nested(nesting, inner) = &attribute.shape else { continue };
        let (value, at) = (object.get(name), at.attribute(name));
        if !value.is_set() {
            continue;
        }
        let hidden = hidden || attribute.sensitive;
        // Blocks that are equal are one for core too.
        if *nesting == Nesting::Set && attribute.block.is_none() && holds_default(inner) {
            for element in twice(inner, value.as_elements().unwrap_or_default()) {
                out.push(equal(inner, &element, hidden, &at));
            }
        }
        objects(*nesting, value, &at, &mut |object, at| inside(inner, object, at, hidden, out));
    }
}

fn holds_default(attributes: &Attributes) -> bool {
    attributes.values().any(|attribute| {
        attribute.default.is_some()
            || matches!(&attribute.shape, Shape::Nested(_, inner) if holds_default(inner))
    })
}

/// What is there more than once, with its defaults.
fn twice(inner: &Attributes, elements: &[Value]) -> BTreeSet<Value> {
    let mut seen = BTreeSet::new();
    let known = elements.iter().filter(|element| element.is_wholly_known());
    let filled = known.map(|element| open(inner, element, Opening::Config));
    filled.filter(|element| !seen.insert(element.clone())).collect()
}

fn equal(inner: &Attributes, element: &Value, hidden: bool, at: &Trail<'_>) -> Diagnostic {
    let set = inner.iter().filter(|(name, _)| element.get(name).is_set());
    let shown: Vec<_> = set
        .map(|(name, attribute)| format!("`{name}` = {}", shown(attribute, element.get(name), hidden)))
        .collect();
    let path = at.to_path();
    Diagnostic::error(format!("`{path}` has an element twice"))
        .detail(format!(
            "Two of its elements are the same once defaults are filled in: {}. Remove one of them, or set something in it \
             that tells it from the other.",
            shown.join(", ")
        ))
        .at(path)
}

fn shown(attribute: &Attribute, value: &Value, hidden: bool) -> String {
    match value {
        _ if hidden || attribute.sensitive => "(sensitive)".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.chars().count() <= 80 => format!("{text:?}"),
        _ => "...".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(schema: &Schema, config: &Value) -> Vec<String> {
        let mut out = Diagnostics::new();
        schema.refuse_equal_elements(config, &mut out);
        out.iter().map(ToString::to_string).collect()
    }

    fn inner() -> Vec<(&'static str, Attribute)> {
        vec![
            ("number", Attribute::number().required()),
            ("protocol", Attribute::string().default("tcp")),
            ("secure", Attribute::bool().default(true)),
            ("token", Attribute::string().sensitive()),
            ("tags", Attribute::list(crate::value::Type::String)),
            ("zone", Attribute::string().computed().or_configured()),
        ]
    }

    fn port(number: impl Into<Value>, protocol: impl Into<Value>, zone: impl Into<Value>) -> Value {
        Value::object([
            ("number", number.into()),
            ("protocol", protocol.into()),
            ("secure", Value::Null),
            ("token", "hush".into()),
            ("tags", Value::list(["a".into()])),
            ("zone", zone.into()),
        ])
    }

    #[test]
    fn elements_that_a_default_makes_equal_are_refused_at_every_depth() {
        let schema = Schema::new([
            ("ports", Attribute::set_of(inner())),
            ("groups", Attribute::map_of([("ports", Attribute::set_of(inner()))])),
        ]);
        let both = || Value::set([port(53, "tcp", "x"), port(53, Value::Null, "x")]);
        let group = Value::object([("ports", both())]);
        let config = Value::object([("ports", both()), ("groups", Value::object([("g", group)]))]);
        let detail = "Two of its elements are the same once defaults are filled in: `number` = 53, `protocol` = \"tcp\", \
                      `secure` = true, `tags` = ..., `token` = (sensitive), `zone` = \"x\". Remove one of them, or set \
                      something in it that tells it from the other.";
        assert_eq!(
            refused(&schema, &config),
            [
                format!("`groups[\"g\"].ports`: `groups[\"g\"].ports` has an element twice: {detail}"),
                format!("`ports`: `ports` has an element twice: {detail}"),
            ]
        );
        let hidden = Schema::new([("ports", Attribute::set_of(inner()).sensitive())]);
        let hidden = refused(&hidden, &config).join("");
        assert!(hidden.contains("`number` = (sensitive), `protocol` = (sensitive)"), "{hidden}");
    }

    #[test]
    fn what_may_be_apart_and_blocks_are_taken() {
        let schema = Schema::new([
            ("ports", Attribute::set_of(inner())),
            ("block", Attribute::block(Nesting::Set, inner())),
        ]);
        let equal = Value::set([port(53, "tcp", Value::Null), port(53, Value::Null, Value::Null)]);
        for apart in [
            [port(53, "udp", Value::Null), port(53, Value::Null, Value::Null)],
            [port(53, "tcp", "x"), port(53, Value::Null, Value::Null)],
            [port(53, "tcp", "x"), port(Value::UNKNOWN, Value::Null, "x")],
        ] {
            let config = Value::object([("ports", Value::set(apart)), ("block", equal.clone())]);
            assert_eq!(refused(&schema, &config), Vec::<String>::new());
        }
    }
}
