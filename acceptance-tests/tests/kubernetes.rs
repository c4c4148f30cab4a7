//! The Kubernetes of the tests: that its control plane decides, that its nodes take pods, and that it ends.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use acceptance_tests::kubernetes::{self, Cluster, Controllers, Options, Programs};
use acceptance_tests::{Binaries, LocalAws, Sandbox, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};
use test_cluster::{Client, Identity};

#[path = "kubernetes/agent.rs"]
mod agent;
#[path = "kubernetes/ebs.rs"]
mod ebs;
#[path = "kubernetes/karpenter.rs"]
mod karpenter;
#[path = "kubernetes/load_balancers.rs"]
mod load_balancers;
#[path = "kubernetes/sign_in.rs"]
mod sign_in;
#[path = "kubernetes/webhook.rs"]
mod webhook;

/// From the start of the first program until nodes are ready.
const START: Duration = Duration::from_secs(15);
/// The most memory that all programs may have resident, in KiB.
const MEMORY: u64 = 1_200 * 1024;
/// For what a control plane does at once, on a machine where much else runs.
const SOON: Duration = Duration::from_secs(60);
/// Set for a process that only holds a cluster.
const HELD: &str = "ACCEPTANCE_TESTS_HOLDS_CLUSTER";

const NODES: usize = 2;

fn client(cluster: &Cluster, identity: Identity<'_>) -> Result<Client> {
    Client::new(cluster.address(), cluster.folder(), identity)
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list["items"].as_array().into_iter().flatten()
}

/// One cluster for all of it: to start one takes ten seconds of processor time.
#[test]
fn a_cluster_starts_decides_and_ends() -> Result<()> {
    let folder = scratch::folder("kubernetes")?;
    let token_webhook = webhook::serve(&folder)?;
    let options = Options { system_nodes: NODES, token_webhook: Some(token_webhook), ..Options::default() };
    let cluster = Cluster::start_with(&folder.join("cluster"), &options)?;
    let took = cluster.took()?;
    let idle = resident(&cluster)?;
    let administrator = client(&cluster, Identity::Certificate("admin"))?;
    assert_eq!(cluster.version()?, kubernetes::KUBERNETES);
    a_deployment_is_placed_and_becomes_available(&administrator)?;
    a_job_completes(&administrator)?;
    a_pod_that_fits_nowhere_stays_pending(&administrator)?;
    a_namespace_that_is_deleted_goes(&administrator)?;
    an_object_against_its_schema_is_refused(&administrator)?;
    who_has_no_role_is_refused(&cluster, &administrator)?;
    helm_waits_and_cleans_up(&cluster, &administrator)?;
    let busy = resident(&cluster)?;
    writeln!(
        std::io::stderr(),
        "ready after {took:.1?}; resident {} MB, after the tests {} MB",
        idle / 1024,
        busy / 1024
    )?;
    ensure!(took <= START, "ready after {took:?}, not within {START:?}");
    ensure!(idle.max(busy) <= MEMORY, "{idle} and {busy} KiB are resident, more than {MEMORY}");
    let processes = cluster.processes()?;
    drop(cluster);
    let left: Vec<&String> = running(&processes);
    ensure!(left.is_empty(), "after the cluster was dropped there still run: {left:?}");
    Ok(())
}

fn a_deployment_is_placed_and_becomes_available(administrator: &Client) -> Result<()> {
    let path = "/apis/apps/v1/namespaces/default/deployments";
    administrator.create(path, &deployment("web", 3, "100m"))?;
    administrator.wait(&format!("{path}/web"), "available", SOON, |answer| {
        answer.body["status"]["availableReplicas"] == 3
    })?;
    let pods = administrator.get("/api/v1/namespaces/default/pods?labelSelector=app%3Dweb")?;
    let nodes = administrator.get("/api/v1/nodes")?;
    let nodes: BTreeSet<&str> = items(&nodes).filter_map(|node| node["metadata"]["name"].as_str()).collect();
    ensure!(nodes.len() == NODES, "the nodes are {nodes:?}");
    let mut addresses = BTreeSet::new();
    for pod in items(&pods) {
        let node = pod["spec"]["nodeName"].as_str().unwrap_or_default();
        ensure!(nodes.contains(node), "a pod is on `{node}`, which is none of {nodes:?}");
        ensure!(pod["status"]["phase"] == "Running", "a pod is {}", pod["status"]["phase"]);
        addresses.insert(pod["status"]["podIP"].as_str().context("a pod without an address")?);
    }
    ensure!(addresses.len() == 3, "three pods have the addresses {addresses:?}");
    Ok(())
}

