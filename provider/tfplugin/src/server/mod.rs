//! The gRPC service: wire messages to typed values and back, each rule of the protocol in one place.

mod actions;
mod catalog;
mod configure;
mod convert;
mod data;
mod ephemeral;
mod functions;
mod lists;
mod presence;
mod refuse;
mod registry;
mod resource;
mod scope;
mod service;
mod stores;

use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock};

use prost::Message as _;
use tokio_util::sync::CancellationToken;

use crate::diag::{Diagnostic, Diagnostics};
use crate::provider::Provider;
use crate::schema::SchemaError;
use registry::Registry;

/// Serves a [`Provider`] as the gRPC service that Terraform calls.
pub struct Server<P: Provider> {
    inner: Arc<Inner<P>>,
}

impl<P: Provider> Server<P> {
    /// A server of this provider. In debug builds it checks its answers: [`Server::checking`].
    #[must_use]
    pub fn new(provider: P) -> Self {
        let provider = Arc::new(provider);
        let named = Arc::clone(&provider);
        let inner = Inner {
            provider,
            registry: LazyLock::new(Box::new(move || Registry::of(named.as_ref()))),
            client: RwLock::default(),
            running: Mutex::new(CancellationToken::new()),
            checks: cfg!(debug_assertions),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Whether every answer is held against the rules of [`crate::check`]. One that breaks a rule becomes an error which
    /// names the attribute, instead of the message that Terraform would show for it. On in debug builds.
    #[must_use]
    pub fn checking(mut self, checks: bool) -> Self {
        // A server that is shared already keeps what it was made with.
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.checks = checks;
        }
        self
    }

    /// The schema as the bytes that Terraform is sent, for [`Options::with_schema`](crate::Options::with_schema): the same
    /// provider gives the same bytes each time.
    ///
    /// # Errors
    /// What Terraform would refuse to load.
    pub fn encode_schema(&self) -> Result<Vec<u8>, Vec<SchemaError>> {
        let faults = self.inner.registry.faults();
        if faults.is_empty() { Ok(self.inner.schema().encode_to_vec()) } else { Err(faults) }
    }
}

impl<P: Provider> Clone for Server<P> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

/// A value that is made when it is first looked at.
type Lazily<T> = LazyLock<T, Box<dyn FnOnce() -> T + Send + Sync>>;

struct Inner<P: Provider> {
    provider: Arc<P>,
    /// Made at the first call: the host waits for the handshake.
    registry: Lazily<Registry<P::Client>>,
    /// Replaced by every configuration: in reattach mode one process sees many.
    client: RwLock<Option<Arc<P::Client>>>,
    /// Cancels the operations that run now; replaced when it has done so, since the provider goes on serving.
    running: Mutex<CancellationToken>,
    checks: bool,
}

impl<P: Provider> Inner<P> {
    fn set_client(&self, client: Option<P::Client>) {
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = client.map(Arc::new);
    }
}

/// A name that Terraform asked for and the provider does not have: a fault of one of the two, not of the user.
fn no_such(kind: &str, name: &str) -> Diagnostics {
    Diagnostic::error(format!("This provider has no {kind} `{name}`"))
        .detail("The name may come from another version of the provider: run `terraform init -upgrade`.")
        .into()
}
