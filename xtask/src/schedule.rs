//! Stages with what they need and what they weigh: those that wait run beside those that compute.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::counts::{Counts, Skipped};
use crate::ui::{Ui, elapsed, table};

/// What a stage may take, all stages together: one that computes weighs [`HEAVY`], one that mostly waits or takes what others
/// leave weighs [`LIGHT`].
const CAPACITY: u32 = 5;
pub(crate) const HEAVY: u32 = 3;
pub(crate) const LIGHT: u32 = 1;
/// Of a stage that measures: nothing else runs meanwhile.
pub(crate) const ALONE: u32 = CAPACITY;

/// What a stage found.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) counts: Counts,
    /// Tests that did not run, each with its reason.
    pub(crate) skipped: Vec<Skipped>,
    /// What failed and how, for the end of the output.
    pub(crate) failures: Vec<String>,
    /// Processor time of its children.
    pub(crate) cpu: Duration,
}

type Work<'a> = Box<dyn FnOnce() -> Result<Outcome> + Send + 'a>;

/// One piece of work.
pub(crate) struct Stage<'a> {
    name: &'static str,
    after: Vec<&'static str>,
    weight: u32,
    work: Work<'a>,
}

impl<'a> Stage<'a> {
    /// A stage that may begin at once.
    pub(crate) fn new(
        name: &'static str,
        weight: u32,
        work: impl FnOnce() -> Result<Outcome> + Send + 'a,
    ) -> Self {
        Self { name, after: Vec::new(), weight, work: Box::new(work) }
    }

    /// The same stage, begun when all of these have passed.
    pub(crate) fn after(mut self, names: &[&'static str]) -> Self {
        self.after.extend(names);
        self
    }
}

enum End {
    Ran(Result<Outcome>),
    /// Something that it needs has failed.
    NotRun(&'static str),
}

struct Done {
    name: &'static str,
    end: End,
    began: Duration,
    took: Duration,
}

impl Done {
    fn passed(&self) -> bool {
        matches!(&self.end, End::Ran(Ok(outcome)) if outcome.counts.failed == 0)
    }

    fn result(&self) -> &'static str {
        match self.end {
            End::NotRun(_) => "NOT RUN",
            _ if self.passed() => "ok",
            End::Ran(_) => "FAILED",
        }
    }
}

/// Runs all stages, as many at once as their weights allow, in the order given. A stage after one that failed is not run;
/// all others are. Prints the table and what was skipped and failed; the last line has the number of tests.
pub(crate) fn run(ui: &Ui, stages: Vec<Stage<'_>>) -> Result<()> {
    let begin = Instant::now();
    let done = all(ui, stages, begin);
    report(ui, &done, begin.elapsed())
}

fn all(ui: &Ui, stages: Vec<Stage<'_>>, begin: Instant) -> Vec<Done> {
    let order: Vec<&str> = stages.iter().map(|stage| stage.name).collect();
    let mut waiting = stages;
    let mut done: Vec<Done> = Vec::new();
    let mut running: BTreeMap<&str, (u32, Duration)> = BTreeMap::new();
    let (tell, told) = mpsc::channel::<(&'static str, Result<Outcome>)>();
    std::thread::scope(|scope| {
        loop {
            let mut free = CAPACITY - running.values().map(|(weight, _)| weight).sum::<u32>();
            for stage in std::mem::take(&mut waiting) {
                match readiness(&stage, &done) {
                    Readiness::Never(cause) => {
                        let now = begin.elapsed();
                        let end = End::NotRun(cause);
                        done.push(Done { name: stage.name, end, began: now, took: Duration::ZERO });
                    }
                    Readiness::Now if stage.weight <= free => {
                        free -= stage.weight;
                        running.insert(stage.name, (stage.weight, begin.elapsed()));
                        ui.step(stage.name);
                        let tell = tell.clone();
                        scope.spawn(move || {
                            let outcome = (stage.work)();
                            // The receiver lives as long as this scope.
                            let _ = tell.send((stage.name, outcome));
                        });
                    }
                    _ => waiting.push(stage),
                }
            }
            if running.is_empty() {
                if waiting.is_empty() {
                    break;
                }
                // Something was just found not to run, which may decide about others.
                continue;
            }
            let Ok((name, outcome)) = told.recv() else { break };
            let (_, began) = running.remove(name).unwrap_or_default();
            let took = begin.elapsed().saturating_sub(began);
            match &outcome {
                Ok(_) => ui.detail(&format!("{name}: {}", elapsed(took))),
                Err(error) => ui.error(&error.context_of(name)),
            }
            done.push(Done { name, end: End::Ran(outcome), began, took });
        }
    });
    done.sort_by_key(|done| order.iter().position(|name| *name == done.name));
    done
}

enum Readiness {
    Now,
    Later,
    Never(&'static str),
}

fn readiness(stage: &Stage<'_>, done: &[Done]) -> Readiness {
    let mut ready = Readiness::Now;
    for name in &stage.after {
        match done.iter().find(|done| done.name == *name) {
            Some(done) if done.passed() => {}
            Some(_) => return Readiness::Never(name),
            None => ready = Readiness::Later,
        }
    }
    ready
}

/// An error with the name of its stage before it, since stages print beside each other.
trait ContextOf {
    fn context_of(&self, name: &str) -> anyhow::Error;
}

impl ContextOf for anyhow::Error {
    fn context_of(&self, name: &str) -> anyhow::Error {
        anyhow::anyhow!("{name}: {self:#}")
    }
}

fn report(ui: &Ui, done: &[Done], took: Duration) -> Result<()> {
    let mut total = Counts::default();
    let mut failed = Vec::new();
    let mut rows = Vec::new();
    let number = |count: usize| if count == 0 { String::new() } else { count.to_string() };
    for stage in done {
        let (counts, cpu) = match &stage.end {
            End::Ran(Ok(outcome)) => (outcome.counts, outcome.cpu),
            // A stage that fails without a test that failed counts as one, so that the last line never hides it.
            _ => (Counts { failed: 1, ..Counts::default() }, Duration::ZERO),
        };
        if !stage.passed() {
            failed.push(stage.name);
        }
        total += counts;
        rows.push(vec![
            stage.name.to_owned(),
            stage.result().to_owned(),
            number(counts.passed),
            number(counts.failed),
            number(counts.skipped),
            minutes(stage.began),
            minutes(stage.took),
            minutes(cpu),
        ]);
    }
    ui.result("");
    let head = ["stage", "result", "passed", "failed", "skipped", "began at", "minutes", "processor minutes"];
    ui.result(&table(&head, &rows));
    ui.result(&format!("\nAll stages together: {} minutes.", minutes(took)));
    tell_skipped(ui, done);
    tell_failures(ui, done);
    ui.result("");
    ui.result(&total.to_string());
    if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join(", ")) }
}

fn tell_skipped(ui: &Ui, done: &[Done]) {
    let outcomes = done.iter().filter_map(|done| match &done.end {
        End::Ran(Ok(outcome)) => Some(outcome),
        _ => None,
    });
    let skipped: Vec<&Skipped> = outcomes.flat_map(|outcome| &outcome.skipped).collect();
    if !skipped.is_empty() {
        ui.result(&format!("\nSkipped, {} in all:", skipped.len()));
    }
    for Skipped { test, reason } in skipped {
        ui.result(&format!("  {test}: {reason}"));
    }
}

fn tell_failures(ui: &Ui, done: &[Done]) {
    let lines: Vec<String> = done
        .iter()
        .flat_map(|done| match &done.end {
            End::Ran(Ok(outcome)) => outcome.failures.clone(),
            End::Ran(Err(error)) => vec![format!("{}: {error:#}", done.name)],
            End::NotRun(cause) => vec![format!("{}: not run, since `{cause}` failed", done.name)],
        })
        .collect();
    if !lines.is_empty() {
        ui.result("\nFailed:");
    }
    for line in lines {
        ui.result(&format!("  {}", line.replace('\n', "\n    ")));
    }
}

fn minutes(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64() / 60.0)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn passes() -> Result<Outcome> {
        Ok(Outcome { counts: Counts { passed: 1, ..Counts::default() }, ..Outcome::default() })
    }

