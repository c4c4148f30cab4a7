//! What a command and everything that it starts use: processor time, memory, and time by the clock.
//!
//! Processor time is that of user and system together, as the kernel counts it for a process whose parent waits for it, and
//! has in it what the process's own children used that it waited for. So it is complete and exact to the microsecond, for
//! `terraform` and the providers that it started. What those providers used among themselves, the kernel shows as
//! a part of it, in steps of 10 ms (`cutime` and `cstime` of `proc_pid_stat(5)`), for as long as the process has ended and has not been
//! waited for.
//!
//! It hardly depends on what else runs, unlike time by the clock: waiting for a processor is not counted. It does
//! depend on the processor, its clock rate, what shares its caches and execution units, on the version of Terraform, and on how
//! the programs were built.

use std::fmt;
use std::io::{Read as _, Seek as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use fs_err as fs;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use wait4::{ResUse, Wait4 as _};

/// How often a process's children are looked at. Nothing but the peak of their memory is had from that, and it only grows.
const EVERY: Duration = Duration::from_millis(10);

/// What one command used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// From its start to its end by the clock.
    pub time: Duration,
    /// Processor time of it and of everything that it started and waited for.
    pub processor: Duration,
    /// The most memory that one of these processes had resident at any time, in KiB. No less than what the process had that
    /// started them: they begin as copies of it.
    pub peak: u64,
    /// Of its children alone: of `terraform`, the providers. `None` where there is no `/proc` to look into.
    pub children: Option<Children>,
}

/// What the children of a command used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Children {
    /// Processor time of all of them, to 10 ms.
    pub processor: Duration,
    /// The most memory that one of them had resident at any time, in KiB.
    pub peak: u64,
}

/// Runs a command to its end: what it printed, and what it used.
///
/// # Errors
/// When it cannot be started.
pub fn of(command: &mut Command) -> Result<(Output, Usage)> {
    let program = PathBuf::from(command.get_program());
    // Files never fill up, so that nothing has to read along.
    let mut printed = tempfile::tempfile()?;
    let mut errors = tempfile::tempfile()?;
    command.stdout(printed.try_clone()?).stderr(errors.try_clone()?);
    let begin = Instant::now();
    let child = command.spawn().with_context(|| format!("starting `{}`", program.display()))?;
    let watch = Watch::children_of(child.id());
    wait_for(&child)?;
    let time = begin.elapsed();
    let peak = watch.end();
    let processor = children_processor(child.id());
    let ended = child.wait4().with_context(|| format!("waiting for `{}`", program.display()))?;
    let children = processor.map(|processor| Children { processor, peak });
    let usage = Usage { time, processor: processor_of(&ended), peak: peak_of(&ended), children };
    let mut output = Output { status: ended.status, stdout: Vec::new(), stderr: Vec::new() };
    for (file, text) in [(&mut printed, &mut output.stdout), (&mut errors, &mut output.stderr)] {
        file.rewind()?;
        file.read_to_end(text)?;
    }
    Ok((output, usage))
}

/// Kills a process, waits for it, and answers with the processor time that it and its children had used.
///
/// # Errors
/// When it cannot be killed, because it has been waited for.
pub fn until_killed(mut child: Child) -> Result<Duration> {
    child.kill()?;
    Ok(processor_of(&child.wait4()?))
}

fn processor_of(ended: &ResUse) -> Duration {
    ended.rusage.utime + ended.rusage.stime
}

fn peak_of(ended: &ResUse) -> u64 {
    ended.rusage.maxrss / 1024
}

/// Waits until a child has ended, and leaves it to be looked at.
fn wait_for(child: &Child) -> Result<()> {
    let id = WaitId::Pid(Pid::from_child(child));
    rustix::io::retry_on_intr(|| waitid(id.clone(), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT))?;
    Ok(())
}

/// What a process has used by its children that it waited for.
fn children_processor(process: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    waited_for(&stat, rustix::param::clock_ticks_per_second())
}

