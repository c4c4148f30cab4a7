//! `kubernetes_priority_class_v1`.

use serde_json::{Map, Value as Json};
use tfplugin::schema::Attribute;
use tfplugin::schema::validators::one_of;
use tfplugin::value::Value;
use tfplugin::{Change, async_trait};

use super::fields::{count, flag, text};
use super::kind::{Collection, Default, Kind, replaces};
use super::patch::replaced;

/// What holds where the configuration says nothing.
const POLICY: &str = "PreemptLowerPriority";

/// A priority class.
pub(super) struct PriorityClass;

#[async_trait]
impl Kind for PriorityClass {
    const TYPE: &'static str = "kubernetes_priority_class_v1";
    const NOUN: &'static str = "priority class";
    const REFUSED: (&'static str, &'static str) =
        ("Failed to create priority class: ", "Failed to update priority class: ");
    const COLLECTION: Collection = Collection {
        group: "/apis/scheduling.k8s.io/v1",
        plural: "priorityclasses",
        namespaced: false,
        version: "scheduling.k8s.io/v1",
        kind: "PriorityClass",
        identity: false,
    };
    const DEFAULTS: &'static [(&'static str, Default)] = &[
        ("description", Default::Text("")),
        ("global_default", Default::Flag(false)),
        ("preemption_policy", Default::Text(POLICY)),
    ];

    fn adorn(path: &str, attribute: Attribute) -> Attribute {
        match path {
            "value" => attribute.requires_replace(),
            "preemption_policy" => {
                replaces(attribute, POLICY).validate(one_of(["Never", "PreemptLowerPriority"]))
            }
            _ => attribute,
        }
    }

    fn body(change: &Change) -> Map<String, Json> {
        let planned = &change.planned;
        let text = |name: &str, default: &str| Json::from(planned.get(name).as_str().unwrap_or(default));
        let global = planned.get("global_default").as_bool().unwrap_or(false);
        Map::from_iter([
            ("description".to_owned(), text("description", "")),
            ("globalDefault".to_owned(), global.into()),
            ("value".to_owned(), planned.get("value").to_json(false)),
            ("preemptionPolicy".to_owned(), text("preemption_policy", POLICY)),
        ])
    }

    fn patch(change: &Change) -> Vec<Json> {
        let both = (&change.prior, &change.planned);
        let description = replaced("/description", "description", both, "");
        let global = replaced("/globalDefault", "global_default", both, false);
        description.into_iter().chain(global).collect()
    }

    fn read(object: &Json, _: &Value) -> Vec<(&'static str, Value)> {
        vec![
            ("value", count(&object["value"])),
            // The API leaves out what is empty or false.
            ("description", text(&object["description"].as_str().unwrap_or_default().into())),
            ("global_default", flag(&object["globalDefault"].as_bool().unwrap_or_default().into())),
            ("preemption_policy", text(&object["preemptionPolicy"])),
        ]
    }
}
