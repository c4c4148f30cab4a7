//! A Kubernetes cluster on loopback: etcd, API server, controller manager and scheduler are the real ones, nodes and pods are
//! played by kwok.
//!
//! So what the control plane decides is real: admission, RBAC, schemas of custom resources, garbage collection, scheduling,
//! rollouts, Helm's waiting. Nothing runs in the pods: no webhook and no controller of a chart answers, and there is no
//! network between them. Karpenter, the EBS CSI driver, the load balancer controller and the agent are there as models, where
//! [`Options::controllers`] says so.
//!
//! The program `test-cluster` holds the processes and ends them with itself, so that none outlives a test that is killed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use crate::server::Server;
use crate::{Binaries, environment};

mod eks;
mod programs;

pub use programs::{ASSETS, ETCD, HELM, KUBERNETES, KWOK, Minor, OLDEST_KUBERNETES, Programs, ready_or_go};

/// How long one of its programs may take to be started again.
const RESTART: Duration = Duration::from_secs(10);

/// How long an upgrade of the control plane may take, on a machine where much else runs.
const UPGRADE: Duration = Duration::from_secs(90);

/// What a cluster begins with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which Kubernetes its control plane and its nodes are of.
    pub minor: Minor,
    /// So many nodes of the managed node group `system`, ready before the cluster is.
    pub system_nodes: usize,
    /// The configuration of a webhook that is asked about bearer tokens, a file in the form of a kubeconfig.
    pub token_webhook: Option<PathBuf>,
    /// Who is asked what a user may do, an `AuthorizationConfiguration`; RBAC alone without it.
    pub authorization: Option<PathBuf>,
    /// With the models of controllers and of the agent: the processes `karpenter`, `ebs-csi`,
    /// `load-balancer-controller` and `agent`.
    pub controllers: Option<Controllers>,
}

/// What the models of controllers work with. `acceptance-tests/cluster` says what they do not do.
#[derive(Clone, Debug, Default)]
pub struct Controllers {
    /// Address of a local AWS where they make instances, volumes and load balancers; without it there are none.
    pub aws_endpoint: Option<String>,
    /// The name of the EKS cluster in their tags.
    pub cluster_name: Option<String>,
}

/// A running cluster; dropping it ends all of its processes and forgets what it held.
#[derive(Debug)]
pub struct Cluster {
    server: Server,
    folder: PathBuf,
    address: String,
    certificate_authority: String,
    programs: Programs,
    processes: BTreeMap<String, u32>,
}

impl Cluster {
    /// Starts one without nodes. The folder receives the log of each program, certificates and kubeconfigs.
    ///
    /// # Errors
    /// When a program cannot be had or does not come up, with the end of its log.
    pub fn start(folder: &Path) -> Result<Self> {
        Self::start_with(folder, &Options::default())
    }

