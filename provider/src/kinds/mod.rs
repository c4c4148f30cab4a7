//! The kinds of object: those of the catalog, and what is really different.

mod catalogued;
mod cluster;
mod credentials;
mod environment;
mod fields;
mod found;
mod identity;
mod integrations;
mod kept;
mod list;
mod local;
mod manifest;
mod merge;
mod patience;
mod provider_account_aws;
mod refresh;
mod secret;
mod secret_group;
mod shared;
mod user;
mod virtual_account;
mod workspace;

use fields::{attributes_of, object_of};
use found::Found;
use integrations::keep_names;
use kept::Kept;
use list::Listing;
use patience::{patient, with_timeouts};

use serde_json::{Map, Value as Json};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::{Object, Value};
use tfplugin::{
    Context, DataSource, Diagnostics, EphemeralResource, ListResource, Named, Plan, Resource, async_trait,
};
use truefoundry_api::{Client, Entity, Store};

use crate::lifecycle::Managed;
use crate::session::Session;

/// What is particular to one kind of object that is kept as a manifest.
#[async_trait]
pub(crate) trait Kind: Send + Sync + 'static {
    /// What messages call it: "environment".
    fn title(&self) -> &str;

    /// The `type` of its manifests.
    fn manifest_type(&self) -> &str;

    /// The name of the resource type.
    fn resource_type(&self) -> String {
        format!("truefoundry_{}", self.manifest_type())
    }

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

    /// Whether the control plane finds an object only by its manifest.
    fn is_asked_by_manifest(&self) -> bool {
        false
    }

    /// Whether two writes of a manifest are as good as one, and make no second version.
    fn is_idempotent(&self) -> bool {
        true
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

/// Every resource.
pub(crate) fn resources() -> Named<dyn Resource<Session>> {
    let mut resources: Named<dyn Resource<Session>> = vec![
        ("truefoundry_cluster".into(), Box::new(Managed(Kept::new(cluster::Cluster)))),
        ("truefoundry_environment".into(), Box::new(Managed(Kept::new(environment::Environment)))),
        ("truefoundry_manifest".into(), Box::new(Managed(manifest::Manifest))),
        (
            "truefoundry_provider_account_aws".into(),
            Box::new(Managed(Kept::new(provider_account_aws::Account))),
        ),
        ("truefoundry_secret".into(), Box::new(Managed(secret::Secret))),
        ("truefoundry_user".into(), Box::new(Managed(user::User))),
        ("truefoundry_workspace".into(), Box::new(Managed(Kept::new(workspace::Workspace)))),
    ];
    resources.extend(catalogued::resources());
    resources
}

/// Every data source.
pub(crate) fn data_sources() -> Named<dyn DataSource<Session>> {
    let mut sources: Named<dyn DataSource<Session>> = vec![
        ("truefoundry_cluster".into(), Box::new(cluster::Connected)),
        ("truefoundry_environment".into(), Box::new(Found(environment::Environment))),
        ("truefoundry_provider_account_aws".into(), Box::new(Found(provider_account_aws::Account))),
        ("truefoundry_workspace".into(), Box::new(Found(workspace::Workspace))),
    ];
    sources.extend(catalogued::data_sources());
    sources
}

/// What exists only while Terraform runs.
pub(crate) fn ephemeral_resources() -> Named<dyn EphemeralResource<Session>> {
    vec![
        ("truefoundry_cluster_token".into(), Box::new(cluster::Token)),
        ("truefoundry_secret_value".into(), Box::new(secret::SecretValue)),
        ("truefoundry_virtual_account_token".into(), Box::new(virtual_account::Token)),
    ]
}

/// Every listing.
pub(crate) fn list_resources() -> Named<dyn ListResource<Session>> {
    let mut listings: Named<dyn ListResource<Session>> = vec![
        ("truefoundry_cluster".into(), Box::new(Listing(cluster::Cluster))),
        ("truefoundry_environment".into(), Box::new(Listing(environment::Environment))),
        ("truefoundry_provider_account_aws".into(), Box::new(Listing(provider_account_aws::Account))),
        ("truefoundry_secret".into(), Box::new(secret::Secret)),
        ("truefoundry_user".into(), Box::new(user::User)),
        ("truefoundry_workspace".into(), Box::new(Listing(workspace::Workspace))),
    ];
    listings.extend(catalogued::list_resources());
    listings
}

/// Lets the configuration set these attributes, as required, optional or both: `how` says.
fn configurable(schema: Schema, names: &[&str], how: fn(Attribute) -> Attribute) -> Schema {
    names.iter().fold(schema, |schema, name| match schema.attributes().get(*name).cloned() {
        Some(attribute) => schema.with(*name, how(attribute)),
        None => schema,
    })
}
