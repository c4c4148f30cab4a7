//! The real AWS provider, started once for many commands of Terraform, which attach to it.
//!
//! Terraform starts a provider two to five times for each command, and the start of the AWS provider takes over a second of
//! processor time. A process that is attached to keeps one configuration, the last that it was given, so this is for one
//! folder whose `provider` block does not change, and one command at a time. What is to be shown as a user would see it, the
//! demo and the generated layers, starts its providers as Terraform does.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use fs_err as fs;

use crate::environment;

const ATTACH: &str = "TF_REATTACH_PROVIDERS";
/// What Terraform puts before the address of a provider.
const REGISTRY: &str = "registry.terraform.io/";

/// A running AWS provider; dropping it ends it.
#[derive(Debug)]
pub struct Attached {
    process: Child,
    /// What makes Terraform attach to it.
    invitation: String,
    /// Kept open: the provider ends when it prints to nobody.
    output: BufReader<ChildStdout>,
}

impl Attached {
    /// Starts the AWS provider that `terraform init` has installed in a folder, its log in the given file, with these
    /// variables of the local AWS, if it is to reach that.
    ///
    /// # Errors
    /// When there is no provider, or it does not say how to attach to it.
    pub fn aws(initialised: &Path, log: &Path, variables: &[(String, String)]) -> Result<Self> {
        let program = installed(&initialised.join(".terraform/providers"))
            .with_context(|| format!("no AWS provider is installed in `{}`", initialised.display()))?;
        let mut command = Command::new(&program);
        environment::scrub(&mut command);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.arg("-debug").stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(fs::File::create(log)?.into_parts().0);
        let mut process = command.spawn().with_context(|| format!("starting `{}`", program.display()))?;
        let output = process.stdout.take().context("the AWS provider has no standard output")?;
        let mut attached = Self { process, invitation: String::new(), output: BufReader::new(output) };
        let mut line = String::new();
        while attached.output.read_line(&mut line)? > 0 {
            let value = line.trim().strip_prefix(ATTACH).and_then(|rest| rest.strip_prefix("='"));
            if let Some(value) = value.and_then(|value| value.strip_suffix('\'')) {
                // Without the registry, which has another name for OpenTofu.
                attached.invitation = value.replace(REGISTRY, "");
                return Ok(attached);
            }
            line.clear();
        }
        bail!(
            "`{} -debug` ended without saying how to attach to it\nhint: its log is `{}`",
            program.display(),
            log.display()
        )
    }

    /// For the environment of Terraform.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        vec![(ATTACH.to_owned(), self.invitation.clone())]
    }
}

/// `REGISTRY/hashicorp/aws/VERSION/PLATFORM/terraform-provider-aws_vVERSION_x5` below a folder.
fn installed(folder: &Path) -> Option<PathBuf> {
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with("terraform-provider-aws") {
            return Some(path);
        }
        // Terraform links to a folder of the mirror, so the type of the entry is not enough.
        if let Some(found) = path.is_dir().then(|| installed(&path)).flatten() {
            return Some(found);
        }
    }
    None
}

impl Drop for Attached {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
