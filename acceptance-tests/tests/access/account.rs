//! An account with the roles of Terraform, and what there is beside them.

use std::path::PathBuf;
use std::sync::Arc;

use acceptance_tests::judge::{Account, Identity, Lists, Things};
use acceptance_tests::repository;
use acceptance_tests::stack::Stack;
use anyhow::{Result, bail};

const NUMBER: &str = "123456789012";
const ACCOUNT: &str = include_str!("account.tf");
const PAIR: &str = include_str!("pair.tf");

/// What a test asks about.
pub(crate) struct Asked {
    pub(crate) account: Account,
    pub(crate) things: Things,
}

/// The account of one pair of roles for all layers, with the modules of a stack.
pub(crate) fn of_a_pair(stack: &Stack) -> Result<Asked> {
    applied(stack, PAIR)
}

fn applied(stack: &Stack, module: &str) -> Result<Asked> {
    let root = stack.given("account", &format!("{ACCOUNT}{module}"))?;
    root.terraform.apply()?;
    let account = Account::of(stack.aws(), NUMBER)?;
    let things = Things::read(&file("things"), &account)?;
    Ok(Asked { account, things })
}

/// A list of `acceptance-tests/judge`.
pub(crate) fn list(name: &str) -> Result<Lists> {
    Lists::read(&file(name))
}

fn file(name: &str) -> PathBuf {
    repository::root().join(format!("acceptance-tests/judge/lists/{name}.jsonl"))
}

impl Asked {
    /// Whose question it is, `network apply` or `apply`, where one pair of roles serves all layers.
    pub(crate) fn of_pair(&self, who: &str) -> Result<&Arc<Identity>> {
        match who.rsplit(' ').next() {
            Some(phase @ ("apply" | "plan")) => self.account.named(&format!("acme-dev-terraform-{phase}")),
            _ => bail!("`{who}` is neither an apply nor a plan"),
        }
    }
}
