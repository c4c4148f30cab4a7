//! What the provider offers, with schemas and types made once.

use std::collections::BTreeMap;

use crate::provider::{DataSource, EphemeralResource, Function, Provider, Resource};
use crate::schema::Schema;
use crate::value::Type;

/// An object of the provider with its schema and the type of its values.
pub(super) struct Entry<T: ?Sized> {
    pub(super) object: Box<T>,
    pub(super) schema: Schema,
    pub(super) ty: Type,
}

impl<T: ?Sized> Entry<T> {
    fn new(object: Box<T>, schema: Schema) -> Self {
        Self { ty: schema.ty(), object, schema }
    }
}

type Entries<T> = BTreeMap<String, Entry<T>>;

/// Everything a provider offers, by name.
pub(super) struct Registry<C> {
    pub(super) provider: Schema,
    pub(super) provider_type: Type,
    pub(super) resources: Entries<dyn Resource<C>>,
    pub(super) data_sources: Entries<dyn DataSource<C>>,
    pub(super) ephemerals: Entries<dyn EphemeralResource<C>>,
    pub(super) functions: BTreeMap<String, Box<dyn Function>>,
}

impl<C: Send + Sync + 'static> Registry<C> {
    pub(super) fn of<P: Provider<Client = C>>(provider: &P) -> Self {
        let schema = provider.schema();
        Self {
            provider_type: schema.ty(),
            provider: schema,
            resources: collect(provider.resources(), |object| object.schema()),
            data_sources: collect(provider.data_sources(), |object| object.schema()),
            ephemerals: collect(provider.ephemeral_resources(), |object| object.schema()),
            functions: provider.functions().into_iter().map(|(name, f)| (name.into_owned(), f)).collect(),
        }
    }
}

fn collect<T: ?Sized>(objects: crate::provider::Named<T>, schema: impl Fn(&T) -> Schema) -> Entries<T> {
    objects
        .into_iter()
        .map(|(name, object)| {
            let schema = schema(&object);
            (name.into_owned(), Entry::new(object, schema))
        })
        .collect()
}
