//! The gRPC server over one endpoint, from the first connection to the last.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http2;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::{Connections, Patience, Stream};
use super::endpoint::Endpoint;
use super::gathered::Gathered;
use super::hooks::{Broker, Controller, Stdio};
use super::options::{Mode, Options};
use super::schema_once::SchemaOnce;
use super::services::Services;
use crate::at_once::AtOnce;
use crate::proto::goplugin::grpc_broker_server::GrpcBrokerServer;
use crate::proto::goplugin::grpc_controller_server::GrpcControllerServer;
use crate::proto::goplugin::grpc_stdio_server::GrpcStdioServer;
use crate::proto::tfplugin6::provider_server::{Provider, ProviderServer};

/// The largest message in either direction, in bytes, as providers in Go have it. States can be large; the default
/// would be 4 MiB.
const LARGEST_MESSAGE: usize = 256 << 20;

/// How long a peer may take for its TLS handshake.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// How long running calls may take to finish once the server stops. The host kills after two seconds.
const LAST_CALLS: Duration = Duration::from_millis(800);

/// How long a process that Terraform started stays without a connection: at first as long as the host waits for a
/// plugin, and after the last one has closed just long enough for a reconnect.
const PATIENCE: Patience = Patience { first: Duration::from_secs(60), next: Duration::from_secs(3) };

/// Serves on `endpoint` until `stop` is cancelled; in [`Mode::Plugin`] also until the host asks, or has gone.
pub(super) async fn serve_on<S: Provider>(
    endpoint: Endpoint,
    tls: Option<Arc<ServerConfig>>,
    service: S,
    options: Options,
    stop: CancellationToken,
) {
    let provider = ProviderServer::new(service)
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE);
    serve_any(endpoint, tls, SchemaOnce::new(provider, options.schema()), options.mode(), stop).await;
}

/// Knows no more of the provider than its methods.
async fn serve_any(
    endpoint: Endpoint,
    tls: Option<Arc<ServerConfig>>,
    provider: SchemaOnce,
    mode: Mode,
    stop: CancellationToken,
) {
    let services = Services {
        provider,
        controller: GrpcControllerServer::new(Controller { mode, stop: stop.clone() }),
        stdio: GrpcStdioServer::new(Stdio { stop: stop.clone() }),
        broker: GrpcBrokerServer::new(Broker { stop: stop.clone() }),
    };
    let connections = Connections::new();
    let served = TaskTracker::new();
    tokio::select! {
        () = accept(endpoint, tls, services, &connections, &served, &stop) => (),
        () = stop.cancelled() => (),
        () = connections.abandoned(PATIENCE), if mode == Mode::Plugin => {
            tracing::debug!("nobody is connected: the provider ends");
            stop.cancel();
        }
    }
    served.close();
    // Calls that have not ended by then are cut off with the runtime.
    let _ = timeout(LAST_CALLS, served.wait()).await;
}

/// Serves every new connection. Each one gets its own task, so that a peer that stalls in its handshake holds up nobody.
async fn accept(
    endpoint: Endpoint,
    tls: Option<Arc<ServerConfig>>,
    services: Services,
    connections: &Connections,
    served: &TaskTracker,
    stop: &CancellationToken,
) {
    let tls = tls.map(TlsAcceptor::from);
    loop {
        let socket = match endpoint.accept().await {
            Ok(socket) => socket,
            Err(error) => {
                // Such as too many open files: it can pass.
                tracing::warn!(%error, "cannot accept a connection");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (tls, services, connections, stop) =
            (tls.clone(), services.clone(), connections.clone(), stop.clone());
        served.spawn(async move {
            let secured = tokio::select! {
                secured = secure(socket, tls) => secured,
                () = stop.cancelled() => return,
            };
            match secured {
                Ok(stream) => {
                    let _open = connections.open();
                    serve_connection(stream, services, &stop).await;
                }
                Err(error) => tracing::warn!(%error, "refused a connection"),
            }
        });
    }
}

async fn secure(socket: Box<dyn Stream>, tls: Option<TlsAcceptor>) -> io::Result<Box<dyn Stream>> {
    let Some(tls) = tls else { return Ok(socket) };
    let stream = timeout(HANDSHAKE_LIMIT, tls.accept(socket)).await.map_err(io::Error::from)??;
    Ok(Box::new(stream))
}

/// Speaks HTTP/2 until the peer closes the connection, or `stop` is cancelled and the last call has been answered.
async fn serve_connection(stream: Box<dyn Stream>, services: Services, stop: &CancellationToken) {
    let mut http = http2::Builder::new(AtOnce);
    // The host's own settings limit how much it asks at once, and nobody reads a date.
    http.max_concurrent_streams(None).auto_date_header(false);
    let mut connection = pin!(http.serve_connection(TokioIo::new(Gathered::new(stream)), services));
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended in an error");
    }
}
