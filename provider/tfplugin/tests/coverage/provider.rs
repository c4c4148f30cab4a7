//! The provider under test: one of everything. What an object is called says how its operations go.

use std::time::Duration;

use tfplugin::function::{FunctionError, Signature};
use tfplugin::schema::validators::{between, length};
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Nesting, Operation, Schema, Timeouts};
use tfplugin::value::{Type, Value};
use tfplugin::{
    Action, Change, Context, DataSource, DeferReason, Diagnostic, Diagnostics, EphemeralResource, Failed,
    Found, Function, ListResource, Listed, MoveSource, Named, Opened, Plan, Progress, Provider, Query,
    Resource, Setup, State, Stored, async_trait,
};

pub(crate) struct Kit;

/// What the provider is configured with.
pub(crate) struct Client;

#[async_trait]
impl Provider for Kit {
    type Client = Client;

    fn schema(&self) -> Schema {
        Schema::new([("mode", Attribute::string().validate(length(1..=10)))])
    }

    fn meta_schema(&self) -> Option<Schema> {
        Some(Schema::new([("module", Attribute::string())]))
    }

    fn resources(&self) -> Named<dyn Resource<Client>> {
        vec![
            ("kit_thing".into(), Box::new(Thing)),
            ("kit_placed".into(), Box::new(Placed)),
            ("kit_plain".into(), Box::new(Plain)),
        ]
    }

    fn data_sources(&self) -> Named<dyn DataSource<Client>> {
        vec![("kit_thing".into(), Box::new(Thing))]
    }

    fn ephemeral_resources(&self) -> Named<dyn EphemeralResource<Client>> {
        vec![("kit_token".into(), Box::new(Thing))]
    }

    fn list_resources(&self) -> Named<dyn ListResource<Client>> {
        vec![("kit_placed".into(), Box::new(Placed)), ("kit_thing".into(), Box::new(Thing))]
    }

    fn actions(&self) -> Named<dyn Action<Client>> {
        vec![("kit_restart".into(), Box::new(Thing))]
    }

    fn functions(&self) -> Named<dyn Function> {
        vec![("shout".into(), Box::new(Shout)), ("tally".into(), Box::new(Tally))]
    }

    async fn configure(&self, config: &Value, _: &Setup) -> Result<Option<Client>, Diagnostics> {
        match config.get("mode").as_str() {
            Some("broken") => Err(Diagnostic::error("the mode is broken").into()),
            Some("panics") => panic!("the configuration broke"),
            Some("slow") => {
                tokio::time::sleep(Duration::from_millis(300)).await;
                Ok(Some(Client))
            }
            _ => Ok((!config.get("mode").is_unknown()).then_some(Client)),
        }
    }
}

/// Does what the name of an object says.
async fn behave(cx: &Context<Client>, name: &Value) -> Result<(), Diagnostics> {
    match name.as_str().unwrap_or_default() {
        "broken" => Err(Diagnostic::error("it is broken").into()),
        "panics" => panic!("it broke"),
        "needs-client" => cx.client().map(drop).map_err(Into::into),
        "defers" => {
            cx.defer(DeferReason::AbsentPrerequisite);
            Ok(())
        }
        "slow" => {
            let waited = tokio::time::timeout(Duration::from_secs(20), cx.cancellation().cancelled()).await;
            Err(Diagnostic::error(if waited.is_ok() { "ended early" } else { "waited in vain" }).into())
        }
        "meta" => {
            let module = cx.provider_meta().get("module").as_str().unwrap_or("nothing").to_owned();
            cx.warn(Diagnostic::warning(format!("the module is {module}")));
            Ok(())
        }
        _ => Ok(()),
    }
}

pub(crate) struct Thing;

