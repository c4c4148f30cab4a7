//! A first `platform.yaml`: what is asked, by whom it is answered, and what is written.
//!
//! What an answer may be is decided by nobody here: it is put into the text that would be written, and that text goes the way of every other
//! ([`crate::spec::load_text`], then [`crate::plan::plan`]). What has no answer yet stands in it with a value that is valid.

mod answers;
mod interview;
mod questions;
mod signals;
mod terminal;
mod text;

pub use answers::Answers;
pub use interview::{Asker, Stop, Unfilled, fill};
pub use questions::{ACCESS, Kind, QUESTIONS, Question};
pub use signals::Watch;
pub use terminal::Terminal;
pub use text::text;

use crate::diag::{Level, Report};
use crate::plan;
use crate::spec::load_text;

/// Checks what would be written, as every command checks what it reads. `name` is what messages call it.
///
/// # Errors
/// A report with every problem.
pub fn check(name: &str, answers: &Answers) -> Result<(), Report> {
    let loaded = load_text(name.to_owned(), text(answers))?;
    match plan::plan(&loaded.spec) {
        Ok(_) => Ok(()),
        Err(problems) => Err(loaded.report(Level::Error, problems)),
    }
}
