//! The module `addons` against what is known of its charts: values that each chart knows, images that a mirror reaches, the
//! order of releases, and what has to fit on the nodes that are there before Karpenter's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use acceptance_tests::charts::{self, Facts, Helm};
use acceptance_tests::{repository, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Map, Value, json};

#[path = "addons/cluster.rs"]
mod cluster;
#[path = "addons/landing.rs"]
mod landing;
#[path = "addons/module.rs"]
mod module;
#[path = "addons/pools.rs"]
mod pools;
#[path = "addons/strict.rs"]
mod strict;

use module::{Module, copied, everything, leaves, pinned, stand_ins, variables};

/// What the mirror of the tests stands for each host.
const MIRROR: &str = "mirror.example";

/// Images that no value of their chart names, with the reason.
const UNNAMED: [(&str, &str); 1] = [
    // istiod's injector puts the proxy there at admission.
    ("gateway", "auto"),
];

/// What the mirror changes beside images that values name: here the object names images in a list.
const BESIDE: [(&str, &str); 1] = [("gpu-operator", "kataManager.config.runtimeClasses")];

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

#[test]
fn the_table_of_charts_says_what_is_known_of_them() -> Result<()> {
    let path = repository::root().join("modules/addons/charts.json");
    let mut table: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
    let charts = pinned()?;
    let names: BTreeSet<&str> = charts.iter().map(Facts::name).collect();
    let listed = table["charts"].as_object().context("no charts")?;
    assert_eq!(listed.keys().map(String::as_str).collect::<BTreeSet<_>>(), names);
    let renews = std::env::var_os("UPDATE_GOLDEN").is_some();
    for chart in &charts {
        let known = json!({
            "version": chart.version(),
            "repository": chart.repository(),
            "image_hosts": chart.image_hosts(),
        });
        for (key, known) in known.as_object().into_iter().flatten() {
            let told = &mut table["charts"][chart.name()][key];
            if renews {
                *told = known.clone();
            }
            assert_eq!(
                told,
                known,
                "`{key}` of `{}`: run this test with UPDATE_GOLDEN=1, and set `dated`",
                chart.name()
            );
        }
    }
    if renews {
        fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&table)?))?;
    }
    Ok(())
}

/// What stands for the default of a value that names an image, its repository or its registry.
fn rewritten(default: &str, hosts: &BTreeSet<String>) -> String {
    let first = default.split('/').next().unwrap_or_default();
    let rest = default.strip_prefix(first).unwrap_or_default();
    if hosts.contains(first) {
        format!("{MIRROR}/{first}{rest}")
    } else {
        // A name without a host is Docker Hub's.
        format!("{MIRROR}/docker.io/{default}")
    }
}

fn all_hosts(charts: &[Facts]) -> BTreeSet<String> {
    charts.iter().flat_map(Facts::image_hosts).collect()
}

/// Every add-on, with a mirror for every host.
fn mirrored(charts: &[Facts]) -> Value {
    let mut variables = everything();
    let registries: Map<String, Value> =
        all_hosts(charts).into_iter().map(|host| (host.clone(), format!("{MIRROR}/{host}").into())).collect();
    variables["mirror"] = json!({ "charts": format!("oci://{MIRROR}/charts"), "registries": registries });
    variables
}

