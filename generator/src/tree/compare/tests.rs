use std::collections::BTreeMap;

use serde_json::Value;

use super::super::record::{Layer, Manifest, emptied, tests::layers};
use super::super::{Change, Deed, Request, write};
use crate::plan::Files;

/// The files of a small platform, those of one layer aside.
fn files(without: &str) -> Files {
    let mut files = crate::plan::tests::example(false).files().unwrap();
    files.retain(|path, _| without.is_empty() || !path.starts_with(&format!("{without}/")));
    files
}

fn written(dir: &std::path::Path, files: &Files, layers: &[Layer]) -> Vec<Change> {
    let accept = BTreeMap::new();
    write(
        dir,
        &Request {
            files,
            layers,
            inputs: &Value::Null,
            slots: &crate::plan::Slots::default(),
            accept: &accept,
            spec: std::path::Path::new("platform.yaml"),
        },
    )
    .unwrap()
}

fn deeds(changes: &[Change], below: &str) -> Vec<Deed> {
    let mut deeds: Vec<Deed> =
        changes.iter().filter(|change| change.path.starts_with(below)).map(|change| change.deed).collect();
    deeds.dedup();
    deeds
}

fn without(name: &str) -> Vec<Layer> {
    layers(false).into_iter().filter(|layer| layer.name != name).collect()
}

#[test]
fn a_layer_that_is_no_longer_generated_stays_until_it_is_destroyed() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("out");
    written(&dir, &files(""), &layers(false));
    fs_err::write(dir.join("platform/terraform.tfstate"), "{\"resources\": [{\"type\": \"x\"}]}").unwrap();

    let changes = written(&dir, &files("platform"), &without("platform"));
    assert_eq!(deeds(&changes, "platform/"), [Deed::Retired]);
    let told = super::super::tell(&changes);
    let expected =
        "`platform/main.tf`: its layer is no longer generated; it stays until the layer is destroyed";
    assert!(told.iter().any(|line| line == expected), "{told:?}");
    let manifest = Manifest::read(&dir).unwrap().unwrap();
    let retired = manifest.layers.last().unwrap();
    assert_eq!((retired.name.as_str(), retired.retired), ("platform", true));
    assert!(dir.join("platform/main.tf").exists());
    // Again, and once more after it was destroyed.
    assert_eq!(deeds(&written(&dir, &files("platform"), &without("platform")), "platform/"), [Deed::Retired]);
    emptied(&dir, "platform").unwrap();
    let changes = written(&dir, &files("platform"), &without("platform"));
    assert_eq!(deeds(&changes, "platform/"), [Deed::Delete]);
    assert_eq!(Manifest::read(&dir).unwrap().unwrap().layers.len(), 6);
    assert!(!dir.join("platform/main.tf").exists());
}

#[test]
fn a_layer_that_was_never_applied_goes_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("out");
    written(&dir, &files(""), &layers(false));
    let changes = written(&dir, &files("platform"), &without("platform"));
    assert_eq!(deeds(&changes, "platform/"), [Deed::Delete]);
    assert!(!dir.join("platform").exists());
}

#[test]
fn a_layer_whose_state_is_elsewhere_stays() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("out");
    let remote = |layers: Vec<Layer>| -> Vec<Layer> {
        let backend = serde_json::json!({ "s3": { "bucket": "states" } });
        layers.into_iter().map(|layer| Layer { backend: backend.clone(), ..layer }).collect()
    };
    written(&dir, &files(""), &remote(layers(false)));
    let changes = written(&dir, &files("platform"), &remote(without("platform")));
    assert_eq!(deeds(&changes, "platform/"), [Deed::Retired], "nobody has looked whether it is empty");
}
