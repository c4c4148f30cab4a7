//! Looks at layers and changes nothing: a plan of each, side by side, read from the file in which Terraform keeps it.
//!
//! What could not be looked at is an answer of its own, with its cause: it is never taken for "as it was" or for "gone".

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::children::Children;
use super::commands::{Commands, Failed};
use super::log::Log;
use super::plan_file::PlanFile;
use super::progress::Progress;
use super::schedule::{self, RunLayer};
use super::summary::{LayerSummary, Status};
use super::way::Way;
use super::{Operation, Options, RunError, Session, advice, drained, in_cluster, reach};
use crate::diag::Diagnostic;
use crate::tree::Layer;
use crate::tree::state::Outline;

/// Looks at the layers of a directory, of which it has hold as long as it lives.
pub struct Looking {
    session: Session,
    options: Options,
    children: Arc<Children>,
    progress: Progress,
}

/// What a look at one layer gave.
#[derive(Debug, Clone)]
pub enum Seen {
    /// It could be looked at.
    Plan {
        /// `terraform show -json` of the plan. It holds secrets.
        json: Value,
        /// What the cluster says of the layer's Helm releases.
        releases: Releases,
    },
    /// It could not be looked at, for these causes.
    Unseen(Vec<Diagnostic>),
}

/// What the cluster says of the Helm releases of a layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Releases {
    /// Whether it was asked. The helm provider takes every error of a read for "gone", so that without this a release is not known to be.
    pub asked: bool,
    /// The addresses of those that are there.
    pub present: Vec<String>,
    /// Those with which something is wrong that no plan tells.
    pub wrong: Vec<WrongRelease>,
}

/// A release with which something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongRelease {
    /// Its resource in the layer.
    pub address: String,
    /// Its status where an earlier run was cut off; otherwise it is in the cluster and in no state.
    pub half_done: Option<String>,
    /// What to do.
    pub next: String,
}

impl Looking {
    /// Takes hold of a directory.
    ///
    /// # Errors
    /// [`RunError`] when the directory, the machine or `terraform` cannot be used.
    pub fn start(options: &Options) -> Result<Self, RunError> {
        let session = Session::start(options)?;
        super::moves::check(&options.dir, &session.layers, &[])?;
        let children = super::watch(&options.dir, &session.layers)?;
        Ok(Self { session, options: options.clone(), children, progress: Progress::new(options.color) })
    }

    /// What is there, against the state, by refresh-only plans of all layers that are generated.
    #[must_use]
    pub fn now(&self) -> Vec<(String, Seen)> {
        let layers: Vec<_> = self.session.layers.iter().filter(|layer| !layer.retired).cloned().collect();
        self.look(Operation::Drift, "drift", &layers)
    }

    /// What the next apply would do in these layers, by plans.
    #[must_use]
    pub fn next(&self, names: &[String]) -> Vec<(String, Seen)> {
        let layers: Vec<_> =
            self.session.layers.iter().filter(|layer| names.contains(&layer.name)).cloned().collect();
        self.look(Operation::Plan, "drift-next", &layers)
    }

    /// Whether a signal came, so that not everything was looked at.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.children.interrupted()
    }

    /// In the order of the layers.
    fn look(&self, operation: Operation, verb: &str, layers: &[Layer]) -> Vec<(String, Seen)> {
        let looker = Looker { looking: self, operation, verb, seen: Mutex::default() };
        schedule::run(operation, layers, true, &looker);
        let mut seen = looker.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut of = |layer: &Layer| {
            seen.remove(&layer.name).unwrap_or_else(|| Seen::Unseen(vec![interrupted(layer)]))
        };
        layers.iter().map(|layer| (layer.name.clone(), of(layer))).collect()
    }
}

struct Looker<'a> {
    looking: &'a Looking,
    operation: Operation,
    verb: &'a str,
    seen: Mutex<BTreeMap<String, Seen>>,
}

impl RunLayer for Looker<'_> {
    fn run(&self, layer: &Layer, _: &BTreeMap<String, LayerSummary>) -> LayerSummary {
        let Looking { session, children, progress, .. } = self.looking;
        let progress = progress.layer(&layer.name);
        let seen = match Log::create(&self.looking.options.dir, &layer.name, self.verb) {
            Ok(log) => {
                let commands = Commands {
                    terraform: session.terraform.in_layer(layer),
                    dir: self.looking.options.dir.join(&layer.name),
                    operation: self.operation,
                    refresh: true,
                    children,
                    log: &log,
                    progress: &progress,
                };
                let seen = self.look(layer, &commands);
                progress.line(&match &seen {
                    Ok(_) => "looked at".to_owned(),
                    Err(_) => format!("could not look; the whole log is in `{}`", log.path().display()),
                });
                seen.unwrap_or_else(Seen::Unseen)
            }
            Err(e) => Seen::Unseen(vec![Diagnostic::new(format!("layer `{}`: {e}", layer.name))]),
        };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(layer.name.clone(), seen);
        // However it ended: the other layers are looked at as well.
        LayerSummary::idle(&layer.name, Status::Unchanged)
    }

    fn prepare(&self, _: &Layer) {
        // None waits for another.
    }

    fn stopped(&self) -> bool {
        self.looking.interrupted()
    }
}