#[test]
fn every_value_that_names_an_image_is_listed_and_rewritten_or_says_why_not() -> Result<()> {
    let charts = pinned()?;
    let hosts = all_hosts(&charts);
    let terraform = copied(&scratch::folder("addons-images")?)?;
    let module = Module::ask(&terraform, &mirrored(&charts))?;
    for chart in &charts {
        let name = chart.name();
        let told = &module.charts()[name]["images"];
        let kept: Vec<&str> =
            told["kept"].as_object().into_iter().flatten().flat_map(|(_, paths)| texts(paths)).collect();
        let changed: Vec<&str> = texts(&told["rewritten"]).chain(texts(&told["emptied"])).collect();
        let listed: BTreeSet<&str> = kept.iter().chain(&changed).copied().collect();
        assert_eq!(listed.len(), kept.len() + changed.len(), "`{name}` lists a path twice");
        let known: BTreeSet<&str> = chart.images().keys().map(String::as_str).collect();
        assert_eq!(listed, known, "`images` of `{name}` in charts.json");

        let mut made = leaves(module.mirrored(name));
        for (_, path) in BESIDE.iter().filter(|(chart, _)| *chart == name) {
            assert_eq!(made.remove(*path), Some(json!([])), "`{path}` of `{name}`");
        }
        // A chart without images has nothing there.
        made.retain(|path, _| !path.is_empty());
        assert_eq!(
            made.keys().map(String::as_str).collect::<BTreeSet<_>>(),
            changed.iter().copied().collect(),
            "what mirror.tf changes of `{name}`"
        );
        for path in texts(&told["rewritten"]) {
            let default = text(&chart.images()[path]["default"]);
            assert_eq!(text(&made[path]), rewritten(default, &hosts), "`{path}` of `{name}`");
        }
        for path in texts(&told["emptied"]) {
            assert_eq!(text(&made[path]), "", "`{path}` of `{name}`");
        }
    }
    Ok(())
}

