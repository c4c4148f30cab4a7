//! Listing the objects of a kind (`terraform query`, Terraform 1.14), managed or not.

use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::Value;
use tfplugin::{Context, Diagnostics, ListResource, Listed, Query, async_trait};
use truefoundry_api::{Collection, Entity, Store};

use super::managed::{Shape, state_of};
use super::{Kind, identity, report};
use crate::configuration::{Session, client};

/// The listing of a kind that lives in a collection.
pub(crate) struct Listing<K>(pub(crate) K);

impl<K: Kind> Listing<K> {
    /// The parts of the key beside the name: what the listing can be narrowed by.
    fn filters(&self) -> Vec<String> {
        self.0.key_attributes().into_iter().filter(|name| name != "name").collect()
    }

    fn listed(&self, shape: &Shape, entity: &Entity, query: &Query) -> Result<Option<Listed>, Diagnostics> {
        let state = state_of(&self.0, shape, entity, &Value::Null)?;
        let asked = |name: &String| query.config.get(name);
        if !self.filters().iter().all(|name| asked(name).is_null() || asked(name) == state.get(name)) {
            return Ok(None);
        }
        let identity = identity::of(&self.0).map_or(Value::Null, |identity| identity.of(&state));
        let object = query.include_object.then_some(state);
        Ok(Some(Listed { identity, object, ..Listed::default() }))
    }

    /// One object of the list; `None` when it is not asked for, or gone since.
    async fn one(
        &self,
        collection: &Collection,
        shape: &Shape,
        entity: Entity,
        query: &Query,
    ) -> Result<Option<Listed>, Diagnostics> {
        let whole = match entity.manifest().is_object() {
            true => Some(entity),
            // Some lists leave manifests out.
            false => {
                let doing = format!("reading the {} `{}`", self.0.title(), entity.name());
                collection.get(entity.id()).await.map_err(|error| report(&doing, &error))?
            }
        };
        match whole.filter(|entity| self.0.is(entity)) {
            Some(entity) => self.listed(shape, &entity, query),
            None => Ok(None),
        }
    }
}

#[async_trait]
impl<K: Kind> ListResource<Session> for Listing<K> {
    fn schema(&self) -> Schema {
        let filters = self.filters().into_iter().map(|name| {
            let about = format!("Only those with this `{name}`.");
            (name, Attribute::string().describe(about))
        });
        Schema::new(filters)
            .describe(format!("Lists every object of the kind {} that the API key may see.", self.0.title()))
    }

    async fn list(
        &self,
        cx: &Context<Session>,
        query: &Query,
        found: &mut tfplugin::Found,
    ) -> Result<(), Diagnostics> {
        let client = client(cx)?;
        let Store::Collection(collection) = self.0.store(&client) else { return Ok(()) };
        let doing = format!("listing every {}", self.0.title());
        let all = collection.list(&[]).await.map_err(|error| report(&doing, &error))?;
        let shape = Shape::of(&self.0);
        for entity in all {
            let display_name = entity.fqn().unwrap_or(entity.name()).to_owned();
            let listed = match self.one(&collection, &shape, entity, query).await {
                Ok(None) => continue,
                Ok(Some(listed)) => listed,
                // The others are listed all the same.
                Err(diagnostics) => Listed { diagnostics, ..Listed::default() },
            };
            if found.push(Listed { display_name, ..listed }).await.is_break() {
                break;
            }
        }
        Ok(())
    }
}
