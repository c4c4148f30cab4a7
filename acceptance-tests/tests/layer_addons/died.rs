//! Karpenter and the load balancer controller die while a destroy waits for them: who does not answer is told every half minute with the way
//! out, and when they are back the same destroy ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use acceptance_tests::charts::{Facts, Served, StandIn};
use acceptance_tests::{scratch, signal};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use test_cluster::controllers::{Aws, texts};

use super::alone::{Alone, Models, NAME, Set};
use super::succeeded;

const CHARTS: [&str; 4] = ["karpenter-crd", "karpenter", "aws-load-balancer-controller", "keda"];
const SPEC: &str = "addons:\n  argo-cd: false\n  argo-rollouts: false\n  argo-workflows: false\n  cert-manager: false\n  \
                    external-secrets: false\n  gpu-operator: false\n  istio: false\n  kube-prometheus-stack: false\n  logs: false\n  \
                    metrics-server: false\n";

/// The models that die, which are called otherwise than their Deployments.
const DIE: [(&str, &str); 2] =
    [("karpenter", "karpenter"), ("load-balancer-controller", "aws-load-balancer-controller")];

const POOL: &str = "/apis/karpenter.sh/v1/nodepools/default-on-demand";
const SOON: Duration = Duration::from_secs(120);
/// For a plan and what goes before the pools, on a machine where much else runs.
const LONG: Duration = Duration::from_secs(600);

/// What a line begins with that tells of Karpenter.
const OF_KARPENTER: &str = "waits for nodeclaims.karpenter.sh default-on-demand-";
/// The same of the load balancer controller.
const OF_BALANCER: &str = "waits for services keda/front ";

#[test]
fn controllers_that_die_while_a_destroy_waits_are_told_and_when_they_are_back_it_ends() -> Result<()> {
    let facts = CHARTS.map(Facts::load).into_iter().collect::<Result<Vec<_>>>()?;
    let charts: Vec<_> = facts.iter().map(StandIn::of).collect();
    let set = Set { spec: SPEC, charts: Served::start(&charts)?, models: Models::InAws };
    let mut alone = Alone::start(&scratch::folder("layer-addons-died")?, set)?;
    make_place(&alone)?;
    let before = alone.aws().inventory()?["by_kind"].clone();
    succeeded("apply", &alone.apply()?)?;
    make_users(&alone)?;
    let in_use = alone.aws().inventory()?["by_kind"].clone();
    ensure!(in_use["ec2:instance"] == 1, "an instance is in use: {in_use}");

    // Slow enough to be met in the middle.
    for (model, _) in DIE {
        alone.cluster.delay(model, Duration::from_secs(2))?;
    }
    let child = alone
        .destroying(&["services"])?
        .arg("--json")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // Nothing holds a pool; its claims, which Kubernetes deletes after it, are held.
    alone.administrator.wait(POOL, "gone", LONG, |answer| answer.status == 404)?;
    die(&alone)?;
    told_until_they_are_back(&mut alone, child)?;
    assert_eq!(alone.in_cluster()?, []);
    let namespace = alone.administrator.send("GET", "/api/v1/namespaces/keda", None)?;
    assert_eq!(namespace.status, 404, "{}", namespace.body);
    assert_eq!(alone.aws().inventory()?["by_kind"], before, "left in AWS");
    Ok(())
}

/// What both find in AWS by its tags, and the role of nodes.
fn make_place(alone: &Alone) -> Result<()> {
    let aws = Aws::new(alone.aws().endpoint(), "us-east-1");
    let owned = format!("kubernetes.io/cluster/{NAME}");
    for (action, tag) in [("DescribeSubnets", "subnetId"), ("DescribeSecurityGroups", "groupId")] {
        let answer = aws.ec2(action, &[])?;
        let mut parameters: Vec<(String, String)> = (1..)
            .zip(texts(&answer, tag))
            .map(|(number, id)| (format!("ResourceId.{number}"), id.to_owned()))
            .collect();
        let tags = [
            ("karpenter.sh/discovery", NAME),
            ("kubernetes.io/role/internal-elb", "1"),
            (owned.as_str(), "owned"),
        ];
        for (number, (key, value)) in (1..).zip(tags) {
            parameters.push((format!("Tag.{number}.Key"), key.to_owned()));
            parameters.push((format!("Tag.{number}.Value"), value.to_owned()));
        }
        aws.ec2("CreateTags", &parameters)?;
    }
    aws.iam("CreateRole", &[("RoleName", "nodes"), ("AssumeRolePolicyDocument", "{}")]).map(drop)
}

