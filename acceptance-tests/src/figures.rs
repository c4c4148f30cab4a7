//! The figures that the tests gate on, kept in `acceptance-tests/figures.json`, and how far a measurement may be above them.
//!
//! Counts and sizes are alike on every machine. Processor time is not: it depends on the processor, and on what else runs there, which
//! takes of its caches and its clock rate: the same plan of Terraform alone took 2.0 to 3.0 s of it within minutes. So that is a
//! yardstick, laid on before and after each measurement: where Terraform alone takes longer than when the figures were kept, everything may
//! take longer by as much.
//!
//! Each figure holds for the build profile that it names. Nothing changes one but [`RENEW`].

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;
use serde_json::{Value, json};

use crate::{Binaries, repository};

pub mod list;

/// Set to `1`, it makes the tests keep what they measure, instead of comparing it.
pub const RENEW: &str = "ACCEPTANCE_TESTS_RENEW_FIGURES";

/// How everything is measured and kept again.
const RENEWAL: &str = "ACCEPTANCE_TESTS_RENEW_FIGURES=1 cargo nextest run -p acceptance-tests -E \
                    'binary(provider_scale) | binary(provider_start)'";
const FILE: &str = "acceptance-tests/figures.json";

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Names it in the file.
    pub name: &'static str,
    /// What it is counted in, which says how far above it a measurement may be.
    pub unit: Unit,
    /// What it measures, for people.
    pub what: &'static str,
}

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Pieces, such as requests. No more than that.
    Count,
    /// Up to 1.05 times: a description grows by a word, a time stamp by a digit.
    Bytes,
    /// Resident memory. Up to 1.5 times: pages of a list that arrive together lie in memory together, and garbage is collected
    /// sooner or later. Of the same program, 15.7 and 21.8 MiB were measured within minutes.
    Kibibytes,
    /// Processor time, as the yardstick has it. Up to 1.3 times.
    Microseconds,
    /// Processor time that is mostly the kernel's: of starts, and of waking up. Up to 2 times: that work costs more the more else runs, on
    /// this machine or beside it, and the yardstick has little of it. Of the same program, 1.0 and 1.7 ms an object were measured
    /// within minutes, and 3.3 and 6.8 ms a start on machines where the yardstick took 42 and 59 ms.
    MicrosecondsOfKernel,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Bytes => "bytes",
            Self::Kibibytes => "KiB",
            Self::Microseconds | Self::MicrosecondsOfKernel => "us",
        }
    }

    /// How much of a figure is allowed, in hundredths.
    fn allowed(self) -> u64 {
        match self {
            Self::Count => 100,
            Self::Bytes => 105,
            Self::Kibibytes => 150,
            Self::Microseconds => 130,
            Self::MicrosecondsOfKernel => 200,
        }
    }

    fn is_processor_time(self) -> bool {
        matches!(self, Self::Microseconds | Self::MicrosecondsOfKernel)
    }
}

/// One entry of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    value: u64,
    unit: String,
    what: String,
    profile: String,
}

/// Processor time of Terraform without any provider, at this moment.
type Alone<'a> = Box<dyn FnMut() -> Result<u64> + 'a>;

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    value: u64,
    /// What Terraform alone took before or after it, whichever was more.
    alone: u64,
}

impl Run {
    /// What it would have been where Terraform alone takes `alone`. Never more than it was.
    fn at(self, unit: Unit, alone: u64) -> u64 {
        if unit.is_processor_time() && self.alone > alone {
            self.value * alone / self.alone
        } else {
            self.value
        }
    }
}

/// The figures of one build profile, and what one test has measured.
#[must_use = "only `finish` fails a test or keeps what was measured"]
pub struct Figures<'a> {
    file: PathBuf,
    profile: String,
    kept: BTreeMap<String, Kept>,
    renew: bool,
    yardstick: Figure,
    measure_alone: Alone<'a>,
    /// The least that Terraform alone took in this test.
    alone: u64,
    measured: Vec<(Figure, Vec<Run>)>,
}

