//! Listing the objects of a kind (`terraform query`, Terraform 1.14), managed or not.

use serde_json::Map;
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::Value;
use tfplugin::{Context, Diagnostics, ListResource, Listed, Query, async_trait};
use truefoundry_api::{Entity, Store};

use super::kept::{Shape, state_of};
use super::{Kind, identity};
use crate::object::report;
use crate::session::{Session, client};

/// The filter by a part of the name, which every listing has.
const PART: &str = "name_contains";

/// The listing of a kind that the control plane can list.
pub(crate) struct Listing<K>(pub(crate) K);

/// What is asked of a listing.
struct Asked<'a> {
    query: &'a Query,
    shape: &'a Shape,
    store: &'a Store,
}

impl<K: Kind> Listing<K> {
    /// The filters by a whole value: the parts of the key.
    fn exact(&self) -> Vec<String> {
        self.0.key_attributes()
    }

    /// The filters that are set and that the control plane knows, as its parameters. It may ignore one, so what comes back is
    /// narrowed again.
    fn parameters<'a>(&'a self, query: &'a Query) -> Vec<(&'a str, &'a str)> {
        let known = self.0.list_parameters().iter();
        let set = known.filter_map(|(name, parameter)| Some((*parameter, query.config.get(name).as_str()?)));
        set.chain(self.0.list_constants()).collect()
    }

    /// Whether an object is asked for.
    fn is_asked_for(&self, state: &Value, entity: &Entity, query: &Query) -> bool {
        let asked = |name: &String| query.config.get(name);
        let exact = self.exact().iter().all(|name| asked(name).is_null() || asked(name) == state.get(name));
        exact && query.config.get(PART).as_str().is_none_or(|part| entity.name().contains(part))
    }

    /// One object of the list; `None` when it is not asked for, or gone since.
    async fn one(&self, entity: Entity, asked: &Asked<'_>) -> Result<Option<Listed>, Diagnostics> {
        let whole = match entity.manifest().is_object() {
            true => Some(entity),
            // Some lists leave manifests out.
            false => {
                let doing = format!("reading the {} `{}`", self.0.title(), entity.name());
                let found = asked.store.get(entity.id(), &Map::new()).await;
                found.map_err(|error| report(&doing, &error))?
            }
        };
        let Some(entity) = whole.filter(|entity| self.0.is(entity)) else { return Ok(None) };
        let state = state_of(&self.0, asked.shape, &entity, &Value::Null)?;
        if !self.is_asked_for(&state, &entity, asked.query) {
            return Ok(None);
        }
        let identity = identity::of(&self.0).map_or(Value::Null, |identity| identity.of(&state));
        let object = asked.query.include_object.then_some(state);
        Ok(Some(Listed { identity, object, ..Listed::default() }))
    }
}

#[async_trait]
impl<K: Kind> ListResource<Session> for Listing<K> {
    fn schema(&self) -> Schema {
        let exact = self.exact().into_iter().map(|name| {
            let about = format!("Only those with this `{name}`.");
            (name, Attribute::string().describe(about))
        });
        let part = Attribute::string().describe("Only those whose name holds this text.");
        Schema::new(exact.chain([(PART.to_owned(), part)]))
            .describe(format!("Lists every object of the kind {} that the API key may see.", self.0.title()))
    }

    async fn list(
        &self,
        cx: &Context<Session>,
        query: &Query,
        found: &mut tfplugin::Found,
    ) -> Result<(), Diagnostics> {
        let store = self.0.store(&client(cx)?);
        let doing = format!("listing every {}", self.0.title());
        let all = store.list(&self.parameters(query)).await.map_err(|error| report(&doing, &error))?;
        let asked = Asked { query, shape: &Shape::of(&self.0), store: &store };
        for entity in all {
            let display_name = entity.fqn().unwrap_or(entity.name()).to_owned();
            let listed = match self.one(entity, &asked).await {
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
