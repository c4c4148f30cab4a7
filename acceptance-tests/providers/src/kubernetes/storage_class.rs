//! `kubernetes_storage_class_v1`.

use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use tfplugin::schema::Attribute;
use tfplugin::schema::validators::one_of;
use tfplugin::value::Value;
use tfplugin::{Change, Context, Diagnostic, async_trait};

use super::Kubernetes;
use super::fields::{elements, flag, map, put, single, text, text_set};
use super::kind::{Collection, Default, Kind, replaces};
use super::patch::replaced;
use super::wait::until;

const RECLAIM: &str = "Delete";
const BINDING: &str = "Immediate";

/// A storage class.
pub(super) struct StorageClass;

#[async_trait]
impl Kind for StorageClass {
    const TYPE: &'static str = "kubernetes_storage_class_v1";
    const NOUN: &'static str = "storage class";
    const REFUSED: (&'static str, &'static str) = ("", "Failed to update storage class: ");
    const COLLECTION: Collection = Collection {
        group: "/apis/storage.k8s.io/v1",
        plural: "storageclasses",
        namespaced: false,
        version: "storage.k8s.io/v1",
        kind: "StorageClass",
        identity: false,
    };
    const DEFAULTS: &'static [(&'static str, Default)] = &[
        ("reclaim_policy", Default::Text(RECLAIM)),
        ("volume_binding_mode", Default::Text(BINDING)),
        ("allow_volume_expansion", Default::Flag(true)),
    ];

    fn adorn(path: &str, attribute: Attribute) -> Attribute {
        match path {
            "parameters" | "storage_provisioner" | "mount_options" | "allowed_topologies" => {
                attribute.requires_replace()
            }
            "reclaim_policy" => attribute.validate(one_of(["Recycle", "Delete", "Retain"])),
            "volume_binding_mode" => {
                replaces(attribute, BINDING).validate(one_of(["Immediate", "WaitForFirstConsumer"]))
            }
            _ => attribute,
        }
    }

    fn body(change: &Change) -> Map<String, Json> {
        let planned = &change.planned;
        let text = |name: &str, default: &str| Json::from(planned.get(name).as_str().unwrap_or(default));
        let expansion = planned.get("allow_volume_expansion").as_bool().unwrap_or(true);
        let mut body = Map::from_iter([
            ("provisioner".to_owned(), text("storage_provisioner", "")),
            ("reclaimPolicy".to_owned(), text("reclaim_policy", RECLAIM)),
            ("volumeBindingMode".to_owned(), text("volume_binding_mode", BINDING)),
            ("allowVolumeExpansion".to_owned(), expansion.into()),
        ]);
        put(&mut body, "parameters", planned.get("parameters"));
        put(&mut body, "mountOptions", planned.get("mount_options"));
        if !elements(planned, "allowed_topologies").is_empty() {
            body.insert("allowedTopologies".to_owned(), topologies(single(planned, "allowed_topologies")));
        }
        body
    }

    /// The reclaim policy is not among what is changed, although its change is no replacement: with the real provider too it
    /// is planned again and again.
    fn patch(change: &Change) -> Vec<Json> {
        let both = (&change.prior, &change.planned);
        replaced("/allowVolumeExpansion", "allow_volume_expansion", both, true).into_iter().collect()
    }

    fn read(object: &Json, _: &Value) -> Vec<(&'static str, Value)> {
        vec![
            ("parameters", map(&object["parameters"])),
            ("storage_provisioner", text(&object["provisioner"])),
            ("reclaim_policy", text(&object["reclaimPolicy"])),
            ("volume_binding_mode", text(&object["volumeBindingMode"])),
            ("allow_volume_expansion", flag(&object["allowVolumeExpansion"])),
            ("mount_options", text_set(&object["mountOptions"])),
            ("allowed_topologies", read_topologies(&object["allowedTopologies"])),
        ]
    }

    async fn deleted(cx: &Context<Kubernetes>, id: &str, _: &Value) -> Result<(), Diagnostic> {
        let path = Self::COLLECTION.object(id)?;
        until(cx, Duration::from_secs(20 * 60), &path, |found| match found {
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(Some(format!("storage class ({id}) still exists"))),
        })
        .await
    }
}

fn topologies(block: &Value) -> Json {
    let expressions: Vec<_> = elements(block, "match_label_expressions")
        .iter()
        .map(
            |one| json!({ "key": one.get("key").to_json(false), "values": one.get("values").to_json(false) }),
        )
        .collect();
    json!([{ "matchLabelExpressions": expressions }])
}

fn read_topologies(topologies: &Json) -> Value {
    let Some(terms) = topologies.as_array().filter(|terms| !terms.is_empty()) else {
        return Value::list([]);
    };
    let expressions =
        terms.iter().flat_map(|term| term["matchLabelExpressions"].as_array().into_iter().flatten());
    let expressions = expressions
        .map(|one| Value::object([("key", text(&one["key"])), ("values", text_set(&one["values"]))]));
    Value::list([Value::object([("match_label_expressions", Value::list(expressions))])])
}
