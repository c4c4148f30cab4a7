//! What is said of answers that mean nothing, and of what cannot be sent: all of it, as the user reads it.

use std::time::Duration;

use crate::common::{client, config, fails, ok};
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;
use truefoundry_api::{
    Applications, Client, Config, Deployment, Entity, Error, Result, Singleton, Store, Users,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, method, path},
};

/// The message and the hint.
fn said<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    let error = outcome.unwrap_err();
    format!("{error}\nhint: {}", error.hint())
}

/// A control plane that always answers this.
async fn answers(answer: ResponseTemplate) -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let client = client(&server);
    (server, client)
}

const NOTHING_CONCLUDED: &str = "hint: check that `host` is the control plane itself, not a login page, a proxy or \
                                 another service; nothing was concluded from this answer";

fn misunderstood(request: &str, what: &str) -> String {
    format!("the answer cannot be understood: `{request}` answered 200: {what}\n{NOTHING_CONCLUDED}")
}

#[tokio::test]
async fn an_answer_without_what_was_asked_for_says_what_is_missing() {
    let (_server, client) = answers(ok(json!({ "hello": "world" }))).await;
    let clusters = client.clusters();
    let get = |path: &str| format!("GET /api/svc/v1/{path}");
    let post = |path: &str| format!("POST /api/svc/v1/{path}");
    let cases = [
        (said(clusters.token("a").await), get("cluster/a/token"), "no `clusterToken` in it"),
        (said(clusters.is_connected("a").await), get("clusters/a/is-connected"), "no `isConnected` in it"),
        (said(clusters.get("a").await), get("clusters/a"), "an object without id and name"),
        (said(client.tenant_name().await), get("session"), "a session without a tenant name"),
        (said(client.virtual_account_token("a").await), get("virtual-accounts/a/token"), "no `token` in it"),
        (said(client.trigger_job("a", None).await), post("jobs/trigger"), "no `jobRunName` in it"),
        (said(client.redeploy("a", "d").await), post("apps/a/deployments/d/redeploy"), "no deployment"),
    ];
    for (said, request, what) in cases {
        assert_eq!(said, misunderstood(&request, what));
    }
}

#[tokio::test]
async fn a_list_that_is_none_says_why() {
    for (answer, what) in [
        (json!({ "message": "hello" }), "a list without `data`"),
        (json!({ "data": [{}] }), "a list item without id and name"),
        (
            json!({ "data": [{ "id": "a", "name": "a" }], "pagination": { "total": 3 } }),
            "a list that repeats the same page",
        ),
    ] {
        let (_server, client) = answers(ok(answer)).await;
        let said = said(client.clusters().list(&[]).await);
        let (before, after) = said.split_once(what).unwrap_or_else(|| panic!("{said}"));
        assert!(before.starts_with("the answer cannot be understood: `GET /api/svc/v1/clusters"), "{said}");
        assert_eq!(after, format!("\n{NOTHING_CONCLUDED}"));
    }
}

#[tokio::test]
async fn an_answer_about_something_else_says_so() {
    let (_server, client) = answers(ok(json!({ "statusCode": 503, "message": "no healthy upstream" }))).await;
    assert_eq!(
        said(client.clusters().get("a").await),
        misunderstood("GET /api/svc/v1/clusters/a", "an error, no healthy upstream")
    );
    let (_server, client) = answers(ok(json!({ "id": "b", "name": "b" }))).await;
    assert_eq!(
        said(client.clusters().get("a").await),
        misunderstood("GET /api/svc/v1/clusters/a", "an object with another id, `b`")
    );
    let gateway = Store::Gateway(Singleton::new(client, "gateway-rate-limiting-config"));
    assert_eq!(
        said(gateway.find("", &Map::new()).await),
        misunderstood(
            "GET /api/svc/v1/llm-gateway/config/gateway-rate-limiting-config",
            "no configuration of the type `gateway-rate-limiting-config`"
        )
    );
    let (_server, client) = answers(ok(json!({ "id": "a", "name": "a", "message": "later" }))).await;
    assert_eq!(
        said(client.clusters().delete("a").await),
        format!(
            "the answer cannot be understood: `DELETE a`: the answer does not say that it was deleted, and it is still \
             there\n{NOTHING_CONCLUDED}"
        )
    );
    let shown = json!({ "id": "a", "deployment": { "id": "d" } });
    let last = Deployment::last(&Entity::from_value(shown).unwrap()).unwrap();
    assert_eq!(
        said(Applications::new(client).has_failed(&last).await),
        misunderstood("GET /api/svc/v1/apps/a/deployments/d/statuses", "no list of statuses")
    );
}

