//! Instance types: whether there are such, what they are, in which zones they are, and how likely as spot instances.

use std::collections::BTreeSet;

use super::{Checks, few};
use crate::facts::{Answer, Instance, Spot};
use crate::plan::names::has_arm_processors;
use crate::plan::{Cluster, Instances, Network, NewCluster, NodePool};
use crate::spec::{Architecture, Capacity, Path};

/// Scores up to this mean that EC2 hardly has a spot instance.
const UNLIKELY: u8 = 2;

pub(super) fn check(checks: &mut Checks<'_>) {
    let platform = checks.platform;
    if let Cluster::New(new) = &platform.cluster {
        system_nodes(checks, new);
    }
    if platform.addons.as_ref().is_some_and(|addons| addons.has("karpenter")) {
        for (key, pools) in &platform.compute.pools {
            for pool in pools.iter().filter(|pool| pool.capacity != Capacity::Reserved) {
                of_pool(checks, key, pool);
            }
        }
        spot(checks);
    }
}

/// The zones of the nodes; of a VPC that is there, those of its private subnets.
fn zones(checks: &Checks<'_>) -> BTreeSet<String> {
    match &checks.platform.network {
        Network::New(new) => new.zones.iter().map(|zone| zone.id.clone()).collect(),
        Network::Existing(existing) => {
            let subnets = checks.facts.subnets.known().into_iter().flatten();
            let private = subnets.filter(|subnet| existing.private_subnets.contains(&subnet.id));
            private.map(|subnet| subnet.zone.clone()).collect()
        }
    }
}

fn system_nodes(checks: &mut Checks<'_>, new: &NewCluster) {
    let facts = checks.facts;
    let path = Path::new("cluster.create.system_nodes.instance_types");
    let region = checks.platform.region.name();
    for (i, name) in new.instance_types.iter().enumerate() {
        let check = format!("instances.{name}");
        let what = format!("what the instance type `{name}` is");
        let Some(types) = checks.known(&check, &what, &facts.instances) else { continue };
        let at = Some(path.index(i));
        let next = "list another type in `instance_types`";
        let Some(found) = types.get(name) else {
            let cause = "EC2 does not know it there";
            checks.finding(check, at, format!("`{region}` has no instance type `{name}`"), cause, next);
            continue;
        };
        let told =
            if has_arm_processors(name.split('.').next().unwrap_or_default()) { "arm64" } else { "x86_64" };
        if !found.architectures.iter().any(|one| one == told) {
            checks.finding(
                check,
                at,
                format!("the instance type `{name}` has processors of {}", few(&found.architectures)),
                format!("its nodes would get an image for `{told}`"),
                next,
            );
        } else if !found.usage.iter().any(|one| one == "on-demand") {
            checks.finding(
                check,
                at,
                format!("the instance type `{name}` cannot be had on demand"),
                format!("EC2 has it as {}", few(&found.usage)),
                next,
            );
        } else {
            checks.pass(check);
        }
    }
    offered(checks, new, &path);
}

fn offered(checks: &mut Checks<'_>, new: &NewCluster, path: &Path) {
    let facts = checks.facts;
    let Some(first) = new.instance_types.first() else { return };
    let check = format!("instances.{first}");
    let Some(offers) = checks.known(&check, "in which zones instance types are", &facts.offers) else {
        return;
    };
    let is_in = |zone: &String| {
        new.instance_types.iter().any(|name| offers.get(name).is_some_and(|zones| zones.contains(zone)))
    };
    for zone in zones(checks).iter().filter(|zone| !is_in(zone)) {
        checks.finding(
            &check,
            Some(path.clone()),
            format!("the zone `{zone}` has none of the instance types {}", few(&new.instance_types)),
            "no system node would start there",
            "list a type in `instance_types` that every zone has, or leave the zone out of `network`",
        );
    }
}

/// Whether the pool takes an instance type.
fn takes(pool: &NodePool, name: &str, of: &Instance) -> bool {
    let Instances::Families(families) = &pool.instances else { return false };
    let family = name.split('.').next().unwrap_or_default();
    families.iter().any(|one| one == family)
        && of.vcpus >= u64::from(pool.processors)
        && pool.architectures.iter().any(|one| of.architectures.iter().any(|is| is == architecture(*one)))
        && of.usage.iter().any(|usage| usage == pool.capacity.name())
}

/// As EC2 calls it.
fn architecture(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::Amd64 => "x86_64",
        Architecture::Arm64 => "arm64",
    }
}

fn of_pool(checks: &mut Checks<'_>, key: &str, pool: &NodePool) {
    let Instances::Families(families) = &pool.instances else { return };
    let facts = checks.facts;
    let check = format!("instances.{key}");
    let what = format!("the instances of the pool `{}`", pool.name);
    let Some(types) = checks.known(&check, &what, &facts.instances) else { return };
    let Some(offers) = checks.known(&check, &what, &facts.offers) else { return };
    let path = Some(Path::new("compute.pools").key(key).key("families"));
    let names: Vec<&String> =
        types.iter().filter(|(name, of)| takes(pool, name, of)).map(|(name, _)| name).collect();
    if names.is_empty() {
        let wanted: Vec<&str> = pool.architectures.iter().map(|one| one.name()).collect();
        return checks.finding(
            check,
            path,
            format!("the pool `{}` has no instance in `{}`", pool.name, checks.platform.region.name()),
            format!(
                "of the families {} EC2 has none there as {} with processors of {}",
                few(families),
                pool.capacity.name(),
                few(&wanted)
            ),
            format!("list other families in `compute.pools.{key}.families`"),
        );
    }
    let is_in =
        |zone: &String| names.iter().any(|name| offers.get(*name).is_some_and(|zones| zones.contains(zone)));
    let without: Vec<String> = zones(checks).into_iter().filter(|zone| !is_in(zone)).collect();
    if without.is_empty() {
        return checks.pass(check);
    }
    let another = format!("the pool `{key}` gets no node in {}", few(&without));
    let cause = format!("none of the families {} is offered there", few(families));
    let next = format!(
        "list a family in `compute.pools.{key}.families` that is offered there, or other zones for the platform"
    );
    checks.finding(check, path, another, cause, next);
}

fn spot(checks: &mut Checks<'_>) {
    let (facts, platform, asked) = (checks.facts, checks.platform, checks.asked);
    for pool in &asked.pools {
        let what = format!("how likely spot instances are for the pool `{}`", pool.name);
        let key = platform.compute.pools.iter().find(|(_, all)| all.iter().any(|one| one.name == pool.name));
        let Some((key, all)) = key else { continue };
        let alone = all.iter().all(|one| one.capacity == Capacity::Spot);
        let path = Some(Path::new("compute.pools").key(key).key("capacity"));
        let next =
            format!("write `capacity: [spot, on-demand]` in `compute.pools.{key}`, or list more families");
        let message = format!("EC2 hardly has spot instances for the pool `{}`", pool.name);
        match facts.spot.get(&pool.name) {
            Some(Answer::Known(Spot::Score(score))) if *score <= UNLIKELY && alone => {
                checks.finding("spot", path, message, format!("its score is {score} of 10"), next);
            }
            Some(Answer::Absent) if alone => {
                checks.finding("spot", path, message, "none of its instances has a spot price", next);
            }
            Some(Answer::Known(_) | Answer::Absent) => checks.pass("spot"),
            _ => {
                checks.known_in("spot", &what, &facts.spot, &pool.name);
            }
        }
    }
}
