//! What a provider author implements.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::diag::{Diagnostic, Diagnostics};
use crate::schema::Schema;
use crate::value::{Path, Value};

/// Objects of a provider by the name that configurations use.
pub type Named<T> = Vec<(Cow<'static, str>, Box<T>)>;

/// A Terraform provider: its configuration, and what it manages.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// What resources need to do their work, made from the provider's configuration; an API client as a rule.
    type Client: Send + Sync + 'static;

    /// The schema of the `provider` block.
    fn schema(&self) -> Schema;

    /// The resources, by full type name.
    fn resources(&self) -> Named<dyn Resource<Self::Client>> {
        Vec::new()
    }

    /// The data sources, by full type name.
    fn data_sources(&self) -> Named<dyn DataSource<Self::Client>> {
        Vec::new()
    }

    /// The ephemeral resources, by full type name.
    fn ephemeral_resources(&self) -> Named<dyn EphemeralResource<Self::Client>> {
        Vec::new()
    }

    /// The functions, by name.
    fn functions(&self) -> Named<dyn Function> {
        Vec::new()
    }

    /// Checks the configuration beyond its schema. Values may be unknown; the network must not be used.
    fn validate(&self, _config: &Value, _out: &mut Diagnostics) {}

    /// Makes the client. While planning, values may be unknown: answer `None` when the client cannot be made yet, and
    /// only operations that need it fail, with a message that says so.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    async fn configure(&self, config: &Value, setup: &Setup) -> Result<Option<Self::Client>, Diagnostics>;
}

/// What Terraform says of itself when it configures a provider.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Terraform's version, such as `1.11.4`.
    pub terraform_version: String,
}

/// What an operation has at hand.
pub struct Context<C> {
    pub(crate) client: Option<Arc<C>>,
    pub(crate) cancellation: CancellationToken,
    pub(crate) warnings: Mutex<Diagnostics>,
}

impl<C> Context<C> {
    /// The client that the provider made of its configuration.
    ///
    /// # Errors
    /// When the configuration holds values that are not known yet.
    pub fn client(&self) -> Result<&C, Diagnostic> {
        self.client.as_deref().ok_or_else(|| {
            Diagnostic::error("The provider's configuration is not known yet").detail(
                "A value in the `provider` block comes from a resource that is not created yet, and this operation \
                 needs it. Create that resource first (in an earlier layer), or give the value directly.",
            )
        })
    }

    /// Cancelled when the user interrupts Terraform: end waits soon, and return what is there.
    #[must_use]
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    /// Tells the user something that does not fail the operation.
    pub fn warn(&self, warning: Diagnostic) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }
}

/// Data that a resource keeps beside its state, invisible to the user. Not a place for secrets: it stands in the
/// state file.
pub type Private = BTreeMap<String, serde_json::Value>;

/// An object as it is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// The attributes. Ones left out are null.
    pub value: Value,
    /// What is kept beside them.
    pub private: Private,
}

impl From<Value> for State {
    fn from(value: Value) -> Self {
        Self { value, private: Private::new() }
    }
}

/// A planned change, to be carried out.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The state before; null for a create.
    pub prior: Value,
    /// The state wanted; unknown where the provider decides.
    pub planned: Value,
    /// The configuration: the only place where write-only values are.
    pub config: Value,
    /// What was kept beside the prior state, as changed by planning.
    pub private: Private,
}

/// A plan that a resource may still change.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The state before; null for a create.
    pub prior: Value,
    /// The state wanted; null for a delete. Change only computed attributes.
    pub planned: Value,
    /// The configuration; null for a delete.
    pub config: Value,
    /// What is kept beside the state.
    pub private: Private,
    /// Attributes whose change replaces the object.
    pub replace: Vec<Path>,
}

/// A change that failed, with what exists all the same.
#[derive(Clone, Debug, Default)]
pub struct Failed {
    /// Why.
    pub diagnostics: Diagnostics,
    /// The object as it now is, if it is known to exist and should be kept in the state. A create that fails half way
    /// must give it, else the object is lost.
    pub state: Option<State>,
}

impl Failed {
    /// Adds the object as it now is.
    #[must_use]
    pub fn with_state(self, state: impl Into<State>) -> Self {
        Self { state: Some(state.into()), ..self }
    }
}

impl From<Diagnostic> for Failed {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics::from(diagnostic).into()
    }
}

impl From<Diagnostics> for Failed {
    fn from(diagnostics: Diagnostics) -> Self {
        Self { diagnostics, state: None }
    }
}

