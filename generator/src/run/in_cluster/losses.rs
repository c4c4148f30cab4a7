//! Objects that need what a plan removes, and that the tree did not make. Without their controller they hang or stand for nothing, what they have
//! made in AWS stays there, and with the definition of their kind they are deleted.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::commands::Failed;
use super::api::{Ask, METADATA_ONLY, WHOLE};
use super::kinds::{self, Kind};
use super::makers::Makers;
use super::objects::{Object, items, listed, text};
use super::removal::Removal;
use crate::tree::record::Release;

const CONTROLLER: &str = "aws-load-balancer-controller";

/// The objects of others that would be lost, by the names of their kinds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::run) struct Losses {
    /// Whether any kind was looked for.
    asked: bool,
    objects: BTreeMap<String, Vec<String>>,
}

impl Losses {
    /// Asks a cluster. `everything` says that the whole layer goes, and the cluster after it.
    ///
    /// # Errors
    /// What could not be looked at is never taken for absent.
    pub(in crate::run) fn of(
        cluster: &impl Ask,
        removal: &Removal,
        everything: bool,
    ) -> Result<Self, Failed> {
        let known = kinds::known(cluster)?;
        let definitions = kinds::definitions(cluster)?;
        let needing = kinds::needing(&known, &definitions, &removal.releases);
        let mut objects = Vec::new();
        for kind in &needing {
            objects.extend(of_kind(cluster, kind)?);
        }
        let storage = everything && !removal.classes.is_empty();
        let balanced = removal.releases.iter().any(|(_, name)| name == CONTROLLER);
        if balanced || storage {
            objects.extend(balancers(cluster, storage)?);
        }
        if balanced {
            objects.extend(ingresses(cluster)?);
        }
        if storage {
            objects.extend(claims(cluster)?);
        }
        let mut makers = Makers::new(cluster, &known, removal);
        makers.know(&objects);
        let mut losses = Self { asked: balanced || storage || !needing.is_empty(), objects: BTreeMap::new() };
        for object in &objects {
            if !makers.is_ours(object)? {
                losses.objects.entry(object.kind.clone()).or_default().push(object.place());
            }
        }
        losses.objects.values_mut().for_each(|places| places.sort());
        Ok(losses)
    }

    /// Whether this may go on: all kinds that lose something are named, and no others.
    ///
    /// # Errors
    /// With the objects, or the names that are not needed.
    pub(in crate::run) fn judge(&self, allowed: &[String]) -> Result<(), Failed> {
        if !self.asked {
            return Ok(());
        }
        let needless: Vec<String> = allowed
            .iter()
            .filter(|name| !self.objects.contains_key(*name))
            .map(|name| format!("`{name}`"))
            .collect();
        if !needless.is_empty() {
            return Err(self.needless(&needless.join(", ")));
        }
        let lost: Vec<_> = self.objects.iter().filter(|(kind, _)| !allowed.contains(kind)).collect();
        if lost.is_empty() { Ok(()) } else { Err(refused(&lost)) }
    }

    fn needless(&self, names: &str) -> Failed {
        let kinds: Vec<String> = self.objects.keys().map(|kind| format!("`{kind}`")).collect();
        let there = if kinds.is_empty() {
            "No objects of others would be lost".to_owned()
        } else {
            format!("Objects of others are lost of {}", kinds.join(", "))
        };
        Failed::one(
            format!("`--allow-loss-of` names what is not lost: {names}"),
            &format!("{there}. Leave the name out, or write it as it stands there."),
        )
    }
}

/// The same for a layer of which nothing is removed: where it has what others need, a name is not needed.
///
/// # Errors
/// With the names.
pub(in crate::run) fn judge_without_removal(releases: &[Release], allowed: &[String]) -> Result<(), Failed> {
    let asked = releases.iter().any(|release| kinds::is_needed(&release.name));
    Losses { asked, objects: BTreeMap::new() }.judge(allowed)
}

fn refused(lost: &[(&String, &Vec<String>)]) -> Failed {
    let line =
        |(kind, places): &(&String, &Vec<String>)| format!("{kind} ({}): {}", places.len(), listed(places));
    let lines: Vec<String> = lost.iter().map(line).collect();
    let flags: Vec<String> = lost.iter().map(|(kind, _)| format!("--allow-loss-of {kind}")).collect();
    Failed::one(
        "objects need what is to be removed, and this tree did not make them",
        &format!(
            "{}\nWithout what serves them they hang or do nothing, and what was made for them in AWS stays. Delete them where they were made, \
             applications by the control plane, or keep the add-on; then run the same command again. To lose them: `{}`.",
            lines.join("\n"),
            flags.join(" ")
        ),
    )
}

