//! Goes through the questions: answers by flags first, then by whoever can be asked, then the standard ones.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::Answers;
use super::questions::{QUESTIONS, Question};
use crate::diag::Diagnostic;
use crate::suggest::all_of;

/// Whoever answers questions.
pub trait Asker {
    /// An answer that the question takes after those before it.
    ///
    /// # Errors
    /// [`Stop`] when there is none.
    fn ask(&mut self, question: &'static Question, before: &Answers) -> Result<String, Stop>;
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// Whoever was asked broke it off.
    Left,
    /// The terminal does not work, for this cause.
    Terminal(String),
}

/// Why there are no answers.
#[derive(Debug)]
pub enum Unfilled {
    /// Some cannot be used, or are missing.
    Refused(Vec<Diagnostic>),
    /// They were not given to the end.
    Stopped(Stop),
}

impl From<Stop> for Unfilled {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop)
    }
}

/// All answers. `why_nobody` tells why nobody is asked, where there is no `asker`.
///
/// # Errors
/// [`Unfilled`]: every problem of what was given, at once.
pub fn fill(
    given: &BTreeMap<&'static str, String>,
    asker: Option<&mut dyn Asker>,
    why_nobody: &str,
) -> Result<Answers, Unfilled> {
    // What is given and cannot be used is told before anything is asked.
    let first = Walk::through(given, None)?;
    let asked = asker.is_some();
    let mut walk = match asker {
        Some(asker) if first.refused.is_empty() => Walk::through(given, Some(asker))?,
        _ => first,
    };
    // After an answer that cannot be used, others may seem to go with nothing.
    if walk.refused.is_empty() {
        walk.refused.extend(unused(given, &walk.met));
    }
    if !asked {
        walk.refused.extend(lacking(&walk.missing, why_nobody));
    }
    if walk.refused.is_empty() { Ok(walk.answers) } else { Err(Unfilled::Refused(walk.refused)) }
}

/// What came of going through all questions.
#[derive(Default)]
struct Walk {
    answers: Answers,
    refused: Vec<Diagnostic>,
    missing: Vec<&'static str>,
    /// What was asked, or would have been.
    met: BTreeSet<&'static str>,
}

impl Walk {
    /// An answer that cannot be used leaves its place to what stands there without one, so that the others are checked as well.
    fn through(
        given: &BTreeMap<&'static str, String>,
        mut asker: Option<&mut dyn Asker>,
    ) -> Result<Self, Stop> {
        let mut walk = Self::default();
        for question in QUESTIONS {
            if !(question.applies)(&walk.answers) {
                continue;
            }
            walk.met.insert(question.flag);
            let text = match (given.get(question.flag), &mut asker) {
                (Some(text), _) => Some(text.clone()),
                (None, Some(asker)) => Some(asker.ask(question, &walk.answers)?),
                (None, None) => (question.standard)(&walk.answers),
            };
            match text.map(|text| question.answered(&walk.answers, &text)) {
                Some(Ok(answers)) => walk.answers = answers,
                Some(Err(problem)) => walk.refused.push(of_flag(question, problem)),
                None => walk.missing.push(question.flag),
            }
        }
        Ok(walk)
    }
}

fn of_flag(question: &Question, problem: Diagnostic) -> Diagnostic {
    let message = format!("`--{}`: {}", question.given_by(), problem.message);
    // The text that it stands in is not there to be looked at.
    Diagnostic { message, span: None, ..problem }
}

/// What was given and goes with nothing else that was.
fn unused(given: &BTreeMap<&'static str, String>, met: &BTreeSet<&'static str>) -> Vec<Diagnostic> {
    let unmet =
        QUESTIONS.iter().filter(|question| given.contains_key(question.flag) && !met.contains(question.flag));
    unmet
        .map(|question| {
            Diagnostic::new(format!("`--{}` goes with none of the other answers", question.flag))
                .hint(format!("leave it out; it goes with {}", question.goes_with))
        })
        .collect()
}

fn lacking(missing: &[&'static str], why_nobody: &str) -> Option<Diagnostic> {
    if missing.is_empty() {
        return None;
    }
    let flags: Vec<String> = missing.iter().map(|flag| format!("--{flag}")).collect();
    let problem = Diagnostic::new(format!("not everything is answered: {} missing", are(&flags)));
    Some(
        problem
            .note(why_nobody)
            .hint("give what is missing by these flags, which `tfy-infra init --help` explains, or run it on a terminal"),
    )
}

fn are(flags: &[String]) -> String {
    let verb = if flags.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", all_of(flags))
}
