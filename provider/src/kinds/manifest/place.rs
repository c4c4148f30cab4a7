//! What a manifest's type says: what names its object, and where the control plane keeps it.

use serde_json::{Map, Value as Json};
use truefoundry_api::{Client, Entity, Result, Singleton, Store};
use truefoundry_catalog::Catalog;

use crate::kinds::catalogued::Catalogued;
use crate::kinds::{Kind as _, patient};
use crate::object::At;

/// What may name an object of a type that the catalog does not know.
const NAMES: [&str; 4] = ["cluster_fqn", "workspace_fqn", "ml_repo", "name"];

/// The place of one manifest.
pub(super) struct Place {
    pub(super) manifest_type: String,
    kind: Option<Catalogued>,
    /// What its fields say that name the object: with `:` between them, as FQNs have it.
    pub(super) key: String,
    /// Those fields and further ones whose change makes another object, with their values.
    fixed: Vec<(String, Json)>,
}

impl Place {
    /// The place of a manifest. One without a type was refused while planning.
    pub(super) fn of(manifest: &Json) -> Self {
        let manifest_type = manifest["type"].as_str().unwrap_or_default().to_owned();
        let known = Catalog::get().kind(&manifest_type);
        let (names, more) = known.map_or((&NAMES[..], &[][..]), |kind| (kind.key, kind.fixed));
        let parts: Vec<_> = names.iter().filter_map(|field| manifest[*field].as_str()).collect();
        let key = if parts.is_empty() { manifest_type.clone() } else { parts.join(":") };
        let fixed = names.iter().chain(more).map(|field| ((*field).to_owned(), manifest[*field].clone()));
        let fixed = fixed.collect();
        Self { kind: Catalogued::of(&manifest_type), manifest_type, key, fixed }
    }

    /// The place of an object that is only known by its name.
    pub(super) fn named(manifest_type: &str, key: &str) -> Self {
        Self { key: key.to_owned(), ..Self::of(&serde_json::json!({ "type": manifest_type })) }
    }

    /// Whether a manifest at `other` is about the same object.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.manifest_type == other.manifest_type && self.fixed == other.fixed
    }

    /// What messages call the object.
    pub(super) fn title(&self) -> String {
        format!("`{}` `{}`", self.manifest_type, self.key)
    }

    pub(super) fn is_catalogued(&self) -> bool {
        self.kind.is_some()
    }

    /// A manifest without what the catalog calls secret; only what names the object where the catalog does not know.
    pub(super) fn without_secrets(&self, manifest: &Json) -> Json {
        let catalog = Catalog::get();
        match catalog.kind(&self.manifest_type) {
            Some(kind) => catalog.without_secrets(&kind.object, manifest),
            None => {
                let named = ["type"].iter().chain(&NAMES);
                let named =
                    named.filter_map(|field| Some(((*field).to_owned(), manifest.get(*field)?.clone())));
                Json::Object(named.collect())
            }
        }
    }

    /// Where objects of the type are kept.
    pub(super) fn store(&self, at: &At<'_>) -> Store {
        let store = match &self.kind {
            Some(kind) => kind.store(&at.client),
            None => Store::Apply(Singleton::new(at.client.clone(), "manifest")),
        };
        patient(store, at.cx)
    }

    /// The object, whether or not this resource made it.
    pub(super) async fn find(&self, client: &Client, manifest: &Map<String, Json>) -> Result<Option<Entity>> {
        match &self.kind {
            Some(kind) => kind.find(client, &self.key, manifest).await,
            None => Store::Apply(Singleton::new(client.clone(), "manifest")).find(&self.key, manifest).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_names_an_object_comes_from_the_catalog_or_from_the_usual_fields() {
        let place = Place::of(&json!({ "type": "workspace", "name": "w", "cluster_fqn": "c", "labels": {} }));
        assert_eq!(place.key, "c:w");
        assert!(place.is_catalogued());
        let place = Place::of(&json!({ "type": "gizmo/new", "name": "g", "workspace_fqn": "c:w" }));
        assert_eq!((place.key.as_str(), place.is_catalogued()), ("c:w:g", false));
        assert_eq!(Place::of(&json!({ "type": "settings/ai-features" })).key, "settings/ai-features");
    }

    #[test]
    fn another_name_type_or_fixed_field_is_another_object() {
        let team = json!({ "type": "team", "name": "a", "members": [] });
        let same = |other: Json| Place::of(&team).is_same(&Place::of(&other));
        assert!(same(json!({ "type": "team", "name": "a", "members": ["x"] })));
        assert!(!same(json!({ "type": "team", "name": "b" })));
        assert!(!same(json!({ "type": "role", "name": "a" })));
        let role = |of: &str| Place::of(&json!({ "type": "role", "name": "a", "resourceType": of }));
        assert!(!role("tenant").is_same(&role("cluster")));
    }
}
