//! The part of the module that comes before Karpenter's nodes, on a real control plane with two system nodes.

use std::path::Path;
use std::time::Duration;

use acceptance_tests::charts::{Facts, Served, StandIn};
use acceptance_tests::kubernetes::{Cluster, Minor, Options};
use acceptance_tests::{CliConfig, Terraform, repository};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use test_cluster::{Client, Identity};

/// For what a control plane does at once, on a machine where much else runs.
const SOON: Duration = Duration::from_secs(60);

/// What EKS has there already, with the requests of its add-ons: on every node, or so many pods.
const OF_EKS: [(&str, Option<u32>, &str, &str); 7] = [
    ("aws-node", None, "50m", "0"),
    ("ebs-csi-node", None, "30m", "120Mi"),
    ("efs-csi-node", None, "30m", "120Mi"),
    ("eks-pod-identity-agent", None, "0", "0"),
    ("kube-proxy", None, "100m", "0"),
    ("coredns", Some(2), "100m", "70Mi"),
    ("ebs-csi-controller", Some(2), "60m", "240Mi"),
];

/// A cluster on which everything is installed that Karpenter waits for, and Karpenter.
#[derive(Debug)]
pub(crate) struct Before {
    cluster: Cluster,
    administrator: Client,
    terraform: Terraform,
}

impl Before {
    /// Applies so much of the module's example, in the module's own order.
    ///
    /// # Errors
    /// When it does not get ready.
    pub(crate) fn install(folder: &Path, charts: &[Facts]) -> Result<Self> {
        Self::install_on(Minor::Newest, folder, charts)
    }

    /// The same on a Kubernetes of this minor.
    ///
    /// # Errors
    /// As [`Before::install`].
    pub(crate) fn install_on(minor: Minor, folder: &Path, charts: &[Facts]) -> Result<Self> {
        let options = Options { minor, system_nodes: 2, ..Options::default() };
        let cluster = Cluster::start_with(&folder.join("cluster"), &options)?;
        let administrator = Client::new(cluster.address(), cluster.folder(), Identity::Certificate("admin"))?;
        for (name, replicas, cpu, memory) in OF_EKS {
            let (kind, object) = workload(name, replicas, cpu, memory);
            administrator.create(&format!("/apis/apps/v1/namespaces/kube-system/{kind}"), &object)?;
        }
        let charts: Vec<StandIn<'_>> = charts.iter().map(StandIn::of).collect();
        let served = Served::start(&charts)?;
        let module = folder.join("addons");
        repository::copy_folder(&repository::root().join("modules/addons"), &module)?;
        let terraform = Terraform::new(&module.join("examples/basic"), &CliConfig::for_modules()?)?.with([
            ("HELM".to_owned(), cluster.programs().helm.display().to_string()),
            ("KUBE_CONFIG_PATH".to_owned(), cluster.kubeconfig().display().to_string()),
            ("TF_VAR_mirror".to_owned(), json!({ "charts": served.url() }).to_string()),
            // The double's objects too are refused where the API server does not know a field.
            ("DOUBLES_FIELD_VALIDATION".to_owned(), "Strict".to_owned()),
        ]);
        terraform.init()?;
        // With all that it waits for, and the custom resources of the mesh.
        terraform.succeed(&[
            "apply",
            "-no-color",
            "-auto-approve",
            "-target=module.addons.helm_release.karpenter",
            "-target=module.addons.helm_release.istio_base",
        ])?;
        Ok(Self { cluster, administrator, terraform })
    }

    /// Terraform in the module's example.
    pub(crate) fn terraform(&self) -> &Terraform {
        &self.terraform
    }

    /// A client that may do everything.
    pub(crate) fn administrator(&self) -> &Client {
        &self.administrator
    }

    /// Every pod has a node.
    ///
    /// # Errors
    /// When one has none, with its name.
    pub(crate) fn nothing_is_pending(&self) -> Result<()> {
        let pods = self.administrator.get("/api/v1/pods")?;
        let pending: Vec<&Value> = items(&pods)
            .filter(|pod| pod["spec"]["nodeName"].is_null())
            .map(|pod| &pod["metadata"]["name"])
            .collect();
        ensure!(pending.is_empty(), "pending: {pending:?}");
        let karpenters = items(&pods).filter(|pod| pod["spec"]["serviceAccountName"] == "karpenter");
        assert_eq!(karpenters.count(), 2, "{pods}");
        Ok(())
    }

    /// Millicores that are free on the node that has fewer.
    ///
    /// # Errors
    /// When a quantity cannot be read.
    pub(crate) fn cpu_left(&self) -> Result<i64> {
        let (pods, nodes) =
            (self.administrator.get("/api/v1/pods")?, self.administrator.get("/api/v1/nodes")?);
        let mut least = i64::MAX;
        for node in items(&nodes) {
            let mut left = millicores(&node["status"]["allocatable"]["cpu"])?;
            for pod in items(&pods).filter(|pod| pod["spec"]["nodeName"] == node["metadata"]["name"]) {
                for container in pod["spec"]["containers"].as_array().into_iter().flatten() {
                    left -= millicores(&container["resources"]["requests"]["cpu"])?;
                }
            }
            least = least.min(left);
        }
        Ok(least)
    }

    /// The API server takes what the chart of the mesh renders, with an exception and without.
    ///
    /// # Errors
    /// When it refuses an object.
    pub(crate) fn takes_the_mesh(&self, chart: &Path) -> Result<()> {
        let exception = "exceptions[0].name=webhook,exceptions[0].namespace=default,exceptions[0].matchLabels.app=a,exceptions[0].ports[0]=8443";
        for set in ["mtls=STRICT", exception] {
            let mut command = self.cluster.helm();
            command.args(["upgrade", "--install", "mesh"]).arg(repository::root().join(chart));
            command.args(["--namespace", "istio-system", "--set", set]);
            let output = command.output().context("starting `helm`")?;
            ensure!(output.status.success(), "{set}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let path = "/apis/security.istio.io/v1/namespaces/default/peerauthentications/webhook";
        let made = self.administrator.wait(path, "there", SOON, |answer| answer.status == 200)?;
        assert_eq!(made["spec"]["portLevelMtls"], json!({ "8443": { "mode": "PERMISSIVE" } }));
        Ok(())
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list["items"].as_array().into_iter().flatten()
}

fn millicores(quantity: &Value) -> Result<i64> {
    let Some(text) = quantity.as_str() else { return Ok(0) };
    match text.strip_suffix('m') {
        Some(milli) => milli.parse().with_context(|| format!("`{text}` millicores")),
        None => Ok(text.parse::<i64>().with_context(|| format!("`{text}` processors"))? * 1000),
    }
}

fn workload(name: &str, replicas: Option<u32>, cpu: &str, memory: &str) -> (&'static str, Value) {
    let (kind, path) =
        if replicas.is_some() { ("Deployment", "deployments") } else { ("DaemonSet", "daemonsets") };
    let mut spec = json!({
        "selector": { "matchLabels": { "app": name } },
        "template": {
            "metadata": { "labels": { "app": name } },
            "spec": {
                "priorityClassName": "system-node-critical",
                "containers": [{
                    "name": "main",
                    "image": "example.com/main:1",
                    "resources": { "requests": { "cpu": cpu, "memory": memory } },
                }],
            },
        },
    });
    if let Some(replicas) = replicas {
        spec["replicas"] = replicas.into();
    }
    (path, json!({ "apiVersion": "apps/v1", "kind": kind, "metadata": { "name": name }, "spec": spec }))
}
