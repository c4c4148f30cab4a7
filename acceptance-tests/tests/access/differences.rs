//! The same questions, asked of the evaluator of the local AWS: where the two differ, a list says why.

use std::collections::BTreeSet;

use acceptance_tests::Judge;
use acceptance_tests::judge::{Answer, Decision, Question, differences};
use anyhow::Result;

use crate::account::file;

/// Expects that the local AWS decides each question as it was decided, or otherwise as the list says.
pub(crate) fn expect_none(judge: &Judge) -> Result<()> {
    let answered = judge.answered();
    let questions: Vec<Question> = answered.iter().map(|(question, _)| Question::clone(question)).collect();
    let ours = Judge::of_local_aws()?.ask(&questions)?;
    let known = differences(&file("differences"))?;
    let mut found = BTreeSet::new();
    for ((question, theirs), ours) in answered.iter().zip(&ours) {
        let is_known = known.iter().any(|line| line.fits(question, theirs.decision, ours.decision));
        if theirs.decision != ours.decision && !is_known {
            found.insert(told(question, theirs, ours));
        }
    }
    let shown: Vec<_> = found.iter().take(20).collect();
    assert_eq!(shown, [] as [&String; 0], "{} of {} questions", found.len(), questions.len());
    Ok(())
}

fn told(question: &Question, theirs: &Answer, ours: &Answer) -> String {
    let Question { who, action, resource, context, .. } = question;
    let one = |answer: &Answer| format!("{:?} by {:?} without {:?}", answer.decision, answer.by, answer.ignored);
    format!("{}: {action} on {resource} with {context:?}: theirs {}, ours {}", who.name(), one(theirs), one(ours))
}

/// A line that nothing needs would hide a fault to come.
pub(crate) fn expect_needed(judges: &[&Judge]) -> Result<()> {
    let known = differences(&file("differences"))?;
    let mut needed = BTreeSet::new();
    for judge in judges {
        let answered = judge.answered();
        let questions: Vec<Question> = answered.iter().map(|(question, _)| Question::clone(question)).collect();
        let ours = Judge::of_local_aws()?.ask(&questions)?;
        for ((question, theirs), ours) in answered.iter().zip(&ours).filter(|((_, theirs), ours)| theirs.decision != ours.decision) {
            needed.extend(known.iter().filter(|line| line.fits(question, theirs.decision, ours.decision)).map(|line| line.place.clone()));
        }
    }
    let idle: Vec<_> = known.iter().map(|line| &line.place).filter(|place| !needed.contains(*place)).collect();
    assert_eq!(idle, [] as [&String; 0], "these lines explain nothing");
    Ok(())
}

/// Both know the same of what nobody may: nothing.
#[test]
fn decisions_are_told_apart() {
    assert!(Decision::Allowed.is_allowed());
    assert!(!Decision::NotAllowed.is_allowed() && !Decision::Denied.is_allowed() && !Decision::Unknown.is_allowed());
}
