//! Stand-in charts before the real `helm`: they render, refuse what the real charts do not know, and take their values to
//! the fields that they reach in the real ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use acceptance_tests::charts::{Facts, Helm, PINNED, Served, StandIn, folder, table};
use acceptance_tests::scratch;
use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::{Map, Value, json};

/// Kinds that only a guarded stand-in has.
const GUARDS: [&str; 3] = ["APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// Images that no value of their chart names, with the reason.
const UNNAMED: [(&str, &str); 1] = [
    // istiod's injector puts the proxy there at admission.
    ("gateway", "auto"),
];

/// Every stand-in as a folder, with the `helm` to ask about it.
fn each(test: &str, check: impl Fn(&Helm, &Facts, &Path) -> Result<()>) -> Result<()> {
    let folder = scratch::folder(test)?;
    let helm = Helm::find(&folder.join("helm"))?;
    for chart in Facts::all()? {
        let written = StandIn::of(&chart).write(&folder)?;
        check(&helm, &chart, &written).with_context(|| format!("the stand-in of `{}`", chart.name()))?;
    }
    Ok(())
}

fn kind_of(object: &Value) -> &str {
    object["kind"].as_str().unwrap_or_default()
}

/// A value at a path, as the values file has it.
fn nested(keys: &[String], value: Value) -> Value {
    keys.iter().rev().fold(value, |value, key| json!({ key: value }))
}

fn keys(path: &str) -> Vec<String> {
    let parts = path.replace("\\.", "\u{1}");
    parts.split('.').map(|key| key.replace('\u{1}', ".")).collect()
}

fn lay(values: &mut Value, over: &Value) {
    match (values, over) {
        (Value::Object(values), Value::Object(over)) => {
            for (key, over) in over {
                lay(values.entry(key.as_str()).or_insert(Value::Null), over);
            }
        }
        (values, over) => *values = over.clone(),
    }
}

/// How many objects of each kind a chart in a folder renders with default values.
fn rendered(helm: &Helm, chart: &Facts, folder: &Path) -> Result<BTreeMap<String, usize>> {
    let mut kinds = BTreeMap::new();
    for object in helm.objects(folder, chart.release(), &json!({}))? {
        *kinds.entry(kind_of(&object).to_owned()).or_default() += 1;
        // No name is left as it was recorded.
        assert!(!object.to_string().contains("{fullname"), "{}: {object}", chart.name());
    }
    Ok(kinds)
}

/// How many of each kind were recorded, with or without what only a guarded stand-in has.
fn recorded(chart: &Facts, guarded: bool) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for object in chart.objects() {
        if object["off"] != true && (guarded || !GUARDS.contains(&kind_of(object))) {
            *kinds.entry(kind_of(object).to_owned()).or_default() += 1;
        }
    }
    let definitions = chart.custom_resources().len();
    // cert-manager's are off unless they are asked for.
    if definitions > 0 && chart.name() != "cert-manager" {
        kinds.insert("CustomResourceDefinition".to_owned(), definitions);
    }
    kinds
}

#[test]
fn every_stand_in_is_clean_and_renders_what_was_recorded() -> Result<()> {
    each("charts-render", |helm, chart, written| {
        helm.run(&["lint", &written.to_string_lossy(), "--strict"])?;
        assert_eq!(rendered(helm, chart, written)?, recorded(chart, false), "{}", chart.name());
        // As a merge reads it, a null takes away what somebody else has set; charts leave out what nothing is said of.
        for object in helm.objects(written, chart.release(), chart.needs())? {
            assert!(!has_null(&object), "{}: {object}", chart.name());
        }
        let guarded = StandIn::of(chart).guarded().write(&written.join("../guarded"))?;
        assert_eq!(rendered(helm, chart, &guarded)?, recorded(chart, true), "{}, guarded", chart.name());
        Ok(())
    })
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.iter().any(has_null),
        Value::Object(map) => map.values().any(has_null),
        _ => false,
    }
}

