use super::*;
use crate::schema::validators::*;
use crate::schema::{Attribute, Nesting};
use crate::value::Type;

fn run(schema: &Schema, config: &Value) -> Vec<String> {
    let mut out = Diagnostics::new();
    schema.validate_config(config, &mut out);
    out.iter().map(ToString::to_string).collect()
}

fn single(attribute: Attribute, value: impl Into<Value>) -> Vec<String> {
    run(&Schema::new([("a", attribute)]), &Value::object([("a", value.into())]))
}

#[test]
fn each_validator_refuses_with_path_demand_and_value() {
    assert_eq!(
        single(Attribute::string().validate(length(3..=5)), "ab"),
        ["`a`: Invalid value for `a`: `a` must be 3 to 5 characters long, but it is 2 long."]
    );
    assert_eq!(
        single(Attribute::string().validate(one_of(["x", "y"])), "z"),
        ["`a`: Invalid value for `a`: `a` must be one of `x`, `y`, but it is `z`."]
    );
    assert_eq!(
        single(Attribute::string().validate(matches("[a-z]+", "lower-case letters")), "A"),
        ["`a`: Invalid value for `a`: `a` must be lower-case letters, but it is `A`."]
    );
    assert_eq!(
        single(Attribute::number().validate(between(1..=5)), 6),
        ["`a`: Invalid value for `a`: `a` must be between 1 and 5, but it is `6`."]
    );
    let list = Value::list(["x".into(), "yy".into()]);
    assert_eq!(
        single(Attribute::list(Type::String).validate(each(length(1..=1))), list.clone()),
        ["`a[1]`: Invalid value for `a[1]`: `a[1]` must be 1 to 1 characters long, but it is 2 long."]
    );
    assert_eq!(
        single(Attribute::list(Type::String).validate(item_count(3..=usize::MAX)), list),
        ["`a`: Invalid value for `a`: `a` must be of at least 3 elements, but it is of 2."]
    );
}

#[test]
fn unknown_and_null_are_left_alone() {
    for value in [Value::UNKNOWN, Value::Null] {
        assert!(single(Attribute::string().validate(length(3..=5)), value).is_empty());
    }
}

fn union() -> Schema {
    let variant = || Attribute::object([("n", Attribute::number().validate(between(0..=9)))]);
    Schema::new([(
        "u",
        Attribute::map_of([("x", variant()), ("y", variant())]).validate(exactly_one_of(["x", "y"])),
    )])
}

fn variants(entries: &[(&str, Value)]) -> Value {
    let object = Value::object(entries.iter().cloned());
    Value::object([("u", Value::object([("k", object)]))])
}

#[test]
fn exactly_one_variant() {
    let one = || Value::object([("n", Value::from(1))]);
    assert!(run(&union(), &variants(&[("x", one())])).is_empty());
    assert!(run(&union(), &variants(&[("x", Value::UNKNOWN)])).is_empty());
    assert_eq!(
        run(&union(), &variants(&[])),
        ["`u[\"k\"]`: Exactly one of `x`, `y` is allowed in `u[\"k\"]`: Set one of `x`, `y`."]
    );
    assert_eq!(
        run(&union(), &variants(&[("x", one()), ("y", one())])),
        [
            "`u[\"k\"].y`: Exactly one of `x`, `y` is allowed in `u[\"k\"]`: `x`, `y` are set. Keep one and remove the others."
        ]
    );
}

#[test]
fn nested_values_are_checked_with_their_path() {
    let config = variants(&[("x", Value::object([("n", Value::from(10))]))]);
    assert_eq!(
        run(&union(), &config),
        [
            "`u[\"k\"].x.n`: Invalid value for `u[\"k\"].x.n`: `u[\"k\"].x.n` must be between 0 and 9, but it is `10`."
        ]
    );
}

fn whole(validator: impl Validator + 'static, object: &[(&str, Value)]) -> Vec<String> {
    let names = ["a", "b", "c", "n"];
    let mut value = Value::object(names.map(|name| (name, Value::Null)));
    for (name, part) in object {
        value.put(*name, part.clone());
    }
    run(&Schema::new(names.map(|name| (name, Attribute::string()))).validate(validator), &value)
}

#[test]
fn at_least_one_of_several() {
    let demand = || at_least_one_of(["a", "b"]);
    assert_eq!(
        whole(demand(), &[]),
        ["At least one of `a`, `b` is required: None of them is set."].map(at_root)
    );
    assert!(whole(demand(), &[("a", "x".into()), ("b", "y".into())]).is_empty());
    assert!(whole(demand(), &[("b", Value::UNKNOWN)]).is_empty());
}

