//! The users of the tenant.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::{
    Client, Collection, Effect, Entity, Error, Failure, Result, collection::entity_with, retry::Repeat,
};

/// How often a user that was just registered is looked for: the control plane may list it later.
const LOOKS: u32 = 6;
/// The wait after the first look; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// All users. An [`Entity`] of one has no manifest; its e-mail address is the field `email`.
#[derive(Clone, Debug)]
pub struct Users {
    client: Client,
}

impl Users {
    /// All users.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Every user whose address holds this text.
    ///
    /// # Errors
    /// Any error of a request; [`Error::Decode`] when a page is not a list.
    pub async fn list(&self, part: &str) -> Result<Vec<Entity>> {
        let users = Collection::new(self.client.clone(), "users", "users");
        users.list(&[("query", part), ("showInvalidUsers", "true")]).await
    }

    /// The user with this e-mail address, in whatever case it is written.
    ///
    /// # Errors
    /// Any error of a request.
    pub async fn find(&self, email: &str) -> Result<Option<Entity>> {
        // The query finds parts of addresses.
        let found = self.list(email).await?;
        Ok(found
            .into_iter()
            .find(|user| user.text("email").is_some_and(|found| found.eq_ignore_ascii_case(email))))
    }

    /// The user with this id.
    ///
    /// # Errors
    /// Any error of the request but 404.
    pub async fn get(&self, id: &str) -> Result<Option<Entity>> {
        match self.client.get(&["users", id], &[]).await {
            Ok(success) => entity_with(id, success).map(Some),
            Err(Error::NotFound(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Registers a user, and sends an invitation that leads to `invite_url` where there is one.
    ///
    /// # Errors
    /// Any error of a request; [`Error::NotFound`] when the user is not listed afterwards.
    pub async fn register(&self, email: &str, invite_url: Option<&str>) -> Result<Entity> {
        let mut body =
            json!({ "email": email, "skipIfUserExists": true, "sendInviteEmail": invite_url.is_some() });
        if let Some(url) = invite_url {
            body["acceptInviteClientURL"] = url.into();
        }
        // Each may be an e-mail, also to somebody who is there already.
        self.client.call(Repeat::IfRefused, Method::POST, &["users", "register"], &[], Some(body)).await?;
        let mut wait = FIRST_WAIT;
        for _ in 0..LOOKS {
            if let Some(user) = self.find(email).await.map_err(Error::after_a_write)? {
                return Ok(user);
            }
            self.client.pause(wait).await.map_err(Error::after_a_write)?;
            wait *= 2;
        }
        Err(Error::NotFound(Failure {
            method: "GET".to_owned(),
            path: "/users".to_owned(),
            message: format!("`{email}` is registered, but not listed yet"),
            attempts: LOOKS,
            effect: Effect::Done,
            ..Failure::default()
        }))
    }

    /// Gives a user this role in the tenant, in the place of the one that it has. Answers the user as it is read afterwards:
    /// what the control plane says to the change itself has no fields that tell of success.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no such role; [`Error::Decode`] when the user has not the role afterwards; any other
    /// error of a request.
    pub async fn set_role(&self, user: &Entity, email: &str, role: &str) -> Result<Entity> {
        let body = json!({ "email": email, "roles": [role] });
        let path = ["users", "roles"];
        let answered = self.client.call(Repeat::Always, Method::PATCH, &path, &[], Some(body)).await?;
        let mut wait = FIRST_WAIT;
        for _ in 0..LOOKS {
            let user = self.get(user.id()).await.map_err(Error::after_a_write)?;
            if let Some(user) = user.filter(|user| user.raw()["roles"] == json!([role])) {
                return Ok(user);
            }
            self.client.pause(wait).await.map_err(Error::after_a_write)?;
            wait *= 2;
        }
        let message = format!("the user has not the role `{role}` afterwards");
        Err(Error::Decode(Failure { message, ..answered.failure }))
    }

    /// Deletes the user with this id; `force` takes it out of teams and access lists before. Answers whether it existed.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it still has access somewhere; any other error of the request.
    pub async fn delete(&self, id: &str, force: bool) -> Result<bool> {
        let force = if force { "true" } else { "false" };
        let query = [("forceDelete", force)];
        let deleted = self.client.delete(Method::DELETE, &["users", id], &query, None).await?;
        deleted.confirmed(self.get(id)).await
    }
}