#[test]
fn a_misspelt_value_is_refused_and_one_below_an_open_map_is_not() -> Result<()> {
    each("charts-misspelt", |helm, chart, written| {
        let closed = |keys: &[String]| {
            let opens = chart.all_of("open").as_array().into_iter().flatten().filter_map(Value::as_str);
            let undeclared =
                chart.all_of("undeclared").as_object().into_iter().flatten().map(|(path, _)| path.as_str());
            opens.chain(undeclared).all(|open| !keys.starts_with(&self::keys(open)))
        };
        let paths: Vec<Vec<String>> = chart.values().keys().map(|path| keys(path)).collect();
        let deepest = paths.iter().filter(|keys| closed(keys)).max_by_key(|keys| keys.len());
        for keys in deepest.into_iter().chain(paths.first()) {
            let mut misspelt = keys.clone();
            if let Some(last) = misspelt.last_mut() {
                last.push_str("Zz");
            }
            let refused = helm.objects(written, chart.release(), &nested(&misspelt, json!("x"))).unwrap_err();
            let said = format!("{refused:#}");
            let name = misspelt.last().cloned().unwrap_or_default();
            assert!(said.contains(&format!("'{name}' not allowed")), "{}: {said}", chart.name());
        }
        let mut values = json!({});
        for open in chart.all_of("open").as_array().into_iter().flatten().filter_map(Value::as_str) {
            let mut keys = keys(open);
            keys.push("anything".to_owned());
            lay(&mut values, &nested(&keys, json!("x")));
        }
        helm.objects(written, chart.release(), &values)?;
        Ok(())
    })
}

/// What a mirror gives to a value that names an image or its registry; `None` for tags and digests.
fn mirrored(path: &str, default: &Value) -> Option<String> {
    let last = keys(path).pop().unwrap_or_default();
    let default = default.as_str().unwrap_or_default();
    let host = default.split('/').next().is_some_and(|first| default.contains('/') && first.contains('.'));
    match last.as_str() {
        "registry" | "imageRegistry" => Some("mirror.example".to_owned()),
        "hub" if !default.is_empty() => Some("mirror.example/istio".to_owned()),
        _ if host => Some(format!("mirror.example/{}", default.split_once('/').map_or("", |(_, rest)| rest))),
        _ => None,
    }
}

#[test]
fn a_mirror_reaches_every_image() -> Result<()> {
    each("charts-mirror", |helm, chart, written| {
        let mut values = json!({});
        for (path, image) in chart.images() {
            if let Some(name) = mirrored(path, &image["default"]) {
                lay(&mut values, &nested(&keys(path), name.into()));
            }
        }
        for object in helm.objects(written, chart.release(), &values)? {
            let pod = if object["kind"] == "CronJob" {
                &object["spec"]["jobTemplate"]["spec"]["template"]["spec"]
            } else {
                &object["spec"]["template"]["spec"]
            };
            for list in ["initContainers", "containers"] {
                for image in
                    pod[list].as_array().into_iter().flatten().filter_map(|one| one["image"].as_str())
                {
                    assert!(
                        image.starts_with("mirror.example/") || UNNAMED.contains(&(chart.name(), image)),
                        "{}: {} {}: `{image}` is not from the mirror",
                        chart.name(),
                        kind_of(&object),
                        object["metadata"]["name"]
                    );
                }
            }
        }
        Ok(())
    })
}

/// A value for a field that a test recognises, and where the field is in a manifest.
fn probe(field: &str) -> Option<(Value, &'static str)> {
    Some(match field {
        "replicas" => (json!(7), "/spec/replicas"),
        "priorityClass" => (json!("probe"), "/spec/template/spec/priorityClassName"),
        "nodeSelector" => (json!({ "probe": "probe" }), "/spec/template/spec/nodeSelector"),
        "tolerations" => {
            (json!([{ "key": "probe", "operator": "Exists" }]), "/spec/template/spec/tolerations")
        }
        "affinity" => (json!({ "podAntiAffinity": { "probe": [] } }), "/spec/template/spec/affinity"),
        _ => return None,
    })
}

