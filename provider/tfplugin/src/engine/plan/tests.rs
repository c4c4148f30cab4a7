use super::*;
use crate::schema::{Attribute, semantic_equality};
use crate::value::Type;

fn schema() -> Schema {
    Schema::new([
        ("id", Attribute::string().computed().use_state_for_unknown()),
        ("revision", Attribute::number().computed()),
        ("name", Attribute::string().required().requires_replace()),
        ("note", Attribute::string()),
        ("size", Attribute::number().default(3)),
        ("secret_wo", Attribute::string().write_only()),
        (
            "parts",
            Attribute::map_of([
                ("kind", Attribute::string().required().requires_replace()),
                ("fqn", Attribute::string().computed().use_state_for_unknown()),
            ]),
        ),
        ("tags", Attribute::set_of([("key", Attribute::string().required().requires_replace())])),
    ])
}

fn object(entries: &[(&str, Value)]) -> Value {
    let mut object = schema().empty();
    for (name, value) in entries {
        object.put(*name, value.clone());
    }
    object
}

fn part(kind: &str, fqn: Value) -> Value {
    Value::object([("kind", Value::from(kind)), ("fqn", fqn)])
}

fn paths(planned: &Planned) -> Vec<String> {
    planned.replace.iter().map(ToString::to_string).collect()
}

#[test]
fn creating_fills_defaults_hides_write_only_and_leaves_computed_unknown() {
    let config = object(&[
        ("name", "a".into()),
        ("secret_wo", "hush".into()),
        ("parts", Value::object([("p", part("x", Value::Null))])),
    ]);
    let planned = schema().plan(&Value::Null, config.clone(), &config);
    let expected = object(&[
        ("id", Value::UNKNOWN),
        ("revision", Value::UNKNOWN),
        ("name", "a".into()),
        ("size", 3.into()),
        ("parts", Value::object([("p", part("x", Value::UNKNOWN))])),
    ]);
    assert_eq!(planned, Planned { value: expected, replace: BTreeSet::new() });
}

fn existing() -> Value {
    object(&[
        ("id", "1".into()),
        ("revision", 7.into()),
        ("name", "a".into()),
        ("size", 3.into()),
        ("parts", Value::object([("p", part("x", "f".into()))])),
    ])
}

#[test]
fn no_change_plans_the_prior_state_even_with_a_write_only_value() {
    let config = object(&[
        ("name", "a".into()),
        ("secret_wo", "hush".into()),
        ("parts", Value::object([("p", part("x", Value::Null))])),
    ]);
    let mut proposed = existing();
    proposed.put("secret_wo", "hush");
    assert_eq!(schema().plan(&existing(), proposed, &config).value, existing());
}

#[test]
fn an_update_leaves_stable_values_known_and_others_unknown() {
    let config = object(&[("name", "a".into()), ("note", "new".into())]);
    let mut proposed = existing();
    proposed.put("note", "new");
    proposed.put("parts", Value::Null);
    let planned = schema().plan(&existing(), proposed, &config);
    assert_eq!(planned.value.get("id"), &Value::from("1"));
    assert_eq!(planned.value.get("revision"), &Value::UNKNOWN);
    assert_eq!(paths(&planned), Vec::<String>::new());
}

