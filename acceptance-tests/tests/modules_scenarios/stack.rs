//! The modules in a copy, one local AWS, and root modules that are changed step by step.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use acceptance_tests::terraform::{PLAN_FILE, Plan};
use acceptance_tests::{Attached, CliConfig, LocalAws, Terraform, repository, scratch};
use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;
use serde_json::{Map, Value};

/// What may be made again, if the new one stands before the old one goes: it carries neither data nor addresses.
const REPLACEABLE: [&str; 1] = ["aws_eks_node_group"];

/// One local AWS with the modules beside it.
pub(crate) struct Stack {
    aws: LocalAws,
    modules: PathBuf,
    config: CliConfig,
}

impl Stack {
    pub(crate) fn new(test: &str) -> Result<Self> {
        let folder = scratch::folder(test)?;
        let modules = folder.join("modules");
        repository::copy_folder(&repository::root().join("modules"), &modules)?;
        let aws = LocalAws::start(&folder.join("local-aws.log"))?;
        Ok(Self { aws, modules, config: CliConfig::for_modules()? })
    }

    /// The root module of a scenario.
    pub(crate) fn scenario(&self, name: &str) -> Result<Root> {
        self.root(&self.modules.join("examples").join(name))
    }

    /// A root module of the test's own, beside the modules.
    pub(crate) fn given(&self, name: &str, text: &str) -> Result<Root> {
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

    /// The local AWS.
    pub(crate) fn aws(&self) -> &LocalAws {
        &self.aws
    }

    /// Expects that nothing is left.
    pub(crate) fn expect_empty(&self) -> Result<()> {
        let left = self.aws.inventory()?;
        ensure!(left["objects"] == 0, "left after the destroy: {}", left["names"]);
        Ok(())
    }
}

/// A root module and the values of its variables.
pub(crate) struct Root {
    pub(crate) terraform: Terraform,
    settings: Map<String, Value>,
    /// One process for all commands.
    _provider: Attached,
}

impl Root {
    pub(crate) fn set(&mut self, name: &str, value: Value) -> Result<()> {
        self.settings.insert(name.to_owned(), value);
        let text = serde_json::to_vec_pretty(&self.settings)?;
        Ok(fs::write(self.terraform.folder().join("test.auto.tfvars.json"), text)?)
    }

    /// Takes over a map of values, such as an output of another root module.
    pub(crate) fn set_all(&mut self, values: &Value) -> Result<()> {
        for (name, value) in values.as_object().context("not an object")? {
            self.set(name, value.clone())?;
        }
        Ok(())
    }

    /// Applies, and expects that a second plan has nothing to do.
    pub(crate) fn apply(&self) -> Result<()> {
        self.terraform.apply()?;
        self.terraform.expect_no_changes()
    }

    /// Plans a change, refuses one that destroys what may not be destroyed, applies it, and expects that a second plan
    /// has nothing to do. Gives what was planned: address => actions.
    pub(crate) fn change(&mut self, name: &str, value: Value) -> Result<Changes> {
        self.set(name, value)?;
        let changes = Changes::of(&self.terraform.plan()?)?;
        self.terraform.succeed(&["apply", "-no-color", PLAN_FILE])?;
        self.terraform.expect_no_changes().with_context(|| format!("after the change of `{name}`"))?;
        Ok(changes)
    }
}

/// What a plan would do: address => actions, without what stays as it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Changes(BTreeMap<String, String>);

impl Changes {
    pub(crate) fn of(plan: &Plan) -> Result<Self> {
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
    pub(crate) fn expect(&self, expected: &[(&str, &str)]) {
        let expected: BTreeMap<String, String> = expected
            .iter()
            .map(|(address, actions)| ((*address).to_owned(), (*actions).to_owned()))
            .collect();
        assert_eq!(self.0, expected);
    }

    /// Expects these changes among others, none of which destroys anything.
    pub(crate) fn expect_among(&self, expected: &[(&str, &str)]) {
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
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
