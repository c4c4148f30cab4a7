//! From nothing to a cluster that is ready.

use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use fs_err as fs;

use crate::certificates::{self, Authority, Pair};
use crate::client::{Client, Identity};
use crate::controllers;
use crate::kubeconfig::{encoded, kubeconfig};
use crate::nodes::NodeGroup;
use crate::process::Process;
use crate::stages::stages;

/// The longest that a start may take. It takes three to five seconds; this is for a machine where much else runs.
const LIMIT: Duration = Duration::from_secs(60);
/// How often to look whether a program is ready or has died.
const EVERY: Duration = Duration::from_millis(50);

const API_SERVER: &str = "kube-apiserver";
const CONTROLLER_MANAGER: &str = "kube-controller-manager";
const SCHEDULER: &str = "kube-scheduler";

/// By which the control plane knows that a node is alive.
const NODE_LEASES: &str = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

/// The addresses of services, as EKS gives them to a cluster in a VPC within 10.0.0.0/8.
const SERVICES: &str = "172.20.0.0/16";

/// What is recorded of requests, and where.
const AUDIT_POLICY: &str = "audit-policy.yaml";
/// The record, one event a line.
pub const AUDIT_LOG: &str = "audit.log";

/// The group that may do everything.
const ADMINISTRATORS: &str = "system:masters";

/// What a cluster is made of and where.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Folder for logs, certificates, kubeconfigs and the store. What an earlier cluster left there is replaced.
    #[arg(long, value_name = "FOLDER")]
    pub folder: PathBuf,
    /// The program `etcd`.
    #[arg(long, value_name = "PROGRAM")]
    pub etcd: PathBuf,
    /// The program `kube-apiserver`.
    #[arg(long, value_name = "PROGRAM")]
    pub kube_apiserver: PathBuf,
    /// The program `kube-controller-manager`.
    #[arg(long, value_name = "PROGRAM")]
    pub kube_controller_manager: PathBuf,
    /// The program `kube-scheduler`.
    #[arg(long, value_name = "PROGRAM")]
    pub kube_scheduler: PathBuf,
    /// The program `kwok`.
    #[arg(long, value_name = "PROGRAM")]
    pub kwok: PathBuf,
    /// So many nodes of the managed node group `system`.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub system_nodes: usize,
    /// The program `model-controllers`, to run the models of controllers and of the agent.
    #[arg(long, value_name = "PROGRAM")]
    pub model_controllers: Option<PathBuf>,
    /// Address of a local AWS where the models make instances and volumes.
    #[arg(long, value_name = "URL")]
    pub aws_endpoint: Option<String>,
    /// The EKS cluster's name, in the tags of what the models make.
    #[arg(long, value_name = "NAME", default_value = "test-cluster")]
    pub cluster_name: String,
    /// Configuration of a webhook that is asked about bearer tokens, in the form of a kubeconfig.
    #[arg(long, value_name = "FILE")]
    pub token_webhook: Option<PathBuf>,
    /// Configuration of the authorizers, an `AuthorizationConfiguration`; RBAC alone without it.
    #[arg(long, value_name = "FILE")]
    pub authorization: Option<PathBuf>,
}

/// A running cluster; dropping it ends all of its processes and removes its store.
#[derive(Debug)]
pub struct TestCluster {
    /// In the order in which they were started.
    processes: Vec<Process>,
    folder: PathBuf,
    address: String,
    certificate_authority: String,
    version: String,
    took: Duration,
}

impl TestCluster {
    /// Starts one and waits until it is ready: the API server says so, controllers work, nodes are ready.
    ///
    /// # Errors
    /// When a program dies or the cluster is not ready within a minute, with the end of the log of the program.
    pub fn start(options: &Options) -> Result<Self> {
        let folder = options.folder.as_path();
        fs::create_dir_all(folder)?;
        let folder = &fs::canonicalize(folder)?;
        let ports = Ports::free()?;
        let address = format!("https://127.0.0.1:{}", ports.api_server);
        let authority = Authority::new()?;
        write_files(folder, &address, &authority)?;
        let mut cluster = Self {
            processes: Vec::new(),
            folder: folder.clone(),
            address,
            certificate_authority: encoded(&authority.certificate()),
            version: String::new(),
            took: Duration::ZERO,
        };
        cluster.remove_store()?;
        let begin = Instant::now();
        cluster.run(begin, options, &ports)?;
        cluster.took = begin.elapsed();
        Ok(cluster)
    }

