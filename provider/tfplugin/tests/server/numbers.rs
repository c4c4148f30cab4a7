//! Numbers on the whole way from Terraform to a resource and back.

use tfplugin::model::Model as _;
use tfplugin::proto::tfplugin6 as wire;
use tfplugin::schema::Schema;
use tfplugin::value::{Number, Type, Value};

use crate::measure::{Measure, ty};
use crate::{Client, messages, pack, serve, told};

fn third() -> String {
    format!("0.{}", "3".repeat(155))
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

/// A configuration with the same number in each float.
fn config(text: &str) -> Value {
    let part = Value::object([("weight", number(text)), ("port", Value::Null)]);
    let mut config = Measure::schema().empty();
    config.put("share", number(text));
    config.put("shares", Value::list([1.into(), number(text)]));
    config.put("parts", Value::object([("a", part)]));
    config
}

fn unpack(value: Option<wire::DynamicValue>) -> Value {
    Value::from_msgpack(&value.unwrap_or_default().msgpack, &ty()).unwrap()
}

/// As core proposes it: what is computed and not configured is as it was.
fn proposed(prior: &Value, config: &Value) -> Value {
    let mut proposed = config.clone();
    for name in ["id", "rest"] {
        proposed.put(name, prior.get(name).clone());
    }
    proposed
}

async fn plan(client: &mut Client, prior: &Value, config: &Value) -> wire::plan_resource_change::Response {
    let request = wire::plan_resource_change::Request {
        type_name: "measure".into(),
        prior_state: pack(prior, &ty()),
        proposed_new_state: pack(&proposed(prior, config), &ty()),
        config: pack(config, &ty()),
        ..Default::default()
    };
    let planned = client.plan_resource_change(request).await.unwrap().into_inner();
    assert_eq!(messages(&planned.diagnostics), Vec::<String>::new());
    planned
}

/// The state that a create leaves, with its private data and identity.
async fn create(client: &mut Client, config: &Value) -> wire::apply_resource_change::Response {
    let planned = plan(client, &Value::Null, config).await;
    assert_eq!(unpack(planned.planned_state.clone()).get("shares"), config.get("shares"));
    let request = wire::apply_resource_change::Request {
        type_name: "measure".into(),
        prior_state: pack(&Value::Null, &ty()),
        planned_state: planned.planned_state,
        config: pack(config, &ty()),
        planned_private: planned.planned_private,
        ..Default::default()
    };
    let made = client.apply_resource_change(request).await.unwrap().into_inner();
    assert_eq!(messages(&made.diagnostics), Vec::<String>::new());
    made
}

#[tokio::test]
async fn a_model_with_floats_keeps_the_digits_of_the_configuration_and_plans_nothing_more() {
    let (_server, mut client) = serve().await;
    for text in [
        third().as_str(),
        "0.1",
        "0.30000000000000004",
        "1e300",
        "5e-324",
        "-0",
        "9007199254740993",
        "18446744073709551616",
        "0.1000000000000000055511151231257827021181583404541015625",
    ] {
        let config = config(text);
        let made = create(&mut client, &config).await;
        let state = unpack(made.new_state.clone());
        for name in ["share", "shares", "parts"] {
            assert_eq!(state.get(name), config.get(name), "{text}");
        }
        assert_eq!(state.get("rest"), &number("0.1"));
        let request = wire::read_resource::Request {
            type_name: "measure".into(),
            current_state: made.new_state,
            private: made.private,
            current_identity: made.new_identity.clone(),
            ..Default::default()
        };
        let read = client.read_resource(request).await.unwrap().into_inner();
        assert_eq!(told(&read.diagnostics), "");
        assert_eq!(unpack(read.new_state), state, "{text}");
        assert_eq!(read.new_identity, made.new_identity);
        let planned = plan(&mut client, &state, &config).await;
        assert_eq!(unpack(planned.planned_state), state, "{text}");
    }
}

#[tokio::test]
async fn a_float_of_another_provider_is_the_number_that_it_prints_as() {
    let (_server, mut client) = serve().await;
    let prior = unpack(create(&mut client, &config("0.1")).await.new_state);
    let mut bytes = vec![0xcb];
    bytes.extend_from_slice(&0.1_f64.to_be_bytes());
    assert_eq!(Value::from_msgpack(&bytes, &Type::Number), Ok(number("0.1")));
    // Written with every digit of the float, it is the same float and another number.
    let exact = "0.1000000000000000055511151231257827021181583404541015625";
    let planned = plan(&mut client, &prior, &config(exact)).await;
    assert_eq!(unpack(planned.planned_state), prior);
    assert_eq!(planned.requires_replace, []);
}

#[tokio::test]
async fn what_a_model_cannot_hold_is_refused_while_validating() {
    let (_server, mut client) = serve().await;
    let mut config = config("1e400");
    config
        .put("parts", Value::object([("a", Value::object([("weight", 1.into()), ("port", 70_000.into())]))]));
    let request = wire::validate_resource_config::Request {
        type_name: "measure".into(),
        config: pack(&config, &ty()),
        ..Default::default()
    };
    let found = client.validate_resource_config(request).await.unwrap().into_inner();
    let mut said: Vec<_> = found.diagnostics.iter().map(|one| one.detail.as_str()).collect();
    said.sort_unstable();
    assert_eq!(
        said,
        [
            "`parts[\"a\"].port` must be a whole number between 0 and 65535, but it is `70000`.",
            "`share` must be within the range of a 64-bit float, 4.9e-324 to 1.8e308 in size, but it is `1e400`.",
            "`shares[1]` must be within the range of a 64-bit float, 4.9e-324 to 1.8e308 in size, but it is `1e400`.",
        ]
    );
}

/// A state as Terraform's file has it.
fn stored() -> (wire::RawState, Value) {
    let exact = "123456789012345678901234567890.12345678901234567890";
    let json = format!(
        r#"{{"id":"1","share":{0},"rest":0.1,"shares":[{0},1e400],"exact":{exact},"parts":{{"a":{{"weight":{0},"port":1}}}}}}"#,
        third()
    );
    let part = Value::object([("weight", number(&third())), ("port", 1.into())]);
    let value = Value::object([
        ("id", Value::from("1")),
        ("share", number(&third())),
        ("rest", number("0.1")),
        ("shares", Value::list([number(&third()), number("1e400")])),
        ("exact", number(exact)),
        ("parts", Value::object([("a", part)])),
    ]);
    (wire::RawState { json: json.into(), flatmap: Default::default() }, value)
}

#[tokio::test]
async fn an_upgrade_and_a_move_keep_every_digit() {
    let (_server, mut client) = serve().await;
    let (raw, value) = stored();
    for version in [1, 2] {
        let request = wire::upgrade_resource_state::Request {
            type_name: "measure".into(),
            version,
            raw_state: Some(raw.clone()),
        };
        let upgraded = client.upgrade_resource_state(request).await.unwrap().into_inner();
        assert_eq!(told(&upgraded.diagnostics), "");
        assert_eq!(unpack(upgraded.upgraded_state), value);
    }
    let request = wire::move_resource_state::Request {
        source_provider_address: "example.com/other/things".into(),
        source_type_name: "measured".into(),
        source_state: Some(raw),
        target_type_name: "measure".into(),
        ..Default::default()
    };
    let moved = client.move_resource_state(request).await.unwrap().into_inner();
    assert_eq!(told(&moved.diagnostics), "");
    assert_eq!(unpack(moved.target_state), value);
}

#[test]
fn a_default_that_is_a_float_is_what_it_prints_as() {
    let schema: Schema = Measure::schema();
    let default = schema.attributes()["rest"].default_value();
    assert_eq!(default, Some(&Value::Number(Number::from_f64(0.1).unwrap())));
}
