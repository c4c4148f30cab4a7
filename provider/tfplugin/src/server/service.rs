//! The methods of the gRPC service. Each runs in a task of its own, so that a panic in a resource ends in a diagnostic
//! and not in a crashed provider, and so that a client that goes away does not abandon a change half way.

use std::future::Future;
use std::sync::Arc;

use tonic::{Request, Response, Status};
use tracing::Instrument;

use super::{Inner, Server};
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;

type Answer<T> = Result<Response<T>, Status>;

/// Runs a method's work; whatever goes wrong becomes the answer that `refuse` makes of diagnostics.
async fn run<P, T, F>(
    server: &Server<P>,
    name: &'static str,
    work: impl FnOnce(Arc<Inner<P>>) -> F + Send + 'static,
    refuse: impl FnOnce(Vec<wire::Diagnostic>) -> T,
) -> Answer<T>
where
    P: Provider,
    T: Send + 'static,
    F: Future<Output = Result<T, Diagnostics>> + Send,
{
    let inner = Arc::clone(&server.inner);
    let span = tracing::debug_span!("rpc", method = name);
    let started = std::time::Instant::now();
    let result = tokio::spawn(async move { work(inner).await }.instrument(span)).await;
    tracing::debug!(method = name, microseconds = started.elapsed().as_micros() as u64, "answered");
    Ok(Response::new(match result {
        Ok(Ok(answer)) => answer,
        Ok(Err(diagnostics)) => refuse(diagnostics.into_wire()),
        Err(error) => refuse(crashed(name, error).into_wire()),
    }))
}

fn crashed(method: &str, error: tokio::task::JoinError) -> Diagnostics {
    let reason = match error.try_into_panic() {
        Ok(panic) => match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
            (Some(text), _) => (*text).to_owned(),
            (_, Some(text)) => text.clone(),
            _ => "no message".to_owned(),
        },
        Err(_) => "the task was cancelled".to_owned(),
    };
    let reason = crate::transport::log::scrub(&reason);
    Diagnostic::error("The provider hit a fault of its own")
        .detail(format!(
            "While answering `{method}`: {reason}. What was done before stays as it is; run the command again. Please \
             report this with the log of `TF_LOG=DEBUG`."
        ))
        .into()
}

/// A method whose work gives a response or diagnostics.
macro_rules! method {
    ($self:ident, $name:literal, $response:path, $request:ident, |$inner:ident| $work:expr) => {{
        type Answered = $response;
        let $request = $request.into_inner();
        let refuse = |diagnostics| Answered { diagnostics, ..Answered::default() };
        run($self, $name, move |$inner| async move { $work }, refuse).await
    }};
}

/// A method whose response is diagnostics and nothing else.
macro_rules! verdict {
    ($self:ident, $name:literal, $response:path, $request:ident, |$inner:ident| $work:expr) => {{
        type Answered = $response;
        let $request = $request.into_inner();
        let answer = |found: Diagnostics| Answered { diagnostics: found.into_wire() };
        let refuse = |diagnostics| Answered { diagnostics };
        run($self, $name, move |$inner| async move { $work.map(answer) }, refuse).await
    }};
}

#[tonic::async_trait]
impl<P: Provider> wire::provider_server::Provider for Server<P> {
    async fn get_metadata(
        &self,
        _: Request<wire::get_metadata::Request>,
    ) -> Answer<wire::get_metadata::Response> {
        Ok(Response::new(self.inner.get_metadata()))
    }

    async fn get_provider_schema(
        &self,
        _: Request<wire::get_provider_schema::Request>,
    ) -> Answer<wire::get_provider_schema::Response> {
        Ok(Response::new(self.inner.get_schema()))
    }

    async fn validate_provider_config(
        &self,
        request: Request<wire::validate_provider_config::Request>,
    ) -> Answer<wire::validate_provider_config::Response> {
        verdict!(self, "ValidateProviderConfig", wire::validate_provider_config::Response, request, |inner| {
            inner.validate_provider(&request)
        })
    }

    async fn configure_provider(
        &self,
        request: Request<wire::configure_provider::Request>,
    ) -> Answer<wire::configure_provider::Response> {
        verdict!(self, "ConfigureProvider", wire::configure_provider::Response, request, |inner| inner
            .configure(request)
            .await)
    }

    async fn validate_resource_config(
        &self,
        request: Request<wire::validate_resource_config::Request>,
    ) -> Answer<wire::validate_resource_config::Response> {
        verdict!(self, "ValidateResourceConfig", wire::validate_resource_config::Response, request, |inner| {
            inner.validate_resource(&request)
        })
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<wire::upgrade_resource_state::Request>,
    ) -> Answer<wire::upgrade_resource_state::Response> {
        method!(self, "UpgradeResourceState", wire::upgrade_resource_state::Response, request, |inner| inner
            .upgrade_resource(&request))
    }

