//! A provider of the types of `tfplugin`'s example, and many of its resources.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use acceptance_tests::{Core, Usage, environment, repository, usage};
use anyhow::{Context as _, Result, bail};
use fs_err as fs;

/// The arguments of a note: as much as `terraform_data` has. `VALUE` is what changes.
pub(super) const NOTE: &str = "text = \"VALUE\"";

/// Those of an item, with twenty attributes of every kind.
pub(super) const ITEM: &str = r#"name = "item-${count.index}"
  description = "VALUE"
  ratio = 0.1
  contact = "someone@example.com"
  labels = { a = "b" }
  tags = ["x", "y"]
  aliases = ["n", "m"]
  settings = { a = [1, "x", true] }
  limits = { cpu = 2 }
  ports = [{ number = 80 }]
  rules = [{ from = "a" }]
  members = { me = { role = "owner" } }
  password_wo = "hush"
  password_wo_version = 1"#;

const REQUIRED: &str = r#"terraform {
  required_providers {
    thing = {
      source = "example/thing"
    }
  }
}
"#;

/// What a user has set for programs in Go, Terraform among them. It would decide how much memory they have.
const GO_SETTINGS: [&str; 4] = ["GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT"];

/// One pass over the life of many resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A plan of all of them, none of which is there.
    PlanCreate,
    Create,
    Plan,
    Update,
    Destroy,
}

impl Step {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PlanCreate => "plan to create",
            Self::Create => "create",
            Self::Plan => "plan without changes",
            Self::Update => "update",
            Self::Destroy => "destroy",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Create | Self::Update => &["apply", "-no-color", "-auto-approve"],
            Self::PlanCreate => &["plan", "-no-color"],
            Self::Plan => &["plan", "-no-color", "-detailed-exitcode"],
            Self::Destroy => &["destroy", "-no-color", "-auto-approve"],
        }
    }
}

/// A provider that Terraform takes from a folder of its own, by `dev_overrides`.
pub(super) struct Example {
    pub(super) program: PathBuf,
    folder: tempfile::TempDir,
    terraform: PathBuf,
}

impl Example {
    pub(super) fn new(program: PathBuf) -> Result<Self> {
        let folder = super::in_memory_folder()?;
        let name = format!("terraform-provider-thing{}", std::env::consts::EXE_SUFFIX);
        fs::copy(&program, folder.path().join(name))?;
        let overrides = format!(
            "disable_checkpoint = true\nprovider_installation {{\n  dev_overrides {{\n    \"example/thing\" = {:?}\n  \
             }}\n  direct {{}}\n}}\n",
            folder.path()
        );
        fs::write(folder.path().join("cli.tfrc"), overrides)?;
        Ok(Self { program, folder, terraform: Core::current()?.tool()?.path })
    }

    pub(super) fn bytes(&self) -> Result<u64> {
        Ok(fs::metadata(&self.program)?.len())
    }

    /// A new folder with so many of a resource, ready to apply.
    pub(super) fn place(
        &self,
        resource: &'static str,
        arguments: &'static str,
        count: usize,
    ) -> Result<Place<'_>> {
        let folder = tempfile::tempdir_in(self.folder.path())?;
        let place = Place { example: self, folder, resource, arguments, count, variable: None };
        place.write("before")?;
        Ok(place)
    }
}

/// A folder with many of a resource.
pub(super) struct Place<'a> {
    example: &'a Example,
    folder: tempfile::TempDir,
    resource: &'static str,
    arguments: &'static str,
    count: usize,
    variable: Option<(&'static str, &'a str)>,
}

impl<'a> Place<'a> {
    /// With a variable for Terraform.
    pub(super) fn with(self, name: &'static str, value: &'a str) -> Self {
        Self { variable: Some((name, value)), ..self }
    }

    fn write(&self, value: &str) -> Result<()> {
        let arguments = self.arguments.replace("VALUE", value);
        let Self { resource, count, .. } = self;
        let block = format!("resource \"{resource}\" \"many\" {{\n  count = {count}\n  {arguments}\n}}\n");
        let required = if resource.starts_with("thing") { REQUIRED } else { "" };
        Ok(fs::write(self.folder.path().join("main.tf"), format!("{required}{block}"))?)
    }

    pub(super) fn measure(&self, step: Step) -> Result<Usage> {
        if matches!(step, Step::Update) {
            self.write("after")?;
        }
        let mut command = Command::new(&self.example.terraform);
        environment::scrub(&mut command);
        for name in GO_SETTINGS {
            command.env_remove(name);
        }
        command
            .args(step.arguments())
            .current_dir(self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.example.folder.path().join("cli.tfrc"))
            .envs(self.variable)
            .stdin(Stdio::null());
        let (output, usage) = usage::of(&mut command)?;
        if !output.status.success() {
            let (printed, errors) = (&output.stdout, &output.stderr);
            bail!(
                "`terraform {}` ended with {}:\n{}{}",
                step.arguments()[0],
                output.status,
                String::from_utf8_lossy(printed),
                String::from_utf8_lossy(errors)
            );
        }
        Ok(usage)
    }
}

/// Builds the example as a user builds a provider.
pub(super) fn build() -> Result<PathBuf> {
    let arguments = ["build", "--release", "--locked", "-p", "tfplugin", "--example", "thing"];
    let status = environment::cargo()
        .args(arguments)
        .current_dir(repository::root())
        .stdin(Stdio::null())
        .status()
        .context("starting `cargo`")?;
    if !status.success() {
        bail!("`cargo {}` failed\nhint: its messages are above", arguments.join(" "));
    }
    Ok(in_folder(&repository::target().join("release")))
}

fn in_folder(built: &Path) -> PathBuf {
    built.join("examples").join(format!("thing{}", std::env::consts::EXE_SUFFIX))
}
