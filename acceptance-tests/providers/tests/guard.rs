//! A `helm` ends with the provider that started it, also where that is killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The letter of a process's state; none where it is gone.
fn state(process: &str) -> Option<char> {
    let text = fs_err::read_to_string(format!("/proc/{process}/stat")).ok()?;
    text.rsplit_once(") ")?.1.chars().next()
}

#[test]
fn helm_is_killed_with_its_provider() {
    let program = env!("CARGO_BIN_EXE_terraform-provider-helm");
    // The shell stands for the provider, and `sleep` for `helm`.
    let script = format!("{program:?} --guard-helm $$ sleep 300 & echo $!; wait");
    let mut provider = Command::new("sh").args(["-c", &script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut helm = String::new();
    BufReader::new(provider.stdout.take().unwrap()).read_line(&mut helm).unwrap();
    let (helm, start) = (helm.trim(), Instant::now());
    let name = || fs_err::read_to_string(format!("/proc/{helm}/comm")).unwrap_or_default();
    while name().trim() != "sleep" {
        assert!(start.elapsed() < Duration::from_secs(30), "it became `{}` and not `sleep`", name().trim());
        std::thread::sleep(Duration::from_millis(20));
    }
    provider.kill().unwrap();
    provider.wait().unwrap();
    // Where nobody takes its exit code it stays, dead.
    while state(helm).is_some_and(|state| state != 'Z') {
        assert!(start.elapsed() < Duration::from_secs(60), "it goes on");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn nothing_is_started_for_a_provider_that_has_ended_already() {
    let program = env!("CARGO_BIN_EXE_terraform-provider-helm");
    let output = Command::new(program).args(["--guard-helm", "1", "echo", "started"]).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &[][..]));
}

#[test]
fn a_program_that_is_not_there_ends_as_in_a_shell() {
    let program = env!("CARGO_BIN_EXE_terraform-provider-helm");
    let own = std::process::id().to_string();
    let status = Command::new(program).args(["--guard-helm", &own, "/nowhere/helm"]).status().unwrap();
    assert_eq!(status.code(), Some(127));
}
