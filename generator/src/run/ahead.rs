//! `terraform init` of layers whose turn has not come, while those before them are applied: it needs seconds of each layer, most of them
//! to unpack and check a provider, and nothing that another layer makes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::log::Log;
use crate::tree::Layer;

/// What was done for a layer before its turn.
#[derive(Debug)]
enum Turn {
    /// Nothing yet.
    ToCome,
    /// Its folder is prepared, which its log tells.
    Prepared(Log),
    /// It runs, or did.
    Came,
}

/// The layers of a run, each prepared at most once before its turn.
#[derive(Debug)]
pub(super) struct Ahead(BTreeMap<String, Mutex<Turn>>);

impl Ahead {
    /// None of these has been prepared.
    pub(super) fn of(layers: &[Layer]) -> Self {
        Self(layers.iter().map(|layer| (layer.name.clone(), Mutex::new(Turn::ToCome))).collect())
    }

    /// Prepares a layer by `work`, which gives its log, unless its turn has come. What fails is left for its turn, which tells it.
    pub(super) fn prepare(&self, layer: &str, work: impl FnOnce() -> std::io::Result<Log>) {
        let Some(mut turn) = self.turn(layer) else { return };
        if matches!(*turn, Turn::ToCome)
            && let Ok(log) = work()
        {
            *turn = Turn::Prepared(log);
        }
    }

    /// The turn of a layer has come: waits until it is prepared where that has begun, and gives the log of it.
    pub(super) fn comes(&self, layer: &str) -> Option<Log> {
        match std::mem::replace(&mut *self.turn(layer)?, Turn::Came) {
            Turn::Prepared(log) => Some(log),
            Turn::ToCome | Turn::Came => None,
        }
    }

    fn turn(&self, layer: &str) -> Option<MutexGuard<'_, Turn>> {
        Some(self.0.get(layer)?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether Terraform keeps providers in one folder for all layers. It may write that folder anew while it prepares one, which another layer
/// that starts its providers must not meet.
pub(super) fn shared_plugins() -> bool {
    shared(|name| std::env::var_os(name))
}

fn shared(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let config = set("TF_CLI_CONFIG_FILE")
        .map(PathBuf::from)
        .or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".terraformrc")));
    let text = config.and_then(|path| fs_err::read_to_string(path).ok()).unwrap_or_default();
    set("TF_PLUGIN_CACHE_DIR").is_some() || text.contains("plugin_cache_dir")
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::tree::record::tests::layers;

    fn log(dir: &tempfile::TempDir, layer: &str) -> std::io::Result<Log> {
        Log::create(dir.path(), layer, "apply")
    }

    #[test]
    fn a_turn_waits_for_what_prepares_its_layer_and_goes_on_with_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let ahead = Ahead::of(&layers(true));
        let (begun, has_begun) = mpsc::channel();
        let given = std::thread::scope(|scope| {
            let ahead = &ahead;
            let dir = &dir;
            scope.spawn(move || {
                ahead.prepare("data", || {
                    begun.send(()).unwrap();
                    std::thread::sleep(Duration::from_millis(50));
                    let log = log(dir, "data")?;
                    log.line("prepared");
                    Ok(log)
                });
            });
            has_begun.recv().unwrap();
            ahead.comes("data")
        });
        let text = fs_err::read_to_string(given.expect("it was prepared").path()).unwrap();
        assert!(text.ends_with("prepared\n"), "{text}");
    }

    #[test]
    fn a_layer_whose_turn_has_come_is_not_prepared_any_more() {
        let ahead = Ahead::of(&layers(true));
        assert!(ahead.comes("data").is_none());
        ahead.prepare("data", || unreachable!("its turn has come"));
        assert!(ahead.comes("data").is_none());
    }

    #[test]
    fn what_could_not_be_prepared_is_done_in_its_turn() {
        let ahead = Ahead::of(&layers(true));
        ahead.prepare("data", || Err(std::io::ErrorKind::StorageFull.into()));
        assert!(ahead.comes("data").is_none());
    }

    #[test]
    fn where_layers_share_their_providers_none_is_prepared_beside_another() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("own.tfrc");
        let with = |set: &[(&str, &str)]| {
            shared(|name| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
            })
        };
        let (home_is, file_is) = (home.path().display().to_string(), file.display().to_string());
        assert!(!with(&[]));
        assert!(!with(&[("HOME", &home_is), ("TF_PLUGIN_CACHE_DIR", "")]));
        assert!(with(&[("TF_PLUGIN_CACHE_DIR", "/var/plugins")]));
        fs_err::write(&file, "disable_checkpoint = true\n").unwrap();
        fs_err::write(home.path().join(".terraformrc"), "plugin_cache_dir = \"/var/plugins\"\n").unwrap();
        assert!(with(&[("HOME", &home_is)]));
        assert!(
            !with(&[("HOME", &home_is), ("TF_CLI_CONFIG_FILE", &file_is)]),
            "the file that is named counts"
        );
    }
}
