//! The secrets in secret groups.

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::client::Success;
use crate::paging::{Next, PAGE, Pages};
use crate::retry::Repeat;
use crate::{Client, Entity, Error, Failure, Result, collection::entity_with};

/// The secrets of all groups. An [`Entity`] of one has no manifest: its name is the key in the group.
#[derive(Clone, Debug)]
pub struct Secrets {
    client: Client,
}

impl Secrets {
    /// All secrets.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The secrets of a group, without their values.
    ///
    /// # Errors
    /// Any error of a request; [`crate::Error::Decode`] when a page is not a list.
    pub async fn of_group(&self, id: &str) -> Result<Vec<Entity>> {
        let mut pages = Pages::default();
        let mut offset = 0;
        loop {
            let asked = json!({ "secretGroupId": id, "withValue": false, "limit": PAGE, "offset": offset });
            let Success { body, failure } = self.search(asked).await?;
            let next = pages.take(body.unwrap_or_default());
            match next.map_err(|message| Error::Decode(Failure { message, ..failure }))? {
                Next::Page(next) => offset = next,
                Next::End => return Ok(pages.into_entities()),
            }
        }
    }

    /// The secret with this FQN, without its value.
    ///
    /// # Errors
    /// Any error of the request.
    pub async fn find(&self, fqn: &str) -> Result<Option<Entity>> {
        let asked = json!({ "secretFqns": [fqn], "withValue": false, "limit": PAGE, "offset": 0 });
        let Success { body, failure } = self.search(asked).await?;
        let mut pages = Pages::default();
        pages
            .take(body.unwrap_or_default())
            .map_err(|message| Error::Decode(Failure { message, ..failure }))?;
        Ok(pages.into_entities().into_iter().find(|secret| secret.fqn() == Some(fqn)))
    }

    /// Waits, unless the operation is cancelled.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when it is.
    pub async fn pause(&self, time: std::time::Duration) -> Result<()> {
        self.client.pause(time).await
    }

    async fn search(&self, asked: Value) -> Result<Success> {
        self.client.call(Repeat::Read, Method::POST, &["secrets"], &[], Some(asked)).await
    }

    /// The value of the secret with this id; `None` when the control plane does not give out values.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when there is no such secret; any other error of the request.
    pub async fn value(&self, id: &str) -> Result<Option<SecretString>> {
        let secret = entity_with(id, self.client.get(&["secrets", id], &[]).await?)?;
        Ok(secret.text("value").map(SecretString::from))
    }

    /// Replaces the keys of a group: those that are not here are deleted, and those without a value keep the one that
    /// they have.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when a key without a value does not exist; any other error of the request.
    pub async fn replace(&self, group: &str, secrets: &[(&str, Option<&SecretString>)]) -> Result<()> {
        let secrets = secrets.iter().map(|(key, value)| match value {
            Some(value) => json!({ "key": key, "value": value.expose_secret() }),
            None => json!({ "key": key }),
        });
        let body = json!({ "secrets": secrets.collect::<Vec<_>>() });
        // What others wrote since the keys were read would be deleted.
        self.client
            .call(Repeat::IfRefused, Method::PUT, &["secret-groups", group], &[], Some(body))
            .await
            .map(drop)
    }

    /// Deletes the secret with this id. Answers whether it existed.
    ///
    /// # Errors
    /// Any error of the request but 404.
    pub async fn delete(&self, id: &str) -> Result<bool> {
        let deleted = self.client.delete(Method::DELETE, &["secrets", id], &[], None).await?;
        deleted.confirmed(self.get(id)).await
    }

    async fn get(&self, id: &str) -> Result<Option<Entity>> {
        match self.client.get(&["secrets", id], &[]).await {
            Ok(success) => entity_with(id, success).map(Some),
            Err(Error::NotFound(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

impl Client {
    /// The current token of the virtual account with this id.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when there is no such account; any other error of the request.
    pub async fn virtual_account_token(&self, id: &str) -> Result<SecretString> {
        let success = self.get(&["virtual-accounts", id, "token"], &[]).await?;
        let token = success.body.as_ref().and_then(|body| {
            let token = body.pointer("/token").or_else(|| body.pointer("/data/token"))?.as_str()?;
            (!token.is_empty()).then(|| SecretString::from(token))
        });
        token.ok_or_else(|| success.undecodable("no `token` in it"))
    }
}
