//! Identities of resources.

use super::{ResourceEntry, stored, unreadable};
use crate::check;
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::{Provider, Stored};
use crate::server::Inner;
use crate::server::convert::{decode, encode};
use crate::value::Value;

/// Reads an identity; null where the resource or the request has none. One whose parts are all null is none.
pub(super) fn decode_identity<P: Provider>(
    entry: &ResourceEntry<P>,
    data: Option<&wire::ResourceIdentityData>,
) -> Result<Value, Diagnostics> {
    match (&entry.object.identity, data) {
        (Some(identity), Some(data)) => Ok(some(decode(data.identity_data.as_ref(), &identity.ty)?)),
        _ => Ok(Value::Null),
    }
}

/// An identity, unless all its parts are null: that names nothing.
fn some(identity: Value) -> Value {
    let empty = identity.as_object().is_some_and(|parts| parts.values().all(Value::is_null));
    if empty { Value::Null } else { identity }
}

/// The identity of `object`: the one that the resource gave, else that of the attributes of the same names, else as
/// before.
pub(in crate::server) fn identity_of<P: Provider>(
    entry: &ResourceEntry<P>,
    given: Value,
    object: &Value,
    before: &Value,
) -> Value {
    let Some(identity) = &entry.object.identity else { return Value::Null };
    let given = match given {
        Value::Map(mut parts) => {
            for name in identity.schema.attributes.keys() {
                parts.entry(name.clone()).or_default();
            }
            some(Value::Map(parts))
        }
        other => other,
    };
    if !given.is_null() {
        return identity.schema.spelled_as(before, given);
    }
    match some(identity.schema.of(object)) {
        Value::Null => before.clone(),
        found => identity.schema.spelled_as(before, found),
    }
}

/// Writes an identity, when there is one.
pub(in crate::server) fn encode_identity<P: Provider>(
    entry: &ResourceEntry<P>,
    value: &Value,
) -> Option<wire::ResourceIdentityData> {
    let identity = entry.object.identity.as_ref().filter(|_| !value.is_null())?;
    Some(wire::ResourceIdentityData { identity_data: encode(value, &identity.ty) })
}

/// Reports an identity that is not fit to be stored, or that has changed.
pub(super) fn check_identity<P: Provider>(
    entry: &ResourceEntry<P>,
    before: &Value,
    now: &Value,
    planned: bool,
    out: &mut Diagnostics,
) {
    if let Some(identity) = entry.object.identity.as_ref().filter(|_| !now.is_null()) {
        let faults = check::identity(&identity.schema, before, now, planned);
        let doing = if planned { "planned" } else { "gave an identity" };
        // An identity is no attribute, so a path into it would point at something else in the configuration.
        for mut diagnostic in check::diagnostics(faults, doing).into_vec() {
            diagnostic.path = None;
            out.push(diagnostic);
        }
    }
}

impl<P: Provider> Inner<P> {
    pub(in crate::server) async fn upgrade_identity(
        &self,
        request: wire::upgrade_resource_identity::Request,
    ) -> Result<wire::upgrade_resource_identity::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let identity = entry.object.identity.as_ref().ok_or_else(|| no_identity(&request.type_name))?;
        let json = stored(request.raw_identity.as_ref(), "identity")?;
        let value = if request.version == identity.schema.version {
            Value::from_json(json, &identity.ty).map_err(|error| unreadable("identity", &error))?
        } else {
            let json = Stored::from_json(json.clone()).map_err(|error| unreadable("identity", &error))?;
            entry.object.upgrade_identity(request.version, &json)?
        };
        let value = identity_of::<P>(entry, value, &Value::Null, &Value::Null);
        let mut out = Diagnostics::new();
        check_identity::<P>(entry, &Value::Null, &value, false, &mut out);
        Ok(wire::upgrade_resource_identity::Response {
            upgraded_identity: encode_identity::<P>(entry, &value),
            diagnostics: out.into_wire(),
        })
    }
}

/// A resource that has no identity was asked about one.
pub(super) fn no_identity(name: &str) -> Diagnostics {
    Diagnostic::error(format!("The resource `{name}` has no identity"))
        .detail("Name the object by its id instead.")
        .into()
}
