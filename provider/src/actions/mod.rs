//! Things to do that are not objects (Terraform 1.14): run a job, restart an application.

use tfplugin::schema::validators::matches;
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::Value;
use tfplugin::{Action, Context, Diagnostic, Diagnostics, Named, Progress, async_trait};
use truefoundry_api::{Applications, Client, Entity};

use crate::object::report;
use crate::session::{Session, client};

/// Every action of the provider.
pub(crate) fn all() -> Named<dyn Action<Session>> {
    vec![
        ("truefoundry_restart_application".into(), Box::new(Restart)),
        ("truefoundry_trigger_job".into(), Box::new(Trigger)),
    ]
}

fn fqn_attribute(of: &str) -> Attribute {
    Attribute::string()
        .required()
        .validate(matches("[^:]+:[^:]+:[^:]+", "an FQN `<cluster>:<workspace>:<name>`"))
        .describe(format!("FQN of the {of}: `<cluster>:<workspace>:<name>`, or the `fqn` of its resource."))
}

/// The application that the configuration names.
async fn application(cx: &Context<Session>, config: &Value) -> Result<(Client, Entity), Diagnostics> {
    let client = client(cx)?;
    let fqn = config.get("fqn").as_str().unwrap_or_default();
    let found = Applications::new(client.clone()).find(fqn).await;
    let found = found.map_err(|error| report(&format!("looking for the application `{fqn}`"), &error))?;
    let found = found.ok_or_else(|| {
        Diagnostic::error(format!("There is no application `{fqn}`"))
            .detail("hint: check the FQN, `<cluster>:<workspace>:<name>`.")
    })?;
    Ok((client, found))
}

/// `truefoundry_trigger_job`.
struct Trigger;

#[async_trait]
impl Action<Session> for Trigger {
    fn schema(&self) -> Schema {
        Schema::new([
            ("fqn", fqn_attribute("job")),
            (
                "command",
                Attribute::string()
                    .describe("Command to run. Left out, it is the one that the job is deployed with."),
            ),
        ])
        .describe("Starts a run of a job, and does not wait for its end.")
    }

    async fn invoke(
        &self,
        cx: &Context<Session>,
        config: &Value,
        progress: &Progress,
    ) -> Result<(), Diagnostics> {
        let (client, job) = application(cx, config).await?;
        let fqn = config.get("fqn").as_str().unwrap_or_default();
        let run = client.trigger_job(job.id(), config.get("command").as_str()).await;
        let run = run.map_err(|error| report(&format!("starting the job `{fqn}`"), &error))?;
        progress.report(format!("started the run `{run}` of the job `{fqn}`")).await;
        Ok(())
    }
}

/// `truefoundry_restart_application`.
struct Restart;

#[async_trait]
impl Action<Session> for Restart {
    fn schema(&self) -> Schema {
        Schema::new([("fqn", fqn_attribute("application"))])
            .describe("Deploys an application again as it is, which restarts it; does not wait for the end of the deployment.")
    }

    async fn invoke(
        &self,
        cx: &Context<Session>,
        config: &Value,
        progress: &Progress,
    ) -> Result<(), Diagnostics> {
        let (client, application) = application(cx, config).await?;
        let fqn = config.get("fqn").as_str().unwrap_or_default();
        let deployment = application.raw()["deployment"]["id"].as_str().ok_or_else(|| {
            Diagnostic::error(format!("The application `{fqn}` was never deployed"))
                .detail("hint: deploy it first.")
        })?;
        let made = client.redeploy(application.id(), deployment).await;
        let made = made.map_err(|error| report(&format!("restarting the application `{fqn}`"), &error))?;
        let version = made.raw()["version"].to_string();
        progress.report(format!("deploying the application `{fqn}` again, as version {version}")).await;
        Ok(())
    }
}
