//! Ephemeral resources.

use super::convert::{decode, encode, settle};
use super::registry::Entry;
use super::{Inner, no_such, warnings};
use crate::diag::Diagnostics;
use crate::proto::tfplugin6 as wire;
use crate::provider::{EphemeralResource, Provider};
use crate::value::Value;

impl<P: Provider> Inner<P> {
    fn ephemeral(&self, name: &str) -> Result<&Entry<dyn EphemeralResource<P::Client>>, Diagnostics> {
        self.registry.ephemerals.get(name).ok_or_else(|| no_such("ephemeral resource", name))
    }

    pub(super) fn validate_ephemeral(
        &self,
        request: &wire::validate_ephemeral_resource_config::Request,
    ) -> Result<Diagnostics, Diagnostics> {
        let entry = self.ephemeral(&request.type_name)?;
        let config = decode(request.config.as_ref(), &entry.ty)?;
        let mut out = Diagnostics::new();
        entry.schema.validate_config(&config, &mut out);
        entry.object.validate(&config, &mut out);
        Ok(out)
    }

    pub(super) async fn open_ephemeral(
        &self,
        request: wire::open_ephemeral_resource::Request,
    ) -> Result<wire::open_ephemeral_resource::Response, Diagnostics> {
        let entry = self.ephemeral(&request.type_name)?;
        let config = decode(request.config.as_ref(), &entry.ty)?;
        let cx = self.context();
        let opened = entry.object.open(&cx, &config).await?;
        let mut out = warnings(cx);
        let value = settle(&entry.schema, &Value::Null, opened.value, &mut out);
        Ok(wire::open_ephemeral_resource::Response {
            result: encode(&value, &entry.ty),
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
        let entry = self.ephemeral(&request.type_name)?;
        let cx = self.context();
        let opened = entry.object.renew(&cx, request.private.as_deref().unwrap_or_default()).await?;
        Ok(wire::renew_ephemeral_resource::Response {
            renew_at: opened.renew_at.map(Into::into),
            private: Some(opened.private.into()),
            diagnostics: warnings(cx).into_wire(),
        })
    }

    pub(super) async fn close_ephemeral(
        &self,
        request: wire::close_ephemeral_resource::Request,
    ) -> Result<Diagnostics, Diagnostics> {
        let entry = self.ephemeral(&request.type_name)?;
        let cx = self.context();
        entry.object.close(&cx, request.private.as_deref().unwrap_or_default()).await?;
        Ok(warnings(cx))
    }
}
