//! The attributes that a manifest stands for.

use serde_json::{Map, Value as Json};

use crate::facts::Shape;
use crate::{Catalog, Kind, Secret, naming};

/// How the attributes of secrets are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// In the plain attributes.
    Plain,
    /// In the write-only twins, with version 1.
    WriteOnly,
}

/// The attributes of a manifest, in the form of a Terraform configuration in JSON. What the catalog does not know is
/// left out.
#[must_use]
pub fn attributes(kind: &Kind, manifest: &Json, secrets: Secrets) -> Map<String, Json> {
    Reader { secrets }.object(&kind.object, true, manifest)
}

#[derive(Clone, Copy)]
struct Reader {
    secrets: Secrets,
}

impl Reader {
    fn object(self, name: &str, top: bool, manifest: &Json) -> Map<String, Json> {
        let catalog = Catalog::get();
        let mut attributes = Map::new();
        for (field, facts) in catalog.object(name) {
            let Some(given) = manifest.get(field).filter(|given| !given.is_null()) else { continue };
            if matches!(facts.is, Shape::Const(_)) {
                continue;
            }
            let attribute = naming::attribute(field, top);
            let value = self.value(field, &facts.is, given);
            match (self.secrets, catalog.secret(name, field)) {
                (Secrets::WriteOnly, Some(Secret::Text | Secret::Map)) => {
                    attributes.insert(format!("{attribute}_wo"), value);
                    attributes.insert(format!("{attribute}_wo_version"), 1.into());
                }
                _ => drop(attributes.insert(attribute, value)),
            }
        }
        attributes
    }

    /// A field's value as an attribute; null for a value of another shape than the catalog knows.
    fn value(self, field: &str, shape: &Shape, given: &Json) -> Json {
        match (shape, given) {
            (json, given) if json.is_json() => given.to_string().into(),
            (Shape::Object(name), Json::Object(_)) => self.object(name, false, given).into(),
            (Shape::Union(shapes), given) => self.union(shapes, given),
            (Shape::List(element), Json::Array(elements)) if Catalog::get().is_by_name(field, element) => {
                let named = elements.iter().filter_map(|given| {
                    Some((given["name"].as_str()?.to_owned(), without_name(self.value("", element, given))))
                });
                Json::Object(named.collect())
            }
            (Shape::List(element), Json::Array(elements)) => {
                elements.iter().map(|given| self.value("", element, given)).collect()
            }
            (Shape::Map(inner), Json::Object(entries)) => {
                let entries = entries.iter().map(|(key, given)| (key.clone(), self.value("", inner, given)));
                Json::Object(entries.collect())
            }
            (Shape::String | Shape::Enum(_) | Shape::Const(_), Json::String(_))
            | (Shape::Integer | Shape::Number, Json::Number(_))
            | (Shape::Boolean, Json::Bool(_)) => given.clone(),
            // What a control plane masks or writes in another type than it takes is not shown.
            _ => Json::Null,
        }
    }

    fn union(self, shapes: &[Shape], given: &Json) -> Json {
        let catalog = Catalog::get();
        let variants = catalog.variants(shapes);
        let Some(variant) = catalog.variant_of(&variants, given) else { return Json::Object(Map::new()) };
        Json::Object(Map::from_iter([(variant.name.clone(), self.value("", variant.shape, given))]))
    }
}

/// The name of a named object is its key. In a union it stands inside the variant.
fn without_name(mut attributes: Json) -> Json {
    if let Some(object) = attributes.as_object_mut() {
        object.remove("name");
        for inner in object.values_mut().filter_map(Json::as_object_mut) {
            inner.remove("name");
        }
    }
    attributes
}
