//! The schema, encoded once: it never changes while a process lives, and with hundreds of resource types it is
//! megabytes. Its first answer is kept as the bytes that went out; later ones are those bytes. A provider that brings
//! its schema encoded never makes it.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame};
use tonic::body::Body;
use tonic::codegen::{Service as _, http};

use crate::proto::tfplugin6::provider_server::{Provider, ProviderServer};

/// The method whose answer is kept.
const METHOD: &str = "/tfplugin6.Provider/GetProviderSchema";

type Request = http::Request<Body>;
type Response = http::Response<Body>;

/// What becomes of a call.
pub(super) type Answering = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

/// The methods of a provider, whichever it is. What lies below them, HTTP/2 and TLS, is so compiled once and not anew for
/// every provider.
type Methods = Arc<dyn Fn(Request) -> Answering + Send + Sync>;

/// An answer as it goes out.
#[derive(Debug)]
struct Kept {
    headers: http::HeaderMap,
    /// The message in its frame; in parts, so that a long one is never copied.
    data: [Bytes; 2],
    trailers: http::HeaderMap,
}

/// The service of a provider whose schema is encoded once.
#[derive(Clone)]
pub(super) struct SchemaOnce {
    methods: Methods,
    kept: Arc<OnceLock<Kept>>,
}

impl SchemaOnce {
    /// Over the service, with the schema's message if it has been encoded before.
    pub(super) fn new<S: Provider>(service: ProviderServer<S>, encoded: Option<&'static [u8]>) -> Self {
        let kept = encoded.and_then(Kept::message).map_or_else(OnceLock::new, OnceLock::from);
        // A clone is a counted reference, and always ready.
        let methods = Arc::new(move |request| service.clone().call(request));
        Self { methods, kept: Arc::new(kept) }
    }
}

impl Kept {
    /// A successful answer with this message; `None` for one that is longer than messages can be.
    fn message(message: &'static [u8]) -> Option<Self> {
        let length = u32::try_from(message.len()).ok()?;
        // Not compressed, and the length: how gRPC frames a message.
        let prefix: Vec<u8> = std::iter::once(0).chain(length.to_be_bytes()).collect();
        let only = |name, value| {
            http::HeaderMap::from_iter([(
                http::HeaderName::from_static(name),
                http::HeaderValue::from_static(value),
            )])
        };
        Some(Self {
            headers: only("content-type", "application/grpc"),
            data: [prefix.into(), Bytes::from_static(message)],
            trailers: only("grpc-status", "0"),
        })
    }
}

impl SchemaOnce {
    /// Answers one call.
    pub(super) fn call(&self, request: Request) -> Answering {
        if request.uri().path() != METHOD {
            return (self.methods)(request);
        }
        let kept = Arc::clone(&self.kept);
        if kept.get().is_some() {
            return Box::pin(async move {
                // There is nothing in it, but a request that is not read to its end looks broken off.
                let mut body = request.into_body();
                while next(&mut body).await.is_some_and(|frame| frame.is_ok()) {}
                Ok(answer(&kept))
            });
        }
        let answered = (self.methods)(request);
        Box::pin(async move {
            let (parts, body) = answered.await?.into_parts();
            match collect(body).await {
                Ok((data, trailers)) if succeeded(&trailers) => {
                    // Two calls at once may both get here; they have the same to keep.
                    drop(kept.set(Kept { headers: parts.headers, data: [data, Bytes::new()], trailers }));
                    Ok(answer(&kept))
                }
                Ok((data, trailers)) => {
                    Ok(Response::from_parts(parts, ready([data, Bytes::new()], trailers)))
                }
                Err(status) => Ok(status.into_http()),
            }
        })
    }
}

fn succeeded(trailers: &http::HeaderMap) -> bool {
    trailers.get("grpc-status").is_some_and(|status| status == "0")
}

fn answer(kept: &OnceLock<Kept>) -> Response {
    let mut response = Response::new(Body::empty());
    if let Some(kept) = kept.get() {
        *response.headers_mut() = kept.headers.clone();
        *response.body_mut() = ready(kept.data.clone(), kept.trailers.clone());
    }
    response
}

async fn next(body: &mut Body) -> Option<Result<Frame<Bytes>, tonic::Status>> {
    std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await
}

/// A whole body with its trailers.
async fn collect(mut body: Body) -> Result<(Bytes, http::HeaderMap), tonic::Status> {
    let (mut data, mut trailers) = (BytesMut::new(), http::HeaderMap::new());
    while let Some(frame) = next(&mut body).await {
        match frame?.into_data() {
            Ok(part) => data.extend_from_slice(&part),
            Err(frame) => trailers.extend(frame.into_trailers().unwrap_or_default()),
        }
    }
    Ok((data.freeze(), trailers))
}

fn ready(data: [Bytes; 2], trailers: http::HeaderMap) -> Body {
    Body::new(Ready { data: data.into_iter(), trailers: Some(trailers) })
}

/// A body that is all there.
struct Ready {
    data: std::array::IntoIter<Bytes, 2>,
    trailers: Option<http::HeaderMap>,
}

impl http_body::Body for Ready {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        if let Some(data) = self.data.find(|part| !part.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        Poll::Ready(self.trailers.take().map(|trailers| Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.data.len() == 0 && self.trailers.is_none()
    }
}
