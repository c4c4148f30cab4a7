//! A provider as one of the older make, whose answers Terraform does not hold against what was planned.
//!
//! The real kubernetes provider is built on Terraform's former kit. That says so in every plan and every result, and Terraform
//! then takes a default that the schema does not tell of, and a state that is not what was planned.

use tfplugin::async_trait;
use tfplugin::proto::tfplugin6 as wire;
use tfplugin::proto::tfplugin6::provider_server::Provider;
use tonic::{Request, Response, Status};

/// A service whose plans and results are of the older make.
pub struct Legacy<S>(pub S);

macro_rules! passed_on {
    ($( $method:ident $module:ident, )*) => {
        #[async_trait]
        impl<S: Provider> Provider for Legacy<S> {
            async fn plan_resource_change(
                &self,
                request: Request<wire::plan_resource_change::Request>,
            ) -> Result<Response<wire::plan_resource_change::Response>, Status> {
                let mut answer = self.0.plan_resource_change(request).await?;
                answer.get_mut().legacy_type_system = true;
                Ok(answer)
            }

            async fn apply_resource_change(
                &self,
                request: Request<wire::apply_resource_change::Request>,
            ) -> Result<Response<wire::apply_resource_change::Response>, Status> {
                let mut answer = self.0.apply_resource_change(request).await?;
                answer.get_mut().legacy_type_system = true;
                Ok(answer)
            }

            $(
                async fn $method(
                    &self,
                    request: Request<wire::$module::Request>,
                ) -> Result<Response<wire::$module::Response>, Status> {
                    self.0.$method(request).await
                }
            )*
        }
    };
}

// What is not here, this provider does not have.
passed_on! {
    get_metadata get_metadata,
    get_provider_schema get_provider_schema,
    get_resource_identity_schemas get_resource_identity_schemas,
    get_functions get_functions,
    validate_provider_config validate_provider_config,
    configure_provider configure_provider,
    stop_provider stop_provider,
    validate_resource_config validate_resource_config,
    upgrade_resource_state upgrade_resource_state,
    upgrade_resource_identity upgrade_resource_identity,
    read_resource read_resource,
    import_resource_state import_resource_state,
    move_resource_state move_resource_state,
    validate_data_resource_config validate_data_resource_config,
    read_data_source read_data_source,
}
