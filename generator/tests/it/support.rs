//! Runs the built program as a user would.

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

/// Runs `tfy-infra` in a directory, without a terminal.
pub(crate) fn tfy_infra(dir: &Path, args: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
        .args(args)
        .current_dir(dir)
        .env("TF_CLI_CONFIG_FILE", cli_config())
        .stdin(Stdio::null())
        .output()
        .unwrap();
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
