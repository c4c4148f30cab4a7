//! Behaviours that are switched on: what reads miss, what the gateway answers, what a server adds.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{KEY, Server, account, ask_text, environment, ok, refused, workspace};

fn switch(server: &Server, switches: &Value) {
    ok(server.control("POST", "switches", switches));
}

fn faults(server: &Server, script: &Value) {
    ok(server.control("POST", "faults", script));
}

#[test]
fn switches_are_shown_and_checked() {
    let server = Server::start();
    switch(&server, &json!({"connect_after": 1, "redact": true}));
    let shown = ok(server.control("GET", "switches", &Value::Null));
    assert_eq!((&shown["connect_after"], &shown["redact"]), (&json!(1), &json!(true)));
    let message = refused(422, server.control("POST", "switches", &json!({"redacted": true})));
    assert!(message.contains("unknown field `redacted`"), "{message}");
}

#[test]
fn every_answer_waits() {
    let server = Server::start();
    switch(&server, &json!({"latency_ms": 150}));
    let start = Instant::now();
    server.read("environments");
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[test]
fn what_was_just_made_is_missed_by_as_many_reads_as_told() {
    let server = Server::start();
    switch(&server, &json!({"hidden_reads": 2}));
    let made = server.store("environments", &environment("staging"));
    let path = format!("environments/{}", made["id"].as_str().unwrap());
    refused(404, server.get(&path));
    assert_eq!(server.read("environments")["data"], json!([]));
    assert_eq!(server.read(&path)["data"], made);
    server.store("environments", &environment("staging"));
    assert_eq!(server.read(&path)["data"]["id"], made["id"], "an update hides nothing");
}

#[test]
fn a_cluster_connects_by_itself() {
    let server = Server::start();
    switch(&server, &json!({"connect_after": 2}));
    server.platform();
    let asked: Vec<_> =
        (0..3).map(|_| server.read("clusters/prod/is-connected")["isConnected"].clone()).collect();
    assert_eq!(asked, [false, false, true]);
}

#[test]
fn an_absent_gateway_configuration_can_be_an_empty_answer() {
    let server = Server::start();
    let path = "llm-gateway/config/gateway-otel-config";
    refused(404, server.get(path));
    switch(&server, &json!({"empty_for_absent": true}));
    let answer = ask_text(server.url(), KEY, "GET", &format!("/api/svc/v1/{path}"), &Value::Null);
    assert_eq!(answer, Some((200, String::new())));
    refused(400, server.get("llm-gateway/config/gateway-metadata-config"));
    let manifest = json!({"type": "gateway-otel-config", "name": "otel"});
    let nameless = json!({"manifest": {"type": "gateway-otel-config"}});
    assert!(refused(422, server.call("PUT", "apply", &nameless)).contains("`manifest.name` is required"));
    ok(server.call("PUT", "apply", &json!({"manifest": manifest})));
    assert_eq!(server.read(path)["manifest"], manifest);
    let renamed = json!({"manifest": {"type": "gateway-otel-config", "name": "other"}});
    assert!(refused(422, server.call("PUT", "apply", &renamed)).contains("must be `otel`"));
    ok(server.delete(path));
}

#[test]
fn a_server_that_normalises_stores_more_than_it_was_given() {
    let server = Server::start();
    server.platform();
    switch(&server, &json!({"normalise": true}));
    let made = server.store("workspaces", &workspace("search"));
    assert_eq!(
        made["manifest"]["collaborators"],
        json!([{"subject": "user:admin@demo.example", "role_id": "workspace-admin"}])
    );
    let stored = ok(server.control("GET", "manifests", &Value::Null));
    assert!(stored["data"].as_array().unwrap().contains(&made["manifest"]));
}

#[test]
fn redaction_leaves_no_credentials_but_what_was_sent_is_kept() {
    let server = Server::start();
    switch(&server, &json!({"redact": true}));
    let made = server.store("provider-accounts", &account("main"));
    assert_eq!(made["manifest"]["auth_data"]["access_key_id"], "***");
    assert!(!server.read("provider-accounts").to_string().contains("AKIA"));
    let stored = ok(server.control("GET", "manifests", &Value::Null));
    assert_eq!(stored["data"][0], account("main"));
}

#[test]
fn credentials_of_mcp_servers_are_never_shown() {
    let server = Server::start();
    let manifest = json!({
        "type": "mcp-server/remote", "name": "m", "description": "d", "url": "https://example.com",
        "auth_data": {"type": "header", "auth_level": "global", "headers": {"authorization": "canary"}}
    });
    let body = json!({"manifest": manifest, "dryRun": false});
    let made = ok(server.call("PUT", "mcp", &body));
    let again = ok(server.call("PUT", "apply", &body));
    for answer in [&made, &again, &server.read("mcp-servers"), &server.read("mcp-servers/name/m")] {
        assert!(!answer.to_string().contains("canary"), "{answer}");
    }
    assert_eq!(made["data"]["manifest"]["auth_data"]["headers"], json!({"authorization": "***"}));
    let mut mask = manifest;
    mask["auth_data"] = made["data"]["manifest"]["auth_data"].clone();
    let message = refused(422, server.call("PUT", "mcp", &json!({"manifest": mask})));
    assert!(message.contains("is the mask of a stored key"), "{message}");
}

#[test]
fn an_integration_in_use_stays_in_its_account() {
    let server = Server::start();
    server.platform();
    let mut fewer = account("main");
    fewer["integrations"].as_array_mut().unwrap().remove(0);
    let message = refused(409, server.put("provider-accounts", &fewer));
    assert_eq!(message, "the integration `demo:aws:main:docker-registry:images` is in use by cluster `prod`");
    switch(&server, &json!({"unchecked_references": true}));
    ok(server.put("provider-accounts", &fewer));
    ok(server.delete("clusters/prod"));
}

#[test]
fn answers_are_cut_short_held_back_or_wrong_after_the_effect() {
    let server = Server::start();
    let put = |name: &str| {
        server.ask(KEY, "PUT", "/api/svc/v1/environments", &json!({"manifest": environment(name)}))
    };
    faults(
        &server,
        &json!([{"truncate": true}, {"nth": 2, "stall_ms": 100}, {"nth": 3, "status": 500, "effect": true},
                {"nth": 4, "status": 500}]),
    );
    assert_eq!(put("truncated"), None);
    let start = Instant::now();
    assert_eq!(put("stalled"), None);
    assert!(start.elapsed() >= Duration::from_millis(100));
    refused(500, put("failed-late").unwrap());
    refused(500, put("failed-early").unwrap());
    ok(put("fine").unwrap());
    assert_eq!(
        server.inventory()["environments"]["names"],
        json!(["failed-late", "fine", "stalled", "truncated"])
    );
}
