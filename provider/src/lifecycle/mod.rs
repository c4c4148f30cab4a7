//! The life of every object: created without taking over, read, updated without wiping what others set, deleted.
//!
//! Look, note, write, finish. What happens after a lost answer stands in [`write`], what a record proves in
//! [`crate::session::Journal`], and what is particular to a kind of object behind [`Object`].

mod create;
mod write;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tfplugin::schema::{IdentitySchema, Schema};
use tfplugin::value::Value;
use tfplugin::{Change, Context, Diagnostic, Diagnostics, Failed, Plan, Resource, State, async_trait};
use truefoundry_api::{Entity, Written};

use crate::object::{At, Object, Trouble};
use crate::session::Session;

/// Private: when the object was made, in seconds since 1970. A control plane may take a moment to show it.
const MADE: &str = "made";
/// How long after a create its object may not be shown yet.
const SETTLING: SignedDuration = SignedDuration::from_mins(1);
/// The pauses between looks for what was just written.
const LOOKS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// The resource over the objects of a kind.
pub(crate) struct Managed<O>(pub(crate) O);

impl<O: Object> Managed<O> {
    /// "creating the workspace `c:w`".
    fn doing(&self, doing: &str, value: &Value) -> String {
        format!("{doing} the {}", self.0.name(value))
    }

    /// The object of a state. One that was made a moment ago is looked for a few times before it counts as gone.
    async fn look(&self, at: &At<'_>, state: &State) -> Result<Option<Entity>, Diagnostics> {
        let told = |trouble: Trouble| trouble.told(&self.doing("reading", &state.value));
        let mut found = self.0.look(at, state).await.map_err(told)?;
        for pause in LOOKS {
            if found.is_some() || !is_settling(state) {
                break;
            }
            tracing::info!(object = self.0.name(&state.value), "not shown yet: looking again");
            at.client.pause(pause).await.map_err(|error| told(error.into()))?;
            found = self.0.look(at, state).await.map_err(told)?;
        }
        Ok(found)
    }

    /// The state after a write, once what comes after it has come about. When that fails, `keep` says whether the object
    /// goes into the state all the same.
    async fn finished(
        &self,
        at: &At<'_>,
        change: &Change,
        written: Written,
        keep: bool,
    ) -> Result<State, Failed> {
        let begun = self.0.written(change, &written.entity);
        match self.0.finish(at, &begun.value, written).await {
            Ok(entity) => Ok(self.0.written(change, &entity)),
            Err(trouble) => {
                let doing = self.doing(self.0.finishing(), &change.planned);
                let told = Failed::from(trouble.after_a_write().told(&doing));
                Err(if keep { told.with_state(begun) } else { told })
            }
        }
    }
}

fn is_settling(state: &State) -> bool {
    let made = state.private.get(MADE).and_then(|made| Timestamp::from_second(made.as_i64()?).ok());
    made.is_some_and(|made| Timestamp::now() < made + SETTLING)
}

#[async_trait]
impl<O: Object> Resource<Session> for Managed<O> {
    fn schema(&self) -> Schema {
        self.0.schema()
    }

    fn validate(&self, config: &Value, out: &mut Diagnostics) {
        self.0.validate(config, out);
    }

    async fn plan(&self, _cx: &Context<Session>, plan: &mut Plan) -> Result<(), Diagnostics> {
        self.0.plan(plan);
        Ok(())
    }

    async fn create(&self, cx: &Context<Session>, change: &Change) -> Result<State, Failed> {
        self.create_object(&At::new(cx)?, change).await
    }

    async fn read(&self, cx: &Context<Session>, state: &State) -> Result<Option<State>, Diagnostics> {
        let at = At::new(cx)?;
        let Some(entity) = self.look(&at, state).await? else { return Ok(None) };
        at.session.journal.end(&self.0.subject(&state.value));
        let mut shown = self.0.shown(state, &entity)?;
        shown.private.remove(MADE);
        Ok(Some(shown))
    }

    async fn update(&self, cx: &Context<Session>, change: &Change) -> Result<State, Failed> {
        let at = At::new(cx)?;
        let prior = State { private: change.private.clone(), ..State::from(change.prior.clone()) };
        let current = self.look(&at, &prior).await?.ok_or_else(|| is_gone(&self.0.name(&change.prior)))?;
        let told = |trouble: Trouble| trouble.told(&self.doing("updating", &change.planned));
        let latest = self.0.latest(&at, &current).await.map_err(told)?;
        // An earlier apply may have begun it, and not seen its end.
        let is_under_way = latest.stamp() != current.stamp();
        let already =
            if is_under_way { self.already(&at, change, &latest).await.map_err(told)? } else { None };
        let written = match already {
            _ if self.0.is_local(change) => Written { entity: current, pending: None },
            Some(already) => already,
            None => self.write(&at, change, Some(&latest)).await.map_err(|unheard| told(unheard.trouble))?,
        };
        self.finished(&at, change, written, true).await
    }

    async fn delete(&self, cx: &Context<Session>, state: &State) -> Result<(), Failed> {
        let at = At::new(cx)?;
        let told = |trouble: Trouble| trouble.told(&self.doing("deleting", &state.value));
        self.0.may_delete(&at, state).await.map_err(told)?;
        self.0.delete(&at, state).await.map_err(told)?;
        let subject = self.0.subject(&state.value);
        at.session.journal.end(&subject);
        at.session.claims.release(&subject);
        Ok(())
    }

    async fn import(&self, cx: &Context<Session>, id: &str) -> Result<State, Diagnostics> {
        let at = At::new(cx)?;
        let imported = self.0.import(&at, id).await;
        imported.map_err(|trouble| trouble.told(&format!("looking for the {} `{id}`", self.0.title())))
    }

    fn identity(&self) -> Option<IdentitySchema> {
        self.0.identity()
    }

    async fn import_by_identity(
        &self,
        cx: &Context<Session>,
        identity: &Value,
    ) -> Result<State, Diagnostics> {
        Ok(self.import(cx, &self.0.import_id(identity)).await?.with_identity(identity.clone()))
    }
}

fn is_gone(name: &str) -> Diagnostic {
    Diagnostic::error(format!("The {name} is gone")).detail(
        "Somebody deleted it since it was planned to change it. Nothing was written.\n\nhint: run again; the next plan \
         creates it anew.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_not_written() {
        assert_eq!(
            is_gone("workspace `c:w`").to_string(),
            "The workspace `c:w` is gone: Somebody deleted it since it was planned to change it. Nothing was \
             written.\n\nhint: run again; the next plan creates it anew."
        );
    }
}
