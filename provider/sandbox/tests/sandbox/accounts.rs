//! Provider accounts and their integrations.

use serde_json::json;

use crate::common::{Server, account, names, ok, refused};

#[test]
fn integrations_have_fqns_and_keep_their_ids() {
    let server = Server::start();
    let made = server.store("provider-accounts", &account("main"));
    assert_eq!(made["fqn"], "demo:aws:main");
    assert_eq!(made["provider"], "aws");
    let fqns: Vec<_> =
        made["integrations"].as_array().unwrap().iter().map(|i| i["fqn"].as_str().unwrap()).collect();
    assert_eq!(
        fqns,
        [
            "demo:aws:main:docker-registry:images",
            "demo:aws:main:blob-storage:artifacts",
            "demo:aws:main:cluster:eks"
        ]
    );
    let mut fewer = account("main");
    fewer["integrations"].as_array_mut().unwrap().remove(0);
    let replaced = server.store("provider-accounts", &fewer);
    assert_eq!(replaced["integrations"].as_array().unwrap().len(), 2);
    assert_eq!(replaced["integrations"][0]["id"], made["integrations"][1]["id"]);
}

#[test]
fn stored_keys_are_never_given_out() {
    let server = Server::start();
    let made = server.store("provider-accounts", &account("main"));
    assert_eq!(made["manifest"]["auth_data"]["secret_access_key"], "***");
    assert_eq!(made["manifest"]["auth_data"]["access_key_id"], "AKIA");
    let id = made["id"].as_str().unwrap();
    let applied = ok(server.call("PUT", "apply", &json!({"manifest": account("main"), "dryRun": true})));
    for answer in [
        server.read(&format!("provider-accounts/{id}")),
        server.read("provider-accounts"),
        server.read("provider-integrations"),
        applied,
    ] {
        assert!(!answer.to_string().contains("stored-canary"), "{answer}");
    }
    let message = refused(422, server.put("provider-accounts", &made["manifest"]));
    assert!(message.contains("secret_access_key` is the mask"), "{message}");
}

#[test]
fn lists_are_filtered() {
    let server = Server::start();
    server.store("provider-accounts", &account("main"));
    server.store("provider-accounts", &account("other"));
    assert_eq!(names(&server.read("provider-accounts?fqn=demo:aws:other")), ["other"]);
    assert_eq!(names(&server.read("provider-accounts?type=aws")), ["main", "other"]);
    assert_eq!(names(&server.read("provider-integrations?type=cluster")), ["eks", "eks"]);
    let one = server.read("provider-integrations?fqn=demo:aws:main:blob-storage:artifacts");
    assert_eq!(one["data"][0]["providerAccountFqn"], "demo:aws:main");
    assert_eq!(one["pagination"]["total"], 1);
    assert_eq!(server.inventory()["provider-integrations"]["count"], 6);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let server = Server::start();
    let mut manifest = account("main");
    manifest["aws_account_id"] = json!("12");
    manifest["integrations"][1]["region"] = json!("us-east-9");
    manifest["integrations"][2]["type"] = json!("integration/cluster/aws/ecs");
    manifest["auth_data"] = json!({"type": "assumed-role-based"});
    let message = refused(422, server.put("provider-accounts", &manifest));
    for part in [
        "`manifest.aws_account_id` must have exactly 12 digits",
        "`manifest.integrations[1].region` must be one of af-south-1, ",
        "`manifest.integrations[2].type` must be one of integration/",
        "`manifest.auth_data.assumed_role_arn` is required",
    ] {
        assert!(message.contains(part), "{part} not in {message}");
    }
}

#[test]
fn an_account_that_a_cluster_uses_stays() {
    let server = Server::start();
    server.platform();
    let unused = server.store("provider-accounts", &account("unused"));
    ok(server.delete(&format!("provider-accounts/{}", unused["id"].as_str().unwrap())));
    let used = server.read("provider-accounts")["data"][0]["id"].as_str().unwrap().to_owned();
    let message = refused(409, server.delete(&format!("provider-accounts/{used}")));
    assert_eq!(message, "the provider account `main` is in use by cluster `prod`");
    ok(server.delete("clusters/prod"));
    ok(server.delete(&format!("provider-accounts/{used}")));
}
