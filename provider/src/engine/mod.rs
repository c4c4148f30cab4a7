//! What all objects of the control plane share.

mod found;
mod integrations;
mod journal;
mod managed;
mod manifest;
mod refresh;
mod report;

pub(crate) use found::Found;
pub(crate) use integrations::keep_names;
pub(crate) use journal::Journal;
pub(crate) use managed::Managed;
pub(crate) use manifest::{attributes_of, object_of};
pub(crate) use report::report;

use serde_json::{Map, Value as Json};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::{Object, Value};
use tfplugin::{Plan, async_trait};
use truefoundry_api::{Client, Entity, Store};

/// What is particular to one kind of object.
#[async_trait]
pub(crate) trait Kind: Send + Sync + 'static {
    /// What messages call it: "environment".
    fn title(&self) -> &str;

    /// The schema of the resource.
    fn schema(&self) -> Schema;

    /// The schema of its data source: `read_only` is the resource's with every attribute computed; this makes those
    /// configurable that name the object.
    fn lookup(&self, read_only: Schema) -> Schema {
        configurable(read_only, &["name"], Attribute::required)
    }

    /// Where the control plane keeps it.
    fn store(&self, client: &Client) -> Store;

    /// The key that people know: the name, or the FQN where a name is not enough. `None` when `value` lacks it.
    fn key(&self, value: &Value) -> Option<String> {
        value.get("name").as_str().map(str::to_owned)
    }

    /// The object with this key. `manifest` is what is known of it: some kinds can only be asked for with that.
    async fn find(
        &self,
        client: &Client,
        key: &str,
        manifest: &Map<String, Json>,
    ) -> truefoundry_api::Result<Option<Entity>> {
        self.store(client).find(key, manifest).await
    }

    /// The manifest for `wanted`; write-only values come from `config`, which has the same shape.
    fn manifest(&self, wanted: &Value, config: &Value) -> Map<String, Json>;

    /// What to ask for the object by, from its state; like [`Kind::manifest`], and never stored.
    fn probe(&self, state: &Value) -> Map<String, Json> {
        self.manifest(state, &Value::Null)
    }

    /// The manifest in terms of attributes: what [`Kind::manifest`] does, backwards.
    fn attributes(&self, manifest: &Json) -> Json;

    /// The attributes that the control plane sets.
    fn computed(&self, entity: &Entity) -> Object;

    /// Changes the plan beyond what the schema does.
    fn plan(&self, _plan: &mut Plan) {}
}

/// Lets the configuration set these attributes, as required, optional or both: `how` says.
pub(crate) fn configurable(schema: Schema, names: &[&str], how: fn(Attribute) -> Attribute) -> Schema {
    names.iter().fold(schema, |schema, name| match schema.attributes().get(*name).cloned() {
        Some(attribute) => schema.with(*name, how(attribute)),
        None => schema,
    })
}
