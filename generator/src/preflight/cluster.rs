//! The version of a new cluster, and the add-ons that EKS has for it.

use super::{Checks, few};
use crate::facts::{Answer, ClusterVersion};
use crate::plan::NewCluster;
use crate::spec::Path;

pub(super) fn check(checks: &mut Checks<'_>, new: &NewCluster) {
    name(checks);
    version(checks, "eks.version", &new.version, &Path::new("cluster.create.version"));
    addons(checks, &new.version);
}

/// A cluster of that name that is somebody else's.
fn name(checks: &mut Checks<'_>) {
    let (facts, platform) = (checks.facts, checks.platform);
    match &facts.cluster {
        Answer::Absent => checks.pass("eks.name"),
        Answer::Known(found) if found.platform.as_ref() == Some(&platform.name) => checks.pass("eks.name"),
        Answer::Known(_) => checks.finding(
            "eks.name",
            Some(Path::new("name")),
            format!("there is a cluster `{}` that is not this platform's", platform.name),
            "a cluster's name is taken once in an account and region",
            "give the platform another `name`, or use that cluster: `cluster.existing`",
        ),
        other => {
            checks.known("eks.name", "whether the cluster's name is free", other);
        }
    }
}

/// Whether EKS supports a version on the day of the facts.
pub(super) fn version(checks: &mut Checks<'_>, check: &str, version: &str, path: &Path) {
    let facts = checks.facts;
    let what = "which Kubernetes versions EKS supports";
    let Some(all) = checks.known(check, what, &facts.cluster_versions) else { return };
    let today = facts.taken.get(..10).unwrap_or(&facts.taken);
    let over = |day: &Option<String>| day.as_deref().is_some_and(|day| day < today);
    let good: Vec<&str> = all
        .iter()
        .filter(|one| !one.unsupported && !over(&one.standard_until))
        .map(|one| one.version.as_str())
        .collect();
    let newest = good.iter().max_by_key(|one| minor(one)).copied().unwrap_or("1.35");
    let next = if check == "eks.version" {
        format!("write `\"{newest}\"` in `cluster.create.version`")
    } else {
        "let whoever owns the cluster upgrade it, one minor version at a time".to_owned()
    };
    let day = |day: &Option<String>| day.clone().unwrap_or_else(|| "a day that AWS does not tell".to_owned());
    match all.iter().find(|one| one.version == version) {
        None => checks.finding(
            check,
            Some(path.clone()),
            format!("EKS has no Kubernetes {version}"),
            format!("it has {}", few(&all.iter().map(|one| &one.version).collect::<Vec<_>>())),
            next,
        ),
        Some(found) if is_over(found, today) => checks.finding(
            check,
            Some(path.clone()),
            format!("EKS no longer supports Kubernetes {version}"),
            format!("its extended support ended on {}", day(&found.extended_until)),
            next,
        ),
        Some(found) if over(&found.standard_until) => checks.finding(
            check,
            Some(path.clone()),
            format!("Kubernetes {version} has left standard support"),
            format!(
                "it ended on {}; from then on AWS takes six times the price for each hour of the cluster, until {}",
                day(&found.standard_until),
                day(&found.extended_until)
            ),
            next,
        ),
        Some(_) => checks.pass(check),
    }
}

fn is_over(version: &ClusterVersion, today: &str) -> bool {
    version.unsupported || version.extended_until.as_deref().is_some_and(|day| day < today)
}

/// `35` of `1.35`.
pub(super) fn minor(version: &str) -> u32 {
    version.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or_default()
}

fn addons(checks: &mut Checks<'_>, version: &str) {
    let (facts, asked) = (checks.facts, checks.asked);
    for name in &asked.addons {
        let what = format!("which versions of the add-on `{name}` EKS has");
        match facts.addon_versions.get(name) {
            Some(Answer::Absent) => checks.finding(
                "eks.addons",
                Some(Path::new("cluster.create.version")),
                format!("EKS has no version of the add-on `{name}` for Kubernetes {version}"),
                "the cluster gets it as a managed add-on, in the default version",
                "write an older version in `cluster.create.version` until there is one",
            ),
            Some(Answer::Known(_)) => checks.pass("eks.addons"),
            _ => {
                checks.known_in("eks.addons", &what, &facts.addon_versions, name);
            }
        }
    }
}
