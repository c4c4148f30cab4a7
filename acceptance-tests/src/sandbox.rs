//! The sandbox control plane, as one process on loopback.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::server::Server;
use crate::{Binaries, environment, http};

/// The tenant of every sandbox that the harness starts.
pub const TENANT: &str = "demo";

/// A running sandbox; dropping it ends it and forgets what it held.
#[derive(Debug)]
pub struct Sandbox {
    server: Server,
    host: String,
    api_key: String,
    program: std::path::PathBuf,
}

impl Sandbox {
    /// Starts one on a free port with a new API key, its log in the given file.
    ///
    /// # Errors
    /// When the server does not come up.
    pub fn start(binaries: &Binaries, log: &Path) -> Result<Self> {
        let api_key = new_secret("tfy_");
        let mut command = Command::new(&binaries.sandbox);
        command.args(["serve", "--listen", "127.0.0.1:0", "--tenant", TENANT, "--until-stdin-closes"]);
        environment::scrub(&mut command);
        command.env("TFY_SANDBOX_API_KEY", &api_key);
        let server = Server::start(command, log).context("the sandbox control plane")?;
        let host = server.ready_text("host")?;
        Ok(Self { server, host, api_key, program: binaries.sandbox.clone() })
    }

    /// Ends it: from now on the control plane is down.
    pub fn end(&mut self) {
        self.server.end();
    }

    /// Base address, what `TFY_HOST` is set to.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What `TFY_API_KEY` is set to.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The variables that point the provider and the real clients at it.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        vec![("TFY_HOST".into(), self.host.clone()), ("TFY_API_KEY".into(), self.api_key.clone())]
    }

    /// Where its log is.
    #[must_use]
    pub fn log(&self) -> &Path {
        self.server.log()
    }

    /// What it holds, by kind.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn inventory(&self) -> Result<Value> {
        self.get("/_sandbox/inventory")
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn reset(&self) -> Result<()> {
        self.post("/_sandbox/reset", None).map(drop)
    }

    /// Makes requests fail or wait; the sandbox's own documentation has the form.
    ///
    /// # Errors
    /// When the server refuses the faults.
    pub fn faults(&self, faults: &Value) -> Result<()> {
        self.post("/_sandbox/faults", Some(faults)).map(drop)
    }

    /// Switches behaviours of the control plane on and off; the sandbox's own documentation names them.
    ///
    /// # Errors
    /// When the server does not know one.
    pub fn switches(&self, switches: &Value) -> Result<()> {
        self.request("PATCH", "/_sandbox/switches", Some(switches)).map(drop)
    }

    /// `GET` with the API key.
    ///
    /// # Errors
    /// When the answer is not 2xx with JSON.
    pub fn get(&self, path: &str) -> Result<Value> {
        let bearer = format!("Bearer {}", self.api_key);
        http::get(&format!("{}{path}", self.host), &[("authorization", bearer.as_str())])
    }

    /// `POST` with the API key.
    ///
    /// # Errors
    /// When the answer is not 2xx with JSON.
    pub fn post(&self, path: &str, body: Option<&Value>) -> Result<Value> {
        let bearer = format!("Bearer {}", self.api_key);
        http::post(&format!("{}{path}", self.host), &[("authorization", bearer.as_str())], body)
    }

    /// Any request with the API key, such as a change made behind Terraform's back.
    ///
    /// # Errors
    /// When the answer is not 2xx with JSON.
    pub fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let bearer = format!("Bearer {}", self.api_key);
        let url = format!("{}{path}", self.host);
        let answer = http::send(method, &url, &[("authorization", bearer.as_str())], body)?;
        ensure!(
            (200..300).contains(&answer.status),
            "{method} {url}: status {}: {}",
            answer.status,
            answer.body
        );
        Ok(answer.body)
    }

    /// Lets an agent of a cluster dial in once with its token. Gives whether the cluster is connected then.
    ///
    /// # Errors
    /// When the token is refused.
    pub fn connect_agent(&self, cluster: &str, token: &str) -> Result<bool> {
        let mut command = Command::new(&self.program);
        command.args(["agent", "--host", &self.host, "--cluster", cluster, "--once"]);
        environment::scrub(&mut command);
        command.env("CLUSTER_TOKEN", token);
        let output = command.output().with_context(|| format!("starting `{}`", self.program.display()))?;
        ensure!(
            output.status.success(),
            "the agent of cluster `{cluster}` was refused: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        let told: Value = serde_json::from_slice(&output.stdout).context("the agent did not print JSON")?;
        Ok(told["connected"].as_bool().unwrap_or(false))
    }
}

/// A value that stands nowhere else, so that it can be searched for. Good enough for a server on loopback.
#[must_use]
pub fn new_secret(prefix: &str) -> String {
    // Each `RandomState` has keys from the operating system.
    let random = || RandomState::new().build_hasher().finish();
    format!("{prefix}{:016x}{:016x}", random(), random())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ() {
        let (one, other) = (new_secret("tfy_"), new_secret("tfy_"));
        assert!(one.starts_with("tfy_") && one.len() == 36);
        assert_ne!(one, other);
    }
}