fn a_job_completes(administrator: &Client) -> Result<()> {
    let path = "/apis/batch/v1/namespaces/default/jobs";
    let job = json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": { "name": "once" },
        "spec": { "template": { "spec": { "restartPolicy": "Never", "containers": [container("10m")] } } },
    });
    administrator.create(path, &job)?;
    administrator
        .wait(&format!("{path}/once"), "complete", SOON, |answer| answer.body["status"]["succeeded"] == 1)?;
    Ok(())
}

fn a_pod_that_fits_nowhere_stays_pending(administrator: &Client) -> Result<()> {
    let path = "/api/v1/namespaces/default/pods";
    let pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": { "name": "large" },
        // A node has two processors.
        "spec": { "containers": [container("3")] },
    });
    administrator.create(path, &pod)?;
    let message = |body: &Value| {
        let conditions = body["status"]["conditions"].as_array()?;
        let placed = conditions.iter().find(|condition| condition["type"] == "PodScheduled")?;
        placed["message"].as_str().map(str::to_owned)
    };
    let pod = administrator.wait(&format!("{path}/large"), "looked at by the scheduler", SOON, |answer| {
        message(&answer.body).is_some()
    })?;
    let told = message(&pod).unwrap_or_default();
    ensure!(told.starts_with("0/2 nodes are available: 2 Insufficient cpu."), "the scheduler says: {told}");
    Ok(())
}

fn a_namespace_that_is_deleted_goes(administrator: &Client) -> Result<()> {
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "short" } });
    administrator.create("/api/v1/namespaces", &namespace)?;
    administrator.create("/apis/apps/v1/namespaces/short/deployments", &deployment("web", 2, "10m"))?;
    administrator.wait("/apis/apps/v1/namespaces/short/deployments/web", "available", SOON, |answer| {
        answer.body["status"]["availableReplicas"] == 2
    })?;
    administrator.delete("/api/v1/namespaces/short")?;
    administrator.wait("/api/v1/namespaces/short", "gone", SOON, |answer| answer.status == 404)?;
    let pods = administrator.get("/api/v1/namespaces/short/pods")?;
    assert_eq!(items(&pods).count(), 0, "{pods}");
    Ok(())
}

fn an_object_against_its_schema_is_refused(administrator: &Client) -> Result<()> {
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": "pools.example.com" },
        "spec": {
            "group": "example.com",
            "scope": "Cluster",
            "names": { "plural": "pools", "singular": "pool", "kind": "Pool" },
            "versions": [{
                "name": "v1",
                "served": true,
                "storage": true,
                "schema": { "openAPIV3Schema": {
                    "type": "object",
                    "properties": { "spec": {
                        "type": "object",
                        "required": ["weight"],
                        "properties": { "weight": { "type": "integer", "minimum": 1, "maximum": 100 } },
                    } },
                } },
            }],
        },
    });
    administrator.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &definition)?;
    let path = "/apis/example.com/v1/pools";
    administrator.wait(path, "served", SOON, |answer| answer.status == 200)?;
    let pool = |weight: u32| {
        json!({
            "apiVersion": "example.com/v1",
            "kind": "Pool",
            "metadata": { "name": "gpu" },
            "spec": { "weight": weight },
        })
    };
    let answer = administrator.send("POST", path, Some(&pool(101)))?;
    assert_eq!(answer.status, 422, "{answer:?}");
    let (reason, message) = answer.refusal();
    assert_eq!(reason, "Invalid");
    assert_eq!(
        message,
        "Pool.example.com \"gpu\" is invalid: spec.weight: Invalid value: 101: spec.weight in body should be less than or \
         equal to 100"
    );
    administrator.create(path, &pool(100))?;
    Ok(())
}