fn pod(object: &Value) -> &Value {
    if object["kind"] == "CronJob" {
        &object["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    } else {
        &object["spec"]["template"]["spec"]
    }
}

fn containers(object: &Value) -> impl Iterator<Item = &Value> {
    ["initContainers", "containers"]
        .into_iter()
        .flat_map(|list| pod(object)[list].as_array().into_iter().flatten())
}

#[test]
fn with_a_mirror_no_chart_renders_an_image_of_another_host() -> Result<()> {
    let folder = scratch::folder("addons-mirror")?;
    let (charts, helm) = (pinned()?, Helm::find(&folder.join("helm"))?);
    let written = stand_ins(&charts, &folder)?;
    let terraform = copied(&folder)?;
    let with = Module::ask(&terraform, &mirrored(&charts))?;
    assert_eq!(with.on(), charts.iter().map(Facts::name).collect());
    let hosts = all_hosts(&charts);
    for chart in &charts {
        for object in with.objects(&helm, chart, &written[chart.name()])? {
            for image in containers(&object).map(|container| text(&container["image"])) {
                assert!(
                    image.starts_with(&format!("{MIRROR}/")) || UNNAMED.contains(&(chart.name(), image)),
                    "{}: `{image}` of {} {}",
                    chart.name(),
                    object["kind"],
                    object["metadata"]["name"]
                );
            }
            // In arguments, variables and custom resources too.
            let told = object.to_string().replace(&format!("{MIRROR}/"), "");
            let of_another = |host: &&String| {
                object.to_string().matches(&format!("{host}/")).count()
                    > object.to_string().matches(&format!("{MIRROR}/{host}/")).count()
            };
            let others: Vec<&String> = hosts.iter().filter(of_another).collect();
            assert!(others.is_empty(), "{}: {others:?} in {told}", chart.name());
        }
    }
    Ok(())
}

#[test]
fn every_chart_knows_every_value() -> Result<()> {
    let folder = scratch::folder("addons-values")?;
    let (charts, helm) = (pinned()?, Helm::find(&folder.join("helm"))?);
    let written = stand_ins(&charts, &folder)?;
    let terraform = copied(&folder)?;
    let all = Module::ask(&terraform, &everything())?;
    let hosts = all_hosts(&charts);
    let mut seen = BTreeSet::new();
    for chart in &charts {
        for object in all.objects(&helm, chart, &written[chart.name()])? {
            containers(&object).for_each(|container| check_requests(chart, container));
            let told = object.to_string();
            seen.extend(hosts.iter().filter(|host| told.contains(&format!("{host}/"))));
        }
    }
    // So a mirror has something to do, and its test something to miss.
    assert!(seen.len() >= 7, "without a mirror only {seen:?} were seen");
    Ok(())
}

#[test]
fn no_chart_asks_for_monitors_whose_definitions_are_not_there() -> Result<()> {
    let terraform = copied(&scratch::folder("addons-monitors")?)?;
    let mut asked = everything();
    let monitors = |asked: &Value| -> Result<BTreeSet<String>> {
        let module = Module::ask(&terraform, asked)?;
        let mut on = BTreeSet::new();
        for chart in pinned()?.iter().filter(|chart| module.on().contains(chart.name())) {
            let mut values: BTreeMap<String, Value> = chart.values().clone().into_iter().collect();
            values.extend(leaves(&module.values(chart.name())));
            let is_monitor =
                |path: &str| path.to_lowercase().contains("monitor") && path.ends_with(".enabled");
            let paths = values.into_iter().filter(|(path, value)| is_monitor(path) && *value == json!(true));
            on.extend(paths.map(|(path, _)| format!("{} {path}", chart.name())));
        }
        Ok(on)
    };
    assert!(monitors(&asked)?.len() > 15, "{:?}", monitors(&asked)?);
    asked["addons"]["kube-prometheus-stack"] = json!({ "enabled": false });
    assert_eq!(monitors(&asked)?, BTreeSet::new());
    Ok(())
}

/// Containers without requests are evicted first, and counted as nothing by the scheduler.
fn check_requests(chart: &Facts, container: &Value) {
    // Jobs of a minute, and what the charts give no value for.
    let without = [
        ("argo-cd", "copyutil"),
        ("kube-prometheus-stack", "create"),
        ("kube-prometheus-stack", "patch"),
        ("gateway", "istio-proxy"),
        ("gpu-operator", "upgrade-crd"),
    ];
    let requests = &container["resources"]["requests"];
    let name = text(&container["name"]);
    assert!(
        (requests["cpu"].is_string() && requests["memory"].is_string())
            || without.contains(&(chart.name(), name)),
        "{}: `{name}` requests {requests}",
        chart.name()
    );
}

#[test]
fn an_override_wins_and_add_ons_are_switched_off_with_all_their_charts() -> Result<()> {
    let terraform = copied(&scratch::folder("addons-overrides")?)?;
    let mut asked = variables();
    asked["aws_values"] = json!({ "karpenter": { "settings": { "interruptionQueue": "acme" } }, "keda": { "clusterName": "theirs" } });
    asked["addons"] = json!({
        "keda": { "values": "operator:\n  replicaCount: 3\n" },
        "istio": { "values": "{\"istiod\":{\"autoscaleMin\":4},\"gateway\":{\"service\":{\"type\":\"LoadBalancer\"}}}" },
        "argo-cd": { "enabled": false },
        "kube-prometheus-stack": { "version": "81.2.1", "crds_version": "26.0.1" },
    });
    let module = Module::ask(&terraform, &asked)?;
    let keda = module.values("keda");
    assert_eq!(keda.pointer("/operator/replicaCount"), Some(&json!(3)));
    assert_eq!(keda.pointer("/webhooks/replicaCount"), Some(&json!(2)), "what is not overridden stays");
    assert_eq!(keda["clusterName"], "acme-dev", "the module's wins over what was made in AWS");
    assert_eq!(module.values("karpenter").pointer("/settings/interruptionQueue"), Some(&json!("acme")));
    assert_eq!(module.values("istiod")["autoscaleMin"], 4);
    assert_eq!(module.values("gateway").pointer("/service/type"), Some(&json!("LoadBalancer")));
    assert_eq!(module.values("base"), json!({ "defaultRevision": "default" }));
    let off: BTreeSet<&str> = ["argo-cd", "external-dns", "gpu-operator"].into();
    let all: BTreeSet<&str> = module.charts().keys().map(String::as_str).collect();
    assert_eq!(all.difference(&module.on()).copied().collect::<BTreeSet<_>>(), off);
    assert!(!module.releases().contains_key("argocd"));
    assert_eq!(module.releases()["prometheus"], json!({ "namespace": "prometheus", "version": "81.2.1" }));
    assert_eq!(module.releases()["prometheus-operator-crds"]["version"], "26.0.1");
    Ok(())
}

/// Resource => those that it waits for, itself or through others, as Terraform sees them.
fn order(graph: &str) -> BTreeMap<String, BTreeSet<String>> {
    let edges: Vec<(&str, &str)> = graph
        .lines()
        .filter_map(|line| line.trim().trim_end_matches(';').split_once(" -> "))
        .map(|(from, to)| (from.trim_matches('"'), to.trim_matches('"')))
        .collect();
    let mut order: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, _) in &edges {
        let (mut reached, mut next) = (BTreeSet::new(), vec![*from]);
        while let Some(at) = next.pop() {
            for (_, to) in edges.iter().filter(|(from, _)| *from == at) {
                if reached.insert((*to).to_owned()) {
                    next.push(to);
                }
            }
        }
        order.insert((*from).to_owned(), reached);
    }
    order
}

