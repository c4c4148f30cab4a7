//! An account with the roles of Terraform, and what there is beside them.

use std::path::PathBuf;
use std::sync::Arc;

use acceptance_tests::judge::{Account, Identity, Line, Lists, Things};
use acceptance_tests::stack::Stack;
use acceptance_tests::{Judge, repository};
use anyhow::{Result, bail};

const NUMBER: &str = "123456789012";
const ACCOUNT: &str = include_str!("account.tf");

/// The layers that call AWS.
pub(crate) const LAYERS: [&str; 5] = ["network", "cluster", "data", "identity", "ingress"];

/// How the module is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Roles {
    /// One plan and one apply role for all layers.
    Pair,
    /// A plan and an apply role for each layer.
    Layers,
}

/// What a test asks about.
pub(crate) struct Asked {
    pub(crate) account: Account,
    pub(crate) things: Things,
    roles: Roles,
}

impl Asked {
    /// The account with the modules of a stack.
    pub(crate) fn of(stack: &Stack, roles: Roles) -> Result<Self> {
        let module = match roles {
            Roles::Pair => include_str!("pair.tf"),
            Roles::Layers => include_str!("layers.tf"),
        };
        let root = stack.given("account", &format!("{ACCOUNT}{module}"))?;
        root.terraform.apply()?;
        let account = Account::of(stack.aws(), NUMBER)?;
        let things = Things::read(&file("things"), &account)?;
        Ok(Self { account, things, roles })
    }

    /// Whose question a line is: `network apply` of one role, `apply` of each of that phase.
    fn whom(&self, who: &str) -> Result<Vec<&Arc<Identity>>> {
        let (layer, phase) = who.split_once(' ').map_or((None, who), |(layer, phase)| (Some(layer), phase));
        let is_known =
            layer.is_none_or(|layer| LAYERS.contains(&layer)) && ["apply", "plan"].contains(&phase);
        if !is_known {
            bail!("`{who}` is neither an apply nor a plan");
        }
        let layers = match (self.roles, layer) {
            (Roles::Pair, _) => vec!["terraform"],
            (Roles::Layers, Some(layer)) => vec![layer],
            (Roles::Layers, None) => LAYERS.to_vec(),
        };
        layers.into_iter().map(|layer| self.account.named(&format!("acme-dev-{layer}-{phase}"))).collect()
    }

    /// What is not decided as lines want it.
    pub(crate) fn wrong(&self, judge: &mut Judge, lines: &[Line]) -> Result<Vec<String>> {
        let mut asked = Vec::new();
        for line in lines {
            for who in self.whom(&line.who)? {
                asked.push((line, who, line.question(who, &self.things, &self.account)?));
            }
        }
        let questions: Vec<_> = asked.iter().map(|(.., question)| question.clone()).collect();
        let answers = judge.ask(&questions)?;
        let both = asked.iter().zip(answers);
        let wrong = both.filter_map(|((line, who, _), answer)| {
            let wrong = line.wrong(answer.decision)?;
            Some(format!("{wrong} ({}, by {:?}, without {:?})", who.name(), answer.by, answer.ignored))
        });
        Ok(wrong.collect())
    }
}

/// A list of `acceptance-tests/judge`.
pub(crate) fn list(name: &str) -> Result<Vec<Line>> {
    Ok(Lists::read(&file(name))?.0)
}

/// Where such a list is.
pub(crate) fn file(name: &str) -> PathBuf {
    repository::root().join(format!("acceptance-tests/judge/lists/{name}.jsonl"))
}
