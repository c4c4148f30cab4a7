//! A provider with one of everything, which does nothing but answer.

use std::time::Duration;

use tfplugin::function::{FunctionError, Signature};
use tfplugin::schema::validators::{between, each, item_count, keys, length, matches, one_of};
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Nesting, Operation, Schema, Timeouts};
use tfplugin::value::{Type, Value};
use tfplugin::{
    Action, Change, Context, DataSource, Diagnostics, EphemeralResource, Failed, Found, Function,
    ListResource, Listed, MoveSource, Named, Opened, Progress, Provider, Query, Resource, Setup, State,
    Stored, async_trait,
};

pub struct Everything;

pub fn schema() -> Schema {
    let part = || [("n", Attribute::number().required()), ("c", Attribute::string().computed())];
    let variant = || Attribute::object([("x", Attribute::string())]);
    Schema::new([
        ("id", Attribute::string().computed().use_state_for_unknown()),
        ("name", Attribute::string().required().validate(length(1..=9)).requires_replace()),
        ("kind", Attribute::string().default("a").validate(one_of(["a", "b"]))),
        ("mail", Attribute::string().validate(matches(".+@.+", "mail")).semantic_equality(same)),
        ("size", Attribute::number().computed().or_configured().validate(between(1..=9))),
        ("on", Attribute::bool().default(true)),
        ("tags", Attribute::set(Type::String).validate(item_count(0..=3))),
        ("list", Attribute::list(Type::Number).validate(each(between(0..=9)))),
        ("map", Attribute::map(Type::String).validate(keys(length(1..=3)))),
        ("any", Attribute::dynamic()),
        ("secret_wo", Attribute::string().write_only()),
        ("secret_wo_version", Attribute::number()),
        ("one", Attribute::object(part())),
        ("rows", Attribute::list_of(part())),
        ("bag", Attribute::set_of(part())),
        ("by_key", Attribute::map_of(part())),
        ("union", Attribute::union([("u", variant()), ("v", variant())])),
        ("block", Attribute::block(Nesting::List, part())),
        ("set_block", Attribute::block(Nesting::Set, part()).max_items(2)),
    ])
    .version(2)
    .timeouts(Timeouts::of([(Operation::Create, Duration::from_secs(60))]))
    .write_only_version("secret_wo")
}

fn same(a: &Value, b: &Value) -> bool {
    a.as_str().zip(b.as_str()).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
}

fn config() -> Schema {
    Schema::new([("name", Attribute::string().required()), ("any", Attribute::dynamic())])
}

#[async_trait]
impl Provider for Everything {
    type Client = ();

    fn schema(&self) -> Schema {
        config()
    }

    fn resources(&self) -> Named<dyn Resource<()>> {
        vec![("thing".into(), Box::new(Thing))]
    }

    fn data_sources(&self) -> Named<dyn DataSource<()>> {
        vec![("thing".into(), Box::new(Thing))]
    }

    fn ephemeral_resources(&self) -> Named<dyn EphemeralResource<()>> {
        vec![("thing".into(), Box::new(Thing))]
    }

    fn list_resources(&self) -> Named<dyn ListResource<()>> {
        vec![("thing".into(), Box::new(Thing))]
    }

    fn actions(&self) -> Named<dyn Action<()>> {
        vec![("thing".into(), Box::new(Thing))]
    }

    fn functions(&self) -> Named<dyn Function> {
        vec![("echo".into(), Box::new(Thing))]
    }

    async fn configure(&self, config: &Value, _: &Setup) -> Result<Option<()>, Diagnostics> {
        Ok(config.is_wholly_known().then_some(()))
    }
}

struct Thing;

fn made(change: &Change) -> State {
    fn settle(value: &mut Value) {
        match value {
            Value::Unknown(_) => *value = Value::Null,
            Value::List(elements) | Value::Set(elements) => elements.iter_mut().for_each(settle),
            Value::Map(entries) => entries.values_mut().for_each(settle),
            Value::Dynamic(inner) => settle(&mut inner.1),
            _ => {}
        }
    }
    let mut value = change.planned.clone();
    settle(&mut value);
    value.put("id", "1");
    value.into()
}

#[async_trait]
impl Resource<()> for Thing {
    fn schema(&self) -> Schema {
        schema()
    }

    fn identity(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([
            ("id", IdentityAttribute::required(Type::String)),
            ("name", IdentityAttribute::optional(Type::String)),
        ]))
    }

    async fn create(&self, _: &Context<()>, change: &Change) -> Result<State, Failed> {
        Ok(made(change))
    }

    async fn read(&self, _: &Context<()>, state: &State) -> Result<Option<State>, Diagnostics> {
        Ok((state.value.get("name").as_str() != Some("gone")).then(|| state.clone()))
    }

    async fn update(&self, _: &Context<()>, change: &Change) -> Result<State, Failed> {
        Ok(made(change))
    }

    async fn delete(&self, _: &Context<()>, _: &State) -> Result<(), Failed> {
        Ok(())
    }

    async fn import(&self, _: &Context<()>, id: &str) -> Result<State, Diagnostics> {
        Ok(Value::object([("id", id)].map(|(name, id)| (name, Value::from(id)))).into())
    }

    async fn take_over(&self, _: &Context<()>, source: &MoveSource) -> Result<Option<State>, Diagnostics> {
        Ok(source.read(&schema().ty()).ok().map(State::from))
    }

    fn upgrade(&self, _: i64, state: &Stored) -> Result<Value, Diagnostics> {
        Ok(Value::object([
            ("name", state.json()["name"].as_str().unwrap_or("x").into()),
            ("id", Value::from("1")),
        ]))
    }
}

#[async_trait]
impl DataSource<()> for Thing {
    fn schema(&self) -> Schema {
        config()
    }

    async fn read(&self, _: &Context<()>, config: &Value) -> Result<Value, Diagnostics> {
        Ok(config.clone())
    }
}

#[async_trait]
impl EphemeralResource<()> for Thing {
    fn schema(&self) -> Schema {
        config()
    }

    async fn open(&self, _: &Context<()>, config: &Value) -> Result<Opened, Diagnostics> {
        Ok(Opened { value: config.clone(), private: b"p".to_vec(), ..Opened::default() })
    }
}

#[async_trait]
impl ListResource<()> for Thing {
    fn schema(&self) -> Schema {
        config()
    }

    async fn list(&self, _: &Context<()>, _: &Query, found: &mut Found) -> Result<(), Diagnostics> {
        for id in ["a", "b", "c"] {
            let object = Value::object([("id", Value::from(id)), ("name", id.into())]);
            let listed = Listed { object: Some(object), display_name: id.into(), ..Listed::default() };
            if found.push(listed).await.is_break() {
                break;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Action<()> for Thing {
    fn schema(&self) -> Schema {
        config()
    }

    async fn invoke(&self, _: &Context<()>, _: &Value, progress: &Progress) -> Result<(), Diagnostics> {
        progress.report("half way").await;
        Ok(())
    }
}

impl Function for Thing {
    fn signature(&self) -> Signature {
        Signature::returning(Type::Dynamic).parameter("what", Type::Dynamic, "What.").variadic(
            "more",
            Type::Number,
            "What else.",
        )
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        Ok(arguments.first().cloned().unwrap_or_default())
    }
}
