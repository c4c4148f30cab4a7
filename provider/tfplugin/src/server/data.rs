//! Data sources.

use super::Inner;
use super::convert::{encode, settle};
use super::presence::refuse_absent;
use super::scope::{Ask, Outcome, outcome};
use crate::check;
use crate::diag::Diagnostics;
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;
use crate::schema::Operation;

impl<P: Provider> Inner<P> {
    pub(super) async fn validate_data(
        &self,
        request: wire::validate_data_resource_config::Request,
    ) -> Result<wire::validate_data_resource_config::Response, Diagnostics> {
        let entry = self.registry.data_sources.get(&request.type_name)?;
        let config = entry.shape().decode(request.config.as_ref())?;
        let mut out = Diagnostics::new();
        entry.shape().schema.validate_config(&config, &mut out);
        entry.object.validate(&config, &mut out);
        Ok(wire::validate_data_resource_config::Response {
            diagnostics: out.into_wire_for(&entry.shape().schema),
        })
    }

    pub(super) async fn read_data(
        &self,
        request: wire::read_data_source::Request,
    ) -> Result<wire::read_data_source::Response, Diagnostics> {
        let entry = self.registry.data_sources.get(&request.type_name)?;
        let (schema, ty) = (&entry.shape().schema, &entry.shape().ty);
        let config = entry.shape().decode(request.config.as_ref())?;
        refuse_absent(schema, &config)?;
        let cx = self.context(Ask {
            meta: request.provider_meta.as_ref(),
            capabilities: request.client_capabilities,
            timeout: schema.timeouts.get(Operation::Read, &config),
        })?;
        let result = entry.object.read(&cx, &config).await;
        let value = match outcome(&cx, result)? {
            Outcome::Done(value) => value,
            Outcome::Deferred(deferred) => {
                return Ok(wire::read_data_source::Response {
                    state: encode(&schema.plan(&Default::default(), config.clone(), &config).value, ty),
                    diagnostics: cx.into_warnings().into_wire(),
                    deferred: Some(deferred),
                });
            }
        };
        let mut out = cx.into_warnings();
        let value = settle(schema, &config, value, &mut out);
        if self.checks && !out.has_errors() {
            out.extend(check::diagnostics(check::reading(schema, &config, &value), "read a data source"));
        }
        Ok(wire::read_data_source::Response {
            state: encode(&value, ty),
            diagnostics: out.into_wire(),
            deferred: None,
        })
    }
}
