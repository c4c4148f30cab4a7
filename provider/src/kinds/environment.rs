//! Environments: stages such as production, which clusters and workspaces belong to.

use serde_json::{Map, Value as Json};
use tfplugin::schema::validators::one_of;
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::{Number, Object, Value};
use truefoundry_api::{Client, Entity, Store};

use crate::kinds::shared;
use crate::kinds::{Kind, attributes_of, object_of};

/// Attribute and manifest field, in pairs.
const FIELDS: [(&str, &str); 3] =
    [("name", "name"), ("is_production", "isProduction"), ("optimize_for", "optimizeFor")];
const COLORS: [(&str, &str); 4] = [
    ("color_hex", "colorHex"),
    ("background_color_hex", "backgroundColorHex"),
    ("color", "color"),
    ("background_color", "backgroundColor"),
];

/// `truefoundry_environment`.
pub(crate) struct Environment;

impl Kind for Environment {
    fn title(&self) -> &str {
        "environment"
    }

    fn manifest_type(&self) -> &str {
        "environment"
    }

    fn schema(&self) -> Schema {
        let text = |what: &str| Attribute::string().describe(what.to_owned());
        Schema::new([
            ("id", shared::id()),
            ("priority", Attribute::float64().computed().use_state_for_unknown().describe("Place among the environments, set by the control plane.")),
            (
                "name",
                Attribute::string().required().requires_replace().describe("Name of the environment. Changing it creates a new one."),
            ),
            (
                "is_production",
                Attribute::bool().required().describe("Whether it serves production traffic."),
            ),
            (
                "optimize_for",
                Attribute::string()
                    .required()
                    .validate(one_of(["COST", "AVAILABILITY"]))
                    .describe("What workloads are placed for: `COST` or `AVAILABILITY`."),
            ),
            (
                "color",
                Attribute::object([
                    ("color_hex", text("Colour of the text as a hexadecimal code, such as `#ffffff`.")),
                    ("background_color_hex", text("Colour of the background as a hexadecimal code.")),
                    ("color", text("Name of the colour of the text.")),
                    ("background_color", text("Name of the colour of the background.")),
                ])
                .describe("How the dashboard shows it."),
            ),
        ])
        .describe("An environment: a stage such as `production` or `staging` that clusters and workspaces belong to.")
    }

    fn store(&self, client: &Client) -> Store {
        Store::Collection(client.environments())
    }

    fn manifest(&self, wanted: &Value, _config: &Value) -> Map<String, Json> {
        let mut manifest = object_of(wanted, &FIELDS);
        manifest.insert("type".into(), "environment".into());
        // The control plane demands a colour, if an empty one.
        manifest.insert("color".into(), object_of(wanted.get("color"), &COLORS).into());
        manifest
    }

    fn attributes(&self, manifest: &Json) -> Json {
        let mut attributes = attributes_of(manifest, &FIELDS);
        let color = attributes_of(&manifest["color"], &COLORS);
        if !color.is_empty() {
            attributes.insert("color".into(), color.into());
        }
        attributes.into()
    }

    fn computed(&self, entity: &Entity) -> Object {
        let priority =
            entity.raw()["priority"].as_number().and_then(|n| n.to_string().parse::<Number>().ok());
        Object::from([("id".into(), entity.id().into()), ("priority".into(), Value::optional(priority))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn manifests_go_there_and_back() {
        let manifest = json!({
            "type": "environment", "name": "prod", "isProduction": true, "optimizeFor": "AVAILABILITY",
            "color": { "colorHex": "#fff" },
        });
        let attributes = Environment.attributes(&manifest);
        let expected = json!({
            "name": "prod", "is_production": true, "optimize_for": "AVAILABILITY", "color": { "color_hex": "#fff" },
        });
        assert_eq!(attributes, expected);
        let value = Value::from_json(attributes.to_string().as_bytes(), &Environment.schema().ty()).unwrap();
        assert_eq!(Json::Object(Environment.manifest(&value, &Value::Null)), manifest);
    }
}
