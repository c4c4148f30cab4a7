//! The methods of the gRPC service, one table. A panic in a resource ends in a diagnostic and not in a crashed provider.
//! What has to wait gets a task of its own, so that a client that goes away does not abandon a change half way; what may
//! take long to compute gets a thread.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use prost::Message as _;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};
use tracing::Instrument;

use super::refuse::Refuse;
use super::{Inner, Server};
use crate::at_once::begin;
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;

pub(super) type Answer<T> = Result<Response<T>, Status>;

/// A stream of messages to Terraform.
pub(super) type Events<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// A request of so many bytes is worked on beside the thread that serves: objects of this size take milliseconds to read,
/// plan and check, and a request to stop must not wait for them.
const LARGE: usize = 64 * 1024;

/// Runs a method's work for a request of `size` bytes; whatever goes wrong becomes diagnostics in the answer.
async fn run<P, T, F>(
    server: &Server<P>,
    name: &'static str,
    size: usize,
    work: impl FnOnce(Arc<Inner<P>>) -> F + Send + 'static,
) -> Answer<T>
where
    P: Provider,
    T: Refuse + Send + 'static,
    F: Future<Output = Result<T, Diagnostics>> + Send,
{
    let inner = Arc::clone(&server.inner);
    let span = tracing::debug_span!("rpc", method = name);
    let started = std::time::Instant::now();
    let result = attempt(async move { work(inner).await }.instrument(span), size >= LARGE).await;
    tracing::debug!(method = name, microseconds = started.elapsed().as_micros() as u64, "answered");
    Ok(Response::new(match result {
        Ok(Ok(answer)) => answer,
        Ok(Err(diagnostics)) => T::refuse(diagnostics.into_wire()),
        Err(panic) => T::refuse(crashed(name, &panic).into_wire()),
    }))
}

/// What a panic carries.
type Panic = Box<dyn Any + Send>;

/// Runs work to its end whether or not anyone still waits for it, and catches its panic. `apart`, on another thread.
async fn attempt<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
    apart: bool,
) -> Result<T, Panic> {
    if apart {
        let runtime = Handle::current();
        return spawn_blocking(move || runtime.block_on(work)).await.map_err(reason);
    }
    let mut work = Box::pin(work);
    // After a panic nothing of the work is looked at again.
    match catch_unwind(AssertUnwindSafe(|| begin(work.as_mut())))? {
        Poll::Ready(result) => Ok(result),
        Poll::Pending => tokio::spawn(work).await.map_err(reason),
    }
}

/// Why a task has no result: what it panicked with, or that it was cancelled.
pub(super) fn reason(error: tokio::task::JoinError) -> Panic {
    error.try_into_panic().unwrap_or_else(|_| Box::new("the task was cancelled"))
}

/// What is told of a method whose work panicked.
pub(super) fn crashed(method: &str, panic: &Panic) -> Diagnostics {
    let reason = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => *text,
        (_, Some(text)) => text,
        _ => "no message",
    };
    let reason = crate::transport::log::scrub(reason);
    Diagnostic::error("The provider hit a fault of its own")
        .detail(format!(
            "While answering `{method}`: {reason}. What was done before stays as it is; run the command again. Please \
             report this with the log of `TF_LOG=DEBUG`."
        ))
        .into()
}

/// The service: every method with its name on the wire, the module of its messages, and what does its work. The names of
/// methods are those that the build makes of the protocol's.
macro_rules! service {
    (
        unary { $( $name:ident $method:ident $module:ident => $work:ident, )* }
        streaming { $( $stream_name:ident $stream:ident $message:ident => $source:ident, )* }
    ) => {
        #[tonic::async_trait]
        impl<P: Provider> wire::provider_server::Provider for Server<P> {
            $(
                async fn $method(
                    &self,
                    request: Request<wire::$module::Request>,
                ) -> Answer<wire::$module::Response> {
                    let request = request.into_inner();
                    let size = request.encoded_len();
                    run(self, stringify!($name), size, move |inner| async move { inner.$work(request).await }).await
                }
            )*
            $(
                async fn $stream(
                    &self,
                    request: Request<wire::$stream::Request>,
                ) -> Answer<Events<wire::$stream::$message>> {
                    tracing::debug!(method = stringify!($stream_name), "streams");
                    Ok(Response::new(Inner::$source(&self.inner, request.into_inner())))
                }
            )*

            async fn write_state_bytes(
                &self,
                request: Request<Streaming<wire::write_state_bytes::RequestChunk>>,
            ) -> Answer<wire::write_state_bytes::Response> {
                let chunks = request.into_inner();
                run(self, "WriteStateBytes", 0, move |inner| async move { inner.write_state(chunks).await }).await
            }
        }
    };
}

