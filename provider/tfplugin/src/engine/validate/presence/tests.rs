use super::*;

fn run(schema: &Schema, config: &Value) -> Vec<String> {
    let mut out = Diagnostics::new();
    schema.validate_config(config, &mut out);
    out.iter().map(ToString::to_string).collect()
}

fn single(attribute: Attribute, value: Value) -> Vec<String> {
    run(&Schema::new([("a", attribute)]), &Value::object([("a", value)]))
}

fn text() -> Attribute {
    Attribute::string()
}

fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::object(entries)
}

const NULL_IN_LIST: &str = "No element of `a` can be null. Give it a value, or leave it out: `[for element in ... : \
                            element if element != null]`.";
const NULL_IN_MAP: &str = "No element of `a` can be null. Give it a value, or leave it out: `{ for key, value in ... : \
                           key => value if value != null }`.";
const MISSING: &str =
    "Its value is null. Give it one, or see why the variable or expression behind it gives none.";

#[test]
fn what_only_the_provider_sets_cannot_be_configured_at_any_depth() {
    let message = |path: &str| {
        format!(
            "`{path}`: `{path}` cannot be set: Only the provider gives it its value. Remove it from the configuration."
        )
    };
    let inner = || [("id", text().computed().sensitive())];
    let set = || object([("id", "hush-hush".into())]);
    let shapes = [
        (Attribute::object(inner()), set(), "a.id"),
        (Attribute::list_of(inner()), Value::list([object([("id", Value::Null)]), set()]), "a[1].id"),
        (Attribute::set_of(inner()), Value::set([set()]), "a.id"),
        (Attribute::map_of(inner()), object([("k", set())]), "a[\"k\"].id"),
        (Attribute::block(Nesting::List, inner()), Value::list([set()]), "a[0].id"),
        (
            Attribute::object([("b", Attribute::list_of(inner()))]),
            object([("b", Value::list([set()]))]),
            "a.b[0].id",
        ),
        (text().computed(), "mine".into(), "a"),
        (Attribute::list(Type::String).computed(), Value::list([]), "a"),
        (Attribute::object(inner()).computed(), set(), "a"),
        (Attribute::dynamic().computed(), Value::Dynamic(Box::new((Type::Bool, true.into()))), "a"),
    ];
    for (attribute, value, path) in shapes {
        assert_eq!(single(attribute, value), [message(path)]);
    }
    for open in [Value::Null, Value::UNKNOWN] {
        assert_eq!(single(text().computed(), open), [""; 0]);
    }
    let typed_null = Value::Dynamic(Box::new((Type::String, Value::Null)));
    assert_eq!(single(Attribute::dynamic().computed(), typed_null), [""; 0]);
    assert_eq!(single(text().computed().or_configured(), "mine".into()), [""; 0]);
}

#[test]
fn null_for_what_is_required_is_refused_at_any_depth() {
    let message = |path: &str| format!("`{path}`: `{path}` is required: {MISSING}");
    let inner = || [("b", text().required())];
    let lacks = || object([("b", Value::Null)]);
    let shapes = [
        (text().required(), Value::Null, "a"),
        (Attribute::dynamic().required(), Value::Dynamic(Box::new((Type::String, Value::Null))), "a"),
        (Attribute::object(inner()), lacks(), "a.b"),
        (Attribute::list_of(inner()), Value::list([lacks()]), "a[0].b"),
        (Attribute::set_of(inner()), Value::set([lacks()]), "a.b"),
        (Attribute::map_of(inner()), object([("k", lacks())]), "a[\"k\"].b"),
        (Attribute::block(Nesting::Single, inner()), lacks(), "a.b"),
    ];
    for (attribute, value, path) in shapes {
        assert_eq!(single(attribute, value), [message(path)]);
    }
    assert_eq!(single(text().required(), Value::UNKNOWN), [""; 0]);
    assert_eq!(single(Attribute::list_of(inner()), Value::list([Value::UNKNOWN])), [""; 0]);
}

