use std::sync::{Arc, Mutex};

use crate::engine::check;
use crate::engine::plan::Planned;
use crate::schema::plan_modifiers::AttributePlan;
use crate::schema::{Attribute, Nesting, Schema, semantic_equality};
use crate::value::{Type, Value};

fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::object(entries)
}

fn port(number: i64, protocol: impl Into<Value>) -> Value {
    object([("number", number.into()), ("protocol", protocol.into())])
}

/// A set of ports with a default, as blocks or as an attribute.
fn ports(blocks: bool) -> Schema {
    let inner =
        [("number", Attribute::number().required()), ("protocol", Attribute::string().default("tcp"))];
    let set = if blocks { Attribute::block(Nesting::Set, inner) } else { Attribute::set_of(inner) };
    Schema::new([("port", set), ("id", Attribute::string().computed().use_state_for_unknown())])
}

fn with(set: &str, elements: impl IntoIterator<Item = Value>, id: impl Into<Value>) -> Value {
    object([(set, Value::set(elements)), ("id", id.into())])
}

/// Plans as Terraform asks for it, and holds the plan against its rules.
fn planned(schema: &Schema, prior: &Value, config: &Value) -> Planned {
    let mut proposed = config.clone();
    proposed.put("id", prior.get("id").clone());
    let planned = schema.plan(prior, proposed, config);
    assert_eq!(check::plan(schema, prior, config, &planned.value), []);
    planned
}

#[test]
fn elements_that_differ_by_a_default_are_both_planned() {
    for blocks in [true, false] {
        let config = with("port", [port(53, "udp"), port(53, Value::Null)], Value::Null);
        let both = with("port", [port(53, "udp"), port(53, "tcp")], Value::UNKNOWN);
        assert_eq!(planned(&ports(blocks), &Value::Null, &config).value, both);
    }
}

#[test]
fn an_element_that_differs_by_a_default_from_one_that_is_there_is_a_change() {
    for blocks in [true, false] {
        let prior = with("port", [port(53, "tcp")], "1");
        let config = with("port", [port(53, "udp"), port(53, Value::Null)], Value::Null);
        let both = with("port", [port(53, "udp"), port(53, "tcp")], "1");
        assert_eq!(planned(&ports(blocks), &prior, &config).value, both);
        // And the other way round.
        let less = with("port", [port(53, Value::Null)], Value::Null);
        assert_eq!(planned(&ports(blocks), &both, &less).value, prior);
        assert_eq!(planned(&ports(blocks), &both, &config).value, both);
    }
}

/// Of blocks core does not count those that are equal.
#[test]
fn blocks_that_a_default_makes_equal_are_one() {
    let config = with("port", [port(53, "tcp"), port(53, Value::Null)], Value::Null);
    let one = with("port", [port(53, "tcp")], Value::UNKNOWN);
    assert_eq!(planned(&ports(true), &Value::Null, &config).value, one);
}

fn disk(name: &str, zone: impl Into<Value>, id: impl Into<Value>) -> Value {
    object([("name", name.into()), ("zone", zone.into()), ("id", id.into())])
}

fn disks() -> Schema {
    let disk = [
        ("name", Attribute::string().required()),
        ("zone", Attribute::string().computed().or_configured()),
        ("id", Attribute::string().computed().use_state_for_unknown()),
    ];
    Schema::new([
        ("disks", Attribute::set_of(disk)),
        ("id", Attribute::string().computed().use_state_for_unknown()),
    ])
}

#[test]
fn what_is_configured_in_one_element_stays_beside_one_that_leaves_it_open() {
    let config =
        with("disks", [disk("a", "x", Value::Null), disk("a", Value::Null, Value::Null)], Value::Null);
    let first = with(
        "disks",
        [disk("a", "x", Value::UNKNOWN), disk("a", Value::UNKNOWN, Value::UNKNOWN)],
        Value::UNKNOWN,
    );
    assert_eq!(planned(&disks(), &Value::Null, &config).value, first);

    // Whatever zone the other one got: nothing changes after that, and each keeps its id when something does.
    for (zone, other) in [("y", "2"), ("x", "2")] {
        let prior = with("disks", [disk("a", "x", "1"), disk("a", zone, other)], "0");
        assert_eq!(planned(&disks(), &prior, &config).value, prior);
    }
    let prior = with("disks", [disk("a", "x", "1"), disk("a", "y", "2")], "0");
    let changed = with(
        "disks",
        [
            disk("a", "x", Value::Null),
            disk("a", Value::Null, Value::Null),
            disk("b", Value::Null, Value::Null),
        ],
        Value::Null,
    );
    let expected = with(
        "disks",
        [disk("a", "x", "1"), disk("a", Value::UNKNOWN, "2"), disk("b", Value::UNKNOWN, Value::UNKNOWN)],
        "0",
    );
    assert_eq!(planned(&disks(), &prior, &changed).value, expected);
    // The one that sets more is served first where there is one only.
    let prior = with("disks", [disk("a", "x", "1")], "0");
    let expected = with("disks", [disk("a", "x", "1"), disk("a", Value::UNKNOWN, Value::UNKNOWN)], "0");
    assert_eq!(planned(&disks(), &prior, &config).value, expected);
}

