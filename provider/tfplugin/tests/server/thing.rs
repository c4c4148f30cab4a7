//! A provider of one resource, whose name says how it behaves.

use std::time::Duration;

use tfplugin::function::{FunctionError, Signature, text};
use tfplugin::schema::validators::length;
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Schema};
use tfplugin::value::{Type, Value};
use tfplugin::{
    Change, Context, DataSource, Diagnostic, Diagnostics, EphemeralResource, Failed, Function, MoveSource,
    Named, Opened, Plan, Provider, Resource, Setup, State, Stored, async_trait,
};

use crate::measure::Measured;

pub(crate) struct Things;

/// What the provider is configured with.
pub(crate) struct Greeting(pub(crate) String);

#[async_trait]
impl Provider for Things {
    type Client = Greeting;

    fn schema(&self) -> Schema {
        Schema::new([("greeting", Attribute::string())])
    }

    fn resources(&self) -> Named<dyn Resource<Greeting>> {
        vec![
            ("thing".into(), Box::new(Thing)),
            ("plain".into(), Box::new(Plain)),
            ("measure".into(), Box::new(Measured)),
        ]
    }

    fn data_sources(&self) -> Named<dyn DataSource<Greeting>> {
        vec![("thing".into(), Box::new(Thing))]
    }

    fn ephemeral_resources(&self) -> Named<dyn EphemeralResource<Greeting>> {
        vec![("thing".into(), Box::new(Thing))]
    }

    fn functions(&self) -> Named<dyn Function> {
        vec![("shout".into(), Box::new(Shout))]
    }

    async fn configure(&self, config: &Value, _: &Setup) -> Result<Option<Greeting>, Diagnostics> {
        Ok(config.get("greeting").as_str().map(|text| Greeting(text.to_owned())))
    }
}

pub(crate) struct Thing;

fn schema() -> Schema {
    Schema::new([
        ("id", Attribute::string().computed().use_state_for_unknown()),
        ("name", Attribute::string().required().validate(length(1..=20)).requires_replace()),
        ("size", Attribute::number().default(1)),
        ("secret_wo", Attribute::string().write_only()),
        ("received", Attribute::string().computed()),
    ])
    .version(2)
}

#[async_trait]
impl Resource<Greeting> for Thing {
    fn schema(&self) -> Schema {
        schema()
    }

    async fn plan(&self, cx: &Context<Greeting>, plan: &mut Plan) -> Result<(), Diagnostics> {
        if plan.planned.is_null() && plan.prior.get("name").as_str() == Some("warns") {
            cx.warn(Diagnostic::warning("it goes for good"));
        }
        plan.private.insert("planned".into(), true.into());
        if plan.planned.get("name").as_str() == Some("careless") {
            plan.planned.put("secret_wo", plan.config.get("secret_wo").clone());
        }
        Ok(())
    }

    async fn create(&self, cx: &Context<Greeting>, change: &Change) -> Result<State, Failed> {
        assert!(change.private.contains_key("planned"), "planned private data arrives");
        let mut made = change.planned.clone();
        made.put("id", "1");
        made.put("received", change.config.get("secret_wo").clone());
        match change.planned.get("name").as_str().unwrap_or_default() {
            "panics" => panic!("the thing broke"),
            "half" => return Err(Failed::from(Diagnostic::error("half made")).with_state(made)),
            "unknown" => made.put("received", Value::UNKNOWN),
            "slow" => {
                let cancelled =
                    tokio::time::timeout(Duration::from_secs(20), cx.cancellation().cancelled()).await;
                let how = if cancelled.is_ok() { "cancelled" } else { "waited in vain" };
                return Err(Diagnostic::error(how).into());
            }
            "silent" => return Err(Failed::from(Diagnostics::new())),
            "nothing" => return Ok(State::from(Value::Null)),
            "greets" => made.put("received", cx.client()?.0.clone()),
            _ => {}
        }
        // A careless resource: the server takes the secret out.
        made.put("secret_wo", change.config.get("secret_wo").clone());
        Ok(made.into())
    }

