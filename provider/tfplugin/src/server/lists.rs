//! Listing.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{StreamExt, once};
use tokio_util::sync::DropGuard;

use super::Inner;
use super::convert::{decode, encode, settle};
use super::scope::Ask;
use super::service::{Events, crashed, reason};
use crate::check;
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::{Context, Found, Listed, Provider, Query};
use crate::value::{Type, Value};

/// How many results wait for Terraform to take them.
const AHEAD: usize = 16;

type Event = wire::list_resource::Event;

impl<P: Provider> Inner<P> {
    pub(super) async fn validate_list(
        &self,
        request: wire::validate_list_resource_config::Request,
    ) -> Result<wire::validate_list_resource_config::Response, Diagnostics> {
        let entry = self.registry.lists.get(&request.type_name)?;
        let config = decode(request.config.as_ref(), &entry.shape().ty)?;
        let mut out = Diagnostics::new();
        let limit = decode(request.limit.as_ref(), &Type::Number)?;
        decode(request.include_resource_object.as_ref(), &Type::Bool)?;
        if limit.is_set() && limit.as_i64().is_none_or(|limit| limit < 1) {
            let summary = "The limit of a listing must be a whole number above 0";
            out.push(Diagnostic::error(summary).detail("Set `limit` to the most results that are wanted."));
        }
        entry.shape().schema.validate_config(&config, &mut out);
        entry.object.validate(&config, &mut out);
        Ok(wire::validate_list_resource_config::Response {
            diagnostics: out.into_wire_for(&entry.shape().schema),
        })
    }

    /// Starts a listing; whatever prevents that is the only event.
    pub(super) fn list_resource(inner: &Arc<Self>, request: wire::list_resource::Request) -> Events<Event> {
        let prepared = inner.registry.lists.get(&request.type_name).and_then(|entry| {
            inner.registry.resources.get(&request.type_name)?;
            let config = decode(request.config.as_ref(), &entry.shape().ty)?;
            Ok((config, inner.context(Ask::default())?))
        });
        let (config, cx) = match prepared {
            Ok(prepared) => prepared,
            Err(diagnostics) => return Box::pin(once(Ok(failure(diagnostics)))),
        };
        let limit = usize::try_from(request.limit).ok().filter(|limit| *limit > 0);
        let query = Query { config, include_object: request.include_resource_object, limit };
        let (events, receiver) = mpsc::channel(AHEAD);
        // When Terraform has gone, the stream is dropped, and with it the guard: the listing ends.
        let guard = cx.cancellation.clone().drop_guard();
        let (inner, name) = (Arc::clone(inner), request.type_name);
        tokio::spawn(async move {
            let (sink, source) = mpsc::channel(1);
            let found = Found::new(sink, limit);
            // The listing has a task of its own: when it panics, what it found before is still sent.
            let listing = tokio::spawn(find(Arc::clone(&inner), name.clone(), cx, query, found));
            inner.send(&name, request.include_resource_object, source, &events).await;
            let last = listing.await.unwrap_or_else(|error| crashed("ListResource", &reason(error)));
            if !last.is_empty() {
                drop(events.send(failure(last)).await);
            }
        });
        Box::pin(Guarded::new(receiver, guard).map(Ok))
    }

    /// Sends results on as events, until there are no more or nobody takes them.
    async fn send(
        &self,
        name: &str,
        include_object: bool,
        mut source: mpsc::Receiver<Listed>,
        events: &mpsc::Sender<Event>,
    ) {
        while let Some(listed) = source.recv().await {
            if events.send(self.event(name, include_object, listed)).await.is_err() {
                break;
            }
        }
    }

    /// One result as an event.
    fn event(&self, name: &str, include_object: bool, listed: Listed) -> Event {
        let Ok(entry) = self.registry.resources.get(name) else { return Event::default() };
        let mut out = listed.diagnostics;
        let schema = &entry.shape().schema;
        let object = listed.object.map(|object| settle(schema, &Value::Null, object, &mut out));
        let identity = entry.object.identity.as_ref();
        let of_object = || match (identity, &object) {
            (Some(identity), Some(object)) => identity.schema.of(object),
            _ => Value::Null,
        };
        let value = if listed.identity.is_null() { of_object() } else { listed.identity };
        if value.is_null() && !out.has_errors() {
            let summary = "The provider listed an object without its identity";
            out.push(Diagnostic::error(summary).detail("This is a bug of the provider: please report it."));
        }
        if let Some(identity) = identity.filter(|_| !value.is_null() && !out.has_errors()) {
            let faults = check::identity(&identity.schema, &Value::Null, &value, false);
            out.extend(check::diagnostics(faults, "listed an object"));
        }
        if let Some(object) = object.as_ref().filter(|_| self.checks && !out.has_errors()) {
            out.extend(check::diagnostics(check::state(schema, object), "listed an object"));
        }
        let object = object.filter(|_| include_object);
        Event {
            identity: identity
                .filter(|_| !value.is_null())
                .map(|identity| wire::ResourceIdentityData { identity_data: encode(&value, &identity.ty) }),
            display_name: listed.display_name,
            resource_object: object.and_then(|object| encode(&object, &entry.shape().ty)),
            diagnostic: out.into_wire(),
        }
    }
}

/// Runs the listing; gives what is to be told at its end.
async fn find<P: Provider>(
    inner: Arc<Inner<P>>,
    name: String,
    cx: Context<P::Client>,
    query: Query,
    mut found: Found,
) -> Diagnostics {
    let entry = match inner.registry.lists.get(&name) {
        Ok(entry) => entry,
        Err(diagnostics) => return diagnostics,
    };
    let result = entry.object.list(&cx, &query, &mut found).await;
    let mut out = cx.into_warnings();
    out.extend(result.err().unwrap_or_default());
    out
}

/// An event that carries nothing but diagnostics.
fn failure(diagnostics: Diagnostics) -> Event {
    Event { diagnostic: diagnostics.into_wire(), ..Event::default() }
}

/// A stream of events that cancels what makes them when it is dropped.
pub(super) struct Guarded<T> {
    events: ReceiverStream<T>,
    _guard: DropGuard,
}

impl<T> Guarded<T> {
    pub(super) fn new(receiver: mpsc::Receiver<T>, guard: DropGuard) -> Self {
        Self { events: ReceiverStream::new(receiver), _guard: guard }
    }
}

impl<T> tokio_stream::Stream for Guarded<T> {
    type Item = T;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<T>> {
        std::pin::Pin::new(&mut self.events).poll_next(cx)
    }
}