#[async_trait]
impl Resource<Client> for Thing {
    fn schema(&self) -> Schema {
        let variant = || Attribute::object([("bucket", Attribute::string().required())]);
        Schema::new([
            ("id", Attribute::string().computed().use_state_for_unknown()),
            ("name", Attribute::string().required().validate(length(1..=20)).requires_replace()),
            ("size", Attribute::number().default(1)),
            ("any", Attribute::dynamic()),
            ("tags", Attribute::set(Type::String)),
            ("storage", Attribute::union([("s3", variant()), ("gcs", variant())])),
            ("secret_wo", Attribute::string().write_only()),
            ("received", Attribute::string().computed()),
            (
                "rule",
                Attribute::block(
                    Nesting::List,
                    [("port", Attribute::number().required().validate(between(1..=9)))],
                )
                .max_items(2),
            ),
            ("mark", Attribute::block(Nesting::Set, [("key", Attribute::string().required())])),
            ("owner", Attribute::block(Nesting::Single, [("team", Attribute::string())])),
        ])
        .write_only_version("secret_wo")
        .timeouts(Timeouts::of([(Operation::Create, Duration::from_secs(60))]))
        .version(2)
    }

    fn identity(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([("id", IdentityAttribute::required(Type::String))]).version(1))
    }

    async fn plan(&self, cx: &Context<Client>, plan: &mut Plan) -> Result<(), Diagnostics> {
        plan.private.insert("planned".into(), true.into());
        match plan.planned.get("name").as_str() {
            Some("lies") => plan.planned.put("name", "another"),
            Some("slow-create") => {}
            _ => behave(cx, plan.planned.get("name")).await?,
        }
        Ok(())
    }

    async fn create(&self, cx: &Context<Client>, change: &Change) -> Result<State, Failed> {
        let mut made = change.planned.clone();
        made.put("id", "1");
        made.put("received", change.config.get("secret_wo").clone());
        match change.planned.get("name").as_str() {
            Some("half") => return Err(Failed::from(Diagnostic::error("half made")).with_state(made)),
            Some("leaves-unknown") => made.put("received", Value::UNKNOWN),
            Some("lies-later") => made.put("size", 77),
            Some("slow-create") => {
                cx.cancellation().cancelled().await;
                return Err(Failed::from(Diagnostic::error("ended early")).with_state(made));
            }
            _ => behave(cx, change.planned.get("name")).await?,
        }
        Ok(made.into())
    }

    async fn read(&self, cx: &Context<Client>, state: &State) -> Result<Option<State>, Diagnostics> {
        behave(cx, state.value.get("name")).await?;
        let mut now = state.clone();
        now.private.insert("seen".into(), true.into());
        if state.value.get("name").as_str() == Some("moved-away") {
            now.value.put("id", "another");
        }
        now.identity = Value::Null;
        Ok((state.value.get("name").as_str() != Some("gone")).then_some(now))
    }

    async fn update(&self, cx: &Context<Client>, change: &Change) -> Result<State, Failed> {
        behave(cx, change.planned.get("name")).await?;
        let mut made = change.planned.clone();
        let sent = if change.sends("secret_wo") { "sent" } else { "kept" };
        made.put("received", sent);
        Ok(made.into())
    }

    async fn delete(&self, cx: &Context<Client>, state: &State) -> Result<(), Failed> {
        Ok(behave(cx, state.value.get("name")).await?)
    }

    async fn import(&self, cx: &Context<Client>, id: &str) -> Result<State, Diagnostics> {
        behave(cx, &id.into()).await?;
        Ok(Value::object([("id", Value::from(id))]).into())
    }

    fn upgrade(&self, version: i64, state: &Stored) -> Result<Value, Diagnostics> {
        match version {
            1 => Ok(Value::object([("name", state.json()["title"].as_str().unwrap_or_default().into())])),
            _ => Err(Diagnostic::error("too old").into()),
        }
    }

    fn upgrade_identity(&self, version: i64, identity: &Stored) -> Result<Value, Diagnostics> {
        match version {
            0 => Ok(Value::object([("id", identity.json()["key"].as_str().unwrap_or_default().into())])),
            _ => Err(Diagnostic::error("too new").into()),
        }
    }

    async fn take_over(
        &self,
        cx: &Context<Client>,
        source: &MoveSource,
    ) -> Result<Option<State>, Diagnostics> {
        if source.provider() != "null" || source.type_name != "null_resource" || source.schema_version != 3 {
            return Ok(None);
        }
        let ty = Type::object([("id", Type::String), ("name", Type::String)]);
        let state = source.read(&ty).map_err(|error| Diagnostic::error(error.to_string()))?;
        behave(cx, state.get("name")).await?;
        let mut taken = State::from(state);
        taken.private.insert("from".into(), String::from_utf8_lossy(&source.private).into_owned().into());
        Ok(Some(taken))
    }
}

