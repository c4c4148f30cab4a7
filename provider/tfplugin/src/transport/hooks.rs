//! The services that the plugin host expects beside the provider.

use std::future::Future as _;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio_stream::Stream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::{Request, Response, Status, Streaming};

use super::options::Mode;
use crate::proto::goplugin::grpc_broker_server::GrpcBroker;
use crate::proto::goplugin::grpc_controller_server::GrpcController;
use crate::proto::goplugin::grpc_stdio_server::GrpcStdio;
use crate::proto::goplugin::{ConnInfo, Empty, StdioData};

/// A stream of server messages.
type Messages<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Ends the process when the host says so. Without it the host waits two seconds and kills.
pub(super) struct Controller {
    pub(super) mode: Mode,
    pub(super) stop: CancellationToken,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        match self.mode {
            // The server lets running calls finish, so this one is still answered.
            Mode::Plugin => self.stop.cancel(),
            Mode::Debug => tracing::debug!("shutdown requested, but this process ends by interrupt only"),
        }
        Ok(Response::new(Empty {}))
    }
}

/// Would carry the process's output to the host, which reads standard error by itself: stays silent.
pub(super) struct Stdio {
    pub(super) stop: CancellationToken,
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    async fn stream_stdio(&self, _: Request<()>) -> Result<Response<Messages<StdioData>>, Status> {
        Ok(Response::new(Silence::until(self.stop.clone(), ())))
    }
}

/// Would let either side open more connections, which Terraform's protocol never does: stays silent.
pub(super) struct Broker {
    pub(super) stop: CancellationToken,
}

#[tonic::async_trait]
impl GrpcBroker for Broker {
    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Messages<ConnInfo>>, Status> {
        Ok(Response::new(Silence::until(self.stop.clone(), request.into_inner())))
    }
}

/// A stream without messages that ends when the server stops: one that stayed open would hold the connection.
struct Silence<T, R> {
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
    /// The client's half, kept open.
    _requests: R,
    item: PhantomData<fn() -> T>,
}

impl<T: 'static, R: Send + Unpin + 'static> Silence<T, R> {
    fn until(stop: CancellationToken, requests: R) -> Messages<T> {
        Box::pin(Self { stop: Box::pin(stop.cancelled_owned()), _requests: requests, item: PhantomData })
    }
}

impl<T, R: Unpin> Stream for Silence<T, R> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        ready!(self.stop.as_mut().poll(cx));
        Poll::Ready(None)
    }
}
