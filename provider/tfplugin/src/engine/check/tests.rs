use super::*;
use crate::diag::Severity;
use crate::schema::{Attribute, IdentityAttribute, Nesting};
use crate::value::Type;

fn schema() -> Schema {
    Schema::new([
        ("id", Attribute::string().computed()),
        ("name", Attribute::string().required()),
        ("note", Attribute::string()),
        ("secret", Attribute::string().sensitive()),
        ("token_wo", Attribute::string().write_only()),
        ("labels", Attribute::map(Type::String)),
        ("tags", Attribute::set(Type::String)),
        (
            "parts",
            Attribute::list_of([
                ("x", Attribute::string().required()),
                ("y", Attribute::string().computed()),
            ]),
        ),
        ("rule", Attribute::block(Nesting::List, [("port", Attribute::number())])),
    ])
}

fn object(entries: &[(&str, Value)]) -> Value {
    let mut object = schema().empty();
    for (name, value) in entries {
        object.put(*name, value.clone());
    }
    object
}

fn texts(faults: impl IntoIterator<Item = Fault>) -> Vec<String> {
    faults.into_iter().map(|fault| fault.to_string()).collect()
}

fn part(x: &str, y: Value) -> Value {
    Value::object([("x", Value::from(x)), ("y", y)])
}

#[test]
fn a_plan_that_keeps_to_its_configuration_passes() {
    let config = object(&[
        ("name", "a".into()),
        ("note", Value::UNKNOWN),
        ("parts", Value::list([part("p", Value::Null)])),
    ]);
    let planned = object(&[
        ("id", Value::UNKNOWN),
        ("name", "a".into()),
        ("note", Value::UNKNOWN),
        ("parts", Value::list([part("p", Value::UNKNOWN)])),
    ]);
    assert_eq!(texts(plan(&schema(), &Value::Null, &config, &planned)), Vec::<String>::new());
}

#[test]
fn each_fault_of_a_plan_is_named() {
    let parts = |x: &str| Value::list([part(x, Value::Null)]);
    let config = object(&[("name", "a".into()), ("secret", "s".into()), ("parts", parts("p"))]);
    let cases: [(&str, Value, &str); 7] = [
        ("name", "b".into(), "`name` is planned as \"b\", but configured as \"a\""),
        ("note", "b".into(), "`note` is not computed and planned as \"b\""),
        ("secret", "t".into(), "`secret` is planned as (sensitive), but configured as (sensitive)"),
        ("token_wo", "t".into(), "`token_wo` is write-only and not null in the plan"),
        ("parts", parts("q"), "`parts[0].x` is planned as \"q\", but configured as \"p\""),
        ("parts", Value::list([]), "`parts` is planned with 0 elements, but configured with 1"),
        ("rule", Value::Null, "`rule` is planned as null; no blocks are an empty collection"),
    ];
    for (name, value, expected) in cases {
        let mut planned = config.clone();
        planned.put(name, value);
        assert_eq!(texts(plan(&schema(), &Value::Null, &config, &planned)), [expected]);
    }
}

#[test]
fn a_plan_is_of_what_is_configured_as_a_whole() {
    let one = object(&[("name", "a".into())]);
    for (config, planned, said) in [
        (&Value::Null, &one, "the object is planned, but the configuration has none"),
        (&one, &Value::Null, "the object is planned to go, but the configuration has one"),
        (&one, &Value::from("x"), "the object is planned as something that is not an object"),
    ] {
        assert_eq!(texts(plan(&schema(), &Value::Null, config, planned))[0], said);
    }
    let mut wrong = one.clone();
    wrong.put("id", Value::Bool(true));
    assert_eq!(
        texts(plan(&schema(), &Value::Null, &one, &wrong)),
        ["`id` does not fit the schema: a string is required"]
    );
}

/// The faults of one attribute that is configured and planned like this.
fn faults_of(attribute: Attribute, config: Value, planned: Value) -> Vec<String> {
    let schema = Schema::new([("a", attribute)]);
    let of = |value| Value::object([("a", value)]);
    texts(plan(&schema, &Value::Null, &of(config), &of(planned)))
}

