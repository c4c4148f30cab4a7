//! The provider's configuration, and stopping.

use std::sync::PoisonError;

use tokio_util::sync::CancellationToken;

use super::Inner;
use super::presence::refuse_absent;
use crate::diag::Diagnostics;
use crate::proto::tfplugin6 as wire;
use crate::provider::{Provider, Setup};

impl<P: Provider> Inner<P> {
    pub(super) async fn validate_provider(
        &self,
        request: wire::validate_provider_config::Request,
    ) -> Result<wire::validate_provider_config::Response, Diagnostics> {
        let provider = &self.registry.provider;
        let config = provider.decode(request.config.as_ref())?;
        let mut out = Diagnostics::new();
        provider.schema.validate_config(&config, &mut out);
        self.provider.validate(&config, &mut out);
        Ok(wire::validate_provider_config::Response { diagnostics: out.into_wire_for(&provider.schema) })
    }

    pub(super) async fn configure(
        &self,
        request: wire::configure_provider::Request,
    ) -> Result<wire::configure_provider::Response, Diagnostics> {
        let config = self.registry.provider.decode(request.config.as_ref())?;
        refuse_absent(&self.registry.provider.schema, &config)?;
        let setup = Setup {
            terraform_version: request.terraform_version,
            may_defer: request.client_capabilities.is_some_and(|client| client.deferral_allowed),
        };
        self.set_client(self.provider.configure(&config, &setup).await?);
        Ok(wire::configure_provider::Response::default())
    }

    pub(super) async fn stop(
        &self,
        _: wire::stop_provider::Request,
    ) -> Result<wire::stop_provider::Response, Diagnostics> {
        tracing::info!("asked to stop: ending what runs");
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.cancel();
        *running = CancellationToken::new();
        Ok(wire::stop_provider::Response::default())
    }
}
