//! Layers that read one which is to be destroyed, and are not run themselves: what they hold would lose what it stands on.

use super::commands::{Commands, Failed};
use super::log::Log;
use super::{Operation, Options};
use crate::diag::Diagnostic;
use crate::suggest::all_of;
use crate::tree::state::Outline;
use crate::tree::{Layer, own};

/// The layers that a destroy leaves out.
#[derive(Debug, Default)]
pub(super) struct Dependents {
    /// Those that were not named, with all that they read.
    left_out: Vec<(Layer, Vec<String>)>,
    /// Those that the user skips by name.
    skipped: Vec<Layer>,
    /// What reads a layer that is skipped: what it asks about that is not asked.
    unasked: Vec<String>,
}

impl Dependents {
    /// Those of a run: `all` in the order in which they are applied, and the names of those that are run.
    pub(super) fn of(operation: Operation, all: &[Layer], chosen: &[Layer], options: &Options) -> Self {
        if operation != Operation::Destroy {
            return Self::default();
        }
        let is_chosen = |layer: &&Layer| chosen.iter().any(|other| other.name == layer.name);
        let is_skipped = |layer: &&Layer| options.skip.contains(&layer.name);
        let left_out = all.iter().filter(|layer| !is_chosen(layer) && !is_skipped(layer));
        let skipped: Vec<Layer> = all.iter().filter(is_skipped).cloned().collect();
        let unasked = skipped.iter().flat_map(|layer| super::stale::after(all, &layer.name));
        Self {
            left_out: left_out.map(|layer| (layer.clone(), all_reads(all, layer))).collect(),
            unasked: unasked.map(str::to_owned).collect(),
            skipped,
        }
    }

    /// Whether what a layer manages, and what it reads, is asked before it is destroyed: not where it would ask whom the user skips.
    pub(super) fn can_be_asked(&self, layer: &Layer) -> bool {
        !self.unasked.contains(&layer.name)
    }

    /// Refuses to destroy a layer as long as one that reads it holds anything.
    pub(super) fn check(&self, layer: &Layer, commands: &Commands<'_>) -> Result<(), Failed> {
        let mut there = Vec::new();
        for (dependent, _) in self.left_out.iter().filter(|(_, reads)| reads.contains(&layer.name)) {
            let count = held(dependent, layer, commands)?.len();
            if count > 0 {
                there.push((dependent.name.as_str(), count));
            }
        }
        if there.is_empty() { Ok(()) } else { Err(refused(&there)) }
    }

    /// What stays of the layers that were skipped, for people.
    pub(super) fn told(
        &self,
        dir: &std::path::Path,
        held: impl Fn(&Layer) -> Option<Vec<String>>,
    ) -> Vec<Diagnostic> {
        let told = self.skipped.iter().filter_map(|layer| {
            let addresses = held(layer)?;
            (!addresses.is_empty()).then(|| stays(layer, &addresses, &crate::shell::word(dir)))
        });
        told.collect()
    }
}

/// The addresses that the state of another layer holds. A state in a file is read as it is: the layer may never have been prepared, and need not be.
fn held(dependent: &Layer, layer: &Layer, commands: &Commands<'_>) -> Result<Vec<String>, Failed> {
    let root = commands.dir.parent().unwrap_or(&commands.dir).to_owned();
    if dependent.backend.is_null() || dependent.backend.get("local").is_some() {
        let text = own::read(&root.join(&dependent.name).join("terraform.tfstate"))?.unwrap_or_default();
        let outline = Outline::of(&text).ok_or_else(|| unreadable(dependent))?;
        return Ok(outline.managed);
    }
    let log = Log::create(&root, &dependent.name, &format!("destroy-{}", layer.name))?;
    let commands = Commands {
        dir: root.join(&dependent.name),
        terraform: commands.terraform.clone(),
        log: &log,
        ..commands.clone()
    };
    commands.init_when_new()?;
    commands.addresses()
}

/// All layers that one reads, and those that these read.
fn all_reads(all: &[Layer], layer: &Layer) -> Vec<String> {
    let mut reads = layer.reads.clone();
    let mut at = 0;
    while at < reads.len() {
        let more = all.iter().filter(|other| other.name == reads[at]).flat_map(|other| other.reads.clone());
        let more: Vec<String> = more.filter(|name| !reads.contains(name)).collect();
        reads.extend(more);
        at += 1;
    }
    reads
}

fn unreadable(dependent: &Layer) -> Failed {
    Failed::one(
        format!("what layer `{0}` holds, which stands on it, cannot be read", dependent.name),
        &format!("`{}/terraform.tfstate` is no state of format 4.", dependent.name),
    )
}

fn refused(there: &[(&str, usize)]) -> Failed {
    let names: Vec<&str> = there.iter().map(|(name, _)| *name).collect();
    let counts: Vec<String> =
        there.iter().map(|(name, count)| format!("layer `{name}` holds {count}")).collect();
    Failed::one(
        format!(
            "it cannot be destroyed as long as {} stand{} on it",
            all_of(&names),
            if names.len() == 1 { "s" } else { "" }
        ),
        &format!(
            "Objects that would lose what they need, and could not be destroyed any more: {}.",
            counts.join(", ")
        ),
    )
}

/// What the user is told of a layer that was skipped.
fn stays(layer: &Layer, addresses: &[String], dir: &str) -> Diagnostic {
    let name = &layer.name;
    let objects =
        if addresses.len() == 1 { "1 object".to_owned() } else { format!("{} objects", addresses.len()) };
    Diagnostic::new(format!("layer `{name}` was skipped: {objects} of it stay where they are registered"))
        .note(addresses.join("\n"))
        .hint(format!(
            "its state still has them: `tfy-infra destroy -d {dir} --layer {name}` takes them away when what they are registered with answers again"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Report;
    use crate::tree::record::tests::layers;

    #[test]
    fn a_layer_under_others_is_refused_with_who_they_are() {
        let layer = &layers(true)[0];
        let failed = refused(&[("cluster", 31), ("data", 4)]);
        let told = Report::single(crate::run::advice::explain(layer, &failed.0[0])).render(false);
        insta::assert_snapshot!(told, @r"
        error: layer `network`: it cannot be destroyed as long as `cluster` and `data` stand on it
          = note: Objects that would lose what they need, and could not be destroyed any more: layer `cluster` holds 31, layer `data` holds 4.
          = hint: destroy those first, the last one first; or all of the platform in its order, without `--layer`
        ");
    }

    #[test]
    fn what_stays_of_a_layer_that_is_skipped_is_told() {
        let platform = layers(true).into_iter().find(|layer| layer.name == "platform").unwrap();
        let addresses = ["truefoundry_cluster.this".to_owned(), "truefoundry_workspace.search".to_owned()];
        insta::assert_snapshot!(Report::single(stays(&platform, &addresses, "out")).render(false), @r"
        error: layer `platform` was skipped: 2 objects of it stay where they are registered
          = note: truefoundry_cluster.this
                  truefoundry_workspace.search
          = hint: its state still has them: `tfy-infra destroy -d out --layer platform` takes them away when what they are registered with answers again
        ");
    }

    #[test]
    fn a_layer_stands_on_all_that_it_reads_and_that_these_read() {
        let all = layers(true);
        let agent = all.iter().find(|layer| layer.name == "agent").unwrap();
        let reads = all_reads(&all, agent);
        assert!(reads.contains(&"network".to_owned()) && reads.contains(&"platform".to_owned()), "{reads:?}");
        assert_eq!(all_reads(&all, &all[0]), [""; 0]);
    }
}
