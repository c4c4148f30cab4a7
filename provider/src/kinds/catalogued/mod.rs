//! The kinds of object that the catalog describes: one engine for all of them.

mod guards;
mod lookup;
mod manifest;
mod rules;
mod schema;
mod single;

use serde_json::{Map, Value as Json};
use tfplugin::schema::Schema;
use tfplugin::value::{Object, Value};
use tfplugin::{Context, DataSource, Diagnostics, ListResource, Named, Plan, Resource, async_trait};
use truefoundry_api::{Applications, Client, Collection, Entity, Singleton, Store};
use truefoundry_catalog::facts::Shape;
use truefoundry_catalog::{Catalog, Endpoint, Kind as Entry, Secrets, naming};

use crate::kinds::secret_group;
use crate::kinds::{Found, Kept, Kind, Listing, keep_names};
use crate::lifecycle::Managed;
use crate::session::Session;

/// Kinds with a folder of their own.
const BY_HAND: [&str; 4] = ["cluster", "environment", "provider-account/aws", "workspace"];

/// Kinds of which every write makes a version, applications aside.
const VERSIONED: [&str; 7] = [
    "agent",
    "agent-skill",
    "artifact-version",
    "chat_prompt",
    "model-version",
    "remote-agent",
    "truefoundry-agent",
];

/// The resources of all kinds that have no folder of their own.
pub(crate) fn resources() -> Named<dyn Resource<Session>> {
    entries()
        .map(|entry| {
            (entry.resource.clone().into(), Box::new(Managed(Kept::new(Catalogued(entry)))) as Box<_>)
        })
        .collect()
}

/// The data sources of all kinds that can be looked up by name.
pub(crate) fn data_sources() -> Named<dyn DataSource<Session>> {
    entries()
        .filter(|entry| entry.endpoint != Endpoint::Apply)
        .map(|entry| {
            (entry.resource.clone().into(), Box::new(lookup::Lookup(Found(Catalogued(entry)))) as Box<_>)
        })
        .collect()
}

/// The listings of all kinds that live in a collection, and of all applications.
pub(crate) fn list_resources() -> Named<dyn ListResource<Session>> {
    entries()
        .filter(|entry| matches!(entry.endpoint, Endpoint::Collection { .. } | Endpoint::Application))
        .map(|entry| (entry.resource.clone().into(), Box::new(Listing(Catalogued(entry))) as Box<_>))
        .collect()
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    Catalog::get().kinds().filter(|entry| !BY_HAND.contains(&entry.manifest_type.as_str()))
}

