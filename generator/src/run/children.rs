//! The running `terraform` processes, and how Ctrl-C reaches them: once, and then it is waited for. So do the other signals by which a person,
//! a terminal that is closed or a machine that goes down end a program.
//!
//! Every process is in a group of its own, so that a terminal's Ctrl-C reaches this program alone: Terraform takes a
//! second one as an order to stop without saving.
//!
//! One that changes things is not told at once. Providers take it as an order to give up what they do: a request that makes an object is cut off, so
//! that AWS has made it and no state knows of it, and one that waits for its object leaves it tainted, to be made anew. So it is told when nothing
//! is being made.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::events::Event;
use crate::screen;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

/// So soon after an object is done the next is begun.
const NEXT: Duration = Duration::from_millis(500);
/// So long the moment is waited for where a machine goes down, which leaves half a minute as a rule.
const PATIENCE: Duration = Duration::from_secs(20);

/// When a process is told that it is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// With the signal: nothing is made.
    AtOnce,
    /// When nothing is being made, as [`Pace`] has seen.
    InQuiet,
    /// Not, or not again.
    Over,
}

/// What one process is making, as it tells.
#[derive(Debug, Default)]
pub(super) struct Pace {
    begun: BTreeSet<String>,
    ended: Option<Instant>,
}

impl Pace {
    /// Takes in what the process has told now.
    pub(super) fn see(&mut self, event: &Event) {
        match event {
            Event::Started { address, action } if action == "create" => {
                self.begun.insert(address.clone());
            }
            Event::Done { address, .. } | Event::Errored { address, .. } => {
                self.begun.remove(address);
                self.ended = Some(Instant::now());
            }
            _ => {}
        }
    }

    fn is_quiet(&self) -> bool {
        self.begun.is_empty() && self.ended.is_none_or(|at| at.elapsed() >= NEXT)
    }
}

/// The processes to pass signals to.
#[derive(Debug, Default)]
pub(super) struct Children {
    running: Mutex<BTreeMap<i32, Turn>>,
    interrupted: AtomicBool,
    /// Until when a moment is waited for, after a signal by which machines end programs.
    until: Mutex<Option<Instant>>,
    asking: AtomicBool,
}

impl Children {
    /// Starts to watch for signals.
    pub(super) fn watch() -> std::io::Result<Arc<Self>> {
        let children = Arc::new(Self::default());
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
        let watcher = Arc::clone(&children);
        std::thread::spawn(move || signals.forever().for_each(|signal| watcher.interrupt(signal)));
        Ok(children)
    }

    /// Whether a signal came.
    pub(super) fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }

    /// Tells that a question stands on the terminal: then a signal ends the program at once, for nothing is running
    /// that would have to be waited for.
    pub(super) fn asking(&self, yes: bool) {
        self.asking.store(yes, Ordering::SeqCst);
    }

    /// Registers a process that was just started. `before` tells whether there had been a signal before it was: a
    /// process started after the signal is wanted, one that the signal missed gets it when its turn is.
    pub(super) fn add(&self, id: u32, before: bool, turn: Turn) {
        let Ok(id) = i32::try_from(id) else { return };
        let mut turn = if before { Turn::Over } else { turn };
        let mut running = self.running();
        if self.interrupted() && turn == Turn::AtOnce {
            stop(id, &mut turn);
        }
        running.insert(id, turn);
    }

    /// Tells a process that a signal came, if that is still to be told and nothing is being made, or there is no time to wait for that.
    /// `pace` has seen all that the process has told until now.
    pub(super) fn tell(&self, id: u32, pace: &Pace) {
        if !self.interrupted() || !(pace.is_quiet() || self.out_of_time()) {
            return;
        }
        let Ok(id) = i32::try_from(id) else { return };
        if let Some(turn) = self.running().get_mut(&id) {
            stop(id, turn);
        }
    }

    fn out_of_time(&self) -> bool {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() >= until)
    }

    /// Waits for a process that has closed its output, and forgets it. Both under one lock, so that no signal is sent to
    /// a number that the system has given to another process.
    pub(super) fn wait(&self, child: &mut std::process::Child) -> std::io::Result<std::process::ExitStatus> {
        let mut running = self.running();
        let status = child.wait();
        if let Ok(id) = i32::try_from(child.id()) {
            running.remove(&id);
        }
        status
    }

    /// How a process ended; `None` while it runs. As [`Children::wait`], which waits for it.
    pub(super) fn ended(
        &self,
        child: &mut std::process::Child,
    ) -> std::io::Result<Option<std::process::ExitStatus>> {
        let mut running = self.running();
        let status = child.try_wait()?;
        if let (Some(_), Ok(id)) = (status, i32::try_from(child.id())) {
            running.remove(&id);
        }
        Ok(status)
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<i32, Turn>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn interrupt(&self, signal: i32) {
        let first = !self.interrupted.swap(true, Ordering::SeqCst);
        if signal == SIGTERM {
            // One that follows another signal is the last before the end.
            let until = Instant::now() + if first { PATIENCE } else { Duration::ZERO };
            self.until.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(until);
        }
        let mut running = self.running();
        if running.is_empty() && self.asking.load(Ordering::SeqCst) {
            say("\ninterrupted: nothing more was changed");
            std::process::exit(1);
        }
        if first {
            say("\ninterrupted: waiting for terraform to stop and save its state");
            for (id, turn) in running.iter_mut().filter(|(_, turn)| **turn == Turn::AtOnce) {
                stop(*id, turn);
            }
        } else if !running.is_empty() {
            say(&still_waiting(&running));
        }
    }
}

