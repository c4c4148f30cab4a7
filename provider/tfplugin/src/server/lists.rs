//! Listing.

use std::sync::Arc;

use safe_text::into_shown;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{StreamExt, once};
use tokio_util::sync::DropGuard;

use super::Inner;
use super::convert::{decode, encode, settle};
use super::presence::refuse_absent;
use super::resource::{ResourceEntry, encode_identity, identity_of};
use super::scope::Ask;
use super::service::{Events, crashed, reason};
use crate::check;
use crate::diag::{Diagnostic, Diagnostics, Severity};
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
        let config = entry.shape().decode(request.config.as_ref())?;
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
            let config = entry.shape().decode(request.config.as_ref())?;
            refuse_absent(&entry.shape().schema, &config)?;
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

    /// One result as an event. What is wrong with it is a warning: after an error Terraform would show no result at all.
    fn event(&self, name: &str, include_object: bool, listed: Listed) -> Event {
        let Ok(entry) = self.registry.resources.get(name) else { return Event::default() };
        let display_name = in_one_line(&safe_text::scrub(&listed.display_name));
        let mut out = listed.diagnostics;
        let schema = &entry.shape().schema;
        let object = listed.object.map(|object| settle(schema, &Value::Null, object, &mut out));
        let whole = object.as_ref().unwrap_or(&Value::Null);
        let identity = identity_of::<P>(entry, listed.identity, whole, &Value::Null);
        if !out.has_errors() {
            out.extend(self.faults(entry, object.as_ref(), &identity));
        }
        if out.has_errors() {
            return left_out(&display_name, out);
        }
        Event {
            identity: encode_identity::<P>(entry, &identity),
            display_name,
            resource_object: object
                .filter(|_| include_object)
                .and_then(|object| encode(&object, &entry.shape().ty)),
            diagnostic: out.into_wire(),
        }
    }

    /// What Terraform would not take of a result.
    fn faults(&self, entry: &ResourceEntry<P>, object: Option<&Value>, identity: &Value) -> Diagnostics {
        let mut out = Diagnostics::new();
        if identity.is_null() {
            let summary = "The provider listed an object without its identity";
            out.push(Diagnostic::error(summary).detail("This is a bug of the provider: please report it."));
        }
        if let Some(schema) = entry.object.identity.as_ref().filter(|_| !identity.is_null()) {
            let faults = check::identity(&schema.schema, &Value::Null, identity, false);
            out.extend(check::diagnostics(faults, "listed an object"));
        }
        if let Some(object) = object.filter(|_| self.checks) {
            let faults = check::state(&entry.shape().schema, object);
            out.extend(check::diagnostics(faults, "listed an object"));
        }
        out
    }
}

/// An event that tells why an object is not among the results.
fn left_out(display_name: &str, problems: Diagnostics) -> Event {
    let mut out = Diagnostics::new();
    for problem in problems.into_vec() {
        let left_out = format!("`{display_name}` is left out of the listing.");
        let detail =
            if problem.detail.is_empty() { left_out } else { format!("{}\n\n{left_out}", problem.detail) };
        out.push(Diagnostic { severity: Severity::Warning, path: None, detail, ..problem });
    }
    failure(out)
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

/// A name as it can stand in a row of a table: with a space for each break of the line or other control character.
fn in_one_line(name: &str) -> String {
    let parts = name.split(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
    let line = parts.map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    into_shown(line)
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
