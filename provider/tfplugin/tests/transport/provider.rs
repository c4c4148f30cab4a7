//! The provider under test: it answers just enough to tell that calls arrive.

use std::process::ExitCode;
use std::time::Duration;

use tfplugin::log;
use tfplugin::proto::tfplugin6::provider_server::Provider;
use tfplugin::proto::tfplugin6::{
    self, Diagnostic, configure_provider, read_resource, stop_provider, validate_provider_config,
    validate_resource_config,
};
use tfplugin::transport::{Options, run};
use tonic::{Request, Response, Status, async_trait};

/// Must appear in nothing that the provider writes.
pub(crate) const SECRET: &str = "opensesame-\"42\"";

/// The provider's source address.
pub(crate) const ADDRESS: &str = "registry.terraform.io/example/under-test";

pub(crate) fn main() -> ExitCode {
    run(UnderTest, &Options::from_args(ADDRESS, std::env::args_os()))
}

pub(crate) struct UnderTest;

#[async_trait]
impl Provider for UnderTest {
    /// Sends the configuration back.
    async fn validate_provider_config(
        &self,
        request: Request<validate_provider_config::Request>,
    ) -> Result<Response<validate_provider_config::Response>, Status> {
        let config = request.into_inner().config.unwrap_or_default().msgpack;
        let detail = String::from_utf8_lossy(&config).into_owned();
        let diagnostic = Diagnostic { detail, ..Diagnostic::default() };
        Ok(Response::new(validate_provider_config::Response { diagnostics: vec![diagnostic] }))
    }

    /// Logs, at every level, what must not be seen.
    async fn configure_provider(
        &self,
        _: Request<tfplugin6::configure_provider::Request>,
    ) -> Result<Response<configure_provider::Response>, Status> {
        log::redact(SECRET);
        tracing::error!(token = SECRET, "using {SECRET}");
        tracing::trace!(token = ?SECRET, "using it");
        Ok(Response::new(configure_provider::Response::default()))
    }

    /// Takes longer than anyone waits.
    async fn read_resource(
        &self,
        _: Request<read_resource::Request>,
    ) -> Result<Response<read_resource::Response>, Status> {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        Err(Status::deadline_exceeded("nobody waited"))
    }

    /// Fails as badly as it can.
    async fn stop_provider(
        &self,
        _: Request<stop_provider::Request>,
    ) -> Result<Response<stop_provider::Response>, Status> {
        log::redact(SECRET);
        panic!("cannot bear {SECRET}");
    }

    /// Fails without a word.
    async fn validate_resource_config(
        &self,
        _: Request<validate_resource_config::Request>,
    ) -> Result<Response<validate_resource_config::Response>, Status> {
        std::panic::panic_any(42);
    }
}
