//! The first corpus: valid inputs for every target, so that fuzzing does not begin with noise.

use prost::Message as _;
use tfplugin::proto::tfplugin6 as wire;
use tfplugin::value::{Type, Value};

use super::everything;
use super::requests::{METHODS, frame};

/// Each target with its seeds.
pub fn seeds() -> [(&'static str, Vec<Vec<u8>>); 5] {
    [("json", json()), ("msgpack", msgpack()), ("number", number()), ("path", path()), ("request", request())]
}

/// Bytes that make a type, and the type.
fn types() -> Vec<(Vec<u8>, Type)> {
    let mut types = vec![
        (vec![0], Type::String),
        (vec![1], Type::Number),
        (vec![2], Type::Bool),
        (vec![3], Type::Dynamic),
        (vec![4, 1], Type::list(Type::Number)),
        (vec![5, 0], Type::set(Type::String)),
        (vec![6, 4, 0], Type::map(Type::list(Type::String))),
        (vec![7, 2, 0, 1], Type::Tuple(vec![Type::String, Type::Number])),
    ];
    let object = Type::object([("a", Type::String), ("b", Type::set(Type::Dynamic))]);
    types.push((vec![8, 2, 1, b'a', 0, 1, b'b', 5, 3], object));
    types
}

fn values(ty: &Type) -> Vec<Value> {
    let number = |text: &str| Value::Number(text.parse().expect("a number"));
    match ty {
        Type::String => vec!["x".into(), "e\u{301}".into(), Value::UNKNOWN, Value::Null],
        Type::Number => {
            vec![1.into(), number("0.1"), number(&"9".repeat(500)), number("1e-400"), number("-1.5e300")]
        }
        Type::Bool => vec![true.into(), false.into()],
        Type::Dynamic => vec![Value::Dynamic(Box::new((Type::list(Type::Bool), Value::list([true.into()]))))],
        Type::List(of) => vec![Value::list(values(of)), Value::list([])],
        Type::Set(of) => vec![Value::set(values(of))],
        Type::Map(of) => {
            vec![Value::object(values(of).into_iter().zip("abcdef".chars()).map(|(v, k)| (k.to_string(), v)))]
        }
        Type::Tuple(types) => vec![Value::list(types.iter().map(|ty| values(ty)[0].clone()))],
        Type::Object(types) => {
            vec![Value::object(types.iter().map(|(name, ty)| (name.clone(), values(ty)[0].clone())))]
        }
    }
}

fn typed(write: impl Fn(&Value, &Type) -> Vec<u8>) -> Vec<Vec<u8>> {
    let of = |(bytes, ty): (Vec<u8>, Type)| {
        let seeds: Vec<_> =
            values(&ty).iter().map(|value| [bytes.clone(), write(value, &ty)].concat()).collect();
        seeds
    };
    types().into_iter().flat_map(of).collect()
}

fn msgpack() -> Vec<Vec<u8>> {
    let mut seeds = typed(|value, ty| value.to_msgpack(ty));
    // Refined: not null, begins with "ab".
    seeds.push(vec![0, 0xc7, 7, 12, 0x82, 1, 0xc2, 2, 0xa2, b'a', b'b']);
    // A dynamic value whose type nests 10,000 levels deep.
    let deep = format!("{}\"string\"{}", "[\"list\",".repeat(10_000), "]".repeat(10_000));
    let mut nested = vec![3, 0x92, 0xc6];
    nested.extend(u32::try_from(deep.len()).expect("short").to_be_bytes());
    nested.extend(deep.as_bytes());
    seeds.push(nested);
    // A list that claims four billion elements.
    seeds.push(vec![4, 0, 0xdd, 0xff, 0xff, 0xff, 0xff]);
    seeds
}

fn json() -> Vec<Vec<u8>> {
    let mut seeds = typed(|value, ty| value.to_json_bytes(ty));
    seeds.push([&[3][..], "[".repeat(10_000).as_bytes()].concat());
    seeds.push([&[1][..], b"1e999999999"].concat());
    seeds
}

fn path() -> Vec<Vec<u8>> {
    let value = Value::object([("a", Value::from("x")), ("b", Value::set([]))]);
    let ty = &types()[8];
    vec![
        [&ty.0[..], &[2, 0, 1, b'a', 2, 7], &value.to_msgpack(&ty.1)].concat(),
        vec![0, 3, 1, 2, b'"', b'\\', 2, 255, 0, 0],
    ]
}

fn number() -> Vec<Vec<u8>> {
    let long = format!("{}.{}", "7".repeat(500), "3".repeat(500));
    [
        "1\x002",
        "0.1\x000.10",
        "-9223372036854775808\x009223372036854775807",
        "1e400\x001e-400",
        "18446744073709551616",
        "-0",
        &long,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

fn request() -> Vec<Vec<u8>> {
    let schema = object();
    let config = Value::object([("name", Value::from("x")), ("any", Value::Null)]);
    let small = Type::object([("any", Type::Dynamic), ("name", Type::String)]);
    let pack = |value: &Value, ty: &Type| {
        Some(wire::DynamicValue { msgpack: value.to_msgpack(ty).into(), json: Default::default() })
    };
    let (name, object, config) = ("thing".to_owned(), pack(&schema.1, &schema.0), pack(&config, &small));
    let raw = |json: &str| Some(wire::RawState { json: json.to_owned().into(), ..Default::default() });
    let identity = Value::object([("id", Value::from("1")), ("name", Value::Null)]);
    let identity_type = Type::object([("id", Type::String), ("name", Type::String)]);
    let identity = Some(wire::ResourceIdentityData { identity_data: pack(&identity, &identity_type) });
    let null = pack(&Value::Null, &schema.0);
    let mut seeds: Vec<Vec<u8>> = (0..METHODS.len()).map(|method| vec![method as u8]).collect();
    let mut add = |method: &str, message: Vec<u8>| {
        let at = METHODS.iter().position(|name| *name == method).expect("a method") as u8;
        seeds.push([vec![at], message.clone()].concat());
        seeds.push([vec![at | 0x80], frame(&message)].concat());
    };
    let m = &name;
    add(
        "ValidateProviderConfig",
        wire::validate_provider_config::Request { config: config.clone() }.encode_to_vec(),
    );
    add(
        "ConfigureProvider",
        wire::configure_provider::Request {
            terraform_version: "1.11.4".into(),
            config: config.clone(),
            ..Default::default()
        }
        .encode_to_vec(),
    );
    add(
        "ValidateResourceConfig",
        wire::validate_resource_config::Request {
            type_name: m.clone(),
            config: object.clone(),
            ..Default::default()
        }
        .encode_to_vec(),
    );
    add(
        "ValidateDataResourceConfig",
        wire::validate_data_resource_config::Request { type_name: m.clone(), config: config.clone() }
            .encode_to_vec(),
    );
    add(
        "UpgradeResourceState",
        wire::upgrade_resource_state::Request {
            type_name: m.clone(),
            version: 2,
            raw_state: raw(r#"{"name":"x","rows":[{"n":1}],"any":{"value":1,"type":"number"}}"#),
        }
        .encode_to_vec(),
    );
    add(
        "UpgradeResourceState",
        wire::upgrade_resource_state::Request {
            type_name: m.clone(),
            version: 1,
            raw_state: raw(r#"{"name":"x"}"#),
        }
        .encode_to_vec(),
    );
    add(
        "UpgradeResourceIdentity",
        wire::upgrade_resource_identity::Request {
            type_name: m.clone(),
            version: 0,
            raw_identity: raw(r#"{"id":"1"}"#),
        }
        .encode_to_vec(),
    );
    add(
        "ReadResource",
        wire::read_resource::Request {
            type_name: m.clone(),
            current_state: object.clone(),
            private: "{\"a\":1}".into(),
            current_identity: identity.clone(),
            ..Default::default()
        }
        .encode_to_vec(),
    );
    for prior in [null.clone(), object.clone()] {
        add(
            "PlanResourceChange",
            wire::plan_resource_change::Request {
                type_name: m.clone(),
                prior_state: prior.clone(),
                proposed_new_state: object.clone(),
                config: object.clone(),
                prior_private: "{}".into(),
                ..Default::default()
            }
            .encode_to_vec(),
        );
        add(
            "ApplyResourceChange",
            wire::apply_resource_change::Request {
                type_name: m.clone(),
                prior_state: prior,
                planned_state: object.clone(),
                config: object.clone(),
                planned_private: "{}".into(),
                ..Default::default()
            }
            .encode_to_vec(),
        );
    }
    add(
        "ApplyResourceChange",
        wire::apply_resource_change::Request {
            type_name: m.clone(),
            prior_state: object.clone(),
            planned_state: null,
            ..Default::default()
        }
        .encode_to_vec(),
    );
    add(
        "ImportResourceState",
        wire::import_resource_state::Request { type_name: m.clone(), id: "1".into(), ..Default::default() }
            .encode_to_vec(),
    );
    add(
        "ImportResourceState",
        wire::import_resource_state::Request { type_name: m.clone(), identity, ..Default::default() }
            .encode_to_vec(),
    );
    add(
        "MoveResourceState",
        wire::move_resource_state::Request {
            source_provider_address: "a/b/c".into(),
            source_type_name: "other".into(),
            source_state: raw(r#"{"name":"x"}"#),
            target_type_name: m.clone(),
            ..Default::default()
        }
        .encode_to_vec(),
    );
    add(
        "ReadDataSource",
        wire::read_data_source::Request {
            type_name: m.clone(),
            config: config.clone(),
            ..Default::default()
        }
        .encode_to_vec(),
    );
    add(
        "GenerateResourceConfig",
        wire::generate_resource_config::Request { type_name: m.clone(), state: object }.encode_to_vec(),
    );
    add(
        "ValidateEphemeralResourceConfig",
        wire::validate_ephemeral_resource_config::Request { type_name: m.clone(), config: config.clone() }
            .encode_to_vec(),
    );
    add(
        "OpenEphemeralResource",
        wire::open_ephemeral_resource::Request {
            type_name: m.clone(),
            config: config.clone(),
            ..Default::default()
        }
        .encode_to_vec(),
    );
    add(
        "RenewEphemeralResource",
        wire::renew_ephemeral_resource::Request { type_name: m.clone(), private: Some("p".into()) }
            .encode_to_vec(),
    );
    add(
        "CloseEphemeralResource",
        wire::close_ephemeral_resource::Request { type_name: m.clone(), private: Some("p".into()) }
            .encode_to_vec(),
    );
    add(
        "ListResource",
        wire::list_resource::Request {
            type_name: m.clone(),
            config: config.clone(),
            include_resource_object: true,
            limit: 2,
        }
        .encode_to_vec(),
    );
    add(
        "ValidateListResourceConfig",
        wire::validate_list_resource_config::Request {
            type_name: m.clone(),
            config: config.clone(),
            ..Default::default()
        }
        .encode_to_vec(),
    );
    let any = pack(&Value::Dynamic(Box::new((Type::String, "x".into()))), &Type::Dynamic);
    add(
        "CallFunction",
        wire::call_function::Request { name: "echo".into(), arguments: vec![any.unwrap_or_default()] }
            .encode_to_vec(),
    );
    add(
        "PlanAction",
        wire::plan_action::Request { action_type: m.clone(), config: config.clone(), ..Default::default() }
            .encode_to_vec(),
    );
    add(
        "InvokeAction",
        wire::invoke_action::Request { action_type: m.clone(), config: config.clone(), ..Default::default() }
            .encode_to_vec(),
    );
    add(
        "ValidateActionConfig",
        wire::validate_action_config::Request { type_name: m.clone(), config }.encode_to_vec(),
    );
    seeds
}

/// The type of the resource, and an object of it.
fn object() -> (Type, Value) {
    let ty = everything::schema().ty();
    let part = |n: i64| Value::object([("n", Value::from(n)), ("c", Value::Null)]);
    let mut value = Value::object([("name", Value::from("x")), ("kind", "a".into()), ("on", true.into())]);
    value.put("mail", "a@b");
    value.put("tags", Value::set(["t".into()]));
    value.put("list", Value::list([1.into()]));
    value.put("map", Value::object([("k", Value::from("v"))]));
    value.put("any", Value::Dynamic(Box::new((Type::Number, 1.into()))));
    value.put("one", part(1));
    value.put("rows", Value::list([part(1), part(2)]));
    value.put("bag", Value::set([part(1), part(2)]));
    value.put("by_key", Value::object([("k", part(1))]));
    value.put("union", Value::object([("u", Value::object([("x", Value::from("y"))])), ("v", Value::Null)]));
    value.put("block", Value::list([part(1)]));
    value.put("set_block", Value::set([part(1)]));
    (ty, value)
}
