//! One layer: init when needed, plan to a file, ask, apply that file.

mod kept;
mod saved;
mod shrink;
mod told;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use super::admins::{self, Caller};
use super::ahead::{self, Ahead};
use super::children::Children;
use super::commands::{Commands, Failed, Planned};
use super::dependents::Dependents;
use super::in_cluster::{self, Cluster, Losses, Removal};
use super::log::Log;
use super::plan_file::PlanFile;
use super::progress::{LayerProgress, Progress};
use super::saved::{Saved, Saving};
use super::schedule::RunLayer;
use super::summary::{Counts, LayerSummary, Status};
use super::terraform::Terraform;
use super::way::Way;
use super::{Operation, Options, advice, drained, leftovers, lock, reach, room};
use crate::diag::Diagnostic;
use crate::tree::record::Release;
use crate::tree::state::Outline;
use crate::tree::{Layer, seen};
use told::Answer;

/// What every layer of a run shares.
pub(super) struct Runner<'a> {
    pub(super) operation: Operation,
    pub(super) options: &'a Options,
    pub(super) terraform: &'a Terraform,
    pub(super) children: &'a Children,
    pub(super) progress: &'a Progress,
    /// The layers of the run.
    pub(super) layers: &'a [Layer],
    pub(super) ahead: Ahead,
    /// The Helm releases of all layers of the tree, those that are not chosen among them.
    pub(super) releases: &'a [Release],
    pub(super) leftovers: &'a leftovers::Check,
    pub(super) dependents: &'a Dependents,
    pub(super) way: Way,
    /// Whether the cluster is one to make for which nobody is listed.
    pub(super) lacks_admins: bool,
    pub(super) caller: Caller,
    /// Where plans are kept that are to be saved.
    pub(super) saving: Option<&'a Saving>,
    /// The plans that were saved, where those are applied.
    pub(super) saved: Option<&'a Saved>,
}

