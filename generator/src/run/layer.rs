//! One layer: init when needed, plan to a file, ask, apply that file.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::ahead::{self, Ahead};
use super::children::Children;
use super::commands::{Commands, Failed, Planned};
use super::log::Log;
use super::plan_file::PlanFile;
use super::progress::{LayerProgress, Progress};
use super::schedule::RunLayer;
use super::summary::{Counts, LayerSummary, Status};
use super::terraform::Terraform;
use super::{Operation, Options, advice, in_cluster};
use crate::diag::Diagnostic;
use crate::tree::Layer;

/// What every layer of a run shares.
pub(super) struct Runner<'a> {
    pub(super) operation: Operation,
    pub(super) options: &'a Options,
    pub(super) terraform: &'a Terraform,
    pub(super) children: &'a Children,
    pub(super) progress: &'a Progress,
    pub(super) ahead: Ahead,
}

impl Runner<'_> {
    /// The log of a layer, begun anew.
    fn log(&self, layer: &Layer) -> std::io::Result<Log> {
        Log::create(&self.options.dir, &layer.name, self.operation.verb())
    }

    fn commands<'a>(&'a self, layer: &Layer, log: &'a Log, progress: &'a LayerProgress<'a>) -> Commands<'a> {
        Commands {
            terraform: self.terraform,
            dir: self.options.dir.join(&layer.name),
            operation: self.operation,
            children: self.children,
            log,
            progress,
        }
    }
}

/// One question at a time stands on the terminal.
static ASKING: Mutex<()> = Mutex::new(());

impl RunLayer for Runner<'_> {
    fn run(&self, layer: &Layer, before: &BTreeMap<String, LayerSummary>) -> LayerSummary {
        let started = Instant::now();
        let progress = self.progress.layer(&layer.name);
        let mut summary = LayerSummary::idle(&layer.name, Status::Failed);
        match self.ahead.comes(&layer.name).map_or_else(|| self.log(layer), Ok) {
            Ok(log) => {
                let commands = self.commands(layer, &log, &progress);
                let run = LayerRun { shared: self, layer, commands, progress: &progress };
                summary.status =
                    run.steps(before, &mut summary).unwrap_or_else(|failed| run.ended(&failed, &log));
            }
            Err(e) => self.progress.problem(Diagnostic::new(format!("layer `{}`: {e}", layer.name))),
        }
        summary.seconds = started.elapsed().as_secs_f64();
        summary
    }

    fn prepare(&self, layer: &Layer) {
        // Where a question may stand on the terminal, a signal is to meet nothing that runs.
        if self.operation != Operation::Apply || !self.options.auto_approve || ahead::shared_plugins() {
            return;
        }
        self.ahead.prepare(&layer.name, || {
            let log = self.log(layer)?;
            let progress = self.progress.layer(&layer.name);
            // Its turn finds the same and tells it.
            let _ = self.commands(layer, &log, &progress).init_when_new();
            Ok(log)
        });
    }

    fn stopped(&self) -> bool {
        self.children.interrupted()
    }
}

struct LayerRun<'a> {
    shared: &'a Runner<'a>,
    layer: &'a Layer,
    commands: Commands<'a>,
    progress: &'a LayerProgress<'a>,
}