#[test]
fn values_reach_the_fields_that_they_reach_in_the_real_chart() -> Result<()> {
    each("charts-values", |helm, chart, written| {
        let mut values = json!({});
        let mut expected: Vec<(String, &str, Value)> = Vec::new();
        for object in chart.objects().iter().filter(|object| object["off"] != true) {
            for (field, wires) in object["wires"].as_object().into_iter().flatten() {
                let path = wires[0].as_str().or_else(|| wires[0][1].as_str()).unwrap_or_default();
                // A wire of placement is a path alone, or `[how, path]`.
                let Some((value, place)) = probe(field) else { continue };
                lay(&mut values, &nested(&keys(path), value.clone()));
                expected.push((kind_of(object).to_owned(), place, value));
            }
        }
        let rendered = helm.objects(written, chart.release(), &values)?;
        for (kind, place, value) in &expected {
            let wanted = |object: &&Value| {
                let found = object.pointer(place).unwrap_or(&Value::Null);
                kind_of(object) == kind && (found == value || found.to_string().contains("\"probe\""))
            };
            let needed = expected.iter().filter(|other| (&other.0, other.1) == (kind, *place)).count();
            let found = rendered.iter().filter(wanted).count();
            assert!(
                found >= needed,
                "{}: {found} of {needed} {kind} have {value} at `{place}`",
                chart.name()
            );
        }
        Ok(())
    })
}

#[test]
fn the_same_facts_make_the_same_bytes() -> Result<()> {
    for name in PINNED {
        let (one, other) = (Facts::load(name)?, Facts::load(name)?);
        assert_eq!(StandIn::of(&one).pack()?.bytes, StandIn::of(&other).pack()?.bytes, "{name}");
    }
    Ok(())
}

#[test]
fn helm_takes_a_chart_from_the_repository() -> Result<()> {
    let folder = scratch::folder("charts-served")?;
    let helm = Helm::find(&folder.join("helm"))?;
    let keda = Facts::load("keda")?;
    let charts = [StandIn::of(&keda), StandIn::of(&keda).version("2.19.1").mark("second")];
    let served = Served::start(&charts)?;
    let pull = |version: &str| -> Result<PathBuf> {
        let into = folder.join(version);
        fs::create_dir_all(&into)?;
        let (url, into_text) = (served.url(), into.to_string_lossy().into_owned());
        helm.run(&[
            "pull",
            "keda",
            "--repo",
            &url,
            "--version",
            version,
            "--untar",
            "--untardir",
            &into_text,
        ])?;
        Ok(into.join("keda"))
    };
    let (first, second) = (pull("2.19.0")?, pull("2.19.1")?);
    assert!(fs::read_to_string(first.join("Chart.yaml"))?.contains("\"version\": \"2.19.0\""));
    let marked = |chart: &Path| -> Result<usize> {
        let objects = helm.objects(chart, ("keda", "keda"), &json!({}))?;
        let mark = |object: &&Value| object["metadata"]["annotations"]["stand-in/mark"] == "second";
        Ok(objects.iter().filter(mark).count())
    };
    assert_eq!((marked(&first)?, marked(&second)?), (0, keda.custom_resources().len()));
    assert!(served.asked().contains(&"/keda-2.19.1.tgz".to_owned()), "{:?}", served.asked());
    Ok(())
}

