use super::*;
use crate::value::Value;

fn problems(schema: &Schema, managed: bool) -> Vec<String> {
    schema.check("x", managed).iter().map(ToString::to_string).collect()
}

#[test]
fn a_sound_schema_has_no_faults() {
    let schema = Schema::new([
        ("a", Attribute::string().required()),
        ("b_wo", Attribute::string().sensitive().write_only()),
        ("c", Attribute::set_of([("d", Attribute::number().computed())])),
    ]);
    assert_eq!(problems(&schema, true), Vec::<String>::new());
}

#[test]
fn faulty_blocks_unions_and_defaults_are_found() {
    let text = || [("x", Attribute::string())];
    let schema = Schema::new([
        ("a", Attribute::object([("inner", Attribute::block(Nesting::List, text()))])),
        ("b", Attribute::block(Nesting::List, text()).min_items(3).max_items(2)),
        ("c", Attribute::block(Nesting::Single, text()).max_items(2)),
        ("d", Attribute::number().default("three")),
        ("e", Attribute::block(Nesting::Set, [("y", Attribute::dynamic())])),
        ("f", Attribute::string().required()),
    ])
    .choose(Union::exactly_one(["f", "none"]));
    assert_eq!(
        problems(&schema, true),
        [
            "schema of `x`: `a.inner` is a block inside a nested attribute",
            "schema of `x`: `b` has a minimum above its maximum",
            "schema of `x`: `c` is a single block with limits above 1",
            "schema of `x`: `d` has a default of another type",
            "schema of `x`: `e` is a repeated block with a dynamic attribute inside",
            "schema of `x`: `e.y` is dynamic inside a set",
            "schema of `x`: `f` is a variant of a union and not optional",
            "schema of `x`: `none` is a variant of a union and not an attribute",
        ]
    );
}

#[test]
fn faults_are_found_with_their_path() {
    let schema = Schema::new([
        ("Bad", Attribute::string()),
        ("s", Attribute::set_of([("w", Attribute::string().write_only()), ("d", Attribute::dynamic())])),
    ]);
    assert_eq!(
        problems(&schema, true),
        [
            "schema of `x`: `Bad` is not named with lower-case letters, digits and `_`",
            "schema of `x`: `s.d` is dynamic inside a set",
            "schema of `x`: `s.w` is write-only inside a set",
        ]
    );
    let action = Schema::new([("c", Attribute::string().computed())]);
    let found = action.check_configuration("x");
    let computed = "schema of `x`: `c` is computed, where nothing keeps what is computed";
    assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [computed]);
    let given = Schema::new([("c", Attribute::string().default("x"))]).check_configuration("x");
    let unfilled = "schema of `x`: `c` has a default, where nothing fills it in";
    assert_eq!(given.iter().map(ToString::to_string).collect::<Vec<_>>(), [unfilled]);
    let data = Schema::new([("w", Attribute::string().write_only())]);
    assert_eq!(problems(&data, false), ["schema of `x`: `w` is write-only outside a managed resource"]);
}

#[test]
fn what_contradicts_itself_is_found() {
    let text = || [("x", Attribute::string())];
    let schema = Schema::new([
        ("a", Attribute::string().write_only().computed()),
        ("b", Attribute::string().default("x").required()),
        ("c", Attribute::list(Type::String).default(Value::list([Value::UNKNOWN]))),
        ("d", Attribute::block(Nesting::List, text()).required()),
        ("e", Attribute::block(Nesting::List, text()).sensitive()),
        ("f", Attribute::block(Nesting::Map, text())),
        ("g", Attribute::string().min_items(1)),
        ("h", Attribute::string()),
    ])
    .choose(Union::exactly_one(["h"]));
    let found = problems(&schema, true);
    for said in [
        "schema of `x`: `a` is write-only and computed",
        "schema of `x`: `b` is required and has a default",
        "schema of `x`: `c` has an unknown default",
        "schema of `x`: `d` is a block: its presence is told by its limits",
        "schema of `x`: `e` is a block, which has no default and is neither write-only nor sensitive",
        "schema of `x`: `f` is a block by key, which no configuration can write",
        "schema of `x`: `g` has limits of a block and is not one",
        "schema of `x`: has a union of fewer than two variants",
    ] {
        assert!(found.iter().any(|problem| problem == said), "{said}: {found:#?}");
    }
}

/// What is wrong with one attribute.
fn of(attribute: Attribute) -> Vec<String> {
    let problems = problems(&Schema::new([("a", attribute)]), true);
    problems.iter().map(|problem| problem.trim_start_matches("schema of `x`: ").to_owned()).collect()
}

