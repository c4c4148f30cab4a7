//! The chart of node pools: what `compute` of `platform.yaml` becomes, through the module, in the cluster.

use std::path::{Path, PathBuf};

use acceptance_tests::charts::Helm;
use acceptance_tests::{Terraform, repository, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};
use test_cluster::Client;

use super::module::{answer, copied, variables};

/// What the generator gives the module, each a file of its tests.
pub(crate) const CASES: [&str; 5] = ["default", "minimal", "gpu", "every-pool", "everything"];

/// The chart.
pub(crate) fn chart() -> PathBuf {
    repository::root().join("modules/addons/charts/node-pools")
}

/// What the generator gives the module in one case.
pub(crate) fn given(case: &str) -> Result<Value> {
    let file = repository::root().join("generator/tests/compute").join(format!("{case}.json"));
    Ok(serde_json::from_str(&fs::read_to_string(file)?)?)
}

/// The values that the module gives the chart.
pub(crate) fn values(terraform: &Terraform, case: &str) -> Result<Value> {
    let (mut asked, given) = (variables(), given(case)?);
    asked["node_pools"] = given["node_pools"].clone();
    asked["node_class"] = given["node_class"].clone();
    // What the layer knows when the cluster's is applied.
    asked["node_class"]["role"] = "acme-dev-nodes".into();
    answer(terraform, &asked, "jsonencode(local.node_pools_values)\n")
}

/// What the chart renders.
pub(crate) fn objects(helm: &Helm, folder: &Path, values: &Value) -> Result<Vec<Value>> {
    let file = folder.join("node-pools.json");
    fs::write(&file, values.to_string())?;
    let (chart, file) = (chart(), file.to_string_lossy().into_owned());
    let rendered = helm.run(&["template", "node-pools", &chart.to_string_lossy(), "--values", &file])?;
    documents(&rendered)
}

/// The objects of what Helm has rendered.
pub(crate) fn documents(rendered: &str) -> Result<Vec<Value>> {
    let mut objects = Vec::new();
    for yaml in rendered.split("\n---\n").map(|document| document.trim().trim_start_matches("---\n")) {
        let object: Value = serde_saphyr::from_str(yaml).with_context(|| format!("no object:\n{yaml}"))?;
        // Only comments, as what stands above the first document of a file.
        if !object.is_null() {
            objects.push(object);
        }
    }
    Ok(objects)
}

/// The API server takes every object of every case, none of its fields unknown, with the structure that is recorded of Karpenter's kinds.
pub(crate) fn are_taken(administrator: &Client, folder: &Path) -> Result<()> {
    let (terraform, helm) = (copied(&folder.join("pools"))?, Helm::find(&folder.join("helm"))?);
    for case in CASES {
        let objects = objects(&helm, folder, &values(&terraform, case)?)?;
        ensure!(objects.len() > 1, "`{case}` renders {} objects", objects.len());
        for object in objects {
            let kind = object["kind"].as_str().unwrap_or_default().to_lowercase();
            let (version, plural) = (object["apiVersion"].as_str().unwrap_or_default(), plural(&kind));
            let path = format!("/apis/{version}/{plural}?dryRun=All&fieldValidation=Strict");
            administrator.create(&path, &object).with_context(|| format!("`{case}`: {object}"))?;
        }
    }
    // The check can fail: a field that Karpenter has not, and what its rules forbid.
    let mut class = objects(&helm, folder, &values(&terraform, "default")?)?.swap_remove(0);
    class["spec"]["instanceProfile"] = "nodes".into();
    let path = "/apis/karpenter.k8s.aws/v1/ec2nodeclasses?dryRun=All&fieldValidation=Strict";
    let answer = administrator.send("POST", path, Some(&class))?;
    assert_eq!(answer.status, 422, "a class with role and profile: {}", answer.body);
    class["spec"]["spotPrice"] = "1".into();
    let answer = administrator.send("POST", path, Some(&class))?;
    assert_eq!(answer.status, 400, "a class with an unknown field: {}", answer.body);
    Ok(())
}

/// The name of a kind's collection.
pub(crate) fn plural(kind: &str) -> String {
    if kind.ends_with('s') { format!("{kind}es") } else { format!("{kind}s") }
}

