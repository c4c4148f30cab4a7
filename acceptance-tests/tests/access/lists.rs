//! The lists, with one pair of roles.

use acceptance_tests::judge::Line;
use acceptance_tests::stack::Stack;
use acceptance_tests::{Judge, scratch};
use anyhow::Result;
use fs_err as fs;

use crate::account::{Asked, list, of_a_pair};

/// What is not decided as the lists want it.
fn wrong(asked: &Asked, judge: &mut Judge, lines: &[Line]) -> Result<Vec<String>> {
    let question = |line: &Line| line.question(asked.of_pair(&line.who)?, &asked.things, &asked.account);
    let questions = lines.iter().map(question).collect::<Result<Vec<_>>>()?;
    let answers = judge.ask(&questions)?;
    Ok(lines.iter().zip(answers).filter_map(|(line, answer)| line.wrong(answer.decision)).collect())
}

#[test]
fn a_pair_of_roles_may_what_runs_ask_for_and_nothing_to_neighbours() -> Result<()> {
    let stack = Stack::new("access-lists")?;
    let asked = of_a_pair(&stack)?;
    let mut judge = Judge::start()?;
    let (allowed, denied) = (list("allowed")?.0, list("denied")?.0);
    assert!(allowed.len() >= 60 && denied.len() >= 60, "{} and {}", allowed.len(), denied.len());
    let found = [wrong(&asked, &mut judge, &allowed)?, wrong(&asked, &mut judge, &denied)?].concat();
    fs::write(scratch::folder("access-lists-found")?.join("wrong.txt"), found.join("\n"))?;
    assert_eq!(found, [] as [String; 0]);
    Ok(())
}
