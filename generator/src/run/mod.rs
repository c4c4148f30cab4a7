//! Drives `terraform` through the layers of a generated directory: plan, apply, destroy; and looks at them ([`Looking`]).

mod admins;
mod advice;
mod ahead;
mod changes;
mod children;
mod clone;
mod commands;
mod connect;
mod dependents;
mod drained;
mod environment;
mod events;
mod in_cluster;
mod kubeconfig;
mod layer;
mod leftovers;
mod lock;
mod log;
mod look;
mod moves;
mod output;
mod outputs;
mod plan_file;
mod plugins;
mod progress;
mod reach;
mod room;
mod saved;
mod schedule;
mod session;
mod stale;
mod summary;
mod terminal;
mod terraform;
mod variables;
mod way;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

pub use admins::Caller;
pub use changes::{AttributeChange, Deferred, ResourceChange};
pub use connect::{Connect, connect};
pub use look::{Looking, Releases, Seen, WrongRelease};
pub use moves::{Migrate, Moved, migrate};
pub use outputs::{Found, Held, Outputs, Told, outputs};
pub use saved::ApplySaved;
pub use summary::{Counts, Drifted, LayerSummary, Status, Summary, Warning};

use crate::diag::Diagnostic;
use crate::screen;
use crate::tree::Layer;
use crate::tree::record::Release;
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
    /// Layers that a destroy leaves as they are, though others go on which they stand.
    pub skip: Vec<String>,
    /// A folder in which Terraform keeps providers for all layers, where the user has not named one.
    pub plugins: Option<PathBuf>,
    /// Whether the directory goes with the run, so that no log in it is worth to be named.
    pub passing: bool,
    /// The file into which a plan is saved.
    pub out: Option<PathBuf>,
    /// The saved plans that are applied.
    pub saved: Option<ApplySaved>,
    /// Kinds of objects that may be lost with what serves them, such as `scaledobjects.keda.sh`.
    pub allow_loss_of: Vec<String>,
}

impl Options {
    /// Those of a run over all layers, one after the other, that asks before it changes anything.
    #[must_use]
    pub fn new(dir: PathBuf, terraform: PathBuf) -> Self {
        Self {
            dir,
            terraform,
            layer: None,
            parallel: false,
            auto_approve: false,
            color: false,
            quiet: false,
            skip: Vec::new(),
            plugins: None,
            passing: false,
            out: None,
            saved: None,
            allow_loss_of: Vec::new(),
        }
    }
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
    releases: Vec<Release>,
    leftovers: leftovers::Check,
    dependents: dependents::Dependents,
    saved: Option<saved::Saved>,
    session: Session,
    started: Instant,
}

impl<'a> Ready<'a> {
    /// # Errors
    /// [`RunError`], with what the directory or the machine lacks.
    pub fn new(operation: Operation, options: &'a Options) -> Result<Self, RunError> {
        let started = Instant::now();
        let mut session = Session::start(options)?;
        if matches!(operation, Operation::Apply | Operation::Destroy) {
            room::check(&options.dir).map_err(RunError::Machine)?;
        }
        if let Some(file) = &options.out {
            saved::Saving::to(file)?;
        }
        let saved = match &options.saved {
            Some(ApplySaved { file, .. }) => {
                Some(saved::Saved::read(file, &options.dir, session.terraform.version())?)
            }
            None => None,
        };
        let layers = std::mem::take(&mut session.layers);
        let releases = drained::releases(&layers);
        let leftovers = leftovers::Check::of(&layers);
        let mut chosen = chosen(operation, layers.clone(), options)?;
        if let Some(saved) = &saved {
            chosen.retain(|layer| saved.names().contains(&layer.name.as_str()));
        }
        moves::check(&options.dir, &layers, &chosen)?;
        let dependents = dependents::Dependents::of(operation, &layers, &chosen, options);
        if !options.allow_loss_of.is_empty() && chosen.iter().all(|layer| layer.releases.is_empty()) {
            return Err(RunError::Input(nothing_to_lose()));
        }
        Ok(Self { operation, options, chosen, releases, leftovers, dependents, saved, session, started })
    }