impl Runner<'_> {
    /// The log of a layer, begun anew.
    fn log(&self, layer: &Layer) -> std::io::Result<Log> {
        Log::create(&self.options.dir, &layer.name, self.operation.verb())
    }

    /// What the state of a layer that is not run holds; `None` where it cannot be read.
    pub(super) fn held(&self, layer: &Layer) -> Option<Vec<String>> {
        let log = Log::create(&self.options.dir, &layer.name, "skipped").ok()?;
        let progress = self.progress.layer(&layer.name);
        let commands = self.commands(layer, &log, &progress);
        commands.init_when_new().ok()?;
        commands.addresses().ok()
    }

    /// Whether the state of a layer holds something, which is noted; `false` also where that cannot be found out before its turn, which tells it.
    pub(super) fn holds(&self, layer: &Layer) -> bool {
        if self.children.interrupted() {
            return false;
        }
        let Ok(outline) = self.outline(layer) else { return false };
        // What cannot be noted is looked at once more.
        let _ = seen::note(&self.options.dir, layer, &outline);
        !outline.managed.is_empty()
    }

    /// What the state of a layer holds before its turn. Terraform is prepared for it where it never was.
    pub(super) fn outline(&self, layer: &Layer) -> Result<Outline, Failed> {
        let log = Log::create(&self.options.dir, &layer.name, "check")?;
        let progress = self.progress.layer(&layer.name);
        let commands = self.commands(layer, &log, &progress);
        commands.init_when_new()?;
        commands.outline()
    }

    fn commands<'a>(&'a self, layer: &Layer, log: &'a Log, progress: &'a LayerProgress<'a>) -> Commands<'a> {
        Commands {
            terraform: self.terraform.in_layer(layer),
            dir: self.options.dir.join(&layer.name),
            operation: self.operation,
            refresh: self.dependents.can_be_asked(layer),
            children: self.children,
            log,
            progress,
        }
    }
}

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
        room::check_kept(&self.commands.dir)?;
        let missing = |name: &String| {
            before.get(name).is_some_and(|l| l.status == Status::Waiting || l.resources == Some(0))
        };
        if operation == Operation::Plan && self.layer.reads.iter().any(missing) {
            self.progress.line(&advice::waiting(self.layer));
            self.look_at_unknown(summary)?;
            return Ok(Status::Waiting);
        }
        if !self.layer.releases.is_empty() {
            in_cluster::check_program()?;
        }
        self.commands.terraform.note().into_iter().for_each(|note| self.progress.line(note));
        self.commands.init_when_new()?;
        let cluster = self.cluster()?;
        if let Some(cluster) = &cluster {
            self.check_releases(cluster)?;
        }
        let outline = self.look_at_state(summary)?;
        if operation == Operation::Destroy && summary.resources == Some(0) {
            self.progress.line("nothing to destroy");
            return Ok(Status::Empty);
        }
        if operation == Operation::Destroy {
            self.shared.dependents.check(self.layer, &self.commands)?;
            self.shared.leftovers.before(self.layer, &self.commands)?;
        }
        let file = PlanFile::new(&self.shared.options.dir, &self.layer.name)?;
        if let Some(saved) = self.shared.saved.and_then(|saved| saved.plan_of(&self.layer.name)) {
            return self.apply_saved(saved, &file, cluster.as_ref(), summary);
        }
        let Some(commands) = self.commands_for_plan()? else {
            self.progress.line(
                "nobody would enter the cluster: list roles in `cluster.create.admins` of platform.yaml",
            );
            return Ok(Status::Declined);
        };
        let lets_go = before.get(&self.layer.name).is_none_or(|earlier| earlier.status != Status::Deferred);
        let status = self.plan_and_change(&commands, file.path(), cluster.as_ref(), lets_go, summary)?;
        if let (Some(saving), Some(outline)) = (self.shared.saving, &outline)
            && matches!(status, Status::Planned | Status::Unchanged)
        {
            saving.take(&self.layer.name, outline, file);
        }
        Ok(status)
    }

    /// Looks at what the state holds; where that is nothing, at whether somebody has its lock. Before an apply, which finds the rest by itself, only
    /// where a lock may tell of something that is in no state.
    fn look_at_state(&self, summary: &mut LayerSummary) -> Result<Option<Outline>, Failed> {
        let is_apply = self.shared.operation == Operation::Apply;
        let holds = |seen: seen::Seen| !seen.outline.managed.is_empty();
        let is_known = || seen::read(&self.shared.options.dir, self.layer).is_some_and(holds);
        let may_be_locked = lock::may_be(self.layer, &self.commands.dir);
        if is_apply && (!may_be_locked || is_known()) {
            return Ok(None);
        }
        let outline = self.commands.outline()?;
        let count = self.note(&outline);
        if count == 0 && may_be_locked {
            lock::check(self.layer, &self.commands)?
                .into_iter()
                .for_each(|told| self.shared.progress.warning(told));
        }
        if !is_apply {
            summary.resources = Some(count);
        }
        Ok(Some(outline))
    }

    /// Looks at the state of a layer that cannot be planned, where nobody has looked before: that it holds nothing is worth to be known, and to
    /// prepare the layer for it takes seconds.
    fn look_at_unknown(&self, summary: &mut LayerSummary) -> Result<(), Failed> {
        if seen::read(&self.shared.options.dir, self.layer).is_none() {
            self.commands.init_when_new()?;
            summary.resources = Some(self.resources()?);
        }
        Ok(())
    }

    /// How many managed resources the state holds, which is noted for who looks without Terraform.
    fn resources(&self) -> Result<u64, Failed> {
        let outline = self.commands.outline()?;
        Ok(self.note(&outline))
    }

    fn note(&self, outline: &Outline) -> u64 {
        if let Err(e) = seen::note(&self.shared.options.dir, self.layer, outline) {
            self.progress.line(&format!("what the state holds cannot be noted in `.tfy-infra/seen`: {e}"));
        }
        outline.managed.len() as u64
    }

    /// Terraform, told of a new cluster whether whoever applies it enters it; `None` where that was asked and declined.
    fn commands_for_plan(&self) -> Result<Option<Commands<'_>>, Failed> {
        let Runner { operation, options, caller, .. } = self.shared;
        if !admins::concerns(&self.layer.name) {
            return Ok(Some(self.commands.clone()));
        }
        let entered = || {
            let terraform = self.commands.terraform.with(admins::VARIABLE, "true");
            Some(Commands { terraform, ..self.commands.clone() })
        };
        if caller.is_admin {
            return Ok(entered());
        }
        // Of a plan alone the generated code tells it, which may have to wait for another layer first.
        let undecided = *operation == Operation::Apply && self.shared.lacks_admins && !admins::is_given();
        if !undecided || admins::is_decided(&self.commands.addresses()?) {
            return Ok(Some(self.commands.clone()));
        }
        if options.auto_approve {
            return Err(caller.refused());
        }
        Ok(if self.asked(|| {}, &caller.question())? { entered() } else { None })
    }

    /// The cluster of the layer's releases, if there is one that can be asked; an error where there is one and no way to it.
    fn cluster(&self) -> Result<Option<Cluster>, Failed> {
        let dir = &self.shared.options.dir;
        let command = reach::again(self.shared.operation.verb(), dir);
        drained::cluster(self.layer, &self.commands, |cluster| {
            reach::check(cluster, &self.shared.way, dir, &command)
        })
    }

    /// Whether the cluster has its releases where the state has them.
    fn check_releases(&self, cluster: &Cluster) -> Result<(), Failed> {
        let found = cluster.releases()?;
        let mut known = self.commands.addresses()?;
        if self.shared.operation != Operation::Destroy {
            known.extend(in_cluster::imported(&self.commands.dir)?);
        }
        in_cluster::judge(&self.layer.releases, &found, &known)
    }

    /// Whether nobody else needs what the plan removes, but those who are named.
    fn check_losses(&self, planned: &Planned, file: &Path, cluster: Option<&Cluster>) -> Result<(), Failed> {
        let allowed = &self.shared.options.allow_loss_of;
        if !planned.removes_from_cluster() {
            return in_cluster::judge_without_removal(&self.layer.releases, allowed);
        }
        let Some(cluster) = cluster else {
            self.progress.line("who else needs what is removed is not asked: Terraform alone can sign in");
            return Ok(());
        };
        self.progress.at("objects of others in the cluster".to_owned());
        let removal = Removal::of(&self.commands.show(file)?, self.shared.releases);
        let everything = self.shared.operation == Operation::Destroy;
        Losses::of(&cluster.sign_in()?, &removal, everything)?.judge(allowed)
    }

    /// Applies the plan; where it removes something from a cluster, with what that waits for there.
    fn change(
        &self,
        planned: &Planned,
        file: &Path,
        cluster: Option<&Cluster>,
        counts: &mut Counts,
    ) -> Result<(), Failed> {
        let mut change = || self.commands.change(file, planned.counts, counts);
        match cluster {
            Some(cluster) if planned.removes_from_cluster() => {
                drained::watched(cluster, self.progress, change)
            }
            _ => change(),
        }
    }

    /// Plans; and changes what is planned, if that is wanted. `lets_go` says whether those who read the layer may be run first.
    fn plan_and_change(
        &self,
        commands: &Commands<'_>,
        file: &Path,
        cluster: Option<&Cluster>,
        lets_go: bool,
        summary: &mut LayerSummary,
    ) -> Result<Status, Failed> {
        let operation = self.shared.operation;
        let planned = match commands.plan(file) {
            Err(Failed(problems))
                if operation == Operation::Plan
                    && problems.iter().any(|problem| advice::is_waiting(self.layer, problem)) =>
            {
                self.progress.line(&advice::waiting(self.layer));
                return Ok(Status::Waiting);
            }
            other => other?,
        };
        let planned = self.told(planned, file, summary);
        if operation != Operation::Plan {
            self.check_losses(&planned, file, cluster)?;
        }
        if !planned.changes {
            self.progress.line("no changes");
            if operation == Operation::Plan && !summary.drift.is_empty() {
                self.show(summary);
            }
            if operation == Operation::Apply {
                summary.resources = Some(self.resources()?);
            }
            return Ok(Status::Unchanged);
        }
        self.progress.line(&planned.counts.to_string());
        if lets_go && let Some(status) = self.let_go(commands, &planned, summary)? {
            return Ok(status);
        }
        if operation == Operation::Plan {
            self.show(summary);
            return Ok(Status::Planned);
        }
        match self.answer(summary, &self.question(&planned))? {
            Answer::Yes => self.change_to(&planned, file, cluster, summary),
            Answer::No => Ok(Status::Declined),
            Answer::Nobody => Ok(Status::Unapproved),
        }
    }

    /// Makes what was planned and approved.
    fn change_to(
        &self,
        planned: &Planned,
        file: &Path,
        cluster: Option<&Cluster>,
        summary: &mut LayerSummary,
    ) -> Result<Status, Failed> {
        let operation = self.shared.operation;
        if self.shared.children.interrupted() {
            return Ok(Status::Interrupted);
        }
        let mut counts = Counts::default();
        // Whatever becomes of this process, nobody takes what the state held before for what it holds.
        seen::forget(&self.shared.options.dir, self.layer)?;
        let result = self.keep_keys(self.change(planned, file, cluster, &mut counts));
        summary.counts = counts;
        // A destroy that ends well leaves an empty state: to have it listed costs the next layer a second.
        let emptied = operation == Operation::Destroy && result.is_ok();
        summary.resources =
            if emptied { Some(self.note(&Outline::default())) } else { self.resources().ok() };
        result?;
        if let Some(cluster) = cluster.filter(|_| emptied) {
            drained::wait_for_volumes(cluster, self.progress, || self.shared.children.interrupted());
        }
        let Counts { add, change, destroy } = counts;
        self.progress.line(&format!("done: {add} added, {change} changed, {destroy} destroyed"));
        Ok(if operation == Operation::Destroy { Status::Destroyed } else { Status::Applied })
    }
}
