//! Applications: what is deployed and deleted is waited for.

use std::time::Duration;

use crate::common::{client, fails, ok};
use serde_json::{Value, json};
use truefoundry_api::{Applications, Deployment, Effect, Entity, Error};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

fn application(stage: &str) -> Value {
    json!({
        "id": "app-1", "name": "api", "fqn": "c:w:api", "lifecycleStage": stage,
        "deployment": { "manifest": { "type": "service", "name": "api" } }
    })
}

fn absent() -> ResponseTemplate {
    ResponseTemplate::new(404).set_body_json(json!({ "statusCode": 404, "message": "no such application" }))
}

/// Answers `GET apps/app-1` by these, one after the other; the last for good.
async fn shows(server: &MockServer, answers: Vec<ResponseTemplate>) {
    let last = answers.len() - 1;
    for (index, answer) in answers.into_iter().enumerate() {
        let mock = Mock::given(method("GET")).and(path("/api/svc/v1/apps/app-1")).respond_with(answer);
        if index < last { mock.up_to_n_times(1).mount(server).await } else { mock.mount(server).await }
    }
}

async fn deletes(server: &MockServer) {
    Mock::given(method("DELETE")).respond_with(ok(json!({ "message": "deleting" }))).mount(server).await;
}

/// Whose deployments end, or go on for ever.
async fn deploys(server: &MockServer, ends: bool) {
    Mock::given(method("PUT"))
        .and(path("/api/svc/v1/apply"))
        .respond_with(ok(json!({ "action": "CREATE", "data": { "id": "dep-1", "applicationId": "app-1" } })))
        .mount(server)
        .await;
    let status = json!([{ "status": "DEPLOY_SUCCESS", "state": { "isTerminalState": ends } }]);
    Mock::given(path("/api/svc/v1/apps/app-1/deployments/dep-1/statuses"))
        .respond_with(ok(status))
        .mount(server)
        .await;
}

#[tokio::test]
async fn an_answer_is_read_with_and_without_an_envelope() {
    for answer in [application("active"), json!({ "data": application("active") })] {
        let server = MockServer::start().await;
        shows(&server, vec![ok(answer)]).await;
        let found = Applications::new(client(&server)).get("app-1").await.unwrap().unwrap();
        assert_eq!(found.manifest()["type"], "service");
    }
    for answer in [application("deletion_failed"), json!({ "data": application("deletion_failed") })] {
        let server = MockServer::start().await;
        deletes(&server).await;
        shows(&server, vec![ok(answer)]).await;
        let error = Applications::new(client(&server)).delete("app-1").await.unwrap_err();
        assert!(matches!(&error, Error::Deployment { status, .. } if status == "deletion_failed"), "{error}");
    }
}

#[tokio::test]
async fn a_deletion_is_waited_for() {
    let server = MockServer::start().await;
    deletes(&server).await;
    let deleting = || ok(json!({ "data": application("deleting") }));
    shows(&server, vec![deleting(), deleting(), absent()]).await;
    let applications = Applications::new(client(&server));
    assert!(applications.delete("app-1").await.unwrap());
    let looks = server.received_requests().await.unwrap_or_default().len();
    assert_eq!(looks, 1 + 3, "the deletion, and a look until it is gone");
    assert_eq!(applications.get("app-1").await.unwrap(), None);
}

#[tokio::test]
async fn a_deployment_is_waited_for_and_shown_with_its_manifest() {
    let server = MockServer::start().await;
    deploys(&server, true).await;
    shows(&server, vec![absent(), absent(), ok(json!({ "data": application("active") }))]).await;
    let applications = Applications::new(client(&server));
    let begun = applications.start(&json!({ "name": "api" })).await.unwrap();
    let made = applications.finish(&begun).await.unwrap();
    assert_eq!((made.id(), &made.manifest()["name"]), ("app-1", &json!("api")));
}

#[tokio::test]
async fn patience_ends() {
    let server = MockServer::start().await;
    deploys(&server, false).await;
    deletes(&server).await;
    shows(&server, vec![ok(json!({ "data": application("deleting") }))]).await;
    let applications = Applications::new(client(&server)).with_patience(Duration::from_millis(300));
    let begun = applications.start(&json!({ "name": "api" })).await.unwrap();
    let start = std::time::Instant::now();
    for outcome in [applications.finish(&begun).await.map(drop), applications.delete("app-1").await.map(drop)]
    {
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::Deployment { .. }), "{error}");
        assert!(error.to_string().contains("longer than the time limit"), "{error}");
    }
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn an_answer_that_names_no_application_is_an_error() {
    let server = MockServer::start().await;
    Mock::given(method("PUT")).respond_with(ok(json!({ "action": "CREATE" }))).mount(&server).await;
    let error = Applications::new(client(&server)).start(&json!({ "name": "api" })).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
}

fn service() -> Value {
    json!({ "type": "service", "name": "api", "workspace_fqn": "c:w" })
}

async fn writes(server: &MockServer) -> usize {
    let requests = server.received_requests().await.unwrap_or_default();
    requests.iter().filter(|request| request.method.as_str() == "PUT").count()
}

/// Each is a deployment of its own.
#[tokio::test]
async fn a_write_is_repeated_only_when_it_was_surely_refused() {
    for (answer, effect, count) in [
        (fails(429, "slow down"), Effect::None, 5),
        (fails(503, "busy"), Effect::Unknown, 1),
        (fails(504, "no answer"), Effect::Unknown, 1),
        (fails(403, "no"), Effect::Unknown, 1),
        (fails(422, "no such image"), Effect::None, 1),
        (ok(json!({ "message": "maintenance" })), Effect::Unknown, 1),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("PUT")).respond_with(answer).mount(&server).await;
        let error = Applications::new(client(&server)).start(&service()).await.unwrap_err();
        assert_eq!((error.effect(), writes(&server).await), (effect, count), "{error}");
    }
}

#[tokio::test]
async fn a_few_answers_that_say_nothing_do_not_end_a_wait() {
    let server = MockServer::start().await;
    Mock::given(path("/api/svc/v1/apps/app-1/deployments/dep-1/statuses"))
        .respond_with(ok(json!({ "message": "maintenance" })))
        .up_to_n_times(3)
        .mount(&server)
        .await;
    deploys(&server, true).await;
    shows(&server, vec![ok(json!({ "data": application("active") }))]).await;
    let applications = Applications::new(client(&server));
    let begun = applications.start(&service()).await.unwrap();
    assert_eq!(applications.finish(&begun).await.unwrap().id(), "app-1");
}

#[tokio::test]
async fn the_last_deployment_of_an_application_and_whether_it_failed() {
    for (status, failed) in [("DEPLOY_SUCCESS", false), ("DEPLOY_FAILED", true)] {
        let server = MockServer::start().await;
        let statuses = json!([{ "status": status, "state": { "isTerminalState": true } }]);
        Mock::given(path("/api/svc/v1/apps/app-1/deployments/dep-1/statuses"))
            .respond_with(ok(statuses))
            .mount(&server)
            .await;
        let mut shown = application("active");
        shown["deployment"]["id"] = "dep-1".into();
        let last = Deployment::last(&Entity::from_value(shown).unwrap()).unwrap();
        assert_eq!(Applications::new(client(&server)).has_failed(&last).await.unwrap(), failed);
    }
}
