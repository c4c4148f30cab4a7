//! Applications: a change is a deployment that takes its time, and so does a deletion.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{Applied, Client, Collection, Entity, Error, Failure, Result};

/// The longest that a deployment or deletion is waited for, unless said otherwise.
const PATIENCE: Duration = Duration::from_secs(20 * 60);
/// The first wait between two looks; it grows by half each time, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

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

    /// The application with this FQN.
    ///
    /// # Errors
    /// Any error of a request.
    pub async fn find(&self, fqn: &str) -> Result<Option<Entity>> {
        let applications = Collection::new(self.client.clone(), "apps", "apps");
        // Lists show applications without their manifests: those are in their deployments.
        let found = applications.list(&[("fqn", fqn)]).await?;
        match found.into_iter().find(|entity| entity.fqn() == Some(fqn)) {
            Some(entity) => self.get(entity.id()).await,
            None => Ok(None),
        }
    }

    /// The application with this id, with the manifest of its last deployment. One that is being deleted is gone.
    ///
    /// # Errors
    /// Any error of the request but 404.
    pub async fn get(&self, id: &str) -> Result<Option<Entity>> {
        let mut application = match self.client.get(&["apps", id], &[]).await {
            Ok(success) => success.body.unwrap_or_default(),
            Err(Error::NotFound(_)) => return Ok(None),
            Err(other) => return Err(other),
        };
        if application["data"].is_object() {
            application = application["data"].take();
        }
        if application["lifecycleStage"] == "deleting" {
            return Ok(None);
        }
        application["manifest"] = application["deployment"]["manifest"].clone();
        Ok(Entity::from_value(application))
    }

    /// Deploys the manifest and waits until that has succeeded or failed.
    ///
    /// # Errors
    /// Any error of a request; [`Error::Deployment`] when it fails or takes too long.
    pub async fn deploy(&self, manifest: &Value) -> Result<Entity> {
        let applied = self.apply(manifest).await?;
        let deployment = applied.entity.unwrap_or_default();
        let application = deployment.text("applicationId").unwrap_or_default().to_owned();
        self.wait_for(&application, deployment.id()).await?;
        self.get(&application).await?.ok_or_else(|| failed(manifest, "is gone", "somebody deleted it"))
    }

    async fn wait_for(&self, application: &str, deployment: &str) -> Result<()> {
        let path = ["apps", application, "deployments", deployment, "statuses"];
        let mut waiting = Waiting::new(self.patience);
        loop {
            let success = self.client.get(&path, &[]).await?;
            let statuses = success.body.unwrap_or_default();
            let last = statuses.as_array().and_then(|statuses| statuses.last()).cloned().unwrap_or_default();
            let status = last["status"].as_str().unwrap_or("unknown");
            if last["state"]["isTerminalState"] == true {
                return match status {
                    "DEPLOY_SUCCESS" | "BUILD_SUCCESS" | "SET_TRAFFIC" | "PAUSED" => Ok(()),
                    _ => Err(failed(
                        &json!({ "name": application }),
                        status,
                        last["message"].as_str().unwrap_or(""),
                    )),
                };
            }
            tracing::info!(application, status, "the deployment is under way");
            if !waiting.pause(&self.client).await? {
                return Err(failed(
                    &json!({ "name": application }),
                    status,
                    "it takes longer than the time limit",
                ));
            }
        }
    }

    /// Deletes the application and waits until it is gone.
    ///
    /// # Errors
    /// Any error of a request; [`Error::Deployment`] when the deletion fails or takes too long.
    pub async fn delete(&self, id: &str) -> Result<bool> {
        let existed = self.client.delete(reqwest::Method::DELETE, &["apps", id], None).await?;
        let mut waiting = Waiting::new(self.patience);
        loop {
            let stage = match self.client.get(&["apps", id], &[]).await {
                Err(Error::NotFound(_)) => return Ok(existed),
                Err(other) => return Err(other),
                Ok(success) => {
                    let body = success.body.unwrap_or_default();
                    body["data"]["lifecycleStage"].as_str().unwrap_or_default().to_owned()
                }
            };
            let application = json!({ "name": id });
            if stage == "deletion_failed" {
                return Err(failed(
                    &application,
                    &stage,
                    "the control plane could not remove it from the cluster",
                ));
            }
            tracing::info!(application = id, stage, "the deletion is under way");
            if !waiting.pause(&self.client).await? {
                return Err(failed(&application, &stage, "its deletion takes longer than the time limit"));
            }
        }
    }
}

impl Applications {
    /// Applies a manifest; while another deployment of the application is running, the control plane refuses, and it is
    /// tried again.
    async fn apply(&self, manifest: &Value) -> Result<Applied> {
        let mut waiting = Waiting::new(self.patience);
        loop {
            let conflict = match self.client.apply(manifest, false).await {
                Err(Error::Conflict(failure)) => failure,
                other => return other,
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
        let (Some(workspace), Some(name)) = (manifest["workspace_fqn"].as_str(), manifest["name"].as_str())
        else {
            return Ok(());
        };
        let found = self.find(&format!("{workspace}:{name}")).await?;
        let running =
            found.as_ref().and_then(|found| Some((found.id(), found.raw()["deployment"]["id"].as_str()?)));
        match running {
            Some((application, deployment)) => match self.wait_for(application, deployment).await {
                Err(Error::Deployment { .. }) => Ok(()),
                other => other,
            },
            None => Ok(()),
        }
    }
}

fn failed(manifest: &Value, status: &str, message: &str) -> Error {
    let application = manifest["name"].as_str().unwrap_or_default().to_owned();
    Error::Deployment { application, status: status.to_owned(), message: message.to_owned() }
}

/// Looks that grow rarer.
struct Waiting {
    until: Instant,
    next: Duration,
}

impl Waiting {
    fn new(patience: Duration) -> Self {
        Self { until: Instant::now() + patience, next: FIRST_WAIT }
    }

    /// Waits for the next look. `false` when the time is over; an error when the operation was cancelled.
    async fn pause(&mut self, client: &Client) -> Result<bool> {
        let now = Instant::now();
        if now >= self.until {
            return Ok(false);
        }
        tokio::select! {
            () = sleep(self.next.min(self.until - now)) => (),
            () = client.cancelled() => {
                return Err(Error::Cancelled(Failure {
                    message: "stopped while waiting for an application".to_owned(),
                    ..Failure::default()
                }));
            }
        }
        self.next = (self.next * 3 / 2).min(LONGEST_WAIT);
        Ok(true)
    }
}
