//! The controls: faults, journal, inventory, reset; and the state file.

use std::{
    os::unix::fs::PermissionsExt as _,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tfy_sandbox::{Error, Options, Sandbox};

use crate::common::{KEY, Server, account, ask_text, environment, ok, refused, workspace};

fn faults(server: &Server, script: &Value) {
    ok(server.control("POST", "faults", script));
}

/// Puts an environment; the status, or `None` when no answer came.
fn put(server: &Server, name: &str) -> Option<u16> {
    let body = json!({"manifest": environment(name)});
    Some(server.ask(KEY, "PUT", "/api/svc/v1/environments", &body)?.0)
}

#[test]
fn a_status_is_answered_instead_of_the_effect() {
    let server = Server::start();
    let body = json!({"statusCode": 503, "message": "busy"});
    let headers = json!({"Retry-After": "7"});
    faults(
        &server,
        &json!([{"match": {"method": "PUT", "path": "/environments"}, "nth": 2, "count": 2, "status": 503,
                 "headers": headers, "body": body}]),
    );
    assert_eq!([1, 2, 3, 4].map(|n| put(&server, &format!("e{n}"))), [200, 503, 503, 200].map(Some));
    assert_eq!(server.inventory()["environments"]["names"], json!(["e1", "e4"]));
    let shown = ok(server.control("GET", "faults", &Value::Null));
    assert_eq!((&shown["data"][0]["seen"], &shown["data"][0]["headers"]), (&json!(4), &headers));
    faults(&server, &json!([{"status": 502, "body": "<html>Bad Gateway</html>"}]));
    let page = ask_text(server.url(), KEY, "GET", "/api/svc/v1/clusters", &Value::Null);
    assert_eq!(page, Some((502, "<html>Bad Gateway</html>".to_owned())));
    faults(&server, &json!([{"status": 500}]));
    assert_eq!(refused(500, server.get("clusters")), "injected by the fault script");
}

#[test]
fn connections_are_cut_before_or_after_the_effect() {
    let server = Server::start();
    faults(&server, &json!([{"reset_before": true}, {"nth": 2, "reset_after": true}]));
    assert_eq!(put(&server, "before"), None);
    assert_eq!(put(&server, "after"), None);
    assert_eq!(put(&server, "fine"), Some(200));
    assert_eq!(server.inventory()["environments"]["names"], json!(["after", "fine"]));
}

#[test]
fn a_delay_waits_and_then_goes_on() {
    let server = Server::start();
    faults(&server, &json!([{"delay_ms": 400}]));
    let start = Instant::now();
    assert_eq!(put(&server, "slow"), Some(200));
    assert!(start.elapsed() >= Duration::from_millis(400));
    assert_eq!(server.inventory()["objects"], 1);
}

#[test]
fn a_script_is_replaced_removed_and_checked() {
    let server = Server::start();
    faults(&server, &json!([{"status": 503, "count": 0}]));
    faults(&server, &json!([{"status": 504, "count": 0}]));
    assert_eq!(put(&server, "a"), Some(504));
    ok(server.control("DELETE", "faults", &Value::Null));
    assert_eq!(put(&server, "a"), Some(200));
    let message = refused(422, server.control("POST", "faults", &json!([{"status": 1}])));
    assert!(message.contains("fault 1"), "{message}");
    refused(404, server.control("GET", "other", &Value::Null));
}

#[test]
fn the_journal_holds_requests_and_no_secrets() {
    let server = Server::start();
    faults(&server, &json!([{"match": {"path": "clusters"}, "reset_before": true}]));
    server.put("provider-accounts", &account("main"));
    let listed = ask_text(server.url(), KEY, "GET", "/api/svc/v1/provider-accounts?limit=1", &Value::Null);
    let listed = listed.unwrap().1.len();
    server.ask(KEY, "GET", "/api/svc/v1/clusters", &Value::Null);
    let sent = json!({"manifest": account("main"), "dryRun": false}).to_string().len();
    let mut journal = ok(server.control("GET", "requests", &Value::Null));
    let path = |path: &str| format!("/api/svc/v1/{path}");
    // What the first answer says is not kept here.
    assert!(journal["data"][0]["answer_bytes"].take().as_u64().unwrap() > 0);
    assert_eq!(
        journal["data"],
        json!([
            {"method": "PUT", "path": path("provider-accounts"), "status": 200, "fault": false,
             "request_bytes": sent, "answer_bytes": null},
            {"method": "GET", "path": path("provider-accounts?limit=1"), "status": 200, "fault": false,
             "request_bytes": 0, "answer_bytes": listed},
            {"method": "GET", "path": path("clusters"), "status": null, "fault": true,
             "request_bytes": 0, "answer_bytes": null}
        ])
    );
}

#[test]
fn a_reset_forgets_everything() {
    let server = Server::start();
    server.platform();
    faults(&server, &json!([{"status": 503, "count": 0}]));
    ok(server.control("POST", "reset", &Value::Null));
    let empty = json!({"count": 0, "names": []});
    assert_eq!(
        server.inventory(),
        json!({"objects": 0, "environments": empty, "provider-accounts": empty, "clusters": empty,
               "workspaces": empty, "provider-integrations": empty})
    );
    assert_eq!(ok(server.control("GET", "requests", &Value::Null))["data"], json!([]));
    assert_eq!(server.read("environments")["data"], json!([]));
}

#[test]
fn what_was_kept_is_put_back_as_it_was() {
    let server = Server::start();
    server.platform();
    let made = server.store("workspaces", &workspace("search"));
    let (inventory, token) = (server.inventory(), server.read("cluster/prod/token"));
    let kept = ok(server.control("GET", "records", &Value::Null));
    ok(server.delete(&format!("workspaces/{}", made["id"].as_str().unwrap())));
    server.store("workspaces", &workspace("other"));
    faults(&server, &json!([{"status": 503, "count": 0}]));

    ok(server.control("PUT", "records", &kept));
    assert_eq!(server.inventory(), inventory);
    assert_eq!(server.read("cluster/prod/token"), token);
    assert_eq!(server.read("workspaces")["data"], json!([made]));
    let refused = server.control("PUT", "records", &json!({"data": [{"kind": "nonsense"}]}));
    assert_eq!(refused.0, 422, "{refused:?}");
    assert_eq!(server.inventory(), inventory, "what cannot be read changes nothing");
}

#[test]
fn a_file_keeps_the_state_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.redb");
    let server = Server::with_file(&file);
    server.platform();
    let made = server.store("workspaces", &workspace("search"));
    let gone = server.store("workspaces", &workspace("gone"));
    ok(server.delete(&format!("workspaces/{}", gone["id"].as_str().unwrap())));
    let (inventory, token) = (server.inventory(), server.read("cluster/prod/token"));
    server.stop();
    let mode = fs_err::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it holds keys");

    let server = Server::with_file(&file);
    assert_eq!(server.inventory(), inventory);
    assert_eq!(server.read("cluster/prod/token"), token);
    assert_eq!(server.read("workspaces")["data"], json!([made]));
    ok(server.control("POST", "reset", &Value::Null));
    server.stop();
    let server = Server::with_file(&file);
    assert_eq!(server.inventory()["objects"], 0);
    server.stop();
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused() {
    let start = async |options: Options| Sandbox::start(options).await.unwrap_err();
    let fine = Options::new(KEY);
    assert!(!format!("{fine:?}").contains(KEY));
    assert!(matches!(start(Options::new(" ")).await, Error::NoKey));
    let open = Options { listen: "0.0.0.0:0".parse().unwrap(), ..fine.clone() };
    assert!(matches!(start(open).await, Error::NotLoopback(_)));
    let folder = Options { state: Some("/".into()), ..fine.clone() };
    assert!(matches!(start(folder).await, Error::State(_)));
    let first = Sandbox::start(fine.clone()).await.unwrap();
    let taken = Options { listen: first.url().trim_start_matches("http://").parse().unwrap(), ..fine };
    assert!(matches!(start(taken).await, Error::Listen { .. }));
    first.stop().await;
}
