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
//!   snapshot lives for seconds and is never used after. While reads keep coming, the next one is taken beside them
//!   before the last is too old, so that nobody waits for it.
//! * **Absence is never concluded from it.** An object that the snapshot lacks, or has without its manifest, is asked
//!   for by itself. Only the answer to that says that it is gone. For an object that is about to be created the
//!   question is another one, whether its name is taken: there the snapshot's word is as good as a list's, since
//!   between any look and the write that follows somebody else may write too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::listed::Listed;
use crate::{Entity, Result};

/// How long a snapshot answers. Long enough for a plan's burst of reads, short beside a person's.
const LIFE: Duration = Duration::from_secs(5);
/// From what age on a snapshot that is still looked at is renewed.
const RENEWAL: Duration = Duration::from_secs(4);
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
    listed: Listed,
    renewal: Renewal,
}

/// The list that is to take a snapshot's place.
enum Renewal {
    None,
    /// It is being read, and these are the own writes since that began: an object as it is now, or `None` when deleted.
    Running(Arc<()>, Vec<(String, Option<Entity>)>),
    /// It could not be read. The snapshot serves its time.
    Failed,
}

impl Taken {
    fn new(at: Instant, listed: Vec<Entity>) -> Self {
        Self { at, listed: listed.into_iter().collect(), renewal: Renewal::None }
    }

    fn is_fresh(&self) -> bool {
        self.at.elapsed() < LIFE
    }

    /// Whether its renewal is to begin now; the mark tells this renewal from others.
    fn begin_renewal(&mut self) -> Option<Arc<()>> {
        if self.at.elapsed() < RENEWAL || !matches!(self.renewal, Renewal::None) {
            return None;
        }
        let mark = Arc::new(());
        self.renewal = Renewal::Running(Arc::clone(&mark), Vec::new());
        Some(mark)
    }

    /// Ends the renewal with this mark; any other has been overtaken.
    fn renew(&mut self, mark: &Arc<()>, at: Instant, listed: Result<Vec<Entity>>) {
        let changes = match &mut self.renewal {
            Renewal::Running(running, changes) if Arc::ptr_eq(running, mark) => std::mem::take(changes),
            _ => return,
        };
        match listed {
            Ok(listed) => {
                *self = Self::new(at, listed);
                changes.into_iter().for_each(|(id, entity)| self.change(&id, entity));
            }
            Err(error) => {
                tracing::warn!(%error, "a list cannot be read again: the last one serves its time");
                self.renewal = Renewal::Failed;
            }
        }
    }

    /// An own write: the object as it is now, or `None` when it is deleted.
    fn change(&mut self, id: &str, entity: Option<Entity>) {
        if let Renewal::Running(_, changes) = &mut self.renewal {
            changes.push((id.to_owned(), entity.clone()));
        }
        match entity {
            Some(entity) => self.listed.insert(entity),
            None => self.listed.remove(id),
        }
    }
}

impl Snapshots {
    fn slot(&self, path: &'static str) -> Arc<tokio::sync::Mutex<Slot>> {
        let mut collections = self.collections.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(collections.entry(path).or_default())
    }

    /// What `pick` finds in the snapshot of the collection at `path`, which `list` reads when it is time to. `None` when
    /// there is no snapshot: none is worth taking yet, or the list cannot be read.
    pub(crate) async fn look<T, L>(
        &self,
        path: &'static str,
        list: impl FnOnce() -> L,
        pick: impl FnOnce(&Listed) -> T,
    ) -> Option<T>
    where
        L: Future<Output = Result<Vec<Entity>>> + Send + 'static,
    {
        let shared = self.slot(path);
        let mut slot = shared.lock().await;
        if !slot.taken.as_ref().is_some_and(Taken::is_fresh) {
            slot.forget();
            slot.reads += 1;
            if slot.broken || slot.reads <= PLAIN_READS {
                return None;
            }
            let at = Instant::now();
            match list().await {
                Ok(listed) => slot.taken = Some(Taken::new(at, listed)),
                Err(error) => {
                    tracing::warn!(collection = path, %error, "the list cannot be read: reading singly");
                    slot.broken = true;
                }
            }
        } else if let Some(mark) = slot.taken.as_mut().and_then(Taken::begin_renewal) {
            let (slot, list) = (Arc::clone(&shared), list());
            tokio::spawn(async move {
                let at = Instant::now();
                let listed = list.await;
                if let Some(taken) = &mut slot.lock().await.taken {
                    taken.renew(&mark, at, listed);
                }
            });
        }
        slot.taken.as_ref().map(|taken| pick(&taken.listed))
    }

