//! The layer `addons` of a generated tree on a real control plane: the layers before it are states with their outputs, written by hand,
//! and the program `aws` is a script that gives the token of an administrator. The local AWS only tells whose account it is.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use acceptance_tests::charts::{Facts, Served, StandIn};
use acceptance_tests::kubernetes::{Cluster, Controllers, Options};
use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, CliConfig, Core, LocalAws, Terraform, environment};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};
use test_cluster::{Client, Identity};

/// What is installed: quick to install, one of them with custom resources in its templates.
pub(crate) const ADDONS: [&str; 3] = ["keda", "argo-rollouts", "metrics-server"];
/// The releases that they are, `NAMESPACE/NAME`, in the order of the alphabet.
pub(crate) const RELEASES: [&str; 3] =
    ["argo-rollouts/argo-rollouts", "keda/keda", "kube-system/metrics-server"];

const OTHERS: [&str; 10] = [
    "argo-cd",
    "argo-workflows",
    "aws-load-balancer-controller",
    "cert-manager",
    "external-secrets",
    "gpu-operator",
    "istio",
    "karpenter",
    "kube-prometheus-stack",
    "logs",
];
/// The platform's name, and its cluster's.
pub(crate) const NAME: &str = "acme-dev";
const SOON: Duration = Duration::from_secs(60);

/// What a test installs, and from which charts.
pub(crate) struct Set<'a> {
    /// Lines of platform.yaml: `addons` without its mirror, and what else there is.
    pub(crate) spec: &'a str,
    /// The repository of the charts.
    pub(crate) charts: Served,
    /// What there is of models of controllers.
    pub(crate) models: Models,
}

/// Models of Karpenter, the EBS CSI driver, the load balancer controller and the agent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Models {
    /// None.
    None,
    /// They make nothing in AWS.
    InCluster,
    /// What they make is in the local AWS too.
    InAws,
}

/// The few of [`ADDONS`], with so many replicas of KEDA and Argo Rollouts: another number is an upgrade of both.
pub(crate) fn few(replicas: u32) -> String {
    let off: String = OTHERS.iter().map(|addon| format!("  {addon}: false\n")).collect();
    format!(
        "addons:\n{off}  keda: {{ values: {{ operator: {{ replicaCount: {replicas} }} }} }}\n  argo-rollouts: {{ values: {{ controller: {{ \
         replicas: {replicas} }} }} }}\n"
    )
}

