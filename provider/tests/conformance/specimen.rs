//! One object of each resource type: how it is made, and how it is changed.

use serde_json::{Value as Json, json};
use tfplugin::value::Value;
use truefoundry_catalog::sample::Sampler;
use truefoundry_catalog::{Catalog, Endpoint, Kind, Secrets};

use crate::client::Resource;

/// Kinds of which every write makes a version that is kept, with the field that counts them.
const COUNTED: [(&str, &str); 3] =
    [("agent", "latestVersion"), ("truefoundry-agent", "latestVersion"), ("remote-agent", "latestVersion")];

/// An object to make.
pub(crate) struct Specimen {
    pub(crate) resource: Resource,
    /// The configuration that makes it, and the one that changes it.
    pub(crate) made: Value,
    pub(crate) changed: Value,
    /// What must be there before, as manifests.
    pub(crate) before: Vec<Json>,
    /// Its manifest's type, and the fields that name it; none for what has no manifest.
    pub(crate) named: Option<(String, Vec<(String, Json)>)>,
    /// Where its list is, and what counts its versions, for kinds that have some.
    pub(crate) versions: Option<(&'static str, &'static str)>,
    is_application: bool,
    /// Whether what changes it has secrets, which no answer shows.
    pub(crate) has_secrets: bool,
}

impl Specimen {
    /// Whether a switch of the control plane can matter to it.
    pub(crate) fn is_touched_by(&self, switch: &str) -> bool {
        match switch {
            "deploy_after" | "deploy_fails" | "delete_after" => self.is_application,
            _ => true,
        }
    }
}

/// One of each resource type.
pub(crate) fn all() -> Vec<Specimen> {
    Catalog::get().kinds().map(of_kind).chain(others()).collect()
}

fn of_kind(kind: &'static Kind) -> Specimen {
    let sample = |number: usize| {
        let samples = Sampler::all(kind);
        let mut sample = samples[number.min(samples.len() - 1)].clone();
        if kind.manifest_type == "provider-account/aws" {
            tags_of_texts(&mut sample);
        }
        sample
    };
    let (made, mut changed) = (sample(0), sample(1));
    for field in kind.key.iter().chain(kind.fixed) {
        changed[*field] = made[*field].clone();
    }
    let resource = Resource::of(&kind.resource);
    let attributes = |manifest: &Json| match kind.manifest_type.as_str() {
        "cluster" | "environment" | "provider-account/aws" | "workspace" => None,
        _ => Some(Json::Object(truefoundry_catalog::attributes(kind, manifest, Secrets::Plain))),
    };
    let config = |manifest: &Json| match attributes(manifest) {
        Some(attributes) => resource.config(&attributes),
        None => by_hand(&resource, manifest),
    };
    let named = kind.key.iter().map(|field| {
        let value = match (kind.resource.as_str(), *field) {
            (
                "truefoundry_cluster" | "truefoundry_workspace" | "truefoundry_provider_account_aws",
                "name",
            ) => "sample".into(),
            ("truefoundry_workspace", _) => "cluster".into(),
            _ => made[*field].clone(),
        };
        ((*field).to_owned(), value)
    });
    let named = named.collect();
    let is_application = kind.endpoint == Endpoint::Application;
    let base = kind.manifest_type.split('/').next().unwrap_or_default();
    let versions = match is_application {
        true => Some(("apps", "lastVersion")),
        false => COUNTED.iter().find(|(known, _)| *known == base).map(|(_, field)| ("agents", *field)),
    };
    Specimen {
        made: config(&made),
        changed: config(&changed),
        named: Some((kind.manifest_type.clone(), named)),
        before: Vec::new(),
        versions,
        is_application,
        has_secrets: Catalog::get().without_secrets(&kind.object, &changed) != changed,
        resource,
    }
}

/// The four kinds with a schema of their own: a small object each, and one attribute that changes.
fn by_hand(resource: &Resource, manifest: &Json) -> Value {
    let name = manifest["name"].as_str().unwrap_or("sample");
    let first = manifest.as_object().is_some_and(|fields| fields.len() < 7);
    let attributes = match resource.name.as_str() {
        "truefoundry_environment" => {
            json!({ "name": name, "is_production": first, "optimize_for": "COST" })
        }
        "truefoundry_cluster" => json!({
            "name": "sample", "cluster_type": "aws-eks", "environment_names": [if first { "a" } else { "b" }],
        }),
        "truefoundry_workspace" => json!({
            "name": "sample", "cluster_fqn": "cluster", "labels": { "first": first.to_string() },
        }),
        _ => json!({
            "name": "sample", "aws_account_id": "123456789012",
            "auth_data": { "assumed_role": { "assumed_role_arn": "arn:aws:iam::123456789012:role/a" } },
            "integrations": if first { json!({}) } else {
                json!({ "images": { "ecr": { "registry_url": "123456789012.dkr.ecr.us-east-1.amazonaws.com" } } })
            },
        }),
    };
    resource.config(&attributes)
}

/// The account's resource is written by hand, and its tags are texts.
fn tags_of_texts(account: &mut Json) {
    for integration in account["integrations"].as_array_mut().into_iter().flatten() {
        if integration["tags"].is_object() {
            integration["tags"] = json!({ "team": "search" });
        }
    }
}

/// Those that are kept otherwise.
fn others() -> [Specimen; 3] {
    let manifest = Resource::of("truefoundry_manifest");
    let team = |members: &[&str]| {
        let document = json!({ "type": "team", "name": "sample", "members": members });
        manifest.config(&json!({ "manifest": document.to_string() }))
    };
    let secret = Resource::of("truefoundry_secret");
    let value = |version: u32| {
        secret.config(&json!({
            "secret_group_fqn": "demo:group", "name": "sample", "value_wo": format!("hush-{version}"),
            "value_wo_version": version,
        }))
    };
    let user = Resource::of("truefoundry_user");
    let with_role = |role: &str| user.config(&json!({ "email": "ada@example.com", "role": role }));
    let account = json!({
        "type": "provider-account/aws", "name": "main", "aws_account_id": "123456789012",
        "auth_data": { "type": "assumed-role-based", "assumed_role_arn": "arn:aws:iam::123456789012:role/a" },
        "integrations": [{ "type": "integration/secret-store/aws/parameter-store", "name": "store", "region": "us-east-1" }],
    });
    let group = json!({ "type": "secret-group", "name": "group", "integration_fqn": "demo:aws:main:secret-store:store" });
    let plain = |resource, made, changed, named| Specimen {
        resource,
        made,
        changed,
        named,
        before: Vec::new(),
        versions: None,
        is_application: false,
        has_secrets: false,
    };
    let named = ("team".to_owned(), vec![("name".to_owned(), json!("sample"))]);
    [
        Specimen {
            before: vec![account, group],
            ..plain(Resource::of("truefoundry_secret"), value(1), value(2), None)
        },
        plain(Resource::of("truefoundry_user"), with_role("member"), with_role("admin"), None),
        plain(Resource::of("truefoundry_manifest"), team(&["admin@demo.example"]), team(&[]), Some(named)),
    ]
}
