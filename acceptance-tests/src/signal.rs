//! Signals to processes that the harness has started, by their id.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// Ends one process at once, as a machine that fails would.
///
/// # Errors
/// When the process is gone or `kill` is missing.
pub fn kill(pid: u32) -> Result<()> {
    send("KILL", &pid.to_string())
}

/// Stops one process: it is there, and does nothing until it may go on.
///
/// # Errors
/// As [`kill`].
pub fn stop(pid: u32) -> Result<()> {
    send("STOP", &pid.to_string())
}

/// Lets a process go on that was stopped.
///
/// # Errors
/// As [`kill`].
pub fn go_on(pid: u32) -> Result<()> {
    send("CONT", &pid.to_string())
}

/// Interrupts all processes of a group, as Ctrl-C on a terminal does. The group is named by its first process.
///
/// # Errors
/// As [`kill`].
pub fn interrupt_group(first: u32) -> Result<()> {
    send("INT", &format!("-{first}"))
}

fn send(signal: &str, whom: &str) -> Result<()> {
    let output = Command::new("kill").args(["-s", signal, "--", whom]).output().context("starting `kill`")?;
    ensure!(
        output.status.success(),
        "`kill -s {signal} -- {whom}`: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};

    #[test]
    fn a_process_is_killed() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        kill(child.id()).unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
    }

    #[test]
    fn a_group_is_interrupted() {
        let mut child = Command::new("sleep").arg("60").process_group(0).spawn().unwrap();
        interrupt_group(child.id()).unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(2));
    }
}
