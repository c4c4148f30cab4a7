//! Many reads of one collection, answered from a few pages of its list.

use crate::common::{config, ok};
use serde_json::{Value, json};
use truefoundry_api::{Client, Collection, Config};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path, path_regex},
};

const COUNT: usize = 250;
/// How many objects are read singly before a list is worth it.
const SINGLY: usize = 3;

fn environment(n: usize, color: &str) -> Value {
    json!({"id": format!("id-{n}"), "manifest": {"name": format!("env-{n}"), "color": color}})
}

/// Pages of at most `most` items, whatever the client asks for.
fn page(request: &Request, most: usize) -> ResponseTemplate {
    let number = |key: &str| -> usize {
        request.url.query_pairs().find(|(k, _)| k == key).unwrap().1.parse().unwrap()
    };
    let (offset, limit) = (number("offset"), number("limit").min(most));
    let data: Vec<Value> = (offset..(offset + limit).min(COUNT)).map(|n| environment(n, "listed")).collect();
    ok(json!({"data": data, "pagination": {"total": COUNT}}))
}

async fn server(most: usize) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/api/svc/v1/environments"))
        .respond_with(move |request: &Request| page(request, most))
        .mount(&server)
        .await;
    let single = |request: &Request| {
        let number = request.url.path().rsplit('-').next().and_then(|n| n.parse::<usize>().ok());
        match number {
            Some(n) if n < 1000 => ok(json!({"data": environment(n, "single")})),
            _ => ResponseTemplate::new(404).set_body_json(json!({"statusCode": 404, "message": "no"})),
        }
    };
    Mock::given(method("GET"))
        .and(path_regex("^/api/svc/v1/environments/.+"))
        .respond_with(single)
        .mount(&server)
        .await;
    Mock::given(method("PUT"))
        .respond_with(ok(json!({"data": environment(7, "written")})))
        .mount(&server)
        .await;
    Mock::given(method("DELETE")).respond_with(ok(json!(true))).mount(&server).await;
    server
}

async fn requests(server: &MockServer) -> usize {
    let count = server.received_requests().await.unwrap_or_default().len();
    // Reads that a list answers never wait, so they may have used up what tokio lets a task do in one go. The server's drop
    // blocks this thread on a lock of tokio's, which then would never be had.
    tokio::task::yield_now().await;
    count
}

async fn color(environments: &Collection, n: usize) -> Option<String> {
    let found = environments.get(&format!("id-{n}")).await.unwrap();
    found.map(|entity| entity.manifest()["color"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_hundred_reads_cost_a_few_pages() {
    let server = server(100).await;
    let environments = Client::new(config(&server.uri())).unwrap().environments();
    for n in 0..100 {
        let expected = if n < SINGLY { "single" } else { "listed" };
        assert_eq!(color(&environments, n).await.as_deref(), Some(expected), "{n}");
    }
    assert_eq!(requests(&server).await, 3 + 3, "three plain reads, then three pages");
}

#[tokio::test]
async fn pages_smaller_than_asked_for_leave_no_gap() {
    let server = server(30).await;
    let environments = Client::new(config(&server.uri())).unwrap().environments();
    for n in 0..COUNT {
        let expected = if n < SINGLY { "single" } else { "listed" };
        assert_eq!(color(&environments, n).await.as_deref(), Some(expected), "{n}");
    }
    assert_eq!(requests(&server).await, 3 + COUNT.div_ceil(30));
}

#[tokio::test]
async fn own_writes_are_seen_at_once() {
    let server = server(100).await;
    let environments = Client::new(config(&server.uri())).unwrap().environments();
    for n in 0..5 {
        color(&environments, n).await;
    }
    assert_eq!(color(&environments, 7).await.as_deref(), Some("listed"));
    environments.put(&json!({"name": "env-7"})).await.unwrap();
    assert_eq!(color(&environments, 7).await.as_deref(), Some("written"));
    environments.delete("id-8").await.unwrap();
    assert_eq!(color(&environments, 8).await.as_deref(), Some("single"), "asked for by itself");
}

#[tokio::test]
async fn absence_is_never_concluded_from_a_list() {
    let server = server(100).await;
    let environments = Client::new(config(&server.uri())).unwrap().environments();
    for n in 0..5 {
        color(&environments, n).await;
    }
    assert_eq!(color(&environments, 900).await.as_deref(), Some("single"), "made after the list was read");
    assert_eq!(color(&environments, 5000).await, None);
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let server = server(100).await;
    let config = Config { read_in_pages: false, ..config(&server.uri()) };
    let environments = Client::new(config).unwrap().environments();
    for n in 0..20 {
        assert_eq!(color(&environments, n).await.as_deref(), Some("single"));
    }
    assert_eq!(requests(&server).await, 20);
}

/// A write of an agent is answered by a version; when the agent cannot be read then, the list is no longer right.
#[tokio::test]
async fn a_write_whose_outcome_cannot_be_read_throws_the_list_away() {
    let server = MockServer::start().await;
    let agent = |n: usize| json!({"id": format!("id-{n}"), "manifest": {"name": format!("agent-{n}"), "color": "listed"}});
    Mock::given(method("PUT"))
        .respond_with(ok(json!({"data": {"id": "v2", "fqn": "acme:agent:agent-7:2", "agentId": "id-7"}})))
        .mount(&server)
        .await;
    Mock::given(path("/api/svc/v1/agents/id-7"))
        .respond_with(ResponseTemplate::new(403))
        .mount(&server)
        .await;
    Mock::given(path("/api/svc/v1/agents"))
        .respond_with(ok(json!({"data": [agent(0)], "pagination": {"total": 1}})))
        .mount(&server)
        .await;
    Mock::given(path("/api/svc/v1/agents/id-0"))
        .respond_with(ok(json!({"data": {"id": "id-0", "manifest": {"name": "agent-0", "color": "single"}}})))
        .mount(&server)
        .await;
    let agents = Collection::new(Client::new(config(&server.uri())).unwrap(), "agents", "agents");
    for _ in 0..4 {
        color(&agents, 0).await;
    }
    assert_eq!(color(&agents, 0).await.as_deref(), Some("listed"));
    let written = agents.put(&json!({"name": "agent-7"})).await.unwrap();
    assert_eq!(
        (written.id(), written.fqn()),
        ("id-7", Some("acme:agent:agent-7")),
        "it is written all the same"
    );
    assert_eq!(color(&agents, 0).await.as_deref(), Some("single"));
}