    fn run(&mut self, begin: Instant, options: &Options, ports: &Ports) -> Result<()> {
        let folder = self.folder.clone();
        self.launch("etcd", &options.etcd, etcd(&folder, ports))?;
        self.launch(API_SERVER, &options.kube_apiserver, api_server(&folder, ports, options))?;
        let client = self.client(Identity::Certificate("admin"))?;
        self.until(begin, &client, API_SERVER, "/readyz")?;
        self.version = version(&client)?;
        fs::write(folder.join("kwok.yaml"), stages(&self.version))?;
        let manager = controller_manager(&folder);
        self.launch(CONTROLLER_MANAGER, &options.kube_controller_manager, manager)?;
        self.launch(SCHEDULER, &options.kube_scheduler, scheduler(&folder))?;
        self.launch("kwok", &options.kwok, kwok(&folder))?;
        // Made by a controller, and what every pod needs first.
        let made = "/api/v1/namespaces/default/serviceaccounts/default";
        self.until(begin, &client, CONTROLLER_MANAGER, made)?;
        if let Some(program) = &options.model_controllers {
            for name in controllers::NAMES {
                self.launch(name, program, controller(name, &folder, &self.address, options))?;
            }
        }
        client.add_nodes(&NodeGroup::system(options.system_nodes))?;
        self.expect_running()
    }

    /// A client of this cluster.
    ///
    /// # Errors
    /// When a certificate cannot be read.
    pub fn client(&self, identity: Identity<'_>) -> Result<Client> {
        Client::new(&self.address, &self.folder, identity)
    }

    /// Address of the API server.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The certificate of the authority that signed the API server's, in base64.
    #[must_use]
    pub fn certificate_authority(&self) -> &str {
        &self.certificate_authority
    }

    /// The version that the API server tells, `v1.35.4`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How long it took from the start of the first program until everything was ready.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Its programs.
    #[must_use]
    pub fn processes(&self) -> &[Process] {
        &self.processes
    }

    /// Starts one of its programs again, whether it still runs or not. Its log goes on.
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be started.
    pub fn restart(&mut self, name: &str) -> Result<()> {
        self.process(name)?.restart()
    }

    fn replace(&mut self, name: &str, programs: &Path) -> Result<()> {
        self.process(name)?.replace(&programs.join(name))
    }

    fn process(&mut self, name: &str) -> Result<&mut Process> {
        let process = self.processes.iter_mut().find(|process| process.name() == name);
        process.with_context(|| format!("the cluster has no process `{name}`"))
    }

    /// Upgrades the control plane to the programs of a folder, in the order that Kubernetes asks for: the API server, and when it is ready the
    /// controller manager and the scheduler. The store stays. Nodes keep the version that they have; those that are made from then on are of
    /// the new one.
    ///
    /// # Errors
    /// When a program cannot be started, or the API server is not ready within a minute, with the end of its log.
    pub fn upgrade(&mut self, programs: &Path) -> Result<()> {
        let begin = Instant::now();
        self.replace(API_SERVER, programs)?;
        let client = self.client(Identity::Certificate("admin"))?;
        self.until(begin, &client, API_SERVER, "/readyz")?;
        self.version = version(&client)?;
        // At once: what asks for nodes as soon as it sees the new version gets nodes of that.
        fs::write(self.folder.join("kwok.yaml"), stages(&self.version))?;
        self.process("kwok")?.end();
        // A kwok that takes over the lease of a node from the one before it plays nothing that was there already.
        client.delete(NODE_LEASES)?;
        self.restart("kwok")?;
        self.replace(CONTROLLER_MANAGER, programs)?;
        self.replace(SCHEDULER, programs)?;
        self.expect_running()
    }

    /// That all programs run.
    ///
    /// # Errors
    /// When one has ended, with the end of its log.
    pub fn expect_running(&mut self) -> Result<()> {
        self.processes.iter_mut().try_for_each(Process::expect_running)
    }

    fn launch(&mut self, name: &'static str, program: &Path, arguments: Vec<OsString>) -> Result<()> {
        let mut command = Command::new(program);
        command.args(arguments);
        // Where kwok looks for further configuration.
        command.env("KWOK_WORKDIR", self.folder.join("kwok"));
        self.processes.push(Process::start(name, command, &self.folder)?);
        Ok(())
    }

