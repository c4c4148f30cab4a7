//! What the user reads when the control plane refuses something, or has it in another form, word for word.

use std::time::Duration;

use tfplugin::value::Value;
use truefoundry_api::{Applications, Entity};

use super::messages::{act, create, look_up, open, secrets};
use super::*;

/// Has the control plane answer this to every request whose path holds `path`.
fn answers(setup: &Setup, path: &str, status: u16, body: &Json) {
    let rule = json!([{ "match": { "path": path }, "count": 0, "status": status, "body": body }]);
    setup.sandbox.as_ref().unwrap().control("POST", "faults", &rule).unwrap();
}

fn refuses(setup: &Setup, path: &str) {
    answers(setup, path, 422, &json!({ "statusCode": 422, "message": "not now" }));
}

/// That this was refused while the provider was doing that.
fn refused(doing: &str, request: &str) -> String {
    format!(
        "Failed {doing}: refused by the control plane: `{request}` answered 422: not now.\n\nhint: correct what the \
         message names; nothing was changed."
    )
}

async fn job(setup: &Setup) -> Entity {
    let job = json!({
        "type": "job", "name": "reindex", "workspace_fqn": "one:search", "trigger": { "type": "manual" },
        "image": { "type": "image", "image_uri": "registry.acme.example/reindex:1" },
    });
    apply(&setup.control_plane, job).await;
    Applications::new(setup.control_plane.clone()).find("one:search:reindex").await.unwrap().unwrap()
}

#[tokio::test]
async fn an_action_that_is_refused_is_named() {
    let mut setup = start().await;
    let job = job(&setup).await;
    let (id, deployment) = (job.id(), job.raw()["deployment"]["id"].as_str().unwrap());
    refuses(&setup, "/redeploy");
    assert_eq!(
        act(&mut setup, "truefoundry_restart_application", "one:search:reindex").await,
        refused(
            "restarting the application `one:search:reindex`",
            &format!("POST /api/svc/v1/apps/{id}/deployments/{deployment}/redeploy")
        )
    );
    refuses(&setup, "/jobs/trigger");
    assert_eq!(
        act(&mut setup, "truefoundry_trigger_job", "one:search:reindex").await,
        refused("starting the job `one:search:reindex`", "POST /api/svc/v1/jobs/trigger")
    );
}

#[tokio::test]
async fn an_application_that_was_never_deployed_is_not_restarted() {
    let mut setup = start().await;
    let id = job(&setup).await.id().to_owned();
    let bare = json!({ "id": id, "name": "reindex", "fqn": "one:search:reindex" });
    answers(&setup, &format!("/apps/{id}"), 200, &bare);
    assert_eq!(
        act(&mut setup, "truefoundry_restart_application", "one:search:reindex").await,
        "The application `one:search:reindex` was never deployed: hint: deploy it first."
    );
}

#[tokio::test]
async fn a_role_that_is_refused_is_told_as_such() {
    let mut setup = start().await;
    refuses(&setup, "/users/roles");
    let user = [("email", "ada@example.com".into()), ("role", "admin".into())];
    assert_eq!(
        create(&mut setup, "truefoundry_user", &user).await,
        refused("giving a role to the user `ada@example.com`", "PATCH /api/svc/v1/users/roles")
            + "\n\nIt is made and in the state, marked as tainted: the next apply makes it anew, unless `terraform untaint` \
               keeps it."
    );
}

#[tokio::test]
async fn a_question_for_an_agent_that_is_refused_is_named() {
    let mut setup = start().await;
    let cluster = setup.control_plane.clusters().find("one").await.unwrap().unwrap();
    let id = cluster.id();
    let request = format!("GET /api/svc/v1/clusters/{id}/is-connected");
    refuses(&setup, "/is-connected");
    assert_eq!(
        look_up(&mut setup, "truefoundry_cluster", &[("name", "one".into())]).await,
        refused("asking whether the cluster `one` is connected", &request)
    );
    let patient = [("name", "one".into()), ("wait_for_connection", "1m".into())];
    assert_eq!(
        look_up(&mut setup, "truefoundry_cluster", &patient).await,
        refused(&format!("asking whether the cluster `{id}` is connected"), &request)
    );
}

/// Interrupts the provider between two questions for the agent.
async fn interrupt(sandbox: &Handle, mut provider: ProviderClient<Channel>) {
    let asked = |sandbox: &Handle| {
        let journal = sandbox.control("GET", "requests", &Json::Null).unwrap();
        journal.to_string().contains("/is-connected")
    };
    for _ in 0..1000 {
        if asked(sandbox) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    provider.stop_provider(wire::stop_provider::Request {}).await.unwrap();
}

#[tokio::test]
async fn an_interrupt_while_an_agent_is_waited_for_says_what_is_kept() {
    let mut setup = start().await;
    let cluster = setup.control_plane.clusters().find("one").await.unwrap().unwrap();
    let patient = [("name", "one".into()), ("wait_for_connection", "1m".into())];
    let (sandbox, provider) = (setup.sandbox.take().unwrap(), setup.provider.clone());
    let (told, ()) =
        tokio::join!(look_up(&mut setup, "truefoundry_cluster", &patient), interrupt(&sandbox, provider));
    assert_eq!(
        told,
        format!(
            "Stopped while waiting for the agent of the cluster `{}`: hint: run again; what was written is kept.",
            cluster.id()
        )
    );
}

#[tokio::test]
async fn a_value_that_is_not_given_out_says_what_to_do_instead() {
    let switches = Switches { hide_secret_values: true, ..Switches::default() };
    let mut setup = start_on(switches, &[]).await;
    secrets(&setup).await;
    assert_eq!(
        open(&mut setup, "truefoundry_secret_value", &[("fqn", "demo:db:key".into())]).await,
        "The control plane does not give out the value of the secret `demo:db:key`: Viewing values of secrets is switched \
         off there.\n\nhint: let the application refer to it (`tfy-secret://<fqn>`), or switch viewing on in the settings \
         of the control plane."
    );
}

#[tokio::test]
async fn a_manifest_of_another_form_says_where_it_differs() {
    let mut setup = start().await;
    let manifest = json!({ "type": "environment", "name": "prod", "isProduction": "sometimes" });
    let listed = json!({ "id": "e1", "name": "prod", "manifest": manifest });
    let page = json!({ "data": [listed], "pagination": { "total": 1 } });
    answers(&setup, "/environment", 200, &page);
    assert_eq!(
        look_up(&mut setup, "truefoundry_environment", &[("name", Value::from("prod"))]).await,
        "The environment `prod` cannot be understood: Its manifest has another form than this provider knows: \
         `is_production`: a bool is required.\n\nhint: use a newer version of the provider."
    );
}
