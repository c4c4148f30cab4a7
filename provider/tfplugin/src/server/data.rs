//! Data sources.

use super::convert::{decode, encode, settle};
use super::{Inner, no_such, warnings};
use crate::diag::Diagnostics;
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;
use crate::value::Value;

impl<P: Provider> Inner<P> {
    pub(super) fn validate_data(
        &self,
        request: &wire::validate_data_resource_config::Request,
    ) -> Result<Diagnostics, Diagnostics> {
        let name = &request.type_name;
        let entry = self.registry.data_sources.get(name).ok_or_else(|| no_such("data source", name))?;
        let config = decode(request.config.as_ref(), &entry.ty)?;
        let mut out = Diagnostics::new();
        entry.schema.validate_config(&config, &mut out);
        entry.object.validate(&config, &mut out);
        Ok(out)
    }

    pub(super) async fn read_data(
        &self,
        request: wire::read_data_source::Request,
    ) -> Result<wire::read_data_source::Response, Diagnostics> {
        let name = &request.type_name;
        let entry = self.registry.data_sources.get(name).ok_or_else(|| no_such("data source", name))?;
        let config = decode(request.config.as_ref(), &entry.ty)?;
        let cx = self.context();
        let value = entry.object.read(&cx, &config).await?;
        let mut out = warnings(cx);
        let value = settle(&entry.schema, &Value::Null, value, &mut out);
        Ok(wire::read_data_source::Response {
            state: encode(&value, &entry.ty),
            diagnostics: out.into_wire(),
            deferred: None,
        })
    }
}
