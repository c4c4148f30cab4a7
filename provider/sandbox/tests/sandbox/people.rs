//! Users, teams, tokens and secrets.

use serde_json::{Value, json};

use crate::common::{KEY, Server, account, names, ok, refused};

fn register(server: &Server, email: &str) {
    ok(server.call("POST", "users/register", &json!({"email": email})));
}

fn team(members: &[&str]) -> Value {
    json!({"type": "team", "name": "crowd", "members": members})
}

#[test]
fn a_team_has_known_members_and_stays_while_it_has_access() {
    let server = Server::start();
    let message = refused(422, server.put("teams", &team(&["a@example.com"])));
    assert_eq!(message, "`manifest.members[0]` names the user `a@example.com`, which does not exist");
    register(&server, "a@example.com");
    let made = server.store("teams", &team(&["a@example.com"]));
    let path = format!("teams/{}", made["id"].as_str().unwrap());
    assert_eq!(names(&server.read("teams/user")), ["crowd"]);
    refused(404, server.get("teams"));
    let binding = json!({
        "type": "role-binding", "name": "crowd-reads", "subjects": [{"type": "team", "name": "crowd"}],
        "permissions": [{"resourceType": "tenant", "resourceFqn": "demo", "role": "member"}]
    });
    server.store("role-bindings", &binding);
    assert_eq!(server.read("role-bindings/exists?name=crowd-reads"), json!({"exists": true}));
    assert_eq!(
        refused(409, server.delete(&path)),
        "the team `crowd` is in use by role binding `crowd-reads`"
    );
    ok(server.call("POST", "delete", &json!({"manifest": binding})));
    let user = server.read("users?query=A@EXAMPLE")["data"][0]["id"].as_str().unwrap().to_owned();
    let message = refused(400, server.delete(&format!("users/{user}")));
    assert_eq!(message, "the user `a@example.com` is in use by team `crowd`");
    ok(server.delete(&format!("users/{user}?forceDelete=true")));
    assert_eq!(server.read(&path)["data"]["manifest"]["members"], json!([]));
    assert_eq!(ok(server.delete(&path)), json!({}));
}

#[test]
fn what_a_tenant_comes_with_stays_as_it_is() {
    let server = Server::start();
    assert_eq!(server.inventory()["objects"], 0);
    let admin = server.read("users")["data"][0].clone();
    assert_eq!(admin["email"], "admin@demo.example");
    refused(403, server.delete(&format!("users/{}?forceDelete=true", admin["id"].as_str().unwrap())));
    let role = |name: &str, resource: &str| {
        json!({"type": "role", "name": name, "displayName": "d", "description": "d", "resourceType": resource,
               "permissions": ["cluster:ManageClusters"]})
    };
    let apply = |manifest: Value| server.call("PUT", "apply", &json!({"manifest": manifest}));
    assert_eq!(refused(403, apply(role("admin", "tenant"))), "the role `admin` is built in");
    refused(422, apply(role("reader", "cluster")));
    ok(apply(role("reader", "tenant")));
    assert_eq!(names(&server.read("roles?resourceType=tenant")), ["admin", "member", "reader"]);
}

#[test]
fn the_token_of_a_virtual_account_is_good_for_calls() {
    let server = Server::start();
    let manifest = json!({"type": "virtual-account", "name": "robot"});
    let body = |dry: bool| json!({"manifest": manifest, "dryRun": dry});
    assert_eq!(ok(server.call("PUT", "virtual-accounts", &body(true))).get("token"), None);
    let made = ok(server.call("PUT", "virtual-accounts", &body(false)));
    let token = made["token"].as_str().unwrap();
    assert_eq!(ok(server.call("PUT", "virtual-accounts", &body(false))).get("token"), None);
    let whoami = |token: &str| server.ask(token, "GET", "/api/svc/v1/x/users/info", &Value::Null).unwrap();
    assert_eq!(ok(whoami(token))["subjectType"], "virtualaccount");
    refused(401, server.ask(token, "GET", "/_sandbox/inventory", &Value::Null).unwrap());
    let path = format!("virtual-accounts/{}", made["data"]["id"].as_str().unwrap());
    assert_eq!(server.read(&format!("{path}/token"))["token"], token);
    let new =
        ok(server.call("POST", &format!("{path}/regenerate-token"), &json!({"gracePeriodInMinutes": 0})));
    refused(401, whoami(token));
    ok(whoami(new["token"].as_str().unwrap()));
    refused(422, server.call("POST", &format!("{path}/regenerate-token"), &json!({})));
    let listed = server.read("virtual-accounts").to_string();
    assert!(!listed.contains(new["token"].as_str().unwrap()), "{listed}");
    ok(server.delete(&path));
    refused(401, whoami(new["token"].as_str().unwrap()));
}

