//! One layer: init when needed, plan to a file, ask, apply that file.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::admins::{self, Caller};
use super::ahead::{self, Ahead};
use super::changes::{self, ResourceChange};
use super::children::Children;
use super::commands::{Commands, Failed, Planned};
use super::dependents::Dependents;
use super::in_cluster::{self, Cluster, Losses, Removal};
use super::log::Log;
use super::plan_file::PlanFile;
use super::progress::{LayerProgress, Progress};
use super::schedule::RunLayer;
use super::summary::{Counts, LayerSummary, Status};
use super::terraform::Terraform;
use super::way::Way;
use super::{Operation, Options, advice, drained, leftovers, lock, reach, room, stale};
use crate::diag::Diagnostic;
use crate::suggest::all_of;
use crate::tree::record::Release;
use crate::tree::state::Outline;
use crate::tree::{Layer, seen};

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
        self.look_at_state(summary)?;
        if operation == Operation::Destroy && summary.resources == Some(0) {
            self.progress.line("nothing to destroy");
            return Ok(Status::Empty);
        }
        if operation == Operation::Destroy {
            self.shared.dependents.check(self.layer, &self.commands)?;
            self.shared.leftovers.before(self.layer, &self.commands)?;
        }
        let Some(commands) = self.commands_for_plan()? else {
            self.progress.line(
                "nobody would enter the cluster: list roles in `cluster.create.admins` of platform.yaml",
            );
            return Ok(Status::Declined);
        };
        let file = PlanFile::new(&self.shared.options.dir, &self.layer.name)?;
        self.plan_and_change(&commands, file.path(), cluster.as_ref(), summary)
    }

    /// Looks at what the state holds; where that is nothing, at whether somebody has its lock. Before an apply, which finds the rest by itself, only
    /// where a lock may tell of something that is in no state.
    fn look_at_state(&self, summary: &mut LayerSummary) -> Result<(), Failed> {
        let is_apply = self.shared.operation == Operation::Apply;
        let holds = |seen: seen::Seen| !seen.outline.managed.is_empty();
        let is_known = || seen::read(&self.shared.options.dir, self.layer).is_some_and(holds);
        let may_be_locked = lock::may_be(self.layer, &self.commands.dir);
        if is_apply && (!may_be_locked || is_known()) {
            return Ok(());
        }
        let count = self.resources()?;
        if count == 0 && may_be_locked {
            lock::check(self.layer, &self.commands)?
                .into_iter()
                .for_each(|told| self.shared.progress.warning(told));
        }
        if !is_apply {
            summary.resources = Some(count);
        }
        Ok(())
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

    fn plan_and_change(
        &self,
        commands: &Commands<'_>,
        file: &Path,
        cluster: Option<&Cluster>,
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
        let planned = self.told(planned, file, summary)?;
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
        if operation == Operation::Plan {
            self.show(summary);
            return Ok(Status::Planned);
        }
        if !self.shared.options.auto_approve && !self.approved(&planned, summary)? {
            return Ok(Status::Declined);
        }
        if self.shared.children.interrupted() {
            return Ok(Status::Interrupted);
        }
        let mut counts = Counts::default();
        // Whatever becomes of this process, nobody takes what the state held before for what it holds.
        seen::forget(&self.shared.options.dir, self.layer)?;
        let result = self.change(&planned, file, cluster, &mut counts);
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

    /// Tells what a plan found beside its changes, and puts all of it into the summary.
    fn told(&self, mut planned: Planned, file: &Path, summary: &mut LayerSummary) -> Result<Planned, Failed> {
        let options = self.shared.options;
        for warning in &planned.warnings {
            self.shared.progress.warning(advice::explain(self.layer, warning));
        }
        let mut changes = std::mem::take(&mut planned.resources);
        // To have the whole plan printed takes Terraform another second: for machines, and where somebody has to know why.
        let for_machines = options.quiet && self.shared.operation == Operation::Plan;
        let is_wanted =
            planned.changes && (for_machines || changes.iter().any(ResourceChange::is_destructive));
        if is_wanted && self.shared.operation != Operation::Destroy {
            changes::explain(&mut changes, self.commands.show(file)?);
        }
        changes::sort(&mut changes);
        summary.counts = planned.counts;
        summary.outputs_change = planned.outputs;
        summary.drift.clone_from(&planned.drift);
        summary.warnings = planned.warnings.iter().map(advice::warning).collect();
        summary.changes.clone_from(&changes);
        planned.resources = changes;
        Ok(planned)
    }

    /// What was changed outside, and the planned changes, on standard output, one a line.
    fn show(&self, summary: &LayerSummary) {
        if self.shared.options.quiet {
            return;
        }
        let text = listed(summary);
        self.shared.progress.still(|| {
            // With standard output closed there is nobody left to tell.
            let _ = std::io::stdout().lock().write_all(text.as_bytes());
        });
    }

    fn approved(&self, planned: &Planned, summary: &LayerSummary) -> std::io::Result<bool> {
        let stale = if planned.outputs && self.shared.operation == Operation::Apply {
            stale::after(self.shared.layers, &self.layer.name)
        } else {
            Vec::new()
        };
        let question = question(self.shared.operation, &self.layer.name, planned.counts, &stale);
        self.asked(|| self.show(summary), &question)
    }

    /// Whether the answer to a question on the terminal is yes. What is shown before it stands right above it.
    fn asked(&self, show: impl FnOnce(), question: &str) -> std::io::Result<bool> {
        let _one = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
        if self.shared.children.interrupted() {
            return Ok(false);
        }
        show();
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

/// The lines of a plan.
fn listed(summary: &LayerSummary) -> String {
    let layer = &summary.layer;
    let mut text = String::new();
    for drifted in &summary.drift {
        let what = if drifted.action == "delete" { "taken away" } else { "changed" };
        text.push_str(&format!("{layer:<10} !   {}: {what} outside of Terraform\n", drifted.address));
    }
    for change in &summary.changes {
        let why = change.why().map(|why| format!(": {why}")).unwrap_or_default();
        text.push_str(&format!("{layer:<10} {:<3} {}{why}\n", change.sign(), change.address));
    }
    text
}

/// What is asked before anything is changed. `stale` are the layers that are planned again after it.
fn question(operation: Operation, layer: &str, counts: Counts, stale: &[&str]) -> String {
    let question = match operation {
        Operation::Destroy => format!("Destroy these {} resources of `{layer}`?", counts.destroy),
        _ => format!("Apply this to `{layer}` ({counts})?"),
    };
    let after = match stale {
        [] => String::new(),
        [one] => format!(" It changes outputs: `{one}` is planned again after it."),
        several => format!(" It changes outputs: {} are planned again after it.", all_of(several)),
    };
    format!("{question}{after} Only `yes` is taken as yes: ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Drifted;

    #[test]
    fn what_was_changed_outside_is_told_before_what_is_planned() {
        let drift =
            |address: &str, action: &str| Drifted { address: address.to_owned(), action: action.to_owned() };
        let planned = ResourceChange {
            address: "aws_vpc.this".to_owned(),
            action: "update".to_owned(),
            ..ResourceChange::default()
        };
        let summary = LayerSummary {
            drift: vec![drift("aws_vpc.this", "update"), drift("aws_eip.nat[0]", "delete")],
            changes: vec![planned],
            ..LayerSummary::idle("network", Status::Planned)
        };
        let lines = "network    !   aws_vpc.this: changed outside of Terraform\n\
                     network    !   aws_eip.nat[0]: taken away outside of Terraform\n\
                     network    ~   aws_vpc.this\n";
        assert_eq!(listed(&summary), lines);
    }

    #[test]
    fn a_question_says_how_much_would_change() {
        let counts = Counts { add: 3, change: 1, destroy: 2 };
        assert_eq!(
            question(Operation::Apply, "cluster", counts, &[]),
            "Apply this to `cluster` (3 to add, 1 to change, 2 to destroy)? Only `yes` is taken as yes: "
        );
        assert_eq!(
            question(Operation::Apply, "network", counts, &["cluster", "data"]),
            "Apply this to `network` (3 to add, 1 to change, 2 to destroy)? It changes outputs: `cluster` and `data` are planned again \
             after it. Only `yes` is taken as yes: "
        );
        assert_eq!(
            question(Operation::Apply, "network", counts, &["cluster"]),
            "Apply this to `network` (3 to add, 1 to change, 2 to destroy)? It changes outputs: `cluster` is planned again after it. Only `yes` is \
             taken as yes: "
        );
        assert_eq!(
            question(Operation::Destroy, "cluster", counts, &[]),
            "Destroy these 2 resources of `cluster`? Only `yes` is taken as yes: "
        );
    }
}