#[test]
fn nested_attributes_and_blocks_are_planned_as_they_are_configured() {
    let port = || Value::object([("port", 1.into())]);
    let inner = || [("port", Attribute::number())];
    let list = || Attribute::list_of(inner());
    let cases = [
        (list(), Value::list([port()]), Value::Null, "`a` is planned as null, but configured"),
        (
            list(),
            Value::list([port()]),
            Value::UNKNOWN,
            "`a` is planned as unknown as a whole; only attributes inside it may be",
        ),
        (
            list(),
            Value::UNKNOWN,
            Value::list([port()]),
            "`a` is planned as known, but its configuration is unknown",
        ),
        (
            list(),
            Value::list([port()]),
            Value::list([Value::Null]),
            "`a[0]` is planned as null, unlike its configuration",
        ),
        (
            Attribute::map_of(inner()),
            Value::object([("k", port())]),
            Value::object([("l", port())]),
            "`a` is planned with other keys than configured",
        ),
        (
            Attribute::block(Nesting::List, inner()),
            Value::UNKNOWN,
            Value::list([]),
            "`a` is planned as known, but its blocks are not known yet",
        ),
        (
            Attribute::block(Nesting::List, inner()),
            Value::list([port()]),
            Value::UNKNOWN,
            "`a` is planned as unknown as a whole; only attributes inside a block may be",
        ),
        (
            Attribute::block(Nesting::Single, inner()),
            Value::Null,
            port(),
            "`a` is planned to be there, or not, unlike the configuration",
        ),
    ];
    for (attribute, config, planned, said) in cases {
        assert_eq!(faults_of(attribute, config, planned), [said]);
    }
}

#[test]
fn what_came_and_went_is_named() {
    let labels = |names: &[&str]| {
        let labels = Value::object(names.iter().map(|name| (*name, Value::from("x"))));
        object(&[("name", "a".into()), ("labels", labels)])
    };
    assert_eq!(
        texts(result(&schema(), &labels(&["k"]), &labels(&["l"]))),
        ["`labels` has lost the element `k`", "`labels` has a new element `l`"]
    );
    let tags = |tags: Vec<Value>| object(&[("name", "a".into()), ("tags", Value::Set(tags))]);
    assert_eq!(
        texts(result(&schema(), &tags(vec!["t".into(), "t".into()]), &tags(vec!["t".into(), "u".into()]))),
        ["`tags` has an element that was not planned"]
    );
}

#[test]
fn values_are_shown_by_their_size() {
    let long = "x".repeat(200);
    for (value, said) in [
        (Value::from(long.as_str()), "`note` is not computed and planned as a text of 200 characters"),
        (Value::list([1.into(), 2.into()]), "`note` is not computed and planned as a list of 2"),
        (Value::set([1.into()]), "`note` is not computed and planned as a set of 1"),
    ] {
        let config = object(&[("name", "a".into())]);
        let mut planned = config.clone();
        planned.put("note", value);
        assert_eq!(texts(plan(&schema(), &Value::Null, &config, &planned))[0], said);
    }
}

#[test]
fn a_plan_may_keep_the_prior_spelling() {
    let (prior, config) = (object(&[("name", "A".into())]), object(&[("name", "a".into())]));
    assert!(plan(&schema(), &prior, &config, &prior).is_empty());
    assert_eq!(
        texts(plan(&schema(), &Value::Null, &config, &prior)),
        ["`name` is planned as \"A\", but configured as \"a\""]
    );
}

#[test]
fn each_fault_of_a_result_is_named() {
    let tags = |tags: &[&str]| Value::set(tags.iter().map(|tag| Value::from(*tag)));
    let planned = object(&[
        ("id", Value::UNKNOWN),
        ("name", "a".into()),
        ("secret", "s".into()),
        ("tags", tags(&["t"])),
        ("parts", Value::list([part("p", Value::UNKNOWN)])),
    ]);
    let good = object(&[
        ("id", "1".into()),
        ("name", "a".into()),
        ("secret", "s".into()),
        ("tags", tags(&["t"])),
        ("parts", Value::list([part("p", "y".into())])),
    ]);
    assert_eq!(texts(result(&schema(), &planned, &good)), Vec::<String>::new());
    let cases: [(&str, Value, &str); 7] = [
        ("name", "b".into(), "`name` was planned as \"a\" and is now \"b\""),
        ("name", Value::UNKNOWN, "`name` was known in the plan and is now unknown"),
        ("note", "n".into(), "`note` was planned as null and is now \"n\""),
        ("secret", "t".into(), "`secret` was planned as (sensitive) and is now (sensitive)"),
        ("tags", tags(&["u"]), "`tags` lacks an element that was planned"),
        ("tags", tags(&["t", "u"]), "`tags` was planned with 1 elements and now has 2"),
        ("parts", Value::list([]), "`parts` was planned with 1 elements and now has 0"),
    ];
    for (name, value, expected) in cases {
        let mut actual = good.clone();
        actual.put(name, value);
        assert_eq!(texts(result(&schema(), &planned, &actual)), [expected]);
    }
    assert_eq!(
        texts(result(&schema(), &planned, &Value::Null))[0],
        "the object was planned as an object or map of 9 and is now null"
    );
}

