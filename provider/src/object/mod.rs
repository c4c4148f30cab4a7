//! What the lifecycle must know of an object: one adapter for each way in which the control plane keeps things.

mod report;
mod unmanaged;

pub(crate) use report::report;
pub(crate) use unmanaged::{is_mask, keep_unmanaged, would_be_lost};

use tfplugin::schema::{IdentitySchema, Schema};
use tfplugin::value::Value;
use tfplugin::{Change, Context, Diagnostic, Diagnostics, Plan, State, async_trait};
use truefoundry_api::{Client, Effect, Entity, Error, Written};

use crate::session::{Session, Subject, client};

/// The objects that one resource type manages.
///
/// None of these calls retries a write, waits for anything but an answer, or concludes something from what an answer lacks: the
/// lifecycle does that, once for all.
#[async_trait]
pub(crate) trait Object: Send + Sync + 'static {
    /// The schema of the resource.
    fn schema(&self) -> Schema;

    /// Checks the configuration beyond its schema.
    fn validate(&self, _config: &Value, _out: &mut Diagnostics) {}

    /// Changes the plan beyond what the schema does.
    fn plan(&self, _plan: &mut Plan) {}

    /// The name of the resource type: `truefoundry_workspace`.
    fn resource_type(&self) -> String;

    /// What identifies an object apart from its state.
    fn identity(&self) -> Option<IdentitySchema> {
        None
    }

    /// The import id of what an identity names.
    fn import_id(&self, _identity: &Value) -> String {
        String::new()
    }

    /// The object that a value is about.
    fn subject(&self, value: &Value) -> Subject;

    /// What messages call objects of this type: "workspace".
    fn title(&self) -> &str;

    /// What messages call one: "workspace `c:w`".
    fn name(&self, value: &Value) -> String;

    /// The id by which an object that is there is imported.
    fn imported_by(&self, value: &Value, existing: &Entity) -> String;

    /// The object as it is now: by its id where the state has one, else by what names it.
    async fn look(&self, at: &At<'_>, state: &State) -> Result<Option<Entity>, Trouble>;

    /// Sends the object as it is to be; `current` is how it is. Sent again only where it was surely refused.
    async fn write(&self, at: &At<'_>, change: &Change, current: Option<&Entity>)
    -> Result<Written, Trouble>;

    /// Whether a write may be repeated without making a second version, deployment or invitation.
    fn is_idempotent(&self) -> bool {
        true
    }

    /// Whether an object is as a write of `change` makes it, as far as it shows.
    fn holds(&self, change: &Change, there: &Entity) -> bool;

    /// An object as the last write of it made it, which may be under way while an older one is shown.
    async fn latest(&self, _at: &At<'_>, there: &Entity) -> Result<Entity, Trouble> {
        Ok(there.clone())
    }

    /// Whether an object shows all that a write of `change` sends, and no secret is among it.
    fn shows_all(&self, change: &Change) -> bool;

    /// Whether an object of which time and maker say that this create may have made it, is as it would have made it.
    fn may_be_ours(&self, change: &Change, there: &Entity) -> bool {
        self.holds(change, there)
    }

    /// What of an object that is there is to be waited for, a write having made it as it is; whether that comes to a good end, the
    /// waiting tells.
    fn heard(&self, _at: &At<'_>, there: &Entity) -> Written {
        Written { entity: there.clone(), pending: None }
    }

    /// Whether what an earlier write has begun came to a bad end, so that it must be written anew.
    async fn has_failed(&self, _at: &At<'_>, _there: &Entity) -> Result<bool, Trouble> {
        Ok(false)
    }

    /// Does what comes after a write, and waits for what `value` asks to wait for. Answers the object as it is then.
    async fn finish(&self, _at: &At<'_>, _value: &Value, written: Written) -> Result<Entity, Trouble> {
        Ok(written.entity)
    }

    /// What [`Object::finish`] waits for, as messages call it.
    fn finishing(&self) -> &str {
        "finishing"
    }

    /// Whether a change is about nothing that the control plane knows.
    fn is_local(&self, _change: &Change) -> bool {
        false
    }

    /// Refuses to delete the object where that would destroy more than it.
    async fn may_delete(&self, _at: &At<'_>, _state: &State) -> Result<(), Trouble> {
        Ok(())
    }

    /// Deletes the object; one that is gone already is no error.
    async fn delete(&self, at: &At<'_>, state: &State) -> Result<(), Trouble>;

    /// The state after a write: what was planned, and what the control plane decided.
    fn written(&self, change: &Change, entity: &Entity) -> State;

    /// The state of an object that was read.
    fn shown(&self, state: &State, entity: &Entity) -> Result<State, Diagnostic>;

    /// The state of the object with this import id.
    async fn import(&self, at: &At<'_>, id: &str) -> Result<State, Trouble>;
}

/// One operation.
pub(crate) struct At<'a> {
    pub(crate) cx: &'a Context<Session>,
    pub(crate) session: &'a Session,
    /// Stops when Terraform stops the operation.
    pub(crate) client: Client,
}

impl<'a> At<'a> {
    pub(crate) fn new(cx: &'a Context<Session>) -> Result<Self, Diagnostic> {
        Ok(Self { cx, session: cx.client()?, client: client(cx)? })
    }
}

/// Why something could not be done.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// A call failed.
    Call(Error),
    /// It was refused before any call, in these words.
    Told(Diagnostics),
}

impl Trouble {
    /// What it has done to the control plane.
    pub(crate) fn effect(&self) -> Effect {
        match self {
            Self::Call(error) => error.effect(),
            Self::Told(_) => Effect::None,
        }
    }

    /// The same of what came after a write: [`Error::after_a_write`].
    pub(crate) fn after_a_write(self) -> Self {
        match self {
            Self::Call(error) => Self::Call(error.after_a_write()),
            told @ Self::Told(_) => told,
        }
    }

    /// What the user is told when `doing` ("creating the workspace `c:w`") failed.
    pub(crate) fn told(self, doing: &str) -> Diagnostics {
        match self {
            Self::Call(error) => report(doing, &error).into(),
            Self::Told(diagnostics) => diagnostics,
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<Diagnostic> for Trouble {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Told(diagnostic.into())
    }
}

impl From<Diagnostics> for Trouble {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Told(diagnostics)
    }
}