#[async_trait]
impl DataSource<Client> for Thing {
    fn schema(&self) -> Schema {
        Schema::new([
            ("name", Attribute::string().required().validate(length(1..=20))),
            ("size", Attribute::number().computed()),
        ])
    }

    async fn read(&self, cx: &Context<Client>, config: &Value) -> Result<Value, Diagnostics> {
        behave(cx, config.get("name")).await?;
        Ok(Value::object([("name", config.get("name").clone()), ("size", 7.into())]))
    }
}

#[async_trait]
impl EphemeralResource<Client> for Thing {
    fn schema(&self) -> Schema {
        Schema::new([
            ("name", Attribute::string().required().validate(length(1..=20))),
            ("token", Attribute::string().computed().sensitive()),
        ])
    }

    async fn open(&self, cx: &Context<Client>, config: &Value) -> Result<Opened, Diagnostics> {
        behave(cx, config.get("name")).await?;
        let value = Value::object([("name", config.get("name").clone()), ("token", "t".into())]);
        let private = config.get("name").as_str().unwrap_or_default().into();
        Ok(Opened { value, private, renew_at: Some(std::time::SystemTime::UNIX_EPOCH) })
    }

    async fn renew(&self, cx: &Context<Client>, private: &[u8]) -> Result<Opened, Diagnostics> {
        behave(cx, &String::from_utf8_lossy(private).into_owned().into()).await?;
        Ok(Opened { private: b"renewed".to_vec(), ..Opened::default() })
    }

    async fn close(&self, cx: &Context<Client>, private: &[u8]) -> Result<(), Diagnostics> {
        behave(cx, &String::from_utf8_lossy(private).into_owned().into()).await
    }
}

#[async_trait]
impl ListResource<Client> for Thing {
    fn schema(&self) -> Schema {
        Schema::new([("name", Attribute::string().validate(length(1..=20)))])
    }

