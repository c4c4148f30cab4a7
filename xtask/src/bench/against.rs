//! This build beside another one, by turns: whether it takes more than before.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use acceptance_tests::{Binaries, repository, start, thousand};
use anyhow::{Result, bail};
use fs_err as fs;

use super::scenarios::{Candidate, Sample, Scenario};
use super::statistics::{Comparison, Summary, Verdict};
use super::{in_mebibytes, in_milliseconds};
use crate::ui::{Ui, elapsed, table};

const HINT: &str = "give the `terraform-provider-truefoundry` of another build: `cargo build --release -p \
                    terraform-provider-truefoundry` in a work tree of before makes `target/release/terraform-provider-truefoundry`";

/// Measures both in so many rounds.
pub(super) fn run(ui: &Ui, other: &Path, rounds: usize) -> Result<()> {
    let folder = super::in_memory_folder()?;
    let other = checked(other, &folder.path().join("checked"))?;
    ui.step("release build");
    let binaries = Binaries::shipped()?;
    let aws = thousand::aws_with_bucket(&repository::target_folder("bench")?.join("local-aws.log"))?;
    let this = Candidate::new(&binaries, &aws, &binaries.provider, &folder.path().join("this"))?;
    let other = Candidate::new(&binaries, &aws, &other, &folder.path().join("other"))?;
    let mut runs = Runs::default();
    for round in 1..=rounds {
        ui.step(&format!("round {round} of {rounds}"));
        [&this, &other].into_iter().try_for_each(|candidate| candidate.prepare(round))?;
        for scenario in Scenario::ALL {
            for turn in 0..scenario.times() {
                // Neither of them always has the other one's caches before it.
                let order = if (round + turn) % 2 == 1 { [0, 1] } else { [1, 0] };
                for which in order {
                    let sample = [&this, &other][which].measure(scenario)?;
                    let name = ["this build", "the other"][which];
                    if scenario.is_long() {
                        ui.detail(&format!("{}, {name}: {}", scenario.name(), elapsed(sample.time)));
                    }
                    runs.0.push((scenario, which, sample));
                }
            }
        }
    }
    tell(ui, &runs, rounds);
    Ok(())
}

/// A program that can be measured, or what is wrong with it, before anything is built.
fn checked(path: &Path, folder: &Path) -> Result<PathBuf> {
    let place = path.display();
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            bail!("`--against {place}`: there is no such file\nhint: {HINT}")
        }
        Err(error) => bail!("`--against {place}` cannot be looked at: {error}\nhint: {HINT}"),
    };
    if metadata.is_dir() {
        bail!("`--against {place}` is a folder\nhint: {HINT}");
    }
    if metadata.permissions().mode() & 0o111 == 0 {
        bail!(
            "`--against {place}` is not executable\nhint: `chmod +x {place}`, if it is a provider; else {HINT}"
        );
    }
    let path = fs::canonicalize(path)?;
    if let Err(error) = start::provider(&path) {
        bail!("`--against {place}` is no provider: {error:#}\nhint: {HINT}");
    }
    if let Err(error) = Candidate::knows_our_types(&path, folder) {
        bail!("`--against {place}` is a provider, but not for TrueFoundry: {error:#}\nhint: {HINT}");
    }
    Ok(path)
}

/// What was measured, of this build (0) and of the other (1).
#[derive(Default)]
struct Runs(Vec<(Scenario, usize, Sample)>);

/// What is compared of a scenario.
#[derive(Clone, Copy)]
enum Quantity {
    Processor,
    Provider,
    Time,
    Requests,
    Memory,
}

impl Quantity {
    const ALL: [Self; 5] = [Self::Processor, Self::Provider, Self::Time, Self::Requests, Self::Memory];

    fn name(self) -> &'static str {
        match self {
            Self::Processor => "processor time",
            Self::Provider => "provider's part",
            Self::Time => "by the clock",
            Self::Requests => "requests",
            Self::Memory => "provider's peak",
        }
    }

    /// `None` where the scenario does not have it, or the system does not tell.
    fn of(self, sample: &Sample) -> Option<u64> {
        let microseconds = |time: Duration| u64::try_from(time.as_micros()).ok();
        match self {
            Self::Processor => microseconds(sample.processor),
            Self::Provider => sample.provider.and_then(microseconds),
            Self::Time => microseconds(sample.time),
            Self::Requests => sample.requests,
            Self::Memory => sample.memory,
        }
    }

    fn shown(self, value: u64) -> String {
        match self {
            Self::Processor | Self::Provider | Self::Time => in_milliseconds(Duration::from_micros(value)),
            Self::Requests => value.to_string(),
            Self::Memory => in_mebibytes(value),
        }
    }

    /// Two copies of the same program differ by two hundredths in everything but what they send.
    fn least_difference(self) -> f64 {
        if matches!(self, Self::Requests) { 0.0 } else { 0.02 }
    }
}

impl Runs {
    fn compared(&self, scenario: Scenario, quantity: Quantity) -> Option<Comparison> {
        let of = |which: usize| {
            let these = self.0.iter().filter(|run| run.0 == scenario && run.1 == which);
            Summary::of(these.filter_map(|run| quantity.of(&run.2)).collect())
        };
        Some(Comparison { this: of(0)?, other: of(1)?, least_difference: quantity.least_difference() })
    }
}

