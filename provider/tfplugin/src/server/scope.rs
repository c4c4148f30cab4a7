//! What is set up around one operation: its client, cancellation, deadline, and whether it may be put off.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Inner;
use super::presence::refuse_absent;
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::{Context, Deadline, DeferReason, Deferral, Provider};
use crate::value::Value;

/// What a request says of the circumstances of its operation.
#[derive(Clone, Copy, Default)]
pub(super) struct Ask<'a> {
    pub(super) meta: Option<&'a wire::DynamicValue>,
    pub(super) capabilities: Option<wire::ClientCapabilities>,
    pub(super) timeout: Option<Duration>,
}

impl<P: Provider> Inner<P> {
    pub(super) fn context(&self, ask: Ask<'_>) -> Result<Context<P::Client>, Diagnostics> {
        let cancellation = self.running.lock().unwrap_or_else(PoisonError::into_inner).child_token();
        let deadline = ask.timeout.map(|timeout| Deadline::start(timeout, cancellation.clone()));
        let meta = match &self.registry.meta {
            Some(meta) => {
                let value = meta.decode(ask.meta)?;
                refuse_absent(&meta.schema, &value).map_err(of_meta)?;
                value
            }
            None => Value::Null,
        };
        let allowed = ask.capabilities.is_some_and(|capabilities| capabilities.deferral_allowed);
        Ok(Context {
            client: self.client.read().unwrap_or_else(PoisonError::into_inner).clone(),
            cancellation,
            warnings: Mutex::default(),
            meta,
            deferral: Deferral { allowed, asked: Mutex::default() },
            deadline,
            missed: AtomicBool::new(false),
        })
    }
}

/// Says that a fault is in the block `provider_meta`: its path would point into the resource.
fn of_meta(found: Diagnostics) -> Diagnostics {
    let mut out = Diagnostics::new();
    for told in found.into_vec() {
        let summary = format!("In `provider_meta` of the module: {}", told.summary);
        out.push(Diagnostic { summary, path: None, ..told });
    }
    out
}

impl Deadline {
    /// Cancels `cancellation` when `timeout` has passed, unless the deadline is dropped before.
    fn start(timeout: Duration, cancellation: tokio_util::sync::CancellationToken) -> Self {
        let passed = Arc::new(AtomicBool::new(false));
        let mark = Arc::clone(&passed);
        let timer = tokio::spawn(async move {
            tokio::time::sleep(timeout).await;
            mark.store(true, std::sync::atomic::Ordering::Release);
            cancellation.cancel();
        });
        Self { at: Instant::now() + timeout, timeout, passed, timer }
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        self.timer.abort();
    }
}

/// How an operation came out.
pub(super) enum Outcome<T> {
    /// With a result.
    Done(T),
    /// It is put off.
    Deferred(wire::Deferred),
}

/// Settles what an operation gave: whether it is put off, as far as Terraform allows that, or failed. A deadline that
/// has passed is told beside the error that it led to.
pub(super) fn outcome<C, T>(
    cx: &Context<C>,
    result: Result<T, Diagnostics>,
) -> Result<Outcome<T>, Diagnostics> {
    if let Some(reason) = cx.deferred(result.is_err()) {
        if !cx.may_defer() {
            return Err(not_deferrable(reason));
        }
        return Ok(Outcome::Deferred(wire::Deferred { reason: reason_to_wire(reason).into() }));
    }
    match result {
        Ok(result) => Ok(Outcome::Done(result)),
        Err(mut diagnostics) => {
            if let Some(late) = too_late(cx) {
                diagnostics.push(late);
            }
            Err(diagnostics)
        }
    }
}

/// What is told when the deadline has passed.
pub(super) fn too_late<C>(cx: &Context<C>) -> Option<Diagnostic> {
    let timeout = cx.timeout().filter(|_| cx.timed_out())?;
    Some(
        Diagnostic::error(format!("The operation was given up after {timeout:?}")).detail(
            "It takes longer than its timeout. Raise the timeout in `timeouts` of the configuration.",
        ),
    )
}

fn not_deferrable(reason: DeferReason) -> Diagnostics {
    let why = match reason {
        DeferReason::ResourceConfigUnknown => "its configuration holds values that are not known yet",
        DeferReason::ProviderConfigUnknown => {
            "the provider's configuration holds values that are not known yet"
        }
        DeferReason::AbsentPrerequisite => "something that must be there first is not",
    };
    Diagnostic::error("The operation cannot be done yet")
        .detail(format!(
            "It should be put off to a later run, since {why}, and this run of Terraform does not allow that. Create \
             first what it depends on, in a run of its own (`terraform apply -target=...`)."
        ))
        .into()
}

fn reason_to_wire(reason: DeferReason) -> wire::deferred::Reason {
    match reason {
        DeferReason::ResourceConfigUnknown => wire::deferred::Reason::ResourceConfigUnknown,
        DeferReason::ProviderConfigUnknown => wire::deferred::Reason::ProviderConfigUnknown,
        DeferReason::AbsentPrerequisite => wire::deferred::Reason::AbsentPrereq,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_put_off_says_why_and_what_to_do() {
        let said = |reason| not_deferrable(reason).iter().map(ToString::to_string).collect::<String>();
        assert_eq!(
            said(DeferReason::ResourceConfigUnknown),
            "The operation cannot be done yet: It should be put off to a later run, since its configuration holds \
             values that are not known yet, and this run of Terraform does not allow that. Create first what it \
             depends on, in a run of its own (`terraform apply -target=...`)."
        );
        assert!(
            said(DeferReason::ProviderConfigUnknown)
                .contains("since the provider's configuration holds values that are not known yet, and")
        );
        assert!(
            said(DeferReason::AbsentPrerequisite)
                .contains("since something that must be there first is not, and")
        );
    }

    #[test]
    fn a_fault_of_the_module_s_own_block_says_where_it_is() {
        let schema = crate::schema::Schema::new([("module", crate::schema::Attribute::string().required())]);
        let lacking = Value::object([("module", Value::Null)]);
        let told = refuse_absent(&schema, &lacking).map_err(of_meta).unwrap_err();
        assert_eq!(
            told.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "In `provider_meta` of the module: `module` is required: Its value is null. Give it one, or see why the \
              variable or expression behind it gives none."
            ]
        );
    }
}
