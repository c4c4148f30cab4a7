//! The model of Karpenter, before the real scheduler and controllers, with its instances in the local AWS.

use std::time::{Duration, Instant};

use acceptance_tests::charts::{Facts, StandIn};
use acceptance_tests::{Cluster, LocalAws, signal};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};
use test_cluster::Client;
use test_cluster::controllers::{Aws, texts};

use super::{SOON, container, items, within};

const CLAIMS: &str = "/apis/karpenter.sh/v1/nodeclaims";
const POOLS: &str = "/apis/karpenter.sh/v1/nodepools";
const CLASSES: &str = "/apis/karpenter.k8s.aws/v1/ec2nodeclasses";
const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";
const BUDGETS: &str = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";

/// For what must not happen: longer than the model takes for anything.
const WHILE: Duration = Duration::from_secs(2);

/// What each step works with.
pub(super) struct Bed<'a> {
    pub(super) cluster: &'a mut Cluster,
    pub(super) client: &'a Client,
    pub(super) aws: &'a LocalAws,
}

impl Bed<'_> {
    fn names(&self, path: &str) -> Result<Vec<String>> {
        let list = self.client.get(path)?;
        Ok(items(&list).filter_map(|it| it["metadata"]["name"].as_str().map(str::to_owned)).collect())
    }

    fn claims_of(&self, pool: &str) -> Result<Vec<Value>> {
        let path = format!("{CLAIMS}?labelSelector=karpenter.sh/nodepool%3D{pool}");
        Ok(items(&self.client.get(&path)?).cloned().collect())
    }

    fn instances(&self) -> Result<u64> {
        Ok(self.aws.inventory()?["by_kind"]["ec2:instance"].as_u64().unwrap_or_default())
    }

    fn wait_for_no_claims(&self, pool: &str) -> Result<()> {
        let path = format!("{CLAIMS}?labelSelector=karpenter.sh/nodepool%3D{pool}");
        self.client.wait(&path, "empty", SOON, |answer| items(&answer.body).next().is_none()).map(drop)
    }

    fn wait_available(&self, deployment: &str, replicas: u32) -> Result<()> {
        self.client
            .wait(&format!("{DEPLOYMENTS}/{deployment}"), "available", SOON, |answer| {
                answer.body["status"]["availableReplicas"] == replicas
            })
            .map(drop)
    }

    fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(self.cluster.folder().join("karpenter.log"))?)
    }

    fn helm(&self, arguments: &[&str]) -> Result<()> {
        let output = self.cluster.helm().args(arguments).output().context("starting `helm`")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`helm {}`: {said}", arguments.join(" "));
        Ok(())
    }

    fn install(&self, chart: &str, more: &[&str]) -> Result<()> {
        let facts = Facts::load(chart)?;
        let written = StandIn::of(&facts).write(&self.cluster.folder().join("charts"))?;
        let written = written.to_str().context("the chart's folder is no text")?;
        let common = ["install", chart, written, "--namespace", "kube-system", "--wait", "--timeout", "60s"];
        self.helm(&[common.as_slice(), more].concat())
    }
}

/// All of it, in an order in which each step leaves no nodes behind.
pub(super) fn the_model_keeps_the_promises_of_karpenter(bed: &mut Bed<'_>) -> Result<()> {
    pods_that_fit_nowhere_get_nodes_of_the_heaviest_pool(bed)?;
    nodes_of_another_image_are_replaced_one_after_the_other(bed)?;
    what_limits_do_not_leave_stays_pending(bed)?;
    a_pool_that_is_deleted_is_drained_as_budgets_allow(bed)?;
    while_it_is_stopped_nothing_goes(bed)?;
    killed_and_slow_it_leaves_no_instance_behind(bed)?;
    who_uninstalls_it_first_is_stuck(bed)
}

