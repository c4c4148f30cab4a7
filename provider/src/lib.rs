//! The Terraform provider for the TrueFoundry control plane.
//!
//! `session` is what a configured provider works with; `object` says what the lifecycle must know of an object; `lifecycle` is how each is
//! created without taking over somebody else's, read without inventing differences, updated and deleted; `kinds` has what is
//! particular to each.

mod actions;
mod configuration;
mod functions;
mod kinds;
mod lifecycle;
mod object;
mod session;

use tfplugin::schema::Schema;
use tfplugin::value::Value;
use tfplugin::{
    Action, DataSource, Diagnostics, EphemeralResource, Function, ListResource, Named, Provider, Resource,
    Setup, async_trait,
};

pub use session::Session;

/// The provider's address in the registry.
pub const ADDRESS: &str = "registry.terraform.io/truefoundry/truefoundry";

/// The whole schema as it goes to Terraform, which waits for it at the beginning of every command: making it takes some
/// thirty milliseconds. Written by `cargo xtask gen`.
pub const SCHEMA: &[u8] = include_bytes!("schema.binpb");

/// The TrueFoundry provider.
#[derive(Clone, Copy, Debug, Default)]
pub struct Truefoundry;

#[async_trait]
impl Provider for Truefoundry {
    type Client = Session;

    fn schema(&self) -> Schema {
        configuration::schema()
    }

    fn resources(&self) -> Named<dyn Resource<Session>> {
        kinds::resources()
    }

    fn data_sources(&self) -> Named<dyn DataSource<Session>> {
        kinds::data_sources()
    }

    fn ephemeral_resources(&self) -> Named<dyn EphemeralResource<Session>> {
        kinds::ephemeral_resources()
    }

    fn list_resources(&self) -> Named<dyn ListResource<Session>> {
        kinds::list_resources()
    }

    fn actions(&self) -> Named<dyn Action<Session>> {
        actions::all()
    }

    fn functions(&self) -> Named<dyn Function> {
        functions::all()
    }

    async fn configure(&self, config: &Value, setup: &Setup) -> Result<Option<Session>, Diagnostics> {
        configuration::configure(config, setup)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoded_schema_is_up_to_date() {
        let encoded = tfplugin::Server::new(Truefoundry).encode_schema().unwrap();
        assert!(encoded == SCHEMA, "run `cargo xtask gen` and commit the result");
    }

    #[test]
    fn every_schema_is_one_that_terraform_accepts_and_describes_each_attribute() {
        let provider = Truefoundry;
        let mut schemas = vec![("provider".to_owned(), provider.schema(), false)];
        schemas.extend(provider.resources().iter().map(|(name, r)| (name.to_string(), r.schema(), true)));
        schemas.extend(provider.data_sources().iter().map(|(name, d)| (name.to_string(), d.schema(), false)));
        schemas.extend(
            provider.ephemeral_resources().iter().map(|(name, e)| (name.to_string(), e.schema(), false)),
        );
        schemas
            .extend(provider.list_resources().iter().map(|(name, l)| (name.to_string(), l.schema(), false)));
        schemas.extend(provider.actions().iter().map(|(name, a)| (name.to_string(), a.schema(), false)));
        for (name, schema, managed) in schemas {
            assert_eq!(schema.check(&name, managed), [], "{name}");
            let silent: Vec<_> = schema
                .attributes()
                .iter()
                .filter(|(_, a)| a.description().is_empty())
                .map(|(n, _)| n)
                .collect();
            assert!(silent.is_empty(), "{name}: {silent:?} have no description");
            assert!(!schema.description().is_empty(), "{name} has no description");
        }
    }
}
