//! The search for ways up from a role.

use acceptance_tests::judge::Line;
use acceptance_tests::judge::climb::{Climbed, Way, World, climb};
use acceptance_tests::{Judge, scratch};
use anyhow::Result;
use fs_err as fs;

use crate::account::Asked;

/// More than any known way needs.
const ROUNDS: usize = 6;

/// What is found from the one role whose name begins so; kept in a file too.
pub(crate) fn from(
    asked: &Asked,
    judge: &mut Judge,
    role: &str,
    beyond: &[Line],
) -> Result<(Climbed, String)> {
    let mut tags: Vec<_> = asked.things.iter().map(|thing| thing.tags.clone()).collect();
    tags.retain(|tags| tags.get("platform").is_some_and(|platform| platform == "acme-dev"));
    tags.sort();
    tags.dedup();
    let (account, things) = (&asked.account, &asked.things);
    let (name, region) = ("acme-dev".to_owned(), "us-east-1".to_owned());
    let world = World { account, things, tags, name, region };
    let before = judge.answered().len();
    let found = climb(judge, &world, account.named(role)?, beyond, ROUNDS)?;
    let asked = judge.answered().len() - before;
    println!(
        "{role}: {} moves, {asked} questions, {} rounds, {} ways",
        found.tried,
        found.rounds,
        found.ways.len()
    );
    let text = told(&found);
    fs::write(scratch::folder(&format!("access-ways-of-{role}"))?.join("ways.txt"), &text)?;
    Ok((found, text))
}

/// Expects that there is no way, and nothing to begin with.
pub(crate) fn none_from(asked: &Asked, judge: &mut Judge, role: &str, beyond: &[Line]) -> Result<()> {
    let (found, text) = from(asked, judge, role, beyond)?;
    assert_eq!((found.at_first.len(), found.ways.len()), (0, 0), "{role}: {text}");
    assert!(found.rounds < ROUNDS, "{role}: there is more to look at after {ROUNDS} rounds");
    Ok(())
}

fn told(found: &Climbed) -> String {
    let way =
        |way: &Way| format!("{}\n  => {}: {}", way.steps.join("\n  "), way.as_whom, way.reaches.join("; "));
    let ways: Vec<_> = found.ways.iter().map(way).collect();
    let held: Vec<_> = found.held.iter().cloned().collect();
    format!(
        "at first:\n  {}\n\nheld: {}\n\nways:\n{}",
        found.at_first.join("\n  "),
        held.join(", "),
        ways.join("\n\n")
    )
}
