//! A provider inside the calling process, for tests.

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::endpoint::{Address, Endpoint};
use super::error::ServeError;
use super::options::{Mode, Options};
use super::reattach;
use super::server::serve_on;
use crate::proto::tfplugin6::provider_server::Provider;

/// A provider served on the current runtime. Any number of clients may connect, one after the other or at once, without
/// TLS. It ends when dropped.
pub struct TestServer {
    address: Address,
    source: String,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl TestServer {
    /// Starts to serve. Needs a tokio runtime around it, and does not touch the process's signals, logs or output.
    ///
    /// # Errors
    /// [`ServeError::Listen`] when no socket can be opened.
    pub fn start<S: Provider>(service: S, options: &Options) -> Result<Self, ServeError> {
        let endpoint = Endpoint::bind(None, (0, 0))?;
        let address = endpoint.address().clone();
        let stop = CancellationToken::new();
        let debug = options.clone().with_mode(Mode::Debug);
        let task = tokio::spawn(serve_on(endpoint, None, service, debug, stop.clone()));
        Ok(Self { address, source: options.address().to_owned(), stop, task })
    }

    /// The value of the environment variable `TF_REATTACH_PROVIDERS` that makes Terraform use this server.
    pub fn reattach(&self) -> String {
        reattach::describe(&self.source, &self.address)
    }

    /// The address for a gRPC client: `ProviderClient::connect(server.uri())`.
    pub fn uri(&self) -> String {
        self.address.uri()
    }

    /// Stops serving, and returns when running calls have ended or been cut off and the socket is removed.
    pub async fn stop(mut self) {
        self.stop.cancel();
        // A panic in the server ends up in the test's output; here it counts as an end.
        let _ = (&mut self.task).await;
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
