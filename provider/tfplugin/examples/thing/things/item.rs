//! `thing_item`: a resource with every kind of attribute, and the data source of the same name. It was called
//! `thing_element` once: that name still works, and a `moved` block leads from it.

use std::sync::Arc;

use tfplugin::schema::validators::{item_count, keys, length, matches, one_of};
use tfplugin::schema::{Attribute, Numbers, Schema};
use tfplugin::value::{DecodeError, Type, Value};
use tfplugin::{
    Change, Context, DataSource, Diagnostic, Diagnostics, Failed, MoveSource, Plan, Resource, State, Stored,
    async_trait,
};

use super::{Store, missing};

pub(super) struct Item {
    ty: Type,
}

impl Item {
    pub(super) fn new() -> Self {
        Self { ty: schema().ty() }
    }
}

/// The text of an address, for which upper and lower case are the same.
fn same_text(a: &Value, b: &Value) -> bool {
    a.as_str().zip(b.as_str()).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
}

pub(super) fn schema() -> Schema {
    Schema::new(plain_attributes().into_iter().chain(nested_attributes()).chain(secret_attributes()))
        .version(1)
        .write_only_version("password_wo")
        .describe("A thing with many properties.")
}

fn plain_attributes() -> Vec<(&'static str, Attribute)> {
    let name = || length(1..=40);
    vec![
        ("id", Attribute::string().computed().use_state_for_unknown().describe("Id of the thing.")),
        ("name", Attribute::string().required().validate(name()).requires_replace().describe("Its name.")),
        ("description", Attribute::string().describe("What it is for.")),
        (
            "kind",
            Attribute::string()
                .computed()
                .or_configured()
                .use_state_for_unknown()
                .describe("Its kind; `plain` if left out."),
        ),
        ("size", Attribute::number().numbers(Numbers::whole(1..=1_000)).default(1).describe("Its size.")),
        ("ratio", Attribute::number().describe("An exact number of any precision.")),
        ("enabled", Attribute::bool().default(true).describe("Whether it is switched on.")),
        (
            "contact",
            Attribute::string()
                .validate(matches("[^@ ]+@[^@ ]+", "an address such as `someone@example.com`"))
                .semantic_equality(same_text)
                .describe("Whom to ask. Upper and lower case are the same."),
        ),
        ("labels", Attribute::map(Type::String).validate(keys(name())).describe("Free text by name.")),
        ("tags", Attribute::set(Type::String).validate(item_count(0..=50)).describe("Words to find it by.")),
        ("aliases", Attribute::list(Type::String).describe("Other names, the best first.")),
        ("settings", Attribute::dynamic().describe("Anything.")),
        ("revision", Attribute::int64().computed().describe("Counts the changes.")),
    ]
}

fn nested_attributes() -> Vec<(&'static str, Attribute)> {
    let limits = Attribute::object([
        ("cpu", Attribute::float64().required().describe("Processors.")),
        ("memory", Attribute::int64().default(512).describe("Memory, in MiB.")),
    ]);
    let ports = Attribute::list_of([
        ("number", Attribute::number().numbers(Numbers::whole(1..=65_535)).required().describe("The port.")),
        (
            "protocol",
            Attribute::string().default("tcp").validate(one_of(["tcp", "udp"])).describe("Its protocol."),
        ),
        ("url", Attribute::string().computed().describe("Where to reach it.")),
    ]);
    let rules = Attribute::set_of([
        ("from", Attribute::string().required().describe("Where traffic comes from.")),
        ("to", Attribute::string().describe("Where it goes; anywhere if left out.")),
    ]);
    let members =
        Attribute::map_of([("role", Attribute::string().required().describe("What the member may do."))]);
    vec![
        ("limits", limits.describe("What it may use.")),
        ("ports", ports.describe("Where it listens.")),
        ("rules", rules.describe("What may reach it.")),
        ("members", members.describe("Who may use it, by name.")),
    ]
}

fn secret_attributes() -> Vec<(&'static str, Attribute)> {
    vec![
        ("password_wo", Attribute::string().sensitive().write_only().describe("Its password. Never kept.")),
        ("password_length", Attribute::int64().computed().describe("How long the password is.")),
    ]
}

