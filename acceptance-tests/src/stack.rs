//! The modules in a copy, one local AWS, and root modules that are changed step by step.
//!
//! With `ACCEPTANCE_TESTS_MODULES=376af31` the copy is of the modules of that commit: so a test is seen to fail on the fault that it was written for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;
use serde_json::{Map, Value};

use crate::terraform::{PLAN_FILE, Plan};
use crate::{Attached, CliConfig, LocalAws, Terraform, modules, repository, scratch};

/// What may be made again, if the new one stands before the old one goes: it carries neither data nor addresses.
const REPLACEABLE: [&str; 1] = ["aws_eks_node_group"];

/// One local AWS with the modules beside it.
#[derive(Debug)]
pub struct Stack {
    aws: LocalAws,
    modules: PathBuf,
    config: CliConfig,
}

impl Stack {
    /// In the test's own folder, with the modules at hand, or those that the environment names.
    ///
    /// # Errors
    /// When the modules cannot be copied, or the local AWS does not come up.
    pub fn new(test: &str) -> Result<Self> {
        Self::with(test, modules::copy)
    }

    /// With the modules of a commit.
    ///
    /// # Errors
    /// As [`Stack::new`], and when there is no such commit.
    pub fn of_commit(test: &str, commit: &str) -> Result<Self> {
        Self::with(test, |to| modules::of_commit(commit, to))
    }

    fn with(test: &str, copy: impl FnOnce(&Path) -> Result<()>) -> Result<Self> {
        let folder = scratch::folder(test)?;
        let modules = folder.join("modules");
        copy(&modules)?;
        let aws = LocalAws::start(&folder.join("local-aws.log"))?;
        Ok(Self { aws, modules, config: CliConfig::for_modules()? })
    }

    /// Puts the modules at hand, or those that the environment names, in the place of those that are there. Roots stay as they are, those of
    /// the examples too, with their states; they have to be initialised anew.
    ///
    /// # Errors
    /// When a folder cannot be removed or copied.
    pub fn renew_modules(&self) -> Result<()> {
        for entry in fs::read_dir(&self.modules)? {
            let path = entry?.path();
            let is_root = path.join(".terraform").exists() || path.ends_with("examples");
            if path.is_dir() && !is_root {
                fs::remove_dir_all(path)?;
            }
        }
        let new = self.modules.with_extension("new");
        modules::copy(&new)?;
        fs::remove_dir_all(new.join("examples"))?;
        repository::copy_folder(&new, &self.modules)?;
        Ok(fs::remove_dir_all(new)?)
    }

    /// The root module of a scenario.
    ///
    /// # Errors
    /// When it cannot be initialised.
    pub fn scenario(&self, name: &str) -> Result<Root> {
        self.root(&self.modules.join("examples").join(name))
    }

    /// A root module of the test's own, beside the modules.
    ///
    /// # Errors
    /// When it cannot be written or initialised.
    pub fn given(&self, name: &str, text: &str) -> Result<Root> {
        let folder = self.modules.join(name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("main.tf"), text)?;
        self.root(&folder)
    }

    fn root(&self, folder: &Path) -> Result<Root> {
        let terraform = Terraform::new(folder, &self.config)?.with(self.aws.environment().to_vec());
        terraform.init()?;
        let log = folder.join("aws-provider.log");
        let provider = Attached::aws(folder, &log, self.aws.environment())?;
        Ok(Root {
            terraform: terraform.with(provider.environment()),
            settings: Map::new(),
            _provider: provider,
        })
    }

    /// The folder of the modules.
    #[must_use]
    pub fn modules(&self) -> &Path {
        &self.modules
    }

    /// The local AWS.
    #[must_use]
    pub const fn aws(&self) -> &LocalAws {
        &self.aws
    }

    /// Expects that nothing is left.
    ///
    /// # Errors
    /// When something is.
    pub fn expect_empty(&self) -> Result<()> {
        let left = self.aws.inventory()?;
        ensure!(left["objects"] == 0, "left after the destroy: {}", left["names"]);
        Ok(())
    }
}

