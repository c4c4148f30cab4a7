//! Progress on standard error: one moving line for each running layer on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal::Terminal;
use crate::diag::{Diagnostic, Level, Report};

/// How often a layer that runs is heard of where lines do not move.
const QUIET: Duration = Duration::from_secs(15);

/// How often moving lines are drawn in a second.
const HZ: u8 = 20;

/// Where progress goes.
#[derive(Debug)]
pub(super) struct Progress {
    bars: Option<MultiProgress>,
    color: bool,
    started: Instant,
}

/// One layer's progress.
#[derive(Debug)]
pub(super) struct LayerProgress<'a> {
    all: &'a Progress,
    layer: String,
    bar: Option<ProgressBar>,
    last: Mutex<Instant>,
}

impl Progress {
    /// Chooses moving lines or plain ones.
    pub(super) fn new(color: bool) -> Self {
        let bars = std::io::stderr().is_terminal().then(|| {
            let terminal = ProgressDrawTarget::term_like_with_hz(Box::new(Terminal::new()), HZ);
            MultiProgress::with_draw_target(terminal)
        });
        Self { bars, color, started: Instant::now() }
    }

    /// Begins a layer.
    pub(super) fn layer(&self, layer: &str) -> LayerProgress<'_> {
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix:10} {elapsed:>4} {wide_msg}") {
                bar.set_style(style);
            }
            bar.set_prefix(layer.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        LayerProgress { all: self, layer: layer.to_owned(), bar, last: Mutex::new(Instant::now()) }
    }

    /// A line that stays.
    pub(super) fn line(&self, text: &str) {
        let print = || {
            // With standard error closed there is nobody left to tell.
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        };
        match &self.bars {
            Some(bars) => bars.suspend(print),
            None => print(),
        }
    }

    /// A problem.
    pub(super) fn problem(&self, problem: Diagnostic) {
        self.line(Report::single(problem).render(self.color).trim_end());
    }

    /// A warning.
    pub(super) fn warning(&self, problem: Diagnostic) {
        let report = Report { level: Level::Warning, ..Report::single(problem) };
        self.line(report.render(self.color).trim_end());
    }

    /// Runs `question` while nothing moves on the terminal.
    pub(super) fn still<T>(&self, question: impl FnOnce() -> T) -> T {
        match &self.bars {
            Some(bars) => bars.suspend(question),
            None => question(),
        }
    }
}

impl LayerProgress<'_> {
    /// What the layer is at now: shown at once on a terminal, from time to time elsewhere.
    pub(super) fn at(&self, text: String) {
        if let Some(bar) = &self.bar {
            return bar.set_message(text);
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() >= QUIET {
            *last = Instant::now();
            self.line(&text);
        }
    }

    /// A line that stays.
    pub(super) fn line(&self, text: &str) {
        let seconds = self.all.started.elapsed().as_secs();
        self.all.line(&format!("{:>3}:{:02}  {:<10} {text}", seconds / 60, seconds % 60, self.layer));
    }
}

impl Drop for LayerProgress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