/// Calls with what [`few`] needs.
fn with_few<T>(call: impl FnOnce(Set<'_>) -> Result<T>) -> Result<T> {
    let facts = ADDONS.map(Facts::load).into_iter().collect::<Result<Vec<_>>>()?;
    let charts: Vec<_> = facts.iter().map(StandIn::of).collect();
    let charts = Served::start(&charts)?;
    call(Set { spec: &few(1), charts, models: Models::None })
}

/// The layer, and the cluster that it is applied to.
pub(crate) struct Alone {
    pub(crate) cluster: Cluster,
    pub(crate) administrator: Client,
    pub(crate) folder: PathBuf,
    aws: LocalAws,
    binaries: Binaries,
    served: Served,
    config: CliConfig,
}

impl Alone {
    /// Starts a cluster with two nodes and generates the tree; nothing is applied.
    pub(crate) fn start(folder: &Path, set: Set<'_>) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let aws = LocalAws::start(&folder.join("local-aws.log"))?;
        Self::on(aws, Options::default(), folder, set)
    }

    /// The few add-ons on a cluster that is signed in to as on EKS, by who is known to the local AWS.
    pub(crate) fn start_on_eks(folder: &Path) -> Result<Self> {
        let aws = LocalAws::start(&folder.join("local-aws.log"))?;
        let options = Options::of_eks(&aws, NAME, &folder.join("kubernetes"))?;
        with_few(|set| Self::on(aws, options, folder, set))
    }

    fn on(aws: LocalAws, options: Options, folder: &Path, set: Set<'_>) -> Result<Self> {
        let controllers = match set.models {
            Models::None => None,
            Models::InCluster => Some(Controllers::default()),
            Models::InAws => Some(Controllers {
                aws_endpoint: Some(aws.endpoint().to_owned()),
                cluster_name: Some(NAME.to_owned()),
            }),
        };
        let options = Options { system_nodes: 2, controllers, ..options };
        let cluster = Cluster::start_with(&folder.join("kubernetes"), &options)?;
        let administrator = Client::new(cluster.address(), cluster.folder(), Identity::Certificate("admin"))?;
        let binaries = Binaries::build()?;
        let config = CliConfig::new(&binaries)?;
        let folder = folder.to_path_buf();
        let alone = Self { cluster, administrator, folder, aws, binaries, served: set.charts, config };
        alone.write_sign_in()?;
        alone.generate(set.spec)?;
        alone.write_states()?;
        Ok(alone)
    }

    /// The few add-ons of [`few`], with one replica of each.
    pub(crate) fn start_few(folder: &Path) -> Result<Self> {
        with_few(|set| Self::start(folder, set))
    }

    /// The local AWS.
    pub(crate) fn aws(&self) -> &LocalAws {
        &self.aws
    }

    /// The generated tree.
    pub(crate) fn tree(&self) -> PathBuf {
        self.folder.join("tree")
    }

    /// The layer's folder.
    pub(crate) fn layer(&self) -> PathBuf {
        self.tree().join("addons")
    }

    /// The address of the repository of the charts.
    pub(crate) fn charts(&self) -> String {
        self.served.url()
    }

    /// Generates the tree with these lines in platform.yaml; the repository of the charts is ours unless they name a mirror.
    pub(crate) fn generate(&self, lines: &str) -> Result<()> {
        let mirror = format!("addons:\n  mirror: {{ charts: \"{}\" }}", self.charts());
        let has_one = lines.contains("\n  mirror:");
        let lines = if has_one { lines.to_owned() } else { lines.replacen("addons:", &mirror, 1) };
        let text = format!(
            "version: 1\nname: acme-dev\naws: {{ account: \"123456789012\", region: us-east-1 }}\ntruefoundry: {{}}\n{lines}"
        );
        let spec = self.spec();
        fs::write(&spec, text)?;
        // Add-ons and pools come and go here, and what that takes from a cluster is what is looked at.
        let allowed = ["generate", "--allow", "addon", "--allow", "pool"];
        let run = self.run(&[&allowed[..], &["-f", &spec.display().to_string(), "-o"]].concat())?;
        ensure!(run.code == 0, "{}", run.stderr);
        Ok(())
    }

    /// The platform.yaml of the tree.
    fn spec(&self) -> PathBuf {
        self.folder.join("platform.yaml")
    }

    /// An administrator of the cluster by a service account's token, in the form in which `aws eks get-token` gives one.
    fn write_sign_in(&self) -> Result<()> {
        let account = json!({ "metadata": { "name": "deployer", "namespace": "kube-system" } });
        self.administrator.create("/api/v1/namespaces/kube-system/serviceaccounts", &account)?;
        let binding = json!({
            "metadata": { "name": "deployer" },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin" },
            "subjects": [{ "kind": "ServiceAccount", "name": "deployer", "namespace": "kube-system" }],
        });
        self.administrator.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", &binding)?;
        let path = "/api/v1/namespaces/kube-system/serviceaccounts/deployer/token";
        let asked = json!({ "spec": { "expirationSeconds": 86_400 } });
        let token = self.administrator.create(path, &asked)?;
        self.sign_in_with(token["status"]["token"].as_str().context("no token")?)?;
        let bin = self.folder.join("bin");
        fs::create_dir_all(&bin)?;
        let script = format!("#!/bin/sh\nexec cat '{}'\n", self.folder.join("credential.json").display());
        fs::write(bin.join("aws"), script)?;
        Ok(fs::set_permissions(bin.join("aws"), std::fs::Permissions::from_mode(0o755))?)
    }

    /// From now on whoever runs the layer comes with this token.
    pub(crate) fn sign_in_with(&self, token: &str) -> Result<()> {
        let credential = json!({
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "kind": "ExecCredential",
            "status": { "token": token },
        });
        Ok(fs::write(self.folder.join("credential.json"), credential.to_string())?)
    }

    fn write_states(&self) -> Result<()> {
        let cluster = json!({
            "name": "acme-dev",
            "arn": "arn:aws:eks:us-east-1:123456789012:cluster/acme-dev",
            "endpoint": self.cluster.address(),
            "certificate_authority_data": self.cluster.certificate_authority(),
            "version": "1.35",
        });
        self.write_state("cluster", &cluster)?;
        self.write_state("network", &json!({ "vpc_id": "vpc-0123456789abcdef0" }))?;
        let account = |name: &str| json!({ "name": name, "annotations": {} });
        let values = json!({
            "karpenter": { "settings": { "clusterName": "acme-dev", "interruptionQueue": "acme-dev-karpenter" } },
            "aws-load-balancer-controller": {
                "clusterName": "acme-dev", "region": "us-east-1", "vpcId": "vpc-0123456789abcdef0", "enableShield": false,
                "enableWaf": false, "enableWafv2": false, "serviceAccount": account("aws-load-balancer-controller"),
            },
            "cert-manager": { "serviceAccount": account("cert-manager") },
            "external-dns": { "serviceAccount": account("external-dns") },
            "external-secrets": { "serviceAccount": account("external-secrets") },
        });
        self.write_state("identity", &json!({ "addon_values": values, "node_role_name": "nodes" }))
    }

    /// The state of a layer with these outputs and nothing else.
    pub(crate) fn write_state(&self, layer: &str, outputs: &Value) -> Result<()> {
        let typed = |value: &Value| match value {
            Value::Object(_) => json!({ "value": value, "type": kind(value) }),
            _ => json!({ "value": value, "type": "string" }),
        };
        let outputs: serde_json::Map<String, Value> = outputs
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), typed(value)))
            .collect();
        let state = json!({
            "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": layer,
            "outputs": outputs, "resources": [], "check_results": null,
        });
        Ok(fs::write(self.tree().join(layer).join("terraform.tfstate"), state.to_string())?)
    }

    fn variables(&self) -> Result<Vec<(String, String)>> {
        let others = std::env::var_os("PATH").unwrap_or_default();
        let folders = [self.folder.join("bin")].into_iter().chain(std::env::split_paths(&others));
        let path = std::env::join_paths(folders)?.into_string().ok().context("`PATH` is not text")?;
        let mut variables = self.aws.environment().to_vec();
        variables.extend([
            ("PATH".to_owned(), path),
            ("HELM".to_owned(), self.cluster.programs().helm.display().to_string()),
            ("TFY_TERRAFORM".to_owned(), Core::current()?.tool()?.path.display().to_string()),
        ]);
        Ok(variables)
    }

    /// A command of `tfy-infra` on the tree, not started yet; the tree is its last argument.
    pub(crate) fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = Command::new(&self.binaries.generator);
        command.args(arguments).arg(self.tree());
        environment::scrub(&mut command);
        command.env("TF_CLI_CONFIG_FILE", self.config.path());
        command.envs(self.variables()?);
        Ok(command)
    }

    fn run(&self, arguments: &[&str]) -> Result<Run> {
        Ok(Run::from(self.command(arguments)?.output()?))
    }

    /// `tfy-infra validate` of the spec.
    pub(crate) fn validate(&self) -> Result<Run> {
        let mut command = Command::new(&self.binaries.generator);
        command.args(["validate", "-f"]).arg(self.spec());
        environment::scrub(&mut command);
        Ok(Run::from(command.output()?))
    }

    /// `tfy-infra apply` of the layer.
    pub(crate) fn apply(&self) -> Result<Run> {
        self.run(&["apply", "--auto-approve", "--layer", "addons", "-d"])
    }

    /// `tfy-infra plan` of the layer; its code is 0 only without changes.
    pub(crate) fn plan(&self) -> Result<Run> {
        self.run(&["plan", "--detailed-exitcode", "--layer", "addons", "-d"])
    }

    /// `tfy-infra destroy` of the layer.
    pub(crate) fn destroy(&self) -> Result<Run> {
        self.run(&["destroy", "--auto-approve", "--layer", "addons", "-d"])
    }

    /// The same, and objects of these kinds may be lost.
    pub(crate) fn destroy_with(&self, lost: &[&str]) -> Result<Run> {
        Ok(Run::from(self.destroying(lost)?.output()?))
    }

    /// The same, not started yet.
    pub(crate) fn destroying(&self, lost: &[&str]) -> Result<Command> {
        let lost = lost.iter().flat_map(|kind| ["--allow-loss-of", kind]);
        let arguments: Vec<&str> = ["destroy", "--auto-approve", "--layer", "addons"]
            .into_iter()
            .chain(lost)
            .chain(["-d"])
            .collect();
        self.command(&arguments)
    }

    /// Terraform itself in the layer.
    pub(crate) fn terraform(&self) -> Result<Terraform> {
        self.terraform_in("addons")
    }

    /// Terraform itself in another layer.
    pub(crate) fn terraform_in(&self, layer: &str) -> Result<Terraform> {
        Ok(Terraform::new(&self.tree().join(layer), &self.config)?.with(self.variables()?))
    }

    /// The releases that the state has, by their addresses.
    pub(crate) fn in_state(&self) -> Result<Vec<String>> {
        let file = self.layer().join("terraform.tfstate");
        if !file.exists() {
            return Ok(Vec::new());
        }
        let state: Value = serde_json::from_slice(&fs::read(&file)?)?;
        let releases = items(&state["resources"]).filter(|resource| resource["type"] == "helm_release");
        let mut names: Vec<String> = releases
            .flat_map(|resource| items(&resource["instances"]))
            .map(|instance| {
                let text = |key: &str| instance["attributes"][key].as_str().unwrap_or_default();
                format!("{}/{}", text("namespace"), text("name"))
            })
            .collect();
        names.sort();
        Ok(names)
    }

    /// The releases in the cluster with the status of their last revision.
    pub(crate) fn in_cluster(&self) -> Result<Vec<(String, String)>> {
        let output =
            self.cluster.helm().args(["list", "--all-namespaces", "--all", "-o", "json"]).output()?;
        let told: Value = serde_json::from_slice(&output.stdout)
            .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
        let text = |release: &Value, key: &str| release[key].as_str().unwrap_or_default().to_owned();
        let mut found: Vec<_> = items(&told)
            .map(|release| {
                let name = format!("{}/{}", text(release, "namespace"), text(release, "name"));
                (name, text(release, "status"))
            })
            .collect();
        found.sort();
        Ok(found)
    }

    /// Waits until the API server answers.
    pub(crate) fn wait_for_api(&self) -> Result<()> {
        self.administrator.wait("/readyz", "ready", SOON, |answer| answer.status == 200).map(drop)
    }
}

/// The type of a value, as a state has it.
fn kind(value: &Value) -> Value {
    let Value::Object(object) = value else { return json!("string") };
    let kinds: serde_json::Map<String, Value> =
        object.iter().map(|(name, value)| (name.clone(), kind(value))).collect();
    json!(["object", kinds])
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}
