//! Where Terraform prints to: memory that outlives its reader, so that one whose supervisor has died goes on writing, and ends as it ends by
//! itself. A pipe without a reader would end it by a signal in the middle of a change, with its state unsaved and its lock held; a file on a disk
//! that is full would keep nothing of what it says, the state among it that it prints when it can write it nowhere.
//!
//! Its standard error, on which it says little, is a file that is locked (`flock`) by whoever has it open for writing, and that is Terraform alone
//! once it is started: that is how the next run knows that one still works. Providers do not inherit it, as they do standard input: one that
//! outlives a Terraform that was killed holds nothing.

use std::fs::TryLockError;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::tree::{OWN, own};

/// The folder of the files, below the program's own.
const FOLDER: &str = "running";
/// How often it is looked for more.
const EVERY: Duration = Duration::from_millis(20);
/// How often it is told that something is waited for.
const TOLD: Duration = Duration::from_secs(30);
/// How much is read at once.
const BLOCK: usize = 64 * 1024;

/// What one command of a layer prints.
#[derive(Debug)]
pub(super) struct Output {
    file: PathBuf,
    stdout: Lines,
    stderr: Lines,
}

/// What is given to the command.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) stdin: Stdio,
    pub(super) stdout: Stdio,
    pub(super) stderr: Stdio,
}

