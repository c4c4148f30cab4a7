//! Apply, delete and the dependency tree: any kind of manifest.

use serde_json::{Value, json};

use crate::common::{Server, account, cluster, environment, ok, refused, workspace};

fn apply(server: &Server, manifest: &Value, dry_run: bool) -> Value {
    ok(server.call("PUT", "apply", &json!({"manifest": manifest, "dryRun": dry_run, "force": false})))
}

#[test]
fn apply_tells_whether_it_creates_and_shows_what_was_there() {
    let server = Server::start();
    let dry = apply(&server, &environment("staging"), true);
    assert_eq!((&dry["action"], dry.get("existingManifest")), (&json!("CREATE"), None));
    assert_eq!(server.inventory()["objects"], 0);
    let created = apply(&server, &environment("staging"), false);
    assert_eq!(created["action"], "CREATE");
    let mut changed = environment("staging");
    changed["optimizeFor"] = json!("AVAILABILITY");
    let updated = apply(&server, &changed, true);
    assert_eq!(updated["action"], "UPDATE");
    assert_eq!(updated["existingManifest"], environment("staging"));
    assert_eq!(updated["data"]["id"], created["data"]["id"]);
    assert_eq!(server.read("environments")["data"][0]["optimizeFor"], "COST", "a dry run stores nothing");
}

#[test]
fn every_kind_is_applied_and_deleted() {
    let server = Server::start();
    let manifests = [environment("staging"), account("main"), cluster("prod"), workspace("search")];
    for manifest in &manifests {
        apply(&server, manifest, false);
    }
    assert_eq!(server.inventory()["objects"], 4);
    let delete = |manifest: &Value| server.call("POST", "delete", &json!({"manifest": manifest}));
    let message = refused(409, delete(&environment("staging")));
    assert!(message.contains("in use by cluster `prod`"), "{message}");
    for manifest in manifests.iter().rev() {
        assert_eq!(ok(delete(manifest)), json!({}));
    }
    assert_eq!(server.inventory()["objects"], 0);
    refused(404, delete(&environment("staging")));
    refused(422, delete(&json!({"type": "workspace", "name": "search"})));
    refused(422, delete(&json!({"type": "nothing", "name": "search"})));
    refused(422, server.call("PUT", "apply", &json!({"manifest": {"type": "team", "name": "a"}})));
    refused(400, server.call("PUT", "apply", &json!({})));
}

#[test]
fn the_dependency_tree_holds_every_manifest_once() {
    let server = Server::start();
    let manifests = json!([workspace("search"), cluster("prod"), environment("staging"), account("main"), {"type": "settings/x"}]);
    let tree = ok(server.call("POST", "dependency-tree", &json!({"manifests": manifests})));
    let on = |kind: &str, name: &str| json!({"resourceType": kind, "resourceName": name});
    assert_eq!(
        tree["data"],
        json!([
            {"resourceType": "workspace", "resourceName": "search",
             "dependencies": [on("cluster", "prod"), on("environment", "staging")]},
            {"resourceType": "cluster", "resourceName": "prod",
             "dependencies": [on("environment", "staging"), on("provider-account", "main")]},
            {"resourceType": "environment", "resourceName": "staging", "dependencies": []},
            {"resourceType": "provider-account/aws", "resourceName": "main", "dependencies": []},
            {"resourceType": "settings/x", "resourceName": "settings/x", "dependencies": []}
        ])
    );
    refused(400, server.call("POST", "dependency-tree", &json!({})));
    let channel = json!({"type": "agent-channel", "name": "c", "agent": {"name": "a"}});
    let agent = json!({"type": "remote-agent/self-hosted", "name": "a"});
    let tree = ok(server.call("POST", "dependency-tree", &json!({"manifests": [channel, agent]})));
    assert_eq!(tree["data"][0]["dependencies"], json!([on("remote-agent", "a")]));
}
