//! The vendor's own SDK and command line against the sandbox: it must be what they expect of a control plane.

use std::process::Command;

use acceptance_tests::{Binaries, Sandbox, Venv, environment, repository, scratch};
use anyhow::{Context as _, Result};

#[test]
fn sdk_and_cli_work_against_the_sandbox() -> Result<()> {
    let folder = scratch::folder("real-clients")?;
    let sandbox = Sandbox::start(&Binaries::build()?, &folder.join("sandbox.log"))?;
    let venv = Venv::real_clients()?;
    let mut command = Command::new(venv.program("python"));
    command.arg(repository::root().join("acceptance-tests/clients/real_clients.py")).current_dir(&folder);
    environment::scrub(&mut command);
    // The command line keeps a session in the home folder.
    command.env("HOME", &folder).envs(sandbox.environment());
    let output = command.output().context("starting Python")?;
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "real_clients.py failed:\n{stdout}\n{stderr}");
    Ok(())
}
