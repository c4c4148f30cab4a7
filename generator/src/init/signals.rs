//! What a signal does while a first `platform.yaml` is asked for and written.
//!
//! A question has the terminal in another mode: nothing typed is shown, and the cursor is hidden or elsewhere. A program that
//! a signal ends there leaves it so. What is written is whole or not there.

use std::io::{IsTerminal as _, stdin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use super::interview::Stop;
use crate::screen;

/// A watch for the signals by which a person, a terminal that is closed or a machine that goes down end a program.
#[derive(Debug, Clone)]
pub struct Watch(Arc<Mutex<At>>);

/// Where the program is.
#[derive(Debug, Default)]
struct At {
    a_question: bool,
    came: bool,
}

impl Watch {
    /// Starts to watch. A signal at a question gives the terminal back as it is now, and ends the program with what `left`
    /// answers once it has told that. One that comes at another time ends the program at the next question; what is being
    /// written is written.
    ///
    /// # Errors
    /// Whatever keeps a process from watching for signals.
    pub fn start(left: impl Fn() -> u8 + Send + 'static) -> std::io::Result<Self> {
        let watched = Self(Arc::default());
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
        let (at, before) = (Arc::clone(&watched.0), before());
        std::thread::spawn(move || {
            for _ in signals.forever() {
                // Held until the end, so that no question puts the terminal into its mode again.
                let mut at = lock(&at);
                at.came = true;
                if at.a_question {
                    restore(before.as_ref());
                    std::process::exit(left().into());
                }
            }
        });
        Ok(watched)
    }

    /// Asks, as long as no signal came.
    pub(super) fn at_a_question<T>(&self, ask: impl FnOnce() -> Result<T, Stop>) -> Result<T, Stop> {
        let mut at = lock(&self.0);
        if at.came {
            return Err(Stop::Left);
        }
        at.a_question = true;
        drop(at);
        let answered = ask();
        lock(&self.0).a_question = false;
        answered
    }
}

fn lock(at: &Mutex<At>) -> MutexGuard<'_, At> {
    at.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The mode of the terminal that is asked.
fn before() -> Option<Termios> {
    stdin().is_terminal().then(|| tcgetattr(stdin()).ok()).flatten()
}

/// Gives the terminal back as it was. One that is closed takes nothing any more.
fn restore(before: Option<&Termios>) {
    if let Some(before) = before {
        let _ = tcsetattr(stdin(), OptionalActions::Now, before);
    }
    let _ = screen::show_cursor();
}
