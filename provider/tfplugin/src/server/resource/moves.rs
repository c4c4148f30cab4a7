//! Taking over an object from another resource type or provider.

use super::identity::{check_identity, encode_identity, identity_of};
use super::{stored, unreadable};
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::{MoveSource, Provider, Stored};
use crate::server::Inner;
use crate::server::convert::{encode, encode_private, settle};
use crate::server::scope::Ask;
use crate::value::Value;

impl<P: Provider> Inner<P> {
    pub(in crate::server) async fn move_resource(
        &self,
        request: wire::move_resource_state::Request,
    ) -> Result<wire::move_resource_state::Response, Diagnostics> {
        let entry = self.resource(&request.target_type_name)?;
        let schema = &entry.shape().schema;
        let source = source(&request)?;
        let cx = self.context(Ask::default())?;
        let Some(state) = entry.object.take_over(&cx, &source).await? else {
            return Err(not_from(&request));
        };
        let mut out = cx.into_warnings();
        let value = settle(schema, &Value::Null, state.value, &mut out);
        if value.is_null() {
            let summary = format!("`{}` cannot be moved: it came out empty", request.source_type_name);
            return Err(Diagnostic::error(summary)
                .detail("This is a fault of the provider: please report it.")
                .into());
        }
        self.check_state(schema, &value, "took over an object", &mut out);
        let identity = identity_of::<P>(entry, state.identity, &value, &Value::Null);
        check_identity::<P>(entry, &Value::Null, &identity, false, &mut out);
        Ok(wire::move_resource_state::Response {
            target_state: encode(&value, &entry.shape().ty),
            target_private: encode_private(&state.private),
            target_identity: encode_identity::<P>(entry, &identity),
            diagnostics: out.into_wire(),
        })
    }
}

fn source(request: &wire::move_resource_state::Request) -> Result<MoveSource, Diagnostics> {
    let json = stored(request.source_state.as_ref(), "state")?;
    let identity = request.source_identity.as_ref().filter(|identity| !identity.json.is_empty());
    let parse =
        |json: &bytes::Bytes, what| Stored::from_json(json.clone()).map_err(|error| unreadable(what, &error));
    Ok(MoveSource {
        provider_address: request.source_provider_address.clone(),
        type_name: request.source_type_name.clone(),
        schema_version: request.source_schema_version,
        state: parse(json, "state")?,
        private: request.source_private.to_vec(),
        identity: identity.map_or(Ok(Stored::default()), |identity| parse(&identity.json, "identity"))?,
        identity_version: request.source_identity_schema_version,
    })
}

fn not_from(request: &wire::move_resource_state::Request) -> Diagnostics {
    let (from, to) = (&request.source_type_name, &request.target_type_name);
    Diagnostic::error(format!("A `{from}` cannot be moved to a `{to}`"))
        .detail(format!(
            "`{to}` does not take over objects from `{from}` of the provider `{}` (schema version {}). Remove the \
             `moved` block; import the object under its new address, and take the old one out of the state with a \
             `removed` block.",
            request.source_provider_address, request.source_schema_version
        ))
        .into()
}