/// Karpenter's charts, as the platform installs them, and a node class that selects the default subnets.
pub(super) fn set_up(bed: &Bed<'_>) -> Result<()> {
    let aws = Aws::new(bed.aws.endpoint(), "us-east-1");
    for (action, tag) in [("DescribeSubnets", "subnetId"), ("DescribeSecurityGroups", "groupId")] {
        let answer = aws.ec2(action, &[])?;
        let mut parameters: Vec<(String, String)> = (1..)
            .zip(texts(&answer, tag))
            .map(|(number, id)| (format!("ResourceId.{number}"), id.to_owned()))
            .collect();
        parameters.push(("Tag.1.Key".to_owned(), "karpenter.sh/discovery".to_owned()));
        parameters.push(("Tag.1.Value".to_owned(), "shop".to_owned()));
        aws.ec2("CreateTags", &parameters)?;
    }
    aws.iam("CreateRole", &[("RoleName", "nodes"), ("AssumeRolePolicyDocument", "{}")])?;
    bed.install("karpenter-crd", &[])?;
    bed.install("karpenter", &["--skip-crds", "--set", "settings.clusterName=shop"])?;
    bed.client.create(CLASSES, &class())?;
    let class =
        bed.client.wait(&format!("{CLASSES}/default"), "ready", SOON, |it| is_true(&it.body, "Ready"))?;
    assert_eq!(class["metadata"]["finalizers"], json!(["karpenter.k8s.aws/termination"]));
    assert_eq!(class["status"]["subnets"].as_array().map(Vec::len), Some(6), "{class}");
    Ok(())
}

fn class() -> Value {
    let terms = json!([{ "tags": { "karpenter.sh/discovery": "shop" } }]);
    json!({
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": { "name": "default" },
        "spec": {
            "amiSelectorTerms": [{ "alias": "al2023@v20260728" }],
            "role": "nodes",
            "subnetSelectorTerms": terms,
            "securityGroupSelectorTerms": terms,
        },
    })
}

/// A pool of nodes with two processors, up to so many processors.
fn pool(name: &str, capacity_type: &str, weight: u32, cpu: u32) -> Value {
    let is = |key: &str, value: &str| json!({ "key": key, "operator": "In", "values": [value] });
    json!({
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": { "name": name },
        "spec": {
            "weight": weight,
            "limits": { "cpu": cpu },
            "template": {
                "metadata": { "labels": { "example.com/work": "yes" } },
                "spec": {
                    "nodeClassRef": { "group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default" },
                    "taints": [{ "key": "example.com/work", "effect": "NoSchedule" }],
                    "startupTaints": [{ "key": "example.com/starts", "effect": "NoExecute" }],
                    "requirements": [
                        is("karpenter.sh/capacity-type", capacity_type),
                        is("karpenter.k8s.aws/instance-family", "m7i"),
                        is("karpenter.k8s.aws/instance-cpu", "2"),
                    ],
                },
            },
        },
    })
}

/// Pods of which one fills a node of a pool.
fn work(name: &str, replicas: u32) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": name },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": { "app": name } },
            "template": {
                "metadata": { "labels": { "app": name } },
                "spec": {
                    "nodeSelector": { "example.com/work": "yes" },
                    "tolerations": [{ "key": "example.com/work", "operator": "Exists" }],
                    "containers": [container("1500m")],
                },
            },
        },
    })
}

