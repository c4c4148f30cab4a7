//! What many resources cost: those of the example provider beside Terraform's builtin `terraform_data`.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use acceptance_tests::Usage;
use acceptance_tests::peer::LARGEST;
use anyhow::{Context as _, Result, bail};

use super::example::{self, Example, ITEM, NOTE, Place, Step};
use super::statistics::median;
use super::{in_mebibytes, in_megabytes, in_milliseconds, provider_start, row};
use crate::ui::{Ui, elapsed, table};

const ROUNDS: usize = 3;
const MANY: usize = 1_000;
const VERY_MANY: usize = 10_000;

/// What is measured: a resource, with a value that can change.
struct Subject {
    resource: &'static str,
    arguments: &'static str,
    /// Whether Terraform attaches to a provider that runs already, instead of starting one.
    attached: bool,
    /// How often its life is run through.
    rounds: usize,
}

/// The first is what the others are compared with. A note has as much in it as `terraform_data`: once as users have it, and
/// once without the starts and without TLS, which an attached provider does not have. An item has twenty attributes of every kind, so
/// that Terraform itself has several times as much to write: one round shows that.
const SUBJECTS: [Subject; 4] = [
    Subject { resource: "terraform_data", arguments: "input = \"VALUE\"", attached: false, rounds: ROUNDS },
    Subject { resource: "thing_note", arguments: NOTE, attached: false, rounds: ROUNDS },
    Subject { resource: "thing_note", arguments: NOTE, attached: true, rounds: ROUNDS },
    Subject { resource: "thing_item", arguments: ITEM, attached: false, rounds: 1 },
];

impl Subject {
    fn title(&self) -> String {
        let how = if self.attached { ", attached" } else { "" };
        format!("{}{how}", self.resource)
    }
}

/// What is measured, in this order.
const STEPS: [Step; 4] = [Step::Create, Step::Plan, Step::Update, Step::Destroy];

/// The most that a step may take, as a multiple of what `terraform_data` takes.
fn limit(step: Step) -> &'static str {
    if matches!(step, Step::Plan) { "1.1" } else { "1.0" }
}

/// How often it is measured in a round. A plan without changes can be had again at once, and is over so soon that
/// anything beside it shows.
fn times(step: Step) -> usize {
    if matches!(step, Step::Plan) { 5 } else { 1 }
}