fn of_kind(cluster: &impl Ask, kind: &Kind) -> Result<Vec<Object>, Failed> {
    // Of the Gateway API any controller may serve some.
    if kind.group == "gateway.networking.k8s.io" {
        let answer = cluster.get(&kind.path(), WHOLE)?.unwrap_or_default();
        let ours = items(&answer, "items")
            .filter(|gateway| text(&gateway["spec"], "gatewayClassName").starts_with("istio"));
        return Ok(ours.map(|gateway| Object::read(&kind.name(), gateway)).collect());
    }
    let answer = cluster.get(&kind.path(), METADATA_ONLY)?.unwrap_or_default();
    Ok(Object::all(&kind.name(), &answer))
}

/// Services that have a load balancer by the controller; `all` of them where the cluster goes, as those of EKS's own stay in AWS as well.
fn balancers(cluster: &impl Ask, all: bool) -> Result<Vec<Object>, Failed> {
    let answer = cluster.get("/api/v1/services", WHOLE)?.unwrap_or_default();
    let balanced = items(&answer, "items").filter(|service| service["spec"]["type"] == "LoadBalancer");
    let served = |service: &&Value| {
        let by_annotation =
            &service["metadata"]["annotations"]["service.beta.kubernetes.io/aws-load-balancer-type"];
        all || service["spec"]["loadBalancerClass"] == "service.k8s.aws/nlb"
            || by_annotation == "external"
            || by_annotation == "nlb-ip"
            || has_finalizer(service, "service.k8s.aws/")
    };
    Ok(balanced.filter(served).map(|service| Object::read("services", service)).collect())
}

fn ingresses(cluster: &impl Ask) -> Result<Vec<Object>, Failed> {
    let answer = cluster.get("/apis/networking.k8s.io/v1/ingresses", WHOLE)?.unwrap_or_default();
    let served = |ingress: &&Value| {
        ingress["spec"]["ingressClassName"] == "alb"
            || ingress["metadata"]["annotations"]["kubernetes.io/ingress.class"] == "alb"
            || has_finalizer(ingress, "ingress.k8s.aws/")
            || has_finalizer(ingress, "group.ingress.k8s.aws/")
    };
    let kind = "ingresses.networking.k8s.io";
    Ok(items(&answer, "items").filter(served).map(|ingress| Object::read(kind, ingress)).collect())
}

