//! Clusters, their tokens and their agents.

use std::{thread::sleep, time::Duration};

use serde_json::{Value, json};
use tfy_sandbox::Agent;

use crate::common::{Server, cluster, environment, ok, refused, workspace};

#[test]
fn a_clusters_id_is_its_name() {
    let server = Server::start();
    let made = server.platform();
    assert_eq!((&made["id"], &made["fqn"]), (&json!("prod"), &json!("prod")));
    assert_eq!(made["cloudProvider"], "aws");
    assert_eq!(made["manifest"], cluster("prod"));
    assert_eq!(server.read("fqn/cluster?fqn=prod"), json!({"clusterId": "prod"}));
    refused(404, server.get("fqn/cluster?fqn=none"));
    refused(400, server.get("fqn/cluster"));
    refused(400, server.get("fqn/planet?fqn=prod"));
    assert_eq!(server.read("clusters/prod/get-addons")["data"], json!([]));
    refused(404, server.get("clusters/none/get-addons"));
    assert_eq!(server.read("x/clusters/prod/autoprovisioning-state"), json!({"state": {}}));
}

#[test]
fn references_must_lead_somewhere_of_the_right_kind() {
    let server = Server::start();
    let message = refused(422, server.put("clusters", &cluster("prod")));
    assert!(message.contains("`manifest.environment_names[0]` names the environment `staging`"), "{message}");
    assert!(message.contains("`manifest.default_registry_fqn` names the integration"), "{message}");
    server.platform();
    let mut wrong = cluster("prod");
    wrong["default_registry_fqn"] = json!("demo:aws:main:blob-storage:artifacts");
    let message = refused(422, server.put("clusters", &wrong));
    assert!(message.contains("must name a docker-registry integration"), "{message}");
}

#[test]
fn environments_and_clusters_in_use_stay() {
    let server = Server::start();
    server.platform();
    let space = server.store("workspaces", &workspace("search"));
    let environments = server.read("environments");
    let environment = format!("environments/{}", environments["data"][0]["id"].as_str().unwrap());
    let message = refused(409, server.delete(&environment));
    assert_eq!(message, "the environment `staging` is in use by cluster `prod`, workspace `prod:search`");
    let message = refused(409, server.delete("clusters/prod"));
    assert_eq!(message, "the cluster `prod` is in use by workspace `prod:search`");
    ok(server.delete(&format!("workspaces/{}", space["id"].as_str().unwrap())));
    assert!(ok(server.delete("clusters/prod"))["message"].is_string());
    ok(server.delete(&environment));
}

fn token(server: &Server, cluster: &str) -> String {
    server.read(&format!("cluster/{cluster}/token"))["clusterToken"].as_str().unwrap().to_owned()
}

fn connected(server: &Server) -> bool {
    server.read("clusters/prod/is-connected")["isConnected"].as_bool().unwrap()
}

#[test]
fn whoever_shows_the_token_connects_the_cluster() {
    let server = Server::start();
    server.platform();
    server.store("clusters", &cluster("other"));
    assert!(!connected(&server));
    refused(404, server.get("clusters/none/is-connected"));
    refused(404, server.get("cluster/none/token"));
    let agent = |token: &str, cluster: &str| Agent {
        host: server.url().to_owned(),
        cluster: cluster.to_owned(),
        token: token.to_owned(),
    };
    let right = token(&server, "prod");
    assert_eq!(right, token(&server, "prod"), "a token stays the same");
    assert_ne!(right, token(&server, "other"));
    for (token, cluster, why) in [("guessed", "prod", "401"), (&right, "other", "403"), ("", "prod", "401")] {
        let error = agent(token, cluster).connect(false).unwrap_err().to_string();
        assert!(error.contains(why) && error.contains("hint: `CLUSTER_TOKEN`"), "{error}");
    }
    // The key of a tenant is no token of a cluster, and the other way round.
    refused(401, server.call("POST", "agent/connect", &Value::Null));
    refused(401, server.ask(&right, "GET", "/api/svc/v1/clusters", &Value::Null).unwrap());
    assert!(!connected(&server));
    agent(&right, "prod").connect(false).unwrap();
    assert!(connected(&server));
    ok(server.delete("clusters/prod"));
    server.store("clusters", &cluster("prod"));
    assert!(!connected(&server), "a new cluster with an old name starts unconnected");
    assert_ne!(token(&server, "prod"), right);
}

#[test]
fn a_connection_with_a_lease_ends() {
    let server = Server::start();
    server.platform();
    let connect = |seconds: u64| {
        let body = json!({"leaseSeconds": seconds});
        ok(server.ask(&token(&server, "prod"), "POST", "/api/svc/v1/agent/connect", &body).unwrap())
    };
    assert_eq!(connect(60), json!({"cluster": "prod", "connected": true}));
    assert!(connected(&server));
    connect(1);
    sleep(Duration::from_millis(1100));
    assert!(!connected(&server));
}

#[test]
fn an_agent_that_names_its_tenant_must_name_the_tokens() {
    let server = Server::start();
    server.platform();
    let right = token(&server, "prod");
    let connect =
        |body: Value| server.ask(&right, "POST", "/api/svc/v1/agent/connect", &body).expect("an answer");
    for tenant in [json!("another"), json!(""), Value::Null] {
        let message = refused(403, connect(json!({"tenant": tenant, "leaseSeconds": 60})));
        assert_eq!(message, format!("the token is not one of the tenant {tenant}"));
        assert!(!connected(&server), "{tenant}");
    }
    ok(connect(json!({"tenant": "demo", "leaseSeconds": 60})));
    assert!(connected(&server));
    ok(connect(json!({"tenant": "demo", "leaseSeconds": 0})));
    assert!(!connected(&server), "an agent that ends says so by a lease of no length");
}

#[test]
fn nulls_stand_for_what_is_left_out() {
    let server = Server::start();
    server.store("environments", &environment("staging"));
    let manifest = json!({
        "type": "cluster", "name": "prod", "cluster_type": "generic", "environment_names": ["staging"],
        "base_domains": null, "ownedBy": null
    });
    let made = server.store("clusters", &manifest);
    assert!(made["manifest"].get("base_domains").is_none());
    assert_eq!(made["cloudProvider"], "generic");
}