/// Each could be the other's at first sight.
#[test]
fn no_element_is_left_without_its_own_for_another_that_has_a_choice() {
    let inner = || {
        [
            ("a", Attribute::string().computed().or_configured()),
            ("b", Attribute::string().computed().or_configured()),
        ]
    };
    let schema = Schema::new([("set", Attribute::set_of(inner())), ("id", Attribute::string().computed())]);
    let pair = |a: Value, b: Value| object([("a", a), ("b", b)]);
    let text = |text: &str| Value::from(text);
    let prior = with(
        "set",
        [pair(text("1"), text("1")), pair(text("1"), text("2")), pair(text("2"), text("1"))],
        "0",
    );
    let config = with(
        "set",
        [pair(text("1"), Value::Null), pair(Value::Null, text("1")), pair(Value::Null, Value::Null)],
        Value::Null,
    );
    assert_eq!(planned(&schema, &prior, &config).value, prior);
}

#[test]
fn elements_are_found_by_what_is_inside_them_at_every_depth() {
    let leaf = || {
        [
            ("key", Attribute::string().required()),
            ("size", Attribute::number().default(1)),
            ("id", Attribute::string().computed().use_state_for_unknown()),
        ]
    };
    for nesting in [Nesting::Single, Nesting::List, Nesting::Set, Nesting::Map] {
        let inner = [
            ("inside", Attribute::nested(nesting, leaf())),
            ("id", Attribute::string().computed().use_state_for_unknown()),
        ];
        let schema = Schema::new([
            ("set", Attribute::set_of(inner)),
            ("id", Attribute::string().computed().use_state_for_unknown()),
        ]);
        let around = |inside: Value| match nesting {
            Nesting::Single => inside,
            Nesting::List => Value::list([inside]),
            Nesting::Set => Value::set([inside]),
            Nesting::Map => Value::object([("k", inside)]),
        };
        let element = |key: &str, size: Value, ids: [Value; 2]| {
            let [outer, inner] = ids;
            let inside = object([("key", key.into()), ("size", size), ("id", inner)]);
            object([("inside", around(inside)), ("id", outer)])
        };
        let none = || [Value::Null, Value::Null];
        let prior = with(
            "set",
            [
                element("a", 1.into(), ["1".into(), "2".into()]),
                element("a", 2.into(), ["3".into(), "4".into()]),
            ],
            "0",
        );
        let config = |third: Option<Value>| {
            let two = [element("a", Value::Null, none()), element("a", 2.into(), none())];
            with("set", two.into_iter().chain(third), Value::Null)
        };
        assert_eq!(planned(&schema, &prior, &config(None)).value, prior, "{nesting:?}");
        let more = config(Some(element("b", Value::Null, none())));
        let unknown = element("b", 1.into(), [Value::UNKNOWN, Value::UNKNOWN]);
        let before = prior.get("set").as_elements().unwrap().iter().cloned();
        let expected = with("set", before.chain([unknown]), "0");
        assert_eq!(planned(&schema, &prior, &more).value, expected, "{nesting:?}");
    }
}

#[test]
fn an_element_is_the_same_in_another_spelling() {
    let inner = [
        ("email", Attribute::string().required().semantic_equality(semantic_equality::ignoring_case)),
        ("id", Attribute::string().computed().use_state_for_unknown()),
    ];
    let schema = Schema::new([
        ("users", Attribute::set_of(inner)),
        ("mails", Attribute::set(Type::String).semantic_equality(semantic_equality::ignoring_case)),
    ]);
    let user = |email: &str, id: Value| object([("email", email.into()), ("id", id)]);
    let all = |users: Vec<Value>, mails: &[&str]| {
        let mails = Value::set(mails.iter().map(|mail| Value::from(*mail)));
        object([("users", Value::set(users)), ("mails", mails)])
    };
    let prior = all(vec![user("A@x", "1".into()), user("b@x", "2".into())], &["A@x"]);
    let config = all(vec![user("a@X", Value::Null), user("b@x", Value::Null)], &["a@X"]);
    assert_eq!(schema.plan(&prior, config.clone(), &config).value, prior);
    // One that is spelled alike gives way to one that could be no other.
    let prior = all(vec![user("a@x", "1".into()), user("A@x", "2".into())], &[]);
    let config = all(vec![user("a@x", Value::Null), user("a@X", Value::Null)], &[]);
    assert_eq!(schema.plan(&prior, config.clone(), &config).value, prior);
    let prior = all(vec![user("A@x", "1".into()), user("b@x", "2".into())], &["A@x"]);
    // Two that mean the same stay two, and the one that is spelled alike keeps what it had.
    let config = all(vec![user("A@x", Value::Null), user("a@x", Value::Null)], &["A@x", "a@x"]);
    let expected = all(vec![user("A@x", "1".into()), user("a@x", Value::UNKNOWN)], &["A@x", "a@x"]);
    assert_eq!(schema.plan(&prior, config.clone(), &config).value, expected);
    // What a server answers, with something else computed.
    let answered = all(vec![user("a@x", "7".into()), user("B@X", "2".into())], &["a@x"]);
    let settled = all(vec![user("A@x", "7".into()), user("b@x", "2".into())], &["A@x"]);
    assert_eq!(schema.settle(&prior, answered), settled);
}

