//! The program: its one line, its end, its errors.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::common::{KEY, account, ask_text, cluster, environment};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tfy-sandbox");

/// A running `tfy-sandbox serve`, ended with its standard input at the latest.
struct Served {
    child: Child,
    host: String,
    line: Value,
}

impl Served {
    fn start() -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0", "--tenant", "acme", "--until-stdin-closes"])
            .env("TFY_SANDBOX_API_KEY", KEY)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        Self { child, host: line["host"].as_str().unwrap().to_owned(), line }
    }

    fn put(&self, collection: &str, manifest: &Value) {
        let path = format!("/api/svc/v1/{collection}");
        let (status, text) = ask_text(&self.host, KEY, "PUT", &path, &json!({"manifest": manifest})).unwrap();
        assert_eq!(status, 200, "{text}");
    }

    fn read(&self, path: &str) -> Value {
        let (_, text) =
            ask_text(&self.host, KEY, "GET", &format!("/api/svc/v1/{path}"), &Value::Null).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Waits for the end; answers whether it was a success, and what else was printed.
    fn ended(mut self) -> (bool, String, String) {
        let start = Instant::now();
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if start.elapsed() > Duration::from_secs(20) => {
                    self.child.kill().unwrap();
                    panic!("it did not end");
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        let (mut out, mut err) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (status.success(), out, err)
    }
}

fn agent(host: &str, token: &str, more: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["agent", "--host", host, "--cluster", "prod"]).args(more).env("CLUSTER_TOKEN", token);
    command
}

fn error(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn it_prints_one_line_and_ends_with_its_input() {
    let mut served = Served::start();
    assert_eq!(served.line, json!({"host": served.host, "tenant": "acme"}));
    assert!(served.host.starts_with("http://127.0.0.1:"));
    assert_eq!(served.read("tenant-id")["tenantName"], "acme");
    drop(served.child.stdin.take());
    let (success, out, err) = served.ended();
    assert!(success && out.is_empty(), "{out}{err}");
    assert!(err.contains("/api/svc/v1/tenant-id") && !err.contains(KEY), "{err}");
}

#[test]
fn it_ends_on_a_signal() {
    for name in ["-TERM", "-INT"] {
        let served = Served::start();
        let pid = served.child.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
        let (success, _, err) = served.ended();
        assert!(success, "{name}: {err}");
    }
}

#[test]
fn without_a_key_it_says_what_to_set() {
    let output = Command::new(PROGRAM).arg("serve").env_remove("TFY_SANDBOX_API_KEY").output().unwrap();
    let error = error(&output);
    assert!(error.contains("error: the API key is empty\nhint: set `TFY_SANDBOX_API_KEY`"), "{error}");
}

#[test]
fn an_agent_connects_its_cluster_while_it_runs_or_for_good() {
    let served = Served::start();
    served.put("environments", &environment("staging"));
    let mut main = account("main");
    main["auth_data"] = Value::Null;
    served.put("provider-accounts", &main);
    let mut prod = cluster("prod");
    for field in ["default_registry_fqn", "workflow_storage_integration_fqn", "cluster_integration_fqn"] {
        prod[field] = Value::Null;
    }
    served.put("clusters", &prod);
    let token = served.read("cluster/prod/token")["clusterToken"].as_str().unwrap().to_owned();
    let refused = error(&agent(&served.host, "guessed", &["--once"]).output().unwrap());
    assert!(refused.contains("answered 401") && !refused.contains("guessed"), "{refused}");

    let mut running = agent(&served.host, &token, &[]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(running.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "{\"cluster\":\"prod\",\"connected\":true}\n");
    assert_eq!(served.read("clusters/prod/is-connected"), json!({"isConnected": true}));
    assert!(Command::new("kill").arg(running.id().to_string()).status().unwrap().success());
    assert!(running.wait().unwrap().success());

    let output = agent(&served.host, &token, &["--once"]).output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "{\"cluster\":\"prod\",\"connected\":true}\n");
    let nobody = error(&agent("http://127.0.0.1:9", &token, &["--once"]).output().unwrap());
    assert!(nobody.contains("hint:"), "{nobody}");
}