    /// Runs it for this caller, and tells how it went.
    ///
    /// # Errors
    /// [`RunError`] before anything was started. What fails later stands in the summary.
    pub fn run(&self, caller: Caller) -> Result<Summary, RunError> {
        let Self { operation, options, chosen, releases, leftovers, dependents, saved, session, .. } = self;
        let children = watch(&options.dir, chosen)?;
        let progress = progress::Progress::new(options.color);
        let saving = options.out.as_deref().map(saved::Saving::to).transpose()?;
        let runner = layer::Runner {
            operation: *operation,
            options,
            terraform: &session.terraform,
            children: &children,
            progress: &progress,
            layers: chosen,
            ahead: ahead::Ahead::of(chosen),
            releases,
            leftovers,
            dependents,
            way: way::Way::of(&session.inputs),
            lacks_admins: way::lacks_admins(&session.inputs),
            caller,
            saving: saving.as_ref(),
            saved: saved.as_ref(),
        };
        if let (Some(saved), Some(ApplySaved { file, .. })) = (saved, &options.saved) {
            saved.check_states(file, &options.dir, &runner)?;
        }
        if *operation == Operation::Plan {
            self.look_first(&runner);
        }
        let mut layers = schedule::run(*operation, chosen, self.side_by_side(), &runner);
        if *operation == Operation::Plan {
            stale::mark(chosen, &mut layers);
            for layer in layers.iter().filter(|layer| layer.status == Status::Stale) {
                progress.line(&advice::stale(layer));
            }
        }
        let held = |layer: &Layer| runner.held(layer);
        for told in dependents.told(&options.dir, held) {
            progress.warning(told);
        }
        let retired = |name: &str| chosen.iter().any(|layer| layer.retired && layer.name == name);
        for layer in layers.iter().filter(|layer| matches!(layer.status, Status::Destroyed | Status::Empty)) {
            if retired(&layer.layer) {
                record::emptied(&options.dir, &layer.layer).map_err(|e| unusable(&e))?;
            }
        }
        let mut summary = Summary {
            operation: *operation,
            directory: options.dir.clone(),
            interrupted: children.interrupted(),
            seconds: 0.0,
            layers,
        };
        if let (Some(saving), Some(file)) = (saving, &options.out) {
            progress.line(&self.save(saving, file, &mut summary)?);
        }
        Ok(Summary { seconds: self.started.elapsed().as_secs_f64(), ..summary })
    }

    /// Looks at layers of which nobody knows in this copy of the tree what they hold. A plan of what is there runs side by side then.
    fn look_first(&self, runner: &layer::Runner<'_>) {
        let Self { options, chosen, .. } = self;
        if self.shares_plugins() {
            return;
        }
        let is_new = |layer: &&Layer| tree::seen::read(&options.dir, layer).is_none();
        let new: Vec<&Layer> = chosen.iter().filter(is_new).collect();
        if new.len() > 1 {
            clone::look(&new, schedule::at_once(), &|layer: &Layer| runner.holds(layer));
        }
    }

    /// Whether layers run side by side: where that was wanted, and where a plan finds all of them made, so that none has to wait for another.
    /// Providers that all layers share are not prepared by two at once.
    fn side_by_side(&self) -> bool {
        let Self { operation, options, chosen, .. } = self;
        let is_made = |layer: &Layer| {
            tree::seen::read(&options.dir, layer).is_some_and(|seen| !seen.outline.managed.is_empty())
        };
        let plans = *operation == Operation::Plan && !self.shares_plugins();
        options.parallel || (plans && chosen.iter().all(is_made))
    }

    /// Whether layers share their providers.
    fn shares_plugins(&self) -> bool {
        self.options.plugins.is_some() || ahead::shared_plugins()
    }

    /// Saves the plans where all is well, and says what is in the file.
    fn save(&self, saving: saved::Saving, file: &Path, summary: &mut Summary) -> Result<String, RunError> {
        if !summary.ok() {
            return Ok(format!("nothing is saved in `{}`: not every layer could be planned", file.display()));
        }
        saving
            .write(file, &self.options.dir, self.session.terraform.version(), &mut summary.layers)
            .map_err(|e| RunError::Machine(saved::unwritten(file, &e)))?;
        Ok(saved::told(file, &summary.layers))
    }
}

/// What every command needs that drives Terraform. While it is there, no other one works in the directory.
#[derive(Debug)]
struct Session {
    _lock: fs_err::File,
    layers: Vec<Layer>,
    /// The spec with its defaults, as the manifest has it.
    inputs: serde_json::Value,
    terraform: terraform::Terraform,
}

impl Session {
    fn start(options: &Options) -> Result<Self, RunError> {
        environment::check_own().map_err(RunError::Input)?;
        check_place(&options.dir)?;
        let Manifest { layers, inputs, .. } = manifest(&options.dir)?;
        let lock = own::lock(&options.dir).map_err(|e| unusable(&e))?;
        tree::check_solved(&options.dir, &layers).map_err(|e| unusable(&e))?;
        let mut terraform = terraform::Terraform::find(&options.terraform)?;
        let shared = ahead::shared_plugins();
        if let Some(plugins) = options.plugins.as_ref().filter(|_| !shared) {
            terraform = terraform.with("TF_PLUGIN_CACHE_DIR", &plugins.display().to_string());
        }
        if shared || options.plugins.is_some() {
            terraform = terraform.with_shared_plugins();
        }
        Ok(Self { _lock: lock, layers, inputs, terraform })
    }
}

/// Watches for signals, and waits for what a run before this one has left at work in these layers.
fn watch(dir: &Path, layers: &[Layer]) -> Result<Arc<children::Children>, RunError> {
    let children = children::Children::watch().map_err(|e| RunError::Machine(deaf(&e)))?;
    let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    output::wait_for_others(
        dir,
        &names,
        || children.interrupted(),
        |line| {
            // With standard error closed there is nobody left to tell.
            let _ = writeln!(screen::err(), "{line}");
        },
    )
    .map_err(|e| RunError::Machine(unknown(&e)))?;
    Ok(children)
}

