//! Floats: what is configured in more digits than a double has is planned once, and then no more.

use super::*;
use crate::schema::{Attribute, Nesting, Numbers};
use crate::value::Type;

const SHORT: &str = "0.3333333333333333";

/// A third as Terraform has it, in 512 bits.
fn third() -> String {
    format!("0.{}", "3".repeat(155))
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

/// Where a float is: its name, the attribute, and its value with a number.
type Place = (&'static str, Attribute, fn(Value) -> Value);
/// What is tried in a place, with the objects that have a number there.
type Check = fn(&str, &Schema, &dyn Fn(&str) -> Value);

/// One attribute of each place where a float can be.
fn places() -> Vec<Place> {
    let one = || [("f", Attribute::float64().requires_replace())];
    let named = || [("f", Attribute::float64()), ("name", Attribute::string())];
    let deep = |nesting| [("name", Attribute::string()), ("in", Attribute::nested(nesting, named()))];
    vec![
        ("top", Attribute::float64().requires_replace(), |f| f),
        ("list", Attribute::list(Type::Number).numbers(Numbers::Float64), |f| Value::list([1.into(), f])),
        ("map", Attribute::map(Type::Number).numbers(Numbers::Float64), |f| Value::object([("k", f)])),
        ("set", Attribute::set(Type::Number).numbers(Numbers::Float64), |f| Value::set([1.into(), f])),
        ("lists", Attribute::list(Type::list(Type::Number)).numbers(Numbers::Float64), |f| {
            Value::list([Value::list([f])])
        }),
        ("object", Attribute::object(one()), |f| Value::object([("f", f)])),
        ("list_of", Attribute::list_of(one()), |f| Value::list([Value::object([("f", f)])])),
        ("map_of", Attribute::map_of(one()), |f| Value::object([("k", Value::object([("f", f)]))])),
        ("set_of", Attribute::set_of(named()), |f| Value::set([of("a", f), of("b", 2.into())])),
        ("set_of_objects", Attribute::set_of(deep(Nesting::Single)), |f| {
            Value::set([within("a", of("x", f))])
        }),
        ("set_of_lists", Attribute::set_of(deep(Nesting::List)), |f| {
            Value::set([within("a", Value::list([of("x", f)])), within("b", Value::list([]))])
        }),
        ("set_of_sets", Attribute::set_of(deep(Nesting::Set)), |f| {
            Value::set([within("a", Value::set([of("x", f)])), within("b", Value::set([of("y", 1.into())]))])
        }),
        ("set_of_maps", Attribute::set_of(deep(Nesting::Map)), |f| {
            Value::set([within("a", Value::object([("k", of("x", f))]))])
        }),
        ("block", Attribute::block(Nesting::Single, one()), |f| Value::object([("f", f)])),
        ("list_block", Attribute::block(Nesting::List, one()), |f| Value::list([Value::object([("f", f)])])),
        ("set_block", Attribute::block(Nesting::Set, named()), |f| Value::set([of("a", f)])),
    ]
}

fn of(name: &str, f: Value) -> Value {
    Value::object([("name", name.into()), ("f", f)])
}

fn within(name: &str, inner: Value) -> Value {
    Value::object([("name", name.into()), ("in", inner)])
}

/// Both spellings of a float in each place, in turn.
fn each(check: Check) {
    for (place, attribute, wrap) in places() {
        let schema = Schema::new([(place, attribute), ("id", Attribute::string().computed())]);
        let object = |text: &str| Value::object([(place, wrap(number(text))), ("id", "1".into())]);
        check(place, &schema, &object);
    }
}

fn configured(object: &Value) -> Value {
    let mut config = object.clone();
    config.put("id", Value::Null);
    config
}

#[test]
fn what_is_configured_is_planned_and_kept_as_it_is_written() {
    each(|place, schema, object| {
        let config = configured(&object(&third()));
        let planned = schema.plan(&Value::Null, config.clone(), &config).value;
        assert_eq!(planned.get(place), config.get(place), "{place}");
        // The API answers with what it has kept, after the create and at each read.
        assert_eq!(schema.settle(&planned, object(SHORT)), object(&third()), "{place}");
    });
}

#[test]
fn nothing_is_planned_where_configuration_and_state_mean_one_float() {
    each(|place, schema, object| {
        for (prior, config) in [(third(), SHORT.to_owned()), (SHORT.to_owned(), third())] {
            let (prior, proposed) = (object(&prior), object(&config));
            let config = configured(&proposed);
            let planned = schema.plan(&prior, proposed, &config);
            assert_eq!(planned, Planned { value: prior.clone(), replace: BTreeSet::new() }, "{place}");
            assert_eq!(crate::engine::check::plan(schema, &prior, &config, &planned.value), [], "{place}");
        }
    });
}

#[test]
fn another_float_is_a_difference() {
    const NEXT: &str = "0.33333333333333337";
    each(|place, schema, object| {
        assert_eq!(schema.settle(&object(&third()), object(NEXT)), object(NEXT), "{place}");
        let planned = schema.plan(&object(&third()), object(NEXT), &configured(&object(NEXT)));
        assert_eq!(planned.value.get(place), object(NEXT).get(place), "{place}");
        assert_eq!(planned.value.get("id"), &Value::UNKNOWN, "{place}");
    });
}

#[test]
fn every_spelling_of_a_float_is_one() {
    let doubles = [
        ("0.30000000000000004", "0.3000000000000000444089209850062616169452667236328125"),
        ("1e300", "1.0000000000000000525e300"),
        ("5e-324", "4.9406564584124654417656879286822e-324"),
        ("0", "-0.0"),
        ("9007199254740993", "9007199254740992"),
        ("1000", "1e3"),
        ("0.1", "0.1000000000000000055511151231257827021181583404541015625"),
    ];
    for (a, b) in doubles {
        let schema = Schema::new([("f", Attribute::float64())]);
        let object = |text: &str| Value::object([("f", number(text))]);
        assert_eq!(schema.settle(&object(a), object(b)), object(a));
        assert_eq!(schema.plan(&object(a), object(b), &object(b)).value, object(a));
    }
}

#[test]
fn a_default_that_is_spelled_anew_changes_nothing() {
    let schema = Schema::new([
        ("f", Attribute::float64().default(number(&third()))),
        ("in", Attribute::object([("f", Attribute::float64().default(number(&third())))])),
    ]);
    let object = |f: Value| Value::object([("f", f.clone()), ("in", Value::object([("f", f)]))]);
    let prior = object(number(SHORT));
    assert_eq!(schema.plan(&prior, prior.clone(), &object(Value::Null)).value, prior);
    let created = schema.plan(&Value::Null, object(Value::Null), &object(Value::Null)).value;
    assert_eq!(created, object(number(&third())));
}

#[test]
fn floats_that_are_one_are_kept_both_in_a_set() {
    let schema = Schema::new([("f", Attribute::set(Type::Number).numbers(Numbers::Float64))]);
    let object = |texts: &[&str]| Value::object([("f", Value::set(texts.iter().map(|text| number(text))))]);
    let both = object(&[&third(), SHORT]);
    assert_eq!(schema.plan(&Value::Null, both.clone(), &both).value, both);
    assert_eq!(schema.settle(&both, object(&[SHORT])), both);
    assert_eq!(schema.plan(&both, object(&[SHORT]), &object(&[SHORT])).value, both);
}

#[test]
fn what_is_computed_in_an_element_of_a_set_stays_when_its_float_is_spelled_anew() {
    let schema = Schema::new([(
        "rule",
        Attribute::set_of([("f", Attribute::float64()), ("rule_id", Attribute::string().computed())]),
    )]);
    let object = |text: &str, id: Value| {
        Value::object([("rule", Value::set([Value::object([("f", number(text)), ("rule_id", id)])]))])
    };
    // Core proposes no id: it finds no element with these very digits.
    let (prior, proposed) = (object(SHORT, "r-1".into()), object(&third(), Value::Null));
    assert_eq!(schema.plan(&prior, proposed.clone(), &proposed).value, prior);
}
