//! What the provider offers: schemas, identities, functions and their names.

use super::Inner;
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;
use crate::schema::SchemaError;

impl<P: Provider> Inner<P> {
    pub(super) async fn get_schema(
        &self,
        _: wire::get_provider_schema::Request,
    ) -> Result<wire::get_provider_schema::Response, Diagnostics> {
        Ok(self.schema())
    }

    /// The whole answer to `GetProviderSchema`, with faults of the schema as its diagnostics.
    pub(super) fn schema(&self) -> wire::get_provider_schema::Response {
        let registry = &self.registry;
        let mut diagnostics = Diagnostics::new();
        for fault in registry.faults() {
            diagnostics.push(schema_fault(&fault));
        }
        let actions = registry.actions.iter();
        // Made once: the transport keeps the bytes of the answer.
        wire::get_provider_schema::Response {
            provider: Some(registry.provider.schema.to_wire()),
            provider_meta: registry.meta.as_ref().map(|meta| meta.schema.to_wire()),
            resource_schemas: registry.resources.to_wire(),
            data_source_schemas: registry.data_sources.to_wire(),
            ephemeral_resource_schemas: registry.ephemerals.to_wire(),
            list_resource_schemas: registry.lists.to_wire(),
            state_store_schemas: Default::default(),
            action_schemas: actions
                .map(|(name, entry)| {
                    (name.clone(), wire::ActionSchema { schema: Some(entry.shape().schema.to_wire()) })
                })
                .collect(),
            functions: self.functions(),
            server_capabilities: Some(capabilities()),
            diagnostics: diagnostics.into_wire(),
        }
    }

    pub(super) async fn get_metadata(
        &self,
        _: wire::get_metadata::Request,
    ) -> Result<wire::get_metadata::Response, Diagnostics> {
        use wire::get_metadata as m;
        let registry = &self.registry;
        Ok(m::Response {
            server_capabilities: Some(capabilities()),
            diagnostics: Vec::new(),
            resources: names(registry.resources.names(), |type_name| m::ResourceMetadata { type_name }),
            data_sources: names(registry.data_sources.names(), |type_name| m::DataSourceMetadata {
                type_name,
            }),
            ephemeral_resources: names(registry.ephemerals.names(), |type_name| m::EphemeralMetadata {
                type_name,
            }),
            list_resources: names(registry.lists.names(), |type_name| m::ListResourceMetadata { type_name }),
            actions: names(registry.actions.names(), |type_name| m::ActionMetadata { type_name }),
            functions: names(registry.functions.keys(), |name| m::FunctionMetadata { name }),
            state_stores: Vec::new(),
        })
    }

    pub(super) async fn get_identities(
        &self,
        _: wire::get_resource_identity_schemas::Request,
    ) -> Result<wire::get_resource_identity_schemas::Response, Diagnostics> {
        let with_identity = self.registry.resources.iter().filter_map(|(name, entry)| {
            Some((name.clone(), entry.object.identity.as_ref()?.schema.to_wire()))
        });
        Ok(wire::get_resource_identity_schemas::Response {
            identity_schemas: with_identity.collect(),
            diagnostics: Vec::new(),
        })
    }

    pub(super) async fn get_functions(
        &self,
        _: wire::get_functions::Request,
    ) -> Result<wire::get_functions::Response, Diagnostics> {
        Ok(wire::get_functions::Response { functions: self.functions(), diagnostics: Vec::new() })
    }
}

fn schema_fault(fault: &SchemaError) -> Diagnostic {
    Diagnostic::error("The provider has a faulty schema").detail(fault.to_string())
}

fn names<'a, M>(names: impl Iterator<Item = &'a String>, make: impl Fn(String) -> M) -> Vec<M> {
    names.cloned().map(make).collect()
}

fn capabilities() -> wire::ServerCapabilities {
    wire::ServerCapabilities {
        // Resources hear of their deletion while planning.
        plan_destroy: true,
        // The schema never changes while a process lives, so Terraform may keep it.
        get_provider_schema_optional: true,
        // A resource that takes over from no other type says so better than Terraform does.
        move_resource_state: true,
        generate_resource_config: true,
    }
}