#[test]
fn custom_resources_stand_where_the_real_chart_keeps_them() -> Result<()> {
    let folder = scratch::folder("charts-crds")?;
    let helm = Helm::find(&folder.join("helm"))?;
    let definitions = |name: &str, values: Value| -> Result<Vec<Value>> {
        let chart = Facts::load(name)?;
        let objects = helm.objects(&StandIn::of(&chart).write(&folder)?, chart.release(), &values)?;
        Ok(objects.into_iter().filter(|object| kind_of(object) == "CustomResourceDefinition").collect())
    };
    let kept = |definitions: &[Value]| {
        definitions
            .iter()
            .filter(|one| one["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep")
            .count()
    };
    // Templates with a switch and an annotation that a value switches.
    let argo = definitions("argo-rollouts", json!({}))?;
    assert_eq!((argo.len(), kept(&argo)), (5, 5));
    assert_eq!(kept(&definitions("argo-rollouts", json!({ "keepCRDs": false }))?), 0);
    assert_eq!(definitions("argo-rollouts", json!({ "installCRDs": false }))?.len(), 0);
    // Templates that go with the release.
    let keda = definitions("keda", json!({}))?;
    assert_eq!((keda.len(), kept(&keda)), (6, 0));
    // Unless an annotation from their values keeps them.
    for chart in Facts::all()? {
        for path in chart.all_of("crds")["annotations"].as_array().into_iter().flatten() {
            let keys = keys(path.as_str().unwrap_or_default());
            let annotated = nested(&keys, json!({ "helm.sh/resource-policy": "keep" }));
            let annotated = definitions(chart.name(), annotated)?;
            assert_eq!(kept(&annotated), chart.custom_resources().len(), "{}: {path}", chart.name());
        }
    }
    // Off by default.
    let off = definitions("cert-manager", json!({}))?;
    let on = definitions("cert-manager", json!({ "crds": { "enabled": true } }))?;
    assert_eq!((off.len(), on.len(), kept(&on)), (0, 6, 6));
    // `crds/` of a chart within the chart: its switch takes it away.
    let stack = Facts::load("kube-prometheus-stack")?.custom_resources().len();
    assert_eq!(definitions("kube-prometheus-stack", json!({}))?.len(), stack);
    assert_eq!(definitions("kube-prometheus-stack", json!({ "crds": { "enabled": false } }))?.len(), 0);
    // The structure of a kind that was recorded is a real one.
    let pools = definitions("karpenter-crd", json!({}))?;
    let pool = pools.iter().find(|one| one["spec"]["names"]["kind"] == "NodePool").context("NodePool")?;
    let spec = &pool["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    assert_eq!(spec["required"], json!(["template"]));
    Ok(())
}

#[test]
fn the_table_is_up_to_date_and_the_facts_are_small() -> Result<()> {
    let (page, charts) = (folder().join("README.md"), Facts::all()?);
    let made = table(&charts);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&page, &made)?;
    }
    assert_eq!(fs::read_to_string(&page)?, made, "run `cargo xtask gen`, or this test with UPDATE_GOLDEN=1");
    let mut files = Vec::new();
    acceptance_tests::repository::files_with_ending(&folder(), "json", &mut files)?;
    let bytes: u64 =
        files.iter().map(|file| fs::metadata(file).map(|file| file.len())).sum::<Result<u64, _>>()?;
    assert!(bytes < 1_500_000, "the facts have grown to {bytes} bytes");
    let facts = files.iter().filter(|file| file.parent() == Some(&folder())).count();
    assert_eq!(facts, PINNED.len());
    Ok(())
}

#[test]
fn every_image_of_a_rendering_is_named_by_a_value() -> Result<()> {
    for chart in Facts::all()? {
        let values: Map<String, Value> = chart.images().clone();
        for object in chart.objects() {
            for list in ["init", "containers"] {
                for container in object["pod"][list].as_array().into_iter().flatten() {
                    let (name, image) = (&container["name"], container["image"].as_str().unwrap_or_default());
                    let name = name.as_str().unwrap_or_default();
                    let wires = &object["wires"][format!("{list}.{name}.image")];
                    let paths: Vec<&str> = wires
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(|wire| wire.as_str().or_else(|| wire[0].as_str()))
                        .collect();
                    // What a switch brings was rendered once, so nothing is known of its wires.
                    let known = object["off"] == true || UNNAMED.contains(&(chart.name(), image));
                    assert!(known || !paths.is_empty(), "{}: `{image}` of {name}", chart.name());
                    for path in paths {
                        assert!(values.contains_key(path), "{}: `{path}` is not listed", chart.name());
                    }
                }
            }
        }
    }
    Ok(())
}
