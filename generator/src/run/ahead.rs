//! `terraform init` of layers whose turn has not come, while those before them are applied: it needs seconds of each layer, most of them
//! to unpack and check a provider, and nothing that another layer makes.

use std::collections::BTreeMap;
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
}
