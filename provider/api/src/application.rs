//! Applications: a change is a deployment that takes its time, and so does a deletion.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::client::Deleted;
use crate::collection::entity_with;
use crate::{Applied, Client, Collection, Effect, Entity, Error, Failure, Result};

/// The longest that a deployment or deletion is waited for, unless said otherwise.
const PATIENCE: Duration = Duration::from_secs(20 * 60);
/// How long an application that was just deployed may not be shown.
const SETTLING: Duration = Duration::from_secs(3);
/// The first wait between two looks; it grows by half each time, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// How many looks in a row may fail while a deployment is waited for.
const MOST_TROUBLES: u32 = 5;

/// The applications of all workspaces.
#[derive(Clone, Debug)]
pub struct Applications {
    client: Client,
    patience: Duration,
}

impl Applications {
    /// All applications.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client, patience: PATIENCE }
    }

    /// Waits no longer than this for a deployment or deletion.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Every application that the filters, query parameters, let through, without manifests: those are in their
    /// deployments.
    ///
    /// # Errors
    /// Any error of a request; [`Error::Decode`] when a page is not a list.
    pub async fn list(&self, filters: &[(&str, &str)]) -> Result<Vec<Entity>> {
        Collection::new(self.client.clone(), "apps", "apps").list(filters).await
    }

    /// The application with this FQN.
    ///
    /// # Errors
    /// Any error of a request.
    pub async fn find(&self, fqn: &str) -> Result<Option<Entity>> {
        let found = self.list(&[("fqn", fqn)]).await?;
        match found.into_iter().find(|entity| entity.fqn() == Some(fqn)) {
            Some(entity) => Ok(self.get(entity.id()).await?.filter(|found| !is_being_deleted(found))),
            None => Ok(None),
        }
    }

    /// The application with this id, with the manifest of the deployment that it runs. One that is being deleted is still there: its
    /// deletion may fail.
    ///
    /// # Errors
    /// Any error of the request but 404.
    pub async fn get(&self, id: &str) -> Result<Option<Entity>> {
        let Some(shown) = self.shown(id).await? else { return Ok(None) };
        let mut application = shown.into_raw();
        if let Some(fields) = application.as_object_mut() {
            let manifest = fields.get("deployment").and_then(|deployment| deployment.get("manifest"));
            let manifest = manifest.cloned().unwrap_or_default();
            fields.insert("manifest".to_owned(), manifest);
        }
        Ok(Entity::from_value(application))
    }

    /// The application as the control plane shows it.
    async fn shown(&self, id: &str) -> Result<Option<Entity>> {
        match self.client.get(&["apps", id], &[]).await {
            Ok(success) => entity_with(id, success).map(Some),
            Err(Error::NotFound(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Starts a deployment of the manifest. Each is a version of its own, so it is sent again only where it was surely refused. While
    /// another one of the application is running, the control plane refuses, and that is waited for.
    ///
    /// # Errors
    /// Any error of a request.
    pub async fn start(&self, manifest: &Value) -> Result<Deployment> {
        let mut waiting = Waiting::new(self.patience);
        loop {
            let conflict = match self.client.apply(manifest, false).await {
                Ok(applied) => return Deployment::started(applied),
                Err(Error::Conflict(failure)) => failure,
                Err(other) => return Err(other),
            };
            tracing::info!(reason = conflict.message, "waiting until the application can be deployed");
            self.wait_for_running(manifest).await?;
            if !waiting.pause(&self.client).await? {
                return Err(Error::Conflict(conflict));
            }
        }
    }

    /// Waits for the last deployment of the manifest's application, however it ends.
    async fn wait_for_running(&self, manifest: &Value) -> Result<()> {
        let Some(fqn) = fqn(manifest) else { return Ok(()) };
        let Some(last) = self.find(&fqn).await?.as_ref().and_then(Deployment::last) else { return Ok(()) };
        match self.wait_for(&last).await {
            Err(Error::Deployment { .. }) => Ok(()),
            other => other,
        }
    }

    /// Waits until the deployment has succeeded, and answers the application as it is then.
    ///
    /// # Errors
    /// [`Error::Deployment`] when it fails or takes too long; any error of a request.
    pub async fn finish(&self, deployment: &Deployment) -> Result<Entity> {
        self.wait_for(deployment).await?;
        // A control plane may take a moment to show what it has just made.
        let mut waiting = Waiting::new(SETTLING);
        loop {
            if let Some(deployed) = self.get(&deployment.application).await? {
                return Ok(deployed);
            }
            if !waiting.pause(&self.client).await? {
                return Err(failed(&deployment.application, "is gone", "somebody deleted it"));
            }
        }
    }

    /// An application as its last deployment makes it, which may still be running, or have failed, while an older one serves.
    ///
    /// # Errors
    /// Any error of the request.
    pub async fn latest(&self, application: &Entity) -> Result<Entity> {
        let last = Deployment::last(application);
        let Some(last) = last.filter(|last| application.raw()["deployment"]["id"] != last.id.as_str()) else {
            return Ok(application.clone());
        };
        let path = ["apps", &last.application, "deployments", &last.id];
        let deployment = entity_with(&last.id, self.client.get(&path, &[]).await?)?;
        let mut latest = application.raw().clone();
        latest["manifest"] = deployment.manifest().clone();
        latest["deployment"] = deployment.into_raw();
        Ok(Entity::from_value(latest).unwrap_or_else(|| application.clone()))
    }

    /// Whether the deployment has come to a bad end.
    ///
    /// # Errors
    /// Any error of the request.
    pub async fn has_failed(&self, deployment: &Deployment) -> Result<bool> {
        let status = self.status(deployment).await?;
        Ok(status.is_terminal && !status.is_good())
    }

    async fn status(&self, deployment: &Deployment) -> Result<Status> {
        let path = ["apps", &deployment.application, "deployments", &deployment.id, "statuses"];
        let mut success = self.client.get(&path, &[]).await?;
        let Some(Value::Array(mut statuses)) = success.body.take() else {
            return Err(success.undecodable("no list of statuses"));
        };
        // The last counts; there is none before the first.
        let last = statuses.pop().unwrap_or_default();
        Ok(Status {
            name: last["status"].as_str().unwrap_or("unknown").to_owned(),
            message: last["message"].as_str().unwrap_or_default().to_owned(),
            is_terminal: last["state"]["isTerminalState"] == true,
        })
    }

    async fn wait_for(&self, deployment: &Deployment) -> Result<()> {
        let mut waiting = Waiting::new(self.patience);
        let mut troubles = 0;
        let application = &deployment.application;
        loop {
            let name = match self.status(deployment).await {
                Ok(status) if status.is_terminal && status.is_good() => return Ok(()),
                Ok(status) if status.is_terminal => {
                    return Err(failed(application, &status.name, &status.message));
                }
                Ok(status) => {
                    troubles = 0;
                    status.name
                }
                // The deployment goes on whatever an answer looks like.
                Err(trouble) if troubles < MOST_TROUBLES && is_worth_another_look(&trouble) => {
                    troubles += 1;
                    tracing::warn!(%trouble, application, "no word of the deployment");
                    "unknown".to_owned()
                }
                Err(error) => return Err(error),
            };
            tracing::info!(application, status = name, "the deployment is under way");
            if !waiting.pause(&self.client).await? {
                return Err(failed(application, &name, "it takes longer than the time limit"));
            }
        }
    }

    /// Deletes the application and waits until it is gone.
    ///
    /// # Errors
    /// Any error of a request; [`Error::Deployment`] when the deletion fails or takes too long.
    pub async fn delete(&self, id: &str) -> Result<bool> {
        let deleted = self.client.delete(reqwest::Method::DELETE, &["apps", id], &[], None).await?;
        let mut waiting = Waiting::new(self.patience);
        loop {
            let Some(shown) = self.shown(id).await.map_err(Error::after_a_write)? else {
                return Ok(deleted != Deleted::Absent);
            };
            let stage = shown.text("lifecycleStage").unwrap_or_default();
            if stage == "deletion_failed" {
                return Err(failed(id, stage, "the control plane could not remove it from the cluster"));
            }
            tracing::info!(application = id, stage, "the deletion is under way");
            if !waiting.pause(&self.client).await? {
                return Err(failed(id, stage, "its deletion takes longer than the time limit"));
            }
        }
    }
}

/// A deployment of an application, which takes its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    application: String,
    id: String,
}

impl Deployment {
    /// The last one of an application.
    pub fn last(application: &Entity) -> Option<Self> {
        let id = application
            .text("lastDeploymentId")
            .or_else(|| application.raw()["deployment"]["id"].as_str())?;
        Some(Self { application: application.id().to_owned(), id: id.to_owned() })
    }

    fn started(applied: Applied) -> Result<Self> {
        let deployment = applied.entity.unwrap_or_default();
        match deployment.text("applicationId") {
            Some(application) => {
                Ok(Self { application: application.to_owned(), id: deployment.id().to_owned() })
            }
            None => Err(Error::Decode(Failure {
                method: "PUT".to_owned(),
                path: "/api/svc/v1/apply".to_owned(),
                message: "a deployment without an `applicationId`".to_owned(),
                effect: Effect::Unknown,
                ..Failure::default()
            })),
        }
    }

    /// The application as far as it is known once its deployment has begun.
    pub(crate) fn begun(&self, manifest: &Value) -> Entity {
        let known = json!({
            "id": self.application, "fqn": fqn(manifest), "manifest": manifest, "deployment": { "id": self.id },
        });
        Entity::from_value(known).unwrap_or_default()
    }
}

/// The FQN of the manifest's application.
fn fqn(manifest: &Value) -> Option<String> {
    Some(format!("{}:{}", manifest["workspace_fqn"].as_str()?, manifest["name"].as_str()?))
}

fn is_being_deleted(application: &Entity) -> bool {
    application.text("lifecycleStage") == Some("deleting")
}

fn is_worth_another_look(error: &Error) -> bool {
    error.is_passing() || matches!(error, Error::Decode(_) | Error::Server(_))
}

/// How far a deployment is.
struct Status {
    name: String,
    message: String,
    is_terminal: bool,
}

impl Status {
    /// Whether the end is the one that was wanted.
    fn is_good(&self) -> bool {
        matches!(self.name.as_str(), "DEPLOY_SUCCESS" | "BUILD_SUCCESS" | "SET_TRAFFIC" | "PAUSED")
    }
}

fn failed(application: &str, status: &str, message: &str) -> Error {
    let application = application.to_owned();
    Error::Deployment { application, status: status.to_owned(), message: message.to_owned() }
}

/// Looks that grow rarer.
struct Waiting {
    begin: Instant,
    patience: Duration,
    /// All pauses so far, those of tests at their full length.
    paused: Duration,
    next: Duration,
}

impl Waiting {
    fn new(patience: Duration) -> Self {
        Self { begin: Instant::now(), patience, paused: Duration::ZERO, next: FIRST_WAIT }
    }

    /// Waits for the next look. `false` when the time is over; an error when the operation was cancelled.
    async fn pause(&mut self, client: &Client) -> Result<bool> {
        let left = self.patience.saturating_sub(self.begin.elapsed().max(self.paused));
        if left.is_zero() {
            return Ok(false);
        }
        let pause = self.next.min(left);
        client.pause(pause).await?;
        self.paused += pause;
        self.next = (self.next * 3 / 2).min(LONGEST_WAIT);
        Ok(true)
    }
}
