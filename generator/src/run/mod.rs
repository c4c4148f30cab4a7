//! Drives `terraform` through the layers of a generated directory: plan, apply, destroy; and looks at them ([`Looking`]).

mod advice;
mod ahead;
mod children;
mod commands;
mod events;
mod in_cluster;
mod layer;
mod log;
mod look;
mod plan_file;
mod progress;
mod schedule;
mod summary;
mod terraform;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

pub use look::{Looking, Releases, Seen, WrongRelease};
pub use summary::{Counts, LayerSummary, Status, Summary};

use crate::diag::Diagnostic;
use crate::tree::Layer;
use crate::tree::{self, Manifest, WriteError, own, record};

/// What is done to the layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Show what would change.
    Plan,
    /// Create and change.
    Apply,
    /// Destroy, last layer first.
    Destroy,
    /// Look at what is there, and change nothing.
    Drift,
}

impl Operation {
    /// The word for it in messages and file names.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Destroy => "destroy",
            Self::Drift => "drift",
        }
    }
}

/// How to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The generated directory.
    pub dir: PathBuf,
    /// The `terraform` program: a path, or a name that is looked up in `PATH`.
    pub terraform: PathBuf,
    /// Only this layer.
    pub layer: Option<String>,
    /// Whether layers that do not wait for each other run side by side.
    pub parallel: bool,
    /// Whether nobody is asked.
    pub auto_approve: bool,
    /// Whether standard error is a terminal that wants colours.
    pub color: bool,
    /// Whether standard output is for a machine, so that planned changes are not listed there.
    pub quiet: bool,
}

/// Why a run did not start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The directory is none that was generated, or the terminal cannot be asked.
    #[error("{}", .0.message)]
    Input(Diagnostic),
    /// The machine lacks something.
    #[error("{}", .0.message)]
    Machine(Diagnostic),
}

/// One operation over the layers, of which nothing is started yet: the directory and the machine are as it needs them, and nobody else runs
/// anything in the directory as long as this is held.
#[derive(Debug)]
pub struct Ready<'a> {
    operation: Operation,
    options: &'a Options,
    chosen: Vec<Layer>,
    session: Session,
    started: Instant,
}

impl<'a> Ready<'a> {
    /// # Errors
    /// [`RunError`], with what the directory or the machine lacks.
    pub fn new(operation: Operation, options: &'a Options) -> Result<Self, RunError> {
        let started = Instant::now();
        let mut session = Session::start(options)?;
        let chosen = chosen(operation, std::mem::take(&mut session.layers), options)?;
        Ok(Self { operation, options, chosen, session, started })
    }

    /// Runs it and tells how it went.
    ///
    /// # Errors
    /// [`RunError`] before anything was started. What fails later stands in the summary.
    pub fn run(&self) -> Result<Summary, RunError> {
        let Self { operation, options, chosen, session, .. } = self;
        let children = watch()?;
        let progress = progress::Progress::new(options.color);
        let runner = layer::Runner {
            operation: *operation,
            options,
            terraform: &session.terraform,
            children: &children,
            progress: &progress,
            ahead: ahead::Ahead::of(chosen),
        };
        let layers = schedule::run(*operation, chosen, options.parallel, &runner);
        let retired = |name: &str| chosen.iter().any(|layer| layer.retired && layer.name == name);
        for layer in layers.iter().filter(|layer| matches!(layer.status, Status::Destroyed | Status::Empty)) {
            if retired(&layer.layer) {
                record::emptied(&options.dir, &layer.layer).map_err(|e| unusable(&e))?;
            }
        }
        Ok(Summary {
            operation: *operation,
            directory: options.dir.clone(),
            interrupted: children.interrupted(),
            seconds: self.started.elapsed().as_secs_f64(),
            layers,
        })
    }
}

/// What every command needs that drives Terraform. While it is there, no other one works in the directory.
#[derive(Debug)]
struct Session {
    _lock: fs_err::File,
    layers: Vec<Layer>,
    terraform: terraform::Terraform,
}

impl Session {
    fn start(options: &Options) -> Result<Self, RunError> {
        let layers = layers(&options.dir)?;
        let lock = own::lock(&options.dir).map_err(|e| match e {
            WriteError::Busy { .. } => RunError::Machine(Diagnostic::new(e.to_string()).hint(e.hint())),
            other => RunError::Input(Diagnostic::new(other.to_string())),
        })?;
        tree::check_solved(&options.dir, &layers).map_err(|e| unusable(&e))?;
        let terraform = terraform::Terraform::find(&options.terraform)?;
        Ok(Self { _lock: lock, layers, terraform })
    }
}

fn watch() -> Result<Arc<children::Children>, RunError> {
    children::Children::watch().map_err(|e| RunError::Machine(deaf(&e)))
}

/// The layers that the options name.
fn chosen(operation: Operation, layers: Vec<Layer>, options: &Options) -> Result<Vec<Layer>, RunError> {
    // What is no longer generated can only be destroyed.
    let layers: Vec<Layer> =
        layers.into_iter().filter(|layer| operation == Operation::Destroy || !layer.retired).collect();
    let names: Vec<_> = layers.iter().map(|layer| layer.name.as_str()).collect();
    let there = crate::suggest::all_of(&names);
    let chosen: Vec<Layer> =
        layers.into_iter().filter(|l| options.layer.as_ref().is_none_or(|name| *name == l.name)).collect();
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    let name = options.layer.as_deref().unwrap_or_default();
    let problem = Diagnostic::new(format!("`{}` has no layer `{name}`", options.dir.display()));
    Err(RunError::Input(problem.hint(format!("its layers are {there}"))))
}

fn layers(dir: &Path) -> Result<Vec<Layer>, RunError> {
    let name = dir.display();
    match Manifest::whole(dir) {
        Ok(Some(manifest)) => Ok(manifest.layers),
        Ok(None) => Err(RunError::Input(
            Diagnostic::new(format!("`{name}` is not a directory that tfy-infra generated"))
                .hint(format!("run `tfy-infra generate -f platform.yaml -o {name}` first")),
        )),
        Err(e) => Err(unusable(&e)),
    }
}

fn unusable(e: &WriteError) -> RunError {
    RunError::Input(Diagnostic::new(e.to_string()).hint(e.hint()))
}

fn deaf(cause: &std::io::Error) -> Diagnostic {
    Diagnostic::new("signals cannot be handled").note(cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hears_no_signal_changes_nothing_and_says_so() {
        let problem = deaf(&std::io::ErrorKind::Unsupported.into());
        assert_eq!(problem.message, "signals cannot be handled");
        assert_eq!(problem.note.as_deref(), Some("unsupported"));
    }
}
