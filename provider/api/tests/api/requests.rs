//! What the client sends, and how it reads what comes back.

use crate::common::{KEY, client, config, fails, ok, workspace};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use truefoundry_api::{Action, Client, Entity, Error, Singleton, Store};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{body_json, header, method, path, query_param},
};

#[tokio::test]
async fn every_request_carries_key_and_user_agent() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/api/svc/v1/clusters/prod"))
        .and(header("Authorization", format!("Bearer {KEY}")))
        .and(header("User-Agent", "tests/1"))
        .respond_with(ok(json!({"data": {"id": "prod", "fqn": "prod", "manifest": {"name": "prod"}}})))
        .mount(&server)
        .await;
    let client = Client::new(truefoundry_api::Config {
        user_agent: "tests/1".to_owned(),
        ..config(&format!("{}/", server.uri()))
    })
    .unwrap();
    let cluster = client.clusters().get("prod").await.unwrap().unwrap();
    assert_eq!((cluster.id(), cluster.name()), ("prod", "prod"));
}

#[tokio::test]
async fn a_path_prefix_of_the_host_is_kept_and_ids_are_escaped() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/tfy/api/svc/v1/workspaces/a%2Fb%3Fc"))
        .respond_with(ok(json!({"data": workspace("a/b?c", "c", "w")})))
        .mount(&server)
        .await;
    let client = Client::new(config(&format!("{}/tfy", server.uri()))).unwrap();
    let escaped = client.workspaces().get("a/b?c").await.unwrap().unwrap();
    assert_eq!((escaped.id(), escaped.name()), ("a/b?c", "w"));
    for id in ["", ".", ".."] {
        assert!(matches!(client.workspaces().delete(id).await, Err(Error::Config { .. })), "{id}");
    }
}

/// Serves 250 environments, and an empty page past the end.
fn environments(request: &Request) -> ResponseTemplate {
    let number = |key: &str| -> usize {
        request.url.query_pairs().find(|(k, _)| k == key).unwrap().1.parse().unwrap()
    };
    let (offset, limit) = (number("offset"), number("limit"));
    let data: Vec<Value> = (offset..(offset + limit).min(250))
        .map(|n| json!({"id": format!("id-{n}"), "manifest": {"name": format!("env-{n}")}}))
        .collect();
    ok(json!({"data": data, "pagination": {"total": 250, "offset": offset, "limit": limit}}))
}

#[tokio::test]
async fn a_list_is_read_to_its_end() {
    let server = MockServer::start().await;
    Mock::given(path("/api/svc/v1/environments"))
        .respond_with(environments)
        .expect(3 + 3)
        .mount(&server)
        .await;
    let client = client(&server);
    assert_eq!(client.environments().list(&[]).await.unwrap().len(), 250);
    let found = client.environments().find("env-201").await.unwrap().unwrap();
    assert_eq!(found.id(), "id-201");
}

#[tokio::test]
async fn an_empty_page_past_the_end_ends_a_list_whose_total_is_wrong() {
    let server = MockServer::start().await;
    let list = || Mock::given(path("/api/svc/v1/clusters"));
    list()
        .and(query_param("offset", "0"))
        .respond_with(ok(json!({"data": [{"id": "a", "name": "a"}], "pagination": {"total": 9}})))
        .expect(1)
        .mount(&server)
        .await;
    list().respond_with(ok(json!({"data": [], "pagination": {"total": 9}}))).mount(&server).await;
    let listed = client(&server).clusters().list(&[]).await.unwrap();
    assert_eq!(listed.iter().map(Entity::id).collect::<Vec<_>>(), ["a"]);
}