impl<'a> Figures<'a> {
    /// Those that are kept in the repository, for programs of this build. `alone` measures the processor time of Terraform
    /// without any provider, which is kept as `yardstick`.
    ///
    /// # Errors
    /// When the file cannot be read or understood.
    pub fn of(
        binaries: &Binaries,
        yardstick: Figure,
        alone: impl FnMut() -> Result<u64> + 'a,
    ) -> Result<Self> {
        // Cargo names the folder after the profile.
        let profile = binaries.folder().file_name().context("the programs are in no folder")?;
        let renew = std::env::var_os(RENEW).is_some_and(|value| value == "1");
        let file = repository::root().join(FILE);
        Self::load(&file, &profile.to_string_lossy(), renew, yardstick, Box::new(alone))
    }

    fn load(file: &Path, profile: &str, renew: bool, yardstick: Figure, alone: Alone<'a>) -> Result<Self> {
        Ok(Self {
            file: file.to_path_buf(),
            profile: profile.to_owned(),
            kept: read(file)?,
            renew,
            yardstick,
            measure_alone: alone,
            alone: u64::MAX,
            measured: Vec::new(),
        })
    }

    /// Measures up to three times, until everything is within its limit; the least of each counts, and [`Figures::finish`] fails when that
    /// is above its limit. What is to be kept is measured three times.
    ///
    /// # Errors
    /// Those of measuring.
    pub fn check<const N: usize>(
        &mut self,
        figures: [Figure; N],
        mut measure: impl FnMut() -> Result<[u64; N]>,
    ) -> Result<()> {
        let first = self.measured.len();
        self.measured.extend(figures.map(|figure| (figure, Vec::new())));
        let mut before = self.alone_now()?;
        for _ in 0..TRIES {
            let values = measure()?;
            let after = self.alone_now()?;
            let alone = before.max(after);
            for ((_, runs), value) in self.measured[first..].iter_mut().zip(values) {
                runs.push(Run { value, alone });
            }
            before = after;
            let is_enough = |(figure, runs): &(Figure, Vec<Run>)| self.judged(*figure, runs).is_ok();
            if !self.renew && self.measured[first..].iter().all(is_enough) {
                break;
            }
        }
        Ok(())
    }

    fn alone_now(&mut self) -> Result<u64> {
        let alone = (self.measure_alone)()?;
        self.alone = self.alone.min(alone);
        Ok(alone)
    }

    /// Writes what was measured to standard error, and to the file when it was asked for.
    ///
    /// # Errors
    /// When a measurement was above its limit, or a figure is missing or of another build; with all of them.
    pub fn finish(self) -> Result<()> {
        let mut told = String::new();
        let mut failures = Vec::new();
        for (figure, runs) in &self.measured {
            let kept = self.kept.get(figure.name).map_or(0, |kept| kept.value);
            let values: Vec<String> = runs.iter().map(|run| run.value.to_string()).collect();
            writeln!(told, "{}: {} {}, kept {kept}", figure.name, values.join(", "), figure.unit.name())?;
            failures.extend(self.judged(*figure, runs).err());
        }
        let kept = self.kept.get(self.yardstick.name).map_or(0, |kept| kept.value);
        writeln!(std::io::stderr(), "{told}{}: {} us, kept {kept}", self.yardstick.name, self.alone)?;
        if self.renew {
            return self.write();
        }
        ensure!(failures.is_empty(), "{}", failures.join("\n"));
        Ok(())
    }

