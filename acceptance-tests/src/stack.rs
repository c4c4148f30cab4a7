//! The modules in a copy, one local AWS, and root modules that are changed step by step.
//!
//! With `ACCEPTANCE_TESTS_MODULES=376af31` the copy is of the modules of that commit: so a test is seen to fail on the fault that it was written for.

mod roles;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;
use serde_json::{Map, Value, json};

use self::roles::{Phase, Roles};
use crate::terraform::{PLAN_FILE, Plan};
use crate::{Attached, CliConfig, LocalAws, Terraform, modules, repository, scratch};

/// What may be made again, if the new one stands before the old one goes: it carries neither data nor addresses.
const REPLACEABLE: [&str; 1] = ["aws_eks_node_group"];

/// Where the roles of Terraform's runs are made.
const ROLES: &str = "terraform-roles";

/// One local AWS with the modules beside it.
#[derive(Debug)]
pub struct Stack {
    aws: LocalAws,
    modules: PathBuf,
    config: CliConfig,
    /// Those by which scenarios are planned and applied, once policies are enforced.
    roles: Option<Roles>,
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
        Ok(Self { aws, modules, config: CliConfig::for_modules()?, roles: None })
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

    /// Makes the roles of Terraform's runs, as whoever bootstraps, or changes them, and has policies enforced from now on: scenarios are planned by
    /// one of these roles and applied by the other. `settings` are `given`, `managed_names` and `role_names` of `hcp-identity`: what belongs to others.
    ///
    /// # Errors
    /// When the roles cannot be made.
    pub fn enforce(&mut self, name: &str, settings: &Value) -> Result<()> {
        self.enforce_by(roles::TEXT, name, settings)
    }

    /// The same with a root module of the test's own, which has the variable `name` and the outputs `workspace`, `plan`, `apply` and `boundary`.
    ///
    /// # Errors
    /// When the roles cannot be made.
    pub fn enforce_by(&mut self, text: &str, name: &str, settings: &Value) -> Result<()> {
        let mut root = self.given(ROLES, text)?;
        root.set("name", name.into())?;
        root.set_all(settings)?;
        root.apply()?;
        if self.roles.is_none() {
            self.aws.enforcement(&json!({ "on": true }))?;
        }
        self.roles = Some(Roles::of(&root)?);
        Ok(())
    }

    /// The root module of a scenario.
    ///
    /// # Errors
    /// When it cannot be initialised.
    pub fn scenario(&self, name: &str) -> Result<Root> {
        self.run(&self.modules.join("examples").join(name))
    }

    /// A root module of the test's own beside the modules, of whoever plans and applies the platform.
    ///
    /// # Errors
    /// When it cannot be written or initialised.
    pub fn own(&self, name: &str, text: &str) -> Result<Root> {
        self.run(&self.written(name, text)?)
    }

    /// A root module of the test's own, beside the modules, of somebody who may do everything.
    ///
    /// # Errors
    /// When it cannot be written or initialised.
    pub fn given(&self, name: &str, text: &str) -> Result<Root> {
        self.root(&self.written(name, text)?)
    }

    fn written(&self, name: &str, text: &str) -> Result<PathBuf> {
        let folder = self.modules.join(name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("main.tf"), text)?;
        Ok(folder)
    }

    /// With the roles, where policies are enforced.
    fn run(&self, folder: &Path) -> Result<Root> {
        let Some(roles) = &self.roles else { return self.root(folder) };
        let applying = roles.variables(Phase::Apply, self.aws.environment())?;
        let planning = roles.variables(Phase::Plan, self.aws.environment())?;
        let mut root = self.root_of(folder, "apply", &applying)?;
        root.planner = Some(self.attached(folder, "plan", &planning)?);
        root.set("permissions_boundary", roles.boundary().into())?;
        Ok(root)
    }

    fn root(&self, folder: &Path) -> Result<Root> {
        self.root_of(folder, "aws", self.aws.environment())
    }

    fn root_of(&self, folder: &Path, who: &str, variables: &[(String, String)]) -> Result<Root> {
        Terraform::new(folder, &self.config)?.init()?;
        let (terraform, provider) = self.attached(folder, who, variables)?;
        Ok(Root { terraform, settings: Map::new(), planner: None, _provider: provider })
    }

    /// Terraform in an initialised folder, with a provider of its own.
    fn attached(
        &self,
        folder: &Path,
        who: &str,
        variables: &[(String, String)],
    ) -> Result<(Terraform, Attached)> {
        let provider = Attached::aws(folder, &folder.join(format!("{who}-provider.log")), variables)?;
        let terraform = Terraform::new(folder, &self.config)?.with(variables.to_vec());
        Ok((terraform.with(provider.environment()), provider))
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
    /// When something is, or a call was denied.
    pub fn expect_empty(&self) -> Result<()> {
        if self.roles.is_some() {
            let denied = self.aws.denied()?;
            ensure!(denied.is_empty(), "denied: {denied:#?}");
            self.root(&self.modules.join(ROLES))?.destroy()?;
        }
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
    /// Where policies are enforced: whoever plans, which is not who applies.
    planner: Option<(Terraform, Attached)>,
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

    /// Plans, as whoever plans.
    ///
    /// # Errors
    /// When it fails.
    pub fn plan(&self) -> Result<Plan> {
        self.planning().plan()
    }

    /// Plans, and expects that there is nothing to do.
    ///
    /// # Errors
    /// When there is something to do, with the plan.
    pub fn expect_no_changes(&self) -> Result<()> {
        self.planning().expect_no_changes()
    }

    /// Applies, and expects that a second plan has nothing to do.
    ///
    /// # Errors
    /// When the apply fails, or the plan has.
    pub fn apply(&self) -> Result<()> {
        self.apply_alone()?;
        self.expect_no_changes()
    }

    /// Applies, and plans no second time.
    ///
    /// # Errors
    /// When it fails.
    pub fn apply_alone(&self) -> Result<()> {
        if self.planner.is_none() {
            return self.terraform.apply().map(drop);
        }
        self.plan()?;
        self.apply_planned()
    }

    /// Destroys everything.
    ///
    /// # Errors
    /// When it fails.
    pub fn destroy(&self) -> Result<()> {
        if self.planner.is_none() {
            return self.terraform.destroy().map(drop);
        }
        self.planning().plan_with(&["-destroy"])?;
        self.apply_planned()
    }

    /// Plans a change, refuses one that destroys what may not be destroyed, applies it, and expects that a second plan
    /// has nothing to do. Gives what was planned: address => actions.
    ///
    /// # Errors
    /// When something would be destroyed, the apply fails, or the second plan has something to do.
    pub fn change(&mut self, name: &str, value: Value) -> Result<Changes> {
        self.set(name, value)?;
        let changes = Changes::of(&self.plan()?)?;
        self.apply_planned()?;
        self.expect_no_changes().with_context(|| format!("after the change of `{name}`"))?;
        Ok(changes)
    }

    fn planning(&self) -> &Terraform {
        self.planner.as_ref().map_or(&self.terraform, |(terraform, _)| terraform)
    }

    fn apply_planned(&self) -> Result<()> {
        self.terraform.succeed(&["apply", "-no-color", PLAN_FILE]).map(drop)
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