/// By a service account's token, and by a token that the webhook knows.
fn who_has_no_role_is_refused(cluster: &Cluster, administrator: &Client) -> Result<()> {
    let pods = "/api/v1/namespaces/default/pods";
    let request = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {} });
    let account = "/api/v1/namespaces/default/serviceaccounts/default/token";
    let issued = administrator.create(account, &request)?;
    let issued = issued["status"]["token"].as_str().context("no token was issued")?;
    let users = [("system:serviceaccount:default:default", issued), (webhook::USER, webhook::TOKEN)];
    for (user, token) in users {
        let answer = client(cluster, Identity::Token(token))?.send("GET", pods, None)?;
        let expected = format!(
            "pods is forbidden: User \"{user}\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\""
        );
        assert_eq!((answer.status, answer.refusal()), (403, ("Forbidden", expected.as_str())));
    }
    let answer = client(cluster, Identity::Token("made-up"))?.send("GET", pods, None)?;
    assert_eq!((answer.status, answer.refusal()), (401, ("Unauthorized", "Unauthorized")));
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": { "name": "viewers" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" },
        "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": webhook::USER }],
    });
    administrator.create("/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", &binding)?;
    let viewer = client(cluster, Identity::Token(webhook::TOKEN))?;
    // The authorizer learns of it a moment later.
    viewer.wait(pods, "allowed", SOON, |answer| answer.status == 200)?;
    let answer = viewer.send("DELETE", &format!("{pods}/large"), None)?;
    assert_eq!((answer.status, answer.refusal().0), (403, "Forbidden"));
    Ok(())
}

/// A chart with a hook, whose job has to end before the release is deployed.
fn helm_waits_and_cleans_up(cluster: &Cluster, administrator: &Client) -> Result<()> {
    let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kubernetes/chart");
    let helm = |arguments: &[&str]| -> Result<Value> {
        let mut command = cluster.helm();
        command.args(arguments).args(["--namespace", "shop"]);
        let output = command.output().context("starting `helm`")?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`helm {}`: {errors}", arguments.join(" "));
        Ok(serde_json::from_slice(&output.stdout).unwrap_or_default())
    };
    let chart = chart.to_str().context("the chart's folder is no text")?;
    let wait = ["--create-namespace", "--wait", "--wait-for-jobs", "--timeout", "90s", "--output", "json"];
    let release = helm(&[&["install", "shop", chart], wait.as_slice()].concat())?;
    assert_eq!(release["info"]["status"], "deployed");
    // What `--wait` has waited for is so at once.
    let deployment = administrator.get("/apis/apps/v1/namespaces/shop/deployments/shop")?;
    assert_eq!(deployment["status"]["availableReplicas"], 2, "{deployment}");
    let listed = helm(&["list", "--output", "json"])?;
    assert_eq!(listed[0]["app_version"], "1.0", "{listed}");
    helm(&["uninstall", "shop", "--wait", "--timeout", "90s"])?;
    let left = helm(&["list", "--all", "--output", "json"])?;
    assert_eq!(left, json!([]), "releases are left");
    for path in [
        "/apis/apps/v1/namespaces/shop/deployments",
        "/api/v1/namespaces/shop/services",
        "/apis/batch/v1/namespaces/shop/jobs",
        "/api/v1/namespaces/shop/secrets",
    ] {
        administrator.wait(path, "empty", SOON, |answer| items(&answer.body).count() == 0)?;
    }
    Ok(())
}

/// One cluster and one AWS for all of it.
#[test]
fn models_of_controllers_keep_what_others_wait_for() -> Result<()> {
    let folder = scratch::folder("controllers")?;
    let aws = LocalAws::start(&folder.join("local-aws.log"))?;
    let controllers =
        Controllers { aws_endpoint: Some(aws.endpoint().to_owned()), cluster_name: Some("shop".to_owned()) };
    let options = Options { system_nodes: NODES, controllers: Some(controllers), ..Options::default() };
    let mut cluster = Cluster::start_with(&folder.join("cluster"), &options)?;
    let administrator = client(&cluster, Identity::Certificate("admin"))?;
    let mut bed = karpenter::Bed { cluster: &mut cluster, client: &administrator, aws: &aws };
    // The garbage collector learns of new kinds within half a minute; the driver is looked at meanwhile.
    karpenter::set_up(&bed)?;
    ebs::the_model_keeps_the_promises_of_the_driver(&mut bed)?;
    karpenter::the_model_keeps_the_promises_of_karpenter(&mut bed)
}

/// One cluster and one AWS for all of it.
#[test]
fn the_load_balancer_controller_keeps_what_others_wait_for() -> Result<()> {
    let folder = scratch::folder("load-balancers")?;
    let aws = LocalAws::start(&folder.join("local-aws.log"))?;
    let controllers =
        Controllers { aws_endpoint: Some(aws.endpoint().to_owned()), cluster_name: Some("shop".to_owned()) };
    let options = Options { system_nodes: NODES, controllers: Some(controllers), ..Options::default() };
    let mut cluster = Cluster::start_with(&folder.join("cluster"), &options)?;
    let administrator = client(&cluster, Identity::Certificate("admin"))?;
    let mut bed = karpenter::Bed { cluster: &mut cluster, client: &administrator, aws: &aws };
    load_balancers::the_model_keeps_the_promises_of_the_controller(&mut bed)
}

