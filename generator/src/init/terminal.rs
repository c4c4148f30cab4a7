//! Questions on a terminal, by the crate `inquire`.

use std::fmt;

use inquire::validator::Validation;
use inquire::{Confirm, InquireError, Select, Text};

use super::answers::Answers;
use super::interview::{Asker, Stop};
use super::questions::{Kind, Question};
use super::signals::Watch;
use crate::diag::Diagnostic;
use crate::plan::regions::REGIONS;

/// Whoever sits at the terminal, and what a signal does meanwhile.
#[derive(Debug)]
pub struct Terminal(pub Watch);

impl Asker for Terminal {
    fn ask(&mut self, question: &'static Question, before: &Answers) -> Result<String, Stop> {
        let standard = (question.standard)(before);
        self.0.at_a_question(|| {
            match question.kind {
                Kind::Words(words) => word(question, words),
                Kind::YesNo => yes_or_no(question),
                Kind::Text | Kind::Region => text(question, before, standard.as_deref()),
            }
            .map_err(|e| stop(&e))
        })
    }
}

fn text(
    question: &'static Question,
    before: &Answers,
    standard: Option<&str>,
) -> Result<String, InquireError> {
    let before = before.clone();
    let mut prompt =
        Text::new(question.asks).with_help_message(question.help).with_validator(move |text: &str| {
            Ok(match question.answered(&before, text) {
                Ok(_) => Validation::Valid,
                Err(problem) => Validation::Invalid(in_a_line(&problem).into()),
            })
        });
    // One that is empty is what an empty line gives anyway.
    if let Some(standard) = standard.filter(|standard| !standard.is_empty()) {
        prompt = prompt.with_default(standard);
    }
    if question.kind == Kind::Region {
        prompt = prompt.with_autocomplete(|typed: &str| Ok(regions(typed)));
    }
    prompt.prompt()
}

/// Regions whose names hold what was typed.
fn regions(typed: &str) -> Vec<String> {
    let names = REGIONS.iter().map(|region| region.name().to_owned());
    names.filter(|name| name.contains(typed.trim())).collect()
}

fn yes_or_no(question: &Question) -> Result<String, InquireError> {
    let yes = Confirm::new(question.asks).with_help_message(question.help).with_default(false).prompt()?;
    Ok(if yes { "yes" } else { "no" }.to_owned())
}

/// A word with what it means.
struct Word {
    word: &'static str,
    means: &'static str,
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.word, self.means)
    }
}

fn word(question: &Question, words: &'static [(&'static str, &'static str)]) -> Result<String, InquireError> {
    let words = words.iter().map(|&(word, means)| Word { word, means }).collect();
    // The first is the standard one.
    let chosen = Select::new(question.asks, words)
        .with_help_message(question.help)
        .without_filtering()
        .with_formatter(&|chosen| chosen.value.word.to_owned())
        .prompt()?;
    Ok(chosen.word.to_owned())
}

/// A problem under the line that was typed.
fn in_a_line(problem: &Diagnostic) -> String {
    let Diagnostic { message, note, hint, .. } = problem;
    let more: Vec<&str> = [note, hint].into_iter().flatten().map(String::as_str).collect();
    let line = if more.is_empty() { message.clone() } else { format!("{message} ({})", more.join("; ")) };
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn stop(e: &InquireError) -> Stop {
    match e {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => Stop::Left,
        other => Stop::Terminal(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_stands_in_a_line_and_a_word_with_what_it_means() {
        let problem = Diagnostic::new("`1` is odd").note("it is no\neven number").hint("write `2`");
        assert_eq!(in_a_line(&problem), "`1` is odd (it is no even number; write `2`)");
        assert_eq!(in_a_line(&Diagnostic::new("`1` is odd")), "`1` is odd");
        assert_eq!(Word { word: "new", means: "made" }.to_string(), "new: made");
        assert_eq!(regions("eu-central"), ["eu-central-1", "eu-central-2"]);
    }

    #[test]
    fn only_what_somebody_typed_is_a_wish_to_leave() {
        assert_eq!(stop(&InquireError::OperationCanceled), Stop::Left);
        assert_eq!(stop(&InquireError::OperationInterrupted), Stop::Left);
        assert_eq!(stop(&InquireError::NotTTY), Stop::Terminal("The input device is not a TTY".to_owned()));
    }
}
