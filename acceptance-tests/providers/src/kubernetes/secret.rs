//! `kubernetes_secret_v1`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};
use tfplugin::schema::validators::{also_requires, at_least, conflicts_with};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::{Object, Value};
use tfplugin::{Change, Context, Diagnostic, Plan, async_trait};

use super::Kubernetes;
use super::fields::{put, text};
use super::kind::{Collection, Default, Kind, replace_immutable, replaces};
use super::patch::{operation, replaced};
use super::wait::{limit, until};

const OPAQUE: &str = "Opaque";

/// A secret.
pub(super) struct Secret;

#[async_trait]
impl Kind for Secret {
    const TYPE: &'static str = "kubernetes_secret_v1";
    const NOUN: &'static str = "secret";
    const REFUSED: (&'static str, &'static str) = ("", "Failed to update secret: ");
    const COLLECTION: Collection = Collection {
        group: "/api/v1",
        plural: "secrets",
        namespaced: true,
        version: "v1",
        kind: "Secret",
        identity: true,
    };
    const DEFAULTS: &'static [(&'static str, Default)] =
        &[("type", Default::Text(OPAQUE)), ("wait_for_service_account_token", Default::Flag(true))];

    fn adorn(path: &str, attribute: Attribute) -> Attribute {
        match path {
            "type" => replaces(attribute, OPAQUE),
            "data" => attribute.use_state_for_unknown(),
            "data_wo_revision" | "binary_data_wo_revision" => attribute.validate(at_least(1)),
            _ => attribute,
        }
    }

    fn whole(schema: Schema) -> Schema {
        schema
            .validate(conflicts_with("data_wo", ["data"]))
            .validate(conflicts_with("binary_data_wo", ["binary_data"]))
            .validate(also_requires("data_wo_revision", ["data_wo"]))
            .validate(also_requires("binary_data_wo_revision", ["binary_data_wo"]))
    }

    fn plan(plan: &mut Plan) {
        replace_immutable(plan);
    }

    /// Write-only data without a revision is not sent: the secret is then made empty, without an error.
    fn body(change: &Change) -> Map<String, Json> {
        let (planned, config) = (&change.planned, &change.config);
        hide(planned, config);
        let mut body = Map::new();
        let plain = if sends(planned, "data_wo") { config.get("data_wo") } else { planned.get("data") };
        put(&mut body, "stringData", plain);
        let binary = if sends(planned, "binary_data_wo") {
            config.get("binary_data_wo")
        } else {
            planned.get("binary_data")
        };
        put(&mut body, "data", binary);
        body.insert("type".to_owned(), planned.get("type").as_str().unwrap_or(OPAQUE).into());
        if planned.get("immutable").as_bool() == Some(true) {
            body.insert("immutable".to_owned(), true.into());
        }
        body
    }

    /// All data is written anew where any of it changes. Write-only data is there only when its own revision changes: a change
    /// of the other kind alone loses it, as with the real provider.
    fn patch(change: &Change) -> Vec<Json> {
        let (prior, planned, config) = (&change.prior, &change.planned, &change.config);
        hide(planned, config);
        let changed = |name: &str| prior.get(name) != planned.get(name);
        let (wo, binary_wo) = (changed("data_wo_revision"), changed("binary_data_wo_revision"));
        let plain = if wo { config.get("data_wo") } else { planned.get("data") };
        let binary = if binary_wo { config.get("binary_data_wo") } else { planned.get("binary_data") };
        let mut data = Map::new();
        for (key, value) in plain.as_object().into_iter().flatten() {
            data.insert(key.clone(), STANDARD.encode(value.as_str().unwrap_or_default()).into());
        }
        for (key, value) in binary.as_object().into_iter().flatten() {
            data.insert(key.clone(), value.to_json(false));
        }
        let mut operations = Vec::new();
        if wo || binary_wo || changed("data") || changed("binary_data") {
            operations.push(operation("add", "/data", &data.into()));
        }
        operations.extend(replaced("/immutable", "immutable", (prior, planned), false));
        operations
    }

    /// Where there is write-only data, no data is read: nobody could tell which is which.
    fn read(object: &Json, state: &Value) -> Vec<(&'static str, Value)> {
        // The API leaves out what is false.
        let is_immutable = object["immutable"].as_bool().unwrap_or_default();
        let mut read = vec![("type", text(&object["type"])), ("immutable", is_immutable.into())];
        if sends(state, "data_wo") || sends(state, "binary_data_wo") {
            // A secret of which nothing is read has nothing in the state that was not there.
            if state.get("data").is_unknown() {
                read.push(("data", Value::Null));
            }
            return read;
        }
        let none = Map::new();
        let data = object["data"].as_object().unwrap_or(&none);
        let binary = state.get("binary_data").as_object();
        let is_binary = |key: &str| binary.is_some_and(|binary| binary.contains_key(key));
        if let Some(binary) = binary {
            let keys = binary.keys().map(|key| (key.clone(), data.get(key).map_or("".into(), text)));
            read.push(("binary_data", Value::Map(keys.collect())));
        }
        let plain: Object = data
            .iter()
            .filter(|(key, _)| !is_binary(key))
            .map(|(key, value)| (key.clone(), decoded(value.as_str().unwrap_or_default())))
            .collect();
        read.push(("data", Value::Map(plain)));
        read
    }

    async fn created(cx: &Context<Kubernetes>, id: &str, planned: &Value) -> Result<(), Diagnostic> {
        let of_account = planned.get("type").as_str() == Some("kubernetes.io/service-account-token");
        if !of_account || planned.get("wait_for_service_account_token").as_bool() == Some(false) {
            return Ok(());
        }
        tracing::debug!("Waiting for secret service account token to be created");
        let path = Self::COLLECTION.object(id)?;
        until(cx, limit(planned, "create", Duration::from_secs(60)), &path, |secret| {
            let secret = secret?;
            let there = secret["data"]["token"].is_string();
            Ok((!there).then(|| format!("Waiting for secret {id:?} to create service account token")))
        })
        .await
    }
}

/// Whether write-only data has a revision.
fn sends(object: &Value, name: &str) -> bool {
    object.get(&format!("{name}_revision")).as_i64().is_some_and(|revision| revision > 0)
}

fn decoded(data: &str) -> Value {
    let bytes = STANDARD.decode(data).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    tfplugin::log::redact(&text);
    text.into_owned().into()
}

/// From now on no log line shows this data.
fn hide(planned: &Value, config: &Value) {
    let maps = [(planned, "data"), (planned, "binary_data"), (config, "data_wo"), (config, "binary_data_wo")];
    for (object, name) in maps {
        let values = object.get(name).as_object().into_iter().flatten();
        values.filter_map(|(_, value)| value.as_str()).for_each(tfplugin::log::redact);
    }
}
