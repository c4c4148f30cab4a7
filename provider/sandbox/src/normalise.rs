//! What a control plane may do to a manifest before it stores it. Tests switch it on to prove that clients depend on
//! none of it: access is added, the order of what has no order changes, and defaults are filled in.

use std::{collections::BTreeMap, sync::OnceLock};

use serde_json::{Map, Value, json};
use truefoundry_catalog::{Catalog, facts::Shape};

use crate::{caller::Caller, kind::Kind};

/// Defaults of the published schema: by object, then by field.
const DEFAULTS: &[u8] = include_bytes!("../data/defaults.json");

type Defaults = BTreeMap<String, Map<String, Value>>;

fn defaults() -> &'static Defaults {
    static PARSED: OnceLock<Defaults> = OnceLock::new();
    // A test parses the same bytes.
    PARSED.get_or_init(|| serde_json::from_slice(DEFAULTS).unwrap_or_default())
}

/// The manifest as a control plane that normalises stores it.
pub(crate) fn manifest(mut manifest: Value, kind: Kind, caller: &Caller) -> Value {
    let catalog = Catalog::get();
    let name = manifest.get("type").and_then(Value::as_str).unwrap_or_default();
    let Some(described) = catalog.kind(name) else { return manifest };
    let object = described.object.as_str();
    if catalog.object(object).contains_key("collaborators") {
        add_caller(&mut manifest, kind, caller);
    }
    object_of(catalog, &mut manifest, object);
    manifest
}

/// Whoever makes an object administers it.
fn add_caller(manifest: &mut Value, kind: Kind, caller: &Caller) {
    let subject = format!("{}:{}", caller.kind, caller.slug);
    let role = match kind {
        Kind::MlRepo => "mlf-project-admin",
        Kind::ProviderAccount => "provider-account-manager",
        Kind::McpServer => "mcp-server-manager",
        Kind::Agent => "agent-manager",
        Kind::SecretGroup => "secret-group-admin",
        Kind::Workspace => "workspace-admin",
        Kind::TracingProject => "tracing-project-admin",
        _ => "cluster-admin",
    };
    if !manifest["collaborators"].is_array() {
        manifest["collaborators"] = json!([]);
    }
    if let Value::Array(collaborators) = &mut manifest["collaborators"]
        && !collaborators.iter().any(|one| one["subject"] == subject.as_str())
    {
        collaborators.push(json!({"subject": subject, "role_id": role}));
    }
}

fn object_of(catalog: &Catalog, value: &mut Value, name: &str) {
    let Value::Object(fields) = value else { return };
    let described = catalog.object(name);
    for (field, default) in defaults().get(name).into_iter().flatten() {
        if described.contains_key(field) && !fields.contains_key(field) {
            fields.insert(field.clone(), default.clone());
        }
    }
    // Everybody may use a model that does not say who may.
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind.starts_with("integration/model/")
        && described.contains_key("authorized_subjects")
        && !fields.contains_key("authorized_subjects")
    {
        fields.insert("authorized_subjects".to_owned(), json!(["team:everyone"]));
    }
    for (field, value) in fields {
        let Some(known) = described.get(field) else { continue };
        shape_of(catalog, value, &known.is);
        if let Value::Array(items) = value
            && catalog.is_set(field)
        {
            items.reverse();
            items.sort_by_key(|item| std::cmp::Reverse(item.to_string()));
        }
    }
}

fn shape_of(catalog: &Catalog, value: &mut Value, shape: &Shape) {
    match (shape, value) {
        (Shape::Object(name), value) => object_of(catalog, value, name),
        (Shape::List(element), Value::Array(items)) => {
            items.iter_mut().for_each(|item| shape_of(catalog, item, element));
        }
        (Shape::Map(element), Value::Object(entries)) => {
            entries.values_mut().for_each(|value| shape_of(catalog, value, element));
        }
        (Shape::Union(shapes), value) => {
            let variants = catalog.variants(shapes);
            if let Some(variant) = catalog.variant_of(&variants, value) {
                shape_of(catalog, value, variant.shape);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    #[test]
    fn defaults_are_those_of_fields_in_the_catalog() {
        let parsed: Defaults = serde_json::from_slice(DEFAULTS).unwrap();
        for (object, fields) in &parsed {
            for field in fields.keys() {
                let known = Catalog::get().object(object).get(field);
                assert!(known.is_some_and(|known| !known.required), "{object}.{field}");
            }
        }
    }

    #[test]
    fn access_defaults_and_another_order_are_added() {
        let caller = Caller::administrator("demo");
        let given = json!({
            "type": "workspace", "name": "w", "cluster_fqn": "c",
            "collaborators": [{"subject": "team:a", "role_id": "r"}, {"subject": "team:b", "role_id": "r"}]
        });
        let stored = manifest(given, Kind::Workspace, &caller);
        let subjects: Vec<_> =
            stored["collaborators"].as_array().unwrap().iter().map(|one| one["subject"].clone()).collect();
        assert_eq!(subjects, ["user:admin@demo.example", "team:b", "team:a"]);
        let service = json!({
            "type": "service", "name": "api", "workspace_fqn": "c:w", "replicas": 1,
            "image": {"type": "image", "image_uri": "x"},
            "ports": [{"port": 80, "protocol": "TCP"}]
        });
        let stored = manifest(service, Kind::Application, &caller);
        assert_eq!(stored["ports"][0]["expose"], true);
        schema::check(stored, "Service").unwrap();
    }

    #[test]
    fn models_are_for_everyone_unless_they_say_otherwise() {
        let caller = Caller::administrator("demo");
        let given = json!({
            "type": "provider-account/openai", "name": "o", "integrations": [
                {"type": "integration/model/openai", "name": "a", "model_id": "a", "model_types": ["chat"]},
                {"type": "integration/model/openai", "name": "b", "model_id": "b", "model_types": ["chat"],
                 "authorized_subjects": ["team:x"]}
            ]
        });
        let stored = manifest(given, Kind::ProviderAccount, &caller);
        assert_eq!(stored["integrations"][0]["authorized_subjects"], json!(["team:everyone"]));
        assert_eq!(stored["integrations"][1]["authorized_subjects"], json!(["team:x"]));
        assert_eq!(stored["collaborators"][0]["role_id"], "provider-account-manager");
    }
}
