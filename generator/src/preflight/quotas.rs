//! What the platform takes of quotas, against what is left of them.

use super::Checks;
use crate::facts::needs::{Need, Start, needs, starts};
use crate::facts::quotas;
use crate::facts::{Answer, Quota, Used};
use crate::plan::Network;
use crate::spec::Path;

pub(super) fn check(checks: &mut Checks<'_>) {
    let (platform, facts) = (checks.platform, checks.facts);
    let types = facts.instances.known();
    for need in needs(platform, types) {
        if need.quota == quotas::NAT_GATEWAYS {
            nat_gateways(checks, &need);
        } else {
            one(checks, &need);
        }
    }
    for start in starts(platform, types) {
        pool(checks, &start);
    }
}

/// Of these nobody uses anything in what is yet to be made.
const OF_WHAT_IS_NEW: [&str; 2] = [quotas::INTERFACE_ENDPOINTS, quotas::RULES];

/// What comes with the cluster: where it is there, all of it is.
const WITH_THE_CLUSTER: [&str; 6] = [
    quotas::CLUSTERS,
    quotas::NLB,
    quotas::OIDC_PROVIDERS,
    quotas::ROLES,
    quotas::VCPUS_ON_DEMAND,
    quotas::VCPUS_SPOT,
];

fn one(checks: &mut Checks<'_>, need: &Need) {
    let (facts, name) = (checks.facts, format!("quota.{}", need.quota));
    if checks.is_begun() && WITH_THE_CLUSTER.contains(&need.quota) {
        return checks.pass(name);
    }
    let what = format!("the quota for {}", need.what);
    let Some(quota) = checks.known_in(&name, &what, &facts.quotas, need.quota) else { return };
    let used = if OF_WHAT_IS_NEW.contains(&need.quota) {
        Used::default()
    } else {
        let what = format!("what is used of the quota `{}`", quota.name);
        let Some(used) = checks.known_in(&name, &what, &facts.used, need.quota) else { return };
        *used
    };
    let Some(amount) = need.amount else {
        let what = format!("how much of the quota `{}` is needed", quota.name);
        if checks.known(&name, &what, &facts.instances).is_some() {
            let text = "EC2 does not tell of the instance type";
            checks.open(&name, &what, crate::facts::Why::Incomplete, text);
        }
        return;
    };
    let wanted = amount.saturating_sub(used.own);
    let left = left(quota, used);
    if wanted <= left {
        return checks.pass(name);
    }
    let message = format!(
        "the quota `{}` leaves {left} of {}, and the platform takes {wanted}",
        quota.name,
        whole(quota.value)
    );
    let more = request(checks, quota, used.all + wanted);
    let next = need.instead.map_or_else(|| more.clone(), |instead| format!("{more}; or {instead}"));
    checks.finding(name, Some(need.path.clone()), message, format!("it takes {}", need.what), next);
}

fn left(quota: &Quota, used: Used) -> u64 {
    whole(quota.value).saturating_sub(used.all)
}

/// Quotas are whole numbers in a type that is not.
fn whole(value: f64) -> u64 {
    value.max(0.0) as u64
}

fn request(checks: &Checks<'_>, quota: &Quota, value: u64) -> String {
    if !quota.adjustable {
        return format!("AWS does not raise the quota `{}`: free what is no longer used", quota.name);
    }
    let global = quotas::ALL.iter().find(|kind| kind.code == quota.code).is_some_and(|kind| kind.global);
    let region = if global { checks.asked.home } else { checks.asked.region.as_str() };
    format!(
        "ask for more: `aws service-quotas request-service-quota-increase --region {region} --service-code {} --quota-code {} \
         --desired-value {value}`",
        quota.service, quota.code
    )
}

/// NAT gateways are counted in each zone.
fn nat_gateways(checks: &mut Checks<'_>, need: &Need) {
    let (facts, platform) = (checks.facts, checks.platform);
    let name = format!("quota.{}", need.quota);
    let Network::New(new) = &platform.network else { return };
    let what = "the quota of NAT gateways in a zone";
    let Some(quota) = checks.known_in(&name, what, &facts.quotas, need.quota) else { return };
    let what = "how many NAT gateways each zone has";
    let Some(gateways) = checks.known(&name, what, &facts.nat_gateways) else { return };
    let served = if new.nat.mode == "single" { 1 } else { new.zones.len() };
    for zone in new.zones.iter().take(served) {
        let used = gateways.get(&zone.id).copied().unwrap_or_default();
        if used.own == 0 && left(quota, used) == 0 {
            let more = request(checks, quota, used.all + 1);
            checks.finding(
                &name,
                Some(need.path.clone()),
                format!(
                    "the zone `{}` has {} NAT gateways, and the quota `{}` is {}",
                    zone.id,
                    used.all,
                    quota.name,
                    whole(quota.value)
                ),
                "the platform takes one more there",
                format!("{more}; or list other zones in `network.create.zones`"),
            );
        }
    }
    checks.pass(name);
}

/// A pool of named families needs one of its quotas to start a node.
fn pool(checks: &mut Checks<'_>, start: &Start) {
    let facts = checks.facts;
    let mut short = Vec::new();
    for (&quota, smallest) in &start.quotas {
        let of = |kind: &str| facts.quotas.get(kind).and_then(Answer::known);
        let used = facts.used.get(quota).and_then(Answer::known);
        match (of(quota), used, smallest) {
            (Some(found), Some(used), Some(smallest)) if left(found, *used) >= *smallest => {
                return checks.pass(format!("quota.{quota}"));
            }
            (Some(found), Some(used), Some(smallest)) => short.push((quota, found, *used, *smallest)),
            _ if checks.is_begun() => {}
            _ => return unknown(checks, start, quota),
        }
    }
    let Some((quota, found, used, smallest)) = short.first() else { return };
    let path = Path::new("compute.pools").key(start.key);
    let others: Vec<String> = short
        .iter()
        .skip(1)
        .map(|(_, found, used, smallest)| {
            format!("; `{}` leaves {}, and its smallest takes {smallest}", found.name, left(found, *used))
        })
        .collect();
    let message = format!(
        "the pool `{}` can start no node: the quota `{}` leaves {} virtual processors, and its smallest node takes {smallest}{}",
        start.pool,
        found.name,
        left(found, *used),
        others.concat()
    );
    let more = request(checks, found, used.all + smallest);
    checks.finding(
        format!("quota.{quota}"),
        Some(path),
        message,
        "AWS gives a new account none of these until it asks",
        format!("{more}; or leave `compute.pools.{}` off until then", start.key),
    );
}

/// What keeps a pool's quota from being judged.
fn unknown(checks: &mut Checks<'_>, start: &Start, quota: &str) {
    let facts = checks.facts;
    let name = format!("quota.{quota}");
    let what = format!("whether the pool `{}` can start a node", start.pool);
    let told = checks.known_in(&name, &what, &facts.quotas, quota).is_some()
        && checks.known_in(&name, &what, &facts.used, quota).is_some();
    if told && checks.known(&name, &what, &facts.instances).is_some() {
        // Its families are none of the region's, which the check of instances says.
        checks.pass(name);
    }
}
