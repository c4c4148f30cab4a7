//! The example provider beside the same one on HashiCorp's framework for Go, by turns. What comes out is kept, and the README and the page of
//! `tfplugin` state it.

use std::time::Duration;

use acceptance_tests::peer::{self, FILE, Kept, Pair, Row};
use acceptance_tests::{Usage, start};
use anyhow::{Context as _, Result};
use fs_err as fs;

use super::example::{self, Example, ITEM, NOTE, Place, Step};
use super::statistics::median;
use crate::ui::{Ui, elapsed};

const MANY: usize = 1_000;
/// How many starts in a round.
const STARTS: usize = 10;
/// Of fewer rounds a median says nothing.
const LEAST_ROUNDS: usize = 3;

/// What there are many of: their name, their type and their arguments.
const SUBJECTS: [(&str, &str, &str); 2] = [("notes", "thing_note", NOTE), ("items", "thing_item", ITEM)];
/// Each lives on what the one before it left.
const STEPS: [Step; 3] = [Step::PlanCreate, Step::Create, Step::Plan];

/// Measures both in so many rounds, and keeps the medians.
pub(super) fn run(ui: &Ui, terraform: &str, rounds: usize) -> Result<()> {
    let load = load()?;
    ui.step(&format!("the example provider on HashiCorp's framework {}", peer::FRAMEWORK));
    // First: whoever has no Go is told before anything is built.
    let theirs = Example::new(peer::program()?)?;
    ui.step("release build of the example provider");
    let candidates = [Example::new(example::build()?)?, theirs];
    let mut runs = Runs::default();
    for round in 1..=rounds {
        ui.step(&format!("round {round} of {rounds}: {MANY} resources each"));
        starts(&candidates, round, &mut runs)?;
        for subject in SUBJECTS {
            many(ui, &candidates, subject, round, &mut runs)?;
        }
    }
    let kept = Kept {
        day: crate::prove::today()?,
        terraform: terraform.to_owned(),
        go: peer::go()?,
        framework: peer::FRAMEWORK.to_owned(),
        rounds: u64::try_from(rounds)?,
        processors: u64::try_from(std::thread::available_parallelism()?.get())?,
        load,
        size: Pair { ours: candidates[0].bytes()?, peer: candidates[1].bytes()? },
        rows: runs.rows()?,
    };
    ui.result(&format!("\n{}", kept.told()));
    if rounds < LEAST_ROUNDS {
        ui.note(&format!("not kept: that takes {LEAST_ROUNDS} rounds"));
        return Ok(());
    }
    kept.keep()?;
    ui.note(&format!("kept in `{FILE}`, and stated by the pages"));
    Ok(())
}

/// How many processes wanted a processor on average in the last minute, in hundredths (`proc_loadavg(5)`).
fn load() -> Result<u64> {
    let text = fs::read_to_string("/proc/loadavg")?;
    hundredths(&text).with_context(|| format!("`/proc/loadavg` is `{}`", text.trim()))
}

fn hundredths(loadavg: &str) -> Option<u64> {
    let (whole, part) = loadavg.split_whitespace().next()?.split_once('.')?;
    let part = part.parse::<u64>().ok().filter(|_| part.len() == 2)?;
    Some(whole.parse::<u64>().ok()? * 100 + part)
}

/// Which of the two goes first: neither of them always has the other one's caches before it.
fn order(turn: usize) -> [usize; 2] {
    if turn % 2 == 1 { [0, 1] } else { [1, 0] }
}

fn starts(candidates: &[Example; 2], round: usize, runs: &mut Runs) -> Result<()> {
    for turn in 0..STARTS {
        for which in order(round + turn) {
            let start = start::provider(&candidates[which].program)?;
            let memory = start.memory.context("there is no `/proc`")?;
            let sample = Sample { time: start.time, processor: start.processor, memory };
            runs.add("start to handshake line", which, sample);
        }
    }
    Ok(())
}

