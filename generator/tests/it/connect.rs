//! `tfy-infra connect` over a model of `aws ssm start-session`, which forwards a port for real; what AWS and its agents do is not shown.
//! At the other end is a TLS server under a name as clusters have them.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use serde_json::{Value, json};

use crate::api_server::{FORBIDDEN, NAME, Server};
use crate::support::{cli_config, require_terraform};

/// Forwards the port that it is told, and notes how it was called and that it was ended by an interrupt.
const AWS: &str = r#"#!/usr/bin/env python3
import json, os, signal, socket, sys, threading

notes = open(os.environ["NOTES"], "a", buffering=1)
if os.environ.get("AWS_SAYS"):
    sys.exit(os.environ["AWS_SAYS"])
print(json.dumps(sys.argv[1:]), file=notes)
signal.signal(signal.SIGINT, lambda *_: (print("ended", file=notes), os._exit(0)))
parameters = json.loads(sys.argv[sys.argv.index("--parameters") + 1])
listener = socket.create_server(("127.0.0.1", int(parameters["localPortNumber"][0])))

def pour(source, target):
    while data := source.recv(65536):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)

while True:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", int(os.environ["FORWARD_TO"])))
    for pair in ((client, server), (server, client)):
        threading.Thread(target=pour, args=pair, daemon=True).start()
"#;

/// A tree whose layer `cluster` is applied, and the programs beside it.
struct Tree {
    folder: tempfile::TempDir,
    server: Server,
    port: u16,
}

impl Tree {
    fn new(access: &Value) -> Self {
        require_terraform();
        let python = Command::new("python3").arg("--version").output();
        assert!(
            python.is_ok_and(|found| found.status.success()),
            "the model of `aws` needs Python: install Python 3.10 or newer"
        );
        // Nobody listens there once this line is over.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let tree = Self { folder: tempfile::tempdir().unwrap(), server: Server::start(FORBIDDEN), port };
        let manifest = json!({
            "format": 2, "generator": "test", "files": {}, "inputs": { "access": access, "cluster": { "create": { "admins": [] } } },
            "layers": [{ "name": "cluster", "reads": [], "modules": [] }],
        });
        tree.write(".tfy-infra/manifest.json", &manifest.to_string());
        tree.write(
            "cluster/main.tf",
            "terraform {\n  backend \"local\" {\n    path = \"terraform.tfstate\"\n  }\n}\n",
        );
        tree.program("aws", AWS);
        tree.program("session-manager-plugin", "#!/bin/sh\n");
        tree
    }

