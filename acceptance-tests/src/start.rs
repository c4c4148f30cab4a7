//! A provider process as Terraform starts it, as far as its first line: how long that takes, and how much memory.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use crate::environment;

/// A client certificate of the kind that Terraform sends: P-521, signed by itself. Its key was thrown away; the
/// provider only has to read it to start.
const CLIENT_CERTIFICATE: &str = include_str!("client_certificate.pem");
/// What tells a plugin that Terraform starts it, and not a person.
const MAGIC_COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// One start.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// From the start of the process to its handshake line.
    pub time: Duration,
    /// Resident memory after that line, in KiB; `None` where there is no `/proc`.
    pub memory: Option<u64>,
}

/// Starts the provider, waits for its handshake line and ends it.
///
/// # Errors
/// When it does not start, or its first line is no handshake.
pub fn provider(program: &Path) -> Result<Start> {
    let mut command = Command::new(program);
    environment::scrub(&mut command);
    command
        .env("TF_PLUGIN_MAGIC_COOKIE", MAGIC_COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
        .env("PLUGIN_CLIENT_CERT", CLIENT_CERTIFICATE)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let begin = Instant::now();
    let mut child = command.spawn().with_context(|| format!("starting `{}`", program.display()))?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    let start = Start { time: begin.elapsed(), memory: resident(child.id()) };
    child.kill()?;
    child.wait()?;
    ensure!(line.split('|').count() >= 5, "the provider's first line is no handshake: `{}`", line.trim());
    Ok(start)
}

fn resident(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
}
