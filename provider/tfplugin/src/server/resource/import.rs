//! Importing, by id or by identity.

use super::ResourceEntry;
use super::identity::{check_identity, decode_identity, encode_identity, identity_of, no_identity};
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;
use crate::server::Inner;
use crate::server::convert::{encode, encode_private, settle};
use crate::server::presence::refuse_incomplete;
use crate::server::scope::{Ask, Outcome, outcome};
use crate::value::Value;

impl<P: Provider> Inner<P> {
    pub(in crate::server) async fn import_resource(
        &self,
        request: wire::import_resource_state::Request,
    ) -> Result<wire::import_resource_state::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let asked = decode_identity::<P>(entry, request.identity.as_ref())?;
        if let Some(identity) = entry.object.identity.as_ref().filter(|_| asked.is_set()) {
            refuse_incomplete(&identity.schema, &asked)?;
        }
        refuse_numbers::<P>(entry, &asked)?;
        let cx = self.context(Ask { capabilities: request.client_capabilities, ..Ask::default() })?;
        let result = match (asked.is_set(), request.id.is_empty() && request.identity.is_some()) {
            (true, _) => entry.object.import_by_identity(&cx, &asked).await,
            (false, true) if entry.object.identity.is_some() => return Err(empty()),
            (false, true) => return Err(no_identity(&request.type_name)),
            (false, false) => entry.object.import(&cx, &request.id).await,
        };
        let state = match outcome(&cx, result)? {
            Outcome::Done(state) => state,
            Outcome::Deferred(deferred) => {
                return Ok(wire::import_resource_state::Response {
                    imported_resources: Vec::new(),
                    diagnostics: cx.into_warnings().into_wire(),
                    deferred: Some(deferred),
                });
            }
        };
        let mut out = cx.into_warnings();
        let value = settle(&entry.shape().schema, &Value::Null, state.value, &mut out);
        if value.is_null() {
            let summary = format!("There is no `{}` to import by that name", request.type_name);
            return Err(Diagnostic::error(summary).detail("Check the import id or identity.").into());
        }
        self.check_state(&entry.shape().schema, &value, "imported an object", &mut out);
        let identity = identity_of::<P>(entry, state.identity, &value, &asked);
        check_identity::<P>(entry, &asked, &identity, false, &mut out);
        let imported = wire::import_resource_state::ImportedResource {
            type_name: request.type_name,
            state: encode(&value, &entry.shape().ty),
            private: encode_private(&state.private),
            identity: encode_identity::<P>(entry, &identity),
        };
        Ok(wire::import_resource_state::Response {
            imported_resources: vec![imported],
            diagnostics: out.into_wire(),
            deferred: None,
        })
    }
}

/// Refuses an identity with numbers that its parts do not take.
fn refuse_numbers<P: Provider>(entry: &ResourceEntry<P>, asked: &Value) -> Result<(), Diagnostics> {
    let mut found = Diagnostics::new();
    if let Some(identity) = &entry.object.identity {
        identity.schema.validate(asked, &mut found);
    }
    if !found.has_errors() {
        return Ok(());
    }
    let mut told = Diagnostics::new();
    for mut diagnostic in found.into_vec() {
        // An identity is no attribute, so a path into it would point at something else in the configuration.
        diagnostic.path = None;
        told.push(diagnostic);
    }
    Err(told)
}

/// None of an identity's parts is there, or it is not known.
fn empty() -> Diagnostics {
    Diagnostic::error("The identity to import by is empty")
        .detail("All its parts are null or not known yet. Set those that name the object.")
        .into()
}