/// What has been read.
#[derive(Debug)]
pub(super) enum Said<'a> {
    /// A line of the output.
    Out(&'a [u8]),
    /// A line of standard error.
    Err(&'a [u8]),
    /// All that there is until now; the command goes on.
    AllSoFar,
}

impl Given {
    /// Of a command that ends with this process.
    pub(super) fn pipes() -> Self {
        Self { stdin: Stdio::null(), stdout: Stdio::piped(), stderr: Stdio::piped() }
    }
}

impl Output {
    /// For a command that is not started yet.
    pub(super) fn new(dir: &Path, layer: &str) -> io::Result<(Self, Given)> {
        let file = own::folder(dir, FOLDER).map_err(io::Error::other)?.join(format!("{layer}.err"));
        let of_stderr = own::create_for_owner(&file)?;
        of_stderr.file().lock()?;
        let stdout = memory()?;
        let of_stdout = stdout.file().try_clone()?;
        let stderr = Lines::of(fs_err::File::open(&file)?);
        let given =
            Given { stdin: Stdio::null(), stdout: of_stdout.into(), stderr: of_stderr.into_file().into() };
        Ok((Self { file, stdout: Lines::of(stdout), stderr }, given))
    }

    /// Reads both as they grow, line by line, until `ended` says that nothing more comes.
    pub(super) fn follow(
        &mut self,
        mut ended: impl FnMut() -> io::Result<bool>,
        mut each: impl FnMut(Said<'_>),
    ) -> io::Result<()> {
        loop {
            // Asked before it is read, so that the last lines are read after the end.
            let last = ended()?;
            self.stderr.read(last, &mut |line| each(Said::Err(line)))?;
            self.stdout.read(last, &mut |line| each(Said::Out(line)))?;
            if last {
                return Ok(());
            }
            each(Said::AllSoFar);
            std::thread::sleep(EVERY);
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // What it says stands in the log.
        let _ = std::fs::remove_file(&self.file);
    }
}

/// The lines of a file that grows.
#[derive(Debug)]
struct Lines {
    file: fs_err::File,
    at: u64,
    begun: Vec<u8>,
}

impl Lines {
    fn of(file: fs_err::File) -> Self {
        Self { file, at: 0, begun: Vec::new() }
    }

    /// Gives the lines that have come; with `last` that without an end as well.
    fn read(&mut self, last: bool, each: &mut impl FnMut(&[u8])) -> io::Result<()> {
        let mut block = vec![0; BLOCK];
        loop {
            // By the place: a file in memory has one place for who writes and who reads.
            let length = self.file.file().read_at(&mut block, self.at)?;
            if length == 0 {
                break;
            }
            self.at += length as u64;
            self.begun.extend_from_slice(&block[..length]);
        }
        let mut from = 0;
        while let Some(length) = self.begun[from..].iter().position(|byte| *byte == b'\n') {
            each(&self.begun[from..from + length]);
            from += length + 1;
        }
        self.begun.drain(..from);
        if last && !self.begun.is_empty() {
            each(&std::mem::take(&mut self.begun));
        }
        Ok(())
    }
}

/// A file that is nowhere but in memory.
#[cfg(target_os = "linux")]
fn memory() -> io::Result<fs_err::File> {
    let file = rustix::fs::memfd_create("terraform", rustix::fs::MemfdFlags::CLOEXEC)?;
    Ok(fs_err::File::from_parts(file.into(), "terraform.out"))
}

/// A file that nobody else can name, where systems have none in memory.
#[cfg(not(target_os = "linux"))]
fn memory() -> io::Result<fs_err::File> {
    Ok(fs_err::File::from_parts(tempfile::tempfile()?, "terraform.out"))
}

/// Whether a Terraform that an earlier run has started still works on a layer.
fn is_running(dir: &Path, layer: &str) -> io::Result<bool> {
    let path = dir.join(OWN).join(FOLDER).join(format!("{layer}.err"));
    match fs_err::File::open(&path) {
        Ok(file) => match file.file().try_lock() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(e)) => Err(e),
        },
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

/// Waits until no Terraform of a run that has died works on these layers, or somebody gives up; tells of each, and again every half minute.
pub(super) fn wait_for_others(
    dir: &Path,
    layers: &[&str],
    given_up: impl Fn() -> bool,
    tell: impl Fn(&str),
) -> io::Result<()> {
    for layer in layers {
        let mut told: Option<Instant> = None;
        while is_running(dir, layer)? {
            if given_up() {
                return Ok(());
            }
            if told.is_none_or(|at| at.elapsed() >= TOLD) {
                told = Some(Instant::now());
                tell(&still_works(layer));
            }
            std::thread::sleep(EVERY);
        }
        if told.is_some() {
            tell(&format!(
                "layer `{layer}`: the terraform of an earlier run has ended; going on from its state"
            ));
        }
    }
    Ok(())
}

fn still_works(layer: &str) -> String {
    format!(
        "layer `{layer}`: waiting for the terraform of an earlier run, which goes on although its tfy-infra has ended"
    )
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::process::Command;

    use super::*;

    #[test]
    fn lines_are_read_as_they_come_and_the_last_without_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let (mut output, given) = Output::new(dir.path(), "network").unwrap();
        let script = "printf 'one\\ntw'; printf 'bad\\n' >&2; sleep 0.1; printf 'o\\n\\nthree'";
        let mut child = Command::new("sh")
            .args(["-c", script])
            .stdin(given.stdin)
            .stdout(given.stdout)
            .stderr(given.stderr)
            .spawn()
            .unwrap();
        let (mut said, mut complained) = (Vec::new(), Vec::new());
        let text = |line: &[u8]| String::from_utf8(line.to_vec()).unwrap();
        output
            .follow(
                || Ok(child.try_wait()?.is_some()),
                |line| match line {
                    Said::Out(line) => said.push(text(line)),
                    Said::Err(line) => complained.push(text(line)),
                    Said::AllSoFar => {}
                },
            )
            .unwrap();
        assert_eq!(said, ["one", "two", "", "three"]);
        assert_eq!(complained, ["bad"]);
        let files = || fs_err::read_dir(dir.path().join(".tfy-infra/running")).unwrap().count();
        assert_eq!(files(), 1);
        drop(output);
        assert_eq!(files(), 0);
    }

    #[test]
    fn one_that_goes_on_without_its_supervisor_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let (output, given) = Output::new(dir.path(), "network").unwrap();
        let mut child = Command::new("sleep")
            .arg("0.4")
            .stdin(given.stdin)
            .stdout(given.stdout)
            .stderr(given.stderr)
            .spawn()
            .unwrap();
        // As when nobody is left to take them away.
        std::mem::forget(output);
        let told = RefCell::new(Vec::new());
        let tell = |line: &str| told.borrow_mut().push(line.to_owned());
        wait_for_others(dir.path(), &["network"], || true, tell).unwrap();
        assert_eq!(child.try_wait().unwrap(), None);
        wait_for_others(dir.path(), &["data", "network"], || false, tell).unwrap();
        assert!(child.try_wait().unwrap().is_some_and(|status| status.success()));
        insta::assert_snapshot!(told.into_inner().join("\n"), @r"
        layer `network`: waiting for the terraform of an earlier run, which goes on although its tfy-infra has ended
        layer `network`: the terraform of an earlier run has ended; going on from its state
        ");
    }
}
