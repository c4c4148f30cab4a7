//! What an operation has at hand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::diag::{Diagnostic, Diagnostics};
use crate::value::Value;

/// Why an operation is put off to a later run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeferReason {
    /// The resource's configuration holds values that are not known yet.
    ResourceConfigUnknown,
    /// The provider's configuration holds values that are not known yet.
    ProviderConfigUnknown,
    /// Something that must be there first is not.
    AbsentPrerequisite,
}

/// Whether an operation may be put off, and whether it was.
#[derive(Debug, Default)]
pub(crate) struct Deferral {
    pub(crate) allowed: bool,
    pub(crate) asked: Mutex<Option<DeferReason>>,
}

/// When an operation must have ended; wakes those who wait for its cancellation.
#[derive(Debug)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    pub(crate) timeout: Duration,
    pub(crate) passed: Arc<AtomicBool>,
    /// Wakes the operation; ended with it.
    pub(crate) timer: tokio::task::JoinHandle<()>,
}

/// What an operation has at hand: the client, cancellation, its deadline, and ways to tell the user something.
pub struct Context<C> {
    pub(crate) client: Option<Arc<C>>,
    pub(crate) cancellation: CancellationToken,
    pub(crate) warnings: Mutex<Diagnostics>,
    pub(crate) meta: Value,
    pub(crate) deferral: Deferral,
    pub(crate) deadline: Option<Deadline>,
    /// The client was asked for and not there.
    pub(crate) missed: AtomicBool,
}

impl<C> Context<C> {
    /// The client that the provider made of its configuration.
    ///
    /// # Errors
    /// When the configuration holds values that are not known yet.
    pub fn client(&self) -> Result<&C, Diagnostic> {
        self.client.as_deref().ok_or_else(|| {
            self.missed.store(true, Ordering::Relaxed);
            Diagnostic::error("The provider's configuration is not known yet").detail(
                "A value in the `provider` block comes from a resource that is not created yet, and this operation \
                 needs it. Create that resource first (in an earlier layer), or give the value directly.",
            )
        })
    }

    /// Cancelled when the user interrupts Terraform, when the operation's deadline has passed, or when nobody waits
    /// for a listing any more: end waits soon, and return what is there.
    #[must_use]
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    /// When the operation must have ended, by the `timeouts` of its configuration or their defaults
    /// ([`crate::schema::Timeouts`]). `None` where the schema has no timeout for it.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline.as_ref().map(|deadline| deadline.at)
    }

    /// The timeout that [`Context::deadline`] was made of: for messages ("not ready after 20m").
    #[must_use]
    pub fn timeout(&self) -> Option<Duration> {
        self.deadline.as_ref().map(|deadline| deadline.timeout)
    }

    /// Whether the cancellation came from the deadline, and not from the user.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.deadline.as_ref().is_some_and(|deadline| deadline.passed.load(Ordering::Acquire))
    }

    /// What the module's `provider_meta` block says; null without one.
    #[must_use]
    pub fn provider_meta(&self) -> &Value {
        &self.meta
    }

    /// Whether Terraform allows this operation to be put off to a later run.
    #[must_use]
    pub fn may_defer(&self) -> bool {
        self.deferral.allowed
    }

    /// Puts the operation off to a later run. Its result is then not looked at. Where [`Context::may_defer`] does not
    /// hold, the user gets an error with the reason instead.
    pub fn defer(&self, reason: DeferReason) {
        *self.deferral.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    /// Tells the user something that does not fail the operation.
    pub fn warn(&self, warning: Diagnostic) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }

    /// Why the operation is put off, if it is: because the resource said so, or because it `failed` for want of a client
    /// that cannot be made yet.
    pub(crate) fn deferred(&self, failed: bool) -> Option<DeferReason> {
        let asked = *self.deferral.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let missed = failed && self.deferral.allowed && self.missed.load(Ordering::Relaxed);
        asked.or(missed.then_some(DeferReason::ProviderConfigUnknown))
    }

    /// The warnings, when the work is done.
    pub(crate) fn into_warnings(self) -> Diagnostics {
        self.warnings.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
