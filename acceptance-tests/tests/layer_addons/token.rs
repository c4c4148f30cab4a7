//! The layer where the program `aws` is not there, as on a worker of HCP Terraform: one token of the AWS provider signs in, and is kept nowhere.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use acceptance_tests::terraform::Run;
use acceptance_tests::{Venv, environment, leaks, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use super::alone::{Alone, NAME, RELEASES};
use super::succeeded;

/// How every token of the local AWS begins: that it is one of EKS, and `http://127.0.0.1:` in base64.
const TOKEN: &str = "k8s-aws-v1.aHR0cDovLzEyNy4wLjAuMTo";

#[test]
fn without_the_program_aws_one_token_signs_in_and_is_kept_nowhere() -> Result<()> {
    let folder = scratch::folder("layer-addons-token")?;
    let alone = Alone::start_on_eks(&folder)?;
    let tokens = make_cluster(&alone)?;
    let called = replace_aws(&folder)?;
    let trace = folder.join("trace.log");

    let run = |arguments: &[&str]| -> Result<Run> {
        let mut command = alone.command(arguments)?;
        command.env("TF_VAR_ephemeral_token", "true").env("TF_LOG", "TRACE").env("TF_LOG_PATH", &trace);
        Ok(Run::from(command.output()?))
    };
    let applied = run(&["apply", "--auto-approve", "--layer", "addons", "-d"])?;
    succeeded("apply", &applied)?;
    assert_eq!(alone.in_state()?, RELEASES);
    let planned = run(&["plan", "--detailed-exitcode", "--layer", "addons", "-d"])?;
    succeeded("plan", &planned)?;
    // Leaves a plan file, which is searched too.
    let terraform = alone.terraform()?.with([("TF_VAR_ephemeral_token".to_owned(), "true".to_owned())]);
    let terraform = terraform.with_trace(&folder.join("trace-of-plan.log"));
    ensure!(!terraform.plan()?.has_changes, "a plan of Terraform alone has changes");
    let destroyed = run(&["destroy", "--auto-approve", "--layer", "addons", "-d"])?;
    succeeded("destroy", &destroyed)?;
    assert_eq!(alone.in_cluster()?, []);
    ensure!(!called.exists(), "`aws` was called: {}", fs::read_to_string(&called)?);

    let said = folder.join("said.log");
    fs::write(
        &said,
        [&applied, &planned, &destroyed].map(|run| format!("{}{}", run.stdout, run.stderr)).concat(),
    )?;
    let logs = [trace, folder.join("trace-of-plan.log"), said];
    for log in &logs[..2] {
        ensure!(fs::metadata(log)?.len() > 100_000, "`{}` is no trace", log.display());
    }
    let tree = alone.tree();
    let places: Vec<&Path> = [&tree].into_iter().chain(&logs).map(AsRef::as_ref).collect();
    assert_eq!(leaks::find(&places, &[("token", TOKEN)])?, []);
    // The search finds what it looks for.
    let known = folder.join("known.log");
    fs::write(&known, tokens)?;
    assert_eq!(leaks::find(&[&known], &[("token", TOKEN)])?.len(), 1);
    Ok(())
}

/// The EKS cluster in the local AWS, whose creator is its administrator. Gives a token of that one.
fn make_cluster(alone: &Alone) -> Result<String> {
    let mut command = Command::new(Venv::local_aws()?.program("python"));
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kubernetes/sign_in.py")).arg(NAME);
    environment::scrub(&mut command);
    command.envs(alone.aws().environment().iter().map(|(name, value)| (name, value)));
    let run = Run::from(command.output()?);
    ensure!(run.code == 0, "{}", run.stderr);
    let people: Value = serde_json::from_str(&run.stdout)?;
    Ok(people["tokens"]["admin"].as_str().context("no token")?.to_owned())
}

/// An `aws` that fails, and leaves the file that is given when somebody calls it.
fn replace_aws(folder: &Path) -> Result<std::path::PathBuf> {
    let (program, called) = (folder.join("bin/aws"), folder.join("aws-was-called"));
    fs::write(&program, format!("#!/bin/sh\necho \"$@\" >> '{}'\nexit 1\n", called.display()))?;
    fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
    Ok(called)
}
