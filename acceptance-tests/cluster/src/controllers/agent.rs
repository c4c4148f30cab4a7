//! A model of the agent, `tfy-agent` of the chart of that name: it dials the control plane with what its pods would know.
//!
//! Real in it: nothing comes from elsewhere. For each pod of a Deployment `tfy-agent`, in whatever namespace, that is ready, it
//! takes the variables that a kubelet would give the container, `CONTROL_PLANE_URL` and `TENANT_NAME` from the pod, `CLUSTER_TOKEN`
//! from the Secret of the pod's own namespace; where a kubelet would not start the container, it dials nobody. A pod keeps
//! what it was started with: another token reaches the next pod only. While the pod is there the connection is renewed; when
//! it goes the connection ends at once, and when the model is killed it ends with its lease.
//!
//! What it does not do: the stream of the real one is not reproduced, and nothing is done for the control plane. kwok
//! calls a pod ready whose container a kubelet would not start, so that `helm --wait` passes where a real one would not.
//! Stricter than the real one: a token in clear in the Deployment is not used, and neither is a Secret without the label by which
//! the operator of external secrets may read it, since a platform with either is wrong although its agent connects. Nothing
//! beyond this machine is dialled, and no TLS spoken: a token of a test goes nowhere else.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use super::hands::Hands;
use super::kubelet::{self, Variables};
use super::object::{is_deleted, is_true, items, label, name, text};

const DEPLOYMENTS: &str = "/apis/apps/v1/deployments?fieldSelector=metadata.name%3Dtfy-agent";
const TOKEN: &str = "CLUSTER_TOKEN";
/// What the operator of external secrets asks of a Secret that its webhook provider reads.
const LABEL: (&str, &str) = ("external-secrets.io/type", "webhook");
/// How long the control plane takes an agent for connected that says nothing.
const LEASE: Duration = Duration::from_secs(10);
/// How often it says something.
const RENEW: Duration = Duration::from_secs(2);
/// The longest that one answer of the control plane may take.
const LIMIT: Duration = Duration::from_secs(10);

/// What the model remembers: pods by their identity, as a pod's process remembers its environment.
pub(super) struct Agent {
    http: ureq::Agent,
    pods: BTreeMap<String, Pod>,
    works: bool,
}

/// A pod that is ready.
struct Pod {
    title: String,
    variables: Option<Variables>,
    dialled: Option<Instant>,
    told: String,
}

impl Default for Agent {
    fn default() -> Self {
        let http = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(LIMIT))
            .proxy(None)
            .build()
            .into();
        Self { http, pods: BTreeMap::new(), works: false }
    }
}

impl Agent {
    /// Looks for pods once, and renews the connection of each.
    pub(super) fn round(&mut self, hands: &Hands) -> Result<()> {
        // An API server that does not answer ends no connection to the control plane.
        let seen = self.look(hands);
        for pod in self.pods.values_mut() {
            if pod.dialled.is_none_or(|at| at.elapsed() >= RENEW) {
                dial(&self.http, hands, pod);
            }
        }
        seen
    }

    fn look(&mut self, hands: &Hands) -> Result<()> {
        let mut ready = Vec::new();
        for deployment in hands.list(DEPLOYMENTS)? {
            ready.extend(pods_of(hands, &deployment)?.into_iter().filter(|pod| is_true(pod, "Ready")));
        }
        if self.works == ready.is_empty() {
            self.works = !ready.is_empty();
            hands.say(if self.works {
                "a Deployment `tfy-agent` has a ready pod: works"
            } else {
                "no Deployment `tfy-agent` has a ready pod: rests"
            });
        }
        for pod in &ready {
            let known = self.pods.entry(text(&pod["metadata"]["uid"]).to_owned()).or_insert_with(|| Pod {
                title: format!("pod {}/{}", text(&pod["metadata"]["namespace"]), name(pod)),
                variables: None,
                dialled: None,
                told: String::new(),
            });
            if known.variables.is_none() {
                match begin(hands, pod)? {
                    Ok(variables) => known.variables = Some(variables),
                    Err(reason) => known.tell(hands, &format!("not started: {reason}")),
                }
            }
        }
        let is_ready = |uid: &str| ready.iter().any(|pod| text(&pod["metadata"]["uid"]) == uid);
        let gone: Vec<String> = self.pods.keys().filter(|uid| !is_ready(uid)).cloned().collect();
        for uid in gone {
            let Some(pod) = self.pods.remove(&uid) else { continue };
            // Its successor may be there already, with the same token.
            if self.pods.values().any(|other| other.variables == pod.variables) {
                hands.say(&format!("{}: gone: another goes on", pod.title));
            } else {
                hang_up(&self.http, hands, &pod);
            }
        }
        Ok(())
    }
}

impl Pod {
    /// Into the log, once.
    fn tell(&mut self, hands: &Hands, what: &str) {
        if self.told != what {
            hands.say(&format!("{}: {what}", self.title));
            what.clone_into(&mut self.told);
        }
    }
}

