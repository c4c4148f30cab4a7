//! Creating, updating, deleting.

use super::ResourceEntry;
use super::identity::{check_identity, decode_identity, encode_identity, identity_of};
use crate::check;
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::{Change, Context, Failed, Private, Provider, State};
use crate::schema::Operation;
use crate::server::Inner;
use crate::server::convert::{decode_private, encode, encode_private, settle};
use crate::server::scope::{Ask, too_late};
use crate::value::Value;

impl<P: Provider> Inner<P> {
    pub(in crate::server) async fn apply_resource(
        &self,
        request: wire::apply_resource_change::Request,
    ) -> Result<wire::apply_resource_change::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let (schema, ty) = (&entry.shape().schema, &entry.shape().ty);
        let change = Change {
            prior: entry.shape().decode(request.prior_state.as_ref())?,
            planned: entry.shape().decode(request.planned_state.as_ref())?,
            config: entry.shape().decode(request.config.as_ref())?,
            private: decode_private(&request.planned_private),
            identity: decode_identity::<P>(entry, request.planned_identity.as_ref())?,
        };
        let cx = self.context(Ask {
            meta: request.provider_meta.as_ref(),
            capabilities: None,
            timeout: timeout(entry, &change),
        })?;
        let result = carry_out::<P>(entry, &cx, &change).await;
        let late = too_late(&cx);
        let mut out = cx.into_warnings();
        let state = match result {
            Ok(state) => state.unwrap_or_default(),
            Err(failed) => {
                out.extend(failed.diagnostics);
                late.into_iter().for_each(|late| out.push(late));
                if !out.has_errors() {
                    out.push(
                        Diagnostic::error("The operation failed, and the provider does not say why")
                            .detail("This is a fault of the provider: please report it."),
                    );
                }
                // A failed delete or update without a state leaves things as they were.
                failed.state.unwrap_or_else(|| before(&change))
            }
        };
        let failed = out.has_errors();
        // What was planned is spelled as the user wrote it, and must stay so; without a plan, the state is.
        let spelled = if change.planned.is_null() { &change.prior } else { &change.planned };
        let value = settle(schema, spelled, state.value, &mut out);
        if value.is_null() && !change.planned.is_null() && !failed {
            out.push(
                Diagnostic::error("The provider gave no object back")
                    .detail("This is a fault of the provider: please report it."),
            );
        }
        self.check_result(entry, &change, &value, &mut out);
        let identity = final_identity::<P>(entry, &change, state.identity, &value);
        if !out.has_errors() {
            check_identity::<P>(entry, &change.identity, &identity, false, &mut out);
        }
        Ok(wire::apply_resource_change::Response {
            new_state: encode(&value, ty),
            private: encode_private(&state.private),
            diagnostics: out.into_wire(),
            legacy_type_system: false,
            new_identity: encode_identity::<P>(entry, &identity),
        })
    }

    fn check_result(&self, entry: &ResourceEntry<P>, change: &Change, value: &Value, out: &mut Diagnostics) {
        if !self.checks || out.has_errors() || change.planned.is_null() {
            return;
        }
        let schema = &entry.shape().schema;
        let doing = if change.prior.is_null() { "created an object" } else { "updated an object" };
        let mut faults = check::state(schema, value);
        faults.extend(check::result(schema, &change.planned, value));
        out.extend(check::diagnostics(faults, doing));
    }
}

fn timeout<T>(entry: &super::Entry<T>, change: &Change) -> Option<std::time::Duration> {
    let timeouts = &entry.shape().schema.timeouts;
    if change.planned.is_null() {
        timeouts.get(Operation::Delete, &change.prior)
    } else if change.prior.is_null() {
        timeouts.get(Operation::Create, &change.planned)
    } else {
        timeouts.get(Operation::Update, &change.planned)
    }
}

/// Creates, updates or deletes, as the change says. `None` for an object that is gone.
async fn carry_out<P: Provider>(
    entry: &ResourceEntry<P>,
    cx: &Context<P::Client>,
    change: &Change,
) -> Result<Option<State>, Failed> {
    if change.planned.is_null() {
        entry.object.delete(cx, &before(change)).await.map(|()| None)
    } else if change.prior.is_null() {
        entry.object.create(cx, change).await.map(Some)
    } else {
        entry.object.update(cx, change).await.map(Some)
    }
    .map(|state| state.map(|state| with_private(state, &change.private)))
}

/// The object before the change.
fn before(change: &Change) -> State {
    State { value: change.prior.clone(), private: change.private.clone(), identity: change.identity.clone() }
}

/// What was kept beside the state stays there unless the resource gave something new.
fn with_private(state: State, before: &Private) -> State {
    if state.private.is_empty() { State { private: before.clone(), ..state } } else { state }
}

/// The identity after the change. One that was planned with unknown parts says nothing by itself.
fn final_identity<P: Provider>(
    entry: &ResourceEntry<P>,
    change: &Change,
    given: Value,
    value: &Value,
) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    let planned = if change.identity.is_wholly_known() { &change.identity } else { &Value::Null };
    let given = if given.is_wholly_known() { given } else { Value::Null };
    identity_of::<P>(entry, given, value, planned)
}