#[test]
fn a_presence_that_contradicts_itself_is_found() {
    let text = Attribute::string;
    for attribute in
        [text().required().computed(), text().computed().required(), text().required().or_configured()]
    {
        assert_eq!(of(attribute), ["`a` is said to be both required and computed"]);
    }
    for attribute in [text().required().default("x"), text().default("x").required()] {
        let found = of(attribute);
        assert_eq!(found.last().map(String::as_str), Some("`a` is required and has a default"));
    }
    for attribute in [text().computed().default("x"), text().default("x").computed()] {
        assert_eq!(of(attribute), ["`a` is set by the provider alone and has a default"]);
    }
    assert_eq!(of(text().write_only().default("x")), ["`a` is write-only and has a default"]);
    assert_eq!(
        of(text().sensitive().default("x")),
        ["`a` is sensitive and has a default, which is no secret"]
    );
    for sound in
        [text().computed().or_configured().default("x"), text().default("x"), text().read_only().required()]
    {
        assert_eq!(of(sound), [""; 0]);
    }
    let inside = |inner: Attribute| Attribute::object([("b", inner)]);
    assert_eq!(
        of(inside(text().computed()).write_only()),
        ["`a.b` is computed inside a write-only attribute, of which nothing is kept"]
    );
    assert_eq!(
        of(inside(text().required()).computed()),
        ["`a.b` is required inside an attribute that only the provider sets"]
    );
    assert_eq!(of(inside(text().default("x")).computed()), ["`a.b` has a default that is never looked at"]);
}

#[test]
fn checks_that_do_nothing_are_found() {
    use crate::schema::validators::*;
    let text = Attribute::string;
    let list = || Attribute::list(Type::String);
    let object = || Attribute::object([("b", text()), ("c", Attribute::map(Type::String))]);
    let cases = [
        (text().validate(between(1..=3)), "`between 1 and 3` looks at numbers, and this is a string"),
        (text().validate(number_one_of([1])), "`one of `1`` looks at numbers, and this is a string"),
        (
            Attribute::number().validate(length(1..=3)),
            "`1 to 3 characters long` looks at text, and this is a number",
        ),
        (
            Attribute::bool().validate(byte_length(1..=3)),
            "`1 to 3 bytes long` looks at text, and this is a bool",
        ),
        (list().validate(one_of(["x"])), "`one of `x`` looks at text, and this is a list"),
        (Attribute::map(Type::Bool).validate(matches("x", "x")), "`x` looks at text, and this is a map"),
        (
            text().validate(item_count(1..=2)),
            "`of 1 to 2 elements` looks at lists, sets and maps, and this is a string",
        ),
        (
            list().validate(each(at_least(1))),
            "`of elements that are each at least 1` looks at numbers, and this is a string",
        ),
        (
            text().validate(each(length(1..=1))),
            "`of elements that are each 1 to 1 characters long` looks at lists, sets and maps, and this is a string",
        ),
        (
            list().validate(keys(length(1..=1))),
            "`a map whose keys are each 1 to 1 characters long` looks at maps, and this is a list",
        ),
        (
            Attribute::set(Type::String).validate(unique()),
            "`of elements that all differ` looks at lists, and this is a set",
        ),
        (
            Attribute::list_of([("b", text())]).validate_whole(unique_by("typo")),
            "`of elements that differ in `typo`` names `typo`, and there is no such attribute",
        ),
        (
            Attribute::map_of([("b", text())]).validate_whole(unique_by("b")),
            "`of elements that differ in `b`` looks at lists and sets, and this is a map",
        ),
        (
            text().validate(warn(at_least(1))),
            "`preferably at least 1` looks at numbers, and this is a string",
        ),
        (
            text().validate(any_of([Box::new(length(1..=1)) as Box<dyn Validator>, Box::new(at_least(1))])),
            "`1 to 1 characters long, or at least 1` looks at numbers, and this is a string",
        ),
        (
            object().validate(conflicts_with("b", ["typo"])),
            "``b` only without `typo`` names `typo`, and there is no such attribute",
        ),
        (
            object().validate(also_requires("b", ["b.c"])),
            "``b` only together with `b.c`` names `b.c`, and what should hold `c` is a string",
        ),
        (
            object().validate(at_least_one_of(["c.any", "d"])),
            "`at least one of `c.any`, `d`` names `d`, and there is no such attribute",
        ),
        (
            object().validate(exactly_one_of(["b", "d"])),
            "`exactly one of `b`, `d`` names `d`, and there is no such attribute",
        ),
    ];
    for (attribute, said) in cases {
        assert_eq!(of(attribute), [format!("`a` has a check that does nothing: {said}")]);
    }
    let whole = Schema::new([("a", text())]).validate(conflicts_with("a", ["typo"]));
    assert_eq!(
        problems(&whole, true),
        [
            "schema of `x`: has a check that does nothing: ``a` only without `typo`` names `typo`, and there is no such \
          attribute"
        ]
    );
    assert_eq!(of(Attribute::dynamic().validate(between(1..=3))), [""; 0]);
    let given = |name: &'static str| {
        let inside = Attribute::object([("id", text().computed())]);
        let schema = Schema::new([("a", text()), ("id", text().computed()), ("b", inside)]);
        problems(&schema.validate(conflicts_with("a", [name])), true)
    };
    for name in ["id", "b.id"] {
        let said = format!(
            "schema of `x`: has a check of `{name}`, which only the provider sets: ``a` only without `{name}``"
        );
        assert_eq!(given(name), [said]);
    }
}