    async fn read_resource(
        &self,
        request: Request<wire::read_resource::Request>,
    ) -> Answer<wire::read_resource::Response> {
        method!(self, "ReadResource", wire::read_resource::Response, request, |inner| inner
            .read_resource(request)
            .await)
    }

    async fn plan_resource_change(
        &self,
        request: Request<wire::plan_resource_change::Request>,
    ) -> Answer<wire::plan_resource_change::Response> {
        method!(self, "PlanResourceChange", wire::plan_resource_change::Response, request, |inner| inner
            .plan_resource(request)
            .await)
    }

    async fn apply_resource_change(
        &self,
        request: Request<wire::apply_resource_change::Request>,
    ) -> Answer<wire::apply_resource_change::Response> {
        method!(self, "ApplyResourceChange", wire::apply_resource_change::Response, request, |inner| inner
            .apply_resource(request)
            .await)
    }

    async fn import_resource_state(
        &self,
        request: Request<wire::import_resource_state::Request>,
    ) -> Answer<wire::import_resource_state::Response> {
        method!(self, "ImportResourceState", wire::import_resource_state::Response, request, |inner| inner
            .import_resource(request)
            .await)
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<wire::validate_data_resource_config::Request>,
    ) -> Answer<wire::validate_data_resource_config::Response> {
        verdict!(
            self,
            "ValidateDataResourceConfig",
            wire::validate_data_resource_config::Response,
            request,
            |inner| inner.validate_data(&request)
        )
    }

    async fn read_data_source(
        &self,
        request: Request<wire::read_data_source::Request>,
    ) -> Answer<wire::read_data_source::Response> {
        method!(self, "ReadDataSource", wire::read_data_source::Response, request, |inner| inner
            .read_data(request)
            .await)
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<wire::validate_ephemeral_resource_config::Request>,
    ) -> Answer<wire::validate_ephemeral_resource_config::Response> {
        verdict!(
            self,
            "ValidateEphemeralResourceConfig",
            wire::validate_ephemeral_resource_config::Response,
            request,
            |inner| inner.validate_ephemeral(&request)
        )
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<wire::open_ephemeral_resource::Request>,
    ) -> Answer<wire::open_ephemeral_resource::Response> {
        method!(self, "OpenEphemeralResource", wire::open_ephemeral_resource::Response, request, |inner| {
            inner.open_ephemeral(request).await
        })
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<wire::renew_ephemeral_resource::Request>,
    ) -> Answer<wire::renew_ephemeral_resource::Response> {
        method!(self, "RenewEphemeralResource", wire::renew_ephemeral_resource::Response, request, |inner| {
            inner.renew_ephemeral(request).await
        })
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<wire::close_ephemeral_resource::Request>,
    ) -> Answer<wire::close_ephemeral_resource::Response> {
        verdict!(self, "CloseEphemeralResource", wire::close_ephemeral_resource::Response, request, |inner| {
            inner.close_ephemeral(request).await
        })
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<wire::get_resource_identity_schemas::Request>,
    ) -> Answer<wire::get_resource_identity_schemas::Response> {
        // No identities: an answer, since newer cores ask every provider.
        Ok(Response::new(wire::get_resource_identity_schemas::Response::default()))
    }

    async fn get_functions(
        &self,
        _: Request<wire::get_functions::Request>,
    ) -> Answer<wire::get_functions::Response> {
        let functions = self.inner.functions();
        Ok(Response::new(wire::get_functions::Response { functions, diagnostics: Vec::new() }))
    }

    async fn call_function(
        &self,
        request: Request<wire::call_function::Request>,
    ) -> Answer<wire::call_function::Response> {
        let request = request.into_inner();
        run(
            self,
            "CallFunction",
            move |inner| async move { Ok(inner.call_function(&request)) },
            |diagnostics| {
                let text = diagnostics.into_iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect();
                let error = Some(wire::FunctionError { text, function_argument: None });
                wire::call_function::Response { result: None, error }
            },
        )
        .await
    }

    async fn stop_provider(
        &self,
        _: Request<wire::stop_provider::Request>,
    ) -> Answer<wire::stop_provider::Response> {
        tracing::info!("asked to stop: ending what runs");
        self.inner.stop();
        Ok(Response::new(wire::stop_provider::Response::default()))
    }
}
