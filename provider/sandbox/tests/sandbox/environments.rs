//! Environments, and what all collections have in common: upsert, pages, keys, paths.

use serde_json::{Value, json};

use crate::common::{KEY, Server, environment, names, ok, refused};

#[test]
fn a_put_creates_then_replaces_and_keeps_the_id() {
    let server = Server::start();
    let made = server.store("environments", &environment("staging"));
    assert_eq!(made["name"], "staging");
    assert_eq!(made["tenantName"], "demo");
    assert!(made["createdBySubject"]["subjectSlug"].is_string());
    let mut changed = environment("staging");
    changed["isProduction"] = json!(true);
    let replaced = server.store("environments", &changed);
    assert_eq!(replaced["id"], made["id"]);
    assert_eq!(replaced["createdAt"], made["createdAt"]);
    assert_eq!(replaced["manifest"], changed);
    let id = made["id"].as_str().unwrap();
    assert_eq!(server.read(&format!("environments/{id}"))["data"], replaced);
    assert_eq!(server.inventory()["environments"], json!({"count": 1, "names": ["staging"]}));
}

#[test]
fn a_dry_run_checks_and_stores_nothing() {
    let server = Server::start();
    ok(server.call("PUT", "environments", &json!({"manifest": environment("staging"), "dryRun": true})));
    assert_eq!(server.inventory()["objects"], 0);
    let wrong = json!({"manifest": {"type": "environment"}, "dryRun": true});
    refused(422, server.call("PUT", "environments", &wrong));
}

#[test]
fn a_delete_answers_true_once() {
    let server = Server::start();
    let made = server.store("environments", &environment("staging"));
    let path = format!("environments/{}", made["id"].as_str().unwrap());
    assert_eq!(ok(server.delete(&path)), json!(true));
    refused(404, server.delete(&path));
    refused(404, server.get(&path));
}

#[test]
fn lists_come_in_pages_and_are_empty_past_the_end() {
    let server = Server::start();
    for number in 0..5 {
        server.store("environments", &environment(&format!("e{number}")));
    }
    let page = server.read("environments?limit=2&offset=3");
    assert_eq!(names(&page), ["e3", "e4"]);
    assert_eq!(page["pagination"], json!({"total": 5, "offset": 3, "limit": 2}));
    assert_eq!(server.read("environments?limit=2&offset=5")["data"], json!([]));
    assert_eq!(server.read("environments")["pagination"]["limit"], 100);
    for query in ["limit=0", "limit=1001", "offset=-1", "limit=x"] {
        refused(400, server.get(&format!("environments?{query}")));
    }
}

#[test]
fn bodies_that_are_no_manifest_are_refused() {
    let server = Server::start();
    for body in [Value::Null, json!([]), json!({}), json!({"manifest": "x"})] {
        refused(400, server.call("PUT", "environments", &body));
    }
    refused(400, server.call("PUT", "environments", &json!({"manifest": {}, "dryRun": "yes"})));
    let message = refused(422, server.put("environments", &json!({"type": "cluster", "name": "a"})));
    assert!(message.contains("`manifest.type` must be one of environment"), "{message}");
    let mut extra = environment("staging");
    extra["region"] = json!("us-east-1");
    let (status, body) = server.put("environments", &extra);
    assert_eq!((status, &body["code"]), (422, &json!("VALIDATION_ERROR")));
    assert_eq!(body["details"], json!([{"path": "manifest.region", "message": "is not a known field"}]));
}

#[test]
fn everything_but_the_first_questions_needs_the_key() {
    let server = Server::start();
    let ask = |bearer: &str, path: &str| server.ask(bearer, "GET", path, &Value::Null).unwrap();
    for path in ["/api/svc/", "/api/svc/v1/min-cli-version", "/api/svc/v1/tenant-id?hostName=127.0.0.1%3A1"] {
        ok(ask("", path));
    }
    assert_eq!(ask("", "/api/svc/v1/tenant-id").1["tenantName"], "demo");
    assert_eq!(ask("", "/api/svc/v1/min-cli-version").1["truefoundryCliMinVersion"], "0.0.0");
    for path in ["environments", "session", "x/users/info", "nothing", "cluster/a/token"] {
        refused(401, ask("tfy_other", &format!("/api/svc/v1/{path}")));
    }
    refused(401, ask("tfy_other", "/_sandbox/inventory"));
    assert_eq!(ask(KEY, "/api/svc/v1/session").1["user"]["tenantName"], "demo");
    assert_eq!(ask(KEY, "/api/svc/v1/x/users/info").1["tenantName"], "demo");
}

#[test]
fn slashes_at_the_end_and_the_older_prefix_do_not_matter() {
    let server = Server::start();
    server.store("environments", &environment("staging"));
    for path in ["/api/svc/v1/environments/", "/api/ml/v1/environments", "/api/svc/v1//environments"] {
        let (_, list) = server.ask(KEY, "GET", path, &Value::Null).unwrap();
        assert_eq!(names(&list), ["staging"], "{path}");
    }
}

#[test]
fn unknown_paths_and_methods_are_unknown_routes() {
    let server = Server::start();
    let message = refused(404, server.get("teams"));
    assert_eq!(message, "Cannot GET /api/svc/v1/teams");
    refused(404, server.call("PATCH", "environments", &Value::Null));
    refused(404, server.call("DELETE", "environments", &Value::Null));
    refused(404, server.get("environments/a/b"));
    refused(404, server.ask(KEY, "GET", "/other", &Value::Null).unwrap());
}
