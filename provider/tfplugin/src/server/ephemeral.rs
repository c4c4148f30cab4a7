//! Ephemeral resources.

use super::Inner;
use super::convert::{encode, settle};
use super::presence::refuse_absent;
use super::scope::{Ask, Outcome, outcome};
use crate::check;
use crate::diag::Diagnostics;
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;
use crate::value::Value;

impl<P: Provider> Inner<P> {
    pub(super) async fn validate_ephemeral(
        &self,
        request: wire::validate_ephemeral_resource_config::Request,
    ) -> Result<wire::validate_ephemeral_resource_config::Response, Diagnostics> {
        let entry = self.registry.ephemerals.get(&request.type_name)?;
        let config = entry.shape().decode(request.config.as_ref())?;
        let mut out = Diagnostics::new();
        entry.shape().schema.validate_config(&config, &mut out);
        entry.object.validate(&config, &mut out);
        Ok(wire::validate_ephemeral_resource_config::Response {
            diagnostics: out.into_wire_for(&entry.shape().schema),
        })
    }

    pub(super) async fn open_ephemeral(
        &self,
        request: wire::open_ephemeral_resource::Request,
    ) -> Result<wire::open_ephemeral_resource::Response, Diagnostics> {
        let entry = self.registry.ephemerals.get(&request.type_name)?;
        let (schema, ty) = (&entry.shape().schema, &entry.shape().ty);
        let config = entry.shape().decode(request.config.as_ref())?;
        refuse_absent(schema, &config)?;
        let cx = self.context(Ask { capabilities: request.client_capabilities, ..Ask::default() })?;
        let result = entry.object.open(&cx, &config).await;
        let opened = match outcome(&cx, result)? {
            Outcome::Done(opened) => opened,
            Outcome::Deferred(deferred) => {
                return Ok(wire::open_ephemeral_resource::Response {
                    result: encode(&schema.plan(&Value::Null, config.clone(), &config).value, ty),
                    diagnostics: cx.into_warnings().into_wire(),
                    deferred: Some(deferred),
                    ..Default::default()
                });
            }
        };
        let mut out = cx.into_warnings();
        let value = settle(schema, &config, opened.value, &mut out);
        if self.checks && !out.has_errors() {
            let faults = check::reading(schema, &config, &value);
            out.extend(check::diagnostics(faults, "opened an ephemeral resource"));
        }
        Ok(wire::open_ephemeral_resource::Response {
            result: encode(&value, ty),
            renew_at: opened.renew_at.map(Into::into),
            private: Some(opened.private.into()),
            diagnostics: out.into_wire(),
            deferred: None,
        })
    }

    pub(super) async fn renew_ephemeral(
        &self,
        request: wire::renew_ephemeral_resource::Request,
    ) -> Result<wire::renew_ephemeral_resource::Response, Diagnostics> {
        let entry = self.registry.ephemerals.get(&request.type_name)?;
        let cx = self.context(Ask::default())?;
        let opened = entry.object.renew(&cx, request.private.as_deref().unwrap_or_default()).await?;
        Ok(wire::renew_ephemeral_resource::Response {
            renew_at: opened.renew_at.map(Into::into),
            private: Some(opened.private.into()),
            diagnostics: cx.into_warnings().into_wire(),
        })
    }

    pub(super) async fn close_ephemeral(
        &self,
        request: wire::close_ephemeral_resource::Request,
    ) -> Result<wire::close_ephemeral_resource::Response, Diagnostics> {
        let entry = self.registry.ephemerals.get(&request.type_name)?;
        let cx = self.context(Ask::default())?;
        entry.object.close(&cx, request.private.as_deref().unwrap_or_default()).await?;
        Ok(wire::close_ephemeral_resource::Response { diagnostics: cx.into_warnings().into_wire() })
    }
}