    /// Fails with what is wrong with these runs of a figure.
    fn judged(&self, figure: Figure, runs: &[Run]) -> Result<(), String> {
        let (name, unit) = (figure.name, figure.unit.name());
        let alone = self.kept_for(self.yardstick)?;
        let kept = self.kept_for(figure)?;
        let Some(run) = runs.iter().min_by_key(|run| run.at(figure.unit, alone)) else {
            return Err(format!("`{name}` was not measured"));
        };
        let (value, limit) = (run.at(figure.unit, alone), kept * figure.unit.allowed() / 100);
        if value <= limit {
            return Ok(());
        }
        let scaled = if value == run.value {
            String::new()
        } else {
            format!(
                " ({} {unit} while Terraform alone took {} us, {alone} us when kept)",
                run.value, run.alone
            )
        };
        Err(format!(
            "{} (`{name}`): measured {value} {unit}{scaled}, kept {kept} {unit}, limit {limit} {unit}\nhint: `cargo xtask bench \
             --against PATH` compares with a build of before; if it has to be so, keep it: `{RENEWAL}`",
            figure.what
        ))
    }

    /// The value to compare with, or why there is none.
    fn kept_for(&self, figure: Figure) -> Result<u64, String> {
        let why = match self.kept.get(figure.name) {
            None => "is not kept".to_owned(),
            Some(kept) if kept.profile != self.profile => format!(
                "is kept for the build profile `{}`, and the programs are of `{}`",
                kept.profile, self.profile
            ),
            Some(kept) if kept.unit != figure.unit.name() => {
                format!("is kept in {}, and is measured in {}", kept.unit, figure.unit.name())
            }
            Some(kept) => return Ok(kept.value),
        };
        Err(format!(
            "`{}`: the figure `{}` {why}\nhint: measure it and keep it: `{RENEWAL}`",
            self.file.display(),
            figure.name
        ))
    }

    /// Other tests keep theirs at the same time.
    fn write(&self) -> Result<()> {
        let _lock = repository::lock("figures")?;
        let mut all = read(&self.file)?;
        let kept = |(figure, runs): &(Figure, Vec<Run>)| {
            let values = runs.iter().map(|run| run.at(figure.unit, self.alone));
            // A peak may be missed by looking now and then, and never be seen too high.
            let value = if figure.unit.is_processor_time() { values.min() } else { values.max() };
            value.map(|value| (*figure, value))
        };
        let yardstick = (self.yardstick, self.alone);
        for (figure, value) in self.measured.iter().filter_map(kept).chain([yardstick]) {
            let kept = Kept {
                value,
                unit: figure.unit.name().to_owned(),
                what: figure.what.to_owned(),
                profile: self.profile.clone(),
            };
            all.insert(figure.name.to_owned(), kept);
        }
        all.retain(|name, _| list::ALL.iter().any(|figure| figure.name == name));
        let all: Vec<Value> = all
            .iter()
            .map(|(name, kept)| {
                json!({ "name": name, "value": kept.value, "unit": kept.unit, "what": kept.what, "profile": kept.profile })
            })
            .collect();
        let text = serde_json::to_string_pretty(&json!({ "renewed_by": RENEWAL, "figures": all }))?;
        Ok(fs::write(&self.file, text + "\n")?)
    }
}

/// How often a time is measured at the most. The least counts: what else runs makes it longer and never shorter.
const TRIES: usize = 3;

/// The figures in a file by their names; none when there is no file.
fn read(file: &Path) -> Result<BTreeMap<String, Kept>> {
    if !file.exists() {
        return Ok(BTreeMap::new());
    }
    let place = file.display();
    let content: Value =
        serde_json::from_slice(&fs::read(file)?).with_context(|| format!("`{place}` is not JSON"))?;
    let Some(figures) = content["figures"].as_array() else { bail!("`{place}` has no list `figures`") };
    figures
        .iter()
        .map(|figure| {
            let text = |key: &str| figure[key].as_str().map(str::to_owned);
            let kept = || {
                Some(Kept {
                    value: figure["value"].as_u64()?,
                    unit: text("unit")?,
                    what: text("what")?,
                    profile: text("profile")?,
                })
            };
            let (name, kept) = text("name").zip(kept()).with_context(|| {
                format!("`{place}`: no figure: {figure}\nhint: it has `name`, `value`, `unit`, `what` and `profile`")
            })?;
            Ok((name, kept))
        })
        .collect()
}

#[cfg(test)]
mod tests;
