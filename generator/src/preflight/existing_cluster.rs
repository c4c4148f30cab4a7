//! Whether a cluster that is there is fit for the platform.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::cluster::{minor, version};
use super::{Checks, few};
use crate::facts::{Addon, Answer, ClusterFound};
use crate::plan::{ExistingCluster, Network, modules};
use crate::spec::Path;

pub(super) fn check(checks: &mut Checks<'_>, existing: &ExistingCluster) {
    let facts = checks.facts;
    match &facts.cluster {
        Answer::Absent => checks.finding(
            "existing.cluster",
            path("name"),
            format!("there is no cluster `{}`", existing.name),
            format!("EKS has none of that name in `{}`", checks.platform.region.name()),
            "write the name that `aws eks list-clusters` shows",
        ),
        Answer::Known(found) => {
            state(checks, existing, found);
            endpoint(checks, existing, found);
            version(checks, "existing.cluster.version", &found.version, &Path::new("cluster.existing.name"));
            charts(checks, existing, found);
            oidc(checks, existing, found);
        }
        other => {
            for check in [
                "existing.cluster",
                "existing.cluster.endpoint",
                "existing.cluster.version",
                "existing.cluster.oidc",
            ] {
                checks.known(check, "the cluster that is there", other);
            }
        }
    }
    if !matches!(facts.cluster, Answer::Absent) {
        addons(checks, existing);
    }
}

fn path(key: &str) -> Option<Path> {
    Some(Path::new("cluster.existing").key(key))
}

fn state(checks: &mut Checks<'_>, existing: &ExistingCluster, found: &ClusterFound) {
    let (check, name) = ("existing.cluster", &existing.name);
    if found.status != "ACTIVE" {
        checks.finding(
            check,
            path("name"),
            format!("the cluster `{name}` is {}", found.status),
            "nothing can be installed in it until it is ACTIVE",
            "wait until it is, or ask whoever owns it",
        );
    }
    if !found.authentication.contains("API") {
        checks.finding(
            check,
            path("name"),
            format!("the cluster `{name}` knows no access entries"),
            format!("its authentication mode is {}, so nobody could be let in from here", found.authentication),
            format!(
                "`aws eks update-cluster-config --name {name} --access-config authenticationMode=API_AND_CONFIG_MAP`; there is no way \
                 back"
            ),
        );
    }
    if let Network::Existing(network) = &checks.platform.network
        && network.vpc != found.vpc
    {
        checks.finding(
            check,
            Some(Path::new("network.existing.vpc")),
            format!("the cluster `{name}` is in `{}`", found.vpc),
            format!("the platform's VPC is `{}`", network.vpc),
            "name the cluster's VPC and its subnets in `network.existing`",
        );
    }
    checks.pass(check);
}

fn endpoint(checks: &mut Checks<'_>, existing: &ExistingCluster, found: &ClusterFound) {
    let (check, name) = ("existing.cluster.endpoint", &existing.name);
    if found.public_from.as_ref().is_some_and(|from| from.iter().any(|block| block == "0.0.0.0/0")) {
        checks.finding(
            check,
            path("name"),
            format!("the API of the cluster `{name}` is open to the whole internet"),
            "the layer `cluster` refuses it",
            format!("`aws eks update-cluster-config --name {name} --resources-vpc-config publicAccessCidrs=...` closes it"),
        );
    }
    if !found.private && checks.platform.network.is_isolated() {
        checks.finding(
            check,
            path("name"),
            format!("the API of the cluster `{name}` has no private endpoint"),
            "nodes reach it over the internet alone, to which the VPC has no way",
            format!("`aws eks update-cluster-config --name {name} --resources-vpc-config endpointPrivateAccess=true` makes one"),
        );
    }
    checks.pass(check);
}

fn oidc(checks: &mut Checks<'_>, existing: &ExistingCluster, found: &ClusterFound) {
    let Some(provider) = &existing.oidc_provider else { return };
    let facts = checks.facts;
    let check = "existing.cluster.oidc";
    let Some(providers) = checks.known(check, "the account's OIDC providers", &facts.oidc_providers) else {
        return;
    };
    let issuer = found.issuer.as_deref().unwrap_or_default().trim_start_matches("https://");
    if !providers.contains(provider) {
        checks.finding(
            check,
            path("oidc_provider"),
            format!("there is no OIDC provider `{provider}`"),
            format!(
                "the account has {}",
                if providers.is_empty() { "none".to_owned() } else { few(providers) }
            ),
            "make it, or leave `oidc_provider` out for EKS Pod Identity",
        );
    } else if issuer.is_empty() || !provider.ends_with(issuer) {
        checks.finding(
            check,
            path("oidc_provider"),
            format!("the OIDC provider `{provider}` is not that of the cluster `{}`", existing.name),
            format!("the cluster's issuer is `{issuer}`"),
            "write the ARN of the provider of that issuer",
        );
    }
    checks.pass(check);
}

