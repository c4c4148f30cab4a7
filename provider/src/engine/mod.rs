//! What all objects of the control plane share.

mod found;
mod identity;
mod integrations;
mod journal;
mod list;
mod local;
mod managed;
mod manifest;
mod patience;
mod refresh;
mod report;

pub(crate) use found::Found;
pub(crate) use integrations::keep_names;
pub(crate) use journal::Journal;
pub(crate) use list::Listing;
pub(crate) use managed::{Managed, keep_unmanaged, refused, would_be_lost};
pub(crate) use manifest::{attributes_of, object_of};
pub(crate) use patience::{patient, with_timeouts};
pub(crate) use report::report;

use serde_json::{Map, Value as Json};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::{Object, Value};
use tfplugin::{Context, Diagnostics, Plan, async_trait};
use truefoundry_api::{Client, Entity, Store};

use crate::configuration::Session;

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

    /// The attributes that together are the key; none for a kind of which there is one object.
    fn key_attributes(&self) -> Vec<String> {
        vec!["name".to_owned()]
    }

    /// Whether an object of the store is of this kind: some kinds share one.
    fn is(&self, _entity: &Entity) -> bool {
        true
    }

    /// By what the control plane narrows its list: a filter of the listing, and the query parameter for it.
    fn list_parameters(&self) -> &[(&str, &str)] {
        &[]
    }

    /// Query parameters that a list always needs, such as the type where several kinds share one.
    fn list_constants(&self) -> Option<(&str, &str)> {
        None
    }

    /// The attributes that only the provider knows: no manifest has them, and a change of them sends nothing.
    fn local(&self) -> &[&str] {
        &[]
    }

    /// Waits, after a create or update, for what `value` asks to wait for.
    async fn settle(&self, _cx: &Context<Session>, _value: &Value, _id: &str) -> Result<(), Diagnostics> {
        Ok(())
    }

    /// Refuses to delete the object where that would destroy more than it.
    async fn may_delete(&self, _cx: &Context<Session>, _state: &Value) -> Result<(), Diagnostics> {
        Ok(())
    }
}

/// Lets the configuration set these attributes, as required, optional or both: `how` says.
pub(crate) fn configurable(schema: Schema, names: &[&str], how: fn(Attribute) -> Attribute) -> Schema {
    names.iter().fold(schema, |schema, name| match schema.attributes().get(*name).cloned() {
        Some(attribute) => schema.with(*name, how(attribute)),
        None => schema,
    })
}
