//! The objects of one kind.

use std::ops::Deref;

use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    Client, Entity, Error, Result,
    client::Success,
    listed::Listed,
    paging::{Next, PAGE, Pages},
    retry::Repeat,
};

impl Client {
    /// Environments: the stages (production, staging ...) that clusters and workspaces belong to.
    pub fn environments(&self) -> Collection {
        Collection::new(self.clone(), "environments", "environments")
    }

    /// Provider accounts: cloud accounts with their integrations.
    pub fn provider_accounts(&self) -> Collection {
        Collection::new(self.clone(), "provider-accounts", "provider-accounts")
    }

    /// Workspaces: namespaces on clusters.
    pub fn workspaces(&self) -> Collection {
        Collection::new(self.clone(), "workspaces", "workspaces")
    }

    /// Clusters.
    pub fn clusters(&self) -> Clusters {
        Clusters::new(Collection::new(self.clone(), "clusters", "clusters"))
    }
}

/// All objects of one kind, such as `environments`. Made by [`Client`].
#[derive(Clone, Debug)]
pub struct Collection {
    client: Client,
    path: &'static str,
    /// The path of the list, where it is another one.
    list: &'static str,
}

impl Collection {
    /// The collection at `path` below the API's prefix, whose list is at `list`.
    #[must_use]
    pub fn new(client: Client, path: &'static str, list: &'static str) -> Self {
        Self { client, path, list }
    }

