//! A provider process as Terraform starts it, as far as its first line: how long that takes, how much
//! processor time and memory.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use rustix::process::{Pid, Signal, kill_process};

use crate::{environment, usage};

/// A client certificate of the kind that Terraform sends: P-521, signed by itself. Its key was thrown away; the
/// provider only has to read it to start.
const CLIENT_CERTIFICATE: &str = include_str!("client_certificate.pem");
/// What tells a plugin that Terraform starts it, and not a person.
const MAGIC_COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// How long a program may be silent. A provider takes milliseconds.
const SILENCE: Duration = Duration::from_secs(20);

/// No handshake is longer, in bytes.
const LONGEST_LINE: u64 = 64 << 10;

/// One start.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// From the start of the process to its handshake line.
    pub time: Duration,
    /// Processor time of the process to that line and its end.
    pub processor: Duration,
    /// Resident memory after that line, in KiB; `None` where there is no `/proc`.
    pub memory: Option<u64>,
}

/// Starts the provider, waits for its handshake line and ends it.
///
/// # Errors
/// When it does not start, is silent, or its first line is no handshake.
pub fn provider(program: &Path) -> Result<Start> {
    let mut command = Command::new(program);
    environment::scrub(&mut command);
    command
        .env("TF_PLUGIN_MAGIC_COOKIE", MAGIC_COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
        .env("PLUGIN_CLIENT_CERT", CLIENT_CERTIFICATE)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let begin = Instant::now();
    let mut child = command.spawn().with_context(|| format!("starting `{}`", program.display()))?;
    let line = first_line(&mut child)?;
    let (time, memory) = (begin.elapsed(), resident(child.id()));
    let start = Start { time, processor: usage::until_killed(child)?, memory };
    ensure!(
        line.split('|').count() >= 5,
        "the first line of `{}` is no handshake of a provider: `{}`",
        program.display(),
        line.trim()
    );
    Ok(start)
}

/// Empty when there is none in time.
fn first_line(child: &mut Child) -> Result<String> {
    let mut line = String::new();
    let Some(stdout) = child.stdout.take() else { return Ok(line) };
    let process = Pid::from_child(child);
    let (done, waits) = mpsc::channel::<()>();
    let guard = std::thread::spawn(move || {
        if waits.recv_timeout(SILENCE) == Err(RecvTimeoutError::Timeout) {
            // It may end at this moment; the reader sees that too.
            let _ = kill_process(process, Signal::KILL);
        }
    });
    let read = BufReader::new(stdout).take(LONGEST_LINE).read_line(&mut line);
    drop(done);
    let _ = guard.join();
    read?;
    Ok(line)
}

fn resident(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
}
