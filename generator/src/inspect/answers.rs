//! A line for each answer.

use std::time::Instant;

use crate::facts::Answer;

/// Tells what was answered, as it comes.
pub(super) struct Recorder<'a> {
    line: &'a dyn Fn(&str),
    started: Instant,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(line: &'a dyn Fn(&str)) -> Self {
        Self { line, started: Instant::now() }
    }

    /// Tells of one answer.
    pub(super) fn answered<T>(&self, name: &str, answer: &Answer<T>) {
        let seconds = self.started.elapsed().as_secs_f64();
        let line = self.line;
        match answer {
            Answer::Known(_) => line(&format!("asked for {name} ({seconds:.1} s)")),
            Answer::Absent => line(&format!("asked for {name}: there is none ({seconds:.1} s)")),
            Answer::Unchecked { text, .. } => line(&format!("could not ask for {name}: {text}")),
        }
    }
}
