//! The life of every object.

use std::marker::PhantomData;

use serde_json::{Map, Value as Json};
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Schema};
use tfplugin::value::{Type, Value};
use tfplugin::{Change, Context, Diagnostic, Diagnostics, Failed, Plan, Resource, State, async_trait};

use super::fields::{keep_zeros, quieted};
use super::kind::{Default, Kind};
use super::{Kubernetes, metadata};
use crate::recorded::KUBERNETES;

/// The resource for a kind of object.
pub(super) struct Object<K> {
    schema: Schema,
    kind: PhantomData<K>,
}

impl<K: Kind> Object<K> {
    pub(super) fn new() -> Self {
        let adorn = |path: &str, attribute: Attribute| K::adorn(path, metadata::adorn(path, attribute));
        Self { schema: K::whole(KUBERNETES.resource(K::TYPE, adorn)), kind: PhantomData }
    }

    /// What `object` of the API is, compared with a state or a plan.
    fn read_as(&self, cx: &Kubernetes, object: &Json, state: &Value) -> Value {
        let namespaced = K::COLLECTION.namespaced;
        let mut fresh = Value::object(K::read(object, state));
        fresh.put("metadata", metadata::read(object, state, namespaced, &cx.ignored));
        fresh.put("id", id::<K>(object));
        let mut known = state.clone();
        for (name, value) in quieted(self.schema.attributes(), state, fresh).as_object().into_iter().flatten()
        {
            known.put(name.as_str(), value.clone());
        }
        known
    }

    fn state(&self, object: &Json, value: Value) -> State {
        let mut identity = Value::Null;
        if K::COLLECTION.identity {
            identity.put("api_version", K::COLLECTION.version);
            identity.put("kind", K::COLLECTION.kind);
            identity.put("name", object["metadata"]["name"].as_str().unwrap_or_default());
            if K::COLLECTION.namespaced {
                identity.put("namespace", object["metadata"]["namespace"].as_str().unwrap_or_default());
            }
        }
        State::from(value).with_identity(identity)
    }

    /// What a change has led to, whatever was planned.
    fn result(&self, cx: &Kubernetes, object: &Json, planned: &Value) -> State {
        self.state(object, self.read_as(cx, object, planned))
    }
}

/// The id of an object in the API.
fn id<K: Kind>(object: &Json) -> String {
    let text = |name: &str| object["metadata"][name].as_str().unwrap_or_default();
    if K::COLLECTION.namespaced {
        format!("{}/{}", text("namespace"), text("name"))
    } else {
        text("name").to_owned()
    }
}

/// The id in a state.
fn id_in(state: &Value) -> &str {
    state.get("id").as_str().unwrap_or_default()
}

#[async_trait]
impl<K: Kind> Resource<Kubernetes> for Object<K> {
    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    async fn plan(&self, _: &Context<Kubernetes>, plan: &mut Plan) -> Result<(), Diagnostics> {
        keep_zeros(&plan.prior, &mut plan.planned);
        for (path, default) in K::DEFAULTS {
            default.put(&mut plan.planned, path);
        }
        if K::COLLECTION.namespaced {
            Default::Text("default").put(&mut plan.planned, "metadata.namespace");
        }
        K::plan(plan);
        Ok(())
    }

