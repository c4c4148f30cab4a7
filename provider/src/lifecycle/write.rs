//! One write, and what is done when nobody can tell whether it was heard.

use std::time::Duration;

use tfplugin::{Change, State};
use truefoundry_api::{Effect, Entity, Error, Written};

use super::{LOOKS, Managed};
use crate::object::{At, Object, Trouble};

/// The pause before the first look after a write whose outcome is not known; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl<O: Object> Managed<O> {
    /// Writes until it is heard: once, unless an answer was lost or says nothing. Then it is looked before it is
    /// written again, and what is there already is not written twice. `before` is the object before the first attempt.
    pub(super) async fn write(
        &self,
        at: &At<'_>,
        change: &Change,
        before: Option<&Entity>,
    ) -> Result<Written, Unheard> {
        let mut lost = Lost::default();
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.0.write(at, change, before).await {
                Ok(written) => return Ok(written),
                Err(Trouble::Call(error)) if error.effect() == Effect::Unknown => error,
                Err(trouble) => return Err(lost.with(trouble)),
            };
            tracing::warn!(%error, "it is not known whether a write was heard: looking");
            lost.count(&error);
            let asked = error.failure().and_then(|failure| failure.retry_after);
            // Where nothing tells what happened, what went wrong first is what to tell.
            let Ok(heard) = self.heard(at, change, before, asked.unwrap_or(pause)).await else {
                return Err(lost.with(error.into()));
            };
            if let Some(written) = heard {
                tracing::info!("the write was heard");
                return Ok(written);
            }
            if lost.attempts > at.client.max_retries() || !error.is_passing() {
                return Err(lost.with(error.into()));
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// What a write has brought about, if it was heard. Where a second one would not be the same as the first, a control
    /// plane is given the time to show it.
    async fn heard(
        &self,
        at: &At<'_>,
        change: &Change,
        before: Option<&Entity>,
        pause: Duration,
    ) -> Result<Option<Written>, Trouble> {
        at.client.pause(pause).await?;
        let more = if self.0.is_idempotent() { &[][..] } else { &LOOKS[..] };
        let mut pauses = more.iter();
        loop {
            if let Some(there) = self.now(at, change, before).await? {
                let there = self.0.latest(at, &there).await?;
                if self.is_new(change, before, &there) {
                    return Ok(Some(self.0.heard(at, &there)));
                }
            }
            let Some(pause) = pauses.next() else { return Ok(None) };
            at.client.pause(*pause).await?;
        }
    }

    /// What a write would begin, where an earlier one has begun it already: of a kind whose every write is a version, and
    /// where all of it is shown.
    pub(super) async fn already(
        &self,
        at: &At<'_>,
        change: &Change,
        there: &Entity,
    ) -> Result<Option<Written>, Trouble> {
        if self.0.is_idempotent() || !self.0.shows_all(change) || !self.0.holds(change, there) {
            return Ok(None);
        }
        Ok((!self.0.has_failed(at, there).await?).then(|| self.0.heard(at, there)))
    }

    async fn now(
        &self,
        at: &At<'_>,
        change: &Change,
        before: Option<&Entity>,
    ) -> Result<Option<Entity>, Trouble> {
        let mut value = change.planned.clone();
        // An id that is to be decided says nothing.
        value.put("id", tfplugin::value::Value::optional(before.map(Entity::id)));
        self.0.look(at, &State { private: change.private.clone(), ..State::from(value) }).await
    }

    /// Whether an object is as this write makes it, and was not so before.
    fn is_new(&self, change: &Change, before: Option<&Entity>, there: &Entity) -> bool {
        let was_so = |before: &Entity| self.0.holds(change, before) && before.stamp() == there.stamp();
        self.0.holds(change, there) && !before.is_some_and(was_so)
    }
}

/// A write that failed, and what is known of it all the same.
pub(super) struct Unheard {
    pub(super) trouble: Trouble,
    /// What all attempts together have done.
    pub(super) effect: Effect,
    /// An attempt had no answer at all, so it may yet be heard.
    pub(super) may_come: bool,
}

/// The attempts of which nobody can tell whether they were heard.
#[derive(Default)]
struct Lost {
    attempts: u32,
    may_come: bool,
}

impl Lost {
    fn count(&mut self, error: &Error) {
        self.attempts += 1;
        self.may_come |= error.status().is_none();
    }

    /// The end of it all.
    fn with(self, trouble: Trouble) -> Unheard {
        let doubt = if self.attempts > 0 { Effect::Unknown } else { Effect::None };
        let trouble = if self.attempts > 0 { trouble.after_a_write() } else { trouble };
        Unheard { effect: trouble.effect().max(doubt), trouble, may_come: self.may_come }
    }
}
