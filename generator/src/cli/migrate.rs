//! `tfy-infra migrate`.

use std::path::Path;

use clap::Args;

use super::{FAILED, Failure, OK, Tree};
use crate::run::{self, Migrate};
use crate::suggest::all_of;
use crate::tree::Manifest;

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    tree: Tree,
    /// Take what is in the new place for the state of this layer, and leave the old one, whatever it holds: a file beside the layer is renamed.
    /// Can be given more than once.
    #[arg(long, value_name = "NAME")]
    leave_old: Vec<String>,
    /// Print a summary as JSON on standard output.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let moved = run::migrate(&Migrate {
        dir: options.tree.directory.clone(),
        terraform: options.tree.terraform.clone(),
        leave_old: options.leave_old.clone(),
        color: super::color(),
    })?;
    if options.json {
        super::print_json(&moved.json())?;
    }
    Ok(if moved.ok { OK } else { FAILED })
}

/// The layers of a directory whose states wait to be moved. A directory that cannot be read has none, which others tell.
pub(super) fn waiting(directory: &Path) -> Vec<String> {
    let layers = Manifest::read(directory).ok().flatten().map(|manifest| manifest.layers).unwrap_or_default();
    let waits = layers.into_iter().filter(|layer| !layer.moves_from.is_null());
    waits.map(|layer| layer.name).collect()
}

/// What to do after a generation, which may have left such layers.
pub(super) fn next(directory: &Path, waiting: &[String]) -> String {
    let directory = crate::shell::word(directory);
    let names: Vec<&str> = waiting.iter().map(String::as_str).collect();
    let states = match names.as_slice() {
        [] => return format!("next: review them, then `tfy-infra apply -d {directory}`"),
        [one] => format!("the state of `{one}`"),
        several => format!("the states of {}", all_of(several)),
    };
    format!(
        "next: `tfy-infra migrate -d {directory}` takes {states} to the new place; until then nothing is planned or applied"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_that_wait_are_what_comes_next() {
        let next = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            next(Path::new("out"), &names)
        };
        assert_eq!(next(&[]), "next: review them, then `tfy-infra apply -d out`");
        assert_eq!(
            next(&["data"]),
            "next: `tfy-infra migrate -d out` takes the state of `data` to the new place; until then nothing is planned or applied"
        );
        assert_eq!(
            next(&["network", "data"]),
            "next: `tfy-infra migrate -d out` takes the states of `network` and `data` to the new place; until then nothing is planned or applied"
        );
    }
}