impl LayerRun<'_> {
    fn steps(
        &self,
        before: &BTreeMap<String, LayerSummary>,
        summary: &mut LayerSummary,
    ) -> Result<Status, Failed> {
        let operation = self.shared.operation;
        let missing = |name: &String| {
            before.get(name).is_some_and(|l| l.status == Status::Waiting || l.resources == Some(0))
        };
        if operation == Operation::Plan && self.layer.reads.iter().any(missing) {
            self.progress.line(&advice::waiting(self.layer));
            return Ok(Status::Waiting);
        }
        if !self.layer.releases.is_empty() {
            in_cluster::check_program()?;
        }
        self.commands.init_when_new()?;
        if !self.layer.releases.is_empty() {
            self.check_releases()?;
        }
        if operation != Operation::Apply {
            summary.resources = Some(self.commands.resources()?);
        }
        if operation == Operation::Destroy && summary.resources == Some(0) {
            self.progress.line("nothing to destroy");
            return Ok(Status::Empty);
        }
        let file = PlanFile::new(&self.shared.options.dir, &self.layer.name)?;
        self.plan_and_change(file.path(), summary)
    }

    /// Whether the cluster can be asked, and has its releases where the state has them.
    fn check_releases(&self) -> Result<(), Failed> {
        // With a token of its own Terraform's guard in the layer is the only one.
        if in_cluster::ephemeral() {
            return Ok(());
        }
        self.progress.at("releases in the cluster".to_owned());
        let of_cluster =
            Commands { dir: self.shared.options.dir.join(in_cluster::CLUSTER), ..self.commands.clone() };
        let Some(cluster) = in_cluster::Cluster::told(&of_cluster.outputs()?)? else { return Ok(()) };
        let found = cluster.releases()?;
        let mut known = self.commands.addresses()?;
        if self.shared.operation != Operation::Destroy {
            known.extend(in_cluster::imported(&self.commands.dir)?);
        }
        in_cluster::judge(&self.layer.releases, &found, &known)
    }

    fn plan_and_change(&self, file: &Path, summary: &mut LayerSummary) -> Result<Status, Failed> {
        let operation = self.shared.operation;
        let planned = match self.commands.plan(file) {
            Err(Failed(problems))
                if operation == Operation::Plan
                    && problems.iter().any(|problem| advice::is_waiting(self.layer, problem)) =>
            {
                self.progress.line(&advice::waiting(self.layer));
                return Ok(Status::Waiting);
            }
            other => other?,
        };
        summary.counts = planned.counts;
        if !planned.changes {
            self.progress.line("no changes");
            if operation == Operation::Apply {
                summary.resources = Some(self.commands.resources()?);
            }
            return Ok(Status::Unchanged);
        }
        self.progress.line(&planned.counts.to_string());
        if operation == Operation::Plan {
            self.show(&planned);
            return Ok(Status::Planned);
        }
        if !self.shared.options.auto_approve && !self.approved(&planned)? {
            return Ok(Status::Declined);
        }
        if self.shared.children.interrupted() {
            return Ok(Status::Interrupted);
        }
        let mut counts = Counts::default();
        let result = self.commands.change(file, planned.counts, &mut counts);
        summary.counts = counts;
        // A destroy that ends well leaves an empty state: to have it listed costs the next layer a second.
        let emptied = operation == Operation::Destroy && result.is_ok();
        summary.resources = if emptied { Some(0) } else { self.commands.resources().ok() };
        result?;
        let Counts { add, change, destroy } = counts;
        self.progress.line(&format!("done: {add} added, {change} changed, {destroy} destroyed"));
        Ok(if operation == Operation::Destroy { Status::Destroyed } else { Status::Applied })
    }

    /// The planned changes on standard output, one a line.
    fn show(&self, planned: &Planned) {
        if self.shared.options.quiet {
            return;
        }
        let mut text = String::new();
        let mut resources: Vec<_> = planned.resources.iter().collect();
        resources.sort();
        for (address, action) in resources {
            let sign = match action.as_str() {
                "create" => "+",
                "delete" => "-",
                "replace" => "-/+",
                "read" => "<=",
                "move" => "->",
                "import" => "=>",
                _ => "~",
            };
            text.push_str(&format!("{:<10} {sign:<3} {address}\n", self.layer.name));
        }
        self.shared.progress.still(|| {
            // With standard output closed there is nobody left to tell.
            let _ = std::io::stdout().lock().write_all(text.as_bytes());
        });
    }

    fn approved(&self, planned: &Planned) -> std::io::Result<bool> {
        let _one = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
        if self.shared.children.interrupted() {
            return Ok(false);
        }
        self.show(planned);
        let question = question(self.shared.operation, &self.layer.name, planned.counts);
        self.shared.children.asking(true);
        let answer = self.shared.progress.still(|| {
            let mut err = std::io::stderr().lock();
            write!(err, "{question}")?;
            err.flush()?;
            drop(err);
            let mut answer = String::new();
            std::io::stdin().read_line(&mut answer)?;
            std::io::Result::Ok(answer)
        });
        self.shared.children.asking(false);
        Ok(answer?.trim() == "yes")
    }

    /// Tells what failed; what was made before stays in the state, so the same command goes on from there.
    fn ended(&self, failed: &Failed, log: &Log) -> Status {
        let layer = &self.layer.name;
        for problem in &failed.0 {
            self.shared.progress.problem(advice::explain(self.layer, problem));
        }
        self.progress.line(&format!("failed; the whole log is in `{}`", log.path().display()));
        if self.shared.operation != Operation::Plan {
            let verb = self.shared.operation.verb();
            self.progress.line(&format!(
                "what is done is in the state of `{layer}`: run `tfy-infra {verb}` again to go on from here"
            ));
        }
        if self.shared.children.interrupted() { Status::Interrupted } else { Status::Failed }
    }
}

/// What is asked before anything is changed.
fn question(operation: Operation, layer: &str, counts: Counts) -> String {
    let question = match operation {
        Operation::Destroy => format!("Destroy these {} resources of `{layer}`?", counts.destroy),
        _ => format!("Apply this to `{layer}` ({counts})?"),
    };
    format!("{question} Only `yes` is taken as yes: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_says_how_much_would_change() {
        let counts = Counts { add: 3, change: 1, destroy: 2 };
        assert_eq!(
            question(Operation::Apply, "cluster", counts),
            "Apply this to `cluster` (3 to add, 1 to change, 2 to destroy)? Only `yes` is taken as yes: "
        );
        assert_eq!(
            question(Operation::Destroy, "cluster", counts),
            "Destroy these 2 resources of `cluster`? Only `yes` is taken as yes: "
        );
    }
}
