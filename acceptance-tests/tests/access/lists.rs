//! The lists: what runs ask for is allowed, and nothing that is a neighbour's.

use acceptance_tests::stack::Stack;
use acceptance_tests::{Judge, scratch};
use anyhow::Result;
use fs_err as fs;

use crate::account::{Asked, Roles, list};

/// The lines that are decided otherwise, which are kept in a file too.
fn found(asked: &Asked, lists: &[&str], test: &str) -> Result<Vec<String>> {
    let mut judge = Judge::start()?;
    let mut wrong = Vec::new();
    for name in lists {
        wrong.extend(asked.wrong(&mut judge, &list(name)?)?);
    }
    fs::write(scratch::folder(&format!("{test}-found"))?.join("wrong.txt"), wrong.join("\n"))?;
    Ok(wrong)
}

#[test]
fn a_pair_of_roles_may_what_runs_ask_for_and_nothing_to_neighbours() -> Result<()> {
    let asked = Asked::of(&Stack::new("access-pair")?, Roles::Pair)?;
    assert_eq!(found(&asked, &["allowed", "denied"], "access-pair")?, [] as [String; 0]);
    Ok(())
}

#[test]
fn roles_of_layers_may_what_their_runs_ask_for_and_nothing_to_others() -> Result<()> {
    let asked = Asked::of(&Stack::new("access-layers")?, Roles::Layers)?;
    assert_eq!(found(&asked, &["allowed", "denied", "across"], "access-layers")?, [] as [String; 0]);
    Ok(())
}

/// In both directions, so that what allows everything fails as what denies everything does.
#[test]
fn there_are_enough_lines_of_both() -> Result<()> {
    for (name, allowed) in [("allowed", true), ("denied", false), ("across", false), ("beyond", false)] {
        let lines = list(name)?;
        let least = if ["allowed", "denied"].contains(&name) { 60 } else { 30 };
        assert!(lines.len() >= least, "{name} has {}", lines.len());
        let others: Vec<_> = lines.iter().filter(|line| line.allowed != allowed).map(|line| &line.place).collect();
        assert_eq!(others, [] as [&String; 0], "{name} has lines of the other list");
    }
    Ok(())
}
