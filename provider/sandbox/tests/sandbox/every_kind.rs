//! Every kind of manifest in the catalog: made, found again, replaced, and deleted.

use serde_json::{Map, Value, json};
use truefoundry_catalog::{
    Catalog, Kind,
    facts::{Field, Shape},
};

use crate::common::{Server, ok, refused};

/// A server that does not ask whether what manifests name exists.
fn server() -> Server {
    let server = Server::start();
    ok(server.control("POST", "switches", &json!({"unchecked_references": true})));
    server
}

/// The smallest manifest of a kind: what is required, and what names the object.
fn smallest(kind: &Kind) -> Value {
    let mut manifest = least(&kind.object);
    for (name, field) in Catalog::get().object(&kind.object) {
        if kind.demands(name) && manifest.get(name).is_none() {
            manifest[name] = value(&kind.object, name, field, &field.is);
        }
    }
    manifest
}

fn least(object: &str) -> Value {
    let fields = Catalog::get().object(object).iter().filter(|(_, field)| field.required);
    fields
        .map(|(name, field)| (name.clone(), value(object, name, field, &field.is)))
        .collect::<Map<_, _>>()
        .into()
}

fn value(object: &str, name: &str, field: &Field, shape: &Shape) -> Value {
    let catalog = Catalog::get();
    match shape {
        Shape::String => text(object, name, field).into(),
        Shape::Integer | Shape::Number => {
            let limits = field.limits.clone().unwrap_or_default();
            let least = limits.min.or(limits.above.map(|above| above + 1.0)).unwrap_or(1.0);
            json!(least.ceil() as i64)
        }
        Shape::Boolean => json!(true),
        Shape::Any | Shape::Map(_) => json!({}),
        Shape::Const(text) => json!(text),
        Shape::Enum(of) => json!(catalog.texts(of)[0]),
        Shape::List(element) => json!([value(object, name, field, element)]),
        Shape::Object(of) => least(of),
        Shape::Union(shapes) => value(object, name, field, &shapes[0]),
    }
}

fn text(object: &str, name: &str, field: &Field) -> String {
    let pattern = field.limits.as_ref().and_then(|limits| limits.pattern.as_deref()).unwrap_or_default();
    let text = match (object, name) {
        ("WorkspaceManifest", "cluster_fqn") => "some-cluster",
        (_, "workspace_fqn") => "some-cluster:some-workspace",
        (_, "aws_account_id") => "123456789012",
        (_, "storage_root") => "s3://some-bucket",
        ("AwsEcr", "registry_url") => "123456789012.dkr.ecr.us-east-1.amazonaws.com",
        (_, "assumed_role_arn") => "arn:aws:iam::123456789012:role/some-role",
        ("Collaborator", "subject") => "team:everyone",
        ("RoleManifest", "resourceType") => "tenant",
        ("SlackBot", _) => "#general",
        (_, "secret_fqn" | "password_secret_fqn") => "tfy-secret://demo:group:key",
        (_, "volume_fqn") => "tfy-volume://cluster:workspace:volume",
        _ if pattern.contains("https?") || pattern.contains("http(s?)") => "https://example.com",
        _ if pattern.starts_with("^/") => "/some-path",
        _ => "some-name",
    };
    text.to_owned()
}

#[test]
fn every_kind_is_made_found_replaced_and_deleted() {
    let server = server();
    let put = |manifest: &Value| ok(server.call("PUT", "apply", &json!({"manifest": manifest})));
    let mut count = 0;
    for kind in Catalog::get().kinds() {
        let manifest = smallest(kind);
        let made = put(&manifest);
        assert_eq!(made["action"], "CREATE", "{}", kind.manifest_type);
        let again = put(&manifest);
        assert_eq!(
            (&again["action"], again["existingManifest"]["type"].as_str()),
            (&json!("UPDATE"), Some(kind.manifest_type.as_str()))
        );
        let tree = ok(server.call("POST", "dependency-tree", &json!({"manifests": [manifest]})));
        assert_eq!(tree["data"][0]["resourceType"], *kind.manifest_type);
        let mut wrong = manifest.clone();
        wrong["no_such_field"] = json!(1);
        let message = refused(422, server.call("PUT", "apply", &json!({"manifest": wrong})));
        assert_eq!(message, "`manifest.no_such_field` is not a known field", "{}", kind.manifest_type);
        assert_eq!(server.inventory()["objects"], 1, "{}", kind.manifest_type);
        ok(server.call("POST", "delete", &json!({"manifest": manifest})));
        refused(404, server.call("POST", "delete", &json!({"manifest": manifest})));
        assert_eq!(server.inventory()["objects"], 0, "{}", kind.manifest_type);
        count += 1;
    }
    assert_eq!(count, 107);
}

#[test]
fn every_kind_survives_normalisation_and_redaction() {
    let server = server();
    ok(server.control("POST", "switches", &json!({"normalise": true, "redact": true})));
    for kind in Catalog::get().kinds() {
        let manifest = smallest(kind);
        let put = |dry: bool| server.call("PUT", "apply", &json!({"manifest": manifest, "dryRun": dry}));
        let made = ok(put(false));
        let shown = &made["data"]["manifest"];
        if manifest.get("auth_data").is_some_and(Value::is_object) {
            let masked = |value: &Value| !value.is_string() || value == "***";
            let fields = shown["auth_data"].as_object().unwrap();
            let texts = fields
                .iter()
                .filter(|(key, _)| !["type", "grant_type", "auth_level", "region"].contains(&key.as_str()));
            assert!(texts.into_iter().all(|(_, value)| masked(value)), "{}: {shown}", kind.manifest_type);
        }
        ok(put(true));
        ok(server.call("POST", "delete", &json!({"manifest": manifest})));
    }
}

#[test]
fn everything_is_there_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.redb");
    let server = Server::with_file(&file);
    let switch =
        |server: &Server| ok(server.control("POST", "switches", &json!({"unchecked_references": true})));
    switch(&server);
    for kind in Catalog::get().kinds() {
        let mut manifest = smallest(kind);
        // Kinds share collections, in which a name is taken once.
        if manifest["name"] == "some-name" {
            manifest["name"] = json!(kind.manifest_type.replace(['/', '_'], "-"));
        }
        ok(server.call("PUT", "apply", &json!({"manifest": manifest})));
    }
    let (inventory, apps, accounts) =
        (server.inventory(), server.read("apps?limit=1000"), server.read("virtual-accounts"));
    assert_eq!(inventory["objects"], 107);
    server.stop();
    let server = Server::with_file(&file);
    assert_eq!(server.inventory(), inventory);
    assert_eq!(server.read("apps?limit=1000"), apps);
    assert_eq!(server.read("virtual-accounts"), accounts);
    server.stop();
}
