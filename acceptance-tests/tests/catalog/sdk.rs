//! The vendor's own models of manifests, in one Python process for all checks: they take seconds to load.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use acceptance_tests::{Venv, environment, repository};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// The process with the models, ended when dropped.
pub(crate) struct Sdk {
    process: Child,
    /// One question at a time.
    streams: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Sdk {
    pub(crate) fn start() -> Result<Self> {
        let mut command = Command::new(Venv::real_clients()?.program("python"));
        command.arg(repository::root().join("acceptance-tests/clients/parse_manifests.py"));
        environment::scrub(&mut command);
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("starting Python")?;
        let (input, output) = (process.stdin.take(), process.stdout.take());
        let streams =
            (input.context("no standard input")?, BufReader::new(output.context("no standard output")?));
        Ok(Self { process, streams: Mutex::new(streams) })
    }

    /// Expects that the models understand every one of these manifests, and that there is one.
    pub(crate) fn parse(&self, manifests: &Value) -> Result<()> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(streams.0, "{manifests}")?;
        streams.0.flush()?;
        let mut line = String::new();
        ensure!(streams.1.read_line(&mut line)? > 0, "the vendor's models ended without an answer");
        let told: Value =
            serde_json::from_str(&line).with_context(|| format!("the models answered `{line}`"))?;
        let problems = told["problems"].as_array().with_context(|| format!("no `problems` in {told}"))?;
        ensure!(problems.is_empty(), "the vendor's models do not understand: {problems:#?}");
        ensure!(told["manifests"].as_u64() > Some(0), "the control plane holds no manifest");
        Ok(())
    }
}

impl Drop for Sdk {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