    /// Its path below the API's prefix.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    fn segments(&self) -> Vec<&'static str> {
        self.path.split('/').collect()
    }

    fn item<'a>(&self, id: &'a str) -> Vec<&'a str> {
        self.path.split('/').chain([id]).collect()
    }

    /// Every object that the filters (query parameters such as `clusterId` or `fqn`) let through.
    ///
    /// A control plane may ignore a filter it does not know: check what comes back.
    ///
    /// # Errors
    /// Any error of a request; [`Error::Decode`] when a page is not a list.
    pub async fn list(&self, filters: &[(&str, &str)]) -> Result<Vec<Entity>> {
        let mut pages = Pages::default();
        let mut waiting: Vec<usize> = vec![0];
        loop {
            let fetched = self.fetch(filters, &waiting).await?;
            let mut next = Next::End;
            for (index, Success { body, failure }) in fetched.into_iter().enumerate() {
                next = pages
                    .take(body.unwrap_or_default())
                    .map_err(|message| Error::Decode(crate::Failure { message, ..failure }))?;
                // A page shorter than the ones before leaves a gap: go on from where it ends.
                if !matches!(next, Next::Page(offset) if waiting.get(index + 1) == Some(&offset)) {
                    break;
                }
            }
            match next {
                Next::Page(offset) => waiting = pages.remaining(offset),
                Next::End => return Ok(pages.into_entities()),
            }
        }
    }

    /// The pages at these offsets, side by side.
    async fn fetch(&self, filters: &[(&str, &str)], offsets: &[usize]) -> Result<Vec<Success>> {
        let path: Vec<_> = self.list.split('/').collect();
        let pages = offsets.iter().map(async |offset| {
            let (limit, offset) = (PAGE.to_string(), offset.to_string());
            let mut query = filters.to_vec();
            query.extend([("limit", limit.as_str()), ("offset", offset.as_str())]);
            self.client.get(&path, &query).await
        });
        futures_util::future::try_join_all(pages).await
    }

    /// The object with this id; `None` when the control plane says that there is none.
    ///
    /// # Errors
    /// Any error of the request but 404.
    pub async fn get(&self, id: &str) -> Result<Option<Entity>> {
        let remembered =
            self.look(|listed| listed.get(id).filter(|entity| entity.manifest().is_object()).cloned());
        if let Some(entity) = remembered.await.flatten() {
            return Ok(Some(entity));
        }
        self.get_singly(id).await
    }

    async fn get_singly(&self, id: &str) -> Result<Option<Entity>> {
        match self.client.get(&self.item(id), &[]).await {
            Ok(success) => entity_with(id, success).map(Some),
            Err(Error::NotFound(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The object with this FQN or name.
    ///
    /// # Errors
    /// [`Error::Ambiguous`] when several have the name (workspaces of different clusters); any error of a
    /// request.
    pub async fn find(&self, name_or_fqn: &str) -> Result<Option<Entity>> {
        // Only workspaces can be asked for by name or FQN; the other lists are short.
        let filter = match (self.path, name_or_fqn.contains(':')) {
            ("workspaces", true) => Some(("fqn", name_or_fqn)),
            ("workspaces", false) => Some(("name", name_or_fqn)),
            _ => None,
        };
        let remembered = self.look(|listed| listed.called(name_or_fqn).cloned().collect()).await;
        let found = match remembered {
            Some(found) => found,
            None => {
                let listed = self.list(filter.as_slice()).await?;
                listed.into_iter().filter(|entity| entity.is_called(name_or_fqn)).collect()
            }
        };
        self.the_one(name_or_fqn, found)
    }

    /// The one object that `is_it` accepts; `key` is what to call it.
    ///
    /// # Errors
    /// [`Error::Ambiguous`] when it accepts several; any error of a request.
    pub async fn find_where(&self, key: &str, is_it: impl Fn(&Entity) -> bool) -> Result<Option<Entity>> {
        let remembered =
            self.look(|listed| listed.all().filter(|entity| is_it(entity)).cloned().collect()).await;
        let found = match remembered {
            Some(found) => found,
            None => self.list(&[]).await?.into_iter().filter(&is_it).collect(),
        };
        self.the_one(key, found)
    }

    /// The only one of what was found for `key`.
    fn the_one(&self, key: &str, mut found: Vec<Entity>) -> Result<Option<Entity>> {
        if found.len() > 1 {
            let candidates =
                found.iter().map(|entity| entity.fqn().unwrap_or(entity.id()).to_owned()).collect();
            return Err(Error::Ambiguous { collection: self.path, key: key.to_owned(), candidates });
        }
        Ok(found.pop())
    }

    /// What `pick` finds in the collection's snapshot, if there is one.
    async fn look<T>(&self, pick: impl FnOnce(&Listed) -> T) -> Option<T> {
        let list = || {
            let collection = self.clone();
            async move { collection.list(&[]).await }
        };
        self.client.snapshots()?.look(self.path, list, pick).await
    }

    /// Creates the object that the manifest names, or replaces its manifest: the API does not tell which.
    ///
    /// # Errors
    /// Any error of the request; [`Error::Invalid`] when the manifest is refused.
    pub async fn put(&self, manifest: &Value) -> Result<Entity> {
        let sent = self.send(manifest, false).await;
        let Some(snapshots) = self.client.snapshots() else { return self.written(manifest, sent?).await.0 };
        let (written, is_whole) = match sent {
            Ok(sent) => self.written(manifest, sent).await,
            Err(error) => (Err(error), false),
        };
        match &written {
            Ok(entity) if is_whole => snapshots.wrote(self.path, entity).await,
            _ => snapshots.doubt(self.path).await,
        }
        written
    }

    /// The object of an answer to a write, and whether all of it is known. A write of an agent is answered by its new version; it is
    /// written, whatever the read of the agent says.
    async fn written(&self, manifest: &Value, sent: Success) -> (Result<Entity>, bool) {
        let sent = match entity_of(sent) {
            Ok(sent) => sent,
            Err(error) => return (Err(error), false),
        };
        let Some(agent) = sent.text("agentId") else { return (Ok(sent), true) };
        if let Ok(Some(agent)) = self.get_singly(agent).await {
            return (Ok(agent), true);
        }
        // The FQN of a version is that of the agent and a number.
        let fqn = sent.fqn().and_then(|fqn| Some(fqn.rsplit_once(':')?.0));
        let known = json!({ "id": agent, "fqn": fqn, "manifest": manifest });
        (Ok(Entity::from_value(known).unwrap_or(sent)), false)
    }

    /// Has the control plane check a manifest without storing it.
    ///
    /// # Errors
    /// As [`Collection::put`].
    pub async fn check(&self, manifest: &Value) -> Result<()> {
        self.send(manifest, true).await.map(drop)
    }

    async fn send(&self, manifest: &Value, dry_run: bool) -> Result<Success> {
        let repeat = if dry_run { Repeat::Read } else { Repeat::IfRefused };
        let body = json!({"manifest": manifest, "dryRun": dry_run});
        self.client.call(repeat, Method::PUT, &self.segments(), &[], Some(body)).await
    }

    /// Deletes the object with this id. Answers whether it existed; a 404 after a lost answer counts as deleted.
    ///
    /// # Errors
    /// [`Error::InUse`] when something depends on the object; [`Error::Decode`] when the answer does not say that it was deleted,
    /// and it is still there; any other error of the requests.
    pub async fn delete(&self, id: &str) -> Result<bool> {
        let deleted = self.remove(id).await;
        if let Some(snapshots) = self.client.snapshots() {
            match &deleted {
                Ok(_) => snapshots.deleted(self.path, id).await,
                Err(_) => snapshots.doubt(self.path).await,
            }
        }
        deleted
    }

    async fn remove(&self, id: &str) -> Result<bool> {
        let deleted = self.client.delete(Method::DELETE, &self.item(id), &[], None).await?;
        deleted.confirmed(self.get_singly(id)).await
    }
}

/// The object with this id, which was asked for.
pub(crate) fn entity_with(id: &str, success: Success) -> Result<Entity> {
    let failure = success.failure.clone();
    let entity = entity_of(success)?;
    if entity.id() == id {
        return Ok(entity);
    }
    let message = format!("an object with another id, `{}`", entity.id());
    Err(Error::Decode(crate::Failure { message, ..failure }))
}

/// The object of an answer.
pub(crate) fn entity_of(success: Success) -> Result<Entity> {
    let Success { body, failure } = success;
    body.and_then(Entity::from_value).ok_or_else(|| {
        let message = "an object without id and name".to_owned();
        Error::Decode(crate::Failure { message, ..failure })
    })
}

/// The clusters: a [`Collection`] that also knows agent tokens and connections.
#[derive(Clone, Debug)]
pub struct Clusters(Collection);

impl Deref for Clusters {
    type Target = Collection;

    fn deref(&self) -> &Collection {
        &self.0
    }
}

impl Clusters {
    pub(crate) fn new(collection: Collection) -> Self {
        Self(collection)
    }

    /// The token with which the cluster's agent connects. The same at every call.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such cluster; any other error of the request.
    pub async fn token(&self, id: &str) -> Result<SecretString> {
        // Singular on purpose: the only path known to answer the token.
        let success = self.0.client.get(&["cluster", id, "token"], &[]).await?;
        let token = success.body.as_ref().and_then(|body| {
            let token =
                body.pointer("/clusterToken").or_else(|| body.pointer("/data/clusterToken"))?.as_str()?;
            (!token.is_empty()).then(|| SecretString::from(token))
        });
        token.ok_or_else(|| success.undecodable("no `clusterToken` in it"))
    }

    /// Whether the cluster's agent is connected to the control plane now.
    ///
    /// # Errors
    /// Any error of the request.
    pub async fn is_connected(&self, id: &str) -> Result<bool> {
        let success = self.0.client.get(&["clusters", id, "is-connected"], &[]).await?;
        let connected = success.body.as_ref().and_then(|body| {
            body.pointer("/isConnected").or_else(|| body.pointer("/data/isConnected"))?.as_bool()
        });
        connected.ok_or_else(|| success.undecodable("no `isConnected` in it"))
    }
}
