//! What people are told of a layer, and asked.

use std::io::{IsTerminal as _, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::LayerRun;
use crate::diag::Diagnostic;
use crate::run::changes::{self, ResourceChange};
use crate::run::commands::{Failed, Planned};
use crate::run::log::Log;
use crate::run::summary::{Counts, LayerSummary, Status};
use crate::run::{Operation, advice, stale};
use crate::screen;
use crate::suggest::all_of;
use crate::tree::Layer;

/// One question at a time stands on the terminal.
static ASKING: Mutex<()> = Mutex::new(());

/// What becomes of a plan that is to be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    /// It takes the place of one that was saved, and nobody is there who could approve it.
    Nobody,
}

impl LayerRun<'_> {
    /// Tells what a plan found beside its changes, and puts all of it into the summary.
    pub(super) fn told(&self, mut planned: Planned, file: &Path, summary: &mut LayerSummary) -> Planned {
        let options = self.shared.options;
        for warning in &planned.warnings {
            self.shared.progress.warning(advice::explain(self.layer, warning));
        }
        let mut changes = std::mem::take(&mut planned.resources);
        // To have the whole plan printed takes Terraform another second: for machines, and where somebody has to know why.
        let for_machines = options.quiet && self.shared.operation == Operation::Plan;
        let asks_why = |change: &ResourceChange| change.is_destructive() || changes::may_wait(change);
        let is_wanted = planned.changes && (for_machines || changes.iter().any(asks_why));
        if is_wanted && self.shared.operation != Operation::Destroy {
            // Without it only the reasons are missing.
            match self.commands.show(file) {
                Ok(plan) => changes::explain(&mut changes, plan),
                Err(_) => self.progress.line("why is not known: the plan that was made cannot be printed"),
            }
        }
        changes::sort(&mut changes);
        summary.counts = planned.counts;
        summary.outputs_change = planned.outputs;
        summary.drift.clone_from(&planned.drift);
        summary.warnings = planned.warnings.iter().map(advice::warning).collect();
        summary.changes.clone_from(&changes);
        planned.resources = changes;
        planned
    }

    /// What was changed outside, and the planned changes, on standard output, one a line.
    pub(super) fn show(&self, summary: &LayerSummary) {
        if self.shared.options.quiet {
            return;
        }
        let text = listed(summary);
        self.shared.progress.still(|| {
            // With standard output closed there is nobody left to tell.
            let _ = screen::out().write_all(text.as_bytes());
        });
    }

    /// What is to become of a plan, by the question whether it is to be applied.
    pub(super) fn answer(&self, summary: &LayerSummary, question: &str) -> std::io::Result<Answer> {
        let options = self.shared.options;
        let saved = options.saved.as_ref();
        if options.auto_approve || saved.is_some_and(|saved| saved.approve_replanned) {
            return Ok(Answer::Yes);
        }
        if saved.is_some() && !std::io::stdin().is_terminal() {
            self.show(summary);
            self.shared.progress.problem(nobody(self.layer, &options.dir));
            return Ok(Answer::Nobody);
        }
        Ok(if self.asked(|| self.show(summary), question)? { Answer::Yes } else { Answer::No })
    }

    /// The question whether a plan is to be applied.
    pub(super) fn question(&self, planned: &Planned) -> String {
        let stale = if planned.outputs && self.shared.operation == Operation::Apply {
            stale::after(self.shared.layers, &self.layer.name)
        } else {
            Vec::new()
        };
        question(self.shared.operation, &self.layer.name, planned.counts, &stale)
    }

    /// Whether the answer to a question on the terminal is yes. What is shown before it stands right above it.
    pub(super) fn asked(&self, show: impl FnOnce(), question: &str) -> std::io::Result<bool> {
        let _one = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
        if self.shared.children.interrupted() {
            return Ok(false);
        }
        show();
        self.progress.rests();
        self.shared.children.asking(true);
        let answer = self.shared.progress.still(|| {
            let mut err = screen::err();
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
    pub(super) fn ended(&self, failed: &Failed, log: &Log) -> Status {
        let layer = &self.layer.name;
        for problem in &failed.0 {
            self.shared.progress.problem(advice::explain(self.layer, problem));
        }
        self.progress.line(&match self.shared.options.passing {
            true => "failed".to_owned(),
            false => failed_with(log.path()),
        });
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

/// Why an apply of saved plans stops before a layer.
fn nobody(layer: &Layer, dir: &Path) -> Diagnostic {
    let (name, dir) = (&layer.name, crate::shell::word(dir));
    Diagnostic::new(format!("layer `{name}`: its plan was not saved, and nobody has approved the one that is made now"))
        .note("what was saved and came before it is applied; this layer and those after it are as they were")
        .hint(format!(
            "look at the plan above, then save one that has it: `tfy-infra plan -d {dir} --out FILE`; or approve such plans beforehand, by \
             `--approve-replanned`"
        ))
}

fn failed_with(log: &Path) -> String {
    format!("failed; the whole log is in `{}`", log.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Drifted;

    #[test]
    fn a_failure_says_where_the_whole_log_is() {
        insta::assert_snapshot!(failed_with(Path::new("a/network-apply.log")), @"failed; the whole log is in `a/network-apply.log`");
    }

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
