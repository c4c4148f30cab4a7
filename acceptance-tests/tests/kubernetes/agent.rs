//! The model of the agent: connected by what its Deployment and its Secret say, and by nothing else.

use std::time::Duration;

use acceptance_tests::{Cluster, Sandbox, signal};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};
use test_cluster::Client;

use super::{SOON, within};

const SECRET: &str = "tfy-agent-token";
/// For what must not happen: longer than the model takes for anything.
const WHILE: Duration = Duration::from_secs(3);

pub(super) struct Bed<'a> {
    pub(super) cluster: &'a mut Cluster,
    pub(super) client: &'a Client,
    pub(super) sandbox: &'a Sandbox,
}

/// A Deployment and a Secret of the chart's shape, in a namespace of their own.
struct Agent {
    namespace: &'static str,
    url: String,
    tenant: &'static str,
    token: String,
    key: &'static str,
    label: Option<&'static str>,
    secret_in: &'static str,
}

impl Bed<'_> {
    /// As the chart makes it, when its values are right.
    fn right(&self, namespace: &'static str) -> Result<Agent> {
        Ok(Agent {
            namespace,
            url: self.sandbox.host().to_owned(),
            tenant: "demo",
            token: self.token()?,
            key: "CLUSTER_TOKEN",
            label: Some("webhook"),
            secret_in: namespace,
        })
    }

    fn token(&self) -> Result<String> {
        let answer = self.sandbox.get("/api/svc/v1/cluster/shop/token")?;
        Ok(answer["clusterToken"].as_str().context("no token")?.to_owned())
    }

    fn is_connected(&self) -> bool {
        self.sandbox
            .get("/api/svc/v1/clusters/shop/is-connected")
            .is_ok_and(|answer| answer["isConnected"] == true)
    }

    fn wait(&self, connected: bool, why: &str) -> Result<()> {
        let log = self.cluster.folder().join("agent.log");
        ensure!(
            within(SOON, || self.is_connected() == connected),
            "{why}: connected is not {connected} within {SOON:?}; `{}` tells why",
            log.display()
        );
        Ok(())
    }

    fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(self.cluster.folder().join("agent.log"))?)
    }

    /// Waits for a line about a pod of a namespace with this in it.
    fn wait_told(&self, namespace: &str, what: &str) -> Result<()> {
        let pod = format!("pod {namespace}/tfy-agent-");
        let is_told = |log: String| log.lines().any(|line| line.contains(&pod) && line.contains(what));
        ensure!(
            within(SOON, || self.log().is_ok_and(is_told)),
            "about `{namespace}` nothing told with `{what}`:\n{}",
            self.log()?
        );
        Ok(())
    }

    fn install(&self, agent: &Agent, change: impl FnOnce(&mut Value)) -> Result<()> {
        let namespace = json!({ "metadata": { "name": agent.namespace } });
        self.client.create("/api/v1/namespaces", &namespace)?;
        let secrets = format!("/api/v1/namespaces/{}/secrets", agent.secret_in);
        self.client.create(&secrets, &secret(agent))?;
        let mut deployment = deployment(agent);
        change(&mut deployment);
        self.client.create(&deployments(agent.namespace), &deployment)?;
        let deployment = format!("{}/tfy-agent", deployments(agent.namespace));
        self.client.wait(&deployment, "ready as kwok sees it", SOON, |answer| {
            answer.body["status"]["readyReplicas"] == 1
        })?;
        Ok(())
    }
}

fn deployments(namespace: &str) -> String {
    format!("/apis/apps/v1/namespaces/{namespace}/deployments")
}

fn secret(agent: &Agent) -> Value {
    let labels = match agent.label {
        Some(kind) => json!({ "external-secrets.io/type": kind }),
        None => json!({}),
    };
    json!({
        "metadata": { "name": SECRET, "labels": labels },
        "stringData": { agent.key: agent.token },
    })
}

fn deployment(agent: &Agent) -> Value {
    let reference = json!({ "secretKeyRef": { "name": SECRET, "key": "CLUSTER_TOKEN" } });
    json!({
        "metadata": { "name": "tfy-agent" },
        "spec": {
            "replicas": 1,
            "selector": { "matchLabels": { "app.kubernetes.io/name": "tfy-agent" } },
            "template": {
                "metadata": { "labels": { "app.kubernetes.io/name": "tfy-agent" } },
                "spec": { "containers": [{
                    "name": "tfy-agent",
                    "image": "example.com/tfy-agent:1",
                    "env": [
                        { "name": "CONTROL_PLANE_URL", "value": agent.url },
                        { "name": "TENANT_NAME", "value": agent.tenant },
                        { "name": "CLUSTER_TOKEN", "valueFrom": reference },
                    ],
                }] },
            },
        },
    })
}

/// All of it; each step leaves the cluster unconnected.
pub(super) fn the_agent_dials_with_what_it_is_told(bed: &mut Bed<'_>) -> Result<()> {
    for (kind, manifest) in [
        (
            "environments",
            json!({ "type": "environment", "name": "e", "color": {}, "isProduction": false, "optimizeFor": "COST" }),
        ),
        (
            "clusters",
            json!({ "type": "cluster", "name": "shop", "cluster_type": "generic", "environment_names": ["e"] }),
        ),
    ] {
        bed.sandbox.request("PUT", &format!("/api/svc/v1/{kind}"), Some(&json!({ "manifest": manifest })))?;
    }
    what_is_wrong_never_connects(bed)?;
    it_is_connected_while_its_pod_is_there(bed)?;
    stopped_or_killed_it_is_not_connected_until_it_is_back(bed)?;
    a_pod_keeps_the_token_that_it_began_with(bed)?;
    let token = bed.token()?;
    ensure!(!bed.log()?.contains(&token), "the token stands in the model's log");
    Ok(())
}

