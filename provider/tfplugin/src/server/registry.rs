//! What the provider offers, with schemas and types made once.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::OnceLock;

use super::no_such;
use crate::diag::Diagnostics;
use crate::proto::tfplugin6 as wire;
use crate::provider::{
    Action, DataSource, EphemeralResource, Function, ListResource, Named, Provider, Resource,
};
use crate::schema::{IdentitySchema, Owner, Schema, SchemaError};
use crate::value::{Path, Type};

/// A schema and the type of its values.
pub(super) struct Typed<S> {
    pub(super) schema: S,
    pub(super) ty: Type,
}

impl From<Schema> for Typed<Schema> {
    fn from(schema: Schema) -> Self {
        Self { ty: schema.ty(), schema }
    }
}

impl From<IdentitySchema> for Typed<IdentitySchema> {
    fn from(schema: IdentitySchema) -> Self {
        Self { ty: schema.ty(), schema }
    }
}

/// An object of the provider with its schema and the type of its values.
pub(super) struct Entry<T> {
    pub(super) object: T,
    schema: fn(&T) -> Schema,
    /// Made when first asked for: a provider with a hundred resources is started for a configuration that uses three.
    shape: OnceLock<Typed<Schema>>,
}

impl<T> Entry<T> {
    pub(super) fn shape(&self) -> &Typed<Schema> {
        self.shape.get_or_init(|| (self.schema)(&self.object).into())
    }
}

/// A resource with its identity, if it has one.
pub(super) struct Identified<C> {
    resource: Box<dyn Resource<C>>,
    pub(super) identity: Option<Typed<IdentitySchema>>,
}

impl<C> Deref for Identified<C> {
    type Target = dyn Resource<C>;

    fn deref(&self) -> &Self::Target {
        self.resource.as_ref()
    }
}

/// Objects of one kind by name.
pub(super) struct Entries<T> {
    kind: &'static str,
    entries: BTreeMap<String, Entry<T>>,
}

impl<T> Entries<T> {
    fn of<U: ?Sized>(
        kind: &'static str,
        objects: Named<U>,
        make: impl Fn(Box<U>) -> T,
        schema: fn(&T) -> Schema,
    ) -> Self {
        let entries = objects.into_iter().map(|(name, object)| {
            (name.into_owned(), Entry { object: make(object), schema, shape: OnceLock::new() })
        });
        Self { kind, entries: entries.collect() }
    }

    pub(super) fn get(&self, name: &str) -> Result<&Entry<T>, Diagnostics> {
        self.entries.get(name).ok_or_else(|| no_such(self.kind, name))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Entry<T>)> {
        self.entries.iter()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.entries.keys()
    }

    pub(super) fn to_wire(&self) -> BTreeMap<String, wire::Schema> {
        self.iter().map(|(name, entry)| (name.clone(), entry.shape().schema.to_wire())).collect()
    }

    fn faults(&self, kind: Owner, out: &mut Vec<SchemaError>) {
        for (name, entry) in &self.entries {
            out.extend(entry.shape().schema.check_as(name, kind));
        }
    }
}

/// Everything a provider offers, by name.
pub(super) struct Registry<C> {
    pub(super) provider: Typed<Schema>,
    pub(super) meta: Option<Typed<Schema>>,
    pub(super) resources: Entries<Identified<C>>,
    pub(super) data_sources: Entries<Box<dyn DataSource<C>>>,
    pub(super) ephemerals: Entries<Box<dyn EphemeralResource<C>>>,
    pub(super) lists: Entries<Box<dyn ListResource<C>>>,
    pub(super) actions: Entries<Box<dyn Action<C>>>,
    pub(super) functions: BTreeMap<String, Box<dyn Function>>,
}

impl<C: Send + Sync + 'static> Registry<C> {
    pub(super) fn of<P: Provider<Client = C>>(provider: &P) -> Self {
        Self {
            provider: provider.schema().into(),
            meta: provider.meta_schema().map(Into::into),
            resources: Entries::of(
                "resource",
                provider.resources(),
                |resource| {
                    let identity = resource.identity().map(Into::into);
                    Identified { resource, identity }
                },
                |identified| identified.schema(),
            ),
            data_sources: Entries::of("data source", provider.data_sources(), |o| o, |o| o.schema()),
            ephemerals: Entries::of(
                "ephemeral resource",
                provider.ephemeral_resources(),
                |o| o,
                |o| o.schema(),
            ),
            lists: Entries::of("list resource", provider.list_resources(), |o| o, |o| o.schema()),
            actions: Entries::of("action", provider.actions(), |o| o, |o| o.schema()),
            functions: provider.functions().into_iter().map(|(name, f)| (name.into_owned(), f)).collect(),
        }
    }

    /// What Terraform would refuse to load.
    pub(super) fn faults(&self) -> Vec<SchemaError> {
        let mut faults = self.provider.schema.check_as("provider", Owner::Provider);
        if let Some(meta) = &self.meta {
            faults.extend(meta.schema.check_as("provider_meta", Owner::ProviderMeta));
        }
        self.resources.faults(Owner::Resource, &mut faults);
        self.data_sources.faults(Owner::DataSource, &mut faults);
        self.ephemerals.faults(Owner::Ephemeral, &mut faults);
        self.lists.faults(Owner::List, &mut faults);
        self.actions.faults(Owner::Action, &mut faults);
        faults.extend(self.provider.schema.check_configuration("provider"));
        let lists = self.lists.iter().map(|(name, entry)| (name, &entry.shape().schema));
        let actions = self.actions.iter().map(|(name, entry)| (name, &entry.shape().schema));
        for (name, schema) in lists.chain(actions) {
            faults.extend(schema.check_configuration(name));
        }
        for (name, entry) in self.resources.iter() {
            faults.extend(entry.object.identity.iter().flat_map(|identity| identity.schema.check(name)));
        }
        for name in self.lists.names() {
            let listed = self.resources.entries.get(name);
            if listed.is_none_or(|entry| entry.object.identity.is_none()) {
                let problem = "is a list resource without a resource of that name that has an identity";
                faults.push(SchemaError { owner: name.clone(), path: Path::root(), problem: problem.into() });
            }
        }
        faults
    }
}
