//! What an upgrade must not touch: every custom resource, and every release.

use std::collections::BTreeMap;

use acceptance_tests::Platform;
use anyhow::{Context as _, Result};
use serde_json::Value;
use test_cluster::Client;

use super::items;

/// Come and go with nodes.
const OF_NODES: &str = "nodeclaims.karpenter.sh";

/// What is there.
#[derive(Debug)]
pub(crate) struct Kept {
    /// `PLURAL.GROUP NAMESPACE/NAME` => its identifier.
    pub(crate) custom_resources: BTreeMap<String, String>,
    /// `NAMESPACE/NAME` => chart with its version, revision, and status.
    pub(crate) releases: BTreeMap<String, [String; 3]>,
}

impl Kept {
    pub(crate) fn look(platform: &Platform, administrator: &Client) -> Result<Self> {
        Ok(Self { custom_resources: custom_resources(administrator)?, releases: releases(platform)? })
    }
}

fn custom_resources(administrator: &Client) -> Result<BTreeMap<String, String>> {
    let definitions = administrator.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")?;
    let mut found = BTreeMap::new();
    for definition in items(&definitions) {
        let (kind, spec) = (text(&definition["metadata"]["name"]), &definition["spec"]);
        if kind == OF_NODES {
            continue;
        }
        let served =
            spec["versions"].as_array().into_iter().flatten().find(|version| version["served"] == true);
        let version =
            text(&served.with_context(|| format!("`{kind}` has no version that is served"))?["name"]);
        let path = format!("/apis/{}/{version}/{}", text(&spec["group"]), text(&spec["names"]["plural"]));
        for object in items(&administrator.get(&path)?) {
            let metadata = &object["metadata"];
            let name = format!("{kind} {}/{}", text(&metadata["namespace"]), text(&metadata["name"]));
            found.insert(name, text(&metadata["uid"]).to_owned());
        }
    }
    Ok(found)
}

fn releases(platform: &Platform) -> Result<BTreeMap<String, [String; 3]>> {
    let inside = platform.inside.as_ref().context("a platform without a cluster")?;
    let output = inside.cluster.helm().args(["list", "-A", "--all", "-o", "json"]).output()?;
    let told: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let of = |release: &Value, key: &str| text(&release[key]).to_owned();
    let told = told.as_array().context("no list of releases")?.iter();
    Ok(told
        .map(|release| {
            let name = format!("{}/{}", of(release, "namespace"), of(release, "name"));
            (name, ["chart", "revision", "status"].map(|key| of(release, key)))
        })
        .collect())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
