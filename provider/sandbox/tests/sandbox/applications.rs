//! Applications and their deployments.

use serde_json::{Value, json};

use crate::common::{Server, ok, refused, workspace};

fn service() -> Value {
    json!({
        "type": "service", "name": "api", "workspace_fqn": "prod:search", "replicas": 1,
        "image": {"type": "image", "image_uri": "nginx"},
        "ports": [{"port": 80, "expose": false, "protocol": "TCP"}]
    })
}

/// A server with a workspace for applications.
fn server(switches: &Value) -> Server {
    let server = Server::start();
    server.platform();
    server.store("workspaces", &workspace("search"));
    ok(server.control("POST", "switches", switches));
    server
}

#[test]
fn a_deployment_takes_its_time_and_another_has_to_wait() {
    let server = server(&json!({"deploy_after": 3}));
    let made = server.store("apps", &service());
    let app = made["applicationId"].as_str().unwrap();
    assert_eq!((&made["version"], &made["fqn"]), (&json!(1), &json!("prod:search:api:1")));
    let message = refused(409, server.put("apps", &service()));
    assert_eq!(message, "another deployment of `prod:search:api` is running");
    let statuses = format!("x/apps/{app}/deployments/{}/statuses", made["id"].as_str().unwrap());
    let seen: Vec<_> = (0..3)
        .map(|_| server.read(&statuses).as_array().unwrap().last().unwrap()["status"].clone())
        .collect();
    assert_eq!(seen, ["BUILD_SUCCESS", "BUILD_SUCCESS", "DEPLOY_SUCCESS"]);
    let forced = json!({"manifest": service(), "forceDeploy": true});
    assert_eq!(ok(server.call("PUT", "apps", &forced))["data"]["version"], 2);
    assert_eq!(ok(server.call("PUT", "apps", &forced))["data"]["version"], 3);
    let shown = server.read(&format!("apps/{app}"))["data"].clone();
    assert_eq!((&shown["activeVersion"], &shown["lastVersion"]), (&json!(1), &json!(3)));
}

#[test]
fn a_deployment_can_fail() {
    let server = server(&json!({"deploy_fails": true}));
    let made = server.store("apps", &service());
    assert_eq!(made["currentStatus"]["status"], "DEPLOY_FAILED");
    assert_eq!(made["currentStatus"]["state"]["isTerminalState"], true);
}

#[test]
fn an_application_goes_in_its_own_time() {
    let server = server(&json!({"delete_after": 2}));
    let made = server.store("apps", &service());
    let path = format!("apps/{}", made["applicationId"].as_str().unwrap());
    assert!(ok(server.delete(&path))["message"].is_string());
    for _ in 0..2 {
        assert_eq!(server.read(&path)["data"]["lifecycleStage"], "deleting");
    }
    refused(404, server.get(&path));
    let workspace = server.read("workspaces")["data"][0]["id"].as_str().unwrap().to_owned();
    let workspace = format!("workspaces/{workspace}");
    ok(server.control("POST", "switches", &json!({"delete_fails": true})));
    let made = server.store("apps", &service());
    let path = format!("apps/{}", made["applicationId"].as_str().unwrap());
    ok(server.delete(&path));
    let stages: Vec<_> = (0..3).map(|_| server.read(&path)["data"]["lifecycleStage"].clone()).collect();
    assert_eq!(stages, ["deleting", "deleting", "deletion_failed"]);
    assert_eq!(
        refused(417, server.delete(&workspace)),
        "the workspace `prod:search` is in use by application `prod:search:api`"
    );
    ok(server.control("POST", "switches", &json!({"delete_fails": false, "delete_after": 0})));
    ok(server.delete(&path));
    ok(server.delete(&workspace));
}

#[test]
fn the_workspace_may_be_told_beside_the_manifest() {
    let server = server(&json!({}));
    let id = server.read("workspaces")["data"][0]["id"].clone();
    let mut manifest = service();
    manifest.as_object_mut().unwrap().remove("workspace_fqn");
    refused(422, server.put("apps", &manifest));
    let body = json!({"manifest": manifest, "workspaceId": id, "name": "api"});
    let made = ok(server.call("POST", "deployment", &body));
    assert_eq!(made["deployment"]["manifest"]["workspace_fqn"], "prod:search");
    assert_eq!(server.read("fqn/deployment?fqn=prod:search:api:1")["deploymentId"], made["deployment"]["id"]);
    refused(404, server.get("fqn/deployment?fqn=prod:search:api:2"));
}
