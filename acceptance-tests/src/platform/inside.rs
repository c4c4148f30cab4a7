//! The inside of a platform's EKS cluster: a control plane, and where its charts come from.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::charts::{Facts, PINNED, Served, StandIn};
use crate::kubernetes::Minor;
use crate::{Cluster, LocalAws, Venv};

/// What is inside the platform's EKS cluster on this machine.
#[derive(Debug)]
pub struct Inside {
    /// The control plane.
    pub cluster: Cluster,
    /// The repository of the add-ons' charts.
    pub charts: Served,
}

/// As many nodes as the system node group of a platform has at its start.
const SYSTEM_NODES: usize = 2;

/// The longest that a pod may take to be on a node.
const SETTLED: Duration = Duration::from_mins(3);

impl Inside {
    /// Starts a control plane of a minor for the EKS cluster of this name, and a repository with a stand-in for each chart.
    pub(super) fn start(aws: &LocalAws, name: &str, minor: Minor, folder: &Path) -> Result<Self> {
        let facts = PINNED.iter().map(|chart| Facts::load(chart)).collect::<Result<Vec<_>>>()?;
        let stand_ins: Vec<_> = facts.iter().map(StandIn::of).collect();
        let charts = Served::start(&stand_ins)?;
        let cluster = Cluster::start_for_eks_of(minor, aws, name, folder, SYSTEM_NODES)?;
        Ok(Self { cluster, charts })
    }

    /// What the generator and the providers need beside the variables of the local AWS: `aws`, and for the helm double `helm`.
    pub(super) fn environment(&self) -> Result<Vec<(String, String)>> {
        let helm = self.cluster.programs().helm.display().to_string();
        Ok(vec![("PATH".to_owned(), Venv::aws_cli()?.path()?), ("HELM".to_owned(), helm)])
    }

    /// What a destroy of the add-ons should have taken along, `KIND NAMESPACE/NAME`: releases, namespaces, nodes, webhooks and aggregated APIs
    /// that a new cluster does not have. Custom resource definitions stay where the charts say so.
    ///
    /// # Errors
    /// When the API server cannot be asked.
    pub fn left(&self) -> Result<Vec<String>> {
        const OWN: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];
        let mut left = Vec::new();
        let records = self.cluster.get("/api/v1/secrets?labelSelector=owner%3Dhelm")?;
        left.extend(items(&records).map(|record| format!("release {}", name(record))));
        let namespaces = self.cluster.get("/api/v1/namespaces")?;
        let others =
            items(&namespaces).map(name).filter(|found| !OWN.contains(&found.trim_start_matches('/')));
        left.extend(others.map(|namespace| format!("namespace {namespace}")));
        let nodes = self.cluster.get("/api/v1/nodes")?;
        let started =
            items(&nodes).filter(|node| node["metadata"]["labels"]["karpenter.sh/nodepool"].is_string());
        left.extend(started.map(|node| format!("node {}", name(node))));
        for (kind, path) in WEBHOOKS {
            let there = self.cluster.get(path)?;
            // Those that the API server answers itself have no service.
            let served = items(&there).filter(|one| kind != "api" || one["spec"]["service"].is_object());
            left.extend(served.map(|one| format!("{kind} {}", name(one))));
        }
        Ok(left)
    }

    /// How the cluster's pods are.
    ///
    /// # Errors
    /// When the API server cannot be asked.
    pub fn pods(&self) -> Result<Pods> {
        let pods = self.cluster.get("/api/v1/pods")?;
        let nodes = self.cluster.get("/api/v1/nodes")?;
        let of_phase = |phase: &'static str| items(&pods).filter(move |pod| pod["status"]["phase"] == phase);
        Ok(Pods {
            running: of_phase("Running").count(),
            pending: of_phase("Pending").map(name).collect(),
            nodes: items(&nodes).count(),
        })
    }

    /// As [`Inside::pods`], once none is on no node any more: a node that Karpenter makes takes its time, and what it takes away for being
    /// empty may be wanted by the next.
    ///
    /// # Errors
    /// As there, and when pods are on no node after a limit of minutes, with their names.
    pub fn settled(&self) -> Result<Pods> {
        let begin = Instant::now();
        loop {
            let pods = self.pods()?;
            if pods.pending.is_empty() {
                return Ok(pods);
            }
            ensure!(
                begin.elapsed() < SETTLED,
                "on no node after {} minutes: {}",
                SETTLED.as_secs() / 60,
                pods.pending.join(", ")
            );
            std::thread::sleep(Duration::from_secs(1));
        }
    }
}

/// What refuses objects, or holds the end of every namespace, when nothing answers behind it.
const WEBHOOKS: [(&str, &str); 3] = [
    ("webhook", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"),
    ("webhook", "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"),
    ("api", "/apis/apiregistration.k8s.io/v1/apiservices"),
];

/// Pods by what became of them.
#[derive(Clone, Debug)]
pub struct Pods {
    /// How many run.
    pub running: usize,
    /// `NAMESPACE/NAME` of those that are on no node.
    pub pending: Vec<String>,
    /// How many nodes there are.
    pub nodes: usize,
}

/// `NAMESPACE/NAME`.
fn name(object: &Value) -> String {
    let text = |key: &str| object["metadata"][key].as_str().unwrap_or_default();
    format!("{}/{}", text("namespace"), text("name"))
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list["items"].as_array().into_iter().flatten()
}
