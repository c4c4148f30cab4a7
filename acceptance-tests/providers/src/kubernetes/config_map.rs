//! `kubernetes_config_map_v1`.

use serde_json::{Map, Value as Json};
use tfplugin::value::Value;
use tfplugin::{Change, Plan, async_trait};

use super::fields::{flag, map, put};
use super::kind::{Collection, Kind, replace_immutable};
use super::patch;

/// A config map.
pub(super) struct ConfigMap;

#[async_trait]
impl Kind for ConfigMap {
    const TYPE: &'static str = "kubernetes_config_map_v1";
    const NOUN: &'static str = "config map";
    const REFUSED: (&'static str, &'static str) = ("", "Failed to update Config Map: ");
    const COLLECTION: Collection = Collection {
        group: "/api/v1",
        plural: "configmaps",
        namespaced: true,
        version: "v1",
        kind: "ConfigMap",
        identity: true,
    };

    fn plan(plan: &mut Plan) {
        replace_immutable(plan);
    }

    fn body(change: &Change) -> Map<String, Json> {
        let mut body = Map::new();
        put(&mut body, "binaryData", change.planned.get("binary_data"));
        put(&mut body, "data", change.planned.get("data"));
        body.insert(
            "immutable".to_owned(),
            change.planned.get("immutable").as_bool().unwrap_or(false).into(),
        );
        body
    }

    fn patch(change: &Change) -> Vec<Json> {
        let (prior, planned) = (&change.prior, &change.planned);
        let mut operations = patch::map("/binaryData", prior.get("binary_data"), planned.get("binary_data"));
        operations.extend(patch::map("/data", prior.get("data"), planned.get("data")));
        operations.extend(patch::replaced("/immutable", "immutable", (prior, planned), false));
        operations
    }

    fn read(object: &Json, _: &Value) -> Vec<(&'static str, Value)> {
        vec![
            ("binary_data", map(&object["binaryData"])),
            ("data", map(&object["data"])),
            ("immutable", flag(&object["immutable"])),
        ]
    }
}
