//! The `terraform` program.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use super::RunError;
use super::children::{Children, Pace, Turn};
use super::events::{self, Event};
use super::log::Log;
use super::output::{Given, Said};
use super::plugins::Plugins;
use super::variables::Variables;
use crate::diag::Diagnostic;
use crate::tree::Layer;

/// The oldest version that takes write-only arguments and locks state in S3 by itself.
const OLDEST: (u32, u32) = (1, 11);

/// Lines of standard error that are kept for the message of a failure: that about a lock has thirty.
const TAIL: usize = 40;

/// A `terraform` that is new enough.
#[derive(Debug, Clone)]
pub(super) struct Terraform {
    program: PathBuf,
    version: String,
    variables: Variables,
    plugins: Plugins,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// The exit code; `None` after a signal.
    pub(super) code: Option<i32>,
    /// The last lines of standard error.
    pub(super) stderr: String,
}

impl Ended {
    fn of(status: Option<ExitStatus>, tail: Tail, log: &Log) -> Self {
        if let Some(status) = status {
            log.line(&format!("{status}"));
        }
        Self { code: status.and_then(|status| status.code()), stderr: Vec::from(tail.0).join("\n") }
    }
}

/// The last lines of standard error.
#[derive(Default)]
struct Tail(VecDeque<String>);

impl Tail {
    fn add(&mut self, line: &[u8], log: &Log) {
        let line = String::from_utf8_lossy(line).into_owned();
        log.line(&format!("stderr: {line}"));
        if self.0.len() == TAIL {
            self.0.pop_front();
        }
        self.0.push_back(line);
    }
}

/// The lines of a pipe, until it is closed.
fn lines(pipe: Option<impl Read>) -> impl Iterator<Item = Vec<u8>> {
    pipe.into_iter().flat_map(|pipe| BufReader::new(pipe).split(b'\n')).map_while(Result::ok)
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
        let (variables, plugins) = (Variables::default(), Plugins::default());
        Ok(Self { program, version: version.to_owned(), variables, plugins })
    }

    /// Its version, as it tells it.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// The program.
    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// The same, with what a layer has in its environment.
    pub(super) fn in_layer(&self, layer: &Layer) -> Self {
        let mut variables = Variables::of_this_process(layer);
        variables.changes.extend(self.variables.changes.iter().cloned());
        Self { variables, ..self.clone() }
    }

    /// The same with one more variable of the environment.
    pub(super) fn with(&self, name: &'static str, value: &str) -> Self {
        let mut with = self.clone();
        with.variables.changes.push((name, Some(value.to_owned())));
        with
    }

    /// The same for layers that share their providers.
    pub(super) fn with_shared_plugins(self) -> Self {
        Self { plugins: Plugins::shared(), ..self }
    }

    /// What the user is told of the environment.
    pub(super) fn note(&self) -> Option<&str> {
        self.variables.note.as_deref()
    }

    /// Runs a command in a layer's directory; every line of its output goes to `each` as an event, and to the log. It goes on when this
    /// process dies.
    pub(super) fn run(
        &self,
        dir: &Path,
        args: &[&str],
        children: &Children,
        log: &Log,
        mut each: impl FnMut(Event),
    ) -> std::io::Result<Ended> {
        let _held = self.plugins.hold(args);
        let (mut output, given) = log.output()?;
        let mut child = self.start(dir, args, children, log, given, Turn::InQuiet)?;
        let (id, mut status, mut tail) = (child.id(), None, Tail::default());
        let mut pace = Pace::default();
        output.follow(
            || {
                status = children.ended(&mut child)?;
                Ok(status.is_some())
            },
            |said| match said {
                Said::Out(line) => {
                    let event = events::parse(&String::from_utf8_lossy(line));
                    pace.see(&event);
                    log_event(log, &event);
                    each(event);
                }
                Said::Err(line) => tail.add(line, log),
                Said::AllSoFar => children.tell(id, &pace),
            },
        )?;
        Ok(Ended::of(status, tail, log))
    }

    /// The same, with each line as it is, and nothing of it in the log or on the disk: for output that may hold secrets. Nothing is changed by
    /// it, nor locked, so that it may end with this process.
    pub(super) fn run_in_silence(
        &self,
        dir: &Path,
        args: &[&str],
        children: &Children,
        log: &Log,
        mut each: impl FnMut(&[u8]),
    ) -> std::io::Result<Ended> {
        let _held = self.plugins.hold(args);
        let mut child = self.start(dir, args, children, log, Given::pipes(), Turn::AtOnce)?;
        let stderr = child.stderr.take();
        let mut tail = Tail::default();
        std::thread::scope(|scope| {
            scope.spawn(|| lines(stderr).for_each(|line| tail.add(&line, log)));
            lines(child.stdout.take()).for_each(|line| each(&line));
        });
        let status = children.wait(&mut child)?;
        Ok(Ended::of(Some(status), tail, log))
    }

    /// Starts a command that asks, with pipes on which it is answered and heard. It is not told of signals: it ends when nobody can answer it any
    /// more.
    pub(super) fn asking(&self, dir: &Path, args: &[&str], log: &Log) -> std::io::Result<Child> {
        log.line(&format!("$ terraform {}", args.join(" ")));
        self.with("TF_INPUT", "true").spawn(dir, args, Given { stdin: Stdio::piped(), ..Given::pipes() })
    }

    fn start(
        &self,
        dir: &Path,
        args: &[&str],
        children: &Children,
        log: &Log,
        given: Given,
        turn: Turn,
    ) -> std::io::Result<Child> {
        log.line(&format!("$ terraform {}", args.join(" ")));
        let interrupted_before = children.interrupted();
        let child = self.spawn(dir, args, given)?;
        children.add(child.id(), interrupted_before, turn);
        Ok(child)
    }

    fn spawn(&self, dir: &Path, args: &[&str], given: Given) -> std::io::Result<Child> {
        let mut command = Command::new(&self.program);
        for (name, value) in &self.variables.changes {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
            .args(args)
            .current_dir(dir)
            .env("TF_IN_AUTOMATION", "1")
            // One folder for all layers would mix their backends and modules up.
            .env_remove("TF_DATA_DIR")
            .stdin(given.stdin)
            .stdout(given.stdout)
            .stderr(given.stderr)
            .process_group(0)
            .spawn()
    }
}

fn log_event(log: &Log, event: &Event) {
    match event {
        Event::Planned { address, action } => log.line(&format!("{address}: to {action}")),
        Event::Drifted { address, action } => log.line(&format!("{address}: {action} outside of Terraform")),
        Event::Outputs(true) => log.line("outputs change"),
        Event::Outputs(false) | Event::Read => {}
        Event::State(_) => log.line("the whole state, which is not logged"),
        Event::Goes { address, action, seconds } => {
            log.line(&format!("{address}: {action} goes on, {seconds} s"));
        }
        Event::Totals(counts) => log.line(&counts.to_string()),
        Event::Started { address, action } => log.line(&format!("{address}: {action} started")),
        Event::Done { address, action } => log.line(&format!("{address}: {action} done")),
        Event::Problem(p) => {
            let at = p.address.as_deref().unwrap_or("-");
            log.line(&format!("{}: {at}: {}: {}", p.severity, p.summary, p.detail));
        }
        Event::Other(text) if text.is_empty() => {}
        Event::Other(text) | Event::Errored { text, .. } => log.line(text),
    }
}