#[test]
fn secrets_are_replaced_as_a_whole_and_shown_only_when_asked_for() {
    let server = Server::start();
    let store = json!([{"type": "integration/secret-store/aws/secrets-manager", "name": "sm", "region": "us-east-1"}]);
    let mut manifest = account("main");
    manifest["integrations"] = store;
    server.store("provider-accounts", &manifest);
    let group =
        json!({"type": "secret-group", "name": "db", "integration_fqn": "demo:aws:main:secret-store:sm"});
    let made = server.store("secret-groups", &group);
    let path = format!("secret-groups/{}", made["id"].as_str().unwrap());
    let put = |secrets: Value| server.call("PUT", &path, &json!({"secrets": secrets}));
    ok(put(json!([{"key": "a", "value": "canary-1"}, {"key": "b", "value": "canary-2"}])));
    refused(422, put(json!([{"key": "a"}, {"key": "c"}])));
    let kept = ok(put(json!([{"key": "a"}])));
    assert_eq!(names(&json!({"data": kept["data"]["associatedSecrets"]})), ["a"]);
    assert!(!server.read(&path).to_string().contains("canary"));
    let id = kept["data"]["associatedSecrets"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(server.read(&format!("secrets/{id}"))["data"]["value"], "canary-1");
    ok(put(json!([{"key": "a", "value": "canary-3"}])));
    let versions = server.read(&format!("secrets/{id}"))["data"]["secretVersions"].clone();
    assert_eq!((versions[1]["version"].as_u64(), versions[1]["value"].as_str()), (Some(2), Some("canary-3")));
    ok(server.control("POST", "switches", &json!({"hide_secret_values": true})));
    let hidden = server.read(&format!("secrets/{id}"));
    assert_eq!(hidden["data"].get("value"), None);
    let search = ok(server.call("POST", "secrets", &json!({"withValue": true})));
    assert!(!search.to_string().contains("canary"), "{search}");
    ok(server.control("POST", "switches", &json!({"broken_secret_store": true})));
    refused(424, server.delete(&path));
    refused(424, put(json!([])));
    assert_eq!(ok(server.delete(&format!("{path}?forceDelete=true"))), json!({}));
}

#[test]
fn a_device_is_let_in_after_as_many_questions_as_it_takes() {
    let server = Server::start();
    ok(server.control("POST", "switches", &json!({"login_after": 2})));
    let ask = |path: &str, body: Value| {
        server.ask("", "POST", &format!("/api/svc/v1/oauth2/{path}"), &body).unwrap()
    };
    refused(404, ask("device-authorize", json!({"tenantName": "other"})));
    let (status, device) = ask("device-authorize", json!({"tenantName": "demo"}));
    assert_eq!(status, 201);
    let code = json!({"tenantName": "demo", "deviceCode": device["deviceCode"], "grantType": "device_code", "returnJWT": true});
    assert_eq!((ask("token", code.clone()).0, ask("token", code.clone()).0), (202, 202));
    let (status, login) = ask("token", code.clone());
    assert_eq!(status, 201);
    refused(400, ask("token", code));
    let token = login["accessToken"].as_str().unwrap();
    let session = ok(server.ask(token, "GET", "/api/svc/v1/session", &Value::Null).unwrap());
    assert_eq!(session["user"]["email"], "admin@demo.example");
    let refresh =
        json!({"tenantName": "demo", "refreshToken": login["refreshToken"], "grantType": "refresh_token"});
    assert_eq!(ask("token", refresh.clone()).0, 201);
    refused(401, ask("token", refresh));
    refused(401, server.ask(token, "GET", "/api/svc/v1/session", &Value::Null).unwrap());
    ok(server.ask(KEY, "GET", "/api/svc/v1/session", &Value::Null).unwrap());
}

#[test]
fn a_token_of_an_identity_provider_stands_for_the_account_that_it_is_mapped_to() {
    let server = Server::start();
    // {"sub":"run-1","exp":4102444800}, and the same with an `exp` long ago.
    let token = |claims: &str| format!("e30.{claims}.c2ln");
    let good = token("eyJzdWIiOiJydW4tMSIsImV4cCI6NDEwMjQ0NDgwMH0");
    let old = token("eyJzdWIiOiJydW4tMSIsImV4cCI6MTAwMDAwMDAwMH0");
    let whoami = |token: &str| server.ask(token, "GET", "/api/svc/v1/x/users/info", &Value::Null).unwrap();
    refused(401, whoami(&good));
    let manifest = json!({"type": "virtual-account", "name": "ci",
                          "identity_provider_mapping": [{"identity_provider": "terraform", "value": "run-1"}]});
    let made = server.store("virtual-accounts", &manifest);
    assert_eq!(ok(whoami(&good))["subjectSlug"], "ci");
    refused(401, whoami(&old));
    refused(401, whoami("no.token.this"));
    let path = format!("virtual-accounts/{}", made["id"].as_str().unwrap());
    refused(
        422,
        server.call("POST", &format!("{path}/regenerate-token"), &json!({"gracePeriodInMinutes": 0})),
    );
}
