//! What a plan does to each resource: what is destroyed first, with what forces it, and nothing that is sensitive.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::difference::{Difference, Marked, Value, differences, is_of_release_values};
use crate::tree::state;

/// What stands for a value that is known after the apply.
const UNKNOWN: &str = "(known after apply)";

/// What is planned for one resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceChange {
    /// Its address.
    pub address: String,
    /// `create`, `update`, `replace`, `delete`, or another word of Terraform's.
    pub action: String,
    /// Terraform's word for why, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The attributes that cannot change in place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forced_by: Vec<String>,
    /// What changes of one that is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeChange>,
    /// What AWS does later than the apply that asks for it, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred: Option<Deferred>,
}

/// Changes that are asked for and come later: until then each plan shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferred {
    /// The attributes that wait.
    pub attributes: Vec<String>,
    /// For which maintenance window, such as `sun:04:00-sun:05:00`; none where nobody has chosen one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
}

/// What becomes of one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeChange {
    /// Where it is, such as `tags.owner`.
    pub path: String,
    /// Whether it is sensitive, so that neither value is told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
    /// What it is.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub was: Json,
    /// What it becomes.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub is: Json,
}

impl ResourceChange {
    /// Whether the resource that is there goes.
    #[must_use]
    pub fn is_destructive(&self) -> bool {
        matches!(self.action.as_str(), "delete" | "replace")
    }

    /// The sign by which Terraform shows the action.
    pub(super) fn sign(&self) -> &'static str {
        match self.action.as_str() {
            "create" => "+",
            "delete" => "-",
            "replace" => "-/+",
            "read" => "<=",
            "move" => "->",
            "import" => "=>",
            _ => "~",
        }
    }

    /// Why it goes, for people.
    pub(super) fn why(&self) -> Option<String> {
        if !self.forced_by.is_empty() {
            return Some(format!("{} cannot change in place", crate::suggest::all_of(&self.forced_by)));
        }
        if let Some(deferred) = &self.deferred {
            return Some(deferred.told());
        }
        let known = match self.reason.as_deref()?.trim_start_matches("delete_because_") {
            "replace_because_tainted" | "tainted" => "it was not made to the end",
            "replace_by_request" | "requested" => "that is asked for",
            "replace_by_triggers" => "something that it is to follow changes",
            "no_resource_config" => "the code has it no more",
            "no_module" => "the code has its module no more",
            "wrong_repetition" | "count_index" | "each_key" => "the code has no more of that key",
            _ => return None,
        };
        Some(known.to_owned())
    }
}

/// What RDS keeps for the maintenance window unless it is told to make it at once (RDS user guide, settings for DB instances). It tells
/// what is, not what will be, and the provider keeps nothing of what waits.
const DEFERRED_BY_RDS: [&str; 9] = [
    "allocated_storage",
    "ca_cert_identifier",
    "engine_version",
    "iam_database_authentication_enabled",
    "instance_class",
    "iops",
    "multi_az",
    "storage_throughput",
    "storage_type",
];

/// Whether changes of that type may be deferred, which only the whole plan tells.
pub(super) fn may_wait(change: &ResourceChange) -> bool {
    change.action == "update" && state::kind(&change.address) == "aws_db_instance"
}

impl Deferred {
    /// What waits of a change in place.
    fn of(kind: &str, change: &Change) -> Option<Self> {
        let (before, after) = (&change.before, &change.after);
        if kind != "aws_db_instance" || change.actions != ["update"] || after["apply_immediately"] == true {
            return None;
        }
        // A value that is not known yet may be the one that is there.
        let waits = |name: &&&str| {
            change.after_unknown[**name] != true
                && !after[**name].is_null()
                && before[**name] != after[**name]
        };
        let attributes: Vec<String> =
            DEFERRED_BY_RDS.iter().filter(waits).map(|name| (*name).to_owned()).collect();
        let window = after["maintenance_window"].as_str().map(str::to_owned);
        (!attributes.is_empty()).then_some(Self { attributes, window })
    }

    /// For people.
    fn told(&self) -> String {
        let verb = if self.attributes.len() == 1 { "waits" } else { "wait" };
        let window = self.window.as_ref().map(|window| format!(" (`{window}`)")).unwrap_or_default();
        format!(
            "{} {verb} for the maintenance window{window}, and each plan until then shows that again",
            crate::suggest::all_of(&self.attributes)
        )
    }
}

/// In the order in which people should read them: what is destroyed first.
pub(super) fn sort(changes: &mut [ResourceChange]) {
    changes.sort_by(|a, b| (!a.is_destructive(), &a.address).cmp(&(!b.is_destructive(), &b.address)));
}

#[derive(Deserialize)]
struct Plan {
    #[serde(default)]
    resource_changes: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    address: String,
    #[serde(default)]
    action_reason: Option<String>,
    change: Change,
}