/// A pod that needs a node of Karpenter's, and a load balancer that somebody has made in a namespace of the layer.
fn make_users(alone: &Alone) -> Result<()> {
    let work = json!({ "metadata": { "name": "work" }, "spec": {
        "replicas": 1,
        "selector": { "matchLabels": { "app": "work" } },
        "template": {
            "metadata": { "labels": { "app": "work" } },
            "spec": {
                "nodeSelector": { "karpenter.sh/nodepool": "default-on-demand" },
                "containers": [{ "name": "work", "image": "work", "resources": { "requests": { "cpu": "100m" } } }],
            },
        },
    } });
    alone.administrator.create("/apis/apps/v1/namespaces/default/deployments", &work)?;
    let path = "/apis/apps/v1/namespaces/default/deployments/work";
    alone.administrator.wait(path, "ready", SOON, |it| it.body["status"]["readyReplicas"] == 1)?;
    let front = json!({
        "metadata": {
            "name": "front",
            "annotations": { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
        },
        "spec": {
            "type": "LoadBalancer", "loadBalancerClass": "service.k8s.aws/nlb",
            "selector": { "app": "front" }, "ports": [{ "port": 80, "targetPort": 8080 }],
        },
    });
    alone.administrator.create("/api/v1/namespaces/keda/services", &front)?;
    let has_address = |body: &Value| !body["status"]["loadBalancer"]["ingress"].is_null();
    let path = "/api/v1/namespaces/keda/services/front";
    alone.administrator.wait(path, "balanced", SOON, |it| has_address(&it.body)).map(drop)
}

/// As the kubelet tells of a pod whose process ends, or answers again: nothing runs in the pods here.
fn are_ready(alone: &Alone, deployment: &str, ready: bool) -> Result<()> {
    let status = if ready { "True" } else { "False" };
    let conditions =
        ["ContainersReady", "Ready"].map(|condition| json!({ "type": condition, "status": status }));
    let pods = alone.administrator.get("/api/v1/namespaces/kube-system/pods")?;
    let names =
        pods["items"].as_array().into_iter().flatten().filter_map(|pod| pod["metadata"]["name"].as_str());
    for name in names.filter(|name| name.starts_with(&format!("{deployment}-"))) {
        let path = format!("/api/v1/namespaces/kube-system/pods/{name}/status");
        let answer = alone.administrator.merge(&path, &json!({ "status": { "conditions": conditions } }))?;
        ensure!(answer.status == 200, "{path}: {}", answer.body);
    }
    Ok(())
}

fn die(alone: &Alone) -> Result<()> {
    for (model, deployment) in DIE {
        signal::kill(alone.cluster.process(model)?)?;
        are_ready(alone, deployment, false)?;
    }
    Ok(())
}

fn come_back(alone: &mut Alone, (model, deployment): (&str, &str)) -> Result<()> {
    alone.cluster.delay(model, Duration::ZERO)?;
    are_ready(alone, deployment, true)?;
    alone.cluster.restart(model)
}

/// Reads what the destroy tells. When it has told of Karpenter twice that comes back; then the namespace goes, and when what holds that is told
/// the other does. It has to end well.
fn told_until_they_are_back(alone: &mut Alone, mut child: Child) -> Result<()> {
    let mut lines = Vec::new();
    let mut at = Vec::new();
    for line in BufReader::new(child.stderr.take().context("no standard error")?).lines() {
        let line = line?;
        if line.contains(OF_KARPENTER) && line.contains("`karpenter` has no pod that is ready") {
            at.push(Instant::now());
            if at.len() == 2 {
                come_back(alone, DIE[0])?;
            }
        }
        if line.contains(OF_BALANCER) && !lines.iter().any(|line: &String| line.contains(OF_BALANCER)) {
            come_back(alone, DIE[1])?;
        }
        lines.push(line);
    }
    let output = child.wait_with_output()?;
    let told = lines.join("\n");
    ensure!(output.status.success(), "destroy ended with {}:\n{told}", output.status);
    ensure!(at.len() >= 2, "Karpenter was told of {} times:\n{told}", at.len());
    let between = at[1].duration_since(at[0]);
    ensure!(between > Duration::from_secs(25) && between < Duration::from_secs(90), "told after {between:?}");
    for part in [
        "(deleted, finalizer `karpenter.sh/termination`): nobody takes it away, its controller `karpenter` has no pod that is ready. Bring it back: \
         its pods and their logs say why it is not, or give the object up; then its instance goes on and costs money",
        "kubectl patch nodeclaims.karpenter.sh/default-on-demand-",
        "waits for namespace `keda`, which is being deleted: ",
        "waits for services keda/front (deleted, finalizer `service.k8s.aws/resources`): nobody takes it away, its controller \
         `aws-load-balancer-controller` has no pod that is ready.",
        "kubectl patch services/front -n keda",
    ] {
        ensure!(told.contains(part), "not told: {part}\n{told}");
    }
    Ok(writeln!(std::io::stderr(), "proved: told every {between:.0?}, and ended when they were back")?)
}
