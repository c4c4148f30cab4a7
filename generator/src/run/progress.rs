//! Progress on standard error: one moving line for each running layer on a terminal, plain lines elsewhere.

use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use safe_text::visible;

use super::terminal::Terminal;
use crate::diag::{Diagnostic, Level, Report};
use crate::screen;

/// How often a layer that runs is heard of where lines do not move.
const QUIET: Duration = Duration::from_secs(15);

/// So long nothing is said where lines do not move, though nothing is heard.
const SILENCE: Duration = Duration::from_secs(30);

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
    now: Arc<Mutex<Now>>,
}

/// What a layer is at.
#[derive(Debug)]
struct Now {
    /// Empty where nothing is waited for.
    text: String,
    /// When that was said last, or something else was.
    said: Instant,
}

impl Progress {
    /// Chooses moving lines or plain ones.
    pub(super) fn new(color: bool) -> Self {
        let bars = screen::is_terminal().then(|| {
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
        let now = Arc::new(Mutex::new(Now { text: String::new(), said: Instant::now() }));
        if bar.is_none() {
            let (started, name) = (self.started, layer.to_owned());
            say_so(Arc::downgrade(&now), SILENCE, move |text| {
                // With standard error closed there is nobody left to tell.
                let _ = writeln!(screen::err(), "{}", stamped(started, &name, text));
            });
        }
        LayerProgress { all: self, layer: layer.to_owned(), bar, now }
    }

    /// A line that stays.
    pub(super) fn line(&self, text: &str) {
        self.still(|| {
            // With standard error closed there is nobody left to tell.
            let _ = writeln!(screen::err(), "{text}");
        });
    }

    fn report(&self, report: &Report) {
        self.still(|| {
            // With standard error closed there is nobody left to tell.
            let _ = screen::err().report_line(report, self.color);
        });
    }

    /// A problem.
    pub(super) fn problem(&self, problem: Diagnostic) {
        self.report(&Report::single(problem));
    }

    /// A warning.
    pub(super) fn warning(&self, problem: Diagnostic) {
        self.report(&Report { level: Level::Warning, ..Report::single(problem) });
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
            return bar.set_message(visible(&text).into_owned());
        }
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if now.said.elapsed() >= QUIET {
            now.said = Instant::now();
            self.all.line(&stamped(self.all.started, &self.layer, &text));
        }
        now.text = text;
    }

    /// A line that stays. What the layer was at is over.
    pub(super) fn line(&self, text: &str) {
        self.rests();
        self.all.line(&stamped(self.all.started, &self.layer, text));
    }

    /// Nothing is waited for.
    pub(super) fn rests(&self) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = Now { text: String::new(), said: Instant::now() };
    }
}

fn stamped(started: Instant, layer: &str, text: &str) -> String {
    let seconds = started.elapsed().as_secs();
    format!("{:>3}:{:02}  {layer:<10} {text}", seconds / 60, seconds % 60)
}

/// Says what a layer is still at where nothing was said for so long, as long as the layer runs.
fn say_so(now: Weak<Mutex<Now>>, silence: Duration, say: impl Fn(&str) + Send + 'static) {
    std::thread::spawn(move || {
        while let Some(now) = now.upgrade() {
            let mut current = now.lock().unwrap_or_else(PoisonError::into_inner);
            if !current.text.is_empty() && current.said.elapsed() >= silence {
                current.said = Instant::now();
                say(&format!("still {}", current.text));
            }
            drop(current);
            drop(now);
            std::thread::sleep(silence / 30);
        }
    });
}

impl Drop for LayerProgress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_silence_is_broken_as_long_as_something_is_waited_for() {
        let now = Arc::new(Mutex::new(Now {
            text: "2/3  create aws_nat_gateway.this".to_owned(),
            said: Instant::now(),
        }));
        let (says, said) = mpsc::channel();
        say_so(Arc::downgrade(&now), Duration::from_millis(60), move |text| {
            says.send(text.to_owned()).unwrap();
        });
        let next = || said.recv_timeout(Duration::from_secs(10));
        assert_eq!(next().unwrap(), "still 2/3  create aws_nat_gateway.this");
        assert_eq!(next().unwrap(), "still 2/3  create aws_nat_gateway.this", "it is said again");
        now.lock().unwrap().text = String::new();
        std::thread::sleep(Duration::from_millis(200));
        while said.try_recv().is_ok() {}
        drop(now);
        assert_eq!(
            next(),
            Err(mpsc::RecvTimeoutError::Disconnected),
            "nothing is waited for, and it ends with the layer"
        );
    }
}
