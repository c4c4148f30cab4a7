//! The running `terraform` processes, and how Ctrl-C reaches them: once, and then it is waited for. So do the other signals by which a person,
//! a terminal that is closed or a machine that goes down end a program.
//!
//! Every process is in a group of its own, so that a terminal's Ctrl-C reaches this program alone: Terraform takes a
//! second one as an order to stop without saving.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::screen;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

/// The processes to pass signals to.
#[derive(Debug, Default)]
pub(super) struct Children {
    running: Mutex<BTreeSet<i32>>,
    interrupted: AtomicBool,
    asking: AtomicBool,
}

impl Children {
    /// Starts to watch for signals.
    pub(super) fn watch() -> std::io::Result<Arc<Self>> {
        let children = Arc::new(Self::default());
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
        let watcher = Arc::clone(&children);
        std::thread::spawn(move || signals.forever().for_each(|_| watcher.interrupt()));
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
    /// process started after the signal is wanted, one that the signal missed gets it now.
    pub(super) fn add(&self, id: u32, before: bool) {
        let Ok(id) = i32::try_from(id) else { return };
        self.running().insert(id);
        if self.interrupted() && !before {
            stop(id);
        }
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

    fn running(&self) -> MutexGuard<'_, BTreeSet<i32>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn interrupt(&self) {
        let first = !self.interrupted.swap(true, Ordering::SeqCst);
        let running = self.running();
        if running.is_empty() && self.asking.load(Ordering::SeqCst) {
            say("\ninterrupted: nothing more was changed");
            std::process::exit(1);
        }
        if first {
            say("\ninterrupted: waiting for terraform to stop and save its state");
            running.iter().copied().for_each(stop);
        } else if !running.is_empty() {
            say(
                "\nstill waiting: terraform ends as soon as AWS has answered; killing it would lose what it made",
            );
        }
    }
}

fn stop(id: i32) {
    if let Some(pid) = Pid::from_raw(id) {
        // A process that has ended meanwhile needs no signal.
        let _ = kill_process(pid, Signal::INT);
    }
}

fn say(text: &str) {
    // With standard error closed there is nobody left to tell.
    let _ = writeln!(screen::err(), "{text}");
}
