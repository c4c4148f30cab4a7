//! What holds of every plan of a set: found out with many.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::engine::check;
use crate::schema::{Attribute, Nesting, Schema, semantic_equality};
use crate::value::Value;

/// An element with everything that a matching has to look at; `depth` more levels inside.
fn inner(depth: usize) -> Vec<(&'static str, Attribute)> {
    let text = Attribute::string;
    let mut attributes = vec![
        ("name", text().required()),
        ("note", text()),
        ("email", text().semantic_equality(semantic_equality::ignoring_case)),
        ("protocol", text().default("tcp")),
        ("zone", text().computed().or_configured()),
        ("id", text().computed().use_state_for_unknown()),
        ("revision", text().computed()),
    ];
    if depth > 0 {
        let nested = |nesting| Attribute::nested(nesting, inner(depth - 1));
        attributes.push(("one", nested(Nesting::Single)));
        attributes.push(("list", nested(Nesting::List)));
        attributes.push(("set", nested(Nesting::Set)));
        attributes.push(("map", nested(Nesting::Map)));
    }
    attributes
}

fn schema(blocks: bool) -> Schema {
    let set = if blocks { Attribute::block(Nesting::Set, inner(1)) } else { Attribute::set_of(inner(1)) };
    Schema::new([("set", set), ("id", Attribute::string().computed().use_state_for_unknown())])
}

/// One of few texts, so that many elements are nearly alike.
fn text() -> impl Strategy<Value = Value> {
    select(vec![Value::from("a"), "b".into()])
}

fn perhaps() -> impl Strategy<Value = Value> {
    prop_oneof![2 => Just(Value::Null), 1 => text()]
}

fn configured(depth: usize) -> BoxedStrategy<Value> {
    let protocol = prop_oneof![2 => Just(Value::Null), 2 => select(vec![Value::from("sctp"), "tcp".into(), "udp".into()])];
    let email = prop_oneof![2 => Just(Value::Null), 1 => select(vec![Value::from("x"), "X".into()])];
    let plain = (text(), perhaps(), email, protocol, perhaps());
    let plain = plain.prop_map(|(name, note, email, protocol, zone)| {
        Value::object([
            ("name", name),
            ("note", note),
            ("email", email),
            ("protocol", protocol),
            ("zone", zone),
            ("id", Value::Null),
            ("revision", Value::Null),
        ])
    });
    if depth == 0 {
        return plain.boxed();
    }
    let some = move |count| vec(configured(depth - 1), 0..count);
    let collections = (some(2), some(3), some(3), some(2), any::<[bool; 4]>());
    (plain, collections)
        .prop_map(|(mut element, (one, list, set, map, there))| {
            let all = [
                ("one", one.into_iter().next().unwrap_or_default()),
                ("list", Value::list(list)),
                ("set", Value::set(set)),
                ("map", Value::object(map.into_iter().map(|value| ("k", value)))),
            ];
            for ((name, value), there) in all.into_iter().zip(there) {
                element.put(name, if there { value } else { Value::Null });
            }
            element
        })
        .boxed()
}

fn config() -> impl Strategy<Value = Value> {
    vec(configured(1), 0..5).prop_map(|elements| object(Value::set(elements), Value::Null))
}

fn object(set: Value, id: Value) -> Value {
    Value::object([("set", set), ("id", id)])
}

/// What a provider makes of a plan: whatever is unknown gets a value, each id another one and the rest one of few.
fn applied(name: &str, value: &Value, choices: &mut impl Iterator<Item = (usize, usize)>) -> Value {
    match value {
        Value::Unknown(_) => {
            let (number, choice) = choices.next().unwrap_or_default();
            if name == "id" { format!("id-{number}").into() } else { ["a", "b", "c"][choice].into() }
        }
        Value::List(elements) => Value::list(elements.iter().map(|element| applied(name, element, choices))),
        Value::Set(elements) => Value::set(elements.iter().map(|element| applied(name, element, choices))),
        Value::Map(entries) => {
            let entries = entries.iter();
            Value::object(entries.map(|(name, value)| (name.clone(), applied(name, value, choices))))
        }
        other => other.clone(),
    }
}

fn plan(schema: &Schema, prior: &Value, config: &Value) -> Value {
    let mut proposed = config.clone();
    proposed.put("id", prior.get("id").clone());
    schema.plan(prior, proposed, config).value
}

/// Whether `planned` has all that `config` sets, in another spelling perhaps. A search among all possibilities, other than
/// the code's.
fn has(config: &Value, planned: &Value) -> bool {
    match (config, planned) {
        (Value::Null, _) => true,
        (Value::List(configs), Value::List(values)) => {
            configs.len() == values.len()
                && configs.iter().zip(values).all(|(config, value)| has(config, value))
        }
        (Value::Map(configs), Value::Map(_)) => {
            configs.iter().all(|(name, config)| has(config, planned.get(name)))
        }
        (Value::Set(configs), Value::Set(values)) => each_has_one(configs, values),
        (Value::String(a), Value::String(b)) => a.eq_ignore_ascii_case(b),
        (config, planned) => config == planned,
    }
}

