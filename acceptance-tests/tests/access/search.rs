//! The search for ways up from a role.

use acceptance_tests::judge::Line;
use acceptance_tests::judge::climb::{Climbed, Way, World, climb};
use acceptance_tests::{Judge, scratch};
use anyhow::Result;
use fs_err as fs;

use crate::account::Asked;

/// More than any known way needs.
const ROUNDS: usize = 6;

/// What a search found from a role.
pub(crate) struct Found {
    role: String,
    questions: usize,
    pub(crate) climbed: Climbed,
}

/// What is found from the one role whose name begins so; kept in a file too.
pub(crate) fn from(asked: &Asked, judge: &mut Judge, role: &str, beyond: &[Line]) -> Result<Found> {
    let mut tags: Vec<_> = asked.things.iter().map(|thing| thing.tags.clone()).collect();
    tags.retain(|tags| tags.get("platform").is_some_and(|platform| platform == "acme-dev"));
    tags.sort();
    tags.dedup();
    let (account, things) = (&asked.account, &asked.things);
    let (name, region) = ("acme-dev".to_owned(), "us-east-1".to_owned());
    let world = World { account, things, tags, name, region };
    let before = judge.answered().len();
    let climbed = climb(judge, &world, account.named(role)?, beyond, ROUNDS)?;
    let questions = judge.answered().len() - before;
    let found = Found { role: role.to_owned(), questions, climbed };
    fs::write(scratch::folder(&format!("access-ways-of-{role}"))?.join("ways.txt"), found.text())?;
    Ok(found)
}

impl Found {
    /// What nobody should come to: what there was at first, the ways, and that there is more to look at.
    pub(crate) fn of_ways(&self) -> Vec<String> {
        let Self { role, climbed, .. } = self;
        let mut found: Vec<String> =
            climbed.at_first.iter().map(|line| format!("{role}, at first: {line}")).collect();
        found.extend(climbed.ways.iter().map(|way| format!("{role}: {}", told(way))));
        if climbed.rounds == ROUNDS {
            found.push(format!("{role}: there is more to look at after {ROUNDS} rounds"));
        }
        found
    }

    /// All that was found.
    pub(crate) fn text(&self) -> String {
        let Climbed { at_first, ways, held, tried, rounds } = &self.climbed;
        let ways: Vec<_> = ways.iter().map(told).collect();
        let held: Vec<_> = held.iter().cloned().collect();
        let (first, held) = (at_first.join("\n  "), held.join(", "));
        let counts = format!("{tried} moves, {} questions, {rounds} rounds", self.questions);
        format!("{counts}\n\nat first:\n  {first}\n\nheld: {held}\n\nways:\n{}", ways.join("\n\n"))
    }
}

fn told(way: &Way) -> String {
    format!("{}\n  => {}: {}", way.steps.join("\n  "), way.as_whom, way.reaches.join("; "))
}
