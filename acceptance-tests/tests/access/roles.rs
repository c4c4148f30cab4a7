//! The roles of `hcp-identity`: what runs ask for is allowed, nothing that is a neighbour's is, and no way leads to more.

use std::collections::{BTreeMap, BTreeSet};

use acceptance_tests::judge::Differences;
use acceptance_tests::modules::EARLIER;
use acceptance_tests::stack::Stack;
use acceptance_tests::{Judge, scratch};
use anyhow::{Context as _, Result};
use fs_err as fs;

use crate::account::{Asked, LAYERS, Roles, file, list};
use crate::search;

/// The lines that are decided otherwise than they want it, which are kept in a file too.
fn wrong(asked: &Asked, judge: &mut Judge, lists: &[&str], test: &str) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for name in lists {
        wrong.extend(asked.wrong(judge, &list(name)?)?);
    }
    fs::write(scratch::folder(&format!("{test}-found"))?.join("wrong.txt"), wrong.join("\n"))?;
    Ok(wrong)
}

/// Expects that the local AWS, which enforces policies, decides as was decided here.
fn decided_alike(judge: &Judge) -> Result<()> {
    let found = Differences::of(judge, &mut Judge::of_local_aws()?, &file("differences"))?;
    assert_eq!(found.unknown, BTreeMap::new(), "of {} questions", found.compared);
    assert_eq!(found.idle, BTreeSet::new(), "these lines explain nothing any more");
    assert!(found.compared > 500, "only {} questions", found.compared);
    Ok(())
}

#[test]
fn a_pair_of_roles_may_what_runs_ask_for_and_comes_to_nothing_of_others() -> Result<()> {
    let asked = Asked::of(&Stack::new("access-pair")?, Roles::Pair)?;
    let mut judge = Judge::start()?;
    let wrong = wrong(&asked, &mut judge, &["allowed", "denied"], "access-pair")?;
    let beyond = list("beyond")?;
    let mut found = Vec::new();
    for role in ["acme-dev-terraform-plan", "acme-dev-terraform-apply"] {
        found.extend(search::from(&asked, &mut judge, role, &beyond)?.of_ways());
    }
    decided_alike(&judge)?;
    assert_eq!(wrong, [] as [String; 0]);
    assert_eq!(found, [] as [String; 0]);
    Ok(())
}

#[test]
fn roles_of_layers_may_what_their_runs_ask_for_and_come_to_nothing_of_other_layers() -> Result<()> {
    let asked = Asked::of(&Stack::new("access-layers")?, Roles::Layers)?;
    let mut judge = Judge::start()?;
    let wrong = wrong(&asked, &mut judge, &["allowed", "denied", "across"], "access-layers")?;
    let mut found = Vec::new();
    for layer in LAYERS {
        let mut beyond = list("beyond")?;
        let of_layer = format!("{layer} apply");
        beyond.extend(list("across")?.into_iter().filter(|line| line.who == of_layer));
        found
            .extend(search::from(&asked, &mut judge, &format!("acme-dev-{layer}-apply"), &beyond)?.of_ways());
    }
    assert_eq!(wrong, [] as [String; 0]);
    assert_eq!(found, [] as [String; 0]);
    Ok(())
}

#[test]
fn each_way_up_that_there_was_is_found() -> Result<()> {
    let asked = Asked::of(&Stack::of_commit("access-then", EARLIER)?, Roles::Pair)?;
    let role = "acme-dev-terraform-apply";
    let found = search::from(&asked, &mut Judge::start()?, role, &list("beyond")?)?;
    let text = found.text();
    let passed = "iam:PassRole on the role acme-dev-builder to ec2.amazonaws.com with ec2:RunInstances";
    for (way, last) in [
        ("a role re-trusted", "sts:AssumeRole on the role acme-dev-admin"),
        (
            "a given policy rewritten",
            "iam:CreatePolicyVersion on the policy acme-dev-more, which acme-dev-terraform-apply",
        ),
        ("a role handed on", passed),
    ] {
        let by = |last: &str| {
            found.climbed.ways.iter().find(|way| way.steps.last().is_some_and(|step| step.starts_with(last)))
        };
        let found = by(last).with_context(|| format!("no way by {way}:\n{text}"))?;
        assert!(found.reaches.len() > 10, "{way}: {:?}", found.reaches);
    }
    Ok(())
}

/// In both directions, so that what allows everything fails as what denies everything does.
#[test]
fn there_are_enough_lines_of_both() -> Result<()> {
    for (name, least, allowed) in
        [("allowed", 60, true), ("denied", 60, false), ("across", 30, false), ("beyond", 30, false)]
    {
        let lines = list(name)?;
        assert!(lines.len() >= least, "{name} has {}", lines.len());
        let others: Vec<_> =
            lines.iter().filter(|line| line.allowed != allowed).map(|line| &line.place).collect();
        assert_eq!(others, [] as [&String; 0], "{name} has lines of the other list");
    }
    Ok(())
}
