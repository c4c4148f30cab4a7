//! Elements that are one: equal once defaults are filled in, or apart in nothing but how a value is written.

use std::collections::BTreeSet;

use super::pairs::agrees;
use super::template::{Opening, closed, may_be_respelled, open};
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::matching::candidates;
use crate::engine::objects::objects;
use crate::schema::{Attribute, Attributes, Nesting, Schema, Shape};
use crate::value::{Trail, Value};

impl Schema {
    /// Refuses a set of nested objects in which two elements are one.
    ///
    /// Where nothing but what a default repeats tells them apart they are one in the plan, and core says of that only that
    /// the provider has planned another count; of blocks it takes it. Where they only mean the same, core wants both in the
    /// plan and in the state, blocks too, and whoever answers knows of one: what was applied would not be what was planned.
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
        if *nesting == Nesting::Set {
            let filled = filled(inner, value.as_elements().unwrap_or_default());
            // Blocks that are equal are one for core too.
            if attribute.block.is_none() && holds_default(inner) {
                twice(&filled).iter().for_each(|element| out.push(equal(inner, element, hidden, &at)));
            }
            if may_be_respelled(inner) {
                let filled: Vec<_> = filled.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
                let apart = respelled(inner, &filled);
                apart.iter().for_each(|both| out.push(alike(inner, *both, hidden, &at)));
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

/// Those elements of which all is known, with their defaults, and null where the provider decides.
fn filled(inner: &Attributes, elements: &[Value]) -> Vec<Value> {
    let known = elements.iter().filter(|element| element.is_wholly_known());
    known.map(|element| closed(open(inner, element, Opening::Config))).collect()
}

/// What is there more than once.
fn twice(filled: &[Value]) -> BTreeSet<&Value> {
    let mut seen = BTreeSet::new();
    filled.iter().filter(|element| !seen.insert(*element)).collect()
}

/// Each element that means the same as one before it, with the first of those.
fn respelled<'a>(inner: &Attributes, elements: &'a [Value]) -> Vec<[&'a Value; 2]> {
    let keys: Vec<_> = elements.iter().map(|element| open(inner, element, Opening::Spelling)).collect();
    let keys: Vec<_> = keys.iter().collect();
    let same = |first: usize, later: usize| {
        let (first, later) = (&elements[first], &elements[later]);
        agrees(inner, first, later, true) || agrees(inner, later, first, true)
    };
    let found = candidates(&keys, &keys, &|first, later| first < later && same(first, later));
    let mut told = vec![false; elements.len()];
    let mut apart = Vec::new();
    for (first, found) in found.into_iter().enumerate() {
        for later in found {
            if !std::mem::replace(&mut told[later], true) {
                apart.push([&elements[first], &elements[later]]);
            }
        }
    }
    apart
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

fn alike(inner: &Attributes, [first, later]: [&Value; 2], hidden: bool, at: &Trail<'_>) -> Diagnostic {
    let apart = inner.iter().filter(|(name, _)| first.get(name) != later.get(name));
    let shown: Vec<_> = apart
        .map(|(name, attribute)| {
            let [first, later] = [first, later].map(|element| shown(attribute, element.get(name), hidden));
            if first == later {
                format!("`{name}` = {first}, in other words or digits")
            } else {
                format!("`{name}` = {first} and {later}")
            }
        })
        .collect();
    let path = at.to_path();
    Diagnostic::error(format!("`{path}` has an element twice"))
        .detail(format!(
            "Two of its elements mean the same, and differ only in how it is written: {}. Remove one of them, or set \
             something in it that tells it from the other.",
            shown.join(", ")
        ))
        .at(path)
}

fn shown(attribute: &Attribute, value: &Value, hidden: bool) -> String {
    match value {
        _ if hidden || attribute.sensitive => "(sensitive)".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.brief(),
        Value::String(text) if text.chars().count() <= 80 => format!("{text:?}"),
        _ => "...".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Numbers, semantic_equality};
    use crate::value::Type;

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

    const THIRD: &str = "0.333333333333333333333333333333333333333333333333";

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    /// A set of objects with everything that may be written in several ways.
    fn written() -> Vec<(&'static str, Attribute)> {
        let mails = |a: &Value, b: &Value| semantic_equality::ignoring_case(a, b);
        vec![
            ("f", Attribute::float64().default(number("0.5"))),
            ("json", Attribute::string().semantic_equality(semantic_equality::json)),
            ("mail", Attribute::string().semantic_equality(mails)),
            ("shares", Attribute::set(Type::Number).numbers(Numbers::Float64)),
            ("inside", Attribute::object([("f", Attribute::float64())])),
            ("zone", Attribute::string().computed().or_configured()),
            ("name", Attribute::string()),
        ]
    }

    fn rule<const N: usize>(parts: [(&'static str, Value); N]) -> Value {
        let mut rule = Value::object(written().into_iter().map(|(name, _)| (name, Value::Null)));
        parts.into_iter().for_each(|(name, value)| rule.put(name, value));
        rule
    }

    #[test]
    fn elements_that_only_are_written_otherwise_are_refused_at_every_depth_and_as_blocks() {
        let blocks = [("rule", Attribute::block(Nesting::Set, written()))];
        let schema = Schema::new([
            ("rules", Attribute::set_of(written())),
            ("group", Attribute::block(Nesting::List, blocks)),
        ]);
        let both = [rule([("f", number(THIRD))]), rule([("f", number("0.3333333333333333"))])];
        let group = Value::object([("rule", Value::set(both.clone()))]);
        let config = Value::object([("rules", Value::set(both)), ("group", Value::list([group]))]);
        let detail = "Two of its elements mean the same, and differ only in how it is written: `f` = 0.3333333333333333 and \
                      3.33333333333333333...e-1. Remove one of them, or set something in it that tells it from the other.";
        assert_eq!(
            refused(&schema, &config),
            [
                format!("`group[0].rule`: `group[0].rule` has an element twice: {detail}"),
                format!("`rules`: `rules` has an element twice: {detail}"),
            ]
        );
    }

    #[test]
    fn every_way_to_write_an_element_otherwise_is_found() {
        let schema = Schema::new([
            ("rules", Attribute::set_of(written())),
            ("hidden", Attribute::set_of(written()).sensitive()),
        ]);
        let told = |name: &'static str, rules: &[Value]| {
            refused(&schema, &Value::object([(name, Value::set(rules.to_vec()))]))
                .iter()
                .map(|told| {
                    told.split(" is written: ").nth(1).unwrap().split(". Remove").next().unwrap().to_owned()
                })
                .collect::<Vec<_>>()
        };
        let inside = |text: &str| Value::object([("f", number(text))]);
        let shares = |texts: &[&str]| Value::set(texts.iter().map(|text| number(text)));
        let digits = format!("0.{}", "3".repeat(60));
        for (first, later, expected) in [
            (
                rule([]),
                rule([("f", number("0.50000000000000000001"))]),
                "`f` = 0.5 and 0.50000000000000000001",
            ),
            (
                rule([("f", number(THIRD))]),
                rule([("f", number(&digits))]),
                "`f` = 3.33333333333333333...e-1, in other words or digits",
            ),
            (
                rule([("json", "[1, 2]".into())]),
                rule([("json", "[1,2]".into())]),
                "`json` = \"[1, 2]\" and \"[1,2]\"",
            ),
            (rule([("mail", "a@x".into())]), rule([("mail", "A@x".into())]), "`mail` = \"A@x\" and \"a@x\""),
            (
                rule([("shares", shares(&[THIRD]))]),
                rule([("shares", shares(&["0.3333333333333333"]))]),
                "`shares` = ..., in other words or digits",
            ),
            (
                rule([("shares", shares(&[THIRD, "0.3333333333333333"]))]),
                rule([("shares", shares(&["0.3333333333333333"]))]),
                "`shares` = ..., in other words or digits",
            ),
            (
                rule([("inside", inside(THIRD))]),
                rule([("inside", inside("0.3333333333333333"))]),
                "`inside` = ..., in other words or digits",
            ),
        ] {
            assert_eq!(told("rules", &[first.clone(), later.clone()]), [expected]);
            assert_eq!(told("rules", &[later.clone(), first.clone()]), [expected]);
            let hidden = told("hidden", &[first, later]);
            assert!(hidden[0].ends_with("= (sensitive), in other words or digits"), "{hidden:?}");
        }
        // Each of many is told once, with the first.
        let many = ["a@x", "A@x", "a@X", "b@x"].map(|mail| rule([("mail", mail.into())]));
        assert_eq!(told("rules", &many), ["`mail` = \"A@x\" and \"a@X\"", "`mail` = \"A@x\" and \"a@x\""]);
        for (first, later) in [
            (rule([("f", number("0.3333333333333333"))]), rule([("f", number("0.33333333333333337"))])),
            (rule([("f", number(THIRD)), ("name", "a".into())]), rule([("f", number("0.3333333333333333"))])),
            (rule([("f", number(THIRD)), ("zone", "a".into())]), rule([("f", number("0.3333333333333333"))])),
            (
                rule([("f", number(THIRD)), ("name", Value::UNKNOWN)]),
                rule([("f", number("0.3333333333333333"))]),
            ),
            (rule([("mail", "a@x".into())]), rule([("mail", "b@x".into())])),
            (rule([("mail", "a@x".into())]), rule([])),
        ] {
            assert_eq!(told("rules", &[first, later]), [""; 0]);
        }
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
