use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::schema::{Presence, Shape};
use crate::value::Number;

/// A thing
/// of two lines.
///
/// And a paragraph.
#[derive(Clone, Debug, PartialEq, Model)]
struct Thing {
    /// Its id.
    #[tf(computed, use_state_for_unknown)]
    id: Attr<String>,
    name: String,
    #[tf(default(3))]
    size: u16,
    ratio: Option<f64>,
    exact: Option<Number>,
    big: Attr<u64>,
    on: Option<bool>,
    #[tf(name = "kind")]
    r#type: Option<Kind>,
    kinds: Option<BTreeSet<Kind>>,
    aliases: Option<Vec<String>>,
    labels: Attr<BTreeMap<String, Attr<String>>>,
    any: Value,
    #[tf(write_only)]
    password: Option<Sensitive<String>>,
    part: Option<Part>,
    parts: Option<Vec<Part>>,
    part_set: Option<BTreeSet<Part>>,
    part_map: Option<BTreeMap<String, Part>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Model)]
struct Part {
    weight: i64,
    note: Attr<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Model)]
enum Kind {
    AlwaysOn,
    #[tf(name = "Other!")]
    Other,
}

fn attribute(name: &str) -> Attribute {
    Thing::schema().attributes()[name].clone()
}

#[test]
fn the_schema_follows_from_the_types() {
    assert_eq!(Thing::schema().description(), "A thing of two lines.\n\nAnd a paragraph.");
    assert_eq!(attribute("id").presence(), Presence::Computed);
    assert_eq!(attribute("id").description(), "Its id.");
    assert_eq!(attribute("name").presence(), Presence::Required);
    assert_eq!(attribute("size").presence(), Presence::OptionalComputed);
    assert_eq!(attribute("ratio").presence(), Presence::Optional);
    assert_eq!(attribute("any").ty(), Type::Dynamic);
    assert_eq!(attribute("labels").ty(), Type::map(Type::String));
    assert_eq!(attribute("kinds").ty(), Type::set(Type::String));
    assert!(attribute("password").is_sensitive() && attribute("password").is_write_only());
    for (name, nesting) in [
        ("part", Nesting::Single),
        ("parts", Nesting::List),
        ("part_set", Nesting::Set),
        ("part_map", Nesting::Map),
    ] {
        let attribute = attribute(name);
        assert_eq!(attribute.presence(), Presence::Optional, "{name}");
        let Shape::Nested(found, inner) = attribute.shape() else { panic!("`{name}` is not nested") };
        assert_eq!((*found, inner["weight"].presence()), (nesting, Presence::Required), "{name}");
    }
    assert_eq!(Thing::schema().check("thing", true), Vec::new());
}

#[test]
fn a_choice_is_checked_by_the_schema() {
    let mut out = crate::Diagnostics::new();
    let kinds = Value::set(["always_on".into(), "never".into()]);
    let config = Value::object([("name", "x".into()), ("kind", Value::from("off")), ("kinds", kinds)]);
    Thing::schema().validate_config(&config, &mut out);
    let found: Vec<_> = out.iter().filter_map(|one| one.path.as_ref()).map(ToString::to_string).collect();
    assert_eq!(found, ["kind", "kinds"]);
}

/// Numbers at every depth.
#[derive(Debug, Model)]
struct Counted {
    port: Option<u16>,
    ports: Option<Vec<u16>>,
    port_map: Option<BTreeMap<String, u8>>,
    port_set: Attr<BTreeSet<i32>>,
    lists: Option<Vec<Vec<u16>>>,
    big: Option<Sensitive<u64>>,
    #[tf(validate(crate::schema::validators::between(1..=10)))]
    few: Option<i64>,
    ratio: Option<f64>,
    ratios: Option<BTreeMap<String, Vec<f64>>>,
    parts: Option<Vec<Part>>,
    part: Option<Choice>,
}

/// One of two numbers.
#[derive(Debug, Model)]
enum Choice {
    Whole(u32),
    Fraction(f64),
}