    /// With the outputs that the layer has when the platform is reached over an instance.
    fn applied(access: &Value) -> Self {
        let tree = Self::new(access);
        let value = |text: &str| json!({ "value": text, "type": "string" });
        let authority = base64::engine::general_purpose::STANDARD.encode(&tree.server.authority);
        let state = json!({
            "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "cluster", "resources": [], "check_results": null,
            "outputs": {
                "name": value("acme-dev"), "arn": value("arn:aws:eks:us-east-1:123456789012:cluster/acme-dev"),
                "endpoint": value(&format!("https://{NAME}")), "certificate_authority_data": value(&authority),
                "ssm_instance_id": value("i-0123456789abcdef0"),
            },
        });
        tree.write("cluster/terraform.tfstate", &state.to_string());
        tree
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    fn program(&self, name: &str, text: &str) {
        self.write(&format!("bin/{name}"), text);
        let executable = std::fs::Permissions::from_mode(0o755);
        fs_err::set_permissions(self.path("bin").join(name), executable).unwrap();
    }

    fn connect(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tfy-infra"));
        command.args(["connect", "--port", &self.port.to_string(), "-d"]).arg(self.folder.path()).args(more);
        let others = std::env::var_os("PATH").unwrap_or_default();
        let folders = [self.path("bin")].into_iter().chain(std::env::split_paths(&others));
        command.env("PATH", std::env::join_paths(folders).unwrap());
        command.env("TF_CLI_CONFIG_FILE", cli_config()).env("NOTES", self.path("notes"));
        command.env("FORWARD_TO", self.server.address.port().to_string());
        command.stdin(Stdio::null());
        command
    }

    /// Exit code and standard error.
    fn refused(&self, mut command: Command) -> (i32, String) {
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        let text = text.replace(self.folder.path().to_str().unwrap(), "infra");
        (output.status.code().unwrap(), text.replace(&self.port.to_string(), "PORT"))
    }

    fn notes(&self) -> Vec<String> {
        fs_err::read_to_string(self.path("notes")).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    fn is_free(&self) -> bool {
        TcpListener::bind(("127.0.0.1", self.port)).is_ok()
    }
}

fn ssm() -> Value {
    json!({ "ssm": {} })
}

#[test]
fn a_command_runs_over_a_forwarded_port_which_ends_with_it() {
    let tree = Tree::applied(&ssm());
    let script = "echo \"$TF_VAR_cluster_address\"; stat -c %a \"$KUBECONFIG\"; cat \"$KUBECONFIG\"; exit 7";
    let output = tree.connect(&["--", "sh", "-c", script]).output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (address, rest) = text.split_once('\n').unwrap();
    let (mode, kubeconfig) = rest.split_once('\n').unwrap();
    assert_eq!((address, mode), (format!("https://127.0.0.1:{}", tree.port).as_str(), "600"));
    let kubeconfig: Value = serde_json::from_str(kubeconfig).unwrap();
    let cluster = &kubeconfig["clusters"][0]["cluster"];
    assert_eq!(
        (cluster["server"].as_str(), cluster["tls-server-name"].as_str()),
        (Some(address), Some(NAME))
    );
    let notes = tree.notes();
    assert_eq!(notes.len(), 2, "{notes:?}");
    let called: Vec<String> = serde_json::from_str(&notes[0]).unwrap();
    let before = [
        "ssm",
        "start-session",
        "--target",
        "i-0123456789abcdef0",
        "--region",
        "us-east-1",
        "--document-name",
    ];
    assert_eq!(called[..7], before);
    assert_eq!(called[7], "AWS-StartPortForwardingSessionToRemoteHost");
    let parameters: Value = serde_json::from_str(&called[9]).unwrap();
    let port = tree.port.to_string();
    assert_eq!(parameters, json!({ "host": [NAME], "portNumber": ["443"], "localPortNumber": [port] }));
    assert_eq!(notes[1], "ended");
    assert!(tree.is_free());
}

#[test]
fn without_a_command_the_port_stays_until_an_interrupt() {
    let tree = Tree::applied(&ssm());
    let mut child = tree.connect(&[]).stdout(Stdio::piped()).spawn().unwrap();
    let told: Vec<String> =
        BufReader::new(child.stdout.take().unwrap()).lines().take(3).map(Result::unwrap).collect();
    assert_eq!(
        told[0],
        format!(
            "The API of the cluster `acme-dev` answers at https://127.0.0.1:{} until Ctrl-C. In another terminal:",
            tree.port
        )
    );
    let kubeconfig = told[2].trim().strip_prefix("export KUBECONFIG=").unwrap();
    assert!(Path::new(kubeconfig).exists() && !tree.is_free());
    let interrupted = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(tree.notes().last().map(String::as_str), Some("ended"));
    assert!(!Path::new(kubeconfig).exists() && tree.is_free());
}

#[test]
fn what_is_missing_is_told_before_anything_is_forwarded() {
    let tree = Tree::applied(&ssm());
    let terraform = std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .map(|folder| folder.join("terraform"))
        .find(|path| path.is_file())
        .unwrap();
    let bare = tree.path("bare");
    fs_err::create_dir_all(&bare).unwrap();
    let without = |tree: &Tree| {
        let mut command = tree.connect(&["--terraform", terraform.to_str().unwrap(), "--", "true"]);
        command.env("PATH", &bare);
        tree.refused(command)
    };
    insta::assert_snapshot!(without(&tree).1, @r"
    error: the program `aws` is not on PATH
      = note: a port is forwarded by `aws ssm start-session`, which needs `session-manager-plugin`
      = hint: install the AWS CLI, version 2
    ");
    fs_err::copy(tree.path("bin/aws"), bare.join("aws")).unwrap();
    insta::assert_snapshot!(without(&tree).1, @r"
    error: the program `session-manager-plugin` is not on PATH
      = note: a port is forwarded by `aws ssm start-session`, which needs `session-manager-plugin`
      = hint: install the Session Manager plugin for the AWS CLI
    ");
    let taken = TcpListener::bind(("127.0.0.1", tree.port)).unwrap();
    let (code, told) = tree.refused(tree.connect(&["--", "true"]));
    drop(taken);
    assert_eq!(code, 1);
    insta::assert_snapshot!(told, @r"
    error: the port PORT of this machine cannot be taken
      = note: Address already in use (os error 98)
      = hint: another `tfy-infra connect` may have it; give another one with `--port`
    ");
    let (code, told) = tree.refused(tree.connect(&["--", "no-such-program"]));
    assert_eq!(code, 2);
    insta::assert_snapshot!(told, @r"
    error: `no-such-program` cannot be run
      = note: No such file or directory (os error 2)
    ");
}

#[test]
fn a_session_that_fails_says_why() {
    let tree = Tree::applied(&ssm());
    let mut command = tree.connect(&["--", "true"]);
    command.env("AWS_SAYS", "An error occurred (TargetNotConnected) when calling the StartSession operation: i-0123456789abcdef0 is not connected.");
    let (code, told) = tree.refused(command);
    assert_eq!(code, 1);
    insta::assert_snapshot!(told, @r"
    error: the session over `i-0123456789abcdef0` ended
      = note: An error occurred (TargetNotConnected) when calling the StartSession operation: i-0123456789abcdef0 is not connected.
      = hint: Systems Manager does not know the instance as connected: one that was just made needs a minute or two; then look whether it runs, and reaches Systems Manager (NAT, or the endpoints `ssm`, `ssmmessages` and `ec2messages`)
    ");
    // The other end is not this cluster.
    let other = Server::start(FORBIDDEN);
    let mut command = tree.connect(&["--", "true"]);
    command.env("FORWARD_TO", other.address.port().to_string());
    let (code, told) = tree.refused(command);
    assert_eq!(code, 1);
    assert!(told.starts_with("error: what answers at the forwarded port is not the cluster\n"), "{told}");
    assert_eq!(tree.notes().last().map(String::as_str), Some("ended"));
}

#[test]
fn a_platform_with_another_way_or_without_a_cluster_says_so() {
    let tree = Tree::new(&ssm());
    let (code, told) = tree.refused(tree.connect(&["--", "true"]));
    assert_eq!(code, 2);
    insta::assert_snapshot!(told, @r"
    error: the layer `cluster` of `infra` tells of no way to a cluster yet
      = note: it was never applied, or not since the way was chosen
      = hint: apply it first: `tfy-infra apply -d infra --layer cluster`
    ");
    let tree = Tree::applied(&json!({ "vpn": {} }));
    let (code, told) = tree.refused(tree.connect(&[]));
    assert_eq!(code, 2);
    insta::assert_snapshot!(told, @r"
    error: no port is forwarded to this platform: its way is `access.vpn`
      = note: This platform is reached by `access.vpn`: connect the VPN and run the same command again.
      = hint: with a command it is looked whether the API answers: `tfy-infra connect -d infra -- kubectl get nodes`
    ");
    // Its name leads nowhere, so that the command is not even started.
    let (code, told) = tree.refused(tree.connect(&["--", "touch", tree.path("started").to_str().unwrap()]));
    assert_eq!(code, 1);
    assert!(told.contains("Its name does not resolve"), "{told}");
    assert!(told.contains("This platform is reached by `access.vpn`"), "{told}");
    assert!(!tree.path("started").exists());
    // Elsewhere it is reached, and the command runs with a kubeconfig for that.
    let mut command = tree.connect(&["--", "sh", "-c", "grep -q tls-server-name \"$KUBECONFIG\""]);
    command.env("TF_VAR_cluster_address", format!("https://{}", tree.server.address));
    assert_eq!(tree.refused(command), (0, String::new()));
    assert_eq!(tree.notes(), Vec::<String>::new());
}
