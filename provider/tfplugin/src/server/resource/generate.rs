//! Making a configuration of a state.

use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;
use crate::server::Inner;
use crate::server::convert::encode;

impl<P: Provider> Inner<P> {
    pub(in crate::server) async fn generate_config(
        &self,
        request: wire::generate_resource_config::Request,
    ) -> Result<wire::generate_resource_config::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let state = entry.shape().decode(request.state.as_ref())?;
        if !state.is_set() {
            return Err(Diagnostic::error("There is no state to make a configuration of").into());
        }
        let mut config =
            entry.shape().schema.generate(&state, |config, out| entry.object.validate(config, out));
        entry.object.generate(&state, &mut config);
        Ok(wire::generate_resource_config::Response {
            config: encode(&config, &entry.shape().ty),
            diagnostics: Vec::new(),
        })
    }
}
