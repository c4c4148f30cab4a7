//! The cluster, what runs in it, and the way in.

use super::{Effect, Touched, all_of, effect, gone, shown, some_of};
use crate::spec::{ClusterChoice, ClusterCreate, Ingress, Path, Spec};

const IN_THE_CLUSTER: [Touched; 3] = [all_of("cluster"), all_of("addons"), all_of("agent")];

pub(super) fn between(old: &Spec, new: &Spec) -> Vec<Effect> {
    let mut effects = match (&old.cluster, &new.cluster) {
        (ClusterChoice::Create(was), ClusterChoice::Create(is)) => created(was, is),
        (ClusterChoice::Existing(was), ClusterChoice::Existing(is)) if was.name == is.name => Vec::new(),
        (was, is) => vec![effect("cluster", "cluster", name(was), name(is)).does(
            "what runs in the old cluster stays behind there or goes with it, and is made again in the other",
            &IN_THE_CLUSTER,
        )],
    };
    effects.extend(addons(old, new));
    effects.extend(pools(old, new));
    if let (Some(was), Some(is)) = (&old.ingress, &new.ingress) {
        effects.extend(way_in(was, is));
    }
    effects
}

fn name(cluster: &ClusterChoice) -> &str {
    match cluster {
        ClusterChoice::Create(_) => "a cluster of its own",
        ClusterChoice::Existing(existing) => &existing.name,
    }
}

fn created(was: &ClusterCreate, is: &ClusterCreate) -> Vec<Effect> {
    let mut effects = Vec::new();
    if was.ip_family != is.ip_family {
        effects.push(
            effect("ip-family", "cluster.create.ip_family", was.ip_family.name(), is.ip_family.name()).does(
                "a cluster keeps its family of addresses: it is replaced, and everything in it",
                &IN_THE_CLUSTER,
            ),
        );
    }
    let minor = |version: &str| version.strip_prefix("1.").and_then(|minor| minor.parse::<u32>().ok());
    if let (Some(before), Some(after)) = (&was.version, &is.version)
        && let (Some(old), Some(new)) = (minor(before), minor(after))
        && !(old..=old + 1).contains(&new)
    {
        let outcome = if new < old {
            "EKS takes no version back and refuses it: the apply fails, and nothing is lost"
        } else {
            "EKS goes one minor version at a time and refuses to skip one: write the next one, apply, and go on from there"
        };
        effects
            .push(effect("kubernetes-version", "cluster.create.version", before, after).does(outcome, &[]));
    }
    if was.identity.name() != is.identity.name() {
        effects.push(effect("identity", "cluster.create.identity", was.identity.name(), is.identity.name()).does(
            "pods have no credentials of AWS from the time that the old way goes until they have started again",
            &[
                some_of("cluster", &["aws_eks_pod_identity_association", "aws_iam_openid_connect_provider"]),
                some_of("identity", &["aws_eks_pod_identity_association"]),
            ],
        ));
    }
    effects
}

/// Names of what is switched on, in a part of the spec that is a map of switches.
fn switched_on(part: &impl serde::Serialize) -> Vec<String> {
    let Ok(serde_json::Value::Object(switches)) = serde_json::to_value(part) else { return Vec::new() };
    let on = switches
        .into_iter()
        .filter(|(_, value)| !matches!(value, serde_json::Value::Null | serde_json::Value::Bool(false)));
    on.map(|(name, _)| name).collect()
}

fn addons(old: &Spec, new: &Spec) -> Vec<Effect> {
    // Without add-ons at all the layer is no longer generated, and stays until it is destroyed.
    let (Some(was), Some(is)) = (old.addons.set(), new.addons.set()) else { return Vec::new() };
    let (was, is) = (switched_on(&was), switched_on(&is));
    let gone = gone(was.iter().map(String::as_str), is.iter().map(String::as_str));
    // Where it is not said, it goes by whether there is a pool for it.
    let has_gpu = new.compute.pools.gpu.options().is_some();
    let gone = gone.into_iter().filter(|name| !(has_gpu && name == "gpu-operator" && says_nothing(new)));
    let effects = gone.map(|name| {
        effect("addon", "addons", format!("{name} on"), "off").at(Path::new("addons").key(&name)).does(
            "the add-on goes, and with its definitions every object of its kinds in the cluster; those of others are asked for before",
            &[],
        )
    });
    effects.collect()
}

/// Whether the spec leaves the operator of GPUs to the pools.
fn says_nothing(spec: &Spec) -> bool {
    spec.addons.set().is_none_or(|set| set.gpu_operator.is_none())
}

fn pools(old: &Spec, new: &Spec) -> Vec<Effect> {
    let (was, is) = (switched_on(&old.compute.pools), switched_on(&new.compute.pools));
    let gone = gone(was.iter().map(String::as_str), is.iter().map(String::as_str));
    let effects = gone.into_iter().map(|name| {
        effect("pool", "compute.pools", format!("{name} on"), "off")
            .at(Path::new("compute.pools").key(&name))
            .does("its nodes are drained and end; what asks for this pool by name has no place any more", &[])
    });
    effects.collect()
}

fn way_in(was: &Ingress, is: &Ingress) -> Vec<Effect> {
    let mut effects = Vec::new();
    let kind = |ingress: &Ingress| {
        format!("{}, {}", ingress.load_balancer.name(), if ingress.internal { "internal" } else { "public" })
    };
    if kind(was) != kind(is) {
        effects.push(effect("load-balancer", "ingress.load_balancer", kind(was), kind(is)).does(
            "the load balancer is replaced, with its name in DNS and its addresses",
            &[some_of("ingress", &["aws_lb", "aws_route53_record", "aws_wafv2_web_acl_association"])],
        ));
    }
    let name = |ingress: &Ingress| {
        [&ingress.domain, &ingress.zone]
            .map(|part| part.as_ref().map_or_else(|| "none".to_owned(), Clone::clone))
            .join(" in ")
    };
    if was.domain.is_some()
        && (shown(&was.domain) != shown(&is.domain) || shown(&was.zone) != shown(&is.zone))
    {
        effects.push(effect("domain", "ingress.domain", name(was), name(is)).does(
            "records of the old name go, and who uses it reaches nothing",
            &[some_of("ingress", &["aws_route53_record", "aws_acm_certificate"])],
        ));
    }
    effects
}
