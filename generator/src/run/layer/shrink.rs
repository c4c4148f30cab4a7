//! A layer that takes away what others read: they let go of it before it goes.
//!
//! Its outputs lose what the code no longer has, by a plan that changes nothing else; those who read it are run, and see it no more; then the
//! layer itself is run. So it goes where the outputs of a module name what its inputs name. Where they do not change by such a plan, the layer
//! is run in its turn.

use super::LayerRun;
use super::told::Answer;
use crate::run::commands::{Commands, Failed, Planned};
use crate::run::plan_file::PlanFile;
use crate::run::summary::{Counts, LayerSummary, Status};
use crate::run::{Operation, advice};
use crate::suggest::all_of;
use crate::tree::{Layer, seen};

impl LayerRun<'_> {
    /// Takes out of the outputs what the plan removes, where a layer of this run reads it; a status where that was the layer's turn.
    pub(super) fn let_go(
        &self,
        commands: &Commands<'_>,
        planned: &Planned,
        summary: &mut LayerSummary,
    ) -> Result<Option<Status>, Failed> {
        let readers = self.readers_that_hold();
        let removes = planned.resources.iter().any(|change| change.action == "delete");
        if !removes || !planned.outputs || readers.is_empty() || self.shared.operation == Operation::Destroy {
            return Ok(None);
        }
        let file = PlanFile::new(&self.shared.options.dir, &format!("{}-outputs", self.layer.name))?;
        if !commands.plan_outputs(file.path())?.outputs {
            return Ok(None);
        }
        summary.after = readers;
        self.progress.line(&advice::lets_go(self.layer, &summary.after));
        if self.shared.operation == Operation::Plan {
            return Ok(None);
        }
        match self.answer(summary, &question(self.layer, &summary.after))? {
            Answer::Yes => {}
            Answer::No => return Ok(Some(Status::Declined)),
            Answer::Nobody => return Ok(Some(Status::Unapproved)),
        }
        if self.shared.children.interrupted() {
            return Ok(Some(Status::Interrupted));
        }
        commands.change(file.path(), Counts::default(), &mut Counts::default())?;
        summary.counts = Counts::default();
        summary.resources = self.resources().ok();
        Ok(Some(Status::Deferred))
    }

    /// The layers of this run that read this one and hold something, or may.
    fn readers_that_hold(&self) -> Vec<String> {
        let holds = |name: &str| {
            let layer = self.shared.layers.iter().find(|layer| layer.name == name);
            let seen = layer.and_then(|layer| seen::read(&self.shared.options.dir, layer));
            seen.is_none_or(|seen| !seen.outline.managed.is_empty())
        };
        let readers = self.shared.layers.iter().filter(|other| other.reads.contains(&self.layer.name));
        readers.map(|reader| reader.name.clone()).filter(|name| holds(name)).collect()
    }
}

/// What is asked before the outputs change. `readers` are the layers that are applied next.
fn question(layer: &Layer, readers: &[String]) -> String {
    let (name, are) = (&layer.name, if readers.len() == 1 { "is" } else { "are" });
    format!(
        "Take what goes out of the outputs of `{name}`, and nothing else yet? {} {are} applied next, and `{name}` after that, each with its own question. \
         Only `yes` is taken as yes: ",
        all_of(readers)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::record::tests::layers;

    #[test]
    fn a_question_says_who_comes_first() {
        let network = &layers(true)[0];
        let asked = |readers: &[&str]| {
            question(network, &readers.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        };
        insta::assert_snapshot!(asked(&["cluster"]).trim_end(), @"Take what goes out of the outputs of `network`, and nothing else yet? `cluster` is applied next, and `network` after that, each with its own question. Only `yes` is taken as yes:");
        insta::assert_snapshot!(asked(&["cluster", "data"]).trim_end(), @"Take what goes out of the outputs of `network`, and nothing else yet? `cluster` and `data` are applied next, and `network` after that, each with its own question. Only `yes` is taken as yes:");
    }
}