fn what_is_wrong_never_connects(bed: &Bed<'_>) -> Result<()> {
    let same = |_: &mut Value| {};
    bed.install(&Agent { key: "TOKEN", ..bed.right("wrong-key")? }, same)?;
    bed.install(&Agent { label: None, ..bed.right("no-label")? }, same)?;
    bed.install(&Agent { label: Some("other"), ..bed.right("wrong-label")? }, same)?;
    bed.install(&Agent { secret_in: "default", ..bed.right("elsewhere")? }, same)?;
    bed.install(&Agent { url: "http://127.0.0.1:9".to_owned(), ..bed.right("nobody")? }, same)?;
    let url = format!("{}/elsewhere", bed.sandbox.host());
    bed.install(&Agent { url, ..bed.right("wrong-path")? }, same)?;
    bed.install(&Agent { url: "https://acme.example".to_owned(), ..bed.right("far-away")? }, same)?;
    bed.install(&Agent { tenant: "another", ..bed.right("wrong-tenant")? }, same)?;
    bed.install(&Agent { token: "guessed".to_owned(), ..bed.right("wrong-token")? }, same)?;
    let token = bed.token()?;
    bed.install(&bed.right("in-clear")?, |deployment| {
        let pod = &mut deployment["spec"]["template"]["spec"];
        pod["containers"][0]["env"][2] = json!({ "name": "CLUSTER_TOKEN", "value": token });
    })?;
    bed.install(&bed.right("no-authority")?, |deployment| {
        deployment["spec"]["template"]["spec"]["volumes"] =
            json!([{ "name": "ca", "configMap": { "name": "tfy-agent-custom-ca" } }]);
    })?;
    for (namespace, why) in [
        (
            "wrong-key",
            "CreateContainerConfigError: couldn't find key CLUSTER_TOKEN in Secret wrong-key/tfy-agent-token",
        ),
        ("no-label", "has no label `external-secrets.io/type: webhook`"),
        ("wrong-label", "has no label `external-secrets.io/type: webhook`"),
        ("elsewhere", "CreateContainerConfigError: secret \"tfy-agent-token\" not found"),
        ("nobody", "not connected: http://127.0.0.1:9: "),
        ("wrong-path", "/elsewhere answered 404: "),
        ("far-away", "the model dials `http` on this machine's loopback alone"),
        ("wrong-tenant", "answered 403: the token is not one of the tenant \"another\""),
        ("wrong-token", "answered 401: the cluster token is missing or unknown"),
        ("in-clear", "`CLUSTER_TOKEN` does not come by `secretKeyRef`"),
        ("no-authority", "FailedMount: volume \"ca\": configmap \"tfy-agent-custom-ca\" not found"),
    ] {
        bed.wait_told(namespace, why)?;
        ensure!(!bed.is_connected(), "connected by what is in `{namespace}`");
    }
    // Once more with all of them there, for longer than it takes to dial.
    std::thread::sleep(WHILE);
    ensure!(!bed.is_connected(), "connected although everything is wrong:\n{}", bed.log()?);
    Ok(())
}

fn it_is_connected_while_its_pod_is_there(bed: &Bed<'_>) -> Result<()> {
    bed.install(&bed.right("tfy-agent")?, |_| {})?;
    bed.wait(true, "everything is right")?;
    bed.wait_told("tfy-agent", "connected as the agent of cluster `shop`")?;
    let path = format!("{}/tfy-agent", deployments("tfy-agent"));
    let scale = |replicas: u32| bed.client.merge(&path, &json!({ "spec": { "replicas": replicas } }));
    ensure!(scale(0)?.status == 200, "not scaled");
    bed.wait(false, "without a pod")?;
    bed.wait_told("tfy-agent", "gone: the connection is closed")?;
    ensure!(scale(1)?.status == 200, "not scaled");
    bed.wait(true, "with a pod again")
}

fn stopped_or_killed_it_is_not_connected_until_it_is_back(bed: &mut Bed<'_>) -> Result<()> {
    let process = bed.cluster.process("agent")?;
    signal::stop(process)?;
    bed.wait(false, "stopped")?;
    signal::go_on(process)?;
    bed.wait(true, "going on")?;
    signal::kill(process)?;
    bed.wait(false, "killed")?;
    bed.cluster.restart("agent")?;
    bed.wait(true, "started again")
}

fn a_pod_keeps_the_token_that_it_began_with(bed: &Bed<'_>) -> Result<()> {
    let wrong = json!({ "stringData": { "CLUSTER_TOKEN": "rotated" } });
    let answer = bed.client.merge(&format!("/api/v1/namespaces/tfy-agent/secrets/{SECRET}"), &wrong)?;
    ensure!(answer.status == 200, "{answer:?}");
    std::thread::sleep(WHILE);
    ensure!(bed.is_connected(), "a pod that runs has noticed that its Secret changed");
    let restarted =
        json!({ "spec": { "template": { "metadata": { "annotations": { "restarted": "once" } } } } });
    let answer = bed.client.merge(&format!("{}/tfy-agent", deployments("tfy-agent")), &restarted)?;
    ensure!(answer.status == 200, "{answer:?}");
    bed.wait(false, "another pod has another token")?;
    bed.wait_told("tfy-agent", "answered 401")
}