    async fn list(&self, cx: &Context<Client>, query: &Query, found: &mut Found) -> Result<(), Diagnostics> {
        for number in 1..=1000 {
            let (id, name) = (number.to_string(), format!("thing {number}"));
            let object = Value::object([("id", Value::from(id)), ("name", name.as_str().into())]);
            let listed = Listed { display_name: name, object: Some(object), ..Listed::default() };
            if found.push(listed).await.is_break() {
                return Ok(());
            }
            if number == 3 {
                behave(cx, query.config.get("name")).await?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Action<Client> for Thing {
    fn schema(&self) -> Schema {
        Schema::new([("name", Attribute::string().required().validate(length(1..=20)))])
    }

    async fn plan(&self, cx: &Context<Client>, config: &Value) -> Result<(), Diagnostics> {
        behave(cx, config.get("name")).await
    }

    async fn invoke(
        &self,
        cx: &Context<Client>,
        config: &Value,
        progress: &Progress,
    ) -> Result<(), Diagnostics> {
        if config.get("name").as_str() == Some("echoes") {
            progress.report(echo()).await;
            return Ok(());
        }
        progress.report("stopping").await;
        behave(cx, config.get("name")).await?;
        progress.report("starting").await;
        Ok(())
    }
}

/// What no text may leave the process with.
fn echo() -> String {
    tfplugin::log::redact("kit-hush");
    "\u{1b}[8mkit-hush\u{202e}".to_owned()
}

/// Counts the texts of its arguments, of which the last ones may hold null.
struct Tally;

impl Function for Tally {
    fn signature(&self) -> Signature {
        let texts = Type::list(Type::String);
        let inside = Type::object([("set", Type::set(Type::String)), ("map", Type::map(texts.clone()))]);
        Signature::returning(Type::Number)
            .parameter("texts", texts.clone(), "Some texts.")
            .parameter("inside", inside, "More of them.")
            .variadic("holed", texts, "Texts, and null.")
            .allow_null_elements()
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let lists = arguments.iter().filter_map(Value::as_elements);
        Ok(i64::try_from(lists.map(<[Value]>::len).sum::<usize>()).unwrap_or_default().into())
    }
}

struct Shout;

impl Function for Shout {
    fn signature(&self) -> Signature {
        Signature::returning(Type::String)
            .parameter("what", Type::String, "What to shout.")
            .parameter("how", Type::String, "How loud.")
            .nullable()
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let how = arguments[1].as_str().unwrap_or("!");
        match arguments[0].as_str().unwrap_or_default() {
            "" => Err(FunctionError::argument(0, "nothing to shout")),
            "panics" => panic!("too loud"),
            "echoes" => Err(FunctionError { text: echo(), argument: None }),
            what => Ok(format!("{}{how}", what.to_uppercase()).into()),
        }
    }
}

/// A resource without an identity, and without an import.
struct Plain;

#[async_trait]
impl Resource<Client> for Plain {
    fn schema(&self) -> Schema {
        Schema::new([("name", Attribute::string())])
    }

    async fn create(&self, _: &Context<Client>, change: &Change) -> Result<State, Failed> {
        Ok(change.planned.clone().into())
    }

    async fn read(&self, _: &Context<Client>, state: &State) -> Result<Option<State>, Diagnostics> {
        Ok(Some(state.clone()))
    }

    async fn update(&self, _: &Context<Client>, change: &Change) -> Result<State, Failed> {
        Ok(change.planned.clone().into())
    }

    async fn delete(&self, _: &Context<Client>, _: &State) -> Result<(), Failed> {
        Ok(())
    }
}

/// A resource whose identity has an optional part.
struct Placed;

#[async_trait]
impl Resource<Client> for Placed {
    fn schema(&self) -> Schema {
        Schema::new([("id", Attribute::string().computed()), ("region", Attribute::string())])
    }

    fn identity(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([
            ("id", IdentityAttribute::required(Type::String)),
            ("region", IdentityAttribute::optional(Type::String)),
        ]))
    }

    async fn create(&self, _: &Context<Client>, change: &Change) -> Result<State, Failed> {
        Ok(change.planned.clone().into())
    }

    async fn read(&self, _: &Context<Client>, state: &State) -> Result<Option<State>, Diagnostics> {
        let mut now = state.value.clone();
        now.put("region", "eu");
        Ok(Some(now.into()))
    }

    async fn update(&self, _: &Context<Client>, change: &Change) -> Result<State, Failed> {
        Ok(change.planned.clone().into())
    }

    async fn delete(&self, _: &Context<Client>, _: &State) -> Result<(), Failed> {
        Ok(())
    }

    async fn import(&self, _: &Context<Client>, id: &str) -> Result<State, Diagnostics> {
        Ok(Value::object([("id", Value::from(id))]).into())
    }
}

#[async_trait]
impl ListResource<Client> for Placed {
    fn schema(&self) -> Schema {
        Schema::new(Vec::<(&str, Attribute)>::new())
    }

    async fn list(&self, _: &Context<Client>, _: &Query, found: &mut Found) -> Result<(), Diagnostics> {
        let of = |display_name: &str| Listed { display_name: display_name.to_owned(), ..Listed::default() };
        let id = |id: &str| Value::object([("id", Value::from(id))]);
        let object = Value::object([("id", Value::from("2")), ("region", "eu".into())]);
        let broken = Diagnostic::error("it is broken").detail("why");
        for listed in [
            Listed { identity: id("1"), ..of("first\n of\ttwo\r\n") },
            Listed { identity: id("x"), diagnostics: broken.into(), ..of("second") },
            of("third"),
            Listed { object: Some(object), ..of("fourth") },
            Listed { identity: id("5"), ..of("beyond the limit") },
        ] {
            if found.push(listed).await.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// A provider whose schemas Terraform would refuse.
pub(crate) struct Faulty;

#[async_trait]
impl Provider for Faulty {
    type Client = Client;

    fn schema(&self) -> Schema {
        Schema::new([("Mode", Attribute::string())])
    }

    fn list_resources(&self) -> Named<dyn ListResource<Client>> {
        vec![("kit_nothing".into(), Box::new(Thing))]
    }

    async fn configure(&self, _: &Value, _: &Setup) -> Result<Option<Client>, Diagnostics> {
        Ok(None)
    }
}