/// Messages about the whole object carry the empty path.
fn at_root(text: &str) -> String {
    format!("``: {text}")
}

#[test]
fn conflicts_and_requirements_reach_into_objects() {
    let inner = |value: Value| Value::object([("x", value)]);
    let conflict = || conflicts_with("a", ["n.x", "b"]);
    assert_eq!(
        whole(conflict(), &[("a", "1".into()), ("n", inner("2".into()))]),
        ["`a`: `a` conflicts with `n.x`: Remove `a`, or remove `n.x`."]
    );
    assert!(whole(conflict(), &[("a", "1".into()), ("n", Value::UNKNOWN)]).is_empty());
    let need = || also_requires("a", ["n.x", "b"]);
    assert_eq!(
        whole(need(), &[("a", "1".into())]),
        ["`a`: `a` needs `n.x`, `b`: Set `n.x`, `b` beside `a`."]
    );
    assert!(whole(need(), &[("a", "1".into()), ("n", Value::UNKNOWN), ("b", "2".into())]).is_empty());
    assert!(whole(need(), &[]).is_empty());
}

#[test]
fn numbers_of_any_size_are_compared_exactly() {
    let number = |text: &str| text.parse::<crate::value::Number>().unwrap();
    let of = |validator, text| single(Attribute::number().validate(validator), number(text));
    let tenth = || within(number("0.1"), number("1e30"));
    assert!(of(tenth(), "0.1").is_empty());
    assert_eq!(
        of(tenth(), "0.09999999999999999999999"),
        [
            "`a`: Invalid value for `a`: `a` must be between 0.1 and 1000000000000000000000000000000, but it is `0.09999999999999999999999`."
        ]
    );
    assert_eq!(
        single(Attribute::number().validate(at_least(3)), 2),
        ["`a`: Invalid value for `a`: `a` must be at least 3, but it is `2`."]
    );
    assert_eq!(
        single(Attribute::number().validate(at_most(3)), 4),
        ["`a`: Invalid value for `a`: `a` must be at most 3, but it is `4`."]
    );
    assert!(single(Attribute::number().validate(number_one_of([2, 4])), 4).is_empty());
    assert_eq!(
        single(Attribute::number().validate(number_one_of([2, 4])), 3),
        ["`a`: Invalid value for `a`: `a` must be one of `2`, `4`, but it is `3`."]
    );
}

#[test]
fn texts_by_bytes_by_case_and_by_exclusion() {
    assert_eq!(
        single(Attribute::string().validate(byte_length(1..=3)), "äö"),
        ["`a`: Invalid value for `a`: `a` must be 1 to 3 bytes long, but it is 4 long."]
    );
    assert!(single(Attribute::string().validate(one_of_ignoring_case(["Tcp"])), "TCP").is_empty());
    assert_eq!(
        single(Attribute::string().validate(one_of_ignoring_case(["Tcp"])), "udp"),
        ["`a`: Invalid value for `a`: `a` must be one of `Tcp` in any case, but it is `udp`."]
    );
    assert_eq!(
        single(Attribute::string().validate(none_of(["root"])), "root"),
        ["`a`: Invalid value for `a`: `a` must be none of `root`, but it is `root`."]
    );
}

#[test]
fn elements_that_must_differ() {
    let list = Value::list(["x".into(), "y".into(), "x".into()]);
    assert_eq!(
        single(Attribute::list(Type::String).validate(unique()), list),
        ["`a[2]`: Invalid value for `a[2]`: `a[2]` must be different from element 0, but it is equal to it."]
    );
    let unknown = Value::list([Value::UNKNOWN, Value::UNKNOWN]);
    assert!(single(Attribute::list(Type::String).validate(unique()), unknown).is_empty());
    let ports = |ports: [i64; 2]| Value::list(ports.map(|port| Value::object([("port", Value::from(port))])));
    let rules = || Attribute::list_of([("port", Attribute::number())]).validate_whole(unique_by("port"));
    assert!(single(rules(), ports([1, 2])).is_empty());
    assert_eq!(
        single(rules(), ports([1, 1])),
        ["`a[1]`: Invalid value for `a[1]`: `a[1]` must be different from element 0, but it is equal to it."]
    );
}

