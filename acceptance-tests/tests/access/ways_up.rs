//! The search for ways up: it finds those that there were, and none now.

use acceptance_tests::judge::Line;
use acceptance_tests::judge::climb::{Climbed, Way, World, climb};
use acceptance_tests::modules::EARLIER;
use acceptance_tests::stack::Stack;
use acceptance_tests::{Judge, scratch};
use anyhow::{Context as _, Result};
use fs_err as fs;

use crate::account::{Asked, LAYERS, Roles, list};

/// More than any known way needs.
const ROUNDS: usize = 6;

fn searched(asked: &Asked, role: &str, beyond: &[Line]) -> Result<Climbed> {
    let start = asked.account.named(role)?;
    let mut tags: Vec<_> = asked.things.iter().map(|thing| thing.tags.clone()).collect();
    tags.retain(|tags| tags.get("platform").is_some_and(|platform| platform == "acme-dev"));
    tags.sort();
    tags.dedup();
    let world = World {
        account: &asked.account,
        things: &asked.things,
        tags,
        name: "acme-dev".to_owned(),
        region: "us-east-1".to_owned(),
    };
    let mut judge = Judge::start()?;
    let found = climb(&mut judge, &world, start, beyond, ROUNDS)?;
    println!("{} moves, {} questions, {} rounds", found.tried, judge.answered().len(), found.rounds);
    Ok(found)
}

fn told(found: &Climbed) -> String {
    let way = |way: &Way| {
        format!("{}\n  => {}: {}", way.steps.join("\n  "), way.as_whom, way.reaches.join("; "))
    };
    let ways: Vec<_> = found.ways.iter().map(way).collect();
    format!("at first:\n  {}\n\nways:\n{}", found.at_first.join("\n  "), ways.join("\n\n"))
}

/// Expects that there is no way, and nothing to begin with.
fn none_from(asked: &Asked, role: &str, beyond: &[Line]) -> Result<()> {
    let found = searched(asked, role, beyond)?;
    let text = told(&found);
    fs::write(scratch::folder(&format!("access-ways-of-{role}"))?.join("ways.txt"), &text)?;
    assert_eq!((found.at_first.len(), found.ways.len()), (0, 0), "{role}: {text}");
    assert!(found.rounds < ROUNDS, "{role}: there is more to look at after {ROUNDS} rounds");
    Ok(())
}

#[test]
fn each_way_up_that_there_was_is_found() -> Result<()> {
    let asked = Asked::of(&Stack::of_commit("access-ways-then", EARLIER)?, Roles::Pair)?;
    let found = searched(&asked, "acme-dev-terraform-apply", &list("beyond")?)?;
    let text = told(&found);
    fs::write(scratch::folder("access-ways-then-found")?.join("ways.txt"), &text)?;
    for (way, last) in [
        ("a role re-trusted", "sts:AssumeRole on the role acme-dev-admin"),
        ("a given policy rewritten", "iam:CreatePolicyVersion on the policy acme-dev-more, which acme-dev-terraform-apply"),
        ("a role handed on", "iam:PassRole on the role acme-dev-builder to ec2.amazonaws.com with ec2:RunInstances"),
    ] {
        let ends_so = |way: &&Way| way.steps.last().is_some_and(|step| step.starts_with(last));
        let found = found.ways.iter().find(ends_so).with_context(|| format!("no way by {way}:\n{text}"))?;
        assert!(found.reaches.len() > 10, "{way}: {:?}", found.reaches);
    }
    Ok(())
}

#[test]
fn there_is_no_way_up_from_a_pair_of_roles() -> Result<()> {
    let asked = Asked::of(&Stack::new("access-ways")?, Roles::Pair)?;
    let beyond = list("beyond")?;
    none_from(&asked, "acme-dev-terraform-plan", &beyond)?;
    none_from(&asked, "acme-dev-terraform-apply", &beyond)
}

/// Nor to another layer's things.
#[test]
fn there_is_no_way_up_from_roles_of_layers() -> Result<()> {
    let asked = Asked::of(&Stack::new("access-ways-layers")?, Roles::Layers)?;
    for layer in LAYERS {
        let mut beyond = list("beyond")?;
        let of_layer = format!("{layer} apply");
        beyond.extend(list("across")?.into_iter().filter(|line| line.who == of_layer));
        none_from(&asked, &format!("acme-dev-{layer}-apply"), &beyond)?;
    }
    Ok(())
}
