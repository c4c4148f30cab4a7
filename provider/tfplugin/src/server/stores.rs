//! State stores, which this crate does not offer: every method says so. No schema names one, so Terraform has no reason
//! to ask.

use std::sync::Arc;

use tonic::Streaming;

use super::Inner;
use super::service::Events;
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;

fn unsupported(store: &str) -> Diagnostics {
    let name = if store.is_empty() { String::new() } else { format!(" `{store}`") };
    Diagnostic::error(format!("This provider has no state store{name}"))
        .detail("It does not support state stores. Use a backend: the `backend` or `cloud` block.")
        .into()
}

/// Methods that take a store's name and have nothing else to say.
macro_rules! unsupported {
    ($($method:ident $module:ident),* $(,)?) => {
        impl<P: Provider> Inner<P> {
            $(
                pub(super) async fn $method(
                    &self,
                    request: wire::$module::Request,
                ) -> Result<wire::$module::Response, Diagnostics> {
                    Err(unsupported(&request.type_name))
                }
            )*
        }
    };
}

unsupported! {
    validate_store validate_state_store,
    configure_store configure_state_store,
    lock_state lock_state,
    unlock_state unlock_state,
    get_states get_states,
    delete_state delete_state,
}

impl<P: Provider> Inner<P> {
    #[expect(clippy::needless_pass_by_value, reason = "the table of the service hands requests over")]
    pub(super) fn read_state(
        _: &Arc<Self>,
        request: wire::read_state_bytes::Request,
    ) -> Events<wire::read_state_bytes::Response> {
        let diagnostics = unsupported(&request.type_name).into_wire();
        let answer = wire::read_state_bytes::Response { diagnostics, ..Default::default() };
        Box::pin(tokio_stream::once(Ok(answer)))
    }

    /// Answers at the first chunk: what follows would be read for nothing.
    pub(super) async fn write_state(
        &self,
        mut chunks: Streaming<wire::write_state_bytes::RequestChunk>,
    ) -> Result<wire::write_state_bytes::Response, Diagnostics> {
        let first = chunks.message().await.ok().flatten();
        let name = first.and_then(|chunk| chunk.meta).map(|meta| meta.type_name).unwrap_or_default();
        Err(unsupported(&name))
    }
}