    /// Waits for an answer of 200, while all programs run.
    fn until(&mut self, begin: Instant, client: &Client, responsible: &str, path: &str) -> Result<()> {
        loop {
            self.expect_running()?;
            // It cannot be reached before it listens.
            if client.send("GET", path, None).is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if begin.elapsed() > LIMIT {
                let process = self.processes.iter().find(|process| process.name() == responsible);
                let log = process.map(Process::last_lines).unwrap_or_default();
                bail!("`{responsible}` did not come up within {LIMIT:?}: no answer to `{path}`; {log}");
            }
            std::thread::sleep(EVERY);
        }
    }

    fn remove_store(&self) -> Result<()> {
        let store = self.folder.join("etcd");
        if store.exists() {
            fs::remove_dir_all(store)?;
        }
        Ok(())
    }
}

impl Drop for TestCluster {
    fn drop(&mut self) {
        // Who asks ends before who answers, so that no log ends with complaints.
        while self.processes.pop().is_some() {}
        // A hundred megabytes that tell nothing.
        let _ = self.remove_store();
    }
}

/// The version that an API server tells, `v1.35.4`.
fn version(client: &Client) -> Result<String> {
    let told = client.get("/version")?;
    Ok(told["gitVersion"].as_str().context("`/version` has no `gitVersion`")?.to_owned())
}

/// Certificates, keys, and the kubeconfigs of the administrator and of each program that is a client.
fn write_files(folder: &Path, address: &str, authority: &Authority) -> Result<()> {
    let certificate = authority.certificate();
    fs::write(folder.join("ca.crt"), &certificate)?;
    fs::write(folder.join(AUDIT_POLICY), include_str!("audit-policy.yaml"))?;
    authority.server()?.write(folder, "server")?;
    certificates::write_service_account_keys(folder)?;
    let administrator = authority.client("admin", Some(ADMINISTRATORS))?;
    administrator.write(folder, "admin")?;
    let write = |file: &str, user: &str, pair: &Pair| {
        let text = format!("{:#}\n", kubeconfig(address, &certificate, user, pair));
        certificates::write_private(&folder.join(file), &text)
    };
    write("kubeconfig", "admin", &administrator)?;
    // Kubernetes has roles for these two.
    for user in [CONTROLLER_MANAGER, SCHEDULER] {
        let name = format!("system:{user}");
        write(&format!("{user}.kubeconfig"), &name, &authority.client(&name, None)?)?;
    }
    // It does what kubelets do, for all nodes.
    write("kwok.kubeconfig", "kwok", &authority.client("kwok", Some(ADMINISTRATORS))?)
}

/// Ports on loopback that nobody listened on a moment ago.
struct Ports {
    etcd: u16,
    etcd_peers: u16,
    api_server: u16,
}

impl Ports {
    fn free() -> Result<Self> {
        // All at once, so that they differ.
        let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("listening on loopback");
        let (etcd, etcd_peers, api_server) = (bind()?, bind()?, bind()?);
        let port = |listener: &TcpListener| anyhow::Ok(listener.local_addr()?.port());
        Ok(Self { etcd: port(&etcd)?, etcd_peers: port(&etcd_peers)?, api_server: port(&api_server)? })
    }
}

/// `--NAME=FOLDER/FILE`
fn file(name: &str, folder: &Path, file: &str) -> OsString {
    flag_of_file(name, &folder.join(file))
}

/// `--NAME=FILE`
fn flag_of_file(name: &str, file: &Path) -> OsString {
    let mut flag = OsString::from(format!("--{name}="));
    flag.push(file);
    flag
}

fn flags<const N: usize>(plain: [&str; N]) -> impl Iterator<Item = OsString> {
    plain.map(OsString::from).into_iter()
}

fn etcd(folder: &Path, ports: &Ports) -> Vec<OsString> {
    let clients = format!("http://127.0.0.1:{}", ports.etcd);
    let peers = format!("http://127.0.0.1:{}", ports.etcd_peers);
    let mut arguments = vec![file("data-dir", folder, "etcd")];
    arguments.extend(flags([
        &format!("--listen-client-urls={clients}"),
        &format!("--advertise-client-urls={clients}"),
        &format!("--listen-peer-urls={peers}"),
        // Nothing of it has to outlive a power cut.
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]));
    arguments
}