impl Looker<'_> {
    fn look(&self, layer: &Layer, commands: &Commands<'_>) -> Result<Seen, Vec<Diagnostic>> {
        let explained = |failed: Failed| explained(layer, &failed);
        if !layer.releases.is_empty() {
            in_cluster::check_program().map_err(explained)?;
        }
        commands.init_when_new().map_err(explained)?;
        let mut releases = Releases::default();
        if self.operation == Operation::Drift {
            let Outline { managed, data, .. } = commands.outline().map_err(explained)?;
            let state = [managed, data].concat();
            if state.is_empty() {
                super::lock::check(layer, commands).map_err(explained)?;
                return Err(vec![never_applied(&self.looking.options, layer)]);
            }
            releases = self.releases(layer, commands, &state).map_err(explained)?;
        }
        let file =
            PlanFile::new(&self.looking.options.dir, &layer.name).map_err(|e| explained(Failed::from(e)))?;
        commands.plan(file.path()).map_err(explained)?;
        let json = commands.show(file.path()).map_err(explained)?;
        Ok(Seen::Plan { json, releases })
    }

    /// What the cluster says, as before every plan of a layer with releases; here it is told, and refuses nothing.
    fn releases(&self, layer: &Layer, commands: &Commands<'_>, state: &[String]) -> Result<Releases, Failed> {
        let dir = &self.looking.options.dir;
        let way = Way::of(&self.looking.session.inputs);
        let command = reach::again("drift", dir);
        let reached = |cluster: &in_cluster::Cluster| reach::check(cluster, &way, dir, &command);
        let Some(cluster) = drained::cluster(layer, commands, reached)? else {
            return Ok(Releases::default());
        };
        let found = cluster.releases()?;
        let wrong = in_cluster::wrong(&layer.releases, &found, state).into_iter();
        let wrong = wrong.map(|(wrong, failed)| WrongRelease {
            address: wrong.release.address.clone(),
            half_done: wrong.half_done.map(str::to_owned),
            next: failed.0.into_iter().map(|problem| problem.detail).collect(),
        });
        Ok(Releases {
            asked: true,
            present: in_cluster::present(&layer.releases, &found),
            wrong: wrong.collect(),
        })
    }
}

fn explained(layer: &Layer, failed: &Failed) -> Vec<Diagnostic> {
    failed.0.iter().map(|problem| advice::explain(layer, problem)).collect()
}

fn never_applied(options: &Options, layer: &Layer) -> Diagnostic {
    let (name, dir) = (&layer.name, crate::shell::word(&options.dir));
    Diagnostic::new(format!("layer `{name}` was never applied, or its state is not where it was"))
        .note("its state holds nothing, so that there is nothing to compare with")
        .hint(format!(
            "apply it: `tfy-infra apply -d {dir} --layer {name}`; if it was applied, look for its state first (`backend` in `{name}/versions.tf`)"
        ))
}

fn interrupted(layer: &Layer) -> Diagnostic {
    Diagnostic::new(format!("layer `{}` was not looked at: the run was interrupted", layer.name))
        .hint("run the same command again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Report;
    use crate::tree::record::tests::layers;

    fn shown(problem: Diagnostic) -> String {
        Report::single(problem).render(false)
    }

    #[test]
    fn a_layer_that_cannot_be_looked_at_says_why_and_what_to_do() {
        let options = Options::new("infra".into(), "terraform".into());
        let layer = &layers(true)[2];
        insta::assert_snapshot!(shown(never_applied(&options, layer)), @r"
        error: layer `data` was never applied, or its state is not where it was
          = note: its state holds nothing, so that there is nothing to compare with
          = hint: apply it: `tfy-infra apply -d infra --layer data`; if it was applied, look for its state first (`backend` in `data/versions.tf`)
        ");
        insta::assert_snapshot!(shown(interrupted(layer)), @r"
        error: layer `data` was not looked at: the run was interrupted
          = hint: run the same command again
        ");
    }
}
