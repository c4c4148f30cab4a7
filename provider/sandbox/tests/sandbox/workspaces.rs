//! Workspaces.

use serde_json::json;

use crate::common::{Server, cluster, names, ok, refused, workspace};

#[test]
fn a_workspace_is_known_by_cluster_and_name() {
    let server = Server::start();
    server.platform();
    server.store("clusters", &cluster("other"));
    let first = server.store("workspaces", &workspace("search"));
    let mut second = workspace("search");
    second["cluster_fqn"] = json!("other");
    let second = server.store("workspaces", &second);
    assert_eq!(first["fqn"], "prod:search");
    assert_eq!(first["clusterId"], "prod");
    assert_eq!(first["isSystemWs"], false);
    let environments = server.read("environments");
    assert_eq!(first["environmentId"], environments["data"][0]["id"]);
    assert_ne!(first["id"], second["id"]);
    assert_eq!(server.read("workspaces?name=search")["pagination"]["total"], 2);
    assert_eq!(server.read("workspaces?fqn=other:search")["data"], json!([second]));
    assert_eq!(server.read("workspaces?clusterId=prod")["data"], json!([first]));
    assert_eq!(names(&server.read("workspaces?name=none")), [""; 0]);
    assert_eq!(server.read("workspaces/search")["pagination"]["total"], 2);
    let search =
        |filter: &str| server.get(&format!("workspaces/search?filter={}", filter.replace('"', "%22")));
    let found = |filter: &str| ok(search(filter))["data"].clone();
    assert_eq!(
        found(r#"{"field":"name","operator":"STRING_CONTAINS","value":"arc"}"#).as_array().unwrap().len(),
        2
    );
    assert_eq!(found(r#"[{"field":"cluster_fqn","operator":"IN","value":["other"]}]"#), json!([second]));
    assert_eq!(found(r#"{"field":"environment_name","operator":"IS_NULL"}"#), json!([]));
    for wrong in ["{}", "1", "x", r#"{"field":"name","operator":"LIKE"}"#] {
        refused(400, search(wrong));
    }
    let expected = json!({"clusterId": "prod", "workspaceId": first["id"]});
    assert_eq!(server.read("fqn/workspace?fqn=prod%3Asearch"), expected);
}

#[test]
fn a_delete_answers_the_workspace() {
    let server = Server::start();
    server.platform();
    let made = server.store("workspaces", &workspace("search"));
    let path = format!("workspaces/{}?force=false", made["id"].as_str().unwrap());
    let answer = ok(server.delete(&path));
    assert_eq!(answer["data"], made);
    assert!(answer["message"].is_string());
    refused(404, server.delete(&path));
}

#[test]
fn references_and_names_are_checked() {
    let server = Server::start();
    let message = refused(422, server.put("workspaces", &workspace("search")));
    assert!(message.contains("the cluster `prod`, which does not exist"), "{message}");
    assert!(message.contains("the environment `staging`, which does not exist"), "{message}");
    server.platform();
    for name in ["ab", "Search", "1search", "search-", &"a".repeat(33)] {
        let message = refused(422, server.put("workspaces", &workspace(name)));
        assert!(message.contains("`manifest.name` must have 3 to 32 characters"), "{message}");
    }
    let mut wrong = workspace("search");
    wrong["labels"] = json!({"a": 1});
    wrong["collaborators"] = json!([{"subject": "somebody", "role_id": "workspace-admin"}]);
    let message = refused(422, server.put("workspaces", &wrong));
    assert!(message.contains("`manifest.labels.a` must be a string"), "{message}");
    assert!(message.contains("`manifest.collaborators[0].subject` must be `user:<email>`"), "{message}");
}

#[test]
fn a_put_replaces_the_whole_manifest() {
    let server = Server::start();
    server.platform();
    let mut first = workspace("search");
    first["labels"] = json!({"a": "b"});
    first["permissions"] =
        json!([{"resource_fqn": "prod", "resource_type": "cluster", "role_id": "cluster-viewer"}]);
    server.store("workspaces", &first);
    let second = server.store("workspaces", &workspace("search"));
    assert_eq!(second["manifest"], workspace("search"));
}
