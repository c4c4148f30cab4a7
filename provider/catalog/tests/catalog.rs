//! What holds for the whole catalog.

use std::collections::{BTreeMap, BTreeSet};

use truefoundry_catalog::facts::{Facts, Shape};
use truefoundry_catalog::{Catalog, Endpoint, Secret, naming};

#[test]
fn the_facts_are_read() {
    let facts: Facts = serde_json::from_slice(include_bytes!("../data/manifests.json")).unwrap();
    assert_eq!(facts.kinds.len(), 107);
    assert_eq!(Catalog::get().kinds().count(), 107);
}

#[test]
fn no_two_kinds_have_one_name() {
    let mut names = BTreeSet::new();
    for kind in Catalog::get().kinds() {
        assert!(names.insert(&kind.resource), "`{}` is taken", kind.resource);
        assert!(kind.resource.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
    }
}

#[test]
fn no_two_attributes_of_an_object_have_one_name() {
    let catalog = Catalog::get();
    for kind in catalog.kinds() {
        for (object, fields) in catalog.reachable(&kind.object) {
            let top = object == kind.object;
            let names: BTreeSet<_> = fields.keys().map(|field| naming::attribute(field, top)).collect();
            assert_eq!(names.len(), fields.len(), "{object}");
        }
    }
}

fn unions<'a>(shape: &'a Shape, out: &mut Vec<&'a [Shape]>) {
    match shape {
        Shape::Union(variants) => {
            out.push(variants);
            variants.iter().for_each(|variant| unions(variant, out));
        }
        Shape::List(inner) | Shape::Map(inner) => unions(inner, out),
        _ => (),
    }
}

#[test]
fn variants_have_names_and_are_told_apart() {
    let catalog = Catalog::get();
    let mut seen = BTreeMap::new();
    for kind in catalog.kinds() {
        for (object, fields) in catalog.reachable(&kind.object) {
            for (name, field) in fields {
                let mut found = Vec::new();
                unions(&field.is, &mut found);
                for shapes in found {
                    let variants = catalog.variants(shapes);
                    let names: BTreeSet<_> = variants.iter().map(|variant| variant.name.as_str()).collect();
                    assert_eq!(names.len(), variants.len(), "{object}.{name}: {names:?}");
                    assert!(!names.contains(""), "{object}.{name}: {names:?}");
                    seen.insert(
                        format!("{object}.{name}"),
                        variants.iter().map(|v| v.name.clone()).collect::<Vec<_>>(),
                    );
                }
            }
        }
    }
    assert_eq!(seen["AwsProviderAccount.auth_data"], ["access_key", "assumed_role"]);
    assert_eq!(seen["OpenAiModel.cost"][5], "public_cost");
    assert_eq!(seen["Service.replicas"], ["fixed", "autoscaling"]);
    assert_eq!(seen["ChatPromptManifest.messages"], ["system", "assistant", "user", "tool", "developer"]);
    if std::env::var_os("SHOW").is_some() {
        eprintln!("{seen:#?}");
    }
}

#[test]
fn every_key_is_a_field() {
    let catalog = Catalog::get();
    for kind in catalog.kinds() {
        let object = catalog.object(&kind.object);
        for field in kind.key.iter().chain(kind.fixed) {
            assert!(object.contains_key(*field), "{}: `{field}`", kind.manifest_type);
        }
        if kind.key.is_empty() {
            assert_eq!(kind.endpoint, Endpoint::Apply, "{}", kind.manifest_type);
        }
    }
}

#[test]
fn credentials_are_secret() {
    let catalog = Catalog::get();
    for (object, field, secret) in [
        ("AwsAccessKeyBasedAuth", "secret_access_key", Secret::Text),
        ("OpenaiApiKeyAuth", "api_key", Secret::Text),
        ("GcpKeyFileAuth", "key_file_content", Secret::Text),
        ("McpServerHeaderAuth", "headers", Secret::Map),
        ("Service", "env", Secret::Mixed),
        ("Helm", "values", Secret::Mixed),
        ("ApplicationSet", "values", Secret::Mixed),
        ("Kustomize", "patch", Secret::Mixed),
        ("DockerFileBuild", "build_args", Secret::Mixed),
        ("TaskDockerFileBuild", "build_args", Secret::Mixed),
    ] {
        assert_eq!(catalog.secret(object, field), Some(secret), "{object}.{field}");
    }
    let open =
        ["url", "repo_url", "image_uri", "azure_endpoint", "custom_host", "command", "args", "build_script"];
    assert!(open.iter().all(|field| catalog.is_open(field)));
    assert!(!["host", "curl", "build_args", "description"].iter().any(|field| catalog.is_open(field)));
    for (object, field) in [("AwsAccessKeyBasedAuth", "access_key_id"), ("SecretMount", "secret_fqn")] {
        assert!(catalog.secret(object, field).is_none(), "{object}.{field}");
    }
}