#[test]
fn numbers_that_a_type_does_not_hold_are_refused_while_validating() {
    let number = |text: &str| Value::Number(text.parse().unwrap());
    let told = |name: &str, value: Value| {
        let mut out = crate::Diagnostics::new();
        Counted::schema().validate_config(&Value::object([(name, value)]), &mut out);
        out.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let refused = |at: &str, demand: &str, got: &str| {
        vec![format!("`{at}`: Invalid value for `{at}`: `{at}` must be {demand}, but it is `{got}`.")]
    };
    let u16s = "a whole number between 0 and 65535";
    assert_eq!(told("port", 70_000.into()), refused("port", u16s, "70000"));
    assert_eq!(told("port", number("1.5")), refused("port", u16s, "1.5"));
    assert_eq!(told("ports", Value::list([1.into(), (-1).into()])), refused("ports[1]", u16s, "-1"));
    let u8s = "a whole number between 0 and 255";
    assert_eq!(told("port_map", Value::object([("k", 256.into())])), refused("port_map[\"k\"]", u8s, "256"));
    let i32s = "a whole number between -2147483648 and 2147483647";
    assert_eq!(told("port_set", Value::set([number("3e9")])), refused("port_set", i32s, "3000000000"));
    assert_eq!(told("lists", Value::list([Value::list([(-2).into()])])), refused("lists[0][0]", u16s, "-2"));
    assert_eq!(
        told("big", number("-18446744073709551616")),
        [
            "`big`: Invalid value for a sensitive attribute: It must be a whole number of at least 0. It is sensitive, so it is \
          not shown."
        ]
    );
    // What the author demands is asked of whole numbers alone, and each fault is told once.
    assert_eq!(told("few", number("1.5")), refused("few", "a whole number", "1.5"));
    assert_eq!(told("few", 11.into()), refused("few", "between 1 and 10", "11"));
    let floats = "within the range of a 64-bit float, 4.9e-324 to 1.8e308 in size";
    assert_eq!(told("ratio", number("1e400")), refused("ratio", floats, "1e400"));
    let deep = Value::object([("k", Value::list([1.into(), number("1e-400")]))]);
    assert_eq!(told("ratios", deep), refused("ratios[\"k\"][1]", floats, "1e-400"));
    let part = Value::object([("weight", number("1e19"))]);
    let i64s = "a whole number between -9223372036854775808 and 9223372036854775807";
    assert_eq!(told("parts", Value::list([part])), refused("parts[0].weight", i64s, "10000000000000000000"));
    let whole = Value::object([("whole", (-1).into())]);
    assert_eq!(told("part", whole), refused("part.whole", "a whole number between 0 and 4294967295", "-1"));
    assert_eq!(
        told("part", Value::object([("fraction", number("1e-400"))])),
        refused("part.fraction", floats, "1e-400")
    );
}

fn problem(changes: &[(&str, Value)]) -> String {
    let part = |weight: Value| Value::object([("weight", weight)]);
    let mut value = Value::object([("name", "x".into()), ("size", 1.into()), ("part", part(1.into()))]);
    for (name, change) in changes {
        value.put(*name, change.clone());
    }
    Thing::from_value(&value).map_or_else(|error| error.to_string(), |_| "none".to_owned())
}

#[test]
fn errors_name_the_attribute_and_not_the_value() {
    let part = |weight: Value| Value::object([("weight", weight)]);
    let number = |text: &str| Value::Number(text.parse().unwrap());
    assert_eq!(problem(&[]), "none");
    assert_eq!(problem(&[("name", Value::Null)]), "`name`: a string is required, but it is null");
    assert_eq!(problem(&[("name", Value::UNKNOWN)]), "`name`: a string is required, but it is not known yet");
    assert_eq!(problem(&[("size", 70_000.into())]), "`size`: a whole number from 0 to 65535 is required");
    assert_eq!(problem(&[("size", number("0.5"))]), "`size`: a whole number from 0 to 65535 is required");
    assert_eq!(
        problem(&[("kind", "x".into())]),
        "`kind`: one of `always_on`, `Other!` is required, but it is another text"
    );
    assert_eq!(problem(&[("ratio", number("0.12345678901234567890123"))]), "none");
    for beyond in ["1e400", "1e-400"] {
        let said = "`ratio`: the number is out of the range of a 64-bit float";
        assert_eq!(problem(&[("ratio", number(beyond))]), said);
    }
    assert_eq!(
        problem(&[("parts", Value::list([part(1.into()), part("x".into())]))]),
        "`parts[1].weight`: a number is required, but it is another text"
    );
    assert_eq!(
        problem(&[("part_map", Value::object([("k", part(Value::Null))]))]),
        "`part_map[\"k\"].weight`: a number is required, but it is null"
    );
    assert_eq!(
        problem(&[("part_set", Value::set([part(Value::Null)]))]),
        "`part_set.weight`: a number is required, but it is null"
    );
    for (name, value, said) in [
        ("parts", Value::from("x"), "`parts`: a list is required, but it is another text"),
        ("part_map", "x".into(), "`part_map`: a map is required, but it is another text"),
        ("part_set", "x".into(), "`part_set`: a set is required, but it is another text"),
    ] {
        assert_eq!(problem(&[(name, value)]), said);
    }
    assert_eq!(
        Thing::from_value(&Value::Null).unwrap_err().to_string(),
        "an object is required, but it is null"
    );
}

#[test]
fn secrets_are_not_printed() {
    let text = format!("{:?}", Sensitive::new("hush".to_owned()));
    assert_eq!(text, "(sensitive)");
}

#[test]
fn refinements_of_an_unknown_value_go_back() {
    let bytes = [0xc7, 3, 12, 0x81, 1, 0xc2];
    let value = Value::from_msgpack(&bytes, &Type::String).unwrap();
    let read = Attr::<String>::read(&value, &Path::root()).unwrap();
    assert_eq!(read.write().to_msgpack(&Type::String), bytes);
}

fn attr<T: std::fmt::Debug + Clone>(inner: impl Strategy<Value = T>) -> impl Strategy<Value = Attr<T>> {
    prop_oneof![Just(Attr::Null), Just(Attr::UNKNOWN), inner.prop_map(Attr::Known)]
}

fn part() -> impl Strategy<Value = Part> {
    (any::<i64>(), attr("[a-z]{0,3}")).prop_map(|(weight, note)| Part { weight, note })
}

prop_compose! {
    fn numbers()(
        size: u16,
        ratio in proptest::option::of(-1e300f64..1e300),
        exact in proptest::option::of("-?[1-9][0-9]{0,60}(\\.[0-9]{1,60})?"),
        big in attr(any::<u64>()),
        on: Option<bool>,
    ) -> (u16, Option<f64>, Option<Number>, Attr<u64>, Option<bool>) {
        (size, ratio, exact.and_then(|text| text.parse().ok()), big, on)
    }
}

prop_compose! {
    fn thing()(
        id in attr("[a-z]{1,5}"),
        name in "\\PC{0,10}",
        (size, ratio, exact, big, on) in numbers(),
        kind in proptest::option::of(prop_oneof![Just(Kind::AlwaysOn), Just(Kind::Other)]),
        aliases in proptest::option::of(proptest::collection::vec("[a-z]{0,3}", 0..4)),
        labels in attr(proptest::collection::btree_map("[a-z]{1,3}", attr("[a-z]{0,3}"), 0..4)),
        password in proptest::option::of("[a-z]{0,9}"),
        part_of in proptest::option::of(part()),
        parts in proptest::option::of(proptest::collection::vec(part(), 0..4)),
        part_set in proptest::option::of(proptest::collection::btree_set(part(), 0..4)),
        part_map in proptest::option::of(proptest::collection::btree_map("[a-z]{1,3}", part(), 0..4)),
    ) -> Thing {
        // Text comes back in normal form.
        let name = Value::string(name).as_str().unwrap_or_default().to_owned();
        let any = Value::Dynamic(Box::new((Type::list(Type::Bool), Value::list([on.into()]))));
        Thing {
            id, name, size, ratio, exact, big, on, r#type: kind, kinds: kind.map(|kind| [kind].into()),
            aliases, labels, any, password: password.map(Sensitive::new), part: part_of, parts, part_set, part_map,
        }
    }
}

proptest! {
    #[test]
    fn a_model_comes_back_from_its_value_and_from_the_wire(thing in thing()) {
        let ty = Thing::schema().ty();
        let value = thing.clone().into_value();
        prop_assert_eq!(&Thing::from_value(&value).unwrap(), &thing);
        let wire = Value::from_msgpack(&value.to_msgpack(&ty), &ty).unwrap();
        prop_assert_eq!(Thing::from_value(&wire).unwrap(), thing);
    }
}

/// Where data is kept.
#[derive(Clone, Debug, PartialEq, Model)]
enum Storage {
    /// In a part.
    Part(Part),
    #[tf(name = "folder", validate(crate::schema::validators::length(1..=9)))]
    LocalFolder(Attr<String>),
}

#[derive(Debug, PartialEq, Model)]
struct Kept {
    storage: Storage,
    copies: Option<Vec<Storage>>,
}

#[test]
fn an_enum_with_data_is_a_union_of_nested_attributes() {
    let schema = Kept::schema();
    let storage = &schema.attributes()["storage"];
    assert_eq!(storage.presence(), Presence::Required);
    let Shape::Nested(Nesting::Single, parts) = storage.shape() else { panic!("not nested") };
    assert_eq!(parts.keys().collect::<Vec<_>>(), ["folder", "part"]);
    assert!(parts.values().all(|part| part.presence() == Presence::Optional));
    assert_eq!(parts["part"].description(), "In a part.");
    assert_eq!(schema.check("kept", true), []);

    let told = |storage: Value| {
        let config = Value::object([("storage", storage), ("copies", Value::Null)]);
        let mut out = crate::Diagnostics::new();
        schema.validate_config(&config, &mut out);
        out.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let part = || Value::object([("weight", Value::from(1)), ("note", Value::Null)]);
    assert_eq!(told(Value::object([("part", part()), ("folder", Value::Null)])), Vec::<String>::new());
    let both = told(Value::object([("part", part()), ("folder", "x".into())]));
    assert_eq!(
        both,
        [
            "`storage.folder`: Exactly one of `part`, `folder` is allowed in `storage`: `part`, `folder` are set. Keep one and remove the others."
        ]
    );
    let long = told(Value::object([("part", Value::Null), ("folder", "0123456789".into())]));
    assert_eq!(
        long,
        [
            "`storage.folder`: Invalid value for `storage.folder`: `storage.folder` must be 1 to 9 characters long, but it is 10 long."
        ]
    );
}

#[test]
fn a_union_is_read_and_written_as_the_variant_that_is_set() {
    let folder = |value: Value| Value::object([("part", Value::Null), ("folder", value)]);
    let kept = Kept {
        storage: Storage::LocalFolder(Attr::from("x".to_owned())),
        copies: Some(vec![Storage::Part(Part { weight: 2, note: Attr::Null })]),
    };
    let part = Value::object([("weight", Value::from(2)), ("note", Value::Null)]);
    let value = Value::object([
        ("storage", folder("x".into())),
        ("copies", Value::list([Value::object([("part", part), ("folder", Value::Null)])])),
    ]);
    assert_eq!(Kept::from_value(&value), Ok(kept));
    assert_eq!(Kept::from_value(&value).map(Model::into_value), Ok(value.clone()));

    let read = |storage: Value| Storage::read(&storage, &Path::of("storage"));
    assert_eq!(read(folder(Value::UNKNOWN)), Ok(Storage::LocalFolder(Attr::UNKNOWN)));
    let error = read(folder(Value::Null)).unwrap_err();
    assert_eq!(error.to_string(), "`storage`: one of `part`, `folder` is required, but it is null");
    let error = read(Value::Null).unwrap_err();
    assert_eq!(error.to_string(), "`storage`: an object is required, but it is null");
}
