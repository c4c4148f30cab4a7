//! The switch by which any test of the modules runs with those of an earlier commit, to be seen to fail on the fault that it was written for.

use std::process::Command;

use acceptance_tests::modules::{EARLIER, GIVEN};
use acceptance_tests::terraform::Run;
use acceptance_tests::{modules, scratch};
use anyhow::{Context as _, Result};
use fs_err as fs;

/// Tells which modules a test has. The next one runs it with the switch.
#[test]
fn modules_of_a_test() -> Result<()> {
    let commit = std::env::var(GIVEN).unwrap_or_default();
    let folder = scratch::folder(&format!("modules-of-a-test-{commit}"))?;
    modules::copy(&folder.join("modules"))?;
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.join("modules"))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    println!("modules: {}", names.join(" "));
    assert!(names.iter().any(|name| name == "database"), "no modules: {names:?}");
    Ok(())
}

fn with(commit: &str) -> Result<Run> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", "--nocapture", "switch::modules_of_a_test"]).env(GIVEN, commit);
    Ok(Run::from(command.output().context("starting this program again")?))
}

#[test]
fn the_environment_says_whose_modules_a_test_has() -> Result<()> {
    let then = with(EARLIER)?;
    let expected = "modules: README.md cluster container-registry database examples existing-cluster existing-network file-system \
                    gateway-identity hcp-identity ingress karpenter network node-group object-store platform-identity \
                    self-hosted-control-plane state-backend workload-identity\n";
    assert!(then.stdout.contains(expected), "{}\n{}", then.stdout, then.stderr);
    assert_eq!(then.code, 0, "{}", then.stderr);

    let unknown = with("0123456789")?;
    assert_eq!(unknown.code, 101, "{}", unknown.stdout);
    let told = unknown.message();
    assert!(told.contains("the commit `0123456789` is not in this clone"), "{told}");
    assert!(told.contains("hint: `git fetch --unshallow` completes a clone"), "{told}");
    Ok(())
}