#[derive(Deserialize)]
struct Change {
    actions: Vec<String>,
    #[serde(default)]
    before: Json,
    #[serde(default)]
    after: Json,
    #[serde(default)]
    after_unknown: Json,
    #[serde(default)]
    before_sensitive: Json,
    #[serde(default)]
    after_sensitive: Json,
    #[serde(default)]
    replace_paths: Vec<Vec<Json>>,
}

/// Adds what the whole plan says to what its events said; a plan that cannot be read adds nothing.
pub(super) fn explain(changes: &mut [ResourceChange], plan: Json) {
    let Ok(plan) = serde_json::from_value::<Plan>(plan) else { return };
    for resource in plan.resource_changes {
        let Some(change) = changes.iter_mut().find(|change| change.address == resource.address) else {
            continue;
        };
        if resource.action_reason.is_some() {
            change.reason = resource.action_reason;
        }
        change.forced_by = resource.change.replace_paths.iter().map(|path| shown(path)).collect();
        change.forced_by.dedup();
        change.deferred = Deferred::of(state::kind(&resource.address), &resource.change);
        if resource.change.actions.iter().any(|action| matches!(action.as_str(), "update" | "delete"))
            && !resource.change.after.is_null()
        {
            change.attributes = attributes(state::kind(&resource.address), &resource.change);
        }
    }
}

/// A path of Terraform's plan: names, and places in lists.
fn shown(path: &[Json]) -> String {
    let step = |step: &Json| match step {
        Json::String(name) => name.clone(),
        other => format!("[{other}]"),
    };
    Difference { steps: path.iter().map(step).collect(), was: Value::Hidden, is: Value::Hidden }.path()
}

fn attributes(kind: &str, change: &Change) -> Vec<AttributeChange> {
    let after = with_unknown(&change.after, &change.after_unknown);
    let was = Marked(&change.before, &change.before_sensitive);
    let found = differences(was, Marked(&after, &change.after_sensitive));
    let told = found.into_iter().map(|difference| {
        let path = difference.path();
        match (difference.was, difference.is) {
            (Value::Shown(was), Value::Shown(is)) if !is_of_release_values(kind, &path) => {
                AttributeChange { path, sensitive: false, was, is }
            }
            _ => AttributeChange { path, sensitive: true, was: Json::Null, is: Json::Null },
        }
    });
    told.collect()
}