#[test]
fn null_among_the_elements_of_a_collection_is_refused_with_its_place() {
    let texts = || Type::list(Type::String);
    let list = || Value::list(["x".into(), Value::Null, Value::UNKNOWN]);
    assert_eq!(
        single(Attribute::list(Type::String), list()),
        [format!("`a[1]`: `a[1]` is null: {NULL_IN_LIST}")]
    );
    let map = object([("k", Value::Null), ("l", "x".into())]);
    assert_eq!(
        single(Attribute::map(Type::String), map),
        [format!("`a[\"k\"]`: `a[\"k\"]` is null: {NULL_IN_MAP}")]
    );
    assert_eq!(
        single(Attribute::set(Type::String), Value::set([Value::Null, "x".into()])),
        [format!("`a`: `a` has a null element: {NULL_IN_LIST}")]
    );
    assert_eq!(
        single(Attribute::map(texts()), object([("k", list())])),
        [format!("`a[\"k\"][1]`: `a[\"k\"][1]` is null: {}", NULL_IN_LIST.replace("`a`", "`a[\"k\"]`"))]
    );
    let inside = Type::object([("x", texts()), ("y", Type::String)]);
    assert_eq!(
        single(Attribute::of(inside), object([("x", list()), ("y", Value::Null)])),
        [format!("`a.x[1]`: `a.x[1]` is null: {}", NULL_IN_LIST.replace("`a`", "`a.x`"))]
    );
    let inner = || [("b", text())];
    let some = || object([("b", Value::Null)]);
    assert_eq!(
        single(Attribute::list_of(inner()), Value::list([some(), Value::Null])),
        [format!("`a[1]`: `a[1]` is null: {NULL_IN_LIST}")]
    );
    assert_eq!(
        single(Attribute::map_of(inner()), object([("k", Value::Null)])),
        [format!("`a[\"k\"]`: `a[\"k\"]` is null: {NULL_IN_MAP}")]
    );
    assert_eq!(
        single(Attribute::set_of(inner()), Value::set([Value::Null, some()])),
        [format!("`a`: `a` has a null element: {NULL_IN_LIST}")]
    );
}

#[test]
fn null_elements_pass_where_they_are_allowed_and_in_what_is_dynamic() {
    let list = || Value::list(["x".into(), Value::Null]);
    assert_eq!(single(Attribute::list(Type::String).allow_null_elements(), list()), [""; 0]);
    let held = Value::Dynamic(Box::new((Type::list(Type::String), list())));
    assert_eq!(single(Attribute::dynamic(), held), [""; 0]);
}

/// Refuses null, and whatever else.
struct Never;

impl crate::schema::Validator for Never {
    fn describe(&self) -> String {
        "never there".to_owned()
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        out.push(Diagnostic::error(if value.is_null() { "null" } else { "set" }).at(path.clone()));
    }

    fn sees_null(&self) -> bool {
        true
    }
}

#[test]
fn a_validator_that_asks_for_null_sees_it() {
    use crate::schema::validators::{any_of, each, length, warn};
    assert_eq!(single(text().validate(Never), Value::Null), ["`a`: null"]);
    assert_eq!(single(text().validate(Never), Value::UNKNOWN), [""; 0]);
    assert_eq!(single(text().validate(warn(Never)), Value::Null), ["`a`: null"]);
    let nulls = Attribute::list(Type::String).allow_null_elements();
    let list = || Value::list(["x".into(), Value::Null]);
    assert_eq!(single(nulls.clone().validate(each(Never)), list()), ["`a[0]`: set", "`a[1]`: null"]);
    assert_eq!(single(nulls.validate(each(length(1..=1))), list()), [""; 0]);
    assert_eq!(
        single(text().validate(any_of([Box::new(Never) as _, Box::new(length(1..=1)) as _])), Value::Null),
        [""; 0]
    );
}

/// Terraform puts what `ignore_changes` names into the configuration as it is in the state.
#[test]
fn what_the_configuration_has_from_the_state_is_left_alone() {
    let inner = || [("id", text().computed()), ("b", text().required())];
    let schema = Schema::new([
        ("id", text().computed()),
        ("name", text().required()),
        ("tags", Attribute::list(Type::String)),
        ("one", Attribute::object(inner())),
        ("many", Attribute::list_of(inner())),
        ("keyed", Attribute::map_of(inner())),
        ("some", Attribute::set_of(inner())),
    ]);
    let part = |id: &str, b: Value| object([("id", Value::from(id)), ("b", b)]);
    let prior = object([
        ("id", "1".into()),
        ("name", Value::Null),
        ("tags", Value::list([Value::Null])),
        ("one", part("2", Value::Null)),
        ("many", Value::list([part("3", Value::Null)])),
        ("keyed", object([("k", part("4", Value::Null))])),
        ("some", Value::set([part("5", Value::Null)])),
    ]);
    let told = |config: &Value, prior: &Value| {
        let mut out = Diagnostics::new();
        schema.check_changed_presence(config, prior, &mut out);
        out.iter().map(|told| told.summary.clone()).collect::<Vec<_>>()
    };
    assert_eq!(told(&prior, &prior), [""; 0]);
    let mut config = prior.clone();
    config.put("id", "mine");
    config.put("tags", Value::list([Value::Null, Value::Null]));
    config.put("many", Value::list([part("3", "b".into()), part("6", Value::Null)]));
    config.put("keyed", object([("k", part("4", Value::Null)), ("l", Value::Null)]));
    let all = [
        "`id` cannot be set",
        "`keyed[\"l\"]` is null",
        "`many[1].b` is required",
        "`many[1].id` cannot be set",
        "`tags[0]` is null",
        "`tags[1]` is null",
    ];
    assert_eq!(told(&config, &prior), all);
    // What is created has nothing from a state.
    assert_eq!(told(&prior, &Value::Null).len(), 11);
}
