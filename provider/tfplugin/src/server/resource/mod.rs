//! Managed resources: validation and upgrade of what is stored; one file for each further operation.

mod apply;
mod generate;
mod identity;
mod import;
mod moves;
mod plan;
mod read;

pub(super) use identity::{encode_identity, identity_of};

use super::Inner;
use super::convert::{decode, encode, settle};
use super::registry::{Entry, Identified};
use crate::check;
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;
use crate::value::Value;

pub(super) type ResourceEntry<P> = Entry<Identified<<P as Provider>::Client>>;

impl<P: Provider> Inner<P> {
    fn resource(&self, name: &str) -> Result<&ResourceEntry<P>, Diagnostics> {
        self.registry.resources.get(name)
    }

    pub(super) async fn validate_resource(
        &self,
        request: wire::validate_resource_config::Request,
    ) -> Result<wire::validate_resource_config::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let config = decode(request.config.as_ref(), &entry.shape().ty)?;
        let mut out = Diagnostics::new();
        let client = request.client_capabilities.unwrap_or_default();
        if !client.write_only_attributes_allowed {
            refuse_write_only(&entry.shape().schema, &config, &mut out);
        }
        entry.shape().schema.validate_config(&config, &mut out);
        entry.shape().schema.refuse_equal_elements(&config, &mut out);
        entry.object.validate(&config, &mut out);
        Ok(wire::validate_resource_config::Response { diagnostics: out.into_wire_for(&entry.shape().schema) })
    }

    pub(super) async fn upgrade_resource(
        &self,
        request: wire::upgrade_resource_state::Request,
    ) -> Result<wire::upgrade_resource_state::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let (schema, ty) = (&entry.shape().schema, &entry.shape().ty);
        let json = stored(request.raw_state.as_ref(), "state")?;
        let value = if request.version == schema.version {
            Value::from_json(json, ty).map_err(|error| unreadable("state", &error))?
        } else {
            let json = serde_json::from_slice(json).map_err(|error| unreadable("state", &error))?;
            entry.object.upgrade(request.version, &json)?
        };
        let mut out = Diagnostics::new();
        let value = settle(schema, &Value::Null, value, &mut out);
        self.check_state(schema, &value, "upgraded a state", &mut out);
        Ok(wire::upgrade_resource_state::Response {
            upgraded_state: encode(&value, ty),
            diagnostics: out.into_wire(),
        })
    }

    /// Holds an object that is stored against the rules, where nothing has gone wrong before.
    pub(super) fn check_state(
        &self,
        schema: &crate::schema::Schema,
        value: &Value,
        operation: &str,
        out: &mut Diagnostics,
    ) {
        if self.checks && !value.is_null() && !out.has_errors() {
            out.extend(check::diagnostics(check::state(schema, value), operation));
        }
    }
}

/// Before version 1.11 Terraform would store write-only values, or fail with a message that helps nobody.
fn refuse_write_only(schema: &crate::schema::Schema, config: &Value, out: &mut Diagnostics) {
    for fault in check::set_write_only(schema, config) {
        let summary = format!("`{}` needs Terraform 1.11 or newer", fault.path);
        let detail = "The attribute is write-only, which this version of Terraform does not know: it would store the \
                      value in its state. Use a newer version, or another attribute.";
        out.push(Diagnostic::error(summary).detail(detail).at(fault.path));
    }
}

/// The JSON of something stored, called `what`.
fn stored<'a>(raw: Option<&'a wire::RawState>, what: &str) -> Result<&'a [u8], Diagnostics> {
    let raw = raw.ok_or_else(|| Diagnostic::error(format!("Terraform sent no {what}")))?;
    if raw.json.is_empty() && !raw.flatmap.is_empty() {
        let summary = format!("The {what} is in the format of Terraform 0.11, which cannot be read");
        return Err(Diagnostic::error(summary).detail("Upgrade the state with Terraform 0.12 first.").into());
    }
    if raw.json.is_empty() {
        return Err(Diagnostic::error(format!("Terraform sent an empty {what}")).into());
    }
    Ok(&raw.json)
}

fn unreadable(what: &str, error: &dyn std::error::Error) -> Diagnostics {
    Diagnostic::error(format!("The stored {what} cannot be read")).detail(error.to_string()).into()
}
