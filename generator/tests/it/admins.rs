//! Who enters a new cluster for which nobody is listed: by flag, by the variable, or asked; and never once that is decided.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::run_layers::interrupts::terminal;
use crate::support::{Output, cli_config, require_terraform, tfy_infra};

/// As it is generated, with nobody asked of AWS.
const CLUSTER: &str = r#"
terraform {
  backend "local" {
    path = "terraform.tfstate"
  }
}

variable "caller_is_admin" {
  type    = bool
  default = null
}

resource "terraform_data" "deployer" {
  input = var.caller_is_admin == true ? "arn:aws:iam::123456789012:role/me" : null

  lifecycle {
    ignore_changes = [input]

    postcondition {
      condition     = self.input != null
      error_message = "Nobody could enter the cluster: it lists nobody."
    }
  }
}

output "deployer" {
  value = terraform_data.deployer.output
}
"#;

struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Self {
        require_terraform();
        let tree = Self(tempfile::tempdir().unwrap());
        let manifest = json!({
            "format": 2, "generator": "test", "files": {}, "inputs": { "cluster": { "create": { "admins": [] } } },
            "layers": [{ "name": "cluster", "reads": [], "modules": [] }],
        });
        for (name, text) in
            [(".tfy-infra/manifest.json", manifest.to_string().as_str()), ("cluster/main.tf", CLUSTER)]
        {
            let path = tree.0.path().join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        tree
    }

    fn run(&self, command: &str, more: &[&str]) -> Output {
        let dir = self.0.path().to_str().unwrap();
        tfy_infra(Path::new("/"), &[&[command, "-d", dir], more].concat())
    }

    /// An apply on a terminal, where each question is answered; what stood there, and the exit code.
    fn answered(&self, answers: &str) -> (i32, String) {
        let (ours, theirs) = terminal();
        let mut child = Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
            .args(["apply", "-d"])
            .arg(self.0.path())
            .env("TF_CLI_CONFIG_FILE", cli_config())
            .stdin(theirs)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        assert_eq!(rustix::io::write(&ours, answers.as_bytes()).unwrap(), answers.len());
        let mut told = String::new();
        child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        (child.wait().unwrap().code().unwrap(), told)
    }

    fn is_applied(&self) -> bool {
        self.0.path().join("cluster/terraform.tfstate").exists()
    }
}

#[test]
fn a_cluster_that_nobody_could_enter_is_refused_before_it_is_planned() {
    let tree = Tree::new();
    let out = tree.run("apply", &["--auto-approve"]);
    assert_eq!(out.code, 1);
    let told =
        out.stderr.lines().take_while(|line| !line.starts_with("cluster")).collect::<Vec<_>>().join("\n");
    assert!(
        told.contains("error: layer `cluster`: nobody could enter the cluster that would be made"),
        "{}",
        out.stderr
    );
    assert!(told.contains("cluster.create.admins") && told.contains("`--caller-is-admin`"), "{}", out.stderr);
    assert!(!tree.is_applied());
    // Of a plan the generated code says it.
    let out = tree.run("plan", &[]);
    assert_eq!(out.code, 1);
    let hint = "hint: list roles in `cluster.create.admins` of platform.yaml and generate, or give `--caller-is-admin`";
    assert!(
        out.stderr.contains("Nobody could enter the cluster") && out.stderr.contains(hint),
        "{}",
        out.stderr
    );
    assert_eq!(tree.run("plan", &["--caller-is-admin"]).code, 0);
}

#[test]
fn who_is_entered_once_is_not_asked_again() {
    let tree = Tree::new();
    assert_eq!(tree.run("apply", &["--auto-approve", "--caller-is-admin"]).code, 0);
    for flags in [&["--detailed-exitcode"][..], &["--detailed-exitcode", "--caller-is-admin"]] {
        assert_eq!(tree.run("plan", flags).code, 0, "{flags:?}");
    }
    let out = tree.run("apply", &["--auto-approve"]);
    assert_eq!(out.code, 0, "{}", out.stderr);
    let (code, told) = tree.answered("");
    assert_eq!((code, told.contains("administrator")), (0, false), "{told}");
    // A cluster that is made anew is asked for anew.
    assert_eq!(tree.run("destroy", &["--auto-approve"]).code, 0);
    assert_eq!(tree.run("apply", &["--auto-approve"]).code, 1);
}

#[test]
fn on_a_terminal_it_is_asked() {
    let tree = Tree::new();
    let question = "Make the identity of the AWS credentials an administrator of the new cluster? Only `yes` is taken as yes: ";
    let (code, told) = tree.answered("no\n");
    assert!(told.contains(question), "{told}");
    assert_eq!((code, tree.is_applied()), (1, false), "{told}");
    let (code, told) = tree.answered("yes\nyes\n");
    assert!(told.contains(question), "{told}");
    assert_eq!((code, tree.is_applied()), (0, true), "{told}");
}