/// Claims whose volumes go with them. A volume that its policy keeps outlives the cluster by intent.
fn claims(cluster: &impl Ask) -> Result<Vec<Object>, Failed> {
    let volumes = cluster.get("/api/v1/persistentvolumes", WHOLE)?.unwrap_or_default();
    let deleted: Vec<String> = items(&volumes, "items")
        .filter(|volume| volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete")
        .map(|volume| text(&volume["metadata"], "name"))
        .collect();
    let answer = cluster.get("/api/v1/persistentvolumeclaims", WHOLE)?.unwrap_or_default();
    let bound = items(&answer, "items").filter(|claim| deleted.contains(&text(&claim["spec"], "volumeName")));
    Ok(bound.map(|claim| Object::read("persistentvolumeclaims", claim)).collect())
}

fn has_finalizer(object: &Value, start: &str) -> bool {
    items(&object["metadata"], "finalizers")
        .filter_map(Value::as_str)
        .any(|finalizer| finalizer.starts_with(start))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::run::in_cluster::removal::tests::plan;
    use crate::run::in_cluster::shown;

    /// A cluster that has these answers and nothing else.
    struct Fake {
        answers: BTreeMap<&'static str, Value>,
        asked: RefCell<Vec<String>>,
    }

    impl Ask for Fake {
        fn get(&self, path: &str, _: &str) -> Result<Option<Value>, Failed> {
            self.asked.borrow_mut().push(path.to_owned());
            Ok(self.answers.get(path).cloned())
        }
    }

    fn fake(answers: &[(&'static str, Value)]) -> Fake {
        let resource = |plural: &str, kind: &str, scope: &str| json!({ "resource": plural, "responseKind": { "kind": kind }, "scope": scope, "verbs": ["list"] });
        let group = |name: &str, version: &str, resources: Value| json!({ "metadata": { "name": name }, "versions": [{ "version": version, "resources": resources }] });
        let discovered = json!({ "items": [
            group("apps", "v1", json!([resource("deployments", "Deployment", "Namespaced")])),
            group("keda.sh", "v1alpha1", json!([resource("scaledobjects", "ScaledObject", "Namespaced")])),
            group("argoproj.io", "v1alpha1", json!([resource("appprojects", "AppProject", "Namespaced")])),
            group("elbv2.k8s.aws", "v1beta1", json!([resource("targetgroupbindings", "TargetGroupBinding", "Namespaced")])),
        ] });
        let mut all: BTreeMap<_, _> = answers.iter().cloned().collect();
        all.insert("/apis", discovered);
        Fake { answers: all, asked: RefCell::default() }
    }

    fn of_release(namespace: &str, name: &str) -> Value {
        json!({ "meta.helm.sh/release-namespace": namespace, "meta.helm.sh/release-name": name })
    }

    fn object(namespace: &str, name: &str, more: &Value) -> Value {
        let mut metadata =
            json!({ "namespace": namespace, "name": name, "uid": format!("{namespace}/{name}") });
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "metadata": metadata })
    }

    const SCALED: &str = "/apis/keda.sh/v1alpha1/scaledobjects";

    #[test]
    fn objects_of_others_are_refused_and_those_of_the_tree_are_not() {
        let owner = |kind: &str, name: &str| json!({ "ownerReferences": [{ "apiVersion": "apps/v1", "kind": kind, "name": name, "uid": format!("own/{name}") }] });
        let scaled = json!({ "items": [
            object("own", "by-release", &json!({ "annotations": of_release("own", "team") })),
            object("own", "by-hand", &json!({})),
            object("own", "of-a-deployment", &owner("Deployment", "web")),
            object("own", "of-none", &owner("Deployment", "gone")),
            object("shop", "cart", &json!({ "annotations": of_release("shop", "their-own") })),
        ] });
        let deployment = object("own", "web", &json!({ "annotations": of_release("own", "team") }));
        let cluster = fake(&[(SCALED, scaled), ("/apis/apps/v1/namespaces/own/deployments/web", deployment)]);
        let losses = Losses::of(&cluster, &Removal::of(&plan(), &[]), false).unwrap();
        assert_eq!(losses.objects["scaledobjects.keda.sh"], ["own/of-none", "shop/cart"]);
        assert_eq!(losses.objects.len(), 1, "{losses:?}");
        insta::assert_snapshot!(shown(&losses.judge(&[]).unwrap_err()), @r"
        objects need what is to be removed, and this tree did not make them
        scaledobjects.keda.sh (2): own/of-none, shop/cart
        Without what serves them they hang or do nothing, and what was made for them in AWS stays. Delete them where they were made, applications by the control plane, or keep the add-on; then run the same command again. To lose them: `--allow-loss-of scaledobjects.keda.sh`.
        ");
        losses.judge(&["scaledobjects.keda.sh".to_owned()]).unwrap();
        let misspelt = losses.judge(&["scaledobject.keda.sh".to_owned()]).unwrap_err();
        insta::assert_snapshot!(shown(&misspelt), @r"
        `--allow-loss-of` names what is not lost: `scaledobject.keda.sh`
        Objects of others are lost of `scaledobjects.keda.sh`. Leave the name out, or write it as it stands there.
        ");
        let asked = cluster.asked.borrow();
        assert!(!asked.iter().any(|path| path.contains("services")), "the controller stays: {asked:?}");
    }

    #[test]
    fn what_is_named_and_not_lost_is_refused_and_a_layer_that_serves_nothing_says_nothing() {
        let named = ["services".to_owned()];
        let losses = Losses::of(&fake(&[]), &Removal::of(&plan(), &[]), true).unwrap();
        insta::assert_snapshot!(shown(&losses.judge(&named).unwrap_err()), @r"
        `--allow-loss-of` names what is not lost: `services`
        No objects of others would be lost. Leave the name out, or write it as it stands there.
        ");
        let none =
            Removal { releases: vec![("agent".to_owned(), "tfy-agent".to_owned())], ..Removal::default() };
        Losses::of(&fake(&[]), &none, true).unwrap().judge(&named).unwrap();
    }

    #[test]
    fn a_name_is_not_needed_where_nothing_is_removed() {
        let release = |name: &str| Release {
            address: String::new(),
            namespace: name.to_owned(),
            name: name.to_owned(),
        };
        let named = ["scaledobjects.keda.sh".to_owned()];
        judge_without_removal(&[release("keda")], &[]).unwrap();
        judge_without_removal(&[release("tfy-agent")], &named).unwrap();
        let failed = judge_without_removal(&[release("tfy-agent"), release("keda")], &named).unwrap_err();
        assert_eq!(failed.0[0].summary, "`--allow-loss-of` names what is not lost: `scaledobjects.keda.sh`");
    }

    fn removed(releases: &[(&str, &str)], classes: &[&str]) -> Removal {
        let pair = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
        let releases: Vec<_> = releases.iter().map(pair).collect();
        Removal {
            ours: releases.iter().cloned().collect(),
            releases,
            classes: classes.iter().map(|class| (*class).to_owned()).collect(),
            manifests: std::collections::BTreeSet::new(),
        }
    }

    #[test]
    fn services_and_ingresses_that_the_controller_serves_need_it() {
        let with = |mut object: Value, spec: Value| {
            object["spec"] = spec;
            object
        };
        let services = json!({ "items": [
            with(object("shop", "front", &json!({})), json!({ "type": "LoadBalancer", "loadBalancerClass": "service.k8s.aws/nlb" })),
            with(object("shop", "served", &json!({ "finalizers": ["service.k8s.aws/resources"] })), json!({ "type": "LoadBalancer" })),
            with(object("shop", "of-eks", &json!({})), json!({ "type": "LoadBalancer" })),
            with(object("shop", "inside", &json!({})), json!({ "type": "ClusterIP" })),
        ] });
        let ingresses = json!({ "items": [
            with(object("shop", "web", &json!({})), json!({ "ingressClassName": "alb" })),
            with(object("shop", "grouped", &json!({ "finalizers": ["group.ingress.k8s.aws/all"] })), json!({})),
            with(object("shop", "nginx", &json!({})), json!({ "ingressClassName": "nginx" })),
        ] });
        let bindings = json!({ "items": [
            object("shop", "k8s-shop-front", &json!({ "labels": { "service.k8s.aws/stack-name": "front" } })),
            object("shop", "own", &json!({})),
        ] });
        let cluster = fake(&[
            ("/api/v1/services", services),
            ("/apis/networking.k8s.io/v1/ingresses", ingresses),
            ("/apis/elbv2.k8s.aws/v1beta1/targetgroupbindings", bindings),
        ]);
        let controller = [("kube-system", CONTROLLER)];
        let off = Losses::of(&cluster, &removed(&controller, &[]), false).unwrap();
        assert_eq!(off.objects["services"], ["shop/front", "shop/served"]);
        assert_eq!(off.objects["ingresses.networking.k8s.io"], ["shop/grouped", "shop/web"]);
        assert_eq!(off.objects["targetgroupbindings.elbv2.k8s.aws"], ["shop/own"]);
        let gone = Losses::of(&cluster, &removed(&controller, &["gp3"]), true).unwrap();
        assert_eq!(gone.objects["services"], ["shop/front", "shop/of-eks", "shop/served"]);
    }

    #[test]
    fn claims_of_others_need_their_cluster_unless_a_policy_keeps_the_volume() {
        let volume = |name: &str, policy: &str| json!({ "metadata": { "name": name }, "spec": { "persistentVolumeReclaimPolicy": policy } });
        let claim = |place: (&str, &str), volume: &str| {
            let mut claim = object(place.0, place.1, &json!({}));
            claim["spec"] = json!({ "volumeName": volume });
            claim
        };
        let cluster = fake(&[
            (
                "/api/v1/persistentvolumes",
                json!({ "items": [volume("pv-1", "Delete"), volume("pv-2", "Retain")] }),
            ),
            (
                "/api/v1/persistentvolumeclaims",
                json!({ "items": [
                claim(("shop", "data"), "pv-1"), claim(("shop", "kept"), "pv-2"), claim(("shop", "waits"), ""),
                claim(("tfy-logs", "server-volume-tfy-logs-0"), "pv-1"), claim(("tfy-logs", "data-other-0"), "pv-1"),
            ] }),
            ),
            (
                "/apis/apps/v1/namespaces/tfy-logs/statefulsets",
                json!({ "items": [
                object("tfy-logs", "tfy-logs", &json!({ "annotations": of_release("tfy-logs", "tfy-logs") })),
                object("tfy-logs", "other", &json!({})),
            ] }),
            ),
        ]);
        let removal = removed(&[("tfy-logs", "tfy-logs")], &["gp3"]);
        let losses = Losses::of(&cluster, &removal, true).unwrap();
        assert_eq!(losses.objects["persistentvolumeclaims"], ["shop/data", "tfy-logs/data-other-0"]);
        assert_eq!(
            Losses::of(&cluster, &removal, false).unwrap().objects.len(),
            0,
            "an add-on alone takes no volume"
        );
    }

    #[test]
    fn what_a_controller_of_ours_makes_by_itself_is_ours() {
        let projects = json!({ "items": [object("argocd", "default", &json!({})), object("argocd", "team", &json!({}))] });
        let cluster = fake(&[("/apis/argoproj.io/v1alpha1/appprojects", projects)]);
        let losses = Losses::of(&cluster, &removed(&[("argocd", "argocd")], &[]), false).unwrap();
        assert_eq!(losses.objects["appprojects.argoproj.io"], ["argocd/team"]);
    }

    #[test]
    fn releases_of_other_layers_are_the_trees_as_well() {
        let scaled = json!({ "items": [object("agent", "scaled", &json!({ "annotations": of_release("agent", "tfy-agent") }))] });
        let of_another =
            Release { address: String::new(), namespace: "agent".to_owned(), name: "tfy-agent".to_owned() };
        let losses =
            Losses::of(&fake(&[(SCALED, scaled)]), &Removal::of(&plan(), &[of_another]), false).unwrap();
        assert_eq!(losses.objects.len(), 0, "{losses:?}");
    }
}