#[test]
fn releases_wait_for_each_other_in_the_order_that_they_need() -> Result<()> {
    let terraform = copied(&scratch::folder("addons-order")?)?;
    let order = order(&terraform.succeed(&["graph"])?.stdout);
    let releases: BTreeSet<&str> =
        order.keys().filter_map(|name| name.strip_prefix("helm_release.")).collect();
    assert_eq!(releases.len(), 22, "{releases:?}");
    let waits = |later: &str, earlier: &str| {
        let later = format!("helm_release.{later}");
        assert!(order[&later].contains(earlier), "`{later}` does not wait for `{earlier}`");
    };
    for release in &releases {
        waits(release, "data.kubernetes_server_version.this");
        waits(release, "kubernetes_secret_v1.sentinel");
        // Read after all of them.
        assert!(
            order["kubernetes_config_map_v1.releases"].contains(&format!("helm_release.{release}")),
            "{release}"
        );
    }
    assert!(order["kubernetes_secret_v1.sentinel"].contains("data.kubernetes_server_version.this"));
    let definitions = ["karpenter_crd", "prometheus_operator_crds", "load_balancer_crds"];
    let early = [
        "load_balancer_controller",
        "cert_manager",
        "metrics_server",
        "karpenter",
        "node_pools",
        "istio_base",
    ];
    for release in releases.iter().filter(|release| !definitions.contains(release)) {
        for definitions in definitions {
            waits(release, &format!("helm_release.{definitions}"));
        }
        if *release != "load_balancer_controller" {
            waits(release, "helm_release.load_balancer_controller");
        }
        if !early.contains(release) {
            waits(release, "helm_release.node_pools");
        }
    }
    // Whatever is left in one of them, its controller is there while it goes.
    assert!(order["kubernetes_namespace_v1.this"].contains("helm_release.load_balancer_controller"));
    for (later, earlier) in [
        ("istiod", "istio_base"),
        ("karpenter", "cert_manager"),
        ("karpenter", "metrics_server"),
        ("node_pools", "karpenter"),
        ("istio_gateway", "istiod"),
        ("mesh", "istiod"),
        ("mesh", "istio_gateway"),
        ("ingress", "istio_gateway"),
        ("logs", "prometheus"),
        ("external_dns", "mesh"),
    ] {
        waits(later, &format!("helm_release.{earlier}"));
    }
    for volumes in ["prometheus", "logs"] {
        waits(volumes, "kubernetes_storage_class_v1.gp3");
    }
    Ok(())
}

