//! Managed resources, and what goes in and out of their operations.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{Context, Stored};
use crate::diag::{Diagnostic, Diagnostics};
use crate::schema::{IdentitySchema, Schema};
use crate::value::{DecodeError, Path, Type, Value};

/// Data that a resource keeps beside its state, invisible to the user. Not a place for secrets: it stands in the
/// state file. What [`Resource::read`] and [`Resource::import`] give replaces what was there; a create or update that
/// gives none keeps what was planned.
pub type Private = BTreeMap<String, serde_json::Value>;

/// An object as it is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// The attributes. Ones left out are null.
    pub value: Value,
    /// What is kept beside them.
    pub private: Private,
    /// What identifies the object ([`Resource::identity`]). When null, it is taken from the attributes of the same
    /// names, and where there are none of them, it stays as it was.
    pub identity: Value,
}

impl State {
    /// Adds what identifies the object.
    #[must_use]
    pub fn with_identity(self, identity: Value) -> Self {
        Self { identity, ..self }
    }
}

impl From<Value> for State {
    fn from(value: Value) -> Self {
        Self { value, ..Self::default() }
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
    /// What identifies the object, as planned; null while it is not known.
    pub identity: Value,
}

impl Change {
    /// Whether the write-only attribute `name` is to be sent: while creating, and when its companion `<name>_version`
    /// ([`Schema::write_only_version`]) has changed. Terraform cannot tell by itself, since it keeps no such value.
    #[must_use]
    pub fn sends(&self, name: &str) -> bool {
        let version = format!("{name}_version");
        self.prior.is_null() || self.prior.get(&version) != self.planned.get(&version)
    }
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
    /// What is kept beside the state. In the plan that is made again while applying, Terraform 1.16 and newer give what
    /// the first plan left here: a place for what must not be made anew, such as a random name.
    pub private: Private,
    /// Attributes whose change replaces the object.
    pub replace: Vec<Path>,
    /// What identifies the object: as it was; null while it is to be created, also again after a deletion. One that the
    /// resource sets must be wholly known, else none is planned, and the apply tells it.
    pub identity: Value,
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

    /// What identifies an object beyond its state (Terraform 1.12 and newer). `None`: nothing does.
    fn identity(&self) -> Option<IdentitySchema> {
        None
    }

    /// Makes of an identity the state that [`Resource::read`] needs. Without an answer of its own, a resource takes
    /// the attributes of the same names.
    ///
    /// # Errors
    /// Why the identity names no object.
    async fn import_by_identity(&self, _cx: &Context<C>, identity: &Value) -> Result<State, Diagnostics> {
        let schema = self.schema();
        let mut value = schema.empty();
        for (name, part) in identity.as_object().into_iter().flatten() {
            if !schema.attributes().contains_key(name) {
                let summary = "This resource cannot be imported by identity";
                return Err(Diagnostic::error(summary).detail("Import it by its id.").into());
            }
            value.put(name.as_str(), part.clone());
        }
        Ok(State::from(value).with_identity(identity.clone()))
    }

    /// Converts an identity of an older version.
    ///
    /// # Errors
    /// Why it cannot be converted.
    fn upgrade_identity(&self, version: i64, _identity: &Stored) -> Result<Value, Diagnostics> {
        let problem = format!("The identity has version {version}, which this provider cannot read");
        Err(Diagnostic::error(problem)
            .detail("Use an older version of the provider to upgrade it first.")
            .into())
    }

    /// Takes over an object from another resource type or provider (the `moved` block): the state here, made of the
    /// one there. `None`: not from that source.
    ///
    /// # Errors
    /// Why the source's state cannot be taken over.
    async fn take_over(&self, _cx: &Context<C>, _source: &MoveSource) -> Result<Option<State>, Diagnostics> {
        Ok(None)
    }

    /// Changes the configuration that the server made of a state for `terraform plan -generate-config-out`: what only
    /// the provider sets, what is at its default and what conflicts is null in it already.
    fn generate(&self, _state: &Value, _config: &mut Value) {}

    /// Converts a state of an older schema version.
    ///
    /// # Errors
    /// Why it cannot be converted.
    fn upgrade(&self, version: i64, _state: &Stored) -> Result<Value, Diagnostics> {
        let problem =
            format!("The state was written by schema version {version}, which this provider cannot read");
        Err(Diagnostic::error(problem)
            .detail("Use an older version of the provider to upgrade it first.")
            .into())
    }
}

/// An object of another type that is to become one of this type.
#[derive(Clone, Debug, Default)]
pub struct MoveSource {
    /// The source address of the provider that made it, such as `registry.terraform.io/hashicorp/null`.
    pub provider_address: String,
    /// Its type there.
    pub type_name: String,
    /// The schema version that its state was written by.
    pub schema_version: i64,
    /// Its state.
    pub state: Stored,
    /// What was kept beside its state, as that provider wrote it.
    pub private: Vec<u8>,
    /// Its identity; nothing where it has none.
    pub identity: Stored,
    /// The version of its identity.
    pub identity_version: i64,
}

impl MoveSource {
    /// The provider's type, without host and namespace: `null` of `registry.terraform.io/hashicorp/null`.
    #[must_use]
    pub fn provider(&self) -> &str {
        self.provider_address.rsplit('/').next().unwrap_or(&self.provider_address)
    }

    /// Reads the state as an object of type `ty`; attributes that `ty` does not have are dropped.
    ///
    /// # Errors
    /// When the state is not of that type.
    pub fn read(&self, ty: &Type) -> Result<Value, DecodeError> {
        self.state.read(ty)
    }
}
