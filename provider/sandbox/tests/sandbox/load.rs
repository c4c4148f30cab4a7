//! Many requests side by side.

use serde_json::{Value, json};

use crate::common::{KEY, Server, ok};

/// Runs `work` for 0 to 999, ten at a time.
fn thousand(work: impl Fn(usize) + Sync) {
    std::thread::scope(|scope| {
        for first in 0..10 {
            let work = &work;
            scope.spawn(move || (first..1_000).step_by(10).for_each(work));
        }
    });
}

#[test]
fn a_thousand_workspaces_are_kept_in_a_file_and_listed_in_pages() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with_file(&folder.path().join("sandbox.redb"));
    server.platform();
    let put = |number: usize| {
        let manifest = json!({"type": "workspace", "name": format!("ws-{number:03}"), "cluster_fqn": "prod"});
        let path = "/api/svc/v1/workspaces";
        ok(server.ask(KEY, "PUT", path, &json!({"manifest": manifest})).unwrap());
    };
    thousand(put);
    let mut seen = Vec::new();
    for offset in (0..1_100).step_by(100) {
        let page = server.read(&format!("workspaces?limit=100&offset={offset}"));
        assert_eq!(page["pagination"]["total"], 1_000);
        seen.extend(
            page["data"].as_array().unwrap().iter().map(|one| one["fqn"].as_str().unwrap().to_owned()),
        );
    }
    let expected: Vec<_> = (0..1_000).map(|number| format!("prod:ws-{number:03}")).collect();
    assert_eq!(seen, expected);
    server.stop();
    let server = Server::with_file(&folder.path().join("sandbox.redb"));
    assert_eq!(server.inventory()["workspaces"]["count"], 1_000);
    let requests = ok(server.control("GET", "requests", &Value::Null));
    assert_eq!(requests["data"], json!([]), "the journal is not kept");
    server.stop();
}
