//! Actions.

use std::sync::Arc;

use safe_text::into_shown;
use tokio::sync::mpsc;
use tokio_stream::{StreamExt, once};

use super::Inner;
use super::lists::Guarded;
use super::registry::Entry;
use super::scope::{Ask, Outcome, outcome};
use super::service::{Events, crashed, reason};
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::{Action, Context, Progress, Provider};
use crate::value::Value;
use wire::invoke_action::event::{Completed, Type};

/// How many messages wait for Terraform to take them.
const AHEAD: usize = 16;

type Event = wire::invoke_action::Event;

impl<P: Provider> Inner<P> {
    pub(super) async fn validate_action(
        &self,
        request: wire::validate_action_config::Request,
    ) -> Result<wire::validate_action_config::Response, Diagnostics> {
        let entry = self.registry.actions.get(&request.type_name)?;
        let config = entry.shape().decode(request.config.as_ref())?;
        let out = validate(entry, &config);
        Ok(wire::validate_action_config::Response { diagnostics: out.into_wire_for(&entry.shape().schema) })
    }

    pub(super) async fn plan_action(
        &self,
        request: wire::plan_action::Request,
    ) -> Result<wire::plan_action::Response, Diagnostics> {
        let entry = self.registry.actions.get(&request.action_type)?;
        let config = entry.shape().decode(request.config.as_ref())?;
        refuse_invalid(entry, &config)?;
        let cx = self.context(Ask { capabilities: request.client_capabilities, ..Ask::default() })?;
        let result = entry.object.plan(&cx, &config).await;
        let deferred = match outcome(&cx, result)? {
            Outcome::Done(()) => None,
            Outcome::Deferred(deferred)
                if deferred.reason() == wire::deferred::Reason::ProviderConfigUnknown =>
            {
                Some(deferred)
            }
            Outcome::Deferred(_) => {
                let summary = "The provider put an action off for a reason that Terraform does not take";
                let detail = "An action can only wait for the provider's configuration. This is a bug of the provider.";
                return Err(Diagnostic::error(summary).detail(detail).into());
            }
        };
        Ok(wire::plan_action::Response { diagnostics: cx.into_warnings().into_wire(), deferred })
    }

    /// Starts an action. The stream ends with exactly one `completed`, whatever happens.
    pub(super) fn invoke_action(inner: &Arc<Self>, request: wire::invoke_action::Request) -> Events<Event> {
        let prepared = inner.registry.actions.get(&request.action_type).and_then(|entry| {
            let config = entry.shape().decode(request.config.as_ref())?;
            refuse_invalid(entry, &config)?;
            Ok((config, inner.context(Ask::default())?))
        });
        let (config, cx) = match prepared {
            Ok(prepared) => prepared,
            Err(diagnostics) => return Box::pin(once(Ok(completed(diagnostics)))),
        };
        let (events, receiver) = mpsc::channel(AHEAD);
        let guard = cx.cancellation.clone().drop_guard();
        let (inner, name) = (Arc::clone(inner), request.action_type);
        tokio::spawn(async move {
            let (sink, mut messages) = mpsc::channel(1);
            // The action has a task of its own: when it panics, what it said before is still shown.
            let running = tokio::spawn(invoke(inner, name, cx, config, Progress { sink }));
            while let Some(message) = messages.recv().await {
                let message = into_shown(message);
                let progress = Type::Progress(wire::invoke_action::event::Progress { message });
                // An action goes on when nobody listens: half done is worse than done.
                drop(events.send(Event { r#type: Some(progress) }).await);
            }
            let ended = running.await.unwrap_or_else(|error| crashed("InvokeAction", &reason(error)));
            drop(events.send(completed(ended)).await);
        });
        Box::pin(Guarded::new(receiver, guard).map(Ok))
    }
}

fn validate<C: Send + Sync + 'static>(entry: &Entry<Box<dyn Action<C>>>, config: &Value) -> Diagnostics {
    let mut out = Diagnostics::new();
    entry.shape().schema.validate_config(config, &mut out);
    entry.object.validate(config, &mut out);
    out
}

/// Validates again: Terraform validates an action once, and what comes from a variable or a resource is known only later.
fn refuse_invalid<C: Send + Sync + 'static>(
    entry: &Entry<Box<dyn Action<C>>>,
    config: &Value,
) -> Result<(), Diagnostics> {
    let found = validate(entry, config);
    if found.has_errors() { Err(found) } else { Ok(()) }
}

/// Runs the action; gives what is to be told at its end.
async fn invoke<P: Provider>(
    inner: Arc<Inner<P>>,
    name: String,
    cx: Context<P::Client>,
    config: Value,
    progress: Progress,
) -> Diagnostics {
    let entry = match inner.registry.actions.get(&name) {
        Ok(entry) => entry,
        Err(diagnostics) => return diagnostics,
    };
    let result = entry.object.invoke(&cx, &config, &progress).await;
    let mut out = cx.into_warnings();
    out.extend(result.err().unwrap_or_default());
    out
}

fn completed(diagnostics: Diagnostics) -> Event {
    Event { r#type: Some(Type::Completed(Completed { diagnostics: diagnostics.into_wire() })) }
}
