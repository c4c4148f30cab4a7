//! The figures of one run of `cargo xtask bench --peer`, kept in the repository, and the pages that state them.

use anyhow::{Context as _, Result, bail};
use fs_err as fs;
use serde_json::{Value, json};

use crate::repository;

/// Where a run is kept, from the top of the repository.
pub const FILE: &str = "acceptance-tests/figures-peer.json";
/// The page of `tfplugin`, which is part of its documentation.
const PAGE: &str = "provider/tfplugin/peer/FIGURES.md";
const README: &str = "README.md";
const BEGIN: &str = "<!-- peer: generated -->\n";
const END: &str = "<!-- end of peer -->\n";
/// What the example's program may have, in bytes.
pub const LARGEST: u64 = 5_000_000;

/// One quantity of both providers: medians.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Of the example on `tfplugin`.
    pub ours: u64,
    /// Of the same on HashiCorp's framework.
    pub peer: u64,
}

impl Pair {
    fn ratio(self) -> f64 {
        self.ours as f64 / self.peer as f64
    }

    fn to_json(self) -> Value {
        json!([self.ours, self.peer])
    }

    fn of(value: &Value, name: &str) -> Result<Self> {
        let number = |position: usize| value[name][position].as_u64().filter(|number| *number > 0);
        let (ours, peer) =
            number(0).zip(number(1)).with_context(|| format!("`{name}` is no pair of numbers"))?;
        Ok(Self { ours, peer })
    }

    /// Both in one unit, in which one of them is `one`, and how they compare.
    fn shown(self, unit: &str, one: f64, digits: usize) -> String {
        let [ours, peer] = [self.ours, self.peer].map(|value| format!("{:.digits$}", value as f64 / one));
        format!("{ours} / {peer} {unit}: {:.2}", self.ratio())
    }

    /// Microseconds, as the greater of the two is told best.
    fn as_time(self) -> String {
        if self.ours.max(self.peer) < 1_000_000 { self.shown("ms", 1e3, 1) } else { self.shown("s", 1e6, 2) }
    }
}

/// What was measured of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The step, for people.
    pub what: String,
    /// Microseconds by the clock: of Terraform with the provider, or of the provider that was started alone.
    pub time: Pair,
    /// Microseconds of processor time of the provider alone.
    pub processor: Pair,
    /// The most memory that the provider had resident, in KiB.
    pub memory: Pair,
}

impl Row {
    fn to_json(&self) -> Value {
        json!({
            "what": self.what,
            "time_us": self.time.to_json(),
            "processor_us": self.processor.to_json(),
            "memory_kib": self.memory.to_json(),
        })
    }

    fn of(value: &Value) -> Result<Self> {
        let what = value["what"].as_str().context("a row has no `what`")?.to_owned();
        let pair = |name| Pair::of(value, name).with_context(|| format!("in the row `{what}`"));
        let (time, processor, memory) = (pair("time_us")?, pair("processor_us")?, pair("memory_kib")?);
        Ok(Self { what, time, processor, memory })
    }

    fn text(&self) -> String {
        let memory = self.memory.shown("MiB", 1024.0, 1);
        format!("| {} | {} | {} | {memory} |\n", self.what, self.time.as_time(), self.processor.as_time())
    }
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// `2026-11-30`.
    pub day: String,
    /// The version of Terraform.
    pub terraform: String,
    /// The version of Go.
    pub go: String,
    /// The version of HashiCorp's framework.
    pub framework: String,
    /// How often each was measured at least.
    pub rounds: u64,
    /// How many processors the machine has.
    pub processors: u64,
    /// How many processes wanted one on average in the minute before, in hundredths.
    pub load: u64,
    /// The sizes of the programs, in bytes.
    pub size: Pair,
    /// What was measured.
    pub rows: Vec<Row>,
}

impl Kept {
    /// The run that is kept.
    ///
    /// # Errors
    /// When the file cannot be read or understood.
    pub fn load() -> Result<Self> {
        let file = repository::root().join(FILE);
        let text = fs::read_to_string(&file)?;
        Self::of(&text).with_context(|| {
            format!(
                "`{}` is no run\nhint: run `cargo xtask bench --peer`, which writes it anew",
                file.display()
            )
        })
    }

    fn of(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text)?;
        let text = |name: &str| {
            let found = value[name].as_str().with_context(|| format!("`{name}` is no text"))?;
            Ok::<_, anyhow::Error>(found.to_owned())
        };
        let number = |name: &str| value[name].as_u64().with_context(|| format!("`{name}` is no number"));
        let rows = value["rows"].as_array().context("there are no `rows`")?;
        Ok(Self {
            day: text("day")?,
            terraform: text("terraform")?,
            go: text("go")?,
            framework: text("framework")?,
            rounds: number("rounds")?,
            processors: number("processors")?,
            load: number("load_hundredths")?,
            size: Pair::of(&value, "size_bytes")?,
            rows: rows.iter().map(Row::of).collect::<Result<_>>()?,
        })
    }

    /// Keeps it, with the pages that state it.
    ///
    /// # Errors
    /// When a file cannot be written, or a page lacks the place for it.
    pub fn keep(&self) -> Result<()> {
        let top = repository::root();
        let pages = self.pages()?;
        fs::write(top.join(FILE), self.text()?)?;
        pages.into_iter().try_for_each(|(path, text)| Ok(fs::write(top.join(path), text)?))
    }

    fn text(&self) -> Result<String> {
        let value = json!({
            "measured_by": "cargo xtask bench --peer",
            "day": self.day,
            "terraform": self.terraform,
            "go": self.go,
            "framework": self.framework,
            "rounds": self.rounds,
            "processors": self.processors,
            "load_hundredths": self.load,
            "size_bytes": self.size.to_json(),
            "rows": self.rows.iter().map(Row::to_json).collect::<Vec<_>>(),
        });
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }

    /// The figures for people, in Markdown.
    #[must_use]
    pub fn told(&self) -> String {
        let Self { day, terraform, go, framework, rounds, processors, .. } = self;
        let load = self.load as f64 / 100.0;
        let rows: String = self.rows.iter().map(Row::text).collect();
        format!(
            "| medians, tfplugin / Go: ratio | by the clock | provider's processor time | provider's peak memory |\n\
             |---|---|---|---|\n{rows}\n\
             `cargo xtask bench --peer` measured both by turns on {day}: {rounds} rounds, Terraform {terraform}, \
             terraform-plugin-framework {framework}, Go {go},\n\
             release builds, {processors} processors with a load of {load:.2} before it. The programs have {}.\n",
            self.size.shown("MB", 1e6, 2)
        )
    }

    /// Each page that states it, its path from the top of the repository and what it has to hold.
    ///
    /// # Errors
    /// When the README cannot be read, or lacks the place for it.
    pub fn pages(&self) -> Result<Vec<(String, String)>> {
        let told = self.told();
        let readme = with_figures(&fs::read_to_string(repository::root().join(README))?, &told)?;
        Ok(vec![(README.to_owned(), readme), (PAGE.to_owned(), told)])
    }
}

/// The text with everything between the marks replaced.
fn with_figures(text: &str, figures: &str) -> Result<String> {
    let cut = || -> Option<(&str, &str)> {
        let (before, rest) = text.split_once(BEGIN)?;
        Some((before, rest.split_once(END)?.1))
    };
    match cut() {
        Some((before, after)) => Ok(format!("{before}{BEGIN}{figures}{END}{after}")),
        None => bail!("`{README}` lacks the place of the figures\nhint: give it the lines\n{BEGIN}{END}"),
    }
}

#[cfg(test)]
mod tests;
