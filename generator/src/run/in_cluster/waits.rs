//! What a destroy waits for in the cluster, as lines for whoever watches it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::commands::Failed;
use super::api::{Ask, METADATA_ONLY, WHOLE};
use super::finalizers::{State, state};
use super::objects::{Object, items, listed, text};
use super::{drains, kinds};
use kinds::Kind;

/// What is deleted and still there, and by what it is held. Empty where nothing is.
///
/// # Errors
/// When the cluster does not say.
pub(in crate::run) fn waits(cluster: &impl Ask) -> Result<Vec<String>, Failed> {
    let whole = |path: &str| cluster.get(path, WHOLE).map(Option::unwrap_or_default);
    let mut lines = namespaces(&whole("/api/v1/namespaces")?);
    let deleted = deleted(cluster)?;
    if !deleted.is_empty() {
        let workloads = [whole("/apis/apps/v1/deployments")?, whole("/apis/apps/v1/statefulsets")?];
        lines.extend(finalizers(&deleted, &workloads));
    }
    let nodes = whole("/api/v1/nodes")?;
    if items(&nodes, "items").any(|node| node["metadata"]["deletionTimestamp"].is_string()) {
        lines.extend(drains::told(
            &nodes,
            &whole("/api/v1/pods")?,
            &whole("/apis/policy/v1/poddisruptionbudgets")?,
        ));
    }
    lines.extend(volumes(&whole("/api/v1/persistentvolumes")?));
    Ok(lines)
}

/// What Kubernetes itself says of namespaces that are deleted.
fn namespaces(list: &Value) -> Vec<String> {
    const TELLING: [&str; 4] = [
        "NamespaceDeletionDiscoveryFailure",
        "NamespaceDeletionContentFailure",
        "NamespaceContentRemaining",
        "NamespaceFinalizersRemaining",
    ];
    let deleted =
        items(list, "items").filter(|namespace| namespace["metadata"]["deletionTimestamp"].is_string());
    let line = |namespace: &Value| {
        let told = items(&namespace["status"], "conditions")
            .filter(|condition| {
                condition["status"] == "True" && TELLING.contains(&text(condition, "type").as_str())
            })
            .map(|condition| text(condition, "message"));
        let told: Vec<String> = told.collect();
        let told = if told.is_empty() { "its objects are being deleted".to_owned() } else { told.join("; ") };
        format!("namespace `{}`, which is being deleted: {told}", text(&namespace["metadata"], "name"))
    };
    deleted.map(line).collect()
}

/// Every object that is deleted and held by finalizers: of custom kinds, and of those that controllers in a cloud hold.
fn deleted(cluster: &impl Ask) -> Result<Vec<(Kind, Object)>, Failed> {
    let definitions = kinds::definitions(cluster)?;
    let known = kinds::known(cluster)?;
    let is_custom = |kind: &Kind| definitions.iter().any(|definition| definition.name == kind.name());
    let is_held = |kind: &Kind| is_custom(kind) || kind.name() == "ingresses.networking.k8s.io";
    let core = [
        Kind::core("services", "Service", true),
        Kind::core("persistentvolumeclaims", "PersistentVolumeClaim", true),
        Kind::core("persistentvolumes", "PersistentVolume", false),
        Kind::core("nodes", "Node", false),
    ];
    let mut found = Vec::new();
    for kind in known.into_iter().filter(is_held).chain(core) {
        let list = cluster.get(&kind.path(), METADATA_ONLY)?.unwrap_or_default();
        let held =
            Object::all(&kind.name(), &list).into_iter().filter(|o| o.deleted && !o.finalizers.is_empty());
        found.extend(held.map(|object| (kind.clone(), object)));
    }
    Ok(found)
}

/// A line for each finalizer, with the way out where nobody takes it away.
fn finalizers(deleted: &[(Kind, Object)], workloads: &[Value]) -> Vec<String> {
    let mut by: BTreeMap<(&str, String), Vec<&(Kind, Object)>> = BTreeMap::new();
    for one in deleted {
        for finalizer in &one.1.finalizers {
            by.entry((finalizer, one.0.name())).or_default().push(one);
        }
    }
    by.into_iter().map(|((finalizer, kind), held)| line(finalizer, &kind, &held, workloads)).collect()
}

