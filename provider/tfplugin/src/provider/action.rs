//! Actions: things to do that are not objects, such as a restart.

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::Context;
use crate::diag::Diagnostics;
use crate::schema::Schema;
use crate::value::Value;

/// Something that Terraform does when asked to, without a state of its own.
///
/// ```
/// use tfplugin::schema::{Attribute, Schema};
/// use tfplugin::value::Value;
/// use tfplugin::{Action, Context, Diagnostics, Progress, async_trait};
///
/// struct Restart;
///
/// #[async_trait]
/// impl Action<()> for Restart {
///     fn schema(&self) -> Schema {
///         Schema::new([("name", Attribute::string().required())])
///     }
///
///     async fn invoke(&self, _: &Context<()>, config: &Value, progress: &Progress) -> Result<(), Diagnostics> {
///         let name = config.get("name").as_str().unwrap_or_default();
///         progress.report(format!("restarting `{name}`")).await;
///         Ok(())
///     }
/// }
/// # let _ = Restart;
/// ```
#[async_trait]
pub trait Action<C: Send + Sync + 'static>: Send + Sync {
    /// Its schema. Attributes are configured: there is no state to compute any for.
    fn schema(&self) -> Schema;

    /// Checks the configuration beyond its schema. Values may be unknown; the network must not be used.
    fn validate(&self, _config: &Value, _out: &mut Diagnostics) {}

    /// Checks while planning that the action can be done. Values may be unknown. It may only be deferred because the
    /// provider's configuration is unknown.
    ///
    /// # Errors
    /// Why it cannot be done.
    async fn plan(&self, _cx: &Context<C>, _config: &Value) -> Result<(), Diagnostics> {
        Ok(())
    }

    /// Does it. The user sees each message given to `progress`.
    ///
    /// # Errors
    /// Why it failed.
    async fn invoke(&self, cx: &Context<C>, config: &Value, progress: &Progress) -> Result<(), Diagnostics>;
}

/// Tells the user how an action goes on.
#[derive(Clone, Debug)]
pub struct Progress {
    pub(crate) sink: mpsc::Sender<String>,
}

impl Progress {
    /// Shows a message. It is dropped when nobody listens any more: the action goes on.
    pub async fn report(&self, message: impl Into<String> + Send) {
        drop(self.sink.send(message.into()).await);
    }
}
