//! Things to do with applications that are not changes of them.

use reqwest::Method;
use serde_json::json;

use crate::{Client, Entity, Result, retry::Repeat};

impl Client {
    /// Starts a run of the job with this id, with the command it is deployed with or another. Answers the run's name.
    ///
    /// Sent once only: a repetition after a lost answer would start a second run.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when the application is no job; any other error of the request.
    pub async fn trigger_job(&self, application: &str, command: Option<&str>) -> Result<String> {
        let mut body = json!({ "applicationId": application });
        if let Some(command) = command {
            body["input"] = json!({ "command": command });
        }
        let success = self.call(Repeat::Never, Method::POST, &["jobs", "trigger"], &[], Some(body)).await?;
        let name = success.body.as_ref().and_then(|body| {
            let name = body.pointer("/jobRunName").or_else(|| body.pointer("/data/name"))?.as_str()?;
            Some(name.to_owned())
        });
        name.ok_or_else(|| success.undecodable("no `jobRunName` in it"))
    }

    /// Deploys the manifest of a deployment again. Answers the new deployment.
    ///
    /// Sent once only: a repetition after a lost answer would deploy twice.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] while another deployment is running; any other error of the request.
    pub async fn redeploy(&self, application: &str, deployment: &str) -> Result<Entity> {
        let path = ["apps", application, "deployments", deployment, "redeploy"];
        let mut success = self.call(Repeat::Never, Method::POST, &path, &[], Some(json!({}))).await?;
        let made = success.body.take().and_then(Entity::from_value);
        made.ok_or_else(|| success.undecodable("no deployment"))
    }
}
