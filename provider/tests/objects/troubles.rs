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
    refused_later(doing, request).replace("names.", "names; nothing was changed.")
}

/// The same of what came after a write.
fn refused_later(doing: &str, request: &str) -> String {
    format!(
        "Failed {doing}: refused by the control plane: `{request}` answered 422: not now.\n\nhint: correct what the \
         message names."
    )
}

/// What is told of an object that was made before something was refused.
const TAINTED: &str = "\n\nIt is made and in the state, marked as tainted: the next apply makes it anew, unless `terraform \
                       untaint` keeps it.";

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
        refused_later("giving a role to the user `ada@example.com`", "PATCH /api/svc/v1/users/roles")
            + TAINTED
    );
}

/// Whatever is refused once something was written: what is told may not deny that.
#[tokio::test]
async fn a_refusal_after_a_write_does_not_say_that_nothing_was_changed() {
    let mut setup = start().await;
    refuses(&setup, "/is-connected");
    let cluster = [
        ("name", "three".into()),
        ("cluster_type", "aws-eks".into()),
        ("environment_names", Value::set(["prod".into()])),
        ("wait_for_connection", "1m".into()),
    ];
    let told = create(&mut setup, "truefoundry_cluster", &cluster).await;
    let id = setup.control_plane.clusters().find("three").await.unwrap().unwrap().id().to_owned();
    let request = format!("GET /api/svc/v1/clusters/{id}/is-connected");
    assert_eq!(
        told,
        refused_later(&format!("asking whether the cluster `{id}` is connected"), &request) + TAINTED
    );
    refuses(&setup, "/statuses");
    let job = json!({
        "type": "job", "name": "reindex", "workspace_fqn": "one:search", "trigger": { "type": "manual" },
        "image": { "type": "image", "image_uri": "registry.acme.example/reindex:1" },
    });
    let told = create(&mut setup, "truefoundry_manifest", &[("manifest", job.to_string().into())]).await;
    let made =
        Applications::new(setup.control_plane.clone()).find("one:search:reindex").await.unwrap().unwrap();
    let deployment = made.text("lastDeploymentId").unwrap();
    let request = format!("GET /api/svc/v1/apps/{}/deployments/{deployment}/statuses", made.id());
    let refused = refused_later("", &request);
    let (begin, end) = refused.split_once("Failed ").unwrap();
    assert_eq!(begin, "");
    assert!(told.starts_with("Failed waiting for the deployment of the object"), "{told}");
    assert!(told.ends_with(&format!("{end}{TAINTED}")), "{told}");
}

#[tokio::test]
async fn a_refusal_after_a_lost_answer_does_not_say_that_nothing_was_changed() {
    let mut setup = start().await;
    let of = json!({ "method": "PUT", "path": "/teams" });
    let rules = json!([
        { "match": of, "reset_before": true },
        { "match": of, "nth": 2, "count": 0, "status": 422, "body": { "statusCode": 422, "message": "not now" } },
    ]);
    setup.sandbox.as_ref().unwrap().control("POST", "faults", &rules).unwrap();
    let team = [("name", "search".into()), ("members", Value::set(["ada@example.com".into()]))];
    let told = create(&mut setup, "truefoundry_team", &team).await;
    assert_eq!(told, refused_later("creating the team `search`", "PUT /api/svc/v1/teams"));
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
        refused_later(&format!("asking whether the cluster `{id}` is connected"), &request)
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
async fn an_interrupt_while_an_agent_is_waited_for_says_what_to_do() {
    let mut setup = start().await;
    let cluster = setup.control_plane.clusters().find("one").await.unwrap().unwrap();
    let patient = [("name", "one".into()), ("wait_for_connection", "1m".into())];
    let (sandbox, provider) = (setup.sandbox.take().unwrap(), setup.provider.clone());
    let (told, ()) =
        tokio::join!(look_up(&mut setup, "truefoundry_cluster", &patient), interrupt(&sandbox, provider));
    assert_eq!(
        told,
        format!("Stopped while waiting for the agent of the cluster `{}`: hint: run again.", cluster.id())
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