/// What is said of another signal.
fn still_waiting(running: &BTreeMap<i32, Turn>) -> String {
    let untold = running.iter().filter(|(_, turn)| **turn == Turn::InQuiet);
    let untold: Vec<String> = untold.map(|(id, _)| id.to_string()).collect();
    if untold.is_empty() {
        return "\nstill waiting: terraform ends as soon as AWS has answered; killing it would lose what it made"
            .to_owned();
    }
    format!(
        "\nstill waiting: terraform is told to stop when it is making nothing; `kill -INT {}` tells it now, and what it is making is then made anew, \
         or lost to its state",
        untold.join(" ")
    )
}

/// Tells a process once.
fn stop(id: i32, turn: &mut Turn) {
    if let Some(pid) = Pid::from_raw(id).filter(|_| *turn != Turn::Over) {
        // A process that has ended meanwhile needs no signal.
        let _ = kill_process(pid, Signal::INT);
    }
    *turn = Turn::Over;
}

fn say(text: &str) {
    // With standard error closed there is nobody left to tell.
    let _ = writeln!(screen::err(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(address: &str, action: &str) -> Event {
        Event::Started { address: address.into(), action: action.into() }
    }

    #[test]
    fn it_is_quiet_when_nothing_is_being_made_and_nothing_follows() {
        let mut pace = Pace::default();
        assert!(pace.is_quiet());
        pace.see(&started("a.b", "create"));
        pace.see(&started("a.c", "create"));
        assert!(!pace.is_quiet());
        pace.see(&Event::Done { address: "a.b".into(), action: "create".into() });
        pace.ended = Instant::now().checked_sub(NEXT);
        assert!(!pace.is_quiet(), "the other is being made");
        pace.see(&Event::Errored { address: "a.c".into(), text: String::new() });
        assert!(!pace.is_quiet(), "something may follow");
        pace.ended = Instant::now().checked_sub(NEXT);
        assert!(pace.is_quiet());
    }

    #[test]
    fn only_what_is_made_is_waited_for() {
        let mut pace = Pace::default();
        for kept in ["update", "delete", "read"] {
            pace.see(&started("a.b", kept));
        }
        assert!(pace.is_quiet());
    }

    #[test]
    fn another_signal_is_told_how_the_first_can_be_handed_on() {
        let running = BTreeMap::from([(17, Turn::InQuiet), (18, Turn::Over), (19, Turn::InQuiet)]);
        assert_eq!(
            still_waiting(&running),
            "\nstill waiting: terraform is told to stop when it is making nothing; `kill -INT 17 19` tells it now, and what it is making is then made \
             anew, or lost to its state"
        );
    }

    #[test]
    fn a_machine_that_goes_down_is_waited_with_for_a_while_and_not_after_another_signal() {
        let children = Children::default();
        children.interrupt(SIGTERM);
        assert!(!children.out_of_time());
        let children = Children::default();
        children.interrupt(SIGINT);
        assert!(!children.out_of_time());
        children.interrupt(SIGTERM);
        assert!(children.out_of_time());
    }
}
