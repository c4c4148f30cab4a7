//! Signals to single processes, by their id.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// Sends a signal, `INT` or `KILL`, to one process.
///
/// # Errors
/// When the process is gone or `kill` is missing.
pub fn send(pid: u32, signal: &str) -> Result<()> {
    let status = Command::new("kill")
        .arg(format!("-{signal}"))
        .arg(pid.to_string())
        .status()
        .context("starting `kill`")?;
    ensure!(status.success(), "`kill -{signal} {pid}` failed");
    Ok(())
}

/// Whether the process runs.
#[must_use]
pub fn is_alive(pid: u32) -> bool {
    Command::new("kill").arg("-0").arg(pid.to_string()).output().is_ok_and(|output| output.status.success())
}
