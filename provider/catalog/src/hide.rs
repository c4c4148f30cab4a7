//! Manifests without their secrets.

use serde_json::Value as Json;

use crate::facts::Shape;
use crate::{Catalog, Secret};

impl Catalog {
    /// The manifest of an object without what is secret in it, and without fields that the catalog does not know: those
    /// may be secret too.
    #[must_use]
    pub fn without_secrets(&self, object: &str, manifest: &Json) -> Json {
        let fields = self.object(object).iter().filter_map(|(name, field)| {
            let given = manifest.get(name).filter(|given| !given.is_null())?;
            match self.secret(object, name) {
                Some(Secret::Text | Secret::Map) => None,
                _ => Some((name.clone(), self.shown(&field.is, given))),
            }
        });
        Json::Object(fields.collect())
    }

    fn shown(&self, shape: &Shape, given: &Json) -> Json {
        match (shape, given) {
            (Shape::Object(name), given) => self.without_secrets(name, given),
            (Shape::List(inner), Json::Array(all)) => {
                all.iter().map(|each| self.shown(inner, each)).collect()
            }
            (Shape::Map(inner), Json::Object(all)) => {
                Json::Object(all.iter().map(|(key, each)| (key.clone(), self.shown(inner, each))).collect())
            }
            (Shape::Union(shapes), given) => {
                let variants = self.variants(shapes);
                self.variant_of(&variants, given)
                    .map_or(Json::Null, |variant| self.shown(variant.shape, given))
            }
            (_, given) => given.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_and_strangers_are_left_out() {
        let manifest = json!({
            "type": "provider-account/openai", "name": "ai", "surprise": "hush",
            "auth_data": { "type": "api-key", "api_key": "hush" }, "integrations": [],
        });
        let shown = Catalog::get().without_secrets("OpenaiProviderAccount", &manifest);
        assert_eq!(shown["auth_data"], json!({ "type": "api-key" }));
        assert_eq!(shown["name"], "ai");
        assert!(!shown.to_string().contains("hush"));
    }
}
