//! Where the objects of a kind are kept, with one way to find, read, write and delete them.

use serde_json::{Map, Value, json};

use crate::client::Success;
use crate::collection::entity_of;
use crate::{Applications, Client, Collection, Deployment, Entity, Error, Failure, Result};

/// The objects of one kind of manifest.
///
/// Some kinds have endpoints of their own, others are only known to the endpoints that take any manifest. Those find
/// an object by its manifest, so every call is given what is known of it.
#[derive(Clone, Debug)]
pub enum Store {
    /// A collection with a list, and endpoints by id.
    Collection(Collection),
    /// A configuration of the gateway, of which there is one per type.
    Gateway(Singleton),
    /// Applications.
    Applications(Applications),
    /// A kind that only the endpoints for any manifest know.
    Apply(Singleton),
}

/// What is addressed by its manifest type.
#[derive(Clone, Debug)]
pub struct Singleton {
    client: Client,
    manifest_type: &'static str,
}

impl Singleton {
    /// The objects with this `type` in their manifests.
    #[must_use]
    pub fn new(client: Client, manifest_type: &'static str) -> Self {
        Self { client, manifest_type }
    }

    async fn gateway_config(&self) -> Result<Option<Entity>> {
        match self.client.get(&["llm-gateway", "config", self.manifest_type], &[]).await {
            // A control plane may say "none" with an empty answer.
            Ok(Success { body: None, .. }) => Ok(None),
            Ok(success) => {
                let failure = success.failure.clone();
                let config = entity_of(success)?;
                let manifest_type = config.text("type").or_else(|| config.manifest()["type"].as_str());
                if manifest_type == Some(self.manifest_type) {
                    return Ok(Some(config));
                }
                let message = format!("no configuration of the type `{}`", self.manifest_type);
                Err(Error::Decode(Failure { message, ..failure }))
            }
            Err(Error::NotFound(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// A dry run tells the manifest of the object that is there.
    async fn by_dry_run(&self, manifest: &Map<String, Value>) -> Result<Option<Entity>> {
        if manifest.is_empty() {
            return Err(Error::Config {
                message: format!(
                    "the control plane has no way to look up a `{}` by its name",
                    self.manifest_type
                ),
                hint: "import it with its manifest, in JSON, in place of the name".to_owned(),
            });
        }
        let applied = self.client.apply(&Value::Object(manifest.clone()), true).await?;
        Ok(applied.existing_manifest.map(|manifest| self.entity(&manifest, applied.entity)))
    }

    /// What the control plane says of an object beside its manifest is taken from `said`.
    fn entity(&self, manifest: &Value, said: Option<Entity>) -> Entity {
        let mut raw = said.map_or_else(|| json!({}), |entity| entity.raw().clone());
        raw["manifest"] = manifest.clone();
        if raw["id"].is_null() {
            let name = manifest["name"].as_str().unwrap_or(self.manifest_type);
            raw["id"] = name.into();
        }
        Entity::from_value(raw).unwrap_or_default()
    }

    async fn put(&self, manifest: &Value) -> Result<Entity> {
        let applied = self.client.apply(manifest, false).await?;
        Ok(self.entity(manifest, applied.entity))
    }

    async fn delete_config(&self) -> Result<bool> {
        let path = ["llm-gateway", "config", self.manifest_type];
        let deleted = self.client.delete(reqwest::Method::DELETE, &path, &[], None).await?;
        deleted.confirmed(self.gateway_config()).await
    }

    async fn delete_manifest(&self, manifest: &Map<String, Value>) -> Result<bool> {
        let deleted = self.client.delete_manifest(&Value::Object(manifest.clone())).await?;
        deleted.confirmed(self.by_dry_run(manifest)).await
    }
}

/// What a write has made, and what has begun with it.
#[derive(Clone, Debug)]
pub struct Written {
    /// The object, as far as the answer tells.
    pub entity: Entity,
    /// What is to be waited for.
    pub pending: Option<Deployment>,
}

impl Store {
    /// The object with this name or FQN.
    ///
    /// # Errors
    /// [`Error::Ambiguous`] when several have the name; any error of a request.
    pub async fn find(&self, key: &str, manifest: &Map<String, Value>) -> Result<Option<Entity>> {
        match self {
            Self::Collection(collection) => collection.find(key).await,
            Self::Applications(applications) => applications.find(key).await,
            Self::Gateway(singleton) => singleton.gateway_config().await,
            Self::Apply(singleton) => singleton.by_dry_run(manifest).await,
        }
    }

    /// The object with this id.
    ///
    /// # Errors
    /// Any error of the request but 404.
    pub async fn get(&self, id: &str, manifest: &Map<String, Value>) -> Result<Option<Entity>> {
        match self {
            Self::Collection(collection) => collection.get(id).await,
            Self::Applications(applications) => applications.get(id).await,
            _ => self.find(id, manifest).await,
        }
    }

    /// Every object that the filters, query parameters of its list, let through; lists of applications, and some others,
    /// leave the manifests out. Nothing where there is no list.
    ///
    /// # Errors
    /// Any error of a request; [`Error::Decode`] when a page is not a list.
    pub async fn list(&self, filters: &[(&str, &str)]) -> Result<Vec<Entity>> {
        match self {
            Self::Collection(collection) => collection.list(filters).await,
            Self::Applications(applications) => applications.list(filters).await,
            Self::Gateway(_) | Self::Apply(_) => Ok(Vec::new()),
        }
    }

    /// Creates or replaces the object that the manifest names.
    ///
    /// # Errors
    /// Any error of the request; [`Error::Invalid`] when the manifest is refused.
    pub async fn put(&self, manifest: &Value) -> Result<Written> {
        let entity = match self {
            Self::Collection(collection) => collection.put(manifest).await?,
            Self::Gateway(singleton) | Self::Apply(singleton) => singleton.put(manifest).await?,
            Self::Applications(applications) => {
                let deployment = applications.start(manifest).await?;
                return Ok(Written { entity: deployment.begun(manifest), pending: Some(deployment) });
            }
        };
        Ok(Written { entity, pending: None })
    }

    /// An object as the last write of it made it, which may be under way, or have failed, while an older one is shown.
    ///
    /// # Errors
    /// Any error of a request.
    pub async fn latest(&self, entity: &Entity) -> Result<Entity> {
        match self {
            Self::Applications(applications) => applications.latest(entity).await,
            _ => Ok(entity.clone()),
        }
    }

    /// What of an object that is there is under way or was the last to be: a deployment.
    pub fn pending(&self, entity: &Entity) -> Option<Deployment> {
        matches!(self, Self::Applications(_)).then(|| Deployment::last(entity)).flatten()
    }

    /// Waits for what a write has begun, and answers the object as it is then.
    ///
    /// # Errors
    /// [`Error::Deployment`] when it fails or takes too long; any error of a request.
    pub async fn finish(&self, written: Written) -> Result<Entity> {
        match (self, written.pending) {
            (Self::Applications(applications), Some(deployment)) => applications.finish(&deployment).await,
            _ => Ok(written.entity),
        }
    }

    /// Deletes the object. Answers whether it existed.
    ///
    /// # Errors
    /// [`Error::InUse`] when something depends on the object; any other error of the request.
    pub async fn delete(&self, id: &str, manifest: &Map<String, Value>) -> Result<bool> {
        match self {
            Self::Collection(collection) => collection.delete(id).await,
            Self::Applications(applications) => applications.delete(id).await,
            Self::Gateway(singleton) => singleton.delete_config().await,
            Self::Apply(singleton) => singleton.delete_manifest(manifest).await,
        }
    }
}
