//! The server over a real connection, driven by a gRPC client: what a resource does well or badly, and what Terraform
//! is told of it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a step that fails fails its test")]

mod measure;
mod numbers;
mod thing;

use std::time::Duration;

use prost::Message as _;
use tfplugin::Server;
use tfplugin::proto::tfplugin6 as wire;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::transport::{Options, TestServer};
use tfplugin::value::{Type, Value};
use tonic::transport::Channel;

type Client = ProviderClient<Channel>;

async fn serve() -> (TestServer, Client) {
    let server =
        TestServer::start(Server::new(thing::Things), &Options::new("example.com/test/things")).unwrap();
    let client = ProviderClient::connect(server.uri()).await.unwrap();
    (server, client)
}

fn pack(value: &Value, ty: &Type) -> Option<wire::DynamicValue> {
    Some(wire::DynamicValue { msgpack: value.to_msgpack(ty).into(), json: Default::default() })
}

fn unpack(value: Option<wire::DynamicValue>) -> Value {
    Value::from_msgpack(&value.unwrap_or_default().msgpack, &thing::ty()).unwrap()
}

fn messages(diagnostics: &[wire::Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|d| d.summary.clone()).collect()
}

/// As Terraform shows it: summary and detail.
fn told(diagnostics: &[wire::Diagnostic]) -> String {
    diagnostics.iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect()
}

fn config(name: &str) -> Value {
    Value::object([("name", Value::from(name)), ("secret_wo", "hush".into())])
}

async fn plan(client: &mut Client, prior: &Value, config: &Value) -> wire::plan_resource_change::Response {
    let ty = thing::ty();
    let request = wire::plan_resource_change::Request {
        type_name: "thing".into(),
        prior_state: pack(prior, &ty),
        proposed_new_state: pack(config, &ty),
        config: pack(config, &ty),
        ..Default::default()
    };
    client.plan_resource_change(request).await.unwrap().into_inner()
}

async fn apply(
    client: &mut Client,
    prior: &Value,
    planned: &Value,
    config: &Value,
    private: &[u8],
) -> wire::apply_resource_change::Response {
    let ty = thing::ty();
    let request = wire::apply_resource_change::Request {
        type_name: "thing".into(),
        prior_state: pack(prior, &ty),
        planned_state: pack(planned, &ty),
        config: pack(config, &ty),
        planned_private: private.to_vec().into(),
        ..Default::default()
    };
    client.apply_resource_change(request).await.unwrap().into_inner()
}

/// Plans and applies a create.
async fn create(client: &mut Client, name: &str) -> (Value, wire::apply_resource_change::Response) {
    let planned = plan(client, &Value::Null, &config(name)).await;
    assert_eq!(messages(&planned.diagnostics), Vec::<String>::new());
    let value = unpack(planned.planned_state);
    let applied = apply(client, &Value::Null, &value, &config(name), &planned.planned_private).await;
    (value, applied)
}