#[test]
fn every_node_is_of_a_pinned_image_encrypted_and_keeps_its_role_from_pods() -> Result<()> {
    let folder = scratch::folder("addons-pools")?;
    let (terraform, helm) = (copied(&folder)?, Helm::find(&folder.join("helm"))?);
    for case in CASES {
        let objects = objects(&helm, &folder, &values(&terraform, case)?)?;
        let (classes, pools): (Vec<&Value>, Vec<&Value>) =
            objects.iter().partition(|object| object["kind"] == "EC2NodeClass");
        for class in &classes {
            let spec = &class["spec"];
            let image = spec.pointer("/amiSelectorTerms/0/alias").and_then(Value::as_str).unwrap_or_default();
            ensure!(image.starts_with("al2023@v"), "`{case}`: {image}");
            let metadata = json!({ "httpEndpoint": "enabled", "httpProtocolIPv6": "disabled", "httpPutResponseHopLimit": 1, "httpTokens": "required" });
            assert_eq!(spec["metadataOptions"], metadata, "`{case}`");
            let disk = &spec["blockDeviceMappings"][0]["ebs"];
            assert_eq!((&disk["encrypted"], &disk["volumeType"]), (&json!(true), &json!("gp3")), "`{case}`");
            for terms in ["subnetSelectorTerms", "securityGroupSelectorTerms"] {
                assert_eq!(
                    spec[terms],
                    json!([{ "tags": { "karpenter.sh/discovery": "acme-dev" } }]),
                    "`{case}`"
                );
            }
        }
        let names: Vec<&Value> = classes.iter().map(|class| &class["metadata"]["name"]).collect();
        assert_eq!(
            pools.len(),
            given(case)?["node_pools"].as_object().map_or(0, serde_json::Map::len),
            "`{case}`"
        );
        for pool in pools {
            let (name, spec) = (&pool["metadata"]["name"], &pool["spec"]);
            ensure!(
                spec["limits"].as_object().is_some_and(|limits| !limits.is_empty()),
                "{name} has no limit"
            );
            let template = &spec["template"]["spec"];
            ensure!(names.contains(&&template["nodeClassRef"]["name"]), "{name} names a class that is none");
            ensure!(template["terminationGracePeriod"].is_string(), "{name} may drain for ever");
            let label = &spec["template"]["metadata"]["labels"]["class.truefoundry.com/component"];
            let taint = &template["taints"][0];
            ensure!(
                label.is_null()
                    || taint["key"] == "class.truefoundry.com/component" && taint["value"] == *label,
                "{name} is labelled {label} and tainted {taint}"
            );
        }
    }
    Ok(())
}

#[test]
fn the_chart_of_node_pools_is_clean_and_refuses_what_it_does_not_know() -> Result<()> {
    let folder = scratch::folder("addons-pools-chart")?;
    let helm = Helm::find(&folder.join("helm"))?;
    let good = values(&copied(&folder)?, "every-pool")?;
    let (chart, file) = (chart(), folder.join("values.json"));
    fs::write(&file, good.to_string())?;
    helm.run(&["lint", &chart.to_string_lossy(), "--strict", "--values", &file.to_string_lossy()])?;
    let cases = [
        ("/nodeClass/ami", json!("al2023@latest"), "does not match pattern '^al2023@v[0-9]{8}$'"),
        ("/nodeClass/instanceProfile", json!("nodes"), "oneOf"),
        (
            "/nodePools/default-spot/capacityTypes",
            json!(["spot", "cheap"]),
            "value must be one of 'reserved', 'spot', 'on-demand'",
        ),
        ("/nodePools/default-spot/limits", json!({}), "minProperties: got 0, want 1"),
        ("/nodePools/default-spot/weight", json!(101), "maximum: got 101, want 100"),
        ("/nodePools/default-spot/terminationGracePeriod", json!("Never"), "does not match pattern"),
        (
            "/nodePools/gpu-spot/nodeClass",
            json!("cpu"),
            "names the node class \"cpu\", and `nodeClasses` has none of that name",
        ),
        ("/nodePools/default-spot/taint", json!([]), "additional properties 'taint' not allowed"),
    ];
    for (path, value, told) in cases {
        let mut bad = good.clone();
        let (parent, key) = path.rsplit_once('/').context("a path")?;
        bad.pointer_mut(parent).with_context(|| format!("`{parent}`"))?[key] = value;
        let error = format!("{:#}", objects(&helm, &folder, &bad).unwrap_err());
        assert!(error.contains(told), "{path}: {error}");
    }
    Ok(())
}
