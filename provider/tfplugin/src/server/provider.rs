//! Schema, provider configuration, stop.

use super::Inner;
use super::convert::decode;
use crate::diag::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as wire;
use crate::provider::{Provider, Setup};
use crate::schema::Schema;

impl<P: Provider> Inner<P> {
    pub(super) fn get_schema(&self) -> wire::get_provider_schema::Response {
        let registry = &self.registry;
        let mut faults = registry.provider.check("provider", false);
        let mut resources = std::collections::HashMap::new();
        for (name, entry) in &registry.resources {
            faults.extend(entry.schema.check(name, true));
            resources.insert(name.clone(), entry.schema.to_wire());
        }
        let mut others = |name: &String, schema: &Schema| {
            faults.extend(schema.check(name, false));
            (name.clone(), schema.to_wire())
        };
        let data_source_schemas =
            registry.data_sources.iter().map(|(name, entry)| others(name, &entry.schema)).collect();
        let ephemeral_resource_schemas =
            registry.ephemerals.iter().map(|(name, entry)| others(name, &entry.schema)).collect();
        let mut diagnostics = Diagnostics::new();
        for fault in faults {
            diagnostics.push(Diagnostic::error("The provider has a faulty schema").detail(fault.to_string()));
        }
        wire::get_provider_schema::Response {
            provider: Some(registry.provider.to_wire()),
            resource_schemas: resources,
            data_source_schemas,
            ephemeral_resource_schemas,
            functions: self.functions(),
            server_capabilities: Some(capabilities()),
            diagnostics: diagnostics.into_wire(),
            ..Default::default()
        }
    }

    pub(super) fn get_metadata(&self) -> wire::get_metadata::Response {
        use wire::get_metadata as m;
        let registry = &self.registry;
        wire::get_metadata::Response {
            server_capabilities: Some(capabilities()),
            resources: names(&registry.resources, |type_name| m::ResourceMetadata { type_name }),
            data_sources: names(&registry.data_sources, |type_name| m::DataSourceMetadata { type_name }),
            ephemeral_resources: names(&registry.ephemerals, |type_name| m::EphemeralMetadata { type_name }),
            functions: names(&registry.functions, |name| m::FunctionMetadata { name }),
            ..Default::default()
        }
    }

    pub(super) fn validate_provider(
        &self,
        request: &wire::validate_provider_config::Request,
    ) -> Result<Diagnostics, Diagnostics> {
        let config = decode(request.config.as_ref(), &self.registry.provider_type)?;
        let mut out = Diagnostics::new();
        self.registry.provider.validate_config(&config, &mut out);
        self.provider.validate(&config, &mut out);
        Ok(out)
    }

    pub(super) async fn configure(
        &self,
        request: wire::configure_provider::Request,
    ) -> Result<Diagnostics, Diagnostics> {
        let config = decode(request.config.as_ref(), &self.registry.provider_type)?;
        let setup = Setup { terraform_version: request.terraform_version };
        self.set_client(self.provider.configure(&config, &setup).await?);
        Ok(Diagnostics::new())
    }
}

fn names<T, M>(entries: &std::collections::BTreeMap<String, T>, make: impl Fn(String) -> M) -> Vec<M> {
    entries.keys().cloned().map(make).collect()
}

fn capabilities() -> wire::ServerCapabilities {
    wire::ServerCapabilities {
        // Resources hear of their deletion while planning.
        plan_destroy: true,
        // The schema never changes while a process lives, so Terraform may keep it.
        get_provider_schema_optional: true,
        move_resource_state: false,
        generate_resource_config: false,
    }
}
