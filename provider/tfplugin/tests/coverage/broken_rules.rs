//! What is told of a provider whose answers break a rule of Terraform: which, where, and in the middle of what.

use serde_json::{Value as Json, json};
use tfplugin::function::{FunctionError, Signature};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::transport::{Options, TestServer};
use tfplugin::value::{Type, Value};
use tfplugin::{
    Change, Context, DataSource, Diagnostics, EphemeralResource, Failed, Function, MoveSource, Named, Opened,
    Provider, Resource, Server, Setup, State, Stored, async_trait,
};

use crate::cases::{fine, refused_with};
use crate::client::{Client, Protocol, UNKNOWN, dv, raw};

/// Answers text where a number is wanted; and nothing at all where something is read that must be there.
struct Liar;

fn lie() -> Value {
    Value::object([("size", Value::from("large"))])
}

#[async_trait]
impl Provider for Liar {
    type Client = ();

    fn schema(&self) -> Schema {
        Schema::default()
    }

    fn resources(&self) -> Named<dyn Resource<()>> {
        vec![("liar_thing".into(), Box::new(Self))]
    }

    fn data_sources(&self) -> Named<dyn DataSource<()>> {
        vec![("liar_thing".into(), Box::new(Self))]
    }

    fn ephemeral_resources(&self) -> Named<dyn EphemeralResource<()>> {
        vec![("liar_thing".into(), Box::new(Self))]
    }

    fn functions(&self) -> Named<dyn Function> {
        vec![("size".into(), Box::new(Self))]
    }

    async fn configure(&self, _: &Value, _: &Setup) -> Result<Option<()>, Diagnostics> {
        Ok(Some(()))
    }
}

fn schema() -> Schema {
    Schema::new([("size", Attribute::number().computed())]).version(1)
}

#[async_trait]
impl Resource<()> for Liar {
    fn schema(&self) -> Schema {
        schema()
    }

    async fn create(&self, _: &Context<()>, _: &Change) -> Result<State, Failed> {
        Ok(lie().into())
    }

    async fn read(&self, _: &Context<()>, _: &State) -> Result<Option<State>, Diagnostics> {
        Ok(Some(lie().into()))
    }

    async fn update(&self, _: &Context<()>, _: &Change) -> Result<State, Failed> {
        Ok(lie().into())
    }

    async fn delete(&self, _: &Context<()>, _: &State) -> Result<(), Failed> {
        Ok(())
    }

    async fn import(&self, _: &Context<()>, _: &str) -> Result<State, Diagnostics> {
        Ok(lie().into())
    }

    fn upgrade(&self, _: i64, _: &Stored) -> Result<Value, Diagnostics> {
        Ok(lie())
    }

    async fn take_over(&self, _: &Context<()>, _: &MoveSource) -> Result<Option<State>, Diagnostics> {
        Ok(Some(lie().into()))
    }
}

#[async_trait]
impl DataSource<()> for Liar {
    fn schema(&self) -> Schema {
        schema()
    }

    async fn read(&self, _: &Context<()>, _: &Value) -> Result<Value, Diagnostics> {
        Ok(Value::Null)
    }
}

#[async_trait]
impl EphemeralResource<()> for Liar {
    fn schema(&self) -> Schema {
        schema()
    }

    async fn open(&self, _: &Context<()>, _: &Value) -> Result<Opened, Diagnostics> {
        Ok(Opened::default())
    }
}

impl Function for Liar {
    fn signature(&self) -> Signature {
        Signature::returning(Type::list(Type::Number))
    }

    fn call(&self, _: &[Value]) -> Result<Value, FunctionError> {
        Ok(Value::List(vec!["large".into()]))
    }
}

async fn client() -> (TestServer, Client) {
    let options = Options::new("example.com/test/liar");
    let server = TestServer::start(Server::new(Liar).checking(true), &options).unwrap();
    let client = Client::connect(server.uri(), Protocol::load()).await;
    let configured = client.call("ConfigureProvider", json!({ "config": dv(&json!({})) })).await;
    fine(&configured);
    (server, client)
}

/// The answer must tell of one broken rule.
fn broken(answer: &Json, rule: &str) {
    refused_with(
        answer,
        &format!("The provider broke a rule of Terraform while it {rule}"),
        "This is a bug of the provider, and not of the configuration: please report it to its authors.",
    );
}

#[tokio::test]
async fn a_value_of_another_type_is_told_with_what_the_provider_was_doing() {
    let (_server, client) = client().await;
    let of = |size: Json| dv(&json!({ "size": size }));
    let source = json!({
        "target_type_name": "liar_thing", "source_type_name": "null_resource", "source_state": raw(&json!({})),
    });
    let change = json!({
        "type_name": "liar_thing", "prior_state": of(1.into()), "planned_state": of(UNKNOWN.into()),
        "config": of(Json::Null),
    });
    let stored = json!({ "type_name": "liar_thing", "version": 0, "raw_state": raw(&json!({})) });
    let state = json!({ "type_name": "liar_thing", "current_state": of(1.into()) });
    for (method, request, doing) in [
        ("UpgradeResourceState", stored, "upgraded a state"),
        ("ReadResource", state, "read an object"),
        ("ImportResourceState", json!({ "type_name": "liar_thing", "id": "1" }), "imported an object"),
        ("MoveResourceState", source, "took over an object"),
        ("ApplyResourceChange", change, "updated an object"),
    ] {
        let answer = client.call(method, request).await;
        broken(&answer, &format!("{doing}: `size` does not fit the schema: a number is required"));
    }
}

#[tokio::test]
async fn something_read_that_is_not_there_is_told_with_what_the_provider_was_doing() {
    let (_server, client) = client().await;
    let config = json!({ "type_name": "liar_thing", "config": dv(&json!({ "size": null })) });
    for (method, doing) in
        [("ReadDataSource", "read a data source"), ("OpenEphemeralResource", "opened an ephemeral resource")]
    {
        let answer = client.call(method, config.clone()).await;
        broken(&answer, &format!("{doing}: the object is null, but something that is read must be there"));
    }
}

#[tokio::test]
async fn a_function_that_gives_another_type_than_it_says_is_told() {
    let (_server, client) = client().await;
    let answer = client.call("CallFunction", json!({ "name": "size", "arguments": [] })).await;
    assert_eq!(
        answer["error"]["text"],
        "the provider gave a result of another type: [0] a number is required"
    );
}