/// One kind of the catalog.
pub(crate) struct Catalogued(&'static Entry);

impl Catalogued {
    /// The kind with this manifest type, whether or not it has a folder of its own.
    pub(crate) fn of(manifest_type: &str) -> Option<Self> {
        Catalog::get().kind(manifest_type).map(Self)
    }

    fn is_secret_group(&self) -> bool {
        self.0.manifest_type == "secret-group"
    }

    fn is_account(&self) -> bool {
        self.0.manifest_type.starts_with("provider-account/")
    }
}

#[async_trait]
impl Kind for Catalogued {
    fn title(&self) -> &str {
        &self.0.title
    }

    fn manifest_type(&self) -> &str {
        &self.0.manifest_type
    }

    fn resource_type(&self) -> String {
        self.0.resource.clone()
    }

    fn is_asked_by_manifest(&self) -> bool {
        self.0.endpoint == Endpoint::Apply
    }

    fn is_idempotent(&self) -> bool {
        let base = self.0.manifest_type.split('/').next().unwrap_or_default();
        self.0.endpoint != Endpoint::Application && !VERSIONED.contains(&base)
    }

    fn schema(&self) -> Schema {
        schema::of(self.0)
    }

    fn store(&self, client: &Client) -> Store {
        let singleton = || Singleton::new(client.clone(), &self.0.manifest_type);
        match self.0.endpoint {
            Endpoint::Collection { path, list } => {
                Store::Collection(Collection::new(client.clone(), path, list))
            }
            Endpoint::Application => Store::Applications(Applications::new(client.clone())),
            Endpoint::Gateway => Store::Gateway(singleton()),
            Endpoint::Apply => Store::Apply(singleton()),
        }
    }

    /// The parts of the key with `:` between them, as FQNs have it; the type where there is one object per tenant.
    fn key(&self, value: &Value) -> Option<String> {
        let parts: Option<Vec<&str>> =
            self.key_attributes().iter().map(|name| value.get(name).as_str()).collect();
        parts.map(|parts| if parts.is_empty() { self.0.manifest_type.clone() } else { parts.join(":") })
    }

    fn key_attributes(&self) -> Vec<String> {
        self.0.key.iter().map(|field| naming::attribute(field, true)).collect()
    }

    fn is(&self, entity: &Entity) -> bool {
        let manifest_type = &entity.manifest()["type"];
        manifest_type.is_null() || *manifest_type == self.0.manifest_type
    }

    fn list_parameters(&self) -> &[(&str, &str)] {
        match (self.0.endpoint, self.0.manifest_type.as_str()) {
            (Endpoint::Application, _) => &[
                ("name", "applicationName"),
                ("name_contains", "nameSearchQuery"),
                ("workspace_fqn", "workspaceFqn"),
            ],
            (_, "secret-group") => &[("name_contains", "search")],
            (_, "virtual-account") => &[("name_contains", "nameSearchQuery")],
            _ => &[],
        }
    }

    /// All applications share one list.
    fn list_constants(&self) -> Option<(&str, &str)> {
        (self.0.endpoint == Endpoint::Application)
            .then_some(("applicationType", self.0.manifest_type.as_str()))
    }

    fn local(&self) -> &[&str] {
        match self.0.endpoint {
            Endpoint::Application => &["timeouts"],
            _ if self.is_secret_group() => &[secret_group::DELETE_SECRETS],
            _ => &[],
        }
    }

    async fn may_delete(&self, cx: &Context<Session>, state: &Value) -> Result<(), Diagnostics> {
        if self.is_secret_group() { secret_group::may_delete(cx, state).await } else { Ok(()) }
    }

    /// Several kinds share a collection, and names repeat between kinds.
    async fn find(
        &self,
        client: &Client,
        key: &str,
        manifest: &Map<String, Json>,
    ) -> truefoundry_api::Result<Option<Entity>> {
        let Store::Collection(collection) = self.store(client) else {
            return self.store(client).find(key, manifest).await;
        };
        collection.find_where(key, |entity| self.is(entity) && self.is_called(entity, key)).await
    }

    fn manifest(&self, wanted: &Value, config: &Value) -> Map<String, Json> {
        manifest::manifest(self.0, wanted, config)
    }

    fn probe(&self, state: &Value) -> Map<String, Json> {
        manifest::probe(self.0, state)
    }

    fn attributes(&self, manifest: &Json) -> Json {
        truefoundry_catalog::attributes(self.0, manifest, Secrets::Plain).into()
    }

    fn computed(&self, entity: &Entity) -> Object {
        let mut computed =
            Object::from([("id".into(), entity.id().into()), ("fqn".into(), Value::optional(entity.fqn()))]);
        if self.is_account() {
            let integrations = entity.integrations();
            let fqns = integrations.iter().map(|each| (each.name(), Value::optional(each.fqn())));
            computed.insert("integration_fqns".into(), Value::object(fqns));
        }
        computed
    }

    fn plan(&self, plan: &mut Plan) {
        if self.is_account() {
            keep_names(plan, &self.integration_kinds(), &["integration_fqns"]);
        }
    }
}

impl Catalogued {
    /// The attributes of which each integration has exactly one; none for accounts with one kind of integration.
    fn integration_kinds(&self) -> Vec<String> {
        let catalog = Catalog::get();
        let facts = catalog.object(&self.0.object).get("integrations");
        let Some(Shape::List(element)) = facts.map(|facts| &facts.is) else { return Vec::new() };
        let Shape::Union(shapes) = &**element else { return Vec::new() };
        catalog.variants(shapes).into_iter().map(|variant| variant.name).collect()
    }

    fn is_called(&self, entity: &Entity, key: &str) -> bool {
        let parts: Option<Vec<&str>> =
            self.0.key.iter().map(|field| entity.manifest()[*field].as_str()).collect();
        entity.fqn() == Some(key) || parts.is_some_and(|parts| parts.join(":") == key)
    }
}

#[cfg(test)]
mod refused;
#[cfg(test)]
mod tests;
