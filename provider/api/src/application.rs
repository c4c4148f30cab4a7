//! Applications: a change is a deployment that takes its time, and so does a deletion.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{Applied, Client, Collection, Entity, Error, Failure, Result};

/// The longest that a deployment or deletion is waited for, unless said otherwise.
const PATIENCE: Duration = Duration::from_secs(20 * 60);
/// How long an application that was just deployed may not be shown.
const SETTLING: Duration = Duration::from_secs(3);
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
            Some(entity) => self.get(entity.id()).await,
            None => Ok(None),
        }
    }

    /// The application with this id, with the manifest of its last deployment. One that is being deleted is gone.
    ///
    /// # Errors
    /// Any error of the request but 404.
    pub async fn get(&self, id: &str) -> Result<Option<Entity>> {
        let Some(mut application) = self.shown(id).await? else { return Ok(None) };
        if application["lifecycleStage"] == "deleting" {
            return Ok(None);
        }
        application["manifest"] = application["deployment"]["manifest"].clone();
        Ok(Entity::from_value(application))
    }

    /// The application as the control plane shows it, with or without a `data` around it.
    async fn shown(&self, id: &str) -> Result<Option<Value>> {
        let mut shown = match self.client.get(&["apps", id], &[]).await {
            Ok(success) => success.body.unwrap_or_default(),
            Err(Error::NotFound(_)) => return Ok(None),
            Err(other) => return Err(other),
        };
        Ok(Some(if shown["data"].is_object() { shown["data"].take() } else { shown }))
    }

    /// Deploys the manifest and waits until that has succeeded or failed. Each write is a version of its own, so what is
    /// deployed already, or about to be, is not deployed again.
    ///
    /// # Errors
    /// Any error of a request; [`Error::Deployment`] when it fails or takes too long.
    pub async fn deploy(&self, manifest: &Value) -> Result<Entity> {
        let (application, deployment) = match self.there(manifest).await? {
            Some(there) => there,
            None => self.start_in_turn(manifest).await?,
        };
        self.wait_for(&application, &deployment).await?;
        // A control plane may take a moment to show what it has just made.
        let mut waiting = Waiting::new(SETTLING);
        loop {
            if let Some(deployed) = self.get(&application).await? {
                return Ok(deployed);
            }
            if !waiting.pause(&self.client).await? {
                return Err(failed(manifest, "is gone", "somebody deleted it"));
            }
        }
    }

    /// Starts a deployment; while another one of the application is running, the control plane refuses, and that is
    /// waited for.
    async fn start_in_turn(&self, manifest: &Value) -> Result<(String, String)> {
        let mut waiting = Waiting::new(self.patience);
        loop {
            let conflict = match self.start(manifest).await {
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
        let Some(last) = self.last(manifest).await? else { return Ok(()) };
        match self.wait_for(last.application.id(), &last.deployment).await {
            Err(Error::Deployment { .. }) => Ok(()),
            other => other,
        }
    }

    /// Starts a deployment. Answers the ids of the application and of the deployment.
    async fn start(&self, manifest: &Value) -> Result<(String, String)> {
        let mut waiting = Waiting::new(self.client.max_retry_time());
        let mut retries = self.client.max_retries();
        loop {
            let unclear = match self.client.apply_if_clear(manifest).await {
                Ok(applied) => return started(applied),
                Err(error @ (Error::Transport(_) | Error::Decode(_) | Error::Server(_))) => error,
                Err(refused) => return Err(refused),
            };
            if retries == 0 || !waiting.pause(&self.client).await? {
                return Err(unclear);
            }
            retries -= 1;
            if let Some(there) = self.there(manifest).await? {
                tracing::info!(%unclear, "the deployment was started all the same");
                return Ok(there);
            }
            // What is no passing failure is not repeated, as elsewhere.
            if matches!(unclear, Error::Decode(_)) || unclear.status() == Some(500) {
                return Err(unclear);
            }
        }
    }

    /// The application of the manifest and its last deployment.
    async fn last(&self, manifest: &Value) -> Result<Option<Last>> {
        let (Some(workspace), Some(name)) = (manifest["workspace_fqn"].as_str(), manifest["name"].as_str())
        else {
            return Ok(None);
        };
        let Some(application) = self.find(&format!("{workspace}:{name}")).await? else { return Ok(None) };
        let deployment = application.raw()["deployment"]["id"].as_str().map(str::to_owned);
        Ok(deployment.map(|deployment| Last { application, deployment }))
    }

    /// The ids of the application and its last deployment, when that is of this manifest and has not failed.
    async fn there(&self, manifest: &Value) -> Result<Option<(String, String)>> {
        let Some(Last { application, deployment }) = self.last(manifest).await? else { return Ok(None) };
        if application.manifest() != manifest {
            return Ok(None);
        }
        let status = self.status(application.id(), &deployment).await?;
        let failed = status.is_terminal && !status.is_good();
        Ok((!failed).then(|| (application.id().to_owned(), deployment)))
    }

    async fn status(&self, application: &str, deployment: &str) -> Result<Status> {
        let path = ["apps", application, "deployments", deployment, "statuses"];
        let statuses = self.client.get(&path, &[]).await?.body.unwrap_or_default();
        let last = statuses.as_array().and_then(|statuses| statuses.last()).cloned().unwrap_or_default();
        Ok(Status {
            name: last["status"].as_str().unwrap_or("unknown").to_owned(),
            message: last["message"].as_str().unwrap_or_default().to_owned(),
            is_terminal: last["state"]["isTerminalState"] == true,
        })
    }

    async fn wait_for(&self, application: &str, deployment: &str) -> Result<()> {
        let mut waiting = Waiting::new(self.patience);
        let named = json!({ "name": application });
        loop {
            let status = self.status(application, deployment).await?;
            if status.is_terminal {
                return match status.is_good() {
                    true => Ok(()),
                    false => Err(failed(&named, &status.name, &status.message)),
                };
            }
            tracing::info!(application, status = status.name, "the deployment is under way");
            if !waiting.pause(&self.client).await? {
                return Err(failed(&named, &status.name, "it takes longer than the time limit"));
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
            let Some(shown) = self.shown(id).await? else { return Ok(existed) };
            let stage = shown["lifecycleStage"].as_str().unwrap_or_default();
            let application = json!({ "name": id });
            if stage == "deletion_failed" {
                return Err(failed(
                    &application,
                    stage,
                    "the control plane could not remove it from the cluster",
                ));
            }
            tracing::info!(application = id, stage, "the deletion is under way");
            if !waiting.pause(&self.client).await? {
                return Err(failed(&application, stage, "its deletion takes longer than the time limit"));
            }
        }
    }
}

/// An application and the id of its last deployment.
struct Last {
    application: Entity,
    deployment: String,
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

fn started(applied: Applied) -> Result<(String, String)> {
    let deployment = applied.entity.unwrap_or_default();
    match deployment.text("applicationId") {
        Some(application) => Ok((application.to_owned(), deployment.id().to_owned())),
        None => Err(Error::Decode(Failure {
            method: "PUT".to_owned(),
            path: "/api/svc/v1/apply".to_owned(),
            message: "a deployment without an `applicationId`".to_owned(),
            ..Failure::default()
        })),
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
        client.pause(self.next.min(self.until - now)).await?;
        self.next = (self.next * 3 / 2).min(LONGEST_WAIT);
        Ok(true)
    }
}