/// Fields 16 and 17 of `proc_pid_stat(5)`. The second one is the program's name, which may hold anything.
fn waited_for(stat: &str, ticks_per_second: u64) -> Option<Duration> {
    let after_name = stat.rsplit_once(')')?.1;
    let mut fields = after_name.split_whitespace().skip(13);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_micros((user + system) * 1_000_000 / ticks_per_second))
}

/// Looks at the children of a process, until told to end, for the peak of their memory.
struct Watch {
    done: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Watch {
    fn children_of(parent: u32) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let done = Arc::clone(&done);
            move || {
                let mut most = 0;
                let own = program_of(parent);
                while !done.load(Ordering::Relaxed) {
                    let peaks = children(parent).into_iter().filter_map(|child| peak(child, own.as_deref()));
                    most = peaks.fold(most, u64::max);
                    std::thread::sleep(EVERY);
                }
                most
            }
        });
        Self { done, thread }
    }

    fn end(self) -> u64 {
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}

/// Any thread of a process can have started a child.
fn children(parent: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else { return Vec::new() };
    let lists =
        threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// How a process was started. Which file its program is, only the superuser may see of one that keeps its memory to itself.
fn program_of(process: u32) -> Option<String> {
    fs::read_to_string(format!("/proc/{process}/cmdline")).ok()
}

/// The most memory that a child had resident so far, in KiB. Between its start and its program a child is a copy of its
/// parent, with the parent's program and memory; so one that runs the same program as its parent is not seen.
fn peak(child: u32, parent: Option<&str>) -> Option<u64> {
    // Asked before the memory: it belongs to this program or to a later one.
    let program = program_of(child)?;
    if parent == Some(program.as_str()) {
        return None;
    }
    let status = fs::read_to_string(format!("/proc/{child}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2?}, processor time {:.2?}, peak {} KiB", self.time, self.processor, self.peak)?;
        if let Some(children) = self.children {
            write!(f, "; of its children: {:.2?}, {} KiB", children.processor, children.peak)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shell that computes, and then a child of it that does.
    const WORK: &str = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn what_is_printed_and_the_code_are_kept() {
        let (output, _) = of(&mut shell("echo out; echo err >&2; exit 3")).unwrap();
        assert_eq!(
            (output.status.code(), &*output.stdout, &*output.stderr),
            (Some(3), &b"out\n"[..], &b"err\n"[..])
        );
    }

    #[test]
    fn waiting_is_no_processor_time() {
        let (_, usage) = of(&mut shell("sleep 0.5")).unwrap();
        assert!(usage.time >= Duration::from_millis(500), "{usage}");
        assert!(usage.processor < Duration::from_millis(250), "{usage}");
        assert!(usage.processor > Duration::ZERO && usage.peak > 100, "{usage}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn children_count_and_are_told_apart() {
        let (_, alone) = of(&mut shell(WORK)).unwrap();
        assert_eq!(alone.children.unwrap(), Children::default());
        let child = "awk 'BEGIN { while (i < 2000000) i++ }'";
        let (_, both) = of(&mut shell(&format!("{WORK}; {child}; true"))).unwrap();
        let children = both.children.unwrap();
        assert!(children.processor >= Duration::from_millis(10) && children.peak > 100, "{both}");
        assert!(both.processor > children.processor, "{both}");
    }

    #[test]
    fn what_a_killed_process_used_is_known() {
        let child = shell(&format!("{WORK}; sleep 60")).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(50));
        assert!(until_killed(child).unwrap() > Duration::ZERO);
    }

    #[test]
    fn the_times_of_children_are_found_behind_any_name() {
        let stat = "17 (a ) 9 (b) Z 1 17 17 0 -1 4 0 0 0 0 111 222 12 30 20 0 1 0 5 0 0";
        assert_eq!(waited_for(stat, 100), Some(Duration::from_millis(420)));
        assert_eq!(waited_for("17 (a) Z 1", 100), None);
    }
}
