//! What a provider author implements.

mod action;
mod context;
mod list;
mod others;
mod resource;
mod stored;

use std::borrow::Cow;

use async_trait::async_trait;

pub use action::{Action, Progress};
pub use context::{Context, DeferReason};
pub(crate) use context::{Deadline, Deferral};
pub use list::{Found, ListResource, Listed, Query};
pub use others::{DataSource, EphemeralResource, Function, Opened};
pub use resource::{Change, Failed, MoveSource, Plan, Private, Resource, State};
pub use stored::Stored;

use crate::diag::Diagnostics;
use crate::schema::Schema;
use crate::value::Value;

/// Objects of a provider by the name that configurations use.
pub type Named<T> = Vec<(Cow<'static, str>, Box<T>)>;

/// A Terraform provider: its configuration, and what it manages.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// What resources need to do their work, made from the provider's configuration; an API client as a rule.
    type Client: Send + Sync + 'static;

    /// The schema of the `provider` block.
    fn schema(&self) -> Schema;

    /// The schema of the `provider_meta` block, with which a module tells the provider something about itself;
    /// [`Context::provider_meta`] has what it says. `None`: the provider takes none.
    fn meta_schema(&self) -> Option<Schema> {
        None
    }

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

    /// The list resources (`terraform query`, Terraform 1.14), each by the name of the resource that it lists. That
    /// resource must have an identity: [`Resource::identity`].
    fn list_resources(&self) -> Named<dyn ListResource<Self::Client>> {
        Vec::new()
    }

    /// The actions (Terraform 1.14), by full type name.
    fn actions(&self) -> Named<dyn Action<Self::Client>> {
        Vec::new()
    }

    /// The functions, by name.
    fn functions(&self) -> Named<dyn Function> {
        Vec::new()
    }

    /// Checks the configuration beyond its schema. Values may be unknown; the network must not be used.
    fn validate(&self, _config: &Value, _out: &mut Diagnostics) {}

    /// Makes the client. While planning, values may be unknown: answer `None` when the client cannot be made yet, and
    /// only operations that need it fail, with a message that says so. Where Terraform allows it, they are put off
    /// instead.
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
    /// Whether this run may put operations off to a later one. Terraform sets it in some runs that do not, so look at
    /// [`Context::may_defer`] before deferring.
    pub may_defer: bool,
}