service! {
    unary {
        GetMetadata get_metadata get_metadata => get_metadata,
        GetProviderSchema get_provider_schema get_provider_schema => get_schema,
        GetResourceIdentitySchemas get_resource_identity_schemas get_resource_identity_schemas => get_identities,
        GetFunctions get_functions get_functions => get_functions,
        ValidateProviderConfig validate_provider_config validate_provider_config => validate_provider,
        ConfigureProvider configure_provider configure_provider => configure,
        StopProvider stop_provider stop_provider => stop,
        ValidateResourceConfig validate_resource_config validate_resource_config => validate_resource,
        UpgradeResourceState upgrade_resource_state upgrade_resource_state => upgrade_resource,
        UpgradeResourceIdentity upgrade_resource_identity upgrade_resource_identity => upgrade_identity,
        ReadResource read_resource read_resource => read_resource,
        PlanResourceChange plan_resource_change plan_resource_change => plan_resource,
        ApplyResourceChange apply_resource_change apply_resource_change => apply_resource,
        ImportResourceState import_resource_state import_resource_state => import_resource,
        MoveResourceState move_resource_state move_resource_state => move_resource,
        GenerateResourceConfig generate_resource_config generate_resource_config => generate_config,
        ValidateDataResourceConfig validate_data_resource_config validate_data_resource_config => validate_data,
        ReadDataSource read_data_source read_data_source => read_data,
        ValidateEphemeralResourceConfig validate_ephemeral_resource_config validate_ephemeral_resource_config
            => validate_ephemeral,
        OpenEphemeralResource open_ephemeral_resource open_ephemeral_resource => open_ephemeral,
        RenewEphemeralResource renew_ephemeral_resource renew_ephemeral_resource => renew_ephemeral,
        CloseEphemeralResource close_ephemeral_resource close_ephemeral_resource => close_ephemeral,
        CallFunction call_function call_function => call_function,
        ValidateListResourceConfig validate_list_resource_config validate_list_resource_config => validate_list,
        PlanAction plan_action plan_action => plan_action,
        ValidateActionConfig validate_action_config validate_action_config => validate_action,
        ValidateStateStoreConfig validate_state_store_config validate_state_store => validate_store,
        ConfigureStateStore configure_state_store configure_state_store => configure_store,
        LockState lock_state lock_state => lock_state,
        UnlockState unlock_state unlock_state => unlock_state,
        GetStates get_states get_states => get_states,
        DeleteState delete_state delete_state => delete_state,
    }
    streaming {
        ListResource list_resource Event => list_resource,
        InvokeAction invoke_action Event => invoke_action,
        ReadStateBytes read_state_bytes Response => read_state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_with_what_it_said() {
        let said = |panic: Panic| {
            crashed("ReadResource", &panic).iter().map(ToString::to_string).collect::<String>()
        };
        assert_eq!(
            said(Box::new("it broke")),
            "The provider hit a fault of its own: While answering `ReadResource`: it broke. What was done before stays \
             as it is; run the command again. Please report this with the log of `TF_LOG=DEBUG`."
        );
        assert!(said(Box::new(7)).contains("While answering `ReadResource`: no message. What"));
    }

    #[tokio::test]
    async fn a_task_that_was_cancelled_is_told_as_one() {
        let task = tokio::spawn(std::future::pending::<()>());
        task.abort();
        let panic = reason(task.await.unwrap_err());
        let said: String = crashed("ReadResource", &panic).iter().map(ToString::to_string).collect();
        assert!(said.contains("While answering `ReadResource`: the task was cancelled. What"), "{said}");
    }
}
