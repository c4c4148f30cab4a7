//! The vendor's own SDK and command line against the sandbox: it must be what they expect of a control plane.

use std::process::Command;

use acceptance_tests::{Binaries, Sandbox, Venv, environment, repository, scratch};
use anyhow::{Context as _, Result};
use serde_json::json;

#[test]
fn the_sdk_works_against_the_sandbox() -> Result<()> {
    checks("sdk")
}

#[test]
fn the_command_line_works_against_the_sandbox() -> Result<()> {
    checks("cli")
}

/// Runs the checks with one of the two clients, against a sandbox of their own.
fn checks(client: &str) -> Result<()> {
    let folder = scratch::folder(&format!("real-clients-{client}"))?;
    let sandbox = Sandbox::start(&Binaries::build()?, &folder.join("sandbox.log"))?;
    // A device login is not approved at once, so that the command line has to ask again.
    sandbox.post("/_sandbox/switches", Some(&json!({"login_after": 2})))?;
    let venv = Venv::real_clients()?;
    let mut command = Command::new(venv.program("python"));
    command.arg(repository::root().join("acceptance-tests/clients/real_clients.py"));
    command.args(["--only", client]).current_dir(&folder);
    environment::scrub(&mut command);
    // The command line keeps a session in the home folder.
    command.env("HOME", &folder).envs(sandbox.environment());
    let output = command.output().context("starting Python")?;
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "real_clients.py failed:\n{stdout}\n{stderr}");
    Ok(())
}