#[test]
fn checks_that_never_run_are_found() {
    use crate::schema::validators::{length, unique_by};
    let text = Attribute::string;
    let never = "is set by the provider alone, so that its checks never run";
    assert_eq!(of(text().computed().validate(length(1..=3))), [format!("`a` {never}")]);
    let inside = Attribute::list_of([("b", text().validate(length(1..=3)))]).computed();
    assert_eq!(of(inside), [format!("`a.b` {never}")]);
    let whole = Attribute::list(Type::object([("b", Type::String)])).validate_whole(unique_by("b"));
    assert_eq!(of(whole), ["`a` is no nested attribute and has a check of one as a whole"]);
    assert_eq!(
        of(text().choose(Union::exactly_one(["b", "c"]))),
        ["`a` is no nested attribute and has a union"]
    );
}

#[test]
fn a_default_that_could_not_be_configured_is_found() {
    use crate::schema::validators::{between, each, length};
    let text = Attribute::string;
    let refused = |attribute: Attribute| of(attribute).concat();
    assert_eq!(
        refused(Attribute::number().default(9).validate(between(1..=3))),
        "`a` has a default that its own checks refuse: `a` must be between 1 and 3, but it is `9`."
    );
    let list = |element: Value| {
        Attribute::list(Type::String).default(Value::list([element])).validate(each(length(1..=1)))
    };
    assert_eq!(
        refused(list("xx".into())),
        "`a` has a default that its own checks refuse: `a[0]` must be 1 to 1 characters long, but it is 2 long."
    );
    assert_eq!(
        refused(list(Value::Null)),
        "`a` has a default that its own checks refuse: `a[0]` is null and cannot be"
    );
    let inner = [("b", text().required()), ("c", text()), ("d", text())];
    let nested = |b: Value| {
        let object = Value::object([("b", b), ("c", "x".into()), ("d", "x".into())]);
        Attribute::map_of(inner.clone())
            .choose(Union::exactly_one(["c", "d"]))
            .default(Value::object([("k", object)]))
    };
    assert_eq!(
        refused(nested("x".into())),
        "`a` has a default that its own checks refuse: `c`, `d` are set. Keep one and remove the others."
    );
    let lacking = Attribute::list_of([("b", text().required())]);
    let lacking = lacking.default(Value::list([Value::object([("b", Value::Null)])]));
    assert_eq!(
        refused(lacking),
        "`a` has a default that its own checks refuse: `a[0].b` is null and cannot be"
    );
    assert_eq!(of(list("x".into())), [""; 0]);
}

#[test]
fn null_elements_are_allowed_only_where_there_can_be_some() {
    assert_eq!(
        of(Attribute::string().allow_null_elements()),
        ["`a` allows null elements and has no elements"]
    );
    assert_eq!(
        of(Attribute::list_of([("b", Attribute::string())]).allow_null_elements()),
        ["`a` allows null elements of nested objects, which Terraform cannot plan"]
    );
    assert_eq!(of(Attribute::map(Type::String).allow_null_elements()), [""; 0]);
}

#[test]
fn names_that_terraform_has_itself_are_found() {
    let found = |kind: Owner, name: &str| {
        let schema = Schema::new([
            (name, Attribute::string()),
            ("fine", Attribute::object([(name, Attribute::string())])),
        ]);
        schema.check_as("x", kind).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let said = |name: &str| [format!("schema of `x`: `{name}` has a name that Terraform keeps for itself")];
    let resources =
        ["connection", "count", "depends_on", "for_each", "lifecycle", "locals", "provider", "provisioner"];
    for kind in [Owner::Resource, Owner::DataSource, Owner::Ephemeral, Owner::List, Owner::Action] {
        for name in resources {
            assert_eq!(found(kind, name), said(name), "{kind:?}");
        }
        assert_eq!(found(kind, "version"), [""; 0]);
    }
    for name in ["alias", "count", "depends_on", "for_each", "lifecycle", "locals", "source", "version"] {
        assert_eq!(found(Owner::Provider, name), said(name));
    }
    for name in ["include_resource", "limit"] {
        assert_eq!(found(Owner::List, name), said(name));
        assert_eq!(found(Owner::Resource, name), [""; 0]);
    }
    assert_eq!(found(Owner::ProviderMeta, "count"), [""; 0]);
    assert_eq!(problems(&Schema::new([("count", Attribute::number())]), true), said("count"));
}