fn many(
    ui: &Ui,
    candidates: &[Example; 2],
    (title, resource, arguments): (&str, &'static str, &'static str),
    round: usize,
    runs: &mut Runs,
) -> Result<()> {
    let places: Vec<Place<'_>> = candidates
        .iter()
        .map(|candidate| candidate.place(resource, arguments, MANY))
        .collect::<Result<_>>()?;
    for step in STEPS {
        for turn in 0..times(step) {
            for which in order(round + turn) {
                let usage = places[which].measure(step)?;
                let name = ["tfplugin", "Go"][which];
                ui.detail(&format!("{} of {title}, {name}: {}", step.name(), elapsed(usage.time)));
                runs.add(&format!("{}, 1,000 {title}", step.name()), which, Sample::of(usage)?);
            }
        }
    }
    Ok(())
}

/// How often a step is measured in a round: what changes nothing can be had again at once.
fn times(step: Step) -> usize {
    if matches!(step, Step::Create) { 1 } else { 2 }
}

/// One measurement of the provider; its time is also that of Terraform.
#[derive(Clone, Copy)]
struct Sample {
    time: Duration,
    processor: Duration,
    /// In KiB.
    memory: u64,
}

impl Sample {
    fn of(usage: Usage) -> Result<Self> {
        let provider = usage.children.context("there is no `/proc`")?;
        Ok(Self { time: usage.time, processor: provider.processor, memory: provider.peak })
    }
}

/// What was measured of each step, of `tfplugin` (0) and of Go (1), in the order of the first round.
#[derive(Default)]
struct Runs(Vec<(String, [Vec<Sample>; 2])>);

impl Runs {
    fn add(&mut self, what: &str, which: usize, sample: Sample) {
        let place = self.0.iter().position(|(name, _)| name == what).unwrap_or_else(|| {
            self.0.push((what.to_owned(), Default::default()));
            self.0.len() - 1
        });
        self.0[place].1[which].push(sample);
    }

    fn rows(&self) -> Result<Vec<Row>> {
        let row = |(what, both): &(String, [Vec<Sample>; 2])| {
            let pair = |of: fn(&Sample) -> u64| {
                let [ours, peer] = both.each_ref().map(|samples| median(samples.iter().map(of).collect()));
                let (ours, peer) = ours.zip(peer).with_context(|| format!("`{what}` was not measured"))?;
                Ok::<_, anyhow::Error>(Pair { ours, peer })
            };
            Ok(Row {
                what: what.clone(),
                time: pair(|sample| microseconds(sample.time))?,
                processor: pair(|sample| microseconds(sample.processor))?,
                memory: pair(|sample| sample.memory)?,
            })
        };
        self.0.iter().map(row).collect()
    }
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(milliseconds: u64) -> Sample {
        let time = Duration::from_millis(milliseconds);
        Sample { time, processor: time * 2, memory: milliseconds * 10 }
    }

    #[test]
    fn medians_are_kept_of_each_step_in_its_order() {
        let mut runs = Runs::default();
        for (ours, peer) in [(1, 10), (3, 40), (2, 30)] {
            runs.add("start", 0, sample(ours));
            runs.add("start", 1, sample(peer));
            runs.add("create", 0, sample(ours + 5));
            runs.add("create", 1, sample(peer));
        }
        let pair = |ours, peer| Pair { ours, peer };
        let rows = runs.rows().unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(
            rows[0],
            Row {
                what: "start".into(),
                time: pair(2_000, 30_000),
                processor: pair(4_000, 60_000),
                memory: pair(20, 300),
            }
        );
        assert_eq!((rows[1].what.as_str(), rows[1].time), ("create", pair(7_000, 30_000)));
    }

    #[test]
    fn what_was_measured_of_one_alone_is_no_row() {
        let mut runs = Runs::default();
        runs.add("start", 0, sample(1));
        assert_eq!(runs.rows().unwrap_err().to_string(), "`start` was not measured");
    }

    #[test]
    fn the_load_is_read_exactly() {
        assert_eq!(hundredths("0.07 1.00 2.00 1/234 5678\n"), Some(7));
        assert_eq!(hundredths("12.50 1.00 2.00 1/234 5678\n"), Some(1250));
        assert_eq!(hundredths("12.5 1.00"), None);
        assert_eq!(hundredths(""), None);
    }

    #[test]
    fn each_of_them_goes_first_every_other_time() {
        assert_eq!([order(1), order(2), order(3)], [[0, 1], [1, 0], [0, 1]]);
    }
}
