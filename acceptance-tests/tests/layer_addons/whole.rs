//! The whole set of add-ons, upgraded in place, and without the pool that some of its pods wait for.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use acceptance_tests::charts::{Facts, PINNED, Served, StandIn};
use acceptance_tests::scratch;
use acceptance_tests::terraform::Run;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::alone::{Alone, Models, Set};

/// What every later version of a chart is marked with in the tests.
const LATER: &str = "later";

/// A version of the chart that is newer than the pinned one by its last number.
pub(crate) fn later(version: &str) -> Result<String> {
    let (start, last) = version.rsplit_once('.').context("a version of three numbers")?;
    Ok(format!("{start}.{}", last.parse::<u32>()? + 1))
}

/// The add-ons of the set by their keys, each with a chart whose version is theirs.
const VERSIONED: [(&str, &str); 13] = [
    ("argo-cd", "argo-cd"),
    ("argo-rollouts", "argo-rollouts"),
    ("argo-workflows", "argo-workflows"),
    ("aws-load-balancer-controller", "aws-load-balancer-controller"),
    ("cert-manager", "cert-manager"),
    ("external-secrets", "external-secrets"),
    ("gpu-operator", "gpu-operator"),
    ("istio", "istiod"),
    ("karpenter", "karpenter"),
    ("keda", "keda"),
    ("kube-prometheus-stack", "kube-prometheus-stack"),
    ("logs", "tfy-logs"),
    ("metrics-server", "metrics-server"),
];

pub(crate) fn spec_of(facts: &[Facts]) -> Result<String> {
    let version = |chart: &str| -> Result<String> {
        let found = facts.iter().find(|facts| facts.name() == chart);
        later(found.with_context(|| format!("no chart `{chart}`"))?.version())
    };
    let mut text = "addons:\n".to_owned();
    for (addon, chart) in VERSIONED {
        let crds = match addon {
            "kube-prometheus-stack" => {
                format!(", crds_version: \"{}\"", version("prometheus-operator-crds")?)
            }
            _ => String::new(),
        };
        text.push_str(&format!("  {addon}: {{ version: \"{}\"{crds} }}\n", version(chart)?));
    }
    Ok(text)
}

fn succeeded(what: &str, run: &Run) -> Result<()> {
    ensure!(run.code == 0, "{what} ended with {}:\n{}\n{}", run.code, run.stdout, run.stderr);
    Ok(())
}

/// Releases by name: revision, and when it was made.
fn releases(alone: &Alone) -> Result<BTreeMap<String, (u64, String)>> {
    let output = alone.cluster.helm().args(["list", "-A", "-o", "json"]).output()?;
    let told: Value = serde_json::from_slice(&output.stdout)?;
    let text = |release: &Value, key: &str| release[key].as_str().unwrap_or_default().to_owned();
    let listed = told.as_array().into_iter().flatten();
    listed
        .map(|release| {
            Ok((text(release, "name"), (text(release, "revision").parse()?, text(release, "updated"))))
        })
        .collect()
}

/// Identifiers of custom resources that must outlive an upgrade: of ours and of somebody's workloads.
fn custom_resources(alone: &Alone) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for path in [
        "/apis/karpenter.sh/v1/nodepools",
        "/apis/karpenter.k8s.aws/v1/ec2nodeclasses",
        "/apis/security.istio.io/v1/peerauthentications",
        "/apis/keda.sh/v1alpha1/scaledobjects",
        "/apis/argoproj.io/v1alpha1/rollouts",
    ] {
        let list = alone.administrator.get(path)?;
        for item in list["items"].as_array().into_iter().flatten() {
            let text = |key: &str| item["metadata"][key].as_str().unwrap_or_default().to_owned();
            found.insert(format!("{path}/{}", text("name")), text("uid"));
        }
    }
    Ok(found)
}

/// Objects of somebody's workloads, whose definitions two of the charts bring.
pub(crate) const WORKLOADS: [&str; 2] = [
    "/apis/keda.sh/v1alpha1/namespaces/default/scaledobjects/model",
    "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/model",
];

/// The names of all custom resource definitions.
pub(crate) fn definitions(alone: &Alone) -> Result<BTreeSet<String>> {
    let list = alone.administrator.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")?;
    let items = list["items"].as_array().into_iter().flatten();
    Ok(items.filter_map(|one| one["metadata"]["name"].as_str()).map(str::to_owned).collect())
}

/// After a destroy: the definitions are there as before, with the objects of workloads; what was ours is gone.
pub(crate) fn are_kept(alone: &Alone, before: &BTreeSet<String>) -> Result<()> {
    let after = definitions(alone)?;
    let gone: Vec<&String> = before.difference(&after).collect();
    ensure!(gone.is_empty(), "definitions that are gone with their objects: {gone:?}");
    let left: Vec<String> = custom_resources(alone)?.into_keys().collect();
    assert_eq!(
        left,
        ["/apis/argoproj.io/v1alpha1/rollouts/model", "/apis/keda.sh/v1alpha1/scaledobjects/model"],
        "custom resources after a destroy"
    );
    Ok(())
}

pub(crate) fn make_workloads(alone: &Alone) -> Result<()> {
    let scaled = json!({
        "apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": { "name": "model" },
        "spec": { "scaleTargetRef": { "name": "model" }, "triggers": [{ "type": "cpu", "metadata": { "value": "50" } }] },
    });
    alone.administrator.create("/apis/keda.sh/v1alpha1/namespaces/default/scaledobjects", &scaled)?;
    let rollout = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": { "name": "model" },
        "spec": { "replicas": 1, "selector": { "matchLabels": { "app": "model" } } },
    });
    alone.administrator.create("/apis/argoproj.io/v1alpha1/namespaces/default/rollouts", &rollout)?;
    Ok(())
}