    async fn create(&self, cx: &Context<Kubernetes>, change: &Change) -> Result<State, Failed> {
        let (client, planned) = (cx.client()?, &change.planned);
        let mut object = Map::new();
        object.insert("apiVersion".to_owned(), K::COLLECTION.version.into());
        object.insert("kind".to_owned(), K::COLLECTION.kind.into());
        let namespaced = K::COLLECTION.namespaced;
        object.insert("metadata".to_owned(), metadata::body(planned, namespaced));
        object.extend(K::body(change));
        let object = Json::from(object);
        // As the original does: whoever lets it log at this level has secrets in the log.
        tracing::info!("Creating new {}: {object}", K::NOUN);
        let objects = K::COLLECTION.objects(metadata::namespace(planned, namespaced));
        let made = client.api.create(&objects, &object).await;
        let made = made.map_err(|error| Diagnostic::error(format!("{}{error}", K::REFUSED.0)))?;
        tracing::info!("Submitted new {}: {made}", K::NOUN);
        // From here on it exists, whatever fails.
        let made_state = self.result(client, &made, planned);
        let id = id::<K>(&made);
        let settled = async {
            K::created(cx, &id, planned).await?;
            client.api.get(&K::COLLECTION.object(&id)?).await.map_err(Diagnostic::from)
        };
        match settled.await {
            Ok(now) => Ok(self.result(client, &now, planned)),
            Err(problem) => Err(Failed::from(problem).with_state(made_state)),
        }
    }

    async fn read(&self, cx: &Context<Kubernetes>, state: &State) -> Result<Option<State>, Diagnostics> {
        let (client, id) = (cx.client()?, id_in(&state.value));
        tracing::info!("Reading {} {id}", K::NOUN);
        match client.api.get(&K::COLLECTION.object(id)?).await {
            Ok(object) => {
                tracing::info!("Received {}: {object}", K::NOUN);
                let value = self.read_as(client, &object, &state.value);
                Ok(Some(self.state(&object, value)))
            }
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => {
                tracing::debug!("Received error: {error}");
                Err(Diagnostic::from(error).into())
            }
        }
    }

    async fn update(&self, cx: &Context<Kubernetes>, change: &Change) -> Result<State, Failed> {
        let (client, id) = (cx.client()?, id_in(&change.prior));
        let mut operations = metadata::changes(&change.prior, &change.planned);
        operations.extend(K::patch(change));
        let path = K::COLLECTION.object(id)?;
        tracing::info!("Updating {} {id}", K::NOUN);
        let changed = client.api.patch(&path, &operations.into()).await;
        changed.map_err(|error| Diagnostic::error(format!("{}{error}", K::REFUSED.1)))?;
        let now = client.api.get(&path).await.map_err(Diagnostic::from)?;
        tracing::info!("Submitted updated {}: {now}", K::NOUN);
        Ok(self.result(client, &now, &change.planned))
    }

    async fn delete(&self, cx: &Context<Kubernetes>, state: &State) -> Result<(), Failed> {
        let (client, id) = (cx.client()?, id_in(&state.value));
        tracing::info!("Deleting {}: {id}", K::NOUN);
        match client.api.delete(&K::COLLECTION.object(id)?).await {
            Err(error) if error.is_not_found() => return Ok(()),
            Err(error) => return Err(Diagnostic::from(error).into()),
            Ok(()) => {}
        }
        K::deleted(cx, id, &state.value).await?;
        tracing::info!("{} {id} deleted", K::NOUN);
        Ok(())
    }

    async fn import(&self, _: &Context<Kubernetes>, id: &str) -> Result<State, Diagnostics> {
        K::COLLECTION.parts(id)?;
        let mut value = self.schema.empty();
        value.put("id", id);
        Ok(value.into())
    }

    fn identity(&self) -> Option<IdentitySchema> {
        let required = || IdentityAttribute::required(Type::String);
        let mut parts = vec![("api_version", required()), ("kind", required()), ("name", required())];
        if K::COLLECTION.namespaced {
            parts.push(("namespace", IdentityAttribute::optional(Type::String)));
        }
        K::COLLECTION.identity.then(|| IdentitySchema::new(parts).version(1))
    }

    async fn import_by_identity(
        &self,
        cx: &Context<Kubernetes>,
        identity: &Value,
    ) -> Result<State, Diagnostics> {
        let text = |name: &str| identity.get(name).as_str().unwrap_or_default();
        let id = match K::COLLECTION.namespaced {
            true => format!("{}/{}", text("namespace"), text("name")),
            false => text("name").to_owned(),
        };
        Ok(self.import(cx, &id).await?.with_identity(identity.clone()))
    }
}