/// A kind of object that Terraform creates, reads, updates and deletes.
#[async_trait]
pub trait Resource<C: Send + Sync + 'static>: Send + Sync {
    /// Its schema.
    fn schema(&self) -> Schema;

    /// Checks the configuration beyond its schema. Values may be unknown; the network must not be used.
    fn validate(&self, _config: &Value, _out: &mut Diagnostics) {}

    /// Changes the plan beyond what the schema's modifiers do. Must be deterministic: it runs again while applying.
    ///
    /// # Errors
    /// Why the change cannot be planned.
    async fn plan(&self, _cx: &Context<C>, _plan: &mut Plan) -> Result<(), Diagnostics> {
        Ok(())
    }

    /// Creates the object.
    ///
    /// # Errors
    /// Why it failed, with the object if it exists all the same.
    async fn create(&self, cx: &Context<C>, change: &Change) -> Result<State, Failed>;

    /// Reads the object; `None` when it is gone. After an import only the attributes set by it are there.
    ///
    /// # Errors
    /// Why it could not be read. An object that could not be read is not gone.
    async fn read(&self, cx: &Context<C>, state: &State) -> Result<Option<State>, Diagnostics>;

    /// Updates the object in place.
    ///
    /// # Errors
    /// Why it failed; without a state, the prior one is kept.
    async fn update(&self, cx: &Context<C>, change: &Change) -> Result<State, Failed>;

    /// Deletes the object. One that is gone already is a success.
    ///
    /// # Errors
    /// Why it failed; without a state, the prior one is kept.
    async fn delete(&self, cx: &Context<C>, state: &State) -> Result<(), Failed>;

    /// Makes of an import id the state that [`Resource::read`] needs.
    ///
    /// # Errors
    /// Why the id is not one, with its form.
    async fn import(&self, _cx: &Context<C>, _id: &str) -> Result<State, Diagnostics> {
        Err(Diagnostic::error("This resource cannot be imported").into())
    }

    /// Converts a state of an older schema version, given as the JSON it was stored as.
    ///
    /// # Errors
    /// Why it cannot be converted.
    fn upgrade(&self, version: i64, _state: &serde_json::Value) -> Result<Value, Diagnostics> {
        let problem =
            format!("The state was written by schema version {version}, which this provider cannot read");
        Err(Diagnostic::error(problem)
            .detail("Use an older version of the provider to upgrade it first.")
            .into())
    }
}

/// Something that Terraform only reads.
#[async_trait]
pub trait DataSource<C: Send + Sync + 'static>: Send + Sync {
    /// Its schema.
    fn schema(&self) -> Schema;

    /// Checks the configuration beyond its schema. Values may be unknown; the network must not be used.
    fn validate(&self, _config: &Value, _out: &mut Diagnostics) {}

    /// Reads it: the whole object, configured attributes included.
    ///
    /// # Errors
    /// Why it could not be read; a missing object is an error here.
    async fn read(&self, cx: &Context<C>, config: &Value) -> Result<Value, Diagnostics>;
}

/// An open ephemeral resource.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// The object, configured attributes included. It reaches no plan and no state.
    pub value: Value,
    /// When it must be renewed.
    pub renew_at: Option<SystemTime>,
    /// What renewing and closing need.
    pub private: Vec<u8>,
}

/// Something that exists only while Terraform runs, such as a token: never in a plan or state.
#[async_trait]
pub trait EphemeralResource<C: Send + Sync + 'static>: Send + Sync {
    /// Its schema.
    fn schema(&self) -> Schema;

    /// Checks the configuration beyond its schema. Values may be unknown; the network must not be used.
    fn validate(&self, _config: &Value, _out: &mut Diagnostics) {}

    /// Opens it.
    ///
    /// # Errors
    /// Why it could not be opened.
    async fn open(&self, cx: &Context<C>, config: &Value) -> Result<Opened, Diagnostics>;

    /// Renews it. Only called when [`Opened::renew_at`] was given; the answer's value is not looked at.
    ///
    /// # Errors
    /// Why it could not be renewed.
    async fn renew(&self, _cx: &Context<C>, private: &[u8]) -> Result<Opened, Diagnostics> {
        Ok(Opened { private: private.to_vec(), ..Opened::default() })
    }

    /// Closes it.
    ///
    /// # Errors
    /// Why it could not be closed.
    async fn close(&self, _cx: &Context<C>, _private: &[u8]) -> Result<(), Diagnostics> {
        Ok(())
    }
}

/// A pure function that configurations call as `provider::<name>::<function>(...)`.
pub trait Function: Send + Sync {
    /// Its parameters and result.
    fn signature(&self) -> crate::function::Signature;

    /// Computes the result. Arguments are as the signature says; variadic ones follow the others.
    ///
    /// # Errors
    /// Which argument is wrong, and why.
    fn call(&self, arguments: &[Value]) -> Result<Value, crate::function::FunctionError>;
}
