//! Child processes whose output is shown and kept, and that end in time.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use fs_err as fs;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

/// How long a child that was told to end may take to do so, before it is ended.
const GRACE: Duration = Duration::from_secs(20);
/// How often to look whether a child has ended.
const POLL: Duration = Duration::from_millis(50);

/// How a child's output is shown, and how long it may take.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    /// What every line begins with, since several children may be printing at once.
    pub(crate) prefix: &'a str,
    /// A child that takes longer is ended, with all its descendants.
    pub(crate) limit: Duration,
}

impl Default for Shown<'_> {
    fn default() -> Self {
        Self { prefix: "", limit: Duration::from_hours(24) }
    }
}

/// How a child ended, and what it printed.
pub(crate) struct Finished {
    pub(crate) success: bool,
    pub(crate) code: Option<i32>,
    pub(crate) text: String,
    /// Whether it took too long and was ended.
    pub(crate) timed_out: bool,
    /// Processor time of the child and of all its descendants that have ended; zero where there is no `/proc`.
    pub(crate) cpu: Duration,
}

/// Runs a command to its end. What it prints goes on to standard error line by line, and is kept.
pub(crate) fn shown(command: &mut Command) -> Result<Finished> {
    shown_as(command, Shown::default())
}

/// As [`shown`], with a prefix and a limit.
pub(crate) fn shown_as(command: &mut Command, how: Shown<'_>) -> Result<Finished> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting `{program}`"))?;
    let kept = Arc::new(Mutex::new(String::new()));
    let readers = [
        child.stdout.take().map(|stream| pass_on(stream, how.prefix, Arc::clone(&kept))),
        child.stderr.take().map(|stream| pass_on(stream, how.prefix, Arc::clone(&kept))),
    ];
    let timed_out = !ends_within(&child, how.limit)?;
    if timed_out {
        end_tree(&child)?;
    }
    let cpu = processor_time(child.id()).unwrap_or_default();
    let status = child.wait().with_context(|| format!("waiting for `{program}`"))?;
    // What it left running may hold the streams open: what was printed by then is all that counts.
    let begin = Instant::now();
    for reader in readers.into_iter().flatten() {
        while !reader.is_finished() && begin.elapsed() < GRACE {
            std::thread::sleep(POLL);
        }
    }
    let text = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Finished { success: status.success() && !timed_out, code: status.code(), text, timed_out, cpu })
}

/// Runs a command to its end. Its progress goes on to standard error as it is, moving lines too; its result on
/// standard output is kept.
pub(crate) fn with_result(command: &mut Command) -> Result<Finished> {
    let program = command.get_program().to_string_lossy().into_owned();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .with_context(|| format!("starting `{program}`"))?;
    let output = child.wait_with_output().with_context(|| format!("waiting for `{program}`"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (success, code) = (output.status.success(), output.status.code());
    Ok(Finished { success, code, text, timed_out: false, cpu: Duration::ZERO })
}

/// Whether a child ends in this time. It is not collected, so that its figures can still be read.
fn ends_within(child: &Child, limit: Duration) -> Result<bool> {
    let begin = Instant::now();
    let pid = pid(child.id()).context("a process without an id")?;
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    while begin.elapsed() < limit {
        if waitid(WaitId::Pid(pid), options).context("waiting for a process")?.is_some() {
            return Ok(true);
        }
        std::thread::sleep(POLL);
    }
    Ok(false)
}

/// Ends a child and everything that it has started: politely, then at once. Test runners put each test into a group of
/// its own, so a signal to one group would not do.
fn end_tree(child: &Child) -> Result<()> {
    for (signal, wait) in [(Signal::TERM, GRACE), (Signal::KILL, GRACE)] {
        for id in tree(child.id()) {
            // One that has ended meanwhile needs no signal.
            let _ = pid(id).map(|id| kill_process(id, signal));
        }
        if ends_within(child, wait)? {
            break;
        }
    }
    Ok(())
}

fn pid(id: u32) -> Option<Pid> {
    Pid::from_raw(id.try_into().ok()?)
}

/// A process and its descendants, the topmost first, so that none starts another in place of one that has got its signal; only itself where
/// there is no `/proc`.
fn tree(top: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let id = entry.file_name().to_string_lossy().parse::<u32>().ok();
        let parent = id.and_then(|id| stat(id)?.get(1)?.parse::<u32>().ok());
        if let (Some(id), Some(parent)) = (id, parent) {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut found = vec![top];
    let mut next = 0;
    while let Some(parent) = found.get(next) {
        found.extend(children.get(parent).into_iter().flatten().copied().collect::<Vec<_>>());
        next += 1;
    }
    found
}

/// The fields of `/proc/PID/stat` after the program's name, which may hold anything.
fn stat(id: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

/// User and system time of a process and of its collected descendants. It may have ended, if nobody has collected it.
fn processor_time(id: u32) -> Option<Duration> {
    let fields = stat(id)?;
    // `utime`, `stime`, `cutime` and `cstime` of proc(5), counted from the state, in clock ticks.
    let ticks: u64 = fields.get(11..15)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_secs(ticks) / u32::try_from(rustix::param::clock_ticks_per_second()).ok()?)
}

fn pass_on(
    stream: impl Read + Send + 'static,
    prefix: &str,
    kept: Arc<Mutex<String>>,
) -> std::thread::JoinHandle<()> {
    let prefix = prefix.to_owned();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(stream);
        let mut bytes = Vec::new();
        while lines.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let line = String::from_utf8_lossy(&bytes);
            let end = if line.ends_with('\n') { "" } else { "\n" };
            let _ = std::io::stderr().lock().write_all(format!("{prefix}{line}{end}").as_bytes());
            kept.lock().unwrap_or_else(PoisonError::into_inner).push_str(&line);
            bytes.clear();
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_streams_and_the_code_are_kept() {
        let finished = shown(&mut sh("echo out; echo err >&2; exit 3")).unwrap();
        assert_eq!((finished.success, finished.code), (false, Some(3)));
        assert!(finished.text.contains("out\n") && finished.text.contains("err\n"));
        assert!(!finished.timed_out);
    }

    #[test]
    fn what_takes_too_long_is_ended_with_what_it_started() {
        let begin = Instant::now();
        let how = Shown { prefix: "", limit: Duration::from_millis(300) };
        // The shell must not come to an end of its own when what it waits for is ended first.
        let finished = shown_as(&mut sh("sleep 61 & echo $!; wait; sleep 61"), how).unwrap();
        assert_eq!((finished.timed_out, finished.success, finished.code), (true, false, None));
        assert!(begin.elapsed() < GRACE, "{:?}", begin.elapsed());
        let grandchild: u32 = finished.text.trim().parse().unwrap();
        // It has its signal; when it gets the processor to end is the system's matter.
        let state = || stat(grandchild).map(|fields| fields[0].clone()).filter(|state| state != "Z");
        while state().is_some() && begin.elapsed() < GRACE {
            std::thread::sleep(POLL);
        }
        assert_eq!(state(), None, "it still runs");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn processor_time_includes_descendants() {
        let script = "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; exit 0";
        let finished = shown(&mut sh(script)).unwrap();
        assert!(finished.cpu >= Duration::from_millis(20), "{:?}", finished.cpu);
    }
}
