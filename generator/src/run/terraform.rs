//! The `terraform` program.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::RunError;
use super::children::Children;
use super::events::{self, Event};
use super::log::Log;
use crate::diag::Diagnostic;

/// The oldest version that takes write-only arguments and locks state in S3 by itself.
const OLDEST: (u32, u32) = (1, 11);

/// Lines of standard error that are kept for the message of a failure.
const TAIL: usize = 20;

/// A `terraform` that is new enough.
#[derive(Debug)]
pub(super) struct Terraform {
    program: PathBuf,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// The exit code; `None` after a signal.
    pub(super) code: Option<i32>,
    /// The last lines of standard error.
    pub(super) stderr: String,
}

impl Terraform {
    /// Checks that the program is there and new enough.
    pub(super) fn find(program: &Path) -> Result<Self, RunError> {
        let name = program.display();
        let missing =
            |cause: String| {
                RunError::Machine(Diagnostic::new(format!("`{name}` cannot be run")).note(cause).hint(
                    "install Terraform 1.11 or newer, or name it with `--terraform` or `TFY_TERRAFORM`",
                ))
            };
        let output = Command::new(program)
            .args(["version", "-json"])
            .stdin(Stdio::null())
            .output()
            .map_err(|e| missing(e.to_string()))?;
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let Some(version) = answer.get("terraform_version").and_then(|v| v.as_str()) else {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(missing(format!("`{name} version -json` did not tell a version: {}", said.trim())));
        };
        let mut parts = version.split('.').map(|p| p.parse::<u32>().unwrap_or(0));
        if (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < OLDEST {
            return Err(RunError::Machine(
                Diagnostic::new(format!("`{name}` is Terraform {version}, which is too old"))
                    .note("only 1.11 and newer keep secrets out of the state (write-only arguments)")
                    .hint(
                        "install Terraform 1.11 or newer, or name it with `--terraform` or `TFY_TERRAFORM`",
                    ),
            ));
        }
        // A relative path would mean another file in every layer.
        let program = if program.components().count() > 1 {
            std::path::absolute(program).unwrap_or_else(|_| program.to_owned())
        } else {
            program.to_owned()
        };
        Ok(Self { program })
    }

    /// Runs a command in a layer's directory; every line of its output goes to `each` as an event, and to the log.
    pub(super) fn run(
        &self,
        dir: &Path,
        args: &[&str],
        children: &Children,
        log: &Log,
        mut each: impl FnMut(Event),
    ) -> std::io::Result<Ended> {
        self.run_in_silence(dir, args, children, log, |line| {
            let event = events::parse(&String::from_utf8_lossy(line));
            log_event(log, &event);
            each(event);
        })
    }

    /// The same, with each line as it is, and nothing of it in the log: for output that may hold secrets.
    pub(super) fn run_in_silence(
        &self,
        dir: &Path,
        args: &[&str],
        children: &Children,
        log: &Log,
        mut each: impl FnMut(&[u8]),
    ) -> std::io::Result<Ended> {
        log.line(&format!("$ terraform {}", args.join(" ")));
        let interrupted_before = children.interrupted();
        let mut child = self.spawn(dir, args)?;
        children.add(child.id(), interrupted_before);
        let stderr = child.stderr.take();
        let mut tail = VecDeque::new();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for line in
                    stderr.into_iter().flat_map(|s| BufReader::new(s).split(b'\n')).map_while(Result::ok)
                {
                    let line = String::from_utf8_lossy(&line).into_owned();
                    log.line(&format!("stderr: {line}"));
                    if tail.len() == TAIL {
                        tail.pop_front();
                    }
                    tail.push_back(line);
                }
            });
            let stdout = child.stdout.take();
            for line in stdout.into_iter().flat_map(|s| BufReader::new(s).split(b'\n')).map_while(Result::ok)
            {
                each(&line);
            }
        });
        let status = children.wait(&mut child)?;
        log.line(&format!("{status}"));
        Ok(Ended { code: status.code(), stderr: Vec::from(tail).join("\n") })
    }

    fn spawn(&self, dir: &Path, args: &[&str]) -> std::io::Result<Child> {
        Command::new(&self.program)
            .args(args)
            .current_dir(dir)
            .env("TF_IN_AUTOMATION", "1")
            // One folder for all layers would mix their backends and modules up.
            .env_remove("TF_DATA_DIR")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
    }
}

fn log_event(log: &Log, event: &Event) {
    match event {
        Event::Planned { address, action } => log.line(&format!("{address}: to {action}")),
        Event::Totals(counts) => log.line(&counts.to_string()),
        Event::Started { address, action } => log.line(&format!("{address}: {action} started")),
        Event::Done { address, action } => log.line(&format!("{address}: {action} done")),
        Event::Problem(p) => {
            let at = p.address.as_deref().unwrap_or("-");
            log.line(&format!("{}: {at}: {}: {}", p.severity, p.summary, p.detail));
        }
        Event::Other(text) if text.is_empty() => {}
        Event::Other(text) => log.line(text),
    }
}