#[test]
fn validators_combine() {
    let either = || any_of([Box::new(length(1..=1)) as Box<dyn Validator>, Box::new(one_of(["auto"]))]);
    assert!(single(Attribute::string().validate(either()), "auto").is_empty());
    assert_eq!(
        single(Attribute::string().validate(either()), "xx"),
        ["`a`: Invalid value for `a`: `a` must be 1 to 1 characters long, or one of `auto`, but it is `xx`."]
    );
    let many = Value::list(["x".into(), "y".into(), "z".into()]);
    assert_eq!(
        single(Attribute::list(Type::String).validate(item_count(1..=2)), many),
        ["`a`: Invalid value for `a`: `a` must be of 1 to 2 elements, but it is of 3."]
    );
    let mut out = Diagnostics::new();
    warn(length(1..=1)).validate(&"xx".into(), &Path::of("a"), &mut out);
    let told: Vec<_> = out.iter().map(|one| (one.severity, one.to_string())).collect();
    let problem =
        "`a`: Invalid value for `a`: `a` must be 1 to 1 characters long, but it is 2 long.".to_owned();
    assert_eq!(told, [(crate::diag::Severity::Warning, problem)]);
}

#[test]
fn blocks_are_counted_once_they_are_known() {
    use crate::schema::Nesting;
    let blocks = |nesting| Attribute::block(nesting, [("x", Attribute::string())]).min_items(1).max_items(2);
    let some = |count: usize| Value::list((0..count).map(|_| Value::object([("x", Value::Null)])));
    assert_eq!(
        single(blocks(Nesting::List), some(0)),
        ["`a`: Wrong number of `a` blocks: There must be at least 1 `a` block, but there are 0."]
    );
    assert_eq!(
        single(blocks(Nesting::List), some(3)),
        ["`a`: Wrong number of `a` blocks: There must be at most 2 `a` blocks, but there are 3."]
    );
    assert!(single(blocks(Nesting::List), some(2)).is_empty());
    assert!(single(blocks(Nesting::List), Value::UNKNOWN).is_empty());
    assert_eq!(
        single(blocks(Nesting::Single).max_items(1), Value::Null),
        ["`a`: Wrong number of `a` blocks: There must be at least 1 `a` block, but there are 0."]
    );
}

#[test]
fn a_sensitive_value_is_not_repeated() {
    let secret = "hunter2!";
    let messages = [
        single(Attribute::string().sensitive().validate(matches("[a-z]+", "small letters")), secret),
        single(Attribute::string().write_only().validate(one_of(["x"])), secret),
        single(
            Attribute::object([("p", Attribute::string().validate(one_of(["x"])))]).sensitive(),
            Value::object([("p", Value::from(secret))]),
        ),
        single(
            Attribute::list(Type::String).sensitive().validate(each(one_of(["x"]))),
            Value::list([secret.into()]),
        ),
    ];
    assert_eq!(
        messages.concat(),
        [
            "`a`: Invalid value for a sensitive attribute: It must be small letters. It is sensitive, so it is not shown.",
            "`a`: Invalid value for a sensitive attribute: It must be one of `x`. It is sensitive, so it is not shown.",
            "`a.p`: Invalid value for a sensitive attribute: It must be one of `x`. It is sensitive, so it is not shown.",
            "`a[0]`: Invalid value for a sensitive attribute: It must be of elements that are each one of `x`. It is sensitive, so it is not shown."
        ]
    );
}

#[test]
fn each_demand_can_be_read_alone() {
    let demand = |validator: &dyn Validator| validator.describe();
    assert_eq!(demand(&at_least_one_of(["a", "b"])), "at least one of `a`, `b`");
    assert_eq!(demand(&conflicts_with("a", ["b"])), "`a` only without `b`");
    assert_eq!(demand(&also_requires("a", ["b"])), "`a` only together with `b`");
    assert_eq!(demand(&each(at_least(1))), "of elements that are each at least 1");
    assert_eq!(demand(&keys(at_least(1))), "a map whose keys are each at least 1");
    assert_eq!(demand(&unique()), "of elements that all differ");
    assert_eq!(demand(&unique_by("port")), "of elements that differ in `port`");
    assert_eq!(demand(&warn(at_least(1))), "preferably at least 1");
}

#[test]
fn what_is_deprecated_is_told_where_it_is_used() {
    let block = || Attribute::block(Nesting::List, [("port", Attribute::number())]);
    let schema = Schema::new([
        ("old", Attribute::string().deprecated("Use `new`.")),
        ("older", Attribute::string().deprecated("Use `new`.")),
        ("rule", block().deprecated("Use `rules`.")),
        ("unused", block().deprecated("Use `rules`.")),
    ])
    .deprecated("Use `thing`.");
    let mut config = schema.empty();
    config.put("old", "x");
    config.put("rule", Value::list([Value::object([("port", Value::from(1))])]));
    let mut out = Diagnostics::new();
    schema.validate_config(&config, &mut out);
    assert!(!out.has_errors());
    let told: Vec<_> = out.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "This type is deprecated: Use `thing`.",
            "`old`: `old` is deprecated: Use `new`.",
            "`rule`: `rule` is deprecated: Use `rules`.",
        ]
    );
}