fn line(finalizer: &str, kind: &str, held: &[&(Kind, Object)], workloads: &[Value]) -> String {
    let places: Vec<String> = held.iter().map(|(_, object)| object.place()).collect();
    let begin = format!("{kind} {} (deleted, finalizer `{finalizer}`)", listed(&places));
    let (workload, is_there, stays) = match state(finalizer, workloads) {
        State::Orphaned { workload, is_there, stays } => (workload, is_there, stays),
        State::Kept { workload } => {
            return format!("{begin}: `{workload}` is to take it away; where it does not, its log says why");
        }
        State::Unknown => return begin,
    };
    let why = if is_there {
        "has no pod that is ready. Bring it back: its pods and their logs say why it is not"
    } else {
        "is not there. Start it again (`tfy-infra apply` of the layer that has it)"
    };
    let patches: Vec<String> = held.iter().map(|(kind, object)| patch(kind, object)).collect();
    let shown = patches.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n    ");
    let more = match patches.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("\n    and the same for {more} more"),
    };
    format!(
        "{begin}: nobody takes it away, its controller `{workload}` {why}, or give the object \
         up; then {stays}:\n    {shown}{more}"
    )
}

/// How many commands are shown at once.
const SHOWN: usize = 4;

/// Takes the finalizers of an object away, by hand.
fn patch(kind: &Kind, object: &Object) -> String {
    let namespace = if kind.namespaced { format!(" -n {}", object.namespace) } else { String::new() };
    let what = format!("{}/{}{namespace}", kind.name(), object.name);
    format!("kubectl patch {what} --type=merge -p '{{\"metadata\":{{\"finalizers\":null}}}}'")
}

/// The volumes whose claim is gone and that are still to be deleted, as a line; `None` where there are none.
///
/// # Errors
/// When the cluster does not say.
pub(in crate::run) fn released_volumes(cluster: &impl Ask) -> Result<Option<String>, Failed> {
    let list = cluster.get("/api/v1/persistentvolumes", WHOLE)?.unwrap_or_default();
    Ok(volumes(&list).into_iter().next())
}

