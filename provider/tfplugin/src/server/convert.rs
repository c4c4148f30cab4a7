//! Conversions between messages and values that all methods share.

use bytes::Bytes;

use super::registry::Typed;
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::Private;
use crate::schema::Schema;
use crate::value::{Path, Type, Value};

/// Reads a value; none at all is null.
pub(super) fn decode(value: Option<&wire::DynamicValue>, ty: &Type) -> Result<Value, Diagnostics> {
    let Some(value) = value else { return Ok(Value::Null) };
    let decoded = if value.msgpack.is_empty() && !value.json.is_empty() {
        Value::from_json(&value.json, ty)
    } else {
        Value::from_msgpack(&value.msgpack, ty)
    };
    decoded.map_err(|error| {
        let summary = "Terraform sent a value that does not fit the schema";
        Diagnostic::error(summary).detail(error.to_string()).at(error.path).into()
    })
}

impl Typed<Schema> {
    /// Reads a value of this schema. What is secret in it is shown nowhere from then on.
    pub(super) fn decode(&self, value: Option<&wire::DynamicValue>) -> Result<Value, Diagnostics> {
        let value = decode(value, &self.ty)?;
        self.schema.redact(&value);
        Ok(value)
    }
}

/// Writes a value for the wire.
pub(super) fn encode(value: &Value, ty: &Type) -> Option<wire::DynamicValue> {
    Some(wire::DynamicValue { msgpack: value.to_msgpack(ty).into(), json: Bytes::new() })
}

/// Private data as bytes; nothing for no data.
pub(super) fn encode_private(private: &Private) -> Bytes {
    if private.is_empty() { Bytes::new() } else { serde_json::to_vec(private).unwrap_or_default().into() }
}

/// Private data from bytes. Bytes that another provider wrote are dropped, not trusted.
pub(super) fn decode_private(bytes: &[u8]) -> Private {
    serde_json::from_slice(bytes).unwrap_or_default()
}

/// An object that goes into the state, made complete. Unknown values there are a fault of the resource; they become
/// null and are reported with their path, so that the rest of the object is not lost.
pub(super) fn settle(schema: &Schema, prior: &Value, value: Value, out: &mut Diagnostics) -> Value {
    let mut value = schema.settle(prior, value);
    schema.redact(&value);
    let mut unknown = Vec::new();
    replace_unknown(&mut value, &Path::root(), &mut unknown);
    for path in unknown {
        let summary = format!("The provider left `{path}` unknown");
        out.push(
            Diagnostic::error(summary).detail("This is a fault of the provider: please report it.").at(path),
        );
    }
    value
}

fn replace_unknown(value: &mut Value, path: &Path, found: &mut Vec<Path>) {
    match value {
        Value::Unknown(_) => {
            found.push(path.clone());
            *value = Value::Null;
        }
        Value::List(elements) => {
            for (index, element) in elements.iter_mut().enumerate() {
                replace_unknown(element, &path.index(index), found);
            }
        }
        // Elements of a set have no path: the set stands for them.
        Value::Set(elements) => elements.iter_mut().for_each(|element| replace_unknown(element, path, found)),
        Value::Map(entries) => {
            for (name, element) in entries {
                replace_unknown(element, &path.attribute(name), found);
            }
        }
        Value::Dynamic(inner) => replace_unknown(&mut inner.1, path, found),
        _ => {}
    }
}
