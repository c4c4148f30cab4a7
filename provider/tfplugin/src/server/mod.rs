//! The gRPC service: wire messages to typed values and back, each rule of the protocol in one place.

mod convert;
mod data;
mod ephemeral;
mod functions;
mod provider;
mod registry;
mod resource;
mod service;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio_util::sync::CancellationToken;

use crate::diag::{Diagnostic, Diagnostics};
use crate::provider::{Context, Provider};
use registry::Registry;

/// Serves a [`Provider`] as the gRPC service that Terraform calls.
pub struct Server<P: Provider> {
    inner: Arc<Inner<P>>,
}

impl<P: Provider> Server<P> {
    /// A server of this provider.
    #[must_use]
    pub fn new(provider: P) -> Self {
        let registry = Registry::of(&provider);
        let inner = Inner {
            provider,
            registry,
            client: RwLock::default(),
            running: Mutex::new(CancellationToken::new()),
        };
        Self { inner: Arc::new(inner) }
    }
}

impl<P: Provider> Clone for Server<P> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

struct Inner<P: Provider> {
    provider: P,
    registry: Registry<P::Client>,
    /// Replaced by every configuration: in reattach mode one process sees many.
    client: RwLock<Option<Arc<P::Client>>>,
    /// Cancels the operations that run now; replaced when it has done so, since the provider goes on serving.
    running: Mutex<CancellationToken>,
}

impl<P: Provider> Inner<P> {
    fn context(&self) -> Context<P::Client> {
        Context {
            client: self.client.read().unwrap_or_else(PoisonError::into_inner).clone(),
            cancellation: self.running.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            warnings: Mutex::default(),
        }
    }

    fn set_client(&self, client: Option<P::Client>) {
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = client.map(Arc::new);
    }

    fn stop(&self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.cancel();
        *running = CancellationToken::new();
    }
}

/// Takes the warnings out of a context that has done its work.
fn warnings<C>(cx: Context<C>) -> Diagnostics {
    cx.warnings.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A name that Terraform asked for and the provider does not have: a fault of one of the two, not of the user.
fn no_such(kind: &str, name: &str) -> Diagnostics {
    Diagnostic::error(format!("This provider has no {kind} `{name}`"))
        .detail("The name may come from another version of the provider: run `terraform init -upgrade`.")
        .into()
}