#[test]
fn replacement_names_the_attribute_also_inside_maps_and_the_set_for_sets() {
    let tag = |key: &str| Value::set([Value::object([("key", Value::from(key))])]);
    let mut prior = existing();
    prior.put("tags", tag("old"));
    let config = object(&[
        ("name", "b".into()),
        ("parts", Value::object([("p", part("y", Value::Null)), ("new", part("z", Value::Null))])),
        ("tags", tag("new")),
    ]);
    let planned = schema().plan(&prior, config.clone(), &config);
    // A new element of a set has no prior, so it asks for nothing; neither does a new map entry.
    assert_eq!(paths(&planned), ["name", r#"parts["p"].kind"#]);
}

#[test]
fn an_unknown_configuration_stays_unknown() {
    let config = object(&[("name", "a".into()), ("note", Value::UNKNOWN)]);
    let planned = schema().plan(&Value::Null, config.clone(), &config);
    assert_eq!(planned.value.get("note"), &Value::UNKNOWN);
}

#[test]
fn same_meaning_keeps_the_prior_spelling() {
    let lower = |a: &Value, b: &Value| a.as_str().map(str::to_lowercase) == b.as_str().map(str::to_lowercase);
    let schema = Schema::new([("email", Attribute::string().semantic_equality(lower))]);
    let value = |text: &str| Value::object([("email", Value::from(text))]);
    assert_eq!(schema.settle(&value("A@x"), value("a@X")), value("A@x"));
    assert_eq!(schema.plan(&value("A@x"), value("a@x"), &value("a@x")).value, value("A@x"));
    assert_eq!(schema.settle(&value("A@x"), value("b@x")), value("b@x"));
}

#[test]
fn settling_completes_objects_and_drops_write_only_values() {
    let schema = Schema::new([
        ("a", Attribute::string()),
        ("b_wo", Attribute::string().write_only()),
        ("c", Attribute::list_of([("d", Attribute::of(Type::Bool))])),
    ]);
    let result = Value::object([
        ("b_wo", Value::from("hush")),
        ("c", Value::list([Value::Map(crate::value::Object::new())])),
    ]);
    let expected = Value::object([
        ("a", Value::Null),
        ("b_wo", Value::Null),
        ("c", Value::list([Value::object([("d", Value::Null)])])),
    ]);
    assert_eq!(schema.settle(&Value::Null, result), expected);
}

#[test]
fn blocks_are_planned_like_nested_attributes_and_never_null() {
    use crate::schema::Nesting;
    let inner = || [("port", Attribute::number().required()), ("rule_id", Attribute::string().computed())];
    let schema = Schema::new([
        ("rule", Attribute::block(Nesting::List, inner())),
        ("mark", Attribute::block(Nesting::Set, inner())),
        ("owner", Attribute::block(Nesting::Single, inner())),
    ]);
    let rule = |id: Value| Value::object([("port", Value::from(1)), ("rule_id", id)]);
    let config = Value::object([
        ("rule", Value::list([rule(Value::Null)])),
        ("mark", Value::set([rule(Value::Null)])),
        ("owner", rule(Value::Null)),
    ]);
    let planned = schema.plan(&Value::Null, config.clone(), &config).value;
    let unknown = || rule(Value::UNKNOWN);
    let expected = Value::object([
        ("rule", Value::list([unknown()])),
        ("mark", Value::set([unknown()])),
        ("owner", unknown()),
    ]);
    assert_eq!(planned, expected);
    assert_eq!(crate::check::plan(&schema, &Value::Null, &config, &planned), []);
    let settled = schema.settle(&Value::Null, Value::object([("owner", Value::Null)]));
    let none = Value::object([
        ("rule", Value::List(Vec::new())),
        ("mark", Value::Set(Vec::new())),
        ("owner", Value::Null),
    ]);
    assert_eq!(settled, none);
    assert_eq!(schema.empty(), none);
}

#[test]
fn an_element_of_a_set_keeps_its_spelling() {
    let schema = Schema::new([(
        "users",
        Attribute::set_of([(
            "email",
            Attribute::string().required().semantic_equality(semantic_equality::ignoring_case),
        )]),
    )]);
    let users = |email: &str| {
        Value::object([("users", Value::set([Value::object([("email", Value::from(email))])]))])
    };
    assert_eq!(schema.settle(&users("A@x"), users("a@x")), users("A@x"));
}

#[test]
fn elements_of_a_collection_keep_their_spelling() {
    let schema = Schema::new([
        ("list", Attribute::list(Type::String).semantic_equality(semantic_equality::json)),
        ("map", Attribute::map(Type::String).semantic_equality(semantic_equality::json)),
        ("set", Attribute::set(Type::String).semantic_equality(semantic_equality::json)),
    ]);
    let of = |a: &str, b: &str| {
        Value::object([
            ("list", Value::list([a, b].map(Value::from))),
            ("map", Value::object([("a", Value::from(a)), ("b", Value::from(b))])),
            ("set", Value::set([a, b].map(Value::from))),
        ])
    };
    let (prior, same) = (of("{\"x\": 1, \"y\": 2}", "[1]"), of("{\"y\":2,\"x\":1.0}", "[ 1 ]"));
    assert_eq!(schema.settle(&prior, same.clone()), prior);
    assert_eq!(schema.plan(&prior, same.clone(), &same).value, prior);

    // One has changed: what was read keeps the other's spelling, and a plan is spelled as the configuration.
    let changed = of("{\"y\":2,\"x\":1.0}", "[2]");
    assert_eq!(schema.settle(&prior, changed.clone()), of("{\"x\": 1, \"y\": 2}", "[2]"));
    assert_eq!(schema.plan(&prior, changed.clone(), &changed).value, changed);

    // One more, and one less.
    let longer = Value::object([("list", Value::list(["{\"y\":2,\"x\":1}", "[1]", "3"].map(Value::from)))]);
    let read = schema.settle(&prior, longer);
    assert_eq!(read.get("list"), &Value::list(["{\"x\": 1, \"y\": 2}", "[1]", "3"].map(Value::from)));
    let shorter = Value::object([("list", Value::list([Value::from("{\"y\":2,\"x\":1}")]))]);
    assert_eq!(schema.plan(&prior, shorter.clone(), &shorter).value.get("list"), shorter.get("list"));
}