/// The layers that the options name.
fn chosen(operation: Operation, layers: Vec<Layer>, options: &Options) -> Result<Vec<Layer>, RunError> {
    // What is no longer generated can only be destroyed.
    let layers: Vec<Layer> =
        layers.into_iter().filter(|layer| operation == Operation::Destroy || !layer.retired).collect();
    let names: Vec<_> = layers.iter().map(|layer| layer.name.as_str()).collect();
    let there = crate::suggest::all_of(&names);
    let unknown = options.skip.iter().find(|skip| !names.contains(&skip.as_str()));
    let is_wanted = |layer: &Layer| {
        options.layer.as_ref().is_none_or(|name| *name == layer.name) && !options.skip.contains(&layer.name)
    };
    let chosen: Vec<Layer> = layers.iter().filter(|layer| is_wanted(layer)).cloned().collect();
    if unknown.is_none() && !chosen.is_empty() {
        return Ok(chosen);
    }
    let name = unknown.or(options.layer.as_ref()).map(String::as_str).unwrap_or_default();
    Err(RunError::Input(no_layer(&options.dir, name, &there)))
}

fn no_layer(dir: &Path, name: &str, there: &str) -> Diagnostic {
    let problem = Diagnostic::new(format!("{} has no layer `{name}`", called(dir)));
    problem.hint(format!("its layers are {there}"))
}

/// A directory, as messages name it: the current one is seldom thought of by its dot.
fn called(dir: &Path) -> String {
    if dir == Path::new(".") { "the current directory".to_owned() } else { format!("`{}`", dir.display()) }
}

/// Terraform gets the place of a plan as an argument, from the root of the machine on.
fn check_place(dir: &Path) -> Result<(), RunError> {
    let place = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    if place.to_str().is_some() {
        return Ok(());
    }
    Err(RunError::Input(no_text(&place)))
}

fn no_text(place: &Path) -> Diagnostic {
    Diagnostic::new(format!("the path of the directory, `{}`, is not UTF-8 text", place.display()))
        .note("Terraform is told by it where a plan is, and takes no other")
        .hint("give the folders on the way another name, or move the directory")
}

fn manifest(dir: &Path) -> Result<Manifest, RunError> {
    match Manifest::whole(dir) {
        Ok(Some(manifest)) => Ok(manifest),
        Ok(None) => Err(RunError::Input(not_generated(dir))),
        Err(e) => Err(unusable(&e)),
    }
}

fn not_generated(dir: &Path) -> Diagnostic {
    let name = crate::shell::word(dir);
    let problem = Diagnostic::new(format!("{} is not a directory that tfy-infra generated", called(dir)));
    if dir == Path::new(".") {
        return problem
            .hint("give the directory with `-d`; `tfy-infra generate -f platform.yaml -o DIR` makes one");
    }
    problem.hint(format!("run `tfy-infra generate -f platform.yaml -o {name}` first"))
}

/// A tree that cannot be used, or that the machine does not let be used.
fn unusable(e: &WriteError) -> RunError {
    let problem = Diagnostic::new(e.to_string()).hint(e.hint());
    if e.is_input() { RunError::Input(problem) } else { RunError::Machine(problem) }
}

fn nothing_to_lose() -> Diagnostic {
    Diagnostic::new("`--allow-loss-of` is given, and no layer that is run has anything in a cluster")
        .hint("leave it out, or run the layer that is to lose something")
}

fn unknown(cause: &std::io::Error) -> Diagnostic {
    Diagnostic::new("whether a terraform of an earlier run still works cannot be found out")
        .note(cause.to_string())
}

pub(crate) fn deaf(cause: &std::io::Error) -> Diagnostic {
    Diagnostic::new("signals cannot be handled").note(cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_whose_path_is_no_text_is_told() {
        insta::assert_snapshot!(crate::diag::Report::single(no_text(Path::new("/a"))).render(false), @r"
        error: the path of the directory, `/a`, is not UTF-8 text
          = note: Terraform is told by it where a plan is, and takes no other
          = hint: give the folders on the way another name, or move the directory
        ");
    }

    #[test]
    fn a_loss_that_nothing_can_have_is_refused_before_anything_is_started() {
        let problem = nothing_to_lose();
        assert_eq!(
            problem.message,
            "`--allow-loss-of` is given, and no layer that is run has anything in a cluster"
        );
        assert_eq!(problem.hint.as_deref(), Some("leave it out, or run the layer that is to lose something"));
    }

    #[test]
    fn a_program_that_hears_no_signal_changes_nothing_and_says_so() {
        let problem = deaf(&std::io::ErrorKind::Unsupported.into());
        assert_eq!(problem.message, "signals cannot be handled");
        assert_eq!(problem.note.as_deref(), Some("unsupported"));
        let problem = unknown(&std::io::ErrorKind::PermissionDenied.into());
        assert_eq!(problem.message, "whether a terraform of an earlier run still works cannot be found out");
    }
}
