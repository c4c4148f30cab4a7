//! What becomes of failures: retries, typed errors, cancellation.

use std::time::{Duration, Instant, SystemTime};

use crate::common::{client, config, fails, ok};
use serde_json::{Map, Value, json};
use tokio::{io::AsyncReadExt, io::AsyncWriteExt, net::TcpListener};
use tokio_util::sync::CancellationToken;
use truefoundry_api::{Client, Config, Error, Singleton, Store};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

/// The name of the error that a GET meets when the server always answers this.
async fn error_for(answer: ResponseTemplate) -> Error {
    let server = MockServer::start().await;
    Mock::given(path("/api/svc/v1/clusters/a/is-connected")).respond_with(answer).mount(&server).await;
    client(&server).clusters().is_connected("a").await.unwrap_err()
}

fn name(error: &Error) -> String {
    format!("{error:?}").split(['(', ' ']).next().unwrap().to_owned()
}

#[tokio::test]
async fn statuses_become_typed_errors_with_the_servers_words() {
    for (status, expected) in [
        (400, "Invalid"),
        (401, "Unauthorized"),
        (403, "Forbidden"),
        (404, "NotFound"),
        (409, "Conflict"),
        (417, "InUse"),
        (422, "Invalid"),
        (429, "RateLimited"),
        (500, "Server"),
        (503, "Server"),
    ] {
        let error = error_for(fails(status, "the reason")).await;
        assert_eq!(name(&error), expected, "{status}");
        assert!(error.to_string().contains("the reason"), "{error}");
        assert!(error.to_string().contains("`GET /api/svc/v1/clusters/a/is-connected`"), "{error}");
    }
    let many = ResponseTemplate::new(422).set_body_json(json!({"message": ["a is bad", "b is bad"]}));
    assert!(error_for(many).await.to_string().contains("a is bad; b is bad"));
}

#[tokio::test]
async fn a_deletion_that_is_refused_is_in_use() {
    let server = MockServer::start().await;
    Mock::given(method("DELETE"))
        .respond_with(fails(409, "used by workspace a"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .respond_with(fails(409, "used by workspace a"))
        .expect(1)
        .mount(&server)
        .await;
    let client = client(&server);
    let manifests = Store::Apply(Singleton::new(client.clone(), "workspace"));
    assert_eq!(name(&client.environments().delete("e").await.unwrap_err()), "InUse");
    assert_eq!(name(&manifests.delete("w", &Map::new()).await.unwrap_err()), "InUse");
}

#[tokio::test]
async fn what_cannot_be_understood_is_never_absence() {
    let server = MockServer::start().await;
    let html = "<!DOCTYPE html><html><title>Sign in</title></html>";
    let at = |id: &str| Mock::given(path(format!("/api/svc/v1/clusters/{id}")));
    at("page").respond_with(ResponseTemplate::new(200).set_body_string(html)).mount(&server).await;
    at("page404").respond_with(ResponseTemplate::new(404).set_body_string(html)).mount(&server).await;
    at("empty404").respond_with(ResponseTemplate::new(404)).mount(&server).await;
    at("route").respond_with(fails(404, "Cannot GET /api/svc/v1/clusters/route")).mount(&server).await;
    at("half")
        .respond_with(ResponseTemplate::new(200).set_body_string("{\"data\":{\"id\":\"ha"))
        .mount(&server)
        .await;
    at("other").respond_with(ok(json!({"hello": "world"}))).mount(&server).await;
    at("moved")
        .respond_with(ResponseTemplate::new(302).insert_header("Location", "https://sso.example.com/"))
        .mount(&server)
        .await;
    let clusters = client(&server).clusters();
    for id in ["page", "page404", "empty404", "route", "half", "other", "moved"] {
        let error = clusters.get(id).await.unwrap_err();
        assert_eq!(name(&error), "Decode", "{id}: {error}");
    }
    for id in ["page", "page404", "empty404", "half", "moved"] {
        let error = clusters.delete(id).await.unwrap_err();
        assert_eq!(name(&error), "Decode", "{id}: {error}");
    }
    let error = clusters.get("page").await.unwrap_err();
    assert!(error.to_string().contains("an HTML page titled `Sign in` instead of JSON"), "{error}");
    let error = clusters.get("moved").await.unwrap_err();
    assert!(error.to_string().contains("redirected to `https://sso.example.com/`"), "{error}");
    assert!(error.hint().contains("redirects are not followed"));
    assert_eq!(name(&clusters.list(&[]).await.unwrap_err()), "Decode");
}

#[tokio::test]
async fn passing_failures_are_retried_and_a_gateways_page_is_named() {
    for broken in [408, 429, 502, 503, 504] {
        let server = MockServer::start().await;
        let failure = || fails(broken, "later");
        Mock::given(method("DELETE")).respond_with(failure()).up_to_n_times(2).mount(&server).await;
        Mock::given(method("DELETE")).respond_with(ok(json!(true))).expect(1).mount(&server).await;
        assert!(client(&server).environments().delete("e").await.unwrap());
    }
    let page = ResponseTemplate::new(502)
        .insert_header("Retry-After", "0")
        .set_body_string("<html><head><title>502 Bad Gateway</title></head></html>");
    let error = error_for(page).await;
    assert_eq!(name(&error), "Server");
    assert!(error.to_string().contains("`502 Bad Gateway`"), "{error}");
    assert!(error.to_string().ends_with("(after 5 attempts)"), "{error}");
}

/// How often a write is sent when the server always answers this status.
async fn writes(status: u16) -> usize {
    let server = MockServer::start().await;
    Mock::given(method("PUT")).respond_with(fails(status, "no")).mount(&server).await;
    let error = client(&server).environments().put(&json!({})).await.unwrap_err();
    assert_eq!(error.status(), Some(status), "{error}");
    server.received_requests().await.unwrap().len()
}

#[tokio::test]
async fn answers_that_are_final_are_not_retried() {
    for status in [400, 401, 403, 404, 409, 417, 422, 424, 500, 501] {
        assert_eq!(writes(status).await, 1, "{status}");
    }
    // Whether it was heard, only a look can tell; that it was too much says that it was not.
    assert_eq!(writes(503).await, 1);
    assert_eq!(writes(429).await, 5);
}

#[tokio::test]
async fn a_500_is_retried_for_reads_only() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(fails(500, "oops")).up_to_n_times(1).mount(&server).await;
    Mock::given(method("GET")).respond_with(ok(json!({"isConnected": false}))).mount(&server).await;
    assert!(!client(&server).clusters().is_connected("a").await.unwrap());
}

#[tokio::test]
async fn retry_after_is_waited_for_in_both_forms() {
    for in_words in [false, true] {
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2));
        let wait = if in_words { date.as_str() } else { "1" };
        let server = MockServer::start().await;
        let busy = ResponseTemplate::new(429).insert_header("Retry-After", wait);
        Mock::given(method("GET")).respond_with(busy).up_to_n_times(1).mount(&server).await;
        Mock::given(method("GET")).respond_with(ok(json!({"isConnected": true}))).mount(&server).await;
        let start = Instant::now();
        client(&server).clusters().is_connected("a").await.unwrap();
        // A date has whole seconds, so up to one second of the two may have passed.
        assert!(start.elapsed() >= Duration::from_millis(900), "{wait}: {:?}", start.elapsed());
    }
}