#[test]
fn the_chart_of_the_mesh_is_clean_and_refuses_what_it_does_not_know() -> Result<()> {
    let folder = scratch::folder("addons-mesh")?;
    let helm = Helm::find(&folder.join("helm"))?;
    let chart = repository::root().join("modules/addons/charts/mesh");
    let chart = chart.to_string_lossy();
    helm.run(&["lint", &chart, "--strict"])?;
    let render =
        |set: &str| helm.run(&["template", "mesh", &chart, "--namespace", "istio-system", "--set", set]);
    assert!(render("mtls=STRICT")?.contains("\n    mode: STRICT\n"));
    assert!(render("mtls=PERMISSIVE")?.contains("\n    mode: PERMISSIVE\n"));
    let excepted = render(
        "exceptions[0].name=a,exceptions[0].namespace=b,exceptions[0].matchLabels.app=c,exceptions[0].ports[0]=8443",
    )?;
    assert!(excepted.contains("portLevelMtls:\n    \"8443\":\n      mode: PERMISSIVE\n"), "{excepted}");
    for (set, told) in [
        ("mtls=DISABLE", "value must be one of 'STRICT', 'PERMISSIVE'"),
        ("mtl=STRICT", "additional properties 'mtl' not allowed"),
        ("exceptions[0].name=a", "missing properties 'namespace', 'matchLabels', 'ports'"),
    ] {
        let error = format!("{:#}", render(set).unwrap_err());
        assert!(error.contains(told), "{set}: {error}");
    }
    Ok(())
}

#[test]
fn the_load_balancer_controllers_custom_resources_are_those_of_its_chart() -> Result<()> {
    let folder = scratch::folder("addons-crds")?;
    let helm = Helm::find(&folder.join("helm"))?;
    let chart = repository::root().join("modules/addons/charts/load-balancer-crds");
    helm.run(&["lint", &chart.to_string_lossy(), "--strict"])?;
    let definitions = helm.objects(&chart, ("load-balancer-crds", "kube-system"), &json!({}))?;
    let controller = Facts::load("aws-load-balancer-controller")?;
    let metadata = fs::read_to_string(chart.join("Chart.yaml"))?;
    assert!(metadata.contains(&format!("\nversion: {}\n", controller.version())), "{metadata}");
    let versions = |versions: &Value| -> Vec<Value> {
        let told = |version: &Value| {
            json!([version["name"], version["served"], version["storage"], version["subresources"]])
        };
        versions.as_array().into_iter().flatten().map(told).collect()
    };
    let known: BTreeMap<&str, Vec<Value>> = controller
        .custom_resources()
        .iter()
        .map(|kind| (text(&kind["kind"]), versions(&kind["versions"])))
        .collect();
    let made: BTreeMap<&str, Vec<Value>> = definitions
        .iter()
        .map(|one| (text(&one["spec"]["names"]["kind"]), versions(&one["spec"]["versions"])))
        .collect();
    assert_eq!(made, known);
    for definition in &definitions {
        assert_eq!(definition["metadata"]["annotations"]["helm.sh/resource-policy"], "keep", "{definition}");
        let (group, kind) = (text(&definition["spec"]["group"]), text(&definition["spec"]["names"]["kind"]));
        let recorded = charts::folder().join("crds").join(format!("{group}_v1beta1_{kind}.json"));
        if recorded.is_file() {
            let recorded: Value = serde_json::from_str(&fs::read_to_string(recorded)?)?;
            let stored = definition["spec"]["versions"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|one| one["storage"] == true);
            let schema = &stored.context("no stored version")?["schema"]["openAPIV3Schema"];
            assert_eq!(schema, &recorded["openAPIV3Schema"], "{kind}");
        }
    }
    Ok(())
}

/// What the API server and the scheduler of a real cluster have to say.
#[test]
fn what_runs_before_karpenters_nodes_fits_on_two_system_nodes() -> Result<()> {
    let folder = scratch::folder("addons-cluster")?;
    let charts = pinned()?;
    let before = cluster::Before::install(&folder, &charts)?;
    before.nothing_is_pending()?;
    before.takes_the_mesh(Path::new("modules/addons/charts/mesh"))?;
    pools::are_taken(before.administrator(), &folder)?;
    ensure!(before.cpu_left()? >= 200, "{} millicores are left on the fuller node", before.cpu_left()?);
    Ok(())
}
