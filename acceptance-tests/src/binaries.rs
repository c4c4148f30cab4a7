//! The programs under test: as the tests build them, or as they are shipped.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{environment, repository};

/// Set by `cargo xtask test` to the folder of the programs it has built, so that not every test asks Cargo.
pub const FOLDER: &str = "ACCEPTANCE_TESTS_BINARIES";

const PROVIDER: &str = "terraform-provider-truefoundry";
const GENERATOR: &str = "tfy-infra";
const SANDBOX: &str = "tfy-sandbox";

/// Cargo's profile of the tests: everything in one build, and without the link-time optimisation of what is shipped.
pub const TESTED: &str = "ci";
/// Cargo's profile of what is shipped.
pub const SHIPPED: &str = "release";
/// That of the shipped `tfy-infra`.
pub const SHIPPED_CLI: &str = "shipped-cli";

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Binaries {
    /// `terraform-provider-truefoundry`.
    pub provider: PathBuf,
    /// `tfy-infra`.
    pub generator: PathBuf,
    /// `tfy-sandbox`.
    pub sandbox: PathBuf,
}

impl Binaries {
    /// Builds all programs for tests, Cargo's progress on standard error. Quick when nothing changed.
    ///
    /// # Errors
    /// When Cargo fails.
    pub fn build() -> Result<Self> {
        // With some packages only, Cargo would build their dependencies anew, with fewer features than the tests need.
        Self::with_profile(TESTED, &["--workspace", "--bins"])
    }

    /// Builds the three programs as they are shipped, and with them what a demo needs of the tests' own.
    ///
    /// # Errors
    /// When Cargo fails.
    pub fn shipped() -> Result<Self> {
        if let Some(folder) = std::env::var_os(FOLDER) {
            return Self::in_folder(Path::new(&folder));
        }
        let packages = [PROVIDER, SANDBOX, "provider-doubles", "test-cluster"];
        let arguments: Vec<&str> =
            packages.iter().flat_map(|package| ["-p", package]).chain(["--bins"]).collect();
        let built = cargo(SHIPPED, &arguments)?;
        let (provider, sandbox) = (built.program(PROVIDER)?, built.program(SANDBOX)?);
        // One folder has all of them.
        let generator = provider.with_file_name(GENERATOR);
        let alone = cargo(SHIPPED_CLI, &["-p", GENERATOR, "--bins"])?.program(GENERATOR)?;
        fs_err::copy(alone, &generator)?;
        Ok(Self { provider, generator, sandbox })
    }

    fn with_profile(profile: &str, packages: &[&str]) -> Result<Self> {
        if let Some(folder) = std::env::var_os(FOLDER) {
            return Self::in_folder(Path::new(&folder));
        }
        let built = cargo(profile, packages)?;
        let find = |name: &str| built.program(name);
        Ok(Self { provider: find(PROVIDER)?, generator: find(GENERATOR)?, sandbox: find(SANDBOX)? })
    }

    /// The folder that all of them are in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.provider.parent().unwrap_or(Path::new("."))
    }

    /// Another program of the same build.
    ///
    /// # Errors
    /// When it is missing.
    pub fn other(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder().join(name);
        if !path.is_file() {
            bail!(
                "`{}` is missing\nhint: run `cargo build --workspace --bins --profile {TESTED}`",
                path.display()
            );
        }
        Ok(path)
    }

    /// Those that a build of the whole workspace with the tests' profile has left.
    ///
    /// # Errors
    /// When one is missing.
    pub fn built() -> Result<Self> {
        Self::in_folder(&repository::target().join(TESTED))
    }

    fn in_folder(folder: &Path) -> Result<Self> {
        let find = |name: &str| {
            let path = folder.join(name);
            if path.is_file() {
                Ok(path)
            } else {
                bail!("`{}` is missing\nhint: build it, or unset `{FOLDER}`", path.display())
            }
        };
        Ok(Self { provider: find(PROVIDER)?, generator: find(GENERATOR)?, sandbox: find(SANDBOX)? })
    }
}

/// What a build said.
struct Messages(String);

impl Messages {
    fn program(&self, name: &str) -> Result<PathBuf> {
        executable(&self.0, name).with_context(|| format!("Cargo built no `{name}`"))
    }
}

fn cargo(profile: &str, packages: &[&str]) -> Result<Messages> {
    let output = environment::cargo()
        .args(["build", "--profile", profile, "--locked", "--message-format=json-render-diagnostics"])
        .args(packages)
        .current_dir(repository::root())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("starting `cargo`")?;
    if !output.status.success() {
        bail!("`cargo build --profile {profile}` failed\nhint: its messages are above");
    }
    Ok(Messages(String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// The path of one program in Cargo's JSON messages.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).find_map(|message| {
        let is_it = message["reason"] == "compiler-artifact" && message["target"]["name"] == name;
        is_it.then(|| message["executable"].as_str().map(PathBuf::from)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_in_cargos_messages() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"serde"},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"tfy-infra"},"executable":"/t/release/tfy-infra"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        assert_eq!(executable(messages, "tfy-infra"), Some(PathBuf::from("/t/release/tfy-infra")));
        assert_eq!(executable(messages, "serde"), None);
        assert_eq!(executable(messages, "tfy-sandbox"), None);
    }
}