/// Each chart one version later, its custom resources changed: first these, nothing made anew, nothing lost.
#[test]
fn every_chart_is_upgraded_in_place_its_custom_resources_first() -> Result<()> {
    let facts = PINNED.iter().map(|chart| Facts::load(chart)).collect::<Result<Vec<_>>>()?;
    let mut charts: Vec<StandIn<'_>> = facts.iter().map(StandIn::of).collect();
    for facts in &facts {
        charts.push(StandIn::of(facts).version(&later(facts.version())?).mark(LATER));
    }
    let set = Set {
        spec: "addons:\n  gpu-operator: true\n",
        charts: Served::start(&charts)?,
        models: Models::InCluster,
    };
    let alone = Alone::start(&scratch::folder("layer-addons-upgraded")?, set)?;
    succeeded("apply", &alone.apply()?)?;
    make_workloads(&alone)?;
    let (before, objects) = (releases(&alone)?, custom_resources(&alone)?);
    assert!(objects.len() >= 7, "{objects:?}");

    alone.generate(&spec_of(&facts)?)?;
    succeeded("upgrade", &alone.apply()?)?;
    let after = releases(&alone)?;
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let ours = ["load-balancer-crds", "mesh", "node-pools"];
    for (name, (revision, _)) in &after {
        let upgraded = if ours.contains(&name.as_str()) { 1 } else { 2 };
        assert_eq!(*revision, upgraded, "revision of `{name}`");
    }
    for (crds, user) in
        [("karpenter-crd", "karpenter"), ("prometheus-operator-crds", "prometheus"), ("istio-base", "istiod")]
    {
        assert!(after[crds].1 < after[user].1, "`{crds}` before `{user}`: {after:?}");
    }
    assert_eq!(custom_resources(&alone)?, objects);
    let marked = |name: &str| -> Result<Value> {
        let path = format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}");
        Ok(alone.administrator.get(&path)?["metadata"]["annotations"]["stand-in/mark"].clone())
    };
    for name in ["nodepools.karpenter.sh", "servicemonitors.monitoring.coreos.com", "scaledobjects.keda.sh"] {
        assert_eq!(marked(name)?, LATER, "{name}");
    }
    succeeded("plan", &alone.plan()?)?;
    without_its_pool(&alone)?;
    Ok(writeln!(
        std::io::stderr(),
        "proved: {} releases upgraded, {} custom resources kept",
        after.len(),
        objects.len()
    )?)
}

/// A Service and a NodePool of somebody else are told before their controllers go, and lost only by name.
fn others_balance_and_scale(alone: &Alone) -> Result<()> {
    let service = json!({ "metadata": { "name": "front" }, "spec": {
        "type": "LoadBalancer", "loadBalancerClass": "service.k8s.aws/nlb", "selector": { "app": "front" }, "ports": [{ "port": 80 }],
    } });
    alone.administrator.create("/api/v1/namespaces/default/services", &service)?;
    let mut pool = alone.administrator.get("/apis/karpenter.sh/v1/nodepools/default")?;
    pool["metadata"] = json!({ "name": "theirs" });
    alone.administrator.create("/apis/karpenter.sh/v1/nodepools", &pool)?;
    let refused = alone.destroy()?;
    assert_eq!(refused.code, 1, "{}", refused.stderr);
    for told in ["services (1): default/front", "nodepools.karpenter.sh (1): theirs"] {
        super::said(&refused, told)?;
    }
    let lost = ["services", "nodepools.karpenter.sh", "scaledobjects.keda.sh", "rollouts.argoproj.io"];
    succeeded("destroy", &alone.destroy_with(&lost)?)
}

/// Without the pool `critical`, the pods that `validate` named are pending, and no others.
fn without_its_pool(alone: &Alone) -> Result<()> {
    let before = definitions(alone)?;
    others_balance_and_scale(alone)?;
    are_kept(alone, &before)?;
    alone.generate("addons:\n  gpu-operator: false\ncompute: { pools: { critical: false } }\n")?;
    succeeded("apply without the pool", &alone.apply()?)?;
    let told = alone.validate()?.stderr;
    let line = told.split("these pods will be pending: ").nth(1).and_then(|rest| rest.lines().next());
    let named: Vec<&str> = line.context("no warning")?.split('`').collect();
    let named: Vec<&str> = named.into_iter().filter(|text| text.contains('/')).collect();
    let pods = alone.administrator.get("/api/v1/pods")?;
    let pending: Vec<String> = pods["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|pod| pod["status"]["phase"] == "Pending")
        .map(|pod| {
            let text = |key: &str| pod["metadata"][key].as_str().unwrap_or_default();
            format!("{}/{}", text("namespace"), text("name"))
        })
        .collect();
    for pod in &pending {
        assert!(
            named.iter().any(|name| pod.starts_with(name)),
            "`{pod}` is pending and was not named: {named:?}"
        );
    }
    // Prometheus itself is made by its operator, which runs nothing here.
    for name in named.iter().filter(|name| !name.starts_with("prometheus/")) {
        assert!(
            pending.iter().any(|pod| pod.starts_with(name)),
            "`{name}` was named and is not pending: {pending:?}"
        );
    }
    Ok(())
}