#[tokio::test]
async fn workspaces_are_found_by_fqn_and_a_name_on_two_clusters_is_ambiguous() {
    let server = MockServer::start().await;
    let (one, two) = (workspace("1", "prod", "search"), workspace("2", "dev", "search"));
    let other = workspace("3", "dev", "other");
    // This server ignores every filter, as older ones may.
    Mock::given(path("/api/svc/v1/workspaces"))
        .respond_with(ok(json!({"data": [one, two, other], "pagination": {"total": 3}})))
        .mount(&server)
        .await;
    let workspaces = client(&server).workspaces();
    assert_eq!(workspaces.find("dev:search").await.unwrap().unwrap().id(), "2");
    assert_eq!(workspaces.find("dev:none").await.unwrap(), None);
    let error = workspaces.find("search").await.unwrap_err();
    assert_eq!(error.to_string(), "`search` names more than one of workspaces: prod:search, dev:search");
    assert_eq!(error.hint(), "use the FQN instead of the name");
    let queries: Vec<_> =
        server.received_requests().await.unwrap().iter().map(|r| r.url.query().unwrap().to_owned()).collect();
    assert_eq!(queries[0], "fqn=dev%3Asearch&limit=100&offset=0");
    assert_eq!(queries[2], "name=search&limit=100&offset=0");
}

#[tokio::test]
async fn put_and_check_send_the_manifest() {
    let server = MockServer::start().await;
    let manifest = json!({"type": "environment", "name": "staging"});
    for dry_run in [false, true] {
        Mock::given(method("PUT"))
            .and(path("/api/svc/v1/environments"))
            .and(body_json(json!({"manifest": manifest, "dryRun": dry_run})))
            .respond_with(ok(json!({"data": {"id": "e1", "manifest": manifest}})))
            .expect(1)
            .mount(&server)
            .await;
    }
    let environments = client(&server).environments();
    let entity = environments.put(&manifest).await.unwrap();
    assert_eq!((entity.id(), entity.fqn(), entity.manifest()), ("e1", None, &manifest));
    environments.check(&manifest).await.unwrap();
}

#[tokio::test]
async fn apply_tells_what_it_did() {
    let server = MockServer::start().await;
    let answers = [
        json!({"action": "CREATE", "data": {"id": "1", "manifest": {"name": "w"}}}),
        json!({"action": "UPDATE", "existingManifest": {"name": "w"}, "data": null}),
    ];
    for answer in &answers {
        Mock::given(path("/api/svc/v1/apply"))
            .respond_with(ok(answer.clone()))
            .up_to_n_times(1)
            .mount(&server)
            .await;
    }
    let client = client(&server);
    let created = client.apply(&json!({"name": "w"}), false).await.unwrap();
    assert_eq!((created.action, created.existing_manifest), (Some(Action::Create), None));
    assert_eq!(created.entity.unwrap().id(), "1");
    let updated = client.apply(&json!({"name": "w"}), true).await.unwrap();
    assert_eq!(updated.action, Some(Action::Update));
    assert_eq!(updated.existing_manifest, Some(json!({"name": "w"})));
}

#[tokio::test]
async fn deleting_says_whether_it_existed() {
    let server = MockServer::start().await;
    let at = |id: &str| Mock::given(method("DELETE")).and(path(format!("/api/svc/v1/environments/{id}")));
    at("true").respond_with(ok(json!(true))).mount(&server).await;
    at("object").respond_with(ok(json!({"message": "done"}))).mount(&server).await;
    at("empty").respond_with(ResponseTemplate::new(204)).mount(&server).await;
    at("absent").respond_with(fails(404, "no such environment")).mount(&server).await;
    // The first attempt deletes but its answer is lost, so the second finds nothing.
    at("lost").respond_with(fails(504, "gateway timeout")).up_to_n_times(1).mount(&server).await;
    at("lost").respond_with(fails(404, "no such environment")).mount(&server).await;
    let environments = client(&server).environments();
    // A message alone may be one of something in between, so it is looked.
    let object = Mock::given(method("GET")).and(path("/api/svc/v1/environments/object"));
    object.respond_with(fails(404, "no such environment")).mount(&server).await;
    for (id, existed) in
        [("true", true), ("object", true), ("empty", true), ("absent", false), ("lost", true)]
    {
        assert_eq!(environments.delete(id).await.unwrap(), existed, "{id}");
    }
    Mock::given(method("POST"))
        .and(path("/api/svc/v1/delete"))
        .and(body_json(json!({"manifest": {"type": "workspace", "name": "w", "cluster_fqn": "c"}})))
        .respond_with(ok(json!({})))
        .mount(&server)
        .await;
    let manifest = json!({"type": "workspace", "name": "w", "cluster_fqn": "c"});
    let manifests = Store::Apply(Singleton::new(client(&server), "workspace"));
    assert!(manifests.delete("w", manifest.as_object().unwrap()).await.unwrap());
}