fn tell(ui: &Ui, runs: &Runs, rounds: usize) {
    let mut rows = Vec::new();
    let mut more = Vec::new();
    for scenario in Scenario::ALL {
        for quantity in Quantity::ALL {
            let Some(compared) = runs.compared(scenario, quantity) else { continue };
            rows.push(row(scenario, quantity, compared));
            // By the clock more depends on the neighbours than on the programs.
            if compared.verdict() == Verdict::More && !matches!(quantity, Quantity::Time) {
                more.push(format!("{}: {} ({:.2})", scenario.name(), quantity.name(), compared.of_least()));
            }
        }
    }
    ui.result(&format!("\n{rounds} rounds by turns, this build beside the other"));
    let head = [
        "what",
        "of it",
        "least",
        "median",
        "other: least",
        "median",
        "ratio: of least",
        "of medians",
        "noise",
        "",
    ];
    ui.result(&table(&head, &rows));
    ui.result(NOTES);
    ui.result(&match more.as_slice() {
        [] => "\nThis build takes no more than the other, as far as this machine can tell.".to_owned(),
        more => format!("\nThis build takes more than the other:\n  {}", more.join("\n  ")),
    });
}

const NOTES: &str = "
Processor time is user and system together, of Terraform and its providers; the provider's part is known to 10 ms.
The least is what a program needs, since what else runs makes a run longer and never shorter; the median has this
machine's disturbances in it. Noise is how far the median is above the least, of the noisier one. A ratio within
the noise proves nothing, nor do fewer than three measurements: more rounds (`--rounds`) or a quieter machine
narrow it. Lists are read again every four seconds, so a slower run may send some requests more.";

fn row(scenario: Scenario, quantity: Quantity, compared: Comparison) -> Vec<String> {
    let Comparison { this, other, .. } = compared;
    let verdict = match compared.verdict() {
        Verdict::Less => "less",
        Verdict::More => "MORE",
        Verdict::Alike => "",
    };
    vec![
        scenario.name().to_owned(),
        quantity.name().to_owned(),
        quantity.shown(this.least),
        quantity.shown(this.median),
        quantity.shown(other.least),
        quantity.shown(other.median),
        format!("{:.3}", compared.of_least()),
        format!("{:.3}", compared.of_medians()),
        format!("{:.1} %", compared.noise() * 100.0),
        verdict.to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(path: &Path) -> String {
        let folder = tempfile::tempdir().unwrap();
        format!("{:#}", checked(path, folder.path()).unwrap_err())
    }

    fn program(folder: &Path, text: &str, mode: u32) -> PathBuf {
        let path = folder.join("program");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn what_is_no_provider_is_refused_with_the_next_step() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        assert_eq!(
            refused(&missing),
            format!("`--against {}`: there is no such file\nhint: {HINT}", missing.display())
        );
        let place = folder.path().display();
        assert_eq!(refused(folder.path()), format!("`--against {place}` is a folder\nhint: {HINT}"));
        let text = program(folder.path(), "a text", 0o644);
        let place = text.display();
        assert_eq!(
            refused(&text),
            format!(
                "`--against {place}` is not executable\nhint: `chmod +x {place}`, if it is a provider; else {HINT}"
            )
        );
        let script = program(folder.path(), "#!/bin/sh\necho hello\n", 0o755);
        let real = fs::canonicalize(&script).unwrap();
        assert_eq!(
            refused(&script),
            format!(
                "`--against {place}` is no provider: the first line of `{}` is no handshake of a provider: `hello`\n\
                 hint: {HINT}",
                real.display()
            )
        );
    }

    #[test]
    fn rows_have_both_and_their_ratio() {
        let sample = |milliseconds: u64, memory| Sample {
            time: Duration::from_millis(2 * milliseconds),
            processor: Duration::from_millis(milliseconds),
            memory,
            ..Sample::default()
        };
        let runs = Runs(vec![
            (Scenario::Start, 0, sample(12, None)),
            (Scenario::Start, 0, sample(13, None)),
            (Scenario::Start, 0, sample(13, None)),
            (Scenario::Start, 1, sample(10, Some(2048))),
            (Scenario::Start, 1, sample(10, Some(2048))),
            (Scenario::Start, 1, sample(10, Some(2048))),
            (Scenario::Plan, 1, sample(1, None)),
        ]);
        let compared = runs.compared(Scenario::Start, Quantity::Processor).unwrap();
        assert_eq!(
            row(Scenario::Start, Quantity::Processor, compared),
            [
                "start",
                "processor time",
                "12.0 ms",
                "13.0 ms",
                "10.0 ms",
                "10.0 ms",
                "1.200",
                "1.300",
                "8.3 %",
                "MORE"
            ]
        );
        // Known of one of them only.
        assert!(runs.compared(Scenario::Start, Quantity::Memory).is_none());
        assert!(runs.compared(Scenario::Plan, Quantity::Processor).is_none());
    }
}