/// Fills in what the provider decides.
fn decide(change: &Change, id: &str, revision: i64) -> Value {
    let mut item = change.planned.clone();
    item.put("id", id);
    item.put("revision", revision);
    if item.get("kind").is_unknown() {
        item.put("kind", "plain");
    }
    let length = if change.sends("password_wo") {
        Value::optional(change.config.get("password_wo").as_str().map(|text| text.chars().count() as i64))
    } else {
        change.prior.get("password_length").clone()
    };
    item.put("password_length", length);
    let name = item.get("name").as_str().unwrap_or_default().to_owned();
    let mut ports = item.get("ports").clone();
    if let Value::List(ports) = &mut ports {
        for port in ports {
            let url = match (port.get("protocol").as_str(), port.get("number").as_i64()) {
                (Some(protocol), Some(number)) => {
                    Value::from(format!("{protocol}://{name}.example.com:{number}"))
                }
                _ => Value::Null,
            };
            port.put("url", url);
        }
    }
    item.put("ports", ports);
    item
}

#[async_trait]
impl Resource<Arc<Store>> for Item {
    fn schema(&self) -> Schema {
        schema()
    }

    async fn plan(&self, _: &Context<Arc<Store>>, plan: &mut Plan) -> Result<(), Diagnostics> {
        let version = |value: &Value| value.get("password_wo_version").as_i64();
        if let (Some(before), Some(after)) = (version(&plan.prior), version(&plan.planned))
            && after < before
        {
            let problem = format!("`password_wo_version` goes from {before} back to {after}");
            return Err(Diagnostic::error(problem).detail("Raise it with each new password.").into());
        }
        Ok(())
    }

    async fn create(&self, cx: &Context<Arc<Store>>, change: &Change) -> Result<State, Failed> {
        let id = super::store::new_id();
        let item = decide(change, &id, 1);
        cx.client()?.put(&id, &item, &self.ty)?;
        Ok(item.into())
    }

    async fn read(&self, cx: &Context<Arc<Store>>, state: &State) -> Result<Option<State>, Diagnostics> {
        super::read(cx.client()?, state, &self.ty)
    }

    async fn update(&self, cx: &Context<Arc<Store>>, change: &Change) -> Result<State, Failed> {
        let id = change.prior.get("id").as_str().unwrap_or_default();
        let revision = change.prior.get("revision").as_i64().unwrap_or_default() + 1;
        let item = decide(change, id, revision);
        cx.client()?.put(id, &item, &self.ty)?;
        Ok(item.into())
    }

    async fn delete(&self, cx: &Context<Arc<Store>>, state: &State) -> Result<(), Failed> {
        cx.client()?.remove(state.value.get("id").as_str().unwrap_or_default())?;
        Ok(())
    }

    async fn import(&self, cx: &Context<Arc<Store>>, id: &str) -> Result<State, Diagnostics> {
        cx.client()?.get(id, &self.ty)?.ok_or_else(|| missing(id))?;
        Ok(Value::object([("id", id.into())]).into())
    }

    async fn take_over(
        &self,
        _: &Context<Arc<Store>>,
        source: &MoveSource,
    ) -> Result<Option<State>, Diagnostics> {
        if source.provider() != "thing" || source.type_name != "thing_element" {
            return Ok(None);
        }
        let item = source.read(&self.ty).map_err(|error| unreadable(&error))?;
        Ok(Some(item.into()))
    }

    /// Version 0 had one port, as the number `port`.
    fn upgrade(&self, version: i64, state: &Stored) -> Result<Value, Diagnostics> {
        if version != 0 {
            return Err(Diagnostic::error(format!("There is no version {version} of `thing_item`")).into());
        }
        let mut item = state.read(&self.ty).map_err(|error| unreadable(&error))?;
        if let Some(number) = state.json()["port"].as_i64() {
            let port = Value::object([("number", Value::from(number)), ("protocol", "tcp".into())]);
            item.put("ports", Value::list([port]));
        }
        Ok(item)
    }
}

fn unreadable(error: &DecodeError) -> Diagnostic {
    Diagnostic::error("The stored state cannot be read").detail(error.to_string())
}

/// The data source: an item by its id.
pub(super) struct Lookup {
    ty: Type,
}

impl Lookup {
    pub(super) fn new() -> Self {
        Self { ty: lookup_schema().ty() }
    }
}

fn lookup_schema() -> Schema {
    schema().read_only().with("id", Attribute::string().required().describe("Id of the thing."))
}

#[async_trait]
impl DataSource<Arc<Store>> for Lookup {
    fn schema(&self) -> Schema {
        lookup_schema()
    }

    async fn read(&self, cx: &Context<Arc<Store>>, config: &Value) -> Result<Value, Diagnostics> {
        let id = config.get("id").as_str().unwrap_or_default();
        let item =
            cx.client()?.get(id, &self.ty)?.ok_or_else(|| missing(id).at(tfplugin::value::Path::of("id")))?;
        Ok(item)
    }
}