    /// As [`Cluster::start`], with nodes or with a webhook.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn start_with(folder: &Path, options: &Options) -> Result<Self> {
        Self::start_of(Programs::of(options.minor)?, folder, options)
    }

    /// As [`Cluster::start_with`], of these programs, such as those of another version of Kubernetes.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn start_of(programs: Programs, folder: &Path, options: &Options) -> Result<Self> {
        let binaries = Binaries::build()?;
        let mut command = Command::new(binaries.other("test-cluster")?);
        command.arg("--folder").arg(folder);
        for (name, path) in programs.by_name().into_iter().filter(|(name, _)| *name != "helm") {
            command.arg(format!("--{name}")).arg(path);
        }
        command.args(["--system-nodes", &options.system_nodes.to_string()]);
        for (option, file) in
            [("--token-webhook", &options.token_webhook), ("--authorization", &options.authorization)]
        {
            if let Some(file) = file {
                command.arg(option).arg(std::path::absolute(file)?);
            }
        }
        if let Some(controllers) = &options.controllers {
            command.arg("--model-controllers").arg(binaries.other("model-controllers")?);
            let given = [
                ("--aws-endpoint", &controllers.aws_endpoint),
                ("--cluster-name", &controllers.cluster_name),
            ];
            for (flag, value) in given {
                command.args(value.iter().flat_map(|value| [flag, value]));
            }
        }
        environment::scrub(&mut command);
        // What makes short-lived programs quick makes these large.
        command.env_remove("GOGC");
        fs::create_dir_all(folder)?;
        let server =
            Server::start(command, &folder.join("test-cluster.log")).context("the Kubernetes cluster")?;
        let address = server.ready_text("address")?;
        let certificate_authority = server.ready_text("certificate_authority")?;
        let processes = serde_json::from_value(server.ready()["processes"].clone())?;
        let folder = folder.to_path_buf();
        Ok(Self { server, folder, address, certificate_authority, programs, processes })
    }

    /// Address of the API server, `https://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The certificate of the authority that signed the API server's, in base64 as EKS tells it (`certificateAuthority.data`)
    /// and as a kubeconfig has it.
    #[must_use]
    pub fn certificate_authority(&self) -> &str {
        &self.certificate_authority
    }

    /// A kubeconfig of an administrator, with certificate and key within.
    #[must_use]
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.join("kubeconfig")
    }

    /// Where logs, certificates and kubeconfigs are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The version that the API server told at the start, `1.35.4`.
    ///
    /// # Errors
    /// When it was not told.
    pub fn version(&self) -> Result<String> {
        Ok(self.server.ready_text("version")?.trim_start_matches('v').to_owned())
    }

    /// How long it took from the start of its first program until it was ready.
    ///
    /// # Errors
    /// When it was not told.
    pub fn took(&self) -> Result<Duration> {
        let told = self.server.ready()["milliseconds"].as_u64();
        told.map(Duration::from_millis).context("the cluster did not tell how long it took")
    }

    /// Its processes, by name.
    ///
    /// # Errors
    /// None any more: they were told when it started.
    pub fn processes(&self) -> Result<BTreeMap<String, u32>> {
        Ok(self.processes.clone())
    }

    /// The process of a program by its name, such as `kube-apiserver`.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn process(&self, program: &str) -> Result<u32> {
        let id = self.processes.get(program).copied();
        id.with_context(|| format!("the cluster has no process `{program}`, only {:?}", self.processes))
    }

    /// Starts one of its programs again, whether it was killed or not; it has another process then. Its log goes on.
    ///
    /// # Errors
    /// When there is none of that name, or it does not start within ten seconds.
    pub fn restart(&mut self, program: &str) -> Result<()> {
        let old = self.process(program)?;
        self.server.tell(&format!("restart {program}"))?;
        let is_new = self.has_processes(RESTART, |new| new.get(program).is_some_and(|new| *new != old))?;
        ensure!(is_new, "`{program}` was not started again within {RESTART:?}");
        Ok(())
    }

    /// Upgrades its control plane in place: API server, then controller manager and scheduler. What it holds stays, and so do its nodes, with the
    /// version that they have. For some seconds nobody answers, where EKS replaces one of several API servers after the other.
    ///
    /// # Errors
    /// When the programs cannot be had, or are not ready in time.
    pub fn upgrade(&mut self, minor: Minor) -> Result<()> {
        let programs = Programs::of(minor)?;
        let folder = programs.kube_apiserver.parent().context("a program without a folder")?;
        let old = self.process("kube-scheduler")?;
        self.server.tell(&format!("upgrade {}", folder.display()))?;
        let is_new = self.has_processes(UPGRADE, |new| new["kube-scheduler"] != old)?;
        ensure!(is_new, "the control plane is not of {} within {UPGRADE:?}", minor.version());
        self.programs = programs;
        Ok(())
    }

    /// Waits for processes that are as wanted: whether they were in time.
    fn has_processes(
        &mut self,
        limit: Duration,
        wanted: impl Fn(&BTreeMap<String, u32>) -> bool,
    ) -> Result<bool> {
        let told = self.folder.join("processes.json");
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
            let Ok(text) = fs::read_to_string(&told) else { continue };
            let processes = serde_json::from_str(&text)?;
            if wanted(&processes) {
                self.processes = processes;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes a model of a controller, such as `karpenter`, wait so long before each change that it makes.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn delay(&self, model: &str, delay: Duration) -> Result<()> {
        Ok(fs::write(self.folder.join(format!("{model}.delay")), delay.as_millis().to_string())?)
    }

    /// What is at a path of its API, such as `/api/v1/pods`, as its administrator.
    ///
    /// # Errors
    /// When there is nothing, or the API server cannot be asked.
    pub fn get(&self, path: &str) -> Result<Value> {
        let mut command = Command::new(Binaries::build()?.other("cluster-get")?);
        command.arg("--folder").arg(&self.folder).args(["--address", &self.address, path]);
        environment::scrub(&mut command);
        let output = command.output().context("starting `cluster-get`")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{path}: {}", said.trim());
        serde_json::from_slice(&output.stdout).with_context(|| format!("{path}: not JSON"))
    }

    /// Helm, as the administrator of this cluster. It keeps nothing outside of the cluster's folder.
    #[must_use]
    pub fn helm(&self) -> Command {
        let mut command = Command::new(&self.programs.helm);
        environment::scrub(&mut command);
        let home = self.folder.join("helm");
        command.env("KUBECONFIG", self.kubeconfig());
        for (name, folder) in
            [("HELM_CACHE_HOME", "cache"), ("HELM_CONFIG_HOME", "config"), ("HELM_DATA_HOME", "data")]
        {
            command.env(name, home.join(folder));
        }
        command
    }

    /// The programs that it is made of.
    #[must_use]
    pub fn programs(&self) -> &Programs {
        &self.programs
    }
}
