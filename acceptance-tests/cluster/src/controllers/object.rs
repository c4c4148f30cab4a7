//! What every object of Kubernetes has.

use jiff::Timestamp;
use serde_json::{Value, json};

/// A text, empty where there is none.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The items of a list, none where there is no list.
pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn name(object: &Value) -> &str {
    text(&object["metadata"]["name"])
}

pub(super) fn label<'a>(object: &'a Value, key: &str) -> &'a str {
    text(&object["metadata"]["labels"][key])
}

pub(super) fn is_deleted(object: &Value) -> bool {
    !object["metadata"]["deletionTimestamp"].is_null()
}

/// When it was deleted, if it was.
pub(super) fn deleted_at(object: &Value) -> Option<Timestamp> {
    text(&object["metadata"]["deletionTimestamp"]).parse().ok()
}

pub(super) fn finalizers(object: &Value) -> impl Iterator<Item = &str> {
    items(&object["metadata"]["finalizers"]).filter_map(Value::as_str)
}

pub(super) fn has_finalizer(object: &Value, finalizer: &str) -> bool {
    finalizers(object).any(|name| name == finalizer)
}

pub(super) fn is_owned_by(object: &Value, kind: &str) -> bool {
    items(&object["metadata"]["ownerReferences"]).any(|owner| owner["kind"] == kind)
}

/// A reference by which an object goes with its owner.
pub(super) fn owner(object: &Value, api_version: &str, kind: &str) -> Value {
    json!({
        "apiVersion": api_version,
        "kind": kind,
        "name": object["metadata"]["name"],
        "uid": object["metadata"]["uid"],
        "blockOwnerDeletion": true,
    })
}

/// Whether a condition of a status is `True`.
pub(super) fn is_true(object: &Value, condition: &str) -> bool {
    items(&object["status"]["conditions"]).any(|c| c["type"] == condition && c["status"] == "True")
}

/// The conditions of an object with some set, each with its status, reason and message; none when that changes nothing. Times
/// stay where a status does.
pub(super) fn with_conditions(object: &Value, wanted: &[(&str, &str, &str, &str)]) -> Option<Value> {
    let mut conditions: Vec<Value> = items(&object["status"]["conditions"]).cloned().collect();
    let generation = &object["metadata"]["generation"];
    let mut differs = false;
    for (kind, status, reason, message) in wanted {
        let place = conditions.iter().position(|condition| condition["type"] == *kind);
        let old = place.map(|place| conditions[place].clone()).unwrap_or_default();
        let same = old["status"] == *status && old["reason"] == *reason && old["message"] == *message;
        if same && (generation.is_null() || old["observedGeneration"] == *generation) {
            continue;
        }
        differs = true;
        let since = if old["status"] == *status { old["lastTransitionTime"].clone() } else { json!(now()) };
        let new = json!({
            "type": kind,
            "status": status,
            "reason": reason,
            "message": message,
            "lastTransitionTime": since,
            "observedGeneration": generation,
        });
        match place {
            Some(place) => conditions[place] = new,
            None => conditions.push(new),
        }
    }
    differs.then_some(Value::Array(conditions))
}

/// Now, as Kubernetes tells times.
pub(super) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_keeps_its_time_while_its_status_stays() {
        let object = json!({
            "metadata": { "generation": 2 },
            "status": { "conditions": [{
                "type": "Ready", "status": "False", "reason": "NoSubnets", "message": "none",
                "lastTransitionTime": "2026-01-01T00:00:00Z", "observedGeneration": 1,
            }] },
        });
        let same = with_conditions(&object, &[("Ready", "False", "NoSubnets", "none")]).unwrap();
        assert_eq!(same[0]["lastTransitionTime"], "2026-01-01T00:00:00Z");
        assert_eq!(same[0]["observedGeneration"], 2);
        let other = with_conditions(&object, &[("Ready", "True", "Ready", "")]).unwrap();
        assert_ne!(other[0]["lastTransitionTime"], "2026-01-01T00:00:00Z");
        let mut settled = object;
        settled["status"]["conditions"] = other;
        assert_eq!(with_conditions(&settled, &[("Ready", "True", "Ready", "")]), None);
    }
}
