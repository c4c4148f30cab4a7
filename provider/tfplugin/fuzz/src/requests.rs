//! Requests on every method, as bytes on the wire: whatever they are, the answer is a message or a gRPC status, soon.

use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use tfplugin::Server;
use tfplugin::proto::tfplugin6::provider_server::ProviderServer;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use super::everything::Everything;

/// Every method of the protocol.
pub const METHODS: [&str; 36] = [
    "GetMetadata",
    "GetProviderSchema",
    "ValidateProviderConfig",
    "ValidateResourceConfig",
    "ValidateDataResourceConfig",
    "UpgradeResourceState",
    "GetResourceIdentitySchemas",
    "UpgradeResourceIdentity",
    "ConfigureProvider",
    "ReadResource",
    "PlanResourceChange",
    "ApplyResourceChange",
    "ImportResourceState",
    "MoveResourceState",
    "ReadDataSource",
    "GenerateResourceConfig",
    "ValidateEphemeralResourceConfig",
    "OpenEphemeralResource",
    "RenewEphemeralResource",
    "CloseEphemeralResource",
    "ListResource",
    "ValidateListResourceConfig",
    "GetFunctions",
    "CallFunction",
    "ValidateStateStoreConfig",
    "ConfigureStateStore",
    "ReadStateBytes",
    "WriteStateBytes",
    "LockState",
    "UnlockState",
    "GetStates",
    "DeleteState",
    "PlanAction",
    "InvokeAction",
    "ValidateActionConfig",
    "StopProvider",
];

/// How long an answer may take. Far more than any needs, far less than for ever.
const PATIENCE: Duration = Duration::from_secs(20);

thread_local! {
    static PROVIDER: (Runtime, ProviderServer<Server<Everything>>) = {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        (runtime, ProviderServer::new(Server::new(Everything)))
    };
}

/// A message with the five bytes that go before it on the wire.
pub fn frame(message: &[u8]) -> Vec<u8> {
    let mut framed = BytesMut::with_capacity(message.len() + 5);
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).expect("a short message"));
    framed.put_slice(message);
    framed.to_vec()
}

/// The method by the first byte, then its message; with the highest bit of that byte, what stands on the wire instead.
pub fn request(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let method = METHODS[usize::from(first & 0x7f) % METHODS.len()];
    let body = if first & 0x80 == 0 { frame(rest) } else { rest.to_vec() };
    PROVIDER.with(|(runtime, provider)| {
        let request = http::Request::post(format!("http://provider/tfplugin6.Provider/{method}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(tonic::body::Body::new(Full::new(Bytes::from(body))))
            .expect("a request");
        let answered = runtime.block_on(async {
            tokio::time::timeout(PATIENCE, async {
                let response = provider.clone().oneshot(request).await.expect("this service cannot fail");
                let headers = response.headers().clone();
                let collected = response.into_body().collect().await.expect("the answer has an end");
                let trailers = collected.trailers().cloned().unwrap_or_default();
                headers.contains_key("grpc-status") || trailers.contains_key("grpc-status")
            })
            .await
        });
        assert_eq!(answered, Ok(true), "`{method}` answers with a status");
    });
}
