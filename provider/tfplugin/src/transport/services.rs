//! The services of the process, found by the path of a call.

use std::convert::Infallible;
use std::future::ready;

use hyper::body::Incoming;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Service as _, http};

use super::hooks::{Broker, Controller, Stdio};
use super::schema_once::{Answering, SchemaOnce};
use crate::proto::goplugin::grpc_broker_server::{self, GrpcBrokerServer};
use crate::proto::goplugin::grpc_controller_server::{self, GrpcControllerServer};
use crate::proto::goplugin::grpc_stdio_server::{self, GrpcStdioServer};
use crate::proto::tfplugin6::provider_server;

/// The provider, and what the host expects beside it.
#[derive(Clone)]
pub(super) struct Services {
    pub(super) provider: SchemaOnce,
    pub(super) controller: GrpcControllerServer<Controller>,
    pub(super) stdio: GrpcStdioServer<Stdio>,
    pub(super) broker: GrpcBrokerServer<Broker>,
}

impl hyper::service::Service<http::Request<Incoming>> for Services {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: http::Request<Incoming>) -> Self::Future {
        let request = request.map(Body::new);
        // A path is `/package.Service/Method`.
        match request.uri().path().split('/').nth(1).unwrap_or_default() {
            provider_server::SERVICE_NAME => self.provider.call(request),
            grpc_controller_server::SERVICE_NAME => self.controller.clone().call(request),
            grpc_stdio_server::SERVICE_NAME => self.stdio.clone().call(request),
            grpc_broker_server::SERVICE_NAME => self.broker.clone().call(request),
            other => {
                let status = Status::unimplemented(format!("there is no service `{other}` here"));
                Box::pin(ready(Ok(status.into_http())))
            }
        }
    }
}