/// One cluster and one control plane for all of it.
#[test]
fn the_agent_dials_with_what_its_deployment_and_its_secret_say() -> Result<()> {
    let folder = scratch::folder("agent")?;
    let sandbox = Sandbox::start(&Binaries::build()?, &folder.join("sandbox.log"))?;
    let options =
        Options { system_nodes: NODES, controllers: Some(Controllers::default()), ..Options::default() };
    let mut cluster = Cluster::start_with(&folder.join("cluster"), &options)?;
    let administrator = client(&cluster, Identity::Certificate("admin"))?;
    let mut bed = agent::Bed { cluster: &mut cluster, client: &administrator, sandbox: &sandbox };
    agent::the_agent_dials_with_what_it_is_told(&mut bed)
}

/// A process that holds a cluster is killed, as by a test runner that ran out of patience: the cluster ends all the same.
#[test]
fn a_cluster_ends_with_a_test_that_is_killed() -> Result<()> {
    if let Some(folder) = std::env::var_os(HELD) {
        let cluster = Cluster::start(Path::new(&folder))?;
        let told = serde_json::to_string(&cluster.processes()?)?;
        let part = Path::new(&folder).join("processes.part");
        fs::write(&part, told)?;
        fs::rename(part, Path::new(&folder).join("processes.json"))?;
        std::thread::sleep(Duration::from_mins(10));
        return Ok(());
    }
    // Both may be built first, which takes longer than the wait below.
    Binaries::build()?;
    Programs::ready()?;
    let folder = scratch::folder("kubernetes-killed")?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", "a_cluster_ends_with_a_test_that_is_killed"]).env(HELD, &folder);
    let log = fs::File::create(folder.join("held.log"))?.into_file();
    let mut child = command.stdout(log.try_clone()?).stderr(log).stdin(Stdio::null()).spawn()?;
    let told = folder.join("processes.json");
    let is_up = within(SOON, || told.is_file());
    child.kill()?;
    child.wait()?;
    ensure!(is_up, "no cluster within {SOON:?}; `{}` tells why", folder.join("held.log").display());
    let processes: BTreeMap<String, u32> = serde_json::from_str(&fs::read_to_string(told)?)?;
    ensure!(processes.len() == 5, "the cluster consists of {processes:?}");
    let limit = Duration::from_secs(10);
    let is_gone = within(limit, || running(&processes).is_empty());
    ensure!(is_gone, "{limit:?} after the test was killed there still run: {:?}", running(&processes));
    Ok(())
}

/// Those of some processes that run.
fn running(processes: &BTreeMap<String, u32>) -> Vec<&String> {
    // Another program may have been given the number meanwhile.
    let is_it = |name: &str, id: u32| {
        fs::read(format!("/proc/{id}/cmdline"))
            .is_ok_and(|line| String::from_utf8_lossy(&line).contains(name))
    };
    processes.iter().filter(|(name, id)| is_it(name, **id)).map(|(name, _)| name).collect()
}

/// What all programs have resident, in KiB.
fn resident(cluster: &Cluster) -> Result<u64> {
    let mut sum = 0;
    for (name, id) in cluster.processes()? {
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let size: u64 =
            line.and_then(|line| line.split_whitespace().next()?.parse().ok()).context("no `VmRSS`")?;
        writeln!(std::io::stderr(), "{name}: {} MB", size / 1024)?;
        sum += size;
    }
    Ok(sum)
}

fn within(limit: Duration, mut wanted: impl FnMut() -> bool) -> bool {
    let begin = Instant::now();
    while !wanted() {
        if begin.elapsed() > limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    true
}

fn container(cpu: &str) -> Value {
    json!({ "name": "main", "image": "example.com/main:1", "resources": { "requests": { "cpu": cpu } } })
}

fn deployment(name: &str, replicas: u32, cpu: &str) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": name },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": { "app": name } },
            "template": {
                "metadata": { "labels": { "app": name } },
                "spec": { "containers": [container(cpu)] },
            },
        },
    })
}