/// EKS add-ons that bring what an add-on of ours brings too.
const SAME: [(&str, &str); 5] = [
    ("cert-manager", "cert-manager"),
    ("external-dns", "external-dns"),
    ("metrics-server", "metrics-server"),
    ("kube-state-metrics", "kube-prometheus-stack"),
    ("prometheus-node-exporter", "kube-prometheus-stack"),
];

fn addons(checks: &mut Checks<'_>, existing: &ExistingCluster) {
    let facts = checks.facts;
    let check = "existing.cluster.addons";
    let Some(there) = checks.known(check, "the cluster's EKS add-ons", &facts.cluster_addons) else { return };
    let missing: Vec<&String> =
        existing.required_addons.iter().filter(|name| !there.contains_key(*name)).collect();
    if !missing.is_empty() {
        checks.finding(
            check,
            path("required_addons"),
            format!("the cluster `{}` lacks EKS add-ons: {}", existing.name, few(&missing)),
            "the platform's pods need them",
            "let whoever owns the cluster add them, or list in `required_addons` what it has in their place",
        );
    }
    let ours = checks.platform.addons.as_ref();
    for (name, addon) in SAME {
        if there.contains_key(name) && ours.is_some_and(|ours| ours.has(addon)) {
            checks.finding(
                check,
                Some(Path::new("addons").key(addon)),
                format!("the cluster `{}` has the EKS add-on `{name}` already", existing.name),
                format!("the add-on `{addon}` of the platform brings the same, and two would undo each other's work"),
                format!("write `{addon}: false` in `addons`, or let whoever owns the cluster remove the EKS add-on"),
            );
        }
    }
    unsupported(checks, existing, there);
    checks.pass(check);
}

/// Add-ons in versions that are not for the cluster's own.
fn unsupported(checks: &mut Checks<'_>, existing: &ExistingCluster, there: &BTreeMap<String, Addon>) {
    let facts = checks.facts;
    let Some(found) = facts.cluster.known() else { return };
    for (name, addon) in there {
        let check = "existing.cluster.addons";
        let what = format!("which versions of the add-on `{name}` are for Kubernetes {}", found.version);
        match facts.addon_versions.get(name) {
            Some(Answer::Known(fit)) if !fit.contains(&addon.version) => checks.finding(
                check,
                path("name"),
                format!("the EKS add-on `{name}` of `{}` is {}", existing.name, addon.version),
                format!("EKS does not support it with Kubernetes {}, but {}", found.version, few(fit)),
                "let whoever owns the cluster update the add-on",
            ),
            // Of what is not sold for this version, or not by AWS, nothing can be said.
            Some(Answer::Known(_) | Answer::Absent) => {}
            _ => {
                checks.known_in(check, &what, &facts.addon_versions, name);
            }
        }
    }
}

#[derive(Deserialize)]
struct Pinned {
    charts: BTreeMap<String, Chart>,
}

#[derive(Deserialize)]
struct Chart {
    addon: String,
    version: String,
    kubernetes: Range,
}

#[derive(Deserialize)]
struct Range {
    min: Option<String>,
    max: Option<String>,
}

/// Charts of ours that are not for the cluster's version.
fn charts(checks: &mut Checks<'_>, existing: &ExistingCluster, found: &ClusterFound) {
    let Some(ours) = &checks.platform.addons else { return };
    let text =
        modules::files("addons").iter().find(|(name, _)| *name == "charts.json").map(|(_, text)| *text);
    let pinned: Option<Pinned> = text.and_then(|text| serde_json::from_str(text).ok());
    let at = minor(&found.version);
    let misfit: Vec<String> = pinned
        .into_iter()
        .flat_map(|pinned| pinned.charts)
        .filter(|(_, chart)| ours.has_pinned(&chart.addon))
        .filter(|(_, chart)| {
            let (min, max) = (&chart.kubernetes.min, &chart.kubernetes.max);
            min.as_ref().is_some_and(|min| at < minor(min)) || max.as_ref().is_some_and(|max| at > minor(max))
        })
        .map(|(name, chart)| {
            let end = |end: Option<String>| end.unwrap_or_else(|| "any".to_owned());
            let (min, max) = (end(chart.kubernetes.min), end(chart.kubernetes.max));
            format!("{name} {} ({min} to {max})", chart.version)
        })
        .collect();
    if misfit.is_empty() {
        return;
    }
    checks.finding(
        "existing.cluster.version",
        Some(Path::new("addons")),
        format!(
            "the cluster `{}` has Kubernetes {}, which is not for {}",
            existing.name,
            found.version,
            few(&misfit)
        ),
        "their charts say for which versions they are",
        "upgrade the cluster, or write other versions of these charts, or `false`, in `addons`",
    );
}
