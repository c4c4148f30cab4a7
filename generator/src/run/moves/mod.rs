//! States that are to be where they are not: told before anything is started, and moved layer by layer ([`migrate`]).

mod copy;
mod held;
mod layer;
mod root;
mod wrong;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::children::Children;
use super::commands::Commands;
use super::log::Log;
use super::progress::{LayerProgress, Progress};
use super::{Operation, Options, RunError, Session, watch};
use crate::diag::Diagnostic;
use crate::tree::Layer;
use crate::tree::place::{self, Place};
use layer::{Became, Moving};

/// How to move states.
#[derive(Debug, Clone)]
pub struct Migrate {
    /// The generated directory.
    pub dir: PathBuf,
    /// The `terraform` program: a path, or a name that is looked up in `PATH`.
    pub terraform: PathBuf,
    /// Layers whose old states are not theirs any more, whatever is in them.
    pub leave_old: Vec<String>,
    /// Whether standard error is a terminal that wants colours.
    pub color: bool,
}

/// How it went.
#[derive(Debug, Clone, Default)]
pub struct Moved {
    /// What became of each layer, in order, as far as it was come to.
    layers: Vec<(String, Became)>,
    /// Whether all of them were come to, and nothing failed.
    pub ok: bool,
}

impl Moved {
    /// It for machines.
    #[must_use]
    pub fn json(&self) -> Value {
        let layers: Vec<Value> = self
            .layers
            .iter()
            .map(|(name, became)| json!({ "layer": name, "state": became.word() }))
            .collect();
        json!({ "operation": "migrate", "ok": self.ok, "layers": layers })
    }
}

/// Takes the states of all layers to where the tree looks for them, one after the other; the same again goes on where it was cut off.
///
/// # Errors
/// [`RunError`] before anything was started. What fails later is told, and what it became of says so.
pub fn migrate(migrate: &Migrate) -> Result<Moved, RunError> {
    let options = options(migrate);
    let session = Session::start(&options)?;
    let layers: Vec<&Layer> = session.layers.iter().filter(|layer| !layer.retired || waits(layer)).collect();
    if let Some(unknown) =
        migrate.leave_old.iter().find(|name| layers.iter().all(|layer| layer.name != **name))
    {
        return Err(RunError::Input(wrong::unknown(&options.dir, &layers, unknown)));
    }
    check_retired(&options.dir, &session.layers)?;
    let children = watch(&options.dir, &session.layers)?;
    let progress = Progress::new(options.color);
    let mut moved = Moved { ok: true, ..Moved::default() };
    for layer in layers {
        if children.interrupted() {
            return Ok(Moved { ok: false, ..moved });
        }
        let line = progress.layer(&layer.name);
        match one(migrate, &session, layer, &children, &line) {
            Ok(became) => {
                became.told(&layer.name).iter().for_each(|text| line.line(text));
                moved.layers.push((layer.name.clone(), became));
            }
            Err(problems) => {
                problems.into_iter().for_each(|problem| progress.problem(problem));
                return Ok(Moved { ok: false, ..moved });
            }
        }
    }
    Ok(moved)
}

fn one(
    migrate: &Migrate,
    session: &Session,
    layer: &Layer,
    children: &Children,
    progress: &LayerProgress<'_>,
) -> Result<Became, Vec<Diagnostic>> {
    let dir = &migrate.dir;
    let log = Log::create(dir, &layer.name, "migrate")
        .map_err(|e| vec![Diagnostic::new(format!("layer `{}`: {e}", layer.name))])?;
    let commands = Commands {
        terraform: session.terraform.in_layer(layer),
        dir: dir.join(&layer.name),
        operation: Operation::Plan,
        refresh: true,
        children,
        log: &log,
        progress,
    };
    Moving { dir, layer, commands, leave_old: migrate.leave_old.contains(&layer.name) }.run()
}

fn options(migrate: &Migrate) -> Options {
    Options {
        color: migrate.color,
        quiet: true,
        ..Options::new(migrate.dir.clone(), migrate.terraform.clone())
    }
}

/// A layer that is no longer generated looks for those that it reads where they were: it goes before they move.
fn check_retired(dir: &Path, layers: &[Layer]) -> Result<(), RunError> {
    let moves = |name: &String| layers.iter().any(|layer| layer.name == *name && waits(layer));
    let mut stays = layers.iter().filter(|layer| layer.retired && !layer.emptied && !waits(layer));
    let found = stays.find_map(|layer| Some((layer, layer.reads.iter().find(|read| moves(read))?)));
    found.map_or(Ok(()), |(layer, read)| Err(RunError::Input(wrong::retired(dir, layer, read))))
}

fn waits(layer: &Layer) -> bool {
    !layer.moves_from.is_null()
}

/// Refuses to start anything where the state of a layer is not where the tree looks for it, or may not be: Terraform would make everything again.
/// Layers that are no longer generated stay where they were.
pub(super) fn check(dir: &Path, layers: &[Layer], chosen: &[Layer]) -> Result<(), RunError> {
    if !chosen.is_empty() && chosen.iter().all(|layer| layer.retired && !waits(layer)) {
        return Ok(());
    }
    let waiting = layers.iter().filter(|layer| waits(layer));
    let pending: Vec<(&Layer, Place)> =
        waiting.filter_map(|layer| Some((layer, Place::of(&layer.moves_from)?))).collect();
    if !pending.is_empty() {
        return Err(RunError::Input(wrong::pending(dir, &pending)));
    }
    for layer in layers.iter().filter(|layer| !layer.retired) {
        let stray = place::stray(dir, layer).map_err(|e| RunError::Machine(wrong::unseen(layer, &e)))?;
        if let Some(stray) = stray {
            return Err(RunError::Input(wrong::stray(dir, layer, &stray)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::record::tests::layers;

    #[test]
    fn what_is_retired_is_destroyed_where_it_was_before_others_move() {
        let mut layers = layers(true);
        layers[0].moves_from = json!({ "local": { "path": "terraform.tfstate" } });
        let gone = layers.iter_mut().find(|layer| layer.name == "cluster").unwrap();
        gone.retired = true;
        let gone = gone.clone();
        let dir = Path::new("out");
        check(dir, &layers, std::slice::from_ref(&gone)).unwrap();
        assert!(matches!(check(dir, &layers, &layers), Err(RunError::Input(_))));
        assert!(matches!(check_retired(dir, &layers), Err(RunError::Input(_))));
        layers.iter_mut().find(|layer| layer.name == "cluster").unwrap().emptied = true;
        check_retired(dir, &layers).unwrap();
    }
}
