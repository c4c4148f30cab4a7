//! One folder with one Terraform configuration against one sandbox: what a test of the provider needs.

use std::collections::BTreeMap;
use std::fs::TryLockError;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use crate::{Binaries, CliConfig, Core, Sandbox, Terraform, leaks, repository};

/// What stands in `versions.tf` of every scratch configuration.
const VERSIONS: &str = r#"terraform {
  required_providers {
    truefoundry = {
      source = "truefoundry/truefoundry"
    }
  }
}
"#;

/// An environment, for configurations of what needs one: `truefoundry_environment.this`.
pub const ENVIRONMENT: &str = r#"resource "truefoundry_environment" "this" {
  name          = "production"
  is_production = true
  optimize_for  = "AVAILABILITY"
}
"#;

/// [`ENVIRONMENT`] and a cluster of this name in it, `truefoundry_cluster.this`, with further arguments.
#[must_use]
pub fn cluster(name: &str, arguments: &str) -> String {
    format!(
        r#"{ENVIRONMENT}
resource "truefoundry_cluster" "this" {{
  name              = "{name}"
  cluster_type      = "aws-eks"
  environment_names = [truefoundry_environment.this.name]
{arguments}}}
"#
    )
}

/// The folders that this process holds, each by a locked file beside it.
static HELD: Mutex<BTreeMap<PathBuf, fs::File>> = Mutex::new(BTreeMap::new());

/// An own folder below the build directory, empty at the start and kept after the test to be looked at.
///
/// It is held until the process ends: of two tests that name the same one, the second would empty it under the first, which then fails by
/// something that has nothing to do with it, and only when both run at once.
///
/// # Errors
/// When another test holds it, and when it cannot be emptied or made.
pub fn folder(test: &str) -> Result<PathBuf> {
    let mut folder = repository::target().join("acceptance");
    // Each core has its own, so that its runs can be looked at beside each other.
    if Core::current()? != Core::Floor {
        folder.push(Core::current()?.name());
    }
    hold(&folder, test)?;
    folder.push(test);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn hold(place: &Path, test: &str) -> Result<()> {
    let place = place.join("held");
    fs::create_dir_all(&place)?;
    let file = place.join(test.replace('/', "_"));
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    if held.contains_key(&file) {
        return Ok(());
    }
    let opened = fs::File::create(&file)?;
    match opened.file().try_lock() {
        Ok(()) => held.insert(file, opened),
        Err(TryLockError::WouldBlock) => {
            bail!("the folder `{test}` is another test's that runs now: each test names its own")
        }
        Err(TryLockError::Error(error)) => return Err(error).with_context(|| file.display().to_string()),
    };
    Ok(())
}

/// A configuration, a sandbox, and Terraform that knows both.
#[derive(Debug)]
pub struct Scratch {
    /// The control plane.
    pub sandbox: Sandbox,
    /// Terraform in the folder, the sandbox in its environment.
    pub terraform: Terraform,
    /// The programs under test.
    pub binaries: Binaries,
    folder: PathBuf,
    is_traced: bool,
}

impl Scratch {
    /// As [`Scratch::new`], with everything that Terraform and the provider can log in a file that
    /// [`Scratch::expect_no_leaks`] looks through. To write it takes a third of Terraform's time.
    ///
    /// # Errors
    /// As [`Scratch::new`].
    pub fn traced(test: &str, configuration: &str) -> Result<Self> {
        let mut scratch = Self::new(test, configuration)?;
        let place = scratch.folder.parent().unwrap_or(&scratch.folder);
        scratch.terraform = scratch.terraform.with_trace(&place.join("terraform.log"));
        scratch.is_traced = true;
        Ok(scratch)
    }

    /// A new sandbox and an initialised folder with the given configuration. `test` names the folder.
    ///
    /// # Errors
    /// When a program cannot be built or started, or `terraform init` fails.
    pub fn new(test: &str, configuration: &str) -> Result<Self> {
        let binaries = Binaries::build()?;
        let logs = folder(test)?;
        let folder = logs.join("root");
        fs::create_dir_all(&folder)?;
        let sandbox = Sandbox::start(&binaries, &logs.join("sandbox.log"))?;
        let config = CliConfig::for_our_provider(&binaries)?;
        let terraform = Terraform::new(&folder, &config)?.with(sandbox.environment());
        let scratch = Self { sandbox, terraform, binaries, folder, is_traced: false };
        fs::write(scratch.folder.join("versions.tf"), VERSIONS)?;
        scratch.write(configuration)?;
        scratch.terraform.init()?;
        Ok(scratch)
    }

    /// A new configuration in place of the last one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, configuration: &str) -> Result<()> {
        Ok(fs::write(self.folder.join("main.tf"), configuration)?)
    }

    /// Applies a configuration and expects that a second plan has nothing to do.
    ///
    /// # Errors
    /// When the apply fails or the second plan is not empty.
    pub fn apply(&self, configuration: &str) -> Result<()> {
        self.write(configuration)?;
        self.terraform.apply()?;
        self.terraform.expect_no_changes()
    }

    /// What a plan of a configuration would do to one object, such as `["update"]`.
    ///
    /// # Errors
    /// When the plan fails.
    pub fn planned(&self, configuration: &str, address: &str) -> Result<Vec<String>> {
        self.write(configuration)?;
        let plan = self.terraform.plan()?;
        Ok(plan.actions(address).into_iter().map(str::to_owned).collect())
    }

    /// Forgets an object, imports it again, and expects nothing to do.
    ///
    /// # Errors
    /// When the import fails or changes what the configuration asks for.
    pub fn reimport(&self, address: &str, id: &str) -> Result<()> {
        self.terraform.succeed(&["state", "rm", address])?;
        self.terraform.succeed(&["import", "-no-color", address, id])?;
        self.terraform.expect_no_changes().with_context(|| format!("after importing `{address}` as `{id}`"))
    }

    /// Destroys everything and expects an empty control plane.
    ///
    /// # Errors
    /// When the destroy fails or something is left.
    pub fn destroy(&self) -> Result<()> {
        self.terraform.destroy()?;
        let left = self.sandbox.inventory()?;
        ensure!(left["objects"] == 0, "left in the control plane after the destroy: {left}");
        Ok(())
    }

    /// Expects that no secret stands in the folder: configuration, state, plan and the trace logs of Terraform
    /// and the provider, and the sandbox's log.
    ///
    /// # Errors
    /// When one does, or nothing was traced.
    pub fn expect_no_leaks(&self, secrets: &[(&str, &str)]) -> Result<()> {
        ensure!(self.is_traced, "nothing was logged that could hold a secret: use `Scratch::traced`");
        let place = self.folder.parent().unwrap_or(&self.folder);
        let all = [&[("API key", self.sandbox.api_key())], secrets].concat();
        let found = leaks::find(&[place], &all)?;
        ensure!(found.is_empty(), "secrets stand in files: {found:?}");
        Ok(())
    }

    /// The folder of the configuration and its state.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