#[tokio::test]
async fn a_clusters_token_and_connection_are_read() {
    let server = MockServer::start().await;
    Mock::given(path("/api/svc/v1/cluster/prod/token"))
        .respond_with(ok(json!({"clusterToken": "canary-token"})))
        .mount(&server)
        .await;
    Mock::given(path("/api/svc/v1/clusters/prod/is-connected"))
        .respond_with(ok(json!({"isConnected": true})))
        .mount(&server)
        .await;
    let clusters = client(&server).clusters();
    let token = clusters.token("prod").await.unwrap();
    assert_eq!(token.expose_secret(), "canary-token");
    assert!(clusters.is_connected("prod").await.unwrap());
}

#[tokio::test]
async fn the_tenant_is_asked_once_and_older_servers_are_asked_for_the_session() {
    let server = MockServer::start().await;
    Mock::given(path("/api/svc/v1/x/users/info"))
        .respond_with(ok(json!({"tenantName": "acme"})))
        .expect(1)
        .mount(&server)
        .await;
    let client = client(&server);
    for _ in 0..3 {
        assert_eq!(client.clone().tenant_name().await.unwrap(), "acme");
    }

    let older = MockServer::start().await;
    Mock::given(path("/api/svc/v1/session"))
        .respond_with(ok(json!({"user": {"tenantName": "old"}})))
        .mount(&older)
        .await;
    assert_eq!(crate::common::client(&older).tenant_name().await.unwrap(), "old");
}

#[test]
fn calls_can_be_awaited_on_any_thread() {
    fn sendable(_: impl Send) {}
    let client = Client::new(config("http://127.0.0.1:9")).unwrap();
    let manifest = json!({});
    sendable(client.tenant_name());
    sendable(client.apply(&manifest, true));
    sendable(client.clusters().list(&[("a", "b")]));
    sendable(client.clusters().token("a"));
    sendable(client.workspaces().find("a"));
}

#[tokio::test]
async fn a_token_of_an_identity_provider_is_sent_as_it_is_and_named_when_it_is_refused() {
    let server = MockServer::start().await;
    Mock::given(header("Authorization", format!("Bearer {KEY}")))
        .respond_with(
            ResponseTemplate::new(401).set_body_json(json!({"statusCode": 401, "message": "unknown"})),
        )
        .expect(1)
        .mount(&server)
        .await;
    let settings = truefoundry_api::Config { workload_identity: true, ..config(&server.uri()) };
    let error = Client::new(settings).unwrap().clusters().get("a").await.unwrap_err();
    assert!(matches!(error, Error::UnknownIdentity(_)), "{error:?}");
    assert!(error.to_string().contains("workload identity token"), "{error}");
    assert!(error.hint().contains("`identity_provider_mapping`"), "{}", error.hint());
}

#[tokio::test]
async fn no_more_requests_go_out_than_allowed() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ok(json!({"data": workspace("1", "c", "w")})))
        .mount(&server)
        .await;
    let settings = truefoundry_api::Config {
        max_requests_per_second: std::num::NonZeroU32::new(20).unwrap(),
        read_in_pages: false,
        ..config(&server.uri())
    };
    let client = Client::new(settings).unwrap();
    let start = std::time::Instant::now();
    futures_util::future::try_join_all((0..30).map(|_| async { client.workspaces().get("1").await }))
        .await
        .unwrap();
    // Twenty at once, ten more in half a second.
    assert!(start.elapsed() >= std::time::Duration::from_millis(450), "{:?}", start.elapsed());
}