#[tokio::test]
async fn an_answer_to_a_write_names_the_object() {
    let (_server, client) = answers(ok(json!([]))).await;
    let apply = "PUT /api/svc/v1/apply";
    assert_eq!(said(client.apply(&json!({}), false).await), misunderstood(apply, "no word on what was done"));
    let (_server, client) = answers(ok(json!({ "action": "CREATE" }))).await;
    let applications = Applications::new(client);
    assert_eq!(
        said(applications.start(&json!({ "name": "api" })).await),
        format!(
            "the answer cannot be understood: `{apply}`: a deployment without an `applicationId`\n{NOTHING_CONCLUDED}"
        )
    );
}

#[tokio::test]
async fn an_answer_of_any_size_is_no_reason_to_run_out_of_memory() {
    let large = ResponseTemplate::new(200).set_body_bytes(vec![b' '; (16 << 20) + 1]);
    let (_server, client) = answers(large).await;
    assert_eq!(
        said(client.clusters().is_connected("a").await),
        misunderstood("GET /api/svc/v1/clusters/a/is-connected", "an answer larger than 16 MiB")
    );
}

#[tokio::test]
async fn a_redirect_names_its_target_and_what_to_set() {
    let moved = ResponseTemplate::new(302).insert_header("Location", "https://sso.example.com/");
    let (_server, client) = answers(moved).await;
    assert_eq!(
        said(client.clusters().is_connected("a").await),
        "the answer cannot be understood: `GET /api/svc/v1/clusters/a/is-connected` answered 302: redirected to \
         `https://sso.example.com/`\n\
         hint: set `host` to the address that the message names; redirects are not followed"
    );
}

/// It may come from something in between, so it does not tell that nothing was changed.
#[tokio::test]
async fn a_refusal_without_words_is_told_as_one() {
    let (_server, client) = answers(ResponseTemplate::new(422)).await;
    assert_eq!(
        said(client.clusters().put(&json!({})).await),
        "refused by the control plane: `PUT /api/svc/v1/clusters` answered 422: no further explanation\n\
         hint: correct what the message names"
    );
}