/// The planned value with a word where it is not known yet.
fn with_unknown(after: &Json, unknown: &Json) -> Json {
    match (after, unknown) {
        (_, Json::Bool(true)) => UNKNOWN.into(),
        (Json::Object(after), Json::Object(unknown)) => {
            let mut all = after.clone();
            for (key, unknown) in unknown {
                let value = with_unknown(after.get(key).unwrap_or(&Json::Null), unknown);
                if !value.is_null() {
                    all.insert(key.clone(), value);
                }
            }
            all.into()
        }
        (Json::Array(after), Json::Array(unknown)) => {
            let unknown = |at: usize| unknown.get(at).unwrap_or(&Json::Null);
            after.iter().enumerate().map(|(at, value)| with_unknown(value, unknown(at))).collect()
        }
        (Json::Null, Json::Object(unknown)) if unknown.is_empty() => Json::Null,
        _ => after.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(address: &str, action: &str) -> ResourceChange {
        ResourceChange { address: address.to_owned(), action: action.to_owned(), ..ResourceChange::default() }
    }

    #[test]
    fn what_is_destroyed_comes_first_with_what_forces_it() {
        let mut changes = vec![
            change("aws_eip.a", "create"),
            change("aws_vpc.this", "replace"),
            change("aws_eip.b", "delete"),
        ];
        let plan = json!({ "resource_changes": [
            { "address": "aws_vpc.this", "action_reason": "replace_because_cannot_update", "change": {
                "actions": ["delete", "create"], "replace_paths": [["cidr_block"], ["rules", 0, "port"]],
                "before": { "cidr_block": "10.0.0.0/16", "id": "vpc-1", "password": "old", "tags": { "a": "1" } },
                "after": { "cidr_block": "10.8.0.0/16", "password": "new", "tags": { "a": "1" } },
                "after_unknown": { "id": true }, "before_sensitive": { "password": true }, "after_sensitive": { "password": true } } },
            { "address": "aws_eip.b", "action_reason": "delete_because_each_key", "change": {
                "actions": ["delete"], "before": { "id": "eip-1" }, "after": null } },
            { "address": "aws_eip.a", "change": { "actions": ["create"], "before": null, "after": { "id": "x" } } },
        ] });
        explain(&mut changes, plan);
        sort(&mut changes);
        let told: Vec<_> = changes.iter().map(|c| (c.address.as_str(), c.sign(), c.why())).collect();
        assert_eq!(
            told,
            [
                ("aws_eip.b", "-", Some("the code has no more of that key".to_owned())),
                (
                    "aws_vpc.this",
                    "-/+",
                    Some("`cidr_block` and `rules[0].port` cannot change in place".to_owned())
                ),
                ("aws_eip.a", "+", None),
            ]
        );
        let text = serde_json::to_string(&changes).unwrap();
        assert!(!text.contains("old") && !text.contains("new"), "{text}");
        let attributes: Vec<_> =
            changes[1].attributes.iter().map(|a| (a.path.as_str(), a.sensitive, a.is.clone())).collect();
        let expected = [
            ("cidr_block", false, json!("10.8.0.0/16")),
            ("id", false, json!(UNKNOWN)),
            ("password", true, Json::Null),
        ];
        assert_eq!(attributes, expected);
    }

    #[test]
    fn values_of_a_release_are_not_told() {
        let mut changes = vec![change("module.addons.helm_release.this[\"keda\"]", "update")];
        let plan = json!({ "resource_changes": [{ "address": "module.addons.helm_release.this[\"keda\"]", "change": {
            "actions": ["update"], "before": { "values": ["token: old"], "version": "2.1" }, "after": { "values": ["token: new"], "version": "2.2" } } }] });
        explain(&mut changes, plan);
        let told = serde_json::to_string(&changes[0].attributes).unwrap();
        assert_eq!(
            told,
            r#"[{"path":"values[0]","sensitive":true},{"path":"version","was":"2.1","is":"2.2"}]"#
        );
    }

    #[test]
    fn each_reason_of_terraform_is_told_in_words() {
        let why = |reason: &str| {
            ResourceChange { reason: Some(reason.to_owned()), ..change("a.b", "replace") }
                .why()
                .unwrap_or_default()
        };
        let reasons = [
            ("replace_because_tainted", "it was not made to the end"),
            ("replace_by_request", "that is asked for"),
            ("replace_by_triggers", "something that it is to follow changes"),
            ("delete_because_no_resource_config", "the code has it no more"),
            ("delete_because_no_module", "the code has its module no more"),
            ("delete_because_count_index", "the code has no more of that key"),
            ("read_because_config_unknown", ""),
        ];
        assert_eq!(reasons.map(|(reason, _)| why(reason)), reasons.map(|(_, words)| words.to_owned()));
    }

    #[test]
    fn a_plan_that_cannot_be_read_adds_nothing() {
        let mut changes = vec![change("a.b", "delete")];
        explain(&mut changes, json!("hidden"));
        assert_eq!(changes, [change("a.b", "delete")]);
    }

    /// One database, changed in place.
    fn database(before: &Json, after: &Json) -> ResourceChange {
        let mut changes = vec![change("module.database.aws_db_instance.this", "update")];
        let plan = json!({ "resource_changes": [{ "address": "module.database.aws_db_instance.this", "change": {
            "actions": ["update"], "before": before, "after": after, "after_unknown": { "iops": true } } }] });
        explain(&mut changes, plan);
        changes.remove(0)
    }

    #[test]
    fn what_waits_for_the_window_is_told() {
        let before = json!({ "instance_class": "db.t4g.medium", "multi_az": false, "iops": 3000, "backup_window": "01:00-02:00",
            "maintenance_window": "sun:04:00-sun:05:00", "apply_immediately": false });
        let with = |changes: Json| {
            let mut after = before.as_object().cloned().unwrap_or_default();
            after.extend(changes.as_object().cloned().unwrap_or_default());
            after.into()
        };
        let told = |changes: Json| database(&before, &with(changes)).why();
        insta::assert_snapshot!(
            told(json!({ "instance_class": "db.m7g.large" })).unwrap_or_default(),
            @"`instance_class` waits for the maintenance window (`sun:04:00-sun:05:00`), and each plan until then shows that again"
        );
        insta::assert_snapshot!(
            told(json!({ "instance_class": "db.m7g.large", "multi_az": true, "maintenance_window": null })).unwrap_or_default(),
            @"`instance_class` and `multi_az` wait for the maintenance window, and each plan until then shows that again"
        );
        // Done with the apply: it is said to be made at once, RDS never defers it, or nobody knows whether it changes.
        assert_eq!(told(json!({ "instance_class": "db.m7g.large", "apply_immediately": true })), None);
        assert_eq!(told(json!({ "backup_window": "02:00-03:00" })), None);
        assert_eq!(told(json!({ "iops": 4000 })), None);
        assert!(may_wait(&change("module.database.aws_db_instance.this", "update")));
        assert!(!may_wait(&change("module.database.aws_db_instance.this", "create")));
        assert!(!may_wait(&change("aws_db_subnet_group.this", "update")));
    }
}