/// Whether each configured element can have a planned one of its own.
fn each_has_one(configs: &[Value], values: &[Value]) -> bool {
    let Some((first, rest)) = configs.split_first() else { return true };
    (0..values.len()).any(|place| {
        let mut others = values.to_vec();
        has(first, &others.remove(place)) && each_has_one(rest, &others)
    })
}

/// The configuration with defaults in the place of what it leaves to them.
fn with_defaults(config: &Value) -> Value {
    match config {
        Value::List(elements) => Value::list(elements.iter().map(with_defaults)),
        Value::Set(elements) => Value::set(elements.iter().map(with_defaults)),
        Value::Map(entries) => {
            let filled = entries.iter().map(|(name, value)| match name.as_str() {
                "protocol" if value.is_null() => (name.clone(), "tcp".into()),
                _ => (name.clone(), with_defaults(value)),
            });
            Value::object(filled)
        }
        other => other.clone(),
    }
}

/// All ids that are known, of elements of the outer set.
fn ids(value: &Value) -> Vec<String> {
    let elements = value.get("set").as_elements().unwrap_or_default().iter();
    let mut ids: Vec<_> =
        elements.filter_map(|element| element.get("id").as_str().map(str::to_owned)).collect();
    ids.sort();
    ids
}

/// The most elements of `configs` that can have a value of their own.
fn most(configs: &[Value], values: &[Value]) -> usize {
    let Some((first, rest)) = configs.split_first() else { return 0 };
    let with = (0..values.len()).filter(|place| is_prior(first, &values[*place])).map(|place| {
        let mut others = values.to_vec();
        others.remove(place);
        1 + most(rest, &others)
    });
    with.max().unwrap_or_default().max(most(rest, values))
}

/// Whether a prior value may be what the configuration made: where null is no wild card, it is null too.
fn is_prior(config: &Value, prior: &Value) -> bool {
    match (config, prior) {
        (Value::Map(configs), Value::Map(values)) => {
            configs.len() == values.len()
                && configs.iter().zip(values).all(|((name, config), (_, value))| {
                    let open = ["zone", "id", "revision"].contains(&name.as_str()) && config.is_null();
                    open || is_prior(config, value)
                })
        }
        (Value::List(configs), Value::List(values)) => {
            configs.len() == values.len()
                && configs.iter().zip(values).all(|(config, value)| is_prior(config, value))
        }
        (Value::Set(configs), Value::Set(values)) => {
            configs.len() == values.len() && most(configs, values) == configs.len()
        }
        (Value::String(a), Value::String(b)) => a.eq_ignore_ascii_case(b),
        (config, prior) => config == prior,
    }
}

/// How many elements there are in sets, at every depth.
fn in_sets(value: &Value) -> usize {
    match value {
        Value::Set(elements) => elements.len() + elements.iter().map(in_sets).sum::<usize>(),
        Value::List(elements) => elements.iter().map(in_sets).sum(),
        Value::Map(entries) => entries.values().map(in_sets).sum(),
        _ => 0,
    }
}

proptest! {
    // With `PROPTEST_CASES` as many as one likes.
    #[test]
    fn every_configured_element_is_in_the_plan(
        (first, second) in (config(), config()),
        choices in vec(0usize..3, 1..8),
        blocks in any::<bool>(),
    ) {
        let schema = schema(blocks);
        let created = plan(&schema, &Value::Null, &first);
        prop_assert!(has(&first, &created), "{created:?}");
        let state = applied("", &created, &mut choices.iter().copied().cycle().enumerate());

        // Nothing changes when nothing is changed. Elements that a default makes equal are two only for as long as their
        // ids are not known: what a provider makes of that is its own affair.
        if in_sets(&with_defaults(&first)) == in_sets(&first) {
            prop_assert_eq!(&plan(&schema, &state, &first), &state);
        }

        let planned = plan(&schema, &state, &second);
        prop_assert!(has(&second, &planned), "{planned:?}");
        prop_assert_eq!(&plan(&schema, &state, &second), &planned);
        let wanted = with_defaults(&second);
        let [count, configs, distinct] =
            [&planned, &second, &wanted].map(|value| value.get("set").as_elements().unwrap().len());
        // Elements that nothing tells apart any more are one for core, too.
        prop_assert!(count == configs || count >= distinct && !planned.get("set").is_null(), "{planned:?}");
        if distinct == configs {
            prop_assert_eq!(count, configs);
            prop_assert_eq!(check::plan(&schema, &state, &second, &planned), vec![]);
        }

        // As many keep their own as can, and nobody has what was another's.
        let (known, before) = (ids(&planned), ids(&state));
        prop_assert!(known.windows(2).all(|two| two[0] != two[1]), "{known:?}");
        let [config, prior] = [&wanted, &state].map(|value| value.get("set").as_elements().unwrap());
        if distinct == configs {
            prop_assert_eq!(known.len(), most(config, prior), "{:?} of {:?}", known, before);
        }
        for element in planned.get("set").as_elements().unwrap() {
            if let Some(id) = element.get("id").as_str() {
                let own = prior.iter().find(|prior| prior.get("id").as_str() == Some(id)).unwrap();
                for name in ["name", "note", "protocol"] {
                    prop_assert_eq!(element.get(name), own.get(name));
                }
            }
        }
    }
}
