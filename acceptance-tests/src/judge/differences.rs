//! Where two evaluators decide otherwise, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::question::is_like;
use super::things::lines;
use super::{Answer, Decision, Judge, Question};

/// A difference that is known: `{"do": PATTERN, "on": PATTERN, "theirs": DECISION, "ours": DECISION, "why": WHY}`; without `theirs` whatever they say.
#[derive(Clone, Debug)]
struct Known {
    place: String,
    action: String,
    on: String,
    theirs: Option<Decision>,
    ours: Decision,
}

/// What a comparison found.
#[derive(Clone, Debug, Default)]
pub struct Differences {
    /// Those that the list does not have: an action and how it is decided => how often, and one of them.
    pub unknown: BTreeMap<String, (usize, String)>,
    /// Lines that fit none: what they explain is not so any more.
    pub idle: BTreeSet<String>,
    /// How many questions were compared.
    pub compared: usize,
    /// How many are decided otherwise as the list says.
    pub explained: usize,
}

impl Differences {
    /// Of all that one evaluator was asked, with the answers of another and a list of what is known.
    ///
    /// # Errors
    /// When the list is not understood or the other cannot be asked.
    pub fn of(theirs: &Judge, ours: &mut Judge, file: &Path) -> Result<Self> {
        let known = known(file)?;
        let idle = known.iter().map(|line| line.place.clone()).collect();
        let mut found = Self { idle, ..Self::default() };
        let answered = theirs.answered();
        let questions: Vec<Question> =
            answered.iter().map(|(question, _)| Question::clone(question)).collect();
        let answers = ours.ask(&questions)?;
        found.compared = questions.len();
        for ((question, theirs), ours) in answered.into_iter().zip(answers) {
            if theirs.decision == ours.decision {
                continue;
            }
            let mut fitting = known.iter().filter(|line| line.fits(question, theirs, &ours)).peekable();
            if fitting.peek().is_some() {
                found.explained += 1;
            } else {
                let key =
                    format!("{}: theirs {:?}, ours {:?}", question.action, theirs.decision, ours.decision);
                found.unknown.entry(key).or_insert_with(|| (0, told(question, theirs, &ours))).0 += 1;
            }
            for line in fitting {
                found.idle.remove(&line.place);
            }
        }
        Ok(found)
    }
}

impl Known {
    fn fits(&self, question: &Question, theirs: &Answer, ours: &Answer) -> bool {
        self.theirs.is_none_or(|decision| decision == theirs.decision)
            && self.ours == ours.decision
            && is_like(&self.action, &question.action)
            && is_like(&self.on, &question.resource)
    }
}

fn told(question: &Question, theirs: &Answer, ours: &Answer) -> String {
    let Question { who, action, resource, context, .. } = question;
    let one =
        |answer: &Answer| format!("{:?} (by {:?}, without {:?})", answer.decision, answer.by, answer.ignored);
    format!(
        "{}: {action} on {resource} with {context:?}: theirs {}, ours {}",
        who.name(),
        one(theirs),
        one(ours)
    )
}

fn known(file: &Path) -> Result<Vec<Known>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let of = |(at, line): (usize, Value)| parsed(&line, &format!("{name}:{at}"));
    lines(file)?.into_iter().map(of).collect()
}

fn parsed(line: &Value, place: &str) -> Result<Known> {
    let text = |key: &str| line[key].as_str().with_context(|| format!("{place}: no `{key}`"));
    text("why")?;
    let decision = |key: &str| match text(key)? {
        "allowed" => Ok(Decision::Allowed),
        "not allowed" => Ok(Decision::NotAllowed),
        "denied" => Ok(Decision::Denied),
        "not modelled" => Ok(Decision::Unknown),
        other => bail!("{place}: `{other}` is no decision"),
    };
    let (action, on) = (text("do")?.to_owned(), text("on")?.to_owned());
    let theirs = (!line["theirs"].is_null()).then(|| decision("theirs")).transpose()?;
    Ok(Known { place: place.to_owned(), action, on, theirs, ours: decision("ours")? })
}