fn is_true(object: &Value, condition: &str) -> bool {
    let conditions = object["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|it| it["type"] == condition && it["status"] == "True")
}

fn pods_that_fit_nowhere_get_nodes_of_the_heaviest_pool(bed: &Bed<'_>) -> Result<()> {
    bed.client.create(POOLS, &pool("on-demand", "on-demand", 10, 2))?;
    bed.client.create(POOLS, &pool("spot", "spot", 90, 4))?;
    // Of those that are ready the heaviest is taken.
    bed.client.wait(POOLS, "ready", SOON, |it| items(&it.body).all(|it| is_true(it, "Ready")))?;
    bed.client.create(DEPLOYMENTS, &work("web", 2))?;
    bed.wait_available("web", 2)?;
    // The scheduler does not wait for Karpenter's last word on a node.
    bed.client.wait(CLAIMS, "initialized", SOON, |it| items(&it.body).all(|it| is_true(it, "Ready")))?;
    let nodes = bed.client.get("/api/v1/nodes?labelSelector=karpenter.sh/nodepool")?;
    assert_eq!(items(&nodes).count(), 2, "{nodes}");
    for node in items(&nodes) {
        let labels = &node["metadata"]["labels"];
        for (label, value) in [
            ("karpenter.sh/nodepool", "spot"),
            ("karpenter.sh/capacity-type", "spot"),
            ("karpenter.sh/registered", "true"),
            ("karpenter.sh/initialized", "true"),
            ("node.kubernetes.io/instance-type", "m7i.large"),
            ("example.com/work", "yes"),
        ] {
            assert_eq!(labels[label], value, "`{label}` of {node}");
        }
        assert_eq!(node["metadata"]["finalizers"], json!(["karpenter.sh/termination"]));
        assert_eq!(node["metadata"]["ownerReferences"][0]["kind"], "NodeClaim");
        assert_eq!(node["spec"]["taints"], json!([{ "key": "example.com/work", "effect": "NoSchedule" }]));
    }
    assert_eq!(bed.instances()?, 2);
    let spot =
        bed.client.wait(&format!("{POOLS}/spot"), "counted", SOON, |it| it.body["status"]["nodes"] == 2)?;
    assert_eq!(spot["status"]["resources"]["cpu"], "4", "{spot}");
    Ok(())
}

/// The node class asks for another image: a node goes when its successor takes pods, and the budgets of pool and pods hold.
fn nodes_of_another_image_are_replaced_one_after_the_other(bed: &Bed<'_>) -> Result<()> {
    let budget = json!({
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": { "name": "web" },
        "spec": { "minAvailable": 1, "selector": { "matchLabels": { "app": "web" } } },
    });
    bed.client.create(BUDGETS, &budget)?;
    let before = bed.names(CLAIMS)?;
    let terms = json!({ "spec": { "amiSelectorTerms": [{ "alias": "al2023@v20260803" }] } });
    assert_eq!(bed.client.merge(&format!("{CLASSES}/default"), &terms)?.status, 200);
    let (mut most, mut least) = (0, u64::MAX);
    let are_replaced = within(SOON, || {
        let (Ok(claims), Ok(web)) = (bed.names(CLAIMS), bed.client.get(&format!("{DEPLOYMENTS}/web"))) else {
            return false;
        };
        let available = web["status"]["availableReplicas"].as_u64().unwrap_or_default();
        (most, least) = (most.max(claims.len()), least.min(available));
        claims.len() == 2 && available == 2 && claims.iter().all(|claim| !before.contains(claim))
    });
    ensure!(are_replaced, "of {before:?} there still are some of {:?}: {}", bed.names(CLAIMS)?, bed.log()?);
    // A third while it takes the place of one, and never a fourth.
    ensure!(most == 3 && least >= 1, "there were {most} claims at most, and {least} pods at least");
    bed.client.wait(CLAIMS, "initialized", SOON, |it| items(&it.body).all(|it| is_true(it, "Ready")))?;
    assert_eq!(bed.instances()?, 2);
    bed.client.delete(&format!("{BUDGETS}/web")).map(drop)
}

/// Four more pods: the heaviest pool is full, the other has room for one.
fn what_limits_do_not_leave_stays_pending(bed: &Bed<'_>) -> Result<()> {
    bed.client.create(DEPLOYMENTS, &work("more", 2))?;
    bed.wait_available("more", 1)?;
    let is_told =
        within(SOON, || bed.log().is_ok_and(|log| log.contains("no pool has a node for default/more-")));
    ensure!(is_told, "the model found a node for each: {}", bed.log()?);
    std::thread::sleep(WHILE);
    assert_eq!((bed.claims_of("spot")?.len(), bed.claims_of("on-demand")?.len()), (2, 1));
    let more = bed.client.get(&format!("{DEPLOYMENTS}/more"))?;
    assert_eq!(more["status"]["availableReplicas"], 1, "{more}");
    Ok(())
}

fn a_pool_that_is_deleted_is_drained_as_budgets_allow(bed: &Bed<'_>) -> Result<()> {
    let budget = json!({
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": { "name": "more" },
        "spec": { "maxUnavailable": 0, "selector": { "matchLabels": { "app": "more" } } },
    });
    bed.client.create(BUDGETS, &budget)?;
    bed.client
        .wait(&format!("{BUDGETS}/more"), "known", SOON, |it| it.body["status"]["expectedPods"] == 2)?;
    let claims = bed.claims_of("on-demand")?;
    let node = claims[0]["status"]["nodeName"].as_str().context("a claim without a node")?;
    let node = format!("/api/v1/nodes/{node}");
    bed.client.delete(&format!("{POOLS}/on-demand"))?;
    bed.client.wait(&node, "tainted", SOON, |it| {
        it.body["spec"]["taints"]
            .as_array()
            .is_some_and(|all| all.iter().any(|taint| taint["key"] == "karpenter.sh/disrupted"))
    })?;
    std::thread::sleep(WHILE);
    let held = bed.client.get(&node)?;
    assert_eq!(held["metadata"]["finalizers"], json!(["karpenter.sh/termination"]), "{held}");
    assert_eq!(bed.instances()?, 3);
    bed.client.delete(&format!("{BUDGETS}/more"))?;
    bed.wait_for_no_claims("on-demand")?;
    bed.client.wait(&node, "gone", SOON, |it| it.status == 404)?;
    assert_eq!(bed.instances()?, 2);
    Ok(())
}

fn while_it_is_stopped_nothing_goes(bed: &Bed<'_>) -> Result<()> {
    let karpenter = bed.cluster.process("karpenter")?;
    signal::stop(karpenter)?;
    bed.client.delete(&format!("{POOLS}/spot"))?;
    let is_deleted = |claim: &Value| !claim["metadata"]["deletionTimestamp"].is_null();
    // The garbage collector deletes what the pool owned; only the finalizers keep it.
    let path = format!("{CLAIMS}?labelSelector=karpenter.sh/nodepool%3Dspot");
    bed.client.wait(&path, "deleted", SOON, |it| items(&it.body).all(is_deleted))?;
    std::thread::sleep(WHILE);
    assert_eq!((bed.claims_of("spot")?.len(), bed.instances()?), (2, 2));
    signal::go_on(karpenter)?;
    bed.wait_for_no_claims("spot")?;
    assert_eq!(bed.instances()?, 0);
    for name in ["web", "more"] {
        bed.client.delete(&format!("{DEPLOYMENTS}/{name}"))?;
    }
    Ok(())
}

/// Killed between the instance and the note of it, it finds the instance again.
fn killed_and_slow_it_leaves_no_instance_behind(bed: &mut Bed<'_>) -> Result<()> {
    bed.cluster.delay("karpenter", Duration::from_secs(1))?;
    bed.client.create(POOLS, &pool("spot", "spot", 90, 4))?;
    bed.client.create(DEPLOYMENTS, &work("web", 1))?;
    let begin = Instant::now();
    ensure!(within(SOON, || bed.instances().is_ok_and(|count| count == 1)), "no instance within {SOON:?}");
    // Pool, claim, finalizer or not, instance: each of them waited.
    ensure!(begin.elapsed() >= Duration::from_secs(2), "an instance after {:?} is not slow", begin.elapsed());
    let claim = bed.claims_of("spot")?.pop().context("an instance without a claim")?;
    assert_eq!(claim["status"]["providerID"], Value::Null, "{claim}");
    signal::kill(bed.cluster.process("karpenter")?)?;
    bed.cluster.restart("karpenter")?;
    bed.cluster.delay("karpenter", Duration::ZERO)?;
    bed.wait_available("web", 1)?;
    assert_eq!(bed.instances()?, 1);
    Ok(())
}

/// The trap: the release with the controller goes before those with what it has to finish.
fn who_uninstalls_it_first_is_stuck(bed: &Bed<'_>) -> Result<()> {
    bed.helm(&["uninstall", "karpenter", "--namespace", "kube-system", "--wait", "--timeout", "60s"])?;
    bed.client.delete(&format!("{POOLS}/spot"))?;
    bed.client.delete(&format!("{CLASSES}/default"))?;
    let path = format!("{CLAIMS}?labelSelector=karpenter.sh/nodepool%3Dspot");
    let is_deleted = |claim: &Value| !claim["metadata"]["deletionTimestamp"].is_null();
    bed.client.wait(&path, "deleted", SOON, |it| items(&it.body).all(is_deleted))?;
    std::thread::sleep(WHILE);
    let nodes = "/api/v1/nodes?labelSelector=karpenter.sh/nodepool";
    let left =
        (bed.names(CLASSES)?.len(), bed.names(CLAIMS)?.len(), bed.names(nodes)?.len(), bed.instances()?);
    assert_eq!(left, (1, 1, 1, 1), "node classes, node claims, nodes, instances");
    // And so is whoever removes the nodes' role meanwhile.
    let aws = Aws::new(bed.aws.endpoint(), "us-east-1");
    let refused =
        aws.iam("DeleteRole", &[("RoleName", "nodes")]).err().context("the role has gone")?.to_string();
    ensure!(refused.contains("must remove roles from instance profile first"), "IAM says: {refused}");
    // The way out.
    bed.install("karpenter", &["--skip-crds", "--set", "settings.clusterName=shop"])?;
    for path in [CLASSES, CLAIMS, nodes] {
        bed.client.wait(path, "empty", SOON, |it| items(&it.body).next().is_none())?;
    }
    aws.iam("DeleteRole", &[("RoleName", "nodes")])?;
    assert_eq!(bed.aws.inventory()?["by_kind"], json!({}), "left in AWS");
    bed.client.delete(&format!("{DEPLOYMENTS}/web"))?;
    Ok(())
}
