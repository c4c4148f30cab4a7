use super::*;
use crate::schema::Attribute;
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
