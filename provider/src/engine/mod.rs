//! What all objects of the control plane share.

mod found;
mod journal;
mod managed;
mod manifest;
mod refresh;
mod report;

pub(crate) use found::Found;
pub(crate) use journal::Journal;
pub(crate) use managed::Managed;
pub(crate) use manifest::{attributes_of, object_of};
pub(crate) use report::report;

use serde_json::Value as Json;
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::{Object, Value};
use tfplugin::{Plan, async_trait};
use truefoundry_api::{Client, Collection, Entity};

/// What is particular to one kind of object.
#[async_trait]
pub(crate) trait Kind: Send + Sync + 'static {
    /// What messages call it: "environment".
    const TITLE: &'static str;
    /// The schema of the resource.
    fn schema() -> Schema;

    /// The schema of its data source: `read_only` is the resource's with every attribute computed; this makes those
    /// configurable that name the object.
    fn lookup(read_only: Schema) -> Schema {
        configurable(read_only, &["name"], Attribute::required)
    }

    /// Where the control plane keeps it.
    fn collection(client: &Client) -> Collection;

    /// The key that people know: the name, or the FQN where a name is not enough. `None` when `value` lacks it.
    fn key(value: &Value) -> Option<String>;

    /// The object with this key.
    async fn find(client: &Client, key: &str) -> truefoundry_api::Result<Option<Entity>> {
        Self::collection(client).find(key).await
    }

    /// The manifest for `wanted`; write-only values come from `config`, which has the same shape.
    fn manifest(wanted: &Value, config: &Value) -> serde_json::Map<String, Json>;

    /// The manifest in terms of attributes: what [`Kind::manifest`] does, backwards.
    fn attributes(manifest: &Json) -> Json;

    /// The attributes that the control plane sets.
    fn computed(entity: &Entity) -> Object;

    /// Changes the plan beyond what the schema does.
    fn plan(_plan: &mut Plan) {}
}

/// Lets the configuration set these attributes, as required, optional or both: `how` says.
pub(crate) fn configurable(schema: Schema, names: &[&str], how: fn(Attribute) -> Attribute) -> Schema {
    names.iter().fold(schema, |schema, name| match schema.attributes().get(*name).cloned() {
        Some(attribute) => schema.with(*name, how(attribute)),
        None => schema,
    })
}
