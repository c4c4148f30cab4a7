//! Reading.

use super::identity::{check_identity, decode_identity, encode_identity, identity_of};
use crate::diag::Diagnostics;
use crate::proto::tfplugin6 as wire;
use crate::provider::{Provider, State};
use crate::schema::Operation;
use crate::server::Inner;
use crate::server::convert::{decode_private, encode, encode_private, settle};
use crate::server::scope::{Ask, Outcome, outcome};

impl<P: Provider> Inner<P> {
    pub(in crate::server) async fn read_resource(
        &self,
        request: wire::read_resource::Request,
    ) -> Result<wire::read_resource::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let (schema, ty) = (&entry.shape().schema, &entry.shape().ty);
        let prior = State {
            value: entry.shape().decode(request.current_state.as_ref())?,
            private: decode_private(&request.private),
            identity: decode_identity::<P>(entry, request.current_identity.as_ref())?,
        };
        let cx = self.context(Ask {
            meta: request.provider_meta.as_ref(),
            capabilities: request.client_capabilities,
            timeout: schema.timeouts.get(Operation::Read, &prior.value),
        })?;
        let result = entry.object.read(&cx, &prior).await;
        let state = match outcome(&cx, result)? {
            Outcome::Done(state) => state.unwrap_or_default(),
            Outcome::Deferred(deferred) => {
                return Ok(wire::read_resource::Response {
                    new_state: request.current_state,
                    diagnostics: cx.into_warnings().into_wire(),
                    private: request.private,
                    deferred: Some(deferred),
                    new_identity: request.current_identity,
                });
            }
        };
        let mut out = cx.into_warnings();
        let value = settle(schema, &prior.value, state.value, &mut out);
        self.check_state(schema, &value, "read an object", &mut out);
        let mut new_identity = None;
        if !value.is_null() {
            let identity = identity_of::<P>(entry, state.identity, &value, &prior.identity);
            check_identity::<P>(entry, &prior.identity, &identity, false, &mut out);
            new_identity = encode_identity::<P>(entry, &identity);
        }
        Ok(wire::read_resource::Response {
            new_state: encode(&value, ty),
            diagnostics: out.into_wire(),
            private: encode_private(&state.private),
            deferred: None,
            new_identity,
        })
    }
}
