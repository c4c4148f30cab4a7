//! Runs the built program as a user would.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// Exit code and both outputs, for snapshots.
    pub(crate) fn shown(&self) -> String {
        format!("exit code: {}\n----- stdout\n{}----- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

/// The day of all tests that say no other.
pub(crate) const TODAY: &str = "2026-11-29";

/// Runs `tfy-infra` in a directory, without a terminal.
pub(crate) fn tfy_infra(dir: &Path, args: &[&str]) -> Output {
    tfy_infra_with(dir, args, &[])
}

/// As [`tfy_infra`], with more variables.
pub(crate) fn tfy_infra_with(dir: &Path, args: &[&str], variables: &[(&str, &str)]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
        .args(args)
        .envs(variables.iter().copied())
        .current_dir(dir)
        .env("TF_CLI_CONFIG_FILE", cli_config())
        .env("TFY_TODAY", TODAY)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Output {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs `tfy-infra` in a directory, with this on its standard input.
pub(crate) fn tfy_infra_given(dir: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that has read enough closes it.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Output {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Fails, and says what to install, when there is no `terraform`.
pub(crate) fn require_terraform() {
    let found = Command::new("terraform").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(
        found.is_ok_and(|s| s.success()),
        "this test runs the real `terraform`: install Terraform 1.11 or newer"
    );
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// An empty configuration for the Terraform CLI: what the machine's user configured must not matter.
pub(crate) fn cli_config() -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("terraform.rc");
    fs_err::write(&path, "disable_checkpoint = true\n").unwrap();
    path
}

/// A small spec, with nothing to warn of.
pub(crate) const SPEC: &str = "version: 1
name: acme-dev
aws: { account: \"123456789012\", region: us-east-1 }
cluster:
  create:
    version: \"1.35\"
    endpoint: { public_from: [203.0.113.0/24] }
    admins: [\"arn:aws:iam::123456789012:role/admin\"]
truefoundry: {}
";

/// A spec and the directory that is generated from it.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.spec(SPEC);
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn spec(&self, text: &str) {
        fs_err::write(self.path().join("platform.yaml"), text).unwrap();
    }

    pub(crate) fn generate(&self) -> Output {
        tfy_infra(self.path(), &["generate", "-o", "out"])
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs_err::read_to_string(self.path().join("out").join(file)).unwrap()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path().join("out").join(file);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    /// Names and texts of all files in the output but its lock.
    pub(crate) fn all(&self) -> Vec<(String, Vec<u8>)> {
        fn walk(folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
            for entry in fs_err::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, files);
                } else {
                    files.push((path.display().to_string(), fs_err::read(&path).unwrap()));
                }
            }
        }
        let mut files = Vec::new();
        walk(&self.path().join("out"), &mut files);
        files.sort();
        files.retain(|(name, _)| !name.ends_with(".tfy-infra/lock"));
        files
    }
}
