//! The gRPC server over one endpoint, from the first connection to the last.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;

use super::connection::{Connection, Connections, Patience, Stream};
use super::endpoint::Endpoint;
use super::error::ServeError;
use super::hooks::{Broker, Controller, Stdio};
use super::options::{Mode, Options};
use super::schema_once::SchemaOnce;
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
) -> Result<(), ServeError> {
    let mode = options.mode();
    let connections = Connections::new();
    let (sender, receiver) = mpsc::channel(8);
    let accepting = accept(endpoint, tls, connections.clone(), sender);
    let provider = ProviderServer::new(service)
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE);
    let server = Server::builder()
        .add_service(SchemaOnce::new(provider, options.schema()))
        .add_service(GrpcControllerServer::new(Controller { mode, stop: stop.clone() }))
        .add_service(GrpcStdioServer::new(Stdio { stop: stop.clone() }))
        .add_service(GrpcBrokerServer::new(Broker { stop: stop.clone() }))
        .serve_with_incoming_shutdown(ReceiverStream::new(receiver), stop.clone().cancelled_owned());
    let watching = async {
        tokio::select! {
            () = stop.cancelled() => (),
            () = connections.abandoned(PATIENCE), if mode == Mode::Plugin => {
                tracing::debug!("nobody is connected: the provider ends");
                stop.cancel();
            }
        }
        sleep(LAST_CALLS).await;
    };
    tokio::select! {
        result = server => Ok(result?),
        () = accepting => Ok(()),
        () = watching => Ok(()),
    }
}

/// Hands every new connection to the server. Each one gets its own task, so that a peer that stalls in its handshake
/// holds up nobody.
async fn accept(
    endpoint: Endpoint,
    tls: Option<Arc<ServerConfig>>,
    connections: Connections,
    sender: mpsc::Sender<io::Result<Connection>>,
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
        let (tls, connections, sender) = (tls.clone(), connections.clone(), sender.clone());
        tokio::spawn(async move {
            match secure(socket, tls).await {
                // The receiver is gone when the server is stopping: the connection closes.
                Ok(stream) => drop(sender.send(Ok(Connection::new(stream, &connections))).await),
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
