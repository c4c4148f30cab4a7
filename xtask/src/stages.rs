//! A row of stages, each timed; the later ones run although an earlier one failed.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::counts::Counts;
use crate::ui::{Ui, elapsed, table};

struct Stage {
    name: String,
    outcome: Result<Counts>,
    took: Duration,
}

/// Stages that ran so far.
pub(crate) struct Stages<'a> {
    ui: &'a Ui,
    done: Vec<Stage>,
}

impl<'a> Stages<'a> {
    pub(crate) fn new(ui: &'a Ui) -> Self {
        Self { ui, done: Vec::new() }
    }

    /// Runs a stage and gives whether it passed. Its work tells how many tests it ran.
    pub(crate) fn run(&mut self, name: &str, work: impl FnOnce() -> Result<Counts>) -> bool {
        self.ui.step(name);
        let start = Instant::now();
        let outcome = work();
        let took = start.elapsed();
        match &outcome {
            Ok(_) => self.ui.detail(&format!("{name}: {}", elapsed(took))),
            Err(error) => self.ui.error(error),
        }
        let passed = matches!(outcome, Ok(Counts { failed: 0, .. }));
        self.done.push(Stage { name: name.to_owned(), outcome, took });
        passed
    }

    /// Prints the table and, as the last line, the number of tests. A stage that runs no tests counts as one
    /// failed test when it fails, so that the last line never hides it.
    pub(crate) fn finish(self) -> Result<()> {
        let mut total = Counts::default();
        let mut failed = Vec::new();
        let mut rows = Vec::new();
        for Stage { name, outcome, took } in &self.done {
            let (counts, result) = match outcome {
                Ok(counts) if counts.failed == 0 => (*counts, "ok"),
                Ok(counts) => (*counts, "FAILED"),
                Err(_) => (Counts { passed: 0, failed: 1 }, "FAILED"),
            };
            if result != "ok" {
                failed.push(name.as_str());
            }
            total += counts;
            let number = |count: usize| if count == 0 { String::new() } else { count.to_string() };
            rows.push(vec![
                name.clone(),
                result.to_owned(),
                number(counts.passed),
                number(counts.failed),
                format!("{:.1}", took.as_secs_f64()),
            ]);
        }
        self.ui.result("");
        self.ui.result(&table(&["stage", "result", "passed", "failed", "seconds"], &rows));
        self.ui.result("");
        self.ui.result(&format!("{} passed, {} failed", total.passed, total.failed));
        if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join(", ")) }
    }
}
