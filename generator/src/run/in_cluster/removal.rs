//! What a plan takes out of the cluster, and what there the tree has made.

use std::collections::BTreeSet;

use serde_json::Value;

use super::objects::{items, text};
use crate::tree::record::Release;

/// What a plan removes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::run) struct Removal {
    /// Helm releases, namespace first.
    pub(super) releases: Vec<(String, String)>,
    /// Storage classes.
    pub(super) classes: BTreeSet<String>,
    /// All releases that the tree has made, these among them.
    pub(super) ours: BTreeSet<(String, String)>,
    /// Objects that Terraform itself has made from manifests: group, kind, namespace and name.
    pub(super) manifests: BTreeSet<[String; 4]>,
}

impl Removal {
    /// By `terraform show -json` of the plan, and the releases of all layers. A release that is replaced is removed as well.
    pub(in crate::run) fn of(plan: &Value, releases: &[Release]) -> Self {
        let mut removal = Self::default();
        removal.ours.extend(releases.iter().map(|r| (r.namespace.clone(), r.name.clone())));
        for change in items(plan, "resource_changes").filter(|change| change["mode"] == "managed") {
            let (ty, before) = (text(change, "type"), &change["change"]["before"]);
            let removed = items(&change["change"], "actions").any(|action| action == "delete");
            match ty.as_str() {
                "helm_release" if before.is_object() => {
                    let release = (text(before, "namespace"), text(before, "name"));
                    removal.releases.extend(removed.then(|| release.clone()));
                    removal.ours.insert(release);
                }
                "kubernetes_storage_class_v1" if removed => {
                    removal.classes.extend(items(before, "metadata").map(|metadata| text(metadata, "name")));
                }
                "kubernetes_manifest" => {
                    removal.manifests.insert(manifest(&before["manifest"]));
                }
                _ => {}
            }
        }
        removal
    }
}

fn manifest(object: &Value) -> [String; 4] {
    let group =
        text(object, "apiVersion").split_once('/').map(|(group, _)| group.to_owned()).unwrap_or_default();
    let metadata = &object["metadata"];
    [group, text(object, "kind"), text(metadata, "namespace"), text(metadata, "name")]
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    /// A plan that removes KEDA and the default storage class, and keeps a release of the user's own.
    pub(in crate::run::in_cluster) fn plan() -> Value {
        let change = |ty: &str, actions: Value, before: Value| json!({ "mode": "managed", "type": ty, "change": { "actions": actions, "before": before } });
        json!({ "resource_changes": [
            change("helm_release", json!(["delete"]), json!({ "namespace": "keda", "name": "keda" })),
            change("helm_release", json!(["no-op"]), json!({ "namespace": "own", "name": "team" })),
            change("helm_release", json!(["create"]), Value::Null),
            change("helm_release", json!(["delete", "create"]), json!({ "namespace": "a", "name": "moved" })),
            change("kubernetes_storage_class_v1", json!(["delete"]), json!({ "metadata": [{ "name": "gp3" }] })),
            change("kubernetes_storage_class_v1", json!(["no-op"]), json!({ "metadata": [{ "name": "efs-sc" }] })),
            change("kubernetes_manifest", json!(["no-op"]), json!({ "manifest": {
                "apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": { "namespace": "own", "name": "by-hand" },
            } })),
            { "mode": "data", "type": "helm_release", "change": { "actions": ["delete"], "before": { "namespace": "x", "name": "x" } } },
        ] })
    }

    #[test]
    fn what_a_plan_removes_and_what_the_tree_has_is_read_from_it() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let of_another =
            Release { address: String::new(), namespace: "agent".to_owned(), name: "tfy-agent".to_owned() };
        let removal = Removal::of(&plan(), &[of_another]);
        assert_eq!(removal.releases, [pair("keda", "keda"), pair("a", "moved")]);
        assert_eq!(removal.classes.iter().collect::<Vec<_>>(), ["gp3"]);
        let ours =
            [pair("a", "moved"), pair("agent", "tfy-agent"), pair("keda", "keda"), pair("own", "team")];
        assert_eq!(removal.ours.into_iter().collect::<Vec<_>>(), ours);
        assert!(
            removal.manifests.contains(&["keda.sh", "ScaledObject", "own", "by-hand"].map(str::to_owned))
        );
        assert_eq!(Removal::of(&json!({}), &[]), Removal::default());
    }
}