    fn results(stages: Vec<Stage<'_>>) -> Vec<(&'static str, &'static str)> {
        let done = all(&Ui::from_environment(), stages, Instant::now());
        done.iter().map(|done| (done.name, done.result())).collect()
    }

    #[test]
    fn what_needs_a_failed_stage_is_not_run_and_the_rest_is() {
        let failing =
            || Ok(Outcome { counts: Counts { failed: 1, ..Counts::default() }, ..Outcome::default() });
        let stages = vec![
            Stage::new("late", LIGHT, passes).after(&["middle"]),
            Stage::new("middle", HEAVY, passes).after(&["broken"]),
            Stage::new("broken", HEAVY, failing),
            Stage::new("other", LIGHT, passes),
        ];
        assert_eq!(
            results(stages),
            [("late", "NOT RUN"), ("middle", "NOT RUN"), ("broken", "FAILED"), ("other", "ok")]
        );
    }

    #[test]
    fn two_heavy_stages_never_run_at_once_and_a_light_one_runs_beside() {
        let log = Mutex::new(Vec::new());
        let work = |name: &'static str| {
            let log = &log;
            move || {
                log.lock().unwrap().push((name, "begin"));
                std::thread::sleep(Duration::from_millis(150));
                log.lock().unwrap().push((name, "end"));
                passes()
            }
        };
        let stages = vec![
            Stage::new("a", HEAVY, work("a")),
            Stage::new("b", HEAVY, work("b")),
            Stage::new("c", LIGHT, work("c")),
        ];
        assert_eq!(results(stages), [("a", "ok"), ("b", "ok"), ("c", "ok")]);
        let log = log.into_inner().unwrap();
        let at = |name, what| log.iter().position(|entry| *entry == (name, what)).unwrap();
        assert!(at("a", "end") < at("b", "begin"), "{log:?}");
        assert!(at("c", "begin") < at("a", "end"), "{log:?}");
    }

    #[test]
    fn a_stage_that_fails_without_a_test_counts_as_one() {
        let stages = vec![Stage::new("build", HEAVY, || bail!("it does not compile"))];
        let done = all(&Ui::from_environment(), stages, Instant::now());
        let error = report(&Ui::from_environment(), &done, Duration::ZERO).unwrap_err();
        assert_eq!(error.to_string(), "failed: build");
    }
}