/// Volumes whose claim is gone and that are still to be deleted.
fn volumes(list: &Value) -> Vec<String> {
    let released = items(list, "items").filter(|volume| {
        volume["status"]["phase"] == "Released" && volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete"
    });
    let name = |volume: &Value| {
        let handle = text(&volume["spec"]["csi"], "volumeHandle");
        let name = text(&volume["metadata"], "name");
        if handle.is_empty() { name } else { format!("{name} ({handle})") }
    };
    let names: Vec<String> = released.map(name).collect();
    let line = format!("persistentvolumes {}, which their driver is to delete", listed(&names));
    if names.is_empty() { Vec::new() } else { vec![line] }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn held(plural: &str, group: &str, namespace: &str, name: &str, finalizer: &str) -> (Kind, Object) {
        let kind = Kind {
            group: group.to_owned(),
            version: "v1".to_owned(),
            plural: plural.to_owned(),
            kind: String::new(),
            namespaced: !namespace.is_empty(),
        };
        let object = json!({ "metadata": {
            "namespace": namespace, "name": name, "finalizers": [finalizer], "deletionTimestamp": "2026-11-29T10:00:00Z",
        } });
        let object = Object::read(&kind.name(), &object);
        (kind, object)
    }

    #[test]
    fn finalizers_are_told_with_the_way_out_where_nobody_takes_them_away() {
        let workloads = [json!({ "items": [
            { "metadata": { "name": "karpenter" }, "status": {} },
            { "metadata": { "name": "keda-operator" }, "status": { "readyReplicas": 1 } },
        ] })];
        let mut deleted = vec![
            held("services", "", "shop", "front", "service.k8s.aws/resources"),
            held("scaledobjects", "keda.sh", "shop", "cart", "finalizer.keda.sh"),
            held("widgets", "acme.com", "shop", "one", "acme.com/hold"),
        ];
        deleted.extend((0..6).map(|i| {
            held("nodeclaims", "karpenter.sh", "", &format!("default-{i}"), "karpenter.sh/termination")
        }));
        insta::assert_snapshot!(finalizers(&deleted, &workloads).join("\n"), @r#"
        widgets.acme.com shop/one (deleted, finalizer `acme.com/hold`)
        scaledobjects.keda.sh shop/cart (deleted, finalizer `finalizer.keda.sh`): `keda-operator` is to take it away; where it does not, its log says why
        nodeclaims.karpenter.sh default-0, default-1, default-2, default-3, default-4, default-5 (deleted, finalizer `karpenter.sh/termination`): nobody takes it away, its controller `karpenter` has no pod that is ready. Bring it back: its pods and their logs say why it is not, or give the object up; then its instance goes on and costs money, and so do launch template and instance profile:
            kubectl patch nodeclaims.karpenter.sh/default-0 --type=merge -p '{"metadata":{"finalizers":null}}'
            kubectl patch nodeclaims.karpenter.sh/default-1 --type=merge -p '{"metadata":{"finalizers":null}}'
            kubectl patch nodeclaims.karpenter.sh/default-2 --type=merge -p '{"metadata":{"finalizers":null}}'
            kubectl patch nodeclaims.karpenter.sh/default-3 --type=merge -p '{"metadata":{"finalizers":null}}'
            and the same for 2 more
        services shop/front (deleted, finalizer `service.k8s.aws/resources`): nobody takes it away, its controller `aws-load-balancer-controller` is not there. Start it again (`tfy-infra apply` of the layer that has it), or give the object up; then load balancer, target groups, security groups and their rules stay in AWS:
            kubectl patch services/front -n shop --type=merge -p '{"metadata":{"finalizers":null}}'
        "#);
    }

    #[test]
    fn namespaces_say_what_kubernetes_says_of_them() {
        let condition = |ty: &str, status: &str, message: &str| json!({ "type": ty, "status": status, "message": message });
        let list = json!({ "items": [
            { "metadata": { "name": "shop", "deletionTimestamp": "2026-11-29T10:00:00Z" }, "status": { "conditions": [
                condition("NamespaceDeletionDiscoveryFailure", "True", "metrics.k8s.io/v1beta1 does not answer"),
                condition("NamespaceContentRemaining", "True", "Some resources are remaining: widgets.acme.com has 1 resource instances"),
                condition("NamespaceFinalizersRemaining", "False", "All content-preserving finalizers finished"),
            ] } },
            { "metadata": { "name": "early", "deletionTimestamp": "2026-11-29T10:00:00Z" }, "status": {} },
            { "metadata": { "name": "stays" } },
        ] });
        insta::assert_snapshot!(namespaces(&list).join("\n"), @r"
        namespace `shop`, which is being deleted: metrics.k8s.io/v1beta1 does not answer; Some resources are remaining: widgets.acme.com has 1 resource instances
        namespace `early`, which is being deleted: its objects are being deleted
        ");
    }

    #[test]
    fn volumes_that_are_to_be_deleted_are_told_with_their_ids() {
        let volume = |name: &str, phase: &str, policy: &str| {
            json!({ "metadata": { "name": name }, "status": { "phase": phase },
                    "spec": { "persistentVolumeReclaimPolicy": policy, "csi": { "volumeHandle": format!("vol-{name}") } } })
        };
        let list = json!({ "items": [
            volume("a", "Released", "Delete"), volume("b", "Bound", "Delete"), volume("c", "Released", "Retain"),
        ] });
        assert_eq!(volumes(&list), ["persistentvolumes a (vol-a), which their driver is to delete"]);
        assert_eq!(volumes(&json!({})), [""; 0]);
    }
}