/// A root module and the values of its variables.
#[derive(Debug)]
pub struct Root {
    /// Terraform in its folder.
    pub terraform: Terraform,
    settings: Map<String, Value>,
    /// One process for all commands.
    _provider: Attached,
}

impl Root {
    /// Gives a variable a value.
    ///
    /// # Errors
    /// When the file of the values cannot be written.
    pub fn set(&mut self, name: &str, value: Value) -> Result<()> {
        self.settings.insert(name.to_owned(), value);
        let text = serde_json::to_vec_pretty(&self.settings)?;
        Ok(fs::write(self.terraform.folder().join("test.auto.tfvars.json"), text)?)
    }

    /// Takes over a map of values, such as an output of another root module.
    ///
    /// # Errors
    /// When they are no map.
    pub fn set_all(&mut self, values: &Value) -> Result<()> {
        for (name, value) in values.as_object().context("not an object")? {
            self.set(name, value.clone())?;
        }
        Ok(())
    }

    /// Applies, and expects that a second plan has nothing to do.
    ///
    /// # Errors
    /// When the apply fails, or the plan has.
    pub fn apply(&self) -> Result<()> {
        self.terraform.apply()?;
        self.terraform.expect_no_changes()
    }

    /// Plans a change, refuses one that destroys what may not be destroyed, applies it, and expects that a second plan
    /// has nothing to do. Gives what was planned: address => actions.
    ///
    /// # Errors
    /// When something would be destroyed, the apply fails, or the second plan has something to do.
    pub fn change(&mut self, name: &str, value: Value) -> Result<Changes> {
        self.set(name, value)?;
        let changes = Changes::of(&self.terraform.plan()?)?;
        self.terraform.succeed(&["apply", "-no-color", PLAN_FILE])?;
        self.terraform.expect_no_changes().with_context(|| format!("after the change of `{name}`"))?;
        Ok(changes)
    }
}

/// What a plan would do: address => actions, without what stays as it is.
#[derive(Debug, PartialEq, Eq)]
pub struct Changes(BTreeMap<String, String>);

impl Changes {
    /// Of a plan.
    ///
    /// # Errors
    /// When it destroys what may not be destroyed.
    pub fn of(plan: &Plan) -> Result<Self> {
        let mut changes = BTreeMap::new();
        for change in plan.json["resource_changes"].as_array().context("a plan without `resource_changes`")? {
            let kind = change["type"].as_str().unwrap_or_default();
            let address = change["address"].as_str().unwrap_or_default();
            let actions: Vec<&str> = change["change"]["actions"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let actions = actions.join("+");
            match actions.as_str() {
                "no-op" | "read" => continue,
                "create" | "update" => {}
                "create+delete" if REPLACEABLE.contains(&kind) => {}
                _ => bail!("`{address}` would be destroyed ({actions}):\n{}", plan.text),
            }
            changes.insert(address.to_owned(), actions);
        }
        Ok(Self(changes))
    }

    /// Expects these changes and no others.
    ///
    /// # Panics
    /// When there are others.
    #[track_caller]
    pub fn expect(&self, expected: &[(&str, &str)]) {
        let expected: BTreeMap<String, String> = expected
            .iter()
            .map(|(address, actions)| ((*address).to_owned(), (*actions).to_owned()))
            .collect();
        assert_eq!(self.0, expected);
    }

    /// Expects these changes among others, none of which destroys anything.
    ///
    /// # Panics
    /// When one of them is not there.
    #[track_caller]
    pub fn expect_among(&self, expected: &[(&str, &str)]) {
        for (address, actions) in expected {
            assert_eq!(
                self.0.get(*address).map(String::as_str),
                Some(*actions),
                "`{address}` in {:#?}",
                self.0
            );
        }
    }

    /// How many changes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
