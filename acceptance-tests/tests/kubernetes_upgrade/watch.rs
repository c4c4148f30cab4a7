//! What must hold at every moment of an upgrade: the budgets of workloads, and that no kubelet is newer than the API server or too old for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use test_cluster::Client;

use super::items;
use super::workloads::BUDGETED;

const EVERY: Duration = Duration::from_millis(100);
/// So many minors a kubelet may be older than the API server.
const SKEW: u64 = 3;
/// With fewer looks nothing was watched.
const LEAST: usize = 100;

/// Looks in a thread of its own, until it is ended.
pub(crate) struct Watch {
    ends: Arc<AtomicBool>,
    thread: JoinHandle<Result<usize>>,
}

impl Watch {
    pub(crate) fn start(client: Client) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ends);
        let thread = std::thread::spawn(move || {
            let mut looks = 0;
            while !told.load(Ordering::Relaxed) {
                // While the API server is replaced nobody can look, and nobody can evict.
                if let Ok(seen) = Seen::look(&client) {
                    seen.check()?;
                    looks += 1;
                }
                std::thread::sleep(EVERY);
            }
            Ok(looks)
        });
        Self { ends, thread }
    }

    /// How often it has looked.
    ///
    /// # Errors
    /// When something did not hold, or it has hardly looked.
    pub(crate) fn end(self) -> Result<usize> {
        self.ends.store(true, Ordering::Relaxed);
        let looks = self.thread.join().ok().context("the watch panicked")??;
        ensure!(looks >= LEAST, "looked only {looks} times");
        Ok(looks)
    }
}

/// One look.
struct Seen {
    version: Value,
    pods: Value,
    nodes: Value,
}

impl Seen {
    fn look(client: &Client) -> Result<Self> {
        let (nodes, pods) = (client.get("/api/v1/nodes")?, client.get("/api/v1/namespaces/default/pods")?);
        // Last: of a node that was seen before, the API server may only be newer.
        Ok(Self { version: client.get("/version")?, pods, nodes })
    }

    fn check(&self) -> Result<()> {
        for (name, _, least) in BUDGETED {
            let available = items(&self.pods).filter(|pod| is_available(pod, name)).count();
            ensure!(
                available as u64 >= least,
                "of `{name}` only {available} pods are available, not {least}"
            );
        }
        let server = minor(&self.version["gitVersion"])?;
        for node in items(&self.nodes) {
            // One that was made this moment has not told yet.
            let told = &node["status"]["nodeInfo"]["kubeletVersion"];
            if told.as_str().is_none_or(str::is_empty) {
                continue;
            }
            let kubelet = minor(told)?;
            let fits = kubelet <= server && kubelet + SKEW >= server;
            ensure!(
                fits,
                "the kubelet of {} is of 1.{kubelet}, the API server of 1.{server}",
                node["metadata"]["name"]
            );
        }
        Ok(())
    }
}

fn is_available(pod: &Value, app: &str) -> bool {
    let conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
    let is_ready = conditions.into_iter().any(|it| it["type"] == "Ready" && it["status"] == "True");
    pod["metadata"]["labels"]["app"] == app && pod["metadata"]["deletionTimestamp"].is_null() && is_ready
}

/// The second number of a version, `v1.35.4`.
fn minor(version: &Value) -> Result<u64> {
    let number = version.as_str().and_then(|text| text.split('.').nth(1)?.parse().ok());
    number.with_context(|| format!("no version: {version}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(web: usize, kubelet: &str) -> Seen {
        let pod = |app: &str| {
            json!({
                "metadata": { "labels": { "app": app } },
                "status": { "conditions": [{ "type": "Ready", "status": "True" }] },
            })
        };
        let mut pods = vec![pod("web"); web];
        pods.extend(vec![pod("model"); 3]);
        Seen {
            version: json!({ "gitVersion": "v1.35.4" }),
            pods: json!({ "items": pods }),
            nodes: json!({ "items": [{ "metadata": { "name": "a" }, "status": { "nodeInfo": { "kubeletVersion": kubelet } } }] }),
        }
    }

    #[test]
    fn a_budget_that_is_violated_and_a_kubelet_that_does_not_fit_are_told() {
        seen(3, "v1.34.4").check().unwrap();
        let told = |seen: Seen| seen.check().unwrap_err().to_string();
        assert_eq!(told(seen(2, "v1.34.4")), "of `web` only 2 pods are available, not 3");
        assert_eq!(told(seen(4, "v1.36.0")), "the kubelet of \"a\" is of 1.36, the API server of 1.35");
        assert_eq!(told(seen(4, "v1.31.0")), "the kubelet of \"a\" is of 1.31, the API server of 1.35");
    }
}