#[tokio::test]
async fn a_token_that_is_not_known_is_told_from_a_key() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(fails(401, "who is this?")).mount(&server).await;
    let settings = Config { workload_identity: true, ..config(&server.uri()) };
    assert_eq!(
        said(Client::new(settings).unwrap().clusters().is_connected("a").await),
        "the control plane does not accept the workload identity token: `GET /api/svc/v1/clusters/a/is-connected` \
         answered 401: who is this?\n\
         hint: check that a virtual account has the token's subject in its `identity_provider_mapping`, that the \
         identity provider is set up in the control plane, and that the run has not outlived its token"
    );
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_says_so_before_it_is() {
    let (server, client) = answers(ok(json!({}))).await;
    assert_eq!(
        said(client.clusters().get("..").await),
        "`clusters/..` is no valid id or name\nhint: give the id that the control plane shows"
    );
    let store = Store::Apply(Singleton::new(client, "policy"));
    assert_eq!(
        said(store.find("a", &Map::new()).await),
        "the control plane has no way to look up a `policy` by its name\n\
         hint: import it with its manifest, in JSON, in place of the name"
    );
    let settings = Config { user_agent: "a\nb".to_owned(), ..config(&server.uri()) };
    assert_eq!(
        said(Client::new(settings).unwrap().clusters().get("a").await),
        "the HTTP client cannot be made: failed to parse header value\n\
         hint: check `user_agent` and the proxy variables `HTTPS_PROXY` and `NO_PROXY`"
    );
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_key_that_cannot_be_one_says_so() {
    let with_key = |key: &str, workload_identity| {
        let api_key = SecretString::from(key);
        Client::new(Config { api_key, workload_identity, ..config("https://acme.truefoundry.cloud") })
            .map(drop)
    };
    assert_eq!(
        said(with_key(" ", false)),
        "the API key is empty\n\
         hint: set `TFY_API_KEY` to a personal access token or the token of a virtual account"
    );
    assert_eq!(
        said(with_key("tfy_se\ncret", false)),
        "the API key holds characters that no key has, such as a line break\n\
         hint: set `TFY_API_KEY` to a personal access token or the token of a virtual account"
    );
    assert_eq!(
        said(with_key("", true)),
        "the workload identity token is empty\n\
         hint: give the run a token of its identity provider, or set `TFY_API_KEY`"
    );
}

#[tokio::test]
async fn what_was_stopped_says_where() {
    let cancel = CancellationToken::new();
    let (_server, client) = answers(ok(json!({ "isConnected": true }))).await;
    let client = client.with_cancellation(cancel.clone());
    cancel.cancel();
    let found_again = "hint: run again: what had been written is found and kept";
    let stopped = said(client.clusters().is_connected("a").await);
    assert_eq!(
        stopped,
        format!(
            "cancelled: `GET /api/svc/v1/clusters/a/is-connected`: stopped before an answer arrived\n{found_again}"
        )
    );
    let waited = said(client.pause(Duration::from_secs(60)).await);
    assert!(waited.ends_with(&format!("stopped while waiting\n{found_again}")), "{waited}");
}

const LOOK_AT_IT: &str = "hint: look at its logs and events in the dashboard, correct the cause (or give it more time), \
                          then run again";

/// Applications of a control plane that answers these to a deployment, to its status and to the application.
async fn applications(status: Value, shown: ResponseTemplate) -> (MockServer, Applications) {
    let server = MockServer::start().await;
    let made = ok(json!({ "action": "CREATE", "data": { "id": "dep", "applicationId": "app" } }));
    let answers =
        [("/api/svc/v1/apply", made), ("/api/svc/v1/apps/app/deployments/dep/statuses", ok(status))];
    for (at, answer) in answers {
        Mock::given(path(at)).respond_with(answer).mount(&server).await;
    }
    Mock::given(method("DELETE")).respond_with(ok(json!({}))).mount(&server).await;
    Mock::given(path("/api/svc/v1/apps/app")).respond_with(shown).mount(&server).await;
    let applications = Applications::new(client(&server)).with_patience(Duration::from_millis(100));
    (server, applications)
}

async fn deployed(applications: &Applications) -> truefoundry_api::Result<truefoundry_api::Entity> {
    let begun = applications.start(&json!({ "name": "api" })).await?;
    applications.finish(&begun).await
}

#[tokio::test]
async fn a_deployment_that_does_not_end_well_says_how_far_it_came() {
    let running = json!([{ "status": "DEPLOYING", "state": { "isTerminalState": false } }]);
    let (_server, slow) = applications(running, ok(json!({}))).await;
    assert_eq!(
        said(deployed(&slow).await),
        format!(
            "the application `app` ended as `DEPLOYING`: it takes longer than the time limit\n{LOOK_AT_IT}"
        )
    );
    let failed = json!([
        { "status": "DEPLOY_FAILED", "message": "no such image", "state": { "isTerminalState": true } }
    ]);
    let (_server, failing) = applications(failed, ok(json!({}))).await;
    assert_eq!(
        said(deployed(&failing).await),
        format!("the application `app` ended as `DEPLOY_FAILED`: no such image\n{LOOK_AT_IT}")
    );
}

#[tokio::test]
async fn an_application_that_is_gone_once_it_is_deployed_is_told() {
    let done = json!([{ "status": "DEPLOY_SUCCESS", "state": { "isTerminalState": true } }]);
    let (_server, gone) = applications(done, fails(404, "no such application")).await;
    assert_eq!(
        said(deployed(&gone).await),
        format!("the application `app` ended as `is gone`: somebody deleted it\n{LOOK_AT_IT}")
    );
}

#[tokio::test]
async fn a_deletion_that_does_not_end_well_says_why() {
    let stuck = ok(json!({ "data": { "id": "app", "name": "api", "lifecycleStage": "deleting" } }));
    let (_server, slow) = applications(json!([]), stuck).await;
    assert_eq!(
        said(slow.delete("app").await),
        format!(
            "the application `app` ended as `deleting`: its deletion takes longer than the time limit\n{LOOK_AT_IT}"
        )
    );
    let failed = ok(json!({ "data": { "id": "app", "name": "api", "lifecycleStage": "deletion_failed" } }));
    let (_server, failing) = applications(json!([]), failed).await;
    assert_eq!(
        said(failing.delete("app").await),
        format!(
            "the application `app` ended as `deletion_failed`: the control plane could not remove it from the \
             cluster\n{LOOK_AT_IT}"
        )
    );
}

#[tokio::test]
async fn a_name_that_several_have_lists_them() {
    let both = json!([
        { "id": "1", "fqn": "a:w", "name": "w" }, { "id": "2", "fqn": "b:w", "name": "w" }
    ]);
    let (_server, client) = answers(ok(json!({ "data": both, "pagination": { "total": 2 } }))).await;
    let error = client.workspaces().find("w").await.unwrap_err();
    assert!(matches!(error, Error::Ambiguous { .. }));
    assert_eq!(
        format!("{error}\nhint: {}", error.hint()),
        "`w` names more than one of workspaces: a:w, b:w\nhint: use the FQN instead of the name"
    );
}

#[tokio::test]
async fn a_user_that_is_never_listed_is_told_as_registered() {
    // In real time, of a minute: a clock that jumps would also end requests whose answers are on their way.
    let (_server, client) = answers(ok(json!({ "data": [], "pagination": { "total": 0 } }))).await;
    assert_eq!(
        said(Users::new(client).register("ada@example.com", None).await),
        "not found: `GET /users`: `ada@example.com` is registered, but not listed yet (after 6 attempts)\n\
         hint: check the name or id, and that `host` is the right tenant"
    );
}