fn api_server(folder: &Path, ports: &Ports, options: &Options) -> Vec<OsString> {
    let mut arguments = vec![
        file("tls-cert-file", folder, "server.crt"),
        file("tls-private-key-file", folder, "server.key"),
        file("client-ca-file", folder, "ca.crt"),
        file("service-account-key-file", folder, "service-accounts.pub"),
        file("service-account-signing-key-file", folder, "service-accounts.key"),
        file("audit-policy-file", folder, AUDIT_POLICY),
        file("audit-log-path", folder, AUDIT_LOG),
    ];
    arguments.extend(flags([
        &format!("--etcd-servers=http://127.0.0.1:{}", ports.etcd),
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        &format!("--secure-port={}", ports.api_server),
        // An endpoint on loopback is refused, and nothing in a pod asks for it.
        "--endpoint-reconciler-type=none",
        "--service-account-issuer=https://kubernetes.default.svc",
        &format!("--service-cluster-ip-range={SERVICES}"),
        "--allow-privileged=true",
        // One file, however long it gets.
        "--audit-log-maxsize=1000",
    ]));
    arguments.push(match &options.authorization {
        Some(file) => flag_of_file("authorization-config", file),
        None => "--authorization-mode=RBAC".into(),
    });
    if let Some(webhook) = &options.token_webhook {
        arguments.push(flag_of_file("authentication-token-webhook-config-file", webhook));
        arguments.extend(flags([
            "--authentication-token-webhook-version=v1",
            // Whoever loses an access entry is refused as soon as can be: the API server itself keeps each token that was good for ten seconds.
            "--authentication-token-webhook-cache-ttl=0s",
        ]));
    }
    arguments
}

fn controller_manager(folder: &Path) -> Vec<OsString> {
    let mut arguments = vec![
        file("kubeconfig", folder, "kube-controller-manager.kubeconfig"),
        file("service-account-private-key-file", folder, "service-accounts.key"),
        file("root-ca-file", folder, "ca.crt"),
    ];
    arguments.extend(flags([
        "--use-service-account-credentials=true",
        // What asks a cloud, or gives nodes ranges of addresses, is EKS's business.
        "--controllers=*,-node-ipam-controller,-cloud-node-lifecycle-controller,-service-lb-controller,\
         -node-route-controller",
        "--leader-elect=false",
        "--secure-port=0",
    ]));
    arguments
}

fn scheduler(folder: &Path) -> Vec<OsString> {
    let mut arguments = vec![file("kubeconfig", folder, "kube-scheduler.kubeconfig")];
    arguments.extend(flags(["--leader-elect=false", "--secure-port=0"]));
    arguments
}

fn kwok(folder: &Path) -> Vec<OsString> {
    vec![file("kubeconfig", folder, "kwok.kubeconfig"), file("config", folder, "kwok.yaml")]
}

fn controller(name: &str, folder: &Path, address: &str, options: &Options) -> Vec<OsString> {
    let mut folder_flag = OsString::from("--folder=");
    folder_flag.push(folder);
    let mut arguments = vec![OsString::from(name), folder_flag];
    let cluster_name = format!("--cluster-name={}", options.cluster_name);
    arguments.extend(flags([&format!("--address={address}"), &cluster_name]));
    arguments.extend(options.aws_endpoint.iter().map(|url| format!("--aws-endpoint={url}").into()));
    arguments
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A program that is a script.
    fn script(path: PathBuf, script: &str) -> PathBuf {
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Options whose store is a script, and whose other programs wait for ever.
    fn of_script(folder: &Path, of_etcd: &str) -> Options {
        let etcd = script(folder.join("etcd-program"), of_etcd);
        let program = script(folder.join("program"), "exec sleep 60");
        Options {
            folder: folder.join("cluster"),
            etcd,
            kube_apiserver: program.clone(),
            kube_controller_manager: program.clone(),
            kube_scheduler: program.clone(),
            kwok: program,
            system_nodes: 0,
            model_controllers: None,
            aws_endpoint: None,
            cluster_name: String::new(),
            token_webhook: None,
            authorization: None,
        }
    }

    #[test]
    fn a_program_that_dies_at_the_start_is_told_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let options = of_script(folder.path(), "echo the store is of a newer version; exit 1");
        let error = TestCluster::start(&options).unwrap_err().to_string();
        let log = fs::canonicalize(&options.folder).unwrap().join("etcd.log");
        let expected = format!(
            "`etcd` ended: exit status: 1\nthe end of its log was:\nthe store is of a newer version\nhint: the whole log is `{}`",
            log.display()
        );
        assert_eq!(error, expected);
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { etcd: "/no/such/etcd".into(), ..of_script(folder.path(), "exec sleep 60") };
        let error = TestCluster::start(&options).unwrap_err();
        assert_eq!(error.to_string(), "starting `/no/such/etcd`");
    }
}