#[test]
fn an_element_of_a_map_is_named_by_its_key() {
    let of =
        |label: &str| object(&[("name", "a".into()), ("labels", Value::object([("k", Value::from(label))]))]);
    assert_eq!(
        texts(result(&schema(), &of("v"), &of("w"))),
        [r#"`labels["k"]` was planned as "v" and is now "w""#]
    );
}

#[test]
fn a_second_plan_may_leave_open_only_what_the_first_did() {
    let first = object(&[("id", Value::UNKNOWN), ("name", "a".into())]);
    assert!(replan(&schema(), &first, &first).is_empty());
    let mut second = first.clone();
    second.put("name", Value::UNKNOWN);
    assert_eq!(
        texts(replan(&schema(), &first, &second)),
        ["`name` was known in the plan and is now unknown"]
    );
}

#[test]
fn a_state_is_known_complete_and_without_write_only_values() {
    let state_of = |name: &str, value: Value| {
        let mut object = object(&[("name", "a".into())]);
        object.put(name, value);
        texts(state(&schema(), &object))
    };
    assert_eq!(state_of("id", Value::UNKNOWN), ["`id` is unknown in a result"]);
    assert_eq!(state_of("token_wo", "t".into()), ["`token_wo` is write-only and not null"]);
    assert_eq!(state_of("id", 1.into()), ["`id` does not fit the schema: a string is required"]);
    assert_eq!(state_of("extra", 1.into()), ["`extra` does not fit the schema: there is no such attribute"]);
}

#[test]
fn what_is_read_is_there_and_keeps_what_was_configured() {
    let config = object(&[("name", "a".into())]);
    assert_eq!(
        texts(reading(&schema(), &config, &Value::Null)),
        ["the object is null, but something that is read must be there"]
    );
    let read = object(&[("name", "b".into()), ("id", "1".into())]);
    assert_eq!(
        texts(reading(&schema(), &config, &read)),
        ["`name` is planned as \"b\", but configured as \"a\""]
    );
    let other = object(&[("name", true.into()), ("id", "1".into())]);
    let told = texts(reading(&schema(), &config, &other));
    assert_eq!(told, ["`name` does not fit the schema: a string is required"], "once");
}

#[test]
fn an_identity_is_known_and_does_not_change() {
    let schema = IdentitySchema::new([("id", IdentityAttribute::required(Type::String))]);
    let of = |id: Value| Value::object([("id", id)]);
    assert!(identity(&schema, &of("1".into()), &of("1".into()), false).is_empty());
    assert!(identity(&schema, &Value::Null, &of(Value::UNKNOWN), true).is_empty());
    assert_eq!(
        texts(identity(&schema, &Value::Null, &of(Value::UNKNOWN), false)),
        ["the object has an identity that is not known"]
    );
    assert_eq!(
        texts(identity(&schema, &of("1".into()), &of("2".into()), false)),
        ["`id` is part of the object's identity and has changed"]
    );
    let parts = IdentitySchema::new([
        ("id", IdentityAttribute::required(Type::String)),
        ("region", IdentityAttribute::optional(Type::String)),
    ]);
    let placed = |region: Value| Value::object([("id", "1".into()), ("region", region)]);
    assert!(identity(&parts, &placed(Value::Null), &placed("eu".into()), false).is_empty());
    assert_eq!(
        texts(identity(&parts, &placed("eu".into()), &placed(Value::Null), false)),
        ["`region` is part of the object's identity and has changed"]
    );
    assert!(identity(&schema.clone().mutable(), &of("1".into()), &of("2".into()), false).is_empty());
    assert_eq!(
        texts(identity(&schema, &Value::Null, &Value::object([("no", Value::Null)]), false)),
        ["`no` does not fit the identity's schema: there is no such attribute"]
    );
}

#[test]
fn replacement_must_lead_somewhere() {
    let prior = object(&[("name", "a".into())]);
    assert!(replacement(&[Path::of("name")], &prior, &Value::Null).is_empty());
    assert_eq!(
        texts(replacement(&[Path::of("tags").index(0)], &prior, &prior)),
        ["`tags[0]` asks for replacement and leads nowhere; name the set itself for what is inside a set"]
    );
}

#[test]
fn faults_become_errors_that_say_whose_they_are() {
    let faults = vec![Fault { path: Path::of("name"), problem: "is wrong".into() }];
    let out = diagnostics(faults, "planned");
    let told: Vec<_> = out.iter().map(|one| (one.severity, one.to_string())).collect();
    assert_eq!(
        told,
        [(
            Severity::Error,
            "`name`: The provider broke a rule of Terraform while it planned: `name` is wrong: This is a bug of the provider, and not of the configuration: please report it to its authors.".to_owned()
        )]
    );
}