/// The provider's own figures, then 1,000 resources of each subject.
pub(super) fn run(ui: &Ui) -> Result<()> {
    let bench = Bench::new(ui)?;
    bench.start(ui)?;
    let mut runs: [[Vec<Usage>; 4]; SUBJECTS.len()] = Default::default();
    for round in 1..=ROUNDS {
        ui.step(&format!("round {round} of {ROUNDS}: {MANY} resources each"));
        let taking_part = SUBJECTS.iter().filter(|subject| round <= subject.rounds);
        let places: Vec<(&Subject, Place<'_>)> =
            taking_part.map(|subject| Ok((subject, bench.place(subject, MANY)?))).collect::<Result<_>>()?;
        for (number, step) in STEPS.into_iter().enumerate() {
            // By turns, since the machine is faster in one minute than in the next.
            for _ in 0..times(step) {
                for ((subject, place), runs) in places.iter().zip(&mut runs) {
                    let usage = place.measure(step)?;
                    ui.detail(&format!("{} of {}: {}", step.name(), subject.title(), elapsed(usage.time)));
                    runs[number].push(usage);
                }
            }
        }
    }
    ui.result(&format!(
        "\n{MANY} resources in memory, Terraform's default parallelism of 10, medians of {ROUNDS} rounds by turns \
         (`{}`: of one)",
        SUBJECTS[3].resource
    ));
    ui.result(&table(
        &["what", "step", "median", "of terraform_data", "limit", "provider CPU", "provider peak memory"],
        &rows(&runs),
    ));
    Ok(())
}

fn rows(runs: &[[Vec<Usage>; 4]; SUBJECTS.len()]) -> Vec<Vec<String>> {
    let time = |runs: &[Usage]| median(runs.iter().map(|run| run.time).collect()).unwrap_or_default();
    let mut rows = Vec::new();
    for (position, subject) in SUBJECTS.iter().enumerate() {
        for (number, step) in STEPS.into_iter().enumerate() {
            let (these, base) = (&runs[position][number], time(&runs[0][number]));
            let ratio = time(these).as_secs_f64() / base.as_secs_f64();
            let providers: Vec<_> = these.iter().filter_map(|run| run.children).collect();
            let cpu =
                median(providers.iter().map(|provider| provider.processor).collect()).unwrap_or_default();
            let memory = providers.iter().map(|provider| provider.peak).max().unwrap_or_default();
            let ours = |text: String| if position == 0 { String::new() } else { text };
            // Terraform's children are looked at, and a provider that runs already is none.
            let started = |text: String| if subject.attached { String::new() } else { ours(text) };
            rows.push(vec![
                subject.title(),
                step.name().to_owned(),
                format!("{:.2} s", time(these).as_secs_f64()),
                ours(format!("{ratio:.2}")),
                if position == 1 { limit(step).to_owned() } else { String::new() },
                started(format!("{:.2} s", cpu.as_secs_f64())),
                started(in_mebibytes(memory)),
            ]);
        }
    }
    rows
}

/// 10,000 resources beside 1,000: whether the provider's own time grows only as their number does.
pub(super) fn run_large(ui: &Ui) -> Result<()> {
    let bench = Bench::new(ui)?;
    let mut rows = Vec::new();
    for count in [MANY, VERY_MANY] {
        ui.step(&format!("{count} of `{}`", SUBJECTS[1].resource));
        let place = bench.place(&SUBJECTS[1], count)?;
        for step in [Step::Create, Step::Plan] {
            let usage = place.measure(step)?;
            let provider = usage.children.unwrap_or_default();
            ui.detail(&format!("{}: {}", step.name(), elapsed(usage.time)));
            rows.push(vec![
                count.to_string(),
                step.name().to_owned(),
                format!("{:.1} s", usage.time.as_secs_f64()),
                format!("{:.2} s", provider.processor.as_secs_f64()),
                format!("{:.0} us", provider.processor.as_secs_f64() * 1e6 / count as f64),
                in_mebibytes(provider.peak),
            ]);
        }
    }
    let head = ["resources", "step", "terraform", "provider CPU", "each", "provider peak memory"];
    ui.result(&table(&head, &rows));
    Ok(())
}

struct Bench {
    example: Example,
    running: Running,
}

impl Bench {
    fn new(ui: &Ui) -> Result<Self> {
        ui.step("release build of the example provider");
        let provider = example::build()?;
        let running = Running::start(&provider)?;
        Ok(Self { example: Example::new(provider)?, running })
    }

    /// The provider alone.
    fn start(&self, ui: &Ui) -> Result<()> {
        let (start, memory) = provider_start(&self.example.program)?;
        let bytes = self.example.bytes()?;
        let rows = [
            row("example provider: start to handshake line", &in_milliseconds(start), "5 ms"),
            row("its memory after it", &memory.map_or("not known".into(), in_mebibytes), "10 MiB"),
            row("its size", &in_megabytes(bytes), &in_megabytes(LARGEST)),
        ];
        ui.result(&table(&["what", "median", "limit"], &rows));
        Ok(())
    }

    /// A new folder with so many of a resource, ready to apply.
    fn place(&self, subject: &Subject, count: usize) -> Result<Place<'_>> {
        let place = self.example.place(subject.resource, subject.arguments, count)?;
        Ok(if subject.attached { place.with(ATTACH, &self.running.invitation) } else { place })
    }
}

/// A provider that runs already, until dropped.
struct Running {
    process: Child,
    /// What makes Terraform attach to it, as the value of [`ATTACH`].
    invitation: String,
}

const ATTACH: &str = "TF_REATTACH_PROVIDERS";

impl Running {
    fn start(provider: &Path) -> Result<Self> {
        let mut command = Command::new(provider);
        command.arg("--debug").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut running =
            Self { process: command.spawn().context("starting the provider")?, invitation: String::new() };
        let output = running.process.stdout.take().context("the provider has no standard output")?;
        for line in BufReader::new(output).lines() {
            let line = line?;
            let value = line.trim().strip_prefix(ATTACH).and_then(|rest| rest.strip_prefix("='"));
            if let Some(value) = value.and_then(|value| value.strip_suffix('\'')) {
                value.clone_into(&mut running.invitation);
                return Ok(running);
            }
        }
        bail!("`{} --debug` ended without saying how to attach to it", provider.display())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
