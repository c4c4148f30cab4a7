//! Zones, and blocks that clash with what is there.

use std::collections::BTreeSet;

use ipnet::Ipv4Net;

use super::{Checks, few};
use crate::facts::Vpc;
use crate::plan::cidr::{overlap, subnet};
use crate::plan::{Network, NewNetwork};
use crate::spec::Path;

/// Routes of a whole private range say nothing of who uses what in it.
const SUMMARIES: [&str; 5] = ["0.0.0.0/0", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

pub(super) fn check(checks: &mut Checks<'_>) {
    let platform = checks.platform;
    match &platform.network {
        Network::New(new) => {
            zones(checks, new);
            others(checks, new);
            peerings(checks, new);
            transit_gateways(checks, new);
            if !new.reserved_cidrs.is_empty() {
                // The plan refuses what overlaps.
                checks.pass("network.reserved");
            }
        }
        Network::Existing(existing) => reserved(checks, &existing.vpc, &existing.reserved_cidrs),
    }
}

fn zones(checks: &mut Checks<'_>, new: &NewNetwork) {
    let facts = checks.facts;
    let Some(zones) = checks.known("zones", "the region's zones", &facts.zones) else { return };
    let path = Some(Path::new("network.create.zones"));
    for wanted in &new.zones {
        let there: Vec<&str> =
            zones.iter().filter(|zone| zone.available).map(|zone| zone.id.as_str()).collect();
        let next = "list zones that the account has in `network.create.zones`";
        match zones.iter().find(|zone| zone.id == wanted.id) {
            None => checks.finding(
                "zones",
                path.clone(),
                format!("the account has no zone `{}`", wanted.id),
                format!("it has {}", few(&there)),
                next,
            ),
            Some(zone) if !zone.available => checks.finding(
                "zones",
                path.clone(),
                format!("the zone `{}` cannot be used at present", wanted.id),
                "AWS says that it is not available",
                "wait until it is, or list other zones in `network.create.zones`",
            ),
            Some(_) => {}
        }
    }
    checks.pass("zones");
}

/// VPCs that are not of this platform.
fn foreign<'a>(vpcs: &'a [Vpc], platform: &'a str) -> impl Iterator<Item = &'a Vpc> {
    vpcs.iter().filter(move |vpc| vpc.platform.as_deref() != Some(platform))
}

fn others(checks: &mut Checks<'_>, new: &NewNetwork) {
    let (facts, platform) = (checks.facts, checks.platform);
    let Some(vpcs) = checks.known("network.cidr", "the blocks of other VPCs", &facts.vpcs) else { return };
    let clashing: Vec<String> = foreign(vpcs, &platform.name)
        .filter(|vpc| vpc.blocks.iter().any(|block| overlap(*block, new.cidr)))
        .map(|vpc| vpc.id.clone())
        .collect();
    if clashing.is_empty() {
        return checks.pass("network.cidr");
    }
    let next = instead(checks, new);
    checks.finding(
        "network.cidr",
        Some(Path::new("network.create.cidr")),
        format!("the block `{}` overlaps that of {}", new.cidr, few(&clashing)),
        "VPCs whose blocks overlap can never be peered or share a transit gateway, and a VPC cannot be renumbered",
        next,
    );
}

/// Blocks of the account's VPCs, of which `network.cidr` tells.
fn local(checks: &Checks<'_>) -> BTreeSet<Ipv4Net> {
    let vpcs = checks.facts.vpcs.known();
    vpcs.into_iter().flatten().flat_map(|vpc| vpc.blocks.iter().copied()).collect()
}

fn peerings(checks: &mut Checks<'_>, new: &NewNetwork) {
    let facts = checks.facts;
    let name = "network.peering";
    let Some(peerings) = checks.known(name, "the blocks of peered VPCs", &facts.peerings) else { return };
    let local = local(checks);
    let clash = |block: &&Ipv4Net| overlap(**block, new.cidr) && !local.contains(*block);
    let clashing: Vec<String> = peerings
        .iter()
        .filter_map(|peering| {
            peering.blocks.iter().find(clash).map(|block| format!("{block}` of `{}", peering.id))
        })
        .collect();
    if clashing.is_empty() {
        return checks.pass(name);
    }
    let next = instead(checks, new);
    checks.finding(
        name,
        Some(Path::new("network.create.cidr")),
        format!("the block `{}` overlaps what VPCs here are peered with: {}", new.cidr, few(&clashing)),
        "whoever reaches those addresses now would not reach the platform",
        next,
    );
}

fn transit_gateways(checks: &mut Checks<'_>, new: &NewNetwork) {
    let facts = checks.facts;
    let name = "network.transit-gateway";
    let Some(routes) = checks.known(name, "the routes of transit gateways", &facts.transit_routes) else {
        return;
    };
    let local = local(checks);
    let clash = |block: Ipv4Net| {
        overlap(block, new.cidr)
            && !local.contains(&block)
            && !SUMMARIES.iter().any(|summary| summary.parse() == Ok(block))
    };
    let clashing: BTreeSet<String> = routes
        .iter()
        .filter(|route| clash(route.block))
        .map(|route| format!("{}` by `{}", route.block, route.gateway))
        .collect();
    if clashing.is_empty() {
        return checks.pass(name);
    }
    let clashing: Vec<String> = clashing.into_iter().collect();
    let next = instead(checks, new);
    checks.finding(
        name,
        Some(Path::new("network.create.cidr")),
        format!("the block `{}` overlaps what transit gateways lead to: {}", new.cidr, few(&clashing)),
        "whoever reaches those addresses now would not reach the platform",
        next,
    );
}

/// A block of the same size that nobody has.
fn instead(checks: &Checks<'_>, new: &NewNetwork) -> String {
    let facts = checks.facts;
    let peered = facts.peerings.known().into_iter().flatten().flat_map(|one| one.blocks.iter().copied());
    let routed = facts.transit_routes.known().into_iter().flatten().map(|one| one.block);
    let mut taken: Vec<Ipv4Net> = local(checks).into_iter().chain(peered).collect();
    taken.extend(routed.filter(|block| !SUMMARIES.iter().any(|summary| summary.parse() == Ok(*block))));
    taken.extend(new.reserved_cidrs.iter().chain(&new.pods_cidr));
    let bits = new.cidr.prefix_len().saturating_sub(8);
    let ten = Ipv4Net::new(std::net::Ipv4Addr::new(10, 0, 0, 0), 8).ok();
    let all = ten.into_iter().flat_map(|ten| (0..1_u32 << bits).filter_map(move |n| subnet(ten, bits, n)));
    match all.into_iter().find(|block| !taken.iter().any(|other| overlap(*other, *block))) {
        Some(free) => format!("take another block in `network.create.cidr`: nothing seen here uses `{free}`"),
        None => "take another block in `network.create.cidr`".to_owned(),
    }
}

fn reserved(checks: &mut Checks<'_>, id: &str, reserved: &[Ipv4Net]) {
    if reserved.is_empty() {
        return;
    }
    let facts = checks.facts;
    let name = "network.reserved";
    let Some(vpcs) = checks.known(name, "the blocks of the VPC", &facts.vpcs) else { return };
    let blocks = vpcs.iter().filter(|vpc| vpc.id == id).flat_map(|vpc| &vpc.blocks);
    let clash = blocks
        .flat_map(|block| reserved.iter().map(move |taken| (block, taken)))
        .find(|(block, taken)| overlap(**block, **taken));
    match clash {
        None => checks.pass(name),
        Some((block, taken)) => checks.finding(
            name,
            Some(Path::new("network.existing.reserved_cidrs")),
            format!("the block `{block}` of `{id}` overlaps `{taken}`, which the company's network uses"),
            "what overlaps can never be connected",
            "use a VPC of another block in `network.existing`, or mend `reserved_cidrs`",
        ),
    }
}