/// The pods of a Deployment, by their owners: labels may be those of its neighbours too.
fn pods_of(hands: &Hands, deployment: &Value) -> Result<Vec<Value>> {
    let namespace = text(&deployment["metadata"]["namespace"]);
    let mut sets = hands.list(&format!("/apis/apps/v1/namespaces/{namespace}/replicasets"))?;
    sets.retain(|set| is_of(set, deployment));
    let mut pods = hands.list(&format!("/api/v1/namespaces/{namespace}/pods"))?;
    pods.retain(|pod| !is_deleted(pod) && sets.iter().any(|set| is_of(pod, set)));
    Ok(pods)
}

fn is_of(object: &Value, owner: &Value) -> bool {
    items(&object["metadata"]["ownerReferences"]).any(|it| it["uid"] == owner["metadata"]["uid"])
}

/// What the container of a pod begins with, or why it does not.
fn begin(hands: &Hands, pod: &Value) -> Result<kubelet::Start> {
    let Some(secret) = secret_of_token(pod) else {
        return Ok(Err(format!("`{TOKEN}` does not come by `secretKeyRef`")));
    };
    let variables = match kubelet::start(hands, pod, TOKEN)? {
        Ok(variables) => variables,
        Err(reason) => return Ok(Err(reason)),
    };
    let namespace = text(&pod["metadata"]["namespace"]);
    let object = hands.get(&format!("/api/v1/namespaces/{namespace}/secrets/{secret}"))?;
    let (key, wanted) = LABEL;
    if object.is_none_or(|object| label(&object, key) != wanted) {
        return Ok(Err(format!(
            "the Secret {namespace}/{secret} has no label `{key}: {wanted}`: the store of external secrets refuses it"
        )));
    }
    Ok(Ok(variables))
}

/// The Secret that the token comes from.
fn secret_of_token(pod: &Value) -> Option<&str> {
    items(&pod["spec"]["containers"])
        .flat_map(|container| items(&container["env"]))
        .find(|entry| entry["name"] == TOKEN)
        .and_then(|entry| entry["valueFrom"]["secretKeyRef"]["name"].as_str())
}

fn dial(http: &ureq::Agent, hands: &Hands, pod: &mut Pod) {
    let Some(variables) = &pod.variables else { return };
    let said = match connect(http, variables, LEASE) {
        Ok(cluster) => format!("connected as the agent of cluster `{cluster}`"),
        Err(reason) => format!("not connected: {reason}"),
    };
    pod.dialled = Some(Instant::now());
    pod.tell(hands, &said);
}

fn hang_up(http: &ureq::Agent, hands: &Hands, pod: &Pod) {
    let Some(variables) = &pod.variables else { return };
    let said = match connect(http, variables, Duration::ZERO) {
        Ok(_) => "gone: the connection is closed".to_owned(),
        Err(reason) => format!("gone: {reason}"),
    };
    hands.say(&format!("{}: {said}", pod.title));
}

/// Says to the control plane that the agent is there for so long: the cluster that the control plane knows the token by, or why not.
fn connect(http: &ureq::Agent, variables: &Variables, lease: Duration) -> Result<String, String> {
    let of = |key: &str| variables.get(key).map(String::as_str).unwrap_or_default();
    let url = of("CONTROL_PLANE_URL").trim_end_matches('/');
    if !is_on_this_machine(url) {
        return Err(format!(
            "`CONTROL_PLANE_URL` is `{url}`: the model dials `http` on this machine's loopback alone"
        ));
    }
    let body = json!({ "tenant": of("TENANT_NAME"), "leaseSeconds": lease.as_secs() });
    let mut response = http
        .post(format!("{url}/api/svc/v1/agent/connect"))
        .header("authorization", format!("Bearer {}", of(TOKEN)))
        .header("content-type", "application/json")
        .send(body.to_string())
        .map_err(|error| format!("{url}: {error}"))?;
    let status = response.status().as_u16();
    let answer = response.body_mut().read_to_string().unwrap_or_default();
    let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
    if status == 200 && answer["connected"] == true {
        return Ok(text(&answer["cluster"]).to_owned());
    }
    Err(format!("{url} answered {status}: {}", answer["message"].as_str().unwrap_or("no explanation")))
}

fn is_on_this_machine(url: &str) -> bool {
    let host = url.strip_prefix("http://").unwrap_or_default();
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('@') {
        return false;
    }
    let host = host
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next())
        .unwrap_or_else(|| host.split(':').next().unwrap_or_default());
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_beyond_this_machine_is_dialled() {
        for url in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1/path"] {
            assert!(is_on_this_machine(url), "{url}");
        }
        for url in [
            "",
            "https://127.0.0.1",
            "http://acme.example",
            "http://127.0.0.1:1@acme.example/",
            "http://[::2]:1",
        ] {
            assert!(!is_on_this_machine(url), "{url}");
        }
    }

    #[test]
    fn a_token_in_clear_is_not_that_of_a_secret() {
        let mut pod = json!({ "spec": { "containers": [{ "env": [{ "name": TOKEN, "value": "clear" }] }] } });
        assert_eq!(secret_of_token(&pod), None);
        pod["spec"]["containers"][0]["env"][0] =
            json!({ "name": TOKEN, "valueFrom": { "secretKeyRef": { "name": "token", "key": TOKEN } } });
        assert_eq!(secret_of_token(&pod), Some("token"));
    }
}