    async fn read(&self, _: &Context<Greeting>, state: &State) -> Result<Option<State>, Diagnostics> {
        Ok((state.value.get("name").as_str() != Some("gone")).then(|| state.clone()))
    }

    async fn update(&self, _: &Context<Greeting>, _: &Change) -> Result<State, Failed> {
        Err(Diagnostic::error("cannot be updated").into())
    }

    async fn delete(&self, _: &Context<Greeting>, _: &State) -> Result<(), Failed> {
        Err(Diagnostic::error("cannot be deleted").into())
    }

    async fn import(&self, _: &Context<Greeting>, id: &str) -> Result<State, Diagnostics> {
        if id == "nothing" {
            return Ok(State::from(Value::Null));
        }
        let mut state = State::from(Value::object([("id", Value::from(id))]));
        state.private.insert("imported".into(), true.into());
        Ok(state)
    }

    fn upgrade(&self, version: i64, state: &Stored) -> Result<Value, Diagnostics> {
        assert_eq!(version, 1);
        Ok(Value::object([("name", state.json()["title"].as_str().unwrap_or_default().into())]))
    }
}

/// A resource that has an identity and nothing else of its own: the rest is what every resource does.
struct Plain;

#[async_trait]
impl Resource<Greeting> for Plain {
    fn schema(&self) -> Schema {
        Schema::new([("id", Attribute::string().computed())]).version(1)
    }

    fn identity(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([("key", IdentityAttribute::required(Type::String))]).version(1))
    }

    async fn create(&self, _: &Context<Greeting>, change: &Change) -> Result<State, Failed> {
        Ok(change.planned.clone().into())
    }

    async fn read(&self, _: &Context<Greeting>, state: &State) -> Result<Option<State>, Diagnostics> {
        Ok(Some(state.clone()))
    }

    async fn update(&self, _: &Context<Greeting>, change: &Change) -> Result<State, Failed> {
        Ok(change.planned.clone().into())
    }

    async fn delete(&self, _: &Context<Greeting>, _: &State) -> Result<(), Failed> {
        Ok(())
    }

    async fn take_over(&self, _: &Context<Greeting>, _: &MoveSource) -> Result<Option<State>, Diagnostics> {
        Ok(Some(State::from(Value::Null)))
    }
}

#[async_trait]
impl DataSource<Greeting> for Thing {
    fn schema(&self) -> Schema {
        Schema::new([("name", Attribute::string().required()), ("size", Attribute::number().computed())])
    }

    async fn read(&self, _: &Context<Greeting>, config: &Value) -> Result<Value, Diagnostics> {
        Ok(Value::object([("name", config.get("name").clone()), ("size", 7.into())]))
    }
}

#[async_trait]
impl EphemeralResource<Greeting> for Thing {
    fn schema(&self) -> Schema {
        Schema::new([("name", Attribute::string().required()), ("token", Attribute::string().computed())])
    }

    async fn open(&self, _: &Context<Greeting>, config: &Value) -> Result<Opened, Diagnostics> {
        let value = Value::object([("name", config.get("name").clone()), ("token", "t".into())]);
        Ok(Opened { value, private: b"kept".to_vec(), ..Opened::default() })
    }
}

struct Shout;

impl Function for Shout {
    fn signature(&self) -> Signature {
        Signature::returning(Type::String).parameter("what", Type::String, "What to shout.").variadic(
            "more",
            Type::String,
            "What else.",
        )
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let words: Vec<_> = (0..arguments.len()).map(|at| text(arguments, at)).collect();
        match words.iter().position(|word| word.is_empty()) {
            Some(at) => Err(FunctionError::argument(at, "nothing to shout")),
            None => Ok(words.join(" ").to_uppercase().into()),
        }
    }
}

/// The type of the resource's values.
pub(crate) fn ty() -> Type {
    schema().ty()
}