#[tokio::test]
async fn a_create_plans_defaults_and_unknowns_and_keeps_write_only_values_out_of_the_state() {
    let (_server, mut client) = serve().await;
    let (planned, applied) = create(&mut client, "plain").await;
    let expected = Value::object([
        ("id", Value::UNKNOWN),
        ("name", "plain".into()),
        ("size", 1.into()),
        ("secret_wo", Value::Null),
        ("received", Value::UNKNOWN),
    ]);
    assert_eq!(planned, expected);
    let state = unpack(applied.new_state);
    assert_eq!(state.get("received"), &Value::from("hush"), "the resource gets it");
    assert!(state.get("secret_wo").is_null());
    assert_eq!(&applied.private[..], br#"{"planned":true}"#);
}

#[tokio::test]
async fn a_careless_plan_does_not_leak_a_write_only_value() {
    let (_server, mut client) = serve().await;
    let planned = plan(&mut client, &Value::Null, &config("careless")).await;
    assert_eq!(messages(&planned.diagnostics), Vec::<String>::new());
    let bytes = planned.planned_state.clone().unwrap_or_default().msgpack;
    assert!(!bytes.windows(4).any(|window| window == b"hush"));
    assert!(unpack(planned.planned_state).get("secret_wo").is_null());
}

#[tokio::test]
async fn a_panic_is_a_diagnostic_and_the_provider_goes_on() {
    let (_server, mut client) = serve().await;
    let (_, applied) = create(&mut client, "panics").await;
    assert_eq!(messages(&applied.diagnostics), ["The provider hit a fault of its own"]);
    assert!(applied.diagnostics[0].detail.contains("`ApplyResourceChange`: the thing broke"));
    let (_, applied) = create(&mut client, "plain").await;
    assert_eq!(messages(&applied.diagnostics), Vec::<String>::new());
}

#[tokio::test]
async fn a_resource_that_says_too_little_is_told_to_be_at_fault() {
    let (_server, mut client) = serve().await;
    let (_, applied) = create(&mut client, "silent").await;
    assert_eq!(
        told(&applied.diagnostics),
        "The operation failed, and the provider does not say why: This is a fault of the provider: please report it."
    );
    let (_, applied) = create(&mut client, "nothing").await;
    assert_eq!(
        told(&applied.diagnostics),
        "The provider gave no object back: This is a fault of the provider: please report it."
    );
    let request = wire::import_resource_state::Request {
        type_name: "thing".into(),
        id: "nothing".into(),
        ..Default::default()
    };
    let imported = client.import_resource_state(request).await.unwrap().into_inner();
    assert_eq!(
        told(&imported.diagnostics),
        "There is no `thing` to import by that name: Check the import id or identity."
    );
    let request = wire::move_resource_state::Request {
        source_type_name: "other".into(),
        source_state: Some(wire::RawState { json: "{}".into(), flatmap: Default::default() }),
        target_type_name: "plain".into(),
        ..Default::default()
    };
    let moved = client.move_resource_state(request).await.unwrap().into_inner();
    assert_eq!(
        told(&moved.diagnostics),
        "`other` cannot be moved: it came out empty: This is a fault of the provider: please report it."
    );
}

#[tokio::test]
async fn what_no_resource_does_by_itself_says_what_to_do_instead() {
    let (_server, mut client) = serve().await;
    let state = Some(wire::RawState { json: "{}".into(), flatmap: Default::default() });
    let request = wire::upgrade_resource_state::Request {
        type_name: "plain".into(),
        version: 0,
        raw_state: state.clone(),
    };
    let upgraded = client.upgrade_resource_state(request).await.unwrap().into_inner();
    assert_eq!(
        told(&upgraded.diagnostics),
        "The state was written by schema version 0, which this provider cannot read: Use an older version of the \
         provider to upgrade it first."
    );
    let request = wire::upgrade_resource_identity::Request {
        type_name: "plain".into(),
        version: 0,
        raw_identity: state,
    };
    let upgraded = client.upgrade_resource_identity(request).await.unwrap().into_inner();
    assert_eq!(
        told(&upgraded.diagnostics),
        "The identity has version 0, which this provider cannot read: Use an older version of the provider to upgrade it \
         first."
    );
    let ty = Type::object([("key", Type::String)]);
    let identity = pack(&Value::object([("key", Value::from("1"))]), &ty);
    let request = wire::import_resource_state::Request {
        type_name: "plain".into(),
        identity: Some(wire::ResourceIdentityData { identity_data: identity }),
        ..Default::default()
    };
    let imported = client.import_resource_state(request).await.unwrap().into_inner();
    assert_eq!(
        told(&imported.diagnostics),
        "This resource cannot be imported by identity: Import it by its id."
    );
}

#[tokio::test]
async fn what_half_exists_is_kept_with_the_error() {
    let (_server, mut client) = serve().await;
    let (_, applied) = create(&mut client, "half").await;
    assert_eq!(messages(&applied.diagnostics), ["half made"]);
    assert_eq!(unpack(applied.new_state).get("id"), &Value::from("1"));
}

#[tokio::test]
async fn an_unknown_value_in_a_result_is_named_and_the_rest_kept() {
    let (_server, mut client) = serve().await;
    let (_, applied) = create(&mut client, "unknown").await;
    assert_eq!(messages(&applied.diagnostics), ["The provider left `received` unknown"]);
    assert_eq!(unpack(applied.new_state).get("id"), &Value::from("1"));
}

#[tokio::test]
async fn a_failed_update_or_delete_keeps_the_prior_state() {
    let (_server, mut client) = serve().await;
    let prior = Value::object([("id", Value::from("1")), ("name", "a".into()), ("size", 1.into())]);
    let mut wanted = prior.clone();
    wanted.put("size", 2);
    for planned in [&wanted, &Value::Null] {
        let applied = apply(&mut client, &prior, planned, &Value::Null, b"").await;
        assert!(applied.diagnostics[0].summary.starts_with("cannot be"));
        assert_eq!(unpack(applied.new_state).get("size"), &Value::from(1));
    }
}

#[tokio::test]
async fn a_changed_name_replaces() {
    let (_server, mut client) = serve().await;
    let prior = Value::object([("id", Value::from("1")), ("name", "a".into()), ("size", 1.into())]);
    let response = plan(&mut client, &prior, &config("b")).await;
    let path = wire::attribute_path::step::Selector::AttributeName("name".into());
    assert_eq!(response.requires_replace[0].steps[0].selector, Some(path));
}

#[tokio::test]
async fn deleting_is_planned_as_null_and_may_warn() {
    let (_server, mut client) = serve().await;
    let prior = Value::object([("name", Value::from("warns"))]);
    let response = plan(&mut client, &prior, &Value::Null).await;
    assert_eq!(messages(&response.diagnostics), ["it goes for good"]);
    assert!(unpack(response.planned_state).is_null());
}

#[tokio::test]
async fn stopping_cancels_what_runs_and_the_provider_goes_on() {
    let (_server, mut client) = serve().await;
    let mut other = client.clone();
    let running = tokio::spawn(async move { create(&mut other, "slow").await.1 });
    tokio::time::sleep(Duration::from_millis(200)).await;
    client.stop_provider(wire::stop_provider::Request::default()).await.unwrap();
    let applied = tokio::time::timeout(Duration::from_secs(5), running).await.unwrap().unwrap();
    assert_eq!(messages(&applied.diagnostics), ["cancelled"]);
    let (_, applied) = create(&mut client, "plain").await;
    assert_eq!(messages(&applied.diagnostics), Vec::<String>::new());
}

async fn configure(client: &mut Client, greeting: Value) {
    let ty = Type::object([("greeting", Type::String)]);
    let config = pack(&Value::object([("greeting", greeting)]), &ty);
    let request = wire::configure_provider::Request { config, ..Default::default() };
    let response = client.configure_provider(request).await.unwrap().into_inner();
    assert_eq!(messages(&response.diagnostics), Vec::<String>::new());
}

#[tokio::test]
async fn an_unknown_configuration_fails_only_what_needs_it_and_can_be_replaced() {
    let (_server, mut client) = serve().await;
    configure(&mut client, Value::UNKNOWN).await;
    let (_, applied) = create(&mut client, "plain").await;
    assert_eq!(messages(&applied.diagnostics), Vec::<String>::new());
    let (_, applied) = create(&mut client, "greets").await;
    assert_eq!(messages(&applied.diagnostics), ["The provider's configuration is not known yet"]);
    configure(&mut client, "hello".into()).await;
    let (_, applied) = create(&mut client, "greets").await;
    assert_eq!(unpack(applied.new_state).get("received"), &Value::from("hello"));
}

#[tokio::test]
async fn reading_an_object_that_is_gone_answers_null() {
    let (_server, mut client) = serve().await;
    for (name, gone) in [("gone", true), ("here", false)] {
        let request = wire::read_resource::Request {
            type_name: "thing".into(),
            current_state: pack(&Value::object([("name", Value::from(name))]), &thing::ty()),
            ..Default::default()
        };
        let response = client.read_resource(request).await.unwrap().into_inner();
        assert_eq!(unpack(response.new_state).is_null(), gone);
    }
}

#[tokio::test]
async fn an_import_gives_a_whole_object_and_its_private_data() {
    let (_server, mut client) = serve().await;
    let request = wire::import_resource_state::Request {
        type_name: "thing".into(),
        id: "7".into(),
        ..Default::default()
    };
    let response = client.import_resource_state(request).await.unwrap().into_inner();
    let imported = &response.imported_resources[0];
    assert_eq!(unpack(imported.state.clone()).get("id"), &Value::from("7"));
    assert_eq!(&imported.private[..], br#"{"imported":true}"#);
}

#[tokio::test]
async fn states_of_this_version_pass_and_older_ones_are_upgraded() {
    let (_server, mut client) = serve().await;
    for (version, json) in [(2, r#"{"name":"a","gone_attribute":[1]}"#), (1, r#"{"title":"a"}"#)] {
        let request = wire::upgrade_resource_state::Request {
            type_name: "thing".into(),
            version,
            raw_state: Some(wire::RawState { json: json.into(), flatmap: Default::default() }),
        };
        let response = client.upgrade_resource_state(request).await.unwrap().into_inner();
        assert_eq!(messages(&response.diagnostics), Vec::<String>::new());
        let state = unpack(response.upgraded_state);
        assert_eq!((state.get("name"), state.get("id")), (&Value::from("a"), &Value::Null));
    }
}

#[tokio::test]
async fn data_sources_and_ephemeral_resources_are_read() {
    let (_server, mut client) = serve().await;
    let ty = Type::object([("name", Type::String), ("size", Type::Number)]);
    let asked = Value::object([("name", Value::from("a"))]);
    let request = wire::read_data_source::Request {
        type_name: "thing".into(),
        config: pack(&asked, &ty),
        ..Default::default()
    };
    let state = client.read_data_source(request).await.unwrap().into_inner().state.unwrap();
    assert_eq!(Value::from_msgpack(&state.msgpack, &ty).unwrap().get("size"), &Value::from(7));

    let ty = Type::object([("name", Type::String), ("token", Type::String)]);
    let request = wire::open_ephemeral_resource::Request {
        type_name: "thing".into(),
        config: pack(&asked, &ty),
        ..Default::default()
    };
    let opened = client.open_ephemeral_resource(request).await.unwrap().into_inner();
    assert_eq!(opened.private.as_deref(), Some(&b"kept"[..]));
    let value = Value::from_msgpack(&opened.result.unwrap().msgpack, &ty).unwrap();
    assert_eq!(value.get("token"), &Value::from("t"));
}

#[tokio::test]
async fn functions_answer_or_name_the_argument_at_fault() {
    let (_server, mut client) = serve().await;
    let mut call = async |words: &[&str]| {
        let arguments = words.iter().filter_map(|word| pack(&Value::from(*word), &Type::String)).collect();
        let request = wire::call_function::Request { name: "shout".into(), arguments };
        client.call_function(request).await.unwrap().into_inner()
    };
    let result = call(&["hear", "hear"]).await.result.unwrap();
    assert_eq!(Value::from_msgpack(&result.msgpack, &Type::String).unwrap(), Value::from("HEAR HEAR"));
    let error = call(&["hear", ""]).await.error.unwrap();
    assert_eq!((error.text.as_str(), error.function_argument), ("nothing to shout", Some(1)));
}

#[tokio::test]
async fn validation_finds_faults_with_their_path() {
    let (_server, mut client) = serve().await;
    let request = wire::validate_resource_config::Request {
        type_name: "thing".into(),
        config: pack(&config("far too long to be the name of a thing"), &thing::ty()),
        client_capabilities: Some(wire::ClientCapabilities {
            write_only_attributes_allowed: true,
            ..Default::default()
        }),
    };
    let response = client.validate_resource_config(request.clone()).await.unwrap().into_inner();
    assert_eq!(messages(&response.diagnostics), ["Invalid value for `name`"]);
    let name = wire::attribute_path::step::Selector::AttributeName("name".into());
    let steps = vec![wire::attribute_path::Step { selector: Some(name) }];
    assert_eq!(response.diagnostics[0].attribute, Some(wire::AttributePath { steps }));

    let old = wire::validate_resource_config::Request { client_capabilities: None, ..request };
    let response = client.validate_resource_config(old).await.unwrap().into_inner();
    assert_eq!(
        told(&response.diagnostics[..1]),
        "`secret_wo` needs Terraform 1.11 or newer: The attribute is write-only, which this version of Terraform does not \
         know: it would store the value in its state. Use a newer version, or another attribute."
    );
}

#[tokio::test]
async fn names_and_values_that_do_not_fit_are_diagnostics() {
    let (_server, mut client) = serve().await;
    let request = wire::read_resource::Request { type_name: "nothing".into(), ..Default::default() };
    let response = client.read_resource(request).await.unwrap().into_inner();
    assert_eq!(messages(&response.diagnostics), ["This provider has no resource `nothing`"]);

    let request = wire::read_resource::Request {
        type_name: "thing".into(),
        current_state: Some(wire::DynamicValue {
            msgpack: vec![0x91, 0xc1].into(),
            json: Default::default(),
        }),
        ..Default::default()
    };
    let response = client.read_resource(request).await.unwrap().into_inner();
    assert_eq!(messages(&response.diagnostics), ["Terraform sent a value that does not fit the schema"]);
}

async fn schema(client: &mut Client) -> wire::get_provider_schema::Response {
    let request = wire::get_provider_schema::Request {};
    client.get_provider_schema(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_schema_encoded_beforehand_is_sent_as_it_is() {
    let (_made, mut client) = serve().await;
    let made = schema(&mut client).await;
    let encoded = Server::new(thing::Things).encode_schema().unwrap();
    assert_eq!(encoded, Server::new(thing::Things).encode_schema().unwrap(), "the same bytes each time");

    // Told apart from the one that would be made, and longer than one frame.
    let mut marked = wire::get_provider_schema::Response::decode(&*encoded).unwrap();
    assert_eq!(marked, made);
    marked.provider.as_mut().unwrap().block.as_mut().unwrap().description = "marked ".repeat(10_000);
    let options = Options::new("example.com/test/things").with_schema(marked.encode_to_vec().leak());
    let server = TestServer::start(Server::new(thing::Things), &options).unwrap();
    let mut client = ProviderClient::connect(server.uri()).await.unwrap().max_decoding_message_size(1 << 20);
    for _ in 0..2 {
        assert_eq!(schema(&mut client).await, marked);
    }
    let (_, applied) = create(&mut client, "fine").await;
    assert_eq!(messages(&applied.diagnostics), Vec::<String>::new());
}