    /// Puts what a write answered in the object's place.
    pub(crate) async fn wrote(&self, path: &'static str, entity: &Entity) {
        let slot = self.slot(path);
        if let Some(taken) = &mut slot.lock().await.taken {
            taken.change(entity.id(), Some(entity.clone()));
        }
    }

    /// Takes a deleted object out.
    pub(crate) async fn deleted(&self, path: &'static str, id: &str) {
        let slot = self.slot(path);
        if let Some(taken) = &mut slot.lock().await.taken {
            taken.change(id, None);
        }
    }

    /// Forgets a collection of which a write's outcome is not known.
    pub(crate) async fn doubt(&self, path: &'static str) {
        self.slot(path).lock().await.forget();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use serde_json::json;

    use super::*;

    fn entity(id: &str, text: &str) -> Entity {
        Entity::from_value(json!({ "id": id, "manifest": { "name": text } })).unwrap_or_default()
    }

    /// Snapshots of one collection that holds the object `a`, and how often its list was read.
    #[derive(Default)]
    struct Rig {
        snapshots: Snapshots,
        lists: Arc<AtomicU32>,
        /// How long the list takes.
        slow: Duration,
        down: bool,
    }

    impl Rig {
        async fn look(&self, id: &str) -> Option<Option<String>> {
            let (lists, slow, down) = (Arc::clone(&self.lists), self.slow, self.down);
            let list = || async move {
                lists.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(slow).await;
                if down {
                    return Err(crate::Error::NotFound(crate::Failure::default()));
                }
                Ok(vec![entity("a", "listed")])
            };
            self.snapshots.look("things", list, |listed| listed.get(id).map(|e| e.name().to_owned())).await
        }

        fn lists(&self) -> u32 {
            self.lists.load(Ordering::Relaxed)
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
        assert_eq!((rig.answered(10).await, rig.lists()), (7, 1));
        tokio::time::advance(LIFE).await;
        assert_eq!((rig.answered(3).await, rig.lists()), (0, 1), "a few late reads cost no list");
        assert_eq!((rig.answered(5).await, rig.lists()), (5, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn slow_single_reads_never_cost_a_list_each() {
        let rig = Rig::default();
        for _ in 0..40 {
            rig.answered(1).await;
            tokio::time::advance(LIFE).await;
        }
        assert_eq!(rig.lists(), 10);
    }

    #[tokio::test]
    async fn a_write_of_unknown_outcome_throws_the_list_away() {
        let rig = Rig::default();
        rig.answered(4).await;
        rig.snapshots.wrote("things", &entity("b", "written")).await;
        assert_eq!(rig.look("b").await, Some(Some("written".to_owned())));
        rig.snapshots.doubt("things").await;
        assert_eq!(rig.look("b").await, None);
        assert_eq!(rig.lists(), 1);
    }
    #[tokio::test(start_paused = true)]
    async fn a_snapshot_that_is_still_looked_at_is_renewed_and_keeps_own_writes() {
        let rig = Rig { slow: Duration::from_millis(500), ..Rig::default() };
        rig.answered(4).await;
        rig.snapshots.wrote("things", &entity("b", "before")).await;
        tokio::time::advance(RENEWAL).await;
        assert_eq!(rig.answered(2).await, 2, "nobody waits");
        tokio::time::sleep(Duration::from_millis(100)).await;
        rig.snapshots.wrote("things", &entity("c", "meanwhile")).await;
        rig.snapshots.deleted("things", "a").await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(rig.lists(), 2);
        assert_eq!(rig.look("b").await, Some(None), "the list knows better");
        assert_eq!(rig.look("c").await, Some(Some("meanwhile".to_owned())));
        assert_eq!(rig.look("a").await, Some(None), "deleted while the list was read");
        tokio::time::advance(RENEWAL - Duration::from_secs(1)).await;
        assert_eq!(rig.look("c").await, Some(Some("meanwhile".to_owned())), "it lives as long as the first");
        assert_eq!(rig.lists(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_renewal_that_fails_or_comes_too_late_changes_nothing() {
        let mut rig = Rig::default();
        rig.answered(4).await;
        rig.down = true;
        tokio::time::advance(RENEWAL).await;
        for _ in 0..5 {
            assert_eq!(rig.answered(1).await, 1);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(rig.lists(), 2, "one attempt");

        let rig = Rig { slow: Duration::from_millis(500), ..Rig::default() };
        rig.answered(4).await;
        tokio::time::advance(RENEWAL).await;
        rig.answered(1).await;
        rig.snapshots.doubt("things").await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(rig.look("a").await, None, "what is in doubt stays so");
    }
}
