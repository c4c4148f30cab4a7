//! What a child process may see of the user's environment.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::repository;

/// Variables that would point a child at a real account or cluster, change what Terraform or Helm does, or change what our
/// programs log. `CLUSTER_TOKEN` is the agent's token.
const PREFIXES: [&str; 9] =
    ["AWS_", "TFC_", "TF_", "TFY_", "TRUEFOUNDRY_", "CLUSTER_TOKEN", "HELM_", "KUBE_", "KUBECONFIG"];

/// Takes everything out of a child's environment that could reach a real account or a real control plane, and
/// keeps its calls to loopback away from proxies.
pub fn scrub(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if is_unwanted(&name) {
            command.env_remove(&name);
        }
    }
    // What Python compiles is kept, and not beside its sources: to compile everything anew is most of a program's start.
    command.env_remove("PYTHONDONTWRITEBYTECODE");
    command.env("PYTHONPYCACHEPREFIX", repository::target().join("python"));
    // What `tfy-infra` says of versions in support must not depend on the day of a run.
    command.env("TFY_TODAY", "2026-11-29");
    // Credentials and settings in the user's home would be read otherwise.
    command.env("AWS_CONFIG_FILE", "/dev/null");
    command.env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    for name in ["NO_PROXY", "no_proxy"] {
        command.env(name, loopback_too(std::env::var(name).ok().as_deref()));
    }
}

/// `cargo`, without the variables that Cargo sets for the program it runs, which is us: some build scripts are run
/// again when those change, so that a build inside `cargo xtask` would never be up to date.
#[must_use]
pub fn cargo() -> Command {
    cargo_as(Path::new(&std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())))
}

/// As [`cargo`], for another program that calls Cargo.
#[must_use]
pub fn cargo_as(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_the_running_package) {
            command.env_remove(&name);
        }
    }
    command
}

fn is_of_the_running_package(name: &str) -> bool {
    const NAMES: [&str; 5] =
        ["CARGO_CRATE_NAME", "CARGO_BIN_NAME", "CARGO_PRIMARY_PACKAGE", "CARGO_TARGET_TMPDIR", "OUT_DIR"];
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || NAMES.contains(&name)
}

fn is_unwanted(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    name == "RUST_LOG" || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn loopback_too(given: Option<&str>) -> String {
    match given {
        Some(hosts) if !hosts.is_empty() => format!("{hosts},127.0.0.1,localhost"),
        _ => "127.0.0.1,localhost".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_and_settings_are_unwanted() {
        for name in [
            "AWS_PROFILE",
            "TF_LOG",
            "TF_CLI_CONFIG_FILE",
            "TFY_API_KEY",
            "CLUSTER_TOKEN",
            "RUST_LOG",
            "HELM_NAMESPACE",
            "KUBE_CONFIG_PATH",
            "KUBECONFIG",
        ] {
            assert!(is_unwanted(OsStr::new(name)), "{name}");
        }
        for name in ["PATH", "HOME", "PIP_CERT", "CARGO_TARGET_DIR", "KUBEBUILDER_ASSETS"] {
            assert!(!is_unwanted(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn the_running_package_is_not_passed_on() {
        for name in ["CARGO_PKG_VERSION", "CARGO_MANIFEST_DIR", "CARGO_CRATE_NAME"] {
            assert!(is_of_the_running_package(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_BUILD_JOBS", "RUSTFLAGS"] {
            assert!(!is_of_the_running_package(name), "{name}");
        }
    }

    #[test]
    fn what_python_compiles_is_kept_below_the_build_directory() {
        let mut command = Command::new("python3");
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        scrub(&mut command);
        let told =
            |name: &str| command.get_envs().find(|(given, _)| *given == name).and_then(|(_, value)| value);
        assert_eq!(told("PYTHONDONTWRITEBYTECODE"), None);
        assert_eq!(told("PYTHONPYCACHEPREFIX"), Some(repository::target().join("python").as_os_str()));
    }

    #[test]
    fn proxies_are_kept_for_other_hosts() {
        assert_eq!(loopback_too(Some("corp.example")), "corp.example,127.0.0.1,localhost");
        assert_eq!(loopback_too(None), "127.0.0.1,localhost");
    }
}