#[test]
fn an_element_that_is_not_known_yet_is_none_that_was_there() {
    let prior = with("disks", [disk("a", "x", "1")], "0");
    let config = with(
        "disks",
        [
            object([("name", Value::UNKNOWN), ("zone", Value::Null), ("id", Value::Null)]),
            disk("a", "x", Value::Null),
        ],
        Value::Null,
    );
    let expected = with(
        "disks",
        [
            object([("name", Value::UNKNOWN), ("zone", Value::UNKNOWN), ("id", Value::UNKNOWN)]),
            disk("a", "x", "1"),
        ],
        "0",
    );
    assert_eq!(planned(&disks(), &prior, &config).value, expected);
}

#[test]
fn modifiers_see_a_set_as_it_is_planned_and_each_element_with_its_own() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = |seen: &Arc<Mutex<Vec<String>>>| {
        let seen = Arc::clone(seen);
        move |plan: &mut AttributePlan<'_>| {
            let told = format!("{}: {:?} {:?} {:?}", plan.path, plan.prior, plan.config, plan.planned);
            seen.lock().unwrap().push(told);
        }
    };
    let inner = [
        ("name", Attribute::number().required()),
        ("size", Attribute::number().default(9).plan_modifier(note(&seen))),
        ("zone", Attribute::number().computed().or_configured().requires_replace()),
    ];
    let is_set = |plan: &mut AttributePlan<'_>| {
        plan.replace = !matches!(plan.planned, Value::Set(elements) if elements.is_sorted());
    };
    let schema = Schema::new([
        ("disks", Attribute::set_of(inner).plan_modifier(is_set)),
        ("id", Attribute::string().computed()),
    ]);
    let disk =
        |name: i64, size: Value, zone: Value| object([("name", name.into()), ("size", size), ("zone", zone)]);
    let prior = with("disks", [disk(2, 9.into(), 8.into()), disk(3, 1.into(), 7.into())], "0");
    let config = with(
        "disks",
        [disk(2, Value::Null, 8.into()), disk(1, Value::Null, Value::Null), disk(3, 1.into(), Value::Null)],
        Value::Null,
    );
    let planned = planned(&schema, &prior, &config);
    // The zone of the third is open again, and another zone replaces the object.
    assert_eq!(planned.replace.iter().map(ToString::to_string).collect::<Vec<_>>(), ["disks"]);
    let number = |number: i64| Value::from(number);
    let mut told = std::mem::take(&mut *seen.lock().unwrap());
    told.sort();
    let line = |prior: Value, config: Value, planned: i64| {
        format!("disks.size: {prior:?} {config:?} {:?}", number(planned))
    };
    let mut expected = vec![
        line(Value::Null, Value::Null, 9),
        line(number(9), Value::Null, 9),
        line(number(1), number(1), 1),
    ];
    expected.sort();
    assert_eq!(told, expected);
}

/// What a modifier puts in the place of a set is a set like any other.
#[test]
fn a_set_that_a_modifier_has_replaced_is_planned_as_it_is() {
    let prior = with("port", [port(2, "tcp"), port(1, "udp")], "1");
    let keep = |plan: &mut AttributePlan<'_>| *plan.planned = plan.prior.clone();
    let inner = [
        ("number", Attribute::number().required().requires_replace()),
        ("protocol", Attribute::string().default("tcp")),
    ];
    let schema = Schema::new([
        ("port", Attribute::set_of(inner).plan_modifier(keep)),
        ("id", Attribute::string().computed().use_state_for_unknown()),
    ]);
    let config = with("port", [port(7, Value::Null), port(1, "udp")], Value::Null);
    let planned = planned(&schema, &prior, &config);
    assert_eq!((planned.value, planned.replace.len()), (prior, 0));
}