/// A server that answers the n-th connection with the n-th text, and closes it.
async fn raw_server(answers: Vec<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    host
}

const CUT: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"data\":";

#[tokio::test]
async fn closed_connections_and_cut_answers_are_retried() {
    let whole = "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"isConnected\":true}";
    let host = raw_server(vec!["", CUT, whole]).await;
    assert!(Client::new(config(&host)).unwrap().clusters().is_connected("a").await.unwrap());

    let host = raw_server(vec![CUT, CUT]).await;
    let once = Client::new(Config { max_retries: 1, ..config(&host) }).unwrap();
    let error = once.clusters().get("a").await.unwrap_err();
    assert_eq!(name(&error), "Transport");
    assert!(error.to_string().ends_with("(after 2 attempts)"), "{error}");
}

#[tokio::test]
async fn a_refused_connection_says_so() {
    // Bound and dropped: a port where nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let host = format!("http://127.0.0.1:{port}");
    let client = Client::new(Config { max_retries: 1, ..config(&host) }).unwrap();
    let error = client.clusters().get("a").await.unwrap_err();
    assert_eq!(name(&error), "Transport");
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(error.hint().contains("check `host`"));
}

#[tokio::test]
async fn a_silent_server_times_out() {
    let server = MockServer::start().await;
    let slow = ok(json!({"isConnected": true})).set_delay(Duration::from_secs(60));
    Mock::given(method("GET")).respond_with(slow).mount(&server).await;
    let short = Config { timeout: Duration::from_millis(200), max_retries: 0, ..config(&server.uri()) };
    let error = Client::new(short).unwrap().clusters().is_connected("a").await.unwrap_err();
    assert_eq!(name(&error), "Transport");
    assert!(error.to_string().contains("timed out"), "{error}");
    assert!(error.hint().contains("`timeout`"));
}

/// Cancels after 300 ms and answers the error and how long the call took.
async fn cancelled(answer: ResponseTemplate) -> (Result<bool, Error>, Duration) {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(answer).mount(&server).await;
    let cancel = CancellationToken::new();
    let client = client(&server).with_cancellation(cancel.clone());
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cancel.cancel();
    });
    let start = Instant::now();
    let outcome = client.clusters().is_connected("a").await;
    (outcome, start.elapsed())
}

#[tokio::test]
async fn cancelling_ends_waits_at_once_and_requests_after_a_grace_time() {
    let busy = ResponseTemplate::new(503).insert_header("Retry-After", "50");
    let (outcome, took) = cancelled(busy).await;
    assert_eq!(name(&outcome.unwrap_err()), "Cancelled");
    assert!(
        took < Duration::from_secs(20),
        "it waited on for {took:?}, of the 50 s that it was asked to wait"
    );

    let answer = ok(json!({"isConnected": true}));
    let (outcome, _) = cancelled(answer.clone().set_delay(Duration::from_millis(900))).await;
    assert!(outcome.unwrap());

    let (outcome, took) = cancelled(answer.set_delay(Duration::from_secs(40))).await;
    assert_eq!(name(&outcome.unwrap_err()), "Cancelled");
    assert!((Duration::from_millis(2200)..Duration::from_secs(20)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn nothing_is_sent_after_cancellation() {
    let server = MockServer::start().await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let cancelled = client(&server).with_cancellation(cancel);
    assert_eq!(name(&cancelled.environments().put(&Value::Null).await.unwrap_err()), "Cancelled");
    assert!(server.received_requests().await.unwrap().is_empty());
}
