//! Answers many reads of one collection from a few pages of its list.
//!
//! A plan reads every object of the state, one call each if done plainly. The list of a collection carries the same
//! objects, manifest included, a hundred to a page. So the first reads of a collection go plainly, and once it is clear
//! that more will come, the list is read once and answers them all.
//!
//! That is as correct as single reads are:
//!
//! * **Own writes are seen.** What a write answers takes the object's place in the snapshot, and a deletion removes it.
//! * **Others' writes are seen as late as they may be anyway.** A plan is a picture of some moment during its run; a
//!   snapshot lives for seconds and is never used after.
//! * **Absence is never concluded from it.** An object that the snapshot lacks, or has without its manifest, is asked
//!   for by itself. Only the answer to that says that it is gone. For an object that is about to be created the
//!   question is another one, whether its name is taken: there the snapshot's word is as good as a list's, since
//!   between any look and the write that follows somebody else may write too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::{Entity, Result};

/// How long a snapshot answers. Long enough for a plan's burst of reads, short beside a person's.
const LIFE: Duration = Duration::from_secs(5);
/// How many reads go plainly before a list is worth its pages.
const PLAIN_READS: u32 = 3;

/// The snapshots of a client, by the path of the collection.
#[derive(Default)]
pub(crate) struct Snapshots {
    collections: Mutex<HashMap<&'static str, Arc<tokio::sync::Mutex<Slot>>>>,
}

/// The state of one collection's snapshot. Its lock makes those who come while the list is read wait for it.
#[derive(Default)]
struct Slot {
    reads: u32,
    taken: Option<Taken>,
    /// The list could not be read: every object is asked for by itself from then on.
    broken: bool,
}

impl Slot {
    /// After this, reads go plainly again until there are enough of them for another list: one read now and then, as
    /// between the slow writes of an apply, does not pay for it.
    fn forget(&mut self) {
        if self.taken.take().is_some() {
            self.reads = 0;
        }
    }
}

struct Taken {
    at: Instant,
    by_id: HashMap<String, Entity>,
}

impl Taken {
    fn is_fresh(&self) -> bool {
        self.at.elapsed() < LIFE
    }
}

impl Snapshots {
    fn slot(&self, path: &'static str) -> Arc<tokio::sync::Mutex<Slot>> {
        let mut collections = self.collections.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(collections.entry(path).or_default())
    }

    /// What `pick` finds in the snapshot of the collection at `path`, which `list` reads when it is time to. `None` when
    /// there is no snapshot: none is worth taking yet, or the list cannot be read.
    pub(crate) async fn look<T>(
        &self,
        path: &'static str,
        list: impl AsyncFnOnce() -> Result<Vec<Entity>>,
        pick: impl FnOnce(&HashMap<String, Entity>) -> T,
    ) -> Option<T> {
        let slot = self.slot(path);
        let mut slot = slot.lock().await;
        if !slot.taken.as_ref().is_some_and(Taken::is_fresh) {
            slot.forget();
            slot.reads += 1;
            if slot.broken || slot.reads <= PLAIN_READS {
                return None;
            }
            let at = Instant::now();
            match list().await {
                Ok(listed) => {
                    let by_id = listed.into_iter().map(|entity| (entity.id().to_owned(), entity)).collect();
                    slot.taken = Some(Taken { at, by_id });
                }
                Err(error) => {
                    tracing::warn!(collection = path, %error, "the list cannot be read: reading singly");
                    slot.broken = true;
                }
            }
        }
        slot.taken.as_ref().map(|taken| pick(&taken.by_id))
    }

    /// Puts what a write answered in the object's place.
    pub(crate) async fn wrote(&self, path: &'static str, entity: &Entity) {
        let slot = self.slot(path);
        if let Some(taken) = &mut slot.lock().await.taken {
            taken.by_id.insert(entity.id().to_owned(), entity.clone());
        }
    }

    /// Takes a deleted object out.
    pub(crate) async fn deleted(&self, path: &'static str, id: &str) {
        let slot = self.slot(path);
        if let Some(taken) = &mut slot.lock().await.taken {
            taken.by_id.remove(id);
        }
    }

    /// Forgets a collection of which a write's outcome is not known.
    pub(crate) async fn doubt(&self, path: &'static str) {
        self.slot(path).lock().await.forget();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde_json::json;

    use super::*;

    fn entity(id: &str, text: &str) -> Entity {
        Entity::from_value(json!({ "id": id, "manifest": { "name": text } })).unwrap_or_default()
    }

    /// Snapshots of one collection that holds the object `a`, and how often its list was read.
    #[derive(Default)]
    struct Rig {
        snapshots: Snapshots,
        lists: Cell<u32>,
    }

    impl Rig {
        async fn look(&self, id: &str) -> Option<Option<String>> {
            let list = async || {
                self.lists.set(self.lists.get() + 1);
                Ok(vec![entity("a", "listed")])
            };
            self.snapshots.look("things", list, |by_id| by_id.get(id).map(|e| e.name().to_owned())).await
        }

        /// Reads `a` so many times and answers how many were answered by a snapshot.
        async fn answered(&self, reads: u32) -> u32 {
            let mut answered = 0;
            for _ in 0..reads {
                answered += u32::from(self.look("a").await == Some(Some("listed".to_owned())));
            }
            answered
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_is_read_after_three_plain_reads_and_again_only_after_three_more() {
        let rig = Rig::default();
        assert_eq!((rig.answered(10).await, rig.lists.get()), (7, 1));
        tokio::time::advance(LIFE).await;
        assert_eq!((rig.answered(3).await, rig.lists.get()), (0, 1), "a few late reads cost no list");
        assert_eq!((rig.answered(5).await, rig.lists.get()), (5, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn slow_single_reads_never_cost_a_list_each() {
        let rig = Rig::default();
        for _ in 0..40 {
            rig.answered(1).await;
            tokio::time::advance(LIFE).await;
        }
        assert_eq!(rig.lists.get(), 10);
    }

    #[tokio::test]
    async fn a_write_of_unknown_outcome_throws_the_list_away() {
        let rig = Rig::default();
        rig.answered(4).await;
        rig.snapshots.wrote("things", &entity("b", "written")).await;
        assert_eq!(rig.look("b").await, Some(Some("written".to_owned())));
        rig.snapshots.doubt("things").await;
        assert_eq!(rig.look("b").await, None);
        assert_eq!(rig.lists.get(), 1);
    }
}
