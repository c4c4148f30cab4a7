//! What some cores can do and others cannot. The core itself is asked, so that a newer one is not held to what an older one
//! could.

use std::io::Write as _;
use std::process::Command;

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::Value;

use super::Core;
use crate::{environment, scratch};

/// Names the file that skipped tests are noted in, a line each: the test, a tabulator, and the reason.
pub const SKIPS: &str = "ACCEPTANCE_TESTS_SKIPS";

/// Something that not every core can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// `import` blocks that name an object by its identity (Terraform 1.12).
    ImportByIdentity,
    /// Listing what exists: `list` blocks and the command `query` (Terraform 1.14).
    Query,
    /// `action` blocks (Terraform 1.14).
    Actions,
}

impl Feature {
    /// As messages name it.
    fn title(self) -> &'static str {
        match self {
            Self::ImportByIdentity => "import by identity",
            Self::Query => "the command `query`",
            Self::Actions => "`action` blocks",
        }
    }

    /// A configuration that only a core with this can read; `None` where a command is asked for instead.
    fn probe(self) -> Option<&'static str> {
        match self {
            Self::ImportByIdentity => Some(
                "resource \"terraform_data\" \"a\" {}\n\nimport {\n  to       = terraform_data.a\n  identity = { id = \"a\" }\n}\n",
            ),
            Self::Actions => Some("action \"terraform_data\" \"a\" {}\n"),
            Self::Query => None,
        }
    }
}

/// The messages of a core that meets what it does not know.
const UNKNOWN: [&str; 3] = ["Unsupported block type", "Unsupported argument", "Missing required argument"];

impl Core {
    /// Why this core lacks `feature`; `None` when it has it.
    ///
    /// # Errors
    /// When the core cannot be run.
    pub fn lacks(self, feature: Feature) -> Result<Option<String>> {
        let tool = self.tool()?;
        let has = match feature.probe() {
            Some(text) => self.reads(text)?,
            None => {
                let mut command = Command::new(&tool.path);
                command.args(["query", "-help"]);
                environment::scrub(&mut command);
                command
                    .output()
                    .with_context(|| format!("starting `{}`", tool.path.display()))?
                    .status
                    .success()
            }
        };
        let title = if self == Self::OpenTofu { "OpenTofu" } else { "Terraform" };
        Ok((!has).then(|| format!("{title} {} has not {}", tool.version, feature.title())))
    }

    /// Whether it knows every block and argument of a configuration.
    fn reads(self, text: &str) -> Result<bool> {
        let folder = scratch::folder(&format!("probe-{}", std::process::id()))?;
        fs::write(folder.join("main.tf"), text)?;
        let tool = self.tool()?;
        let mut command = Command::new(&tool.path);
        command.args(["validate", "-json"]).current_dir(&folder);
        environment::scrub(&mut command);
        let output = command.output().with_context(|| format!("starting `{}`", tool.path.display()))?;
        let told: Value = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("`{} validate -json` printed no JSON", tool.path.display()))?;
        let mut messages = told["diagnostics"].as_array().into_iter().flatten();
        Ok(!messages.any(|message| UNKNOWN.iter().any(|unknown| message["summary"] == *unknown)))
    }
}

/// Whether the test at hand can run: the core of this process has `feature`. Else it is noted as skipped, by name and with
/// the reason, which `cargo xtask test` lists.
///
/// # Errors
/// When the core cannot be asked or the note not be written.
pub fn can(feature: Feature) -> Result<bool> {
    let Some(reason) = Core::current()?.lacks(feature)? else { return Ok(true) };
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    writeln!(std::io::stderr(), "skipped: {test}: {reason}")?;
    if let Some(path) = std::env::var_os(SKIPS) {
        let mut file = fs::OpenOptions::new().create(true).append(true).open(&path)?;
        // One write, since other tests do the same.
        file.write_all(format!("{test}\t{reason}\n").as_bytes())?;
    }
    Ok(false)
}
