//! Manifests from attributes, as the catalog says; [`truefoundry_catalog::attributes`] is the way back.

use serde_json::{Map, Value as Json};
use tfplugin::value::Value;
use truefoundry_catalog::facts::Shape;
use truefoundry_catalog::{Catalog, Kind, Secret, naming};

use crate::kinds::merge::lay;

/// The manifest of an object; write-only values come from `config`, which has the same shape as `wanted`.
pub(super) fn manifest(kind: &Kind, wanted: &Value, config: &Value) -> Map<String, Json> {
    Writing { absent: |_| None }.object(&kind.object, true, wanted, config)
}

/// A manifest to ask for an object by, from its state. A control plane wants a complete one even for that, and the
/// state lacks what was write-only: a word stands there. Never to be stored.
pub(super) fn probe(kind: &Kind, state: &Value) -> Map<String, Json> {
    let absent = |secret| match secret {
        Secret::Text => Some("unchanged".into()),
        Secret::Map => Some(Map::new().into()),
        Secret::Mixed => None,
    };
    Writing { absent }.object(&kind.object, true, state, &Value::Null)
}

struct Writing {
    /// What stands for a required secret that is not given.
    absent: fn(Secret) -> Option<Json>,
}

impl Writing {
    fn object(&self, name: &str, top: bool, wanted: &Value, config: &Value) -> Map<String, Json> {
        let catalog = Catalog::get();
        let fields = catalog.object(name).iter().filter_map(|(field, facts)| {
            if let Shape::Const(text) = &facts.is {
                return Some((field.clone(), text.as_str().into()));
            }
            let attribute = naming::attribute(field, top);
            let (wanted, config) = match catalog.secret(name, field) {
                None => (wanted.get(&attribute).clone(), config.get(&attribute)),
                Some(secret) => (with_secret(secret, &attribute, wanted, config), &Value::Null),
            };
            if wanted.is_null() {
                let absent = facts.required.then(|| (self.absent)(catalog.secret(name, field)?));
                return absent.flatten().map(|absent| (field.clone(), absent));
            }
            Some((field.clone(), self.value(field, &facts.is, &wanted, config)))
        });
        fields.collect()
    }

    fn value(&self, field: &str, shape: &Shape, wanted: &Value, config: &Value) -> Json {
        match shape {
            json if json.is_json() => parsed(wanted),
            Shape::Object(name) => self.object(name, false, wanted, config).into(),
            Shape::Union(shapes) => self.union(shapes, wanted, config),
            Shape::List(element) if Catalog::get().is_by_name(field, element) => {
                self.by_name(element, wanted, config)
            }
            Shape::List(element) => {
                let configs = config.as_elements().unwrap_or_default();
                let elements = wanted.as_elements().unwrap_or_default().iter().enumerate();
                let elements = elements.map(|(index, wanted)| {
                    self.value("", element, wanted, configs.get(index).unwrap_or(&Value::Null))
                });
                elements.collect()
            }
            Shape::Map(inner) => {
                let entries = wanted.as_object().into_iter().flatten();
                let entries = entries
                    .map(|(key, wanted)| (key.clone(), self.value("", inner, wanted, config.get(key))));
                Json::Object(entries.collect())
            }
            _ => wanted.to_json(false),
        }
    }

    fn union(&self, shapes: &[Shape], wanted: &Value, config: &Value) -> Json {
        let variants = Catalog::get().variants(shapes);
        let chosen = variants.iter().find(|variant| !wanted.get(&variant.name).is_null());
        chosen.map_or(Json::Null, |variant| {
            self.value("", variant.shape, wanted.get(&variant.name), config.get(&variant.name))
        })
    }

    /// A map by name here is a list of named objects there, in the order of their names.
    fn by_name(&self, element: &Shape, wanted: &Value, config: &Value) -> Json {
        let entries = wanted.as_object().into_iter().flatten();
        let objects = entries.map(|(name, wanted)| {
            let mut object = self.value("", element, wanted, config.get(name));
            object["name"] = name.as_str().into();
            object
        });
        objects.collect()
    }
}

/// The value of a secret: the write-only twin before, or added to, the attribute.
fn with_secret(secret: Secret, attribute: &str, wanted: &Value, config: &Value) -> Value {
    let (plain, twin) = (wanted.get(attribute), config.get(&format!("{attribute}_wo")));
    match (secret, plain, twin) {
        (_, plain, Value::Null) => plain.clone(),
        (Secret::Map | Secret::Mixed, Value::Map(plain), Value::Map(twin)) => {
            Value::Map(plain.iter().chain(twin).map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        // Maps of anything are written as JSON, with what is secret at any depth.
        (Secret::Map | Secret::Mixed, Value::String(_), Value::String(_)) => {
            let mut merged = parsed(plain);
            lay(&parsed(twin), &mut merged);
            merged.to_string().into()
        }
        (_, _, twin) => twin.clone(),
    }
}

/// JSON in a text. A text that is not JSON was refused while planning.
fn parsed(text: &Value) -> Json {
    text.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
