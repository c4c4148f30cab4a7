//! Listing the objects that exist, managed or not.

use std::ops::ControlFlow;

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::Context;
use crate::diag::Diagnostics;
use crate::schema::Schema;
use crate::value::Value;

/// What a listing is asked for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The configuration of the `list` block; wholly known.
    pub config: Value,
    /// Whether whole objects are wanted and not only identities.
    pub include_object: bool,
    /// The most results that are wanted. The server stops after them; pages may be chosen by it.
    pub limit: Option<usize>,
}

/// One object of a listing.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// Its identity, as the resource's [`crate::schema::IdentitySchema`] says. When null, it is taken from `object`'s
    /// attributes of the same names.
    pub identity: Value,
    /// How to name it to a person.
    pub display_name: String,
    /// The whole object, as the resource's `read` gives it. Left out when [`Query::include_object`] does not hold.
    pub object: Option<Value>,
    /// What to tell about this object. One with an error is left out, and the error shown as a warning: the others are
    /// listed all the same.
    pub diagnostics: Diagnostics,
}

/// Lists the objects of a resource type.
///
/// ```
/// use tfplugin::schema::{Attribute, Schema};
/// use tfplugin::value::Value;
/// use tfplugin::{Context, Diagnostics, Found, ListResource, Listed, Query, async_trait};
///
/// struct Buckets;
///
/// #[async_trait]
/// impl ListResource<Vec<String>> for Buckets {
///     fn schema(&self) -> Schema {
///         Schema::new([("prefix", Attribute::string())])
///     }
///
///     async fn list(&self, cx: &Context<Vec<String>>, query: &Query, found: &mut Found) -> Result<(), Diagnostics> {
///         let prefix = query.config.get("prefix").as_str().unwrap_or_default();
///         for name in cx.client()?.iter().filter(|name| name.starts_with(prefix)) {
///             let identity = Value::object([("name", name.as_str().into())]);
///             let listed = Listed { identity, display_name: name.clone(), ..Listed::default() };
///             if found.push(listed).await.is_break() {
///                 break;
///             }
///         }
///         Ok(())
///     }
/// }
/// # let _ = Buckets;
/// ```
#[async_trait]
pub trait ListResource<C: Send + Sync + 'static>: Send + Sync {
    /// The schema of the configuration: what the listing can be narrowed by.
    fn schema(&self) -> Schema;

    /// Checks the configuration beyond its schema. Values may be unknown; the network must not be used.
    fn validate(&self, _config: &Value, _out: &mut Diagnostics) {}

    /// Finds the objects and hands each to `found`, until there are no more or `found` says
    /// [`ControlFlow::Break`]: the limit is reached, the user has cancelled, or Terraform has gone.
    ///
    /// # Errors
    /// Why the listing ended early; what was found before stays.
    async fn list(&self, cx: &Context<C>, query: &Query, found: &mut Found) -> Result<(), Diagnostics>;
}

/// Where a listing hands over what it finds.
#[derive(Debug)]
pub struct Found {
    sink: mpsc::Sender<Listed>,
    left: usize,
}

impl Found {
    pub(crate) fn new(sink: mpsc::Sender<Listed>, limit: Option<usize>) -> Self {
        Self { sink, left: limit.unwrap_or(usize::MAX) }
    }

    /// Hands over one object; waits while Terraform is busy with earlier ones. On [`ControlFlow::Break`] nothing
    /// further is wanted.
    pub async fn push(&mut self, object: Listed) -> ControlFlow<()> {
        let named = !object.identity.is_null() || object.object.is_some();
        let counts = named && !object.diagnostics.has_errors();
        if self.left == 0 || self.sink.send(object).await.is_err() {
            return ControlFlow::Break(());
        }
        self.left -= usize::from(counts);
        if self.left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// How many more objects are wanted at most.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left
    }
}
