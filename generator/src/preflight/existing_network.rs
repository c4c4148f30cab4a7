//! Whether a VPC that is there is fit for the platform.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checks, few};
use crate::facts::{Endpoint, RouteTable, Subnet, Why};
use crate::plan::{Cluster, ExistingNetwork};
use crate::spec::{Path, network};

/// What EKS recommends to keep free for the interfaces of a control plane and their replacement during an upgrade.
const CONTROL_PLANE: u64 = 6;
/// Interfaces of a node that the network plugin keeps filled: the first, and one in reserve.
const INTERFACES: u64 = 2;

pub(super) fn check(checks: &mut Checks<'_>, existing: &ExistingNetwork) {
    dns(checks, existing);
    let facts = checks.facts;
    let what = "the subnets of the VPC";
    if let Some(subnets) = checks.known("existing.subnets", what, &facts.subnets) {
        let subnets: BTreeMap<&str, &Subnet> = subnets.iter().map(|one| (one.id.as_str(), one)).collect();
        there(checks, existing, &subnets);
        zones(checks, existing, &subnets);
        tags(checks, existing, &subnets);
        free(checks, existing, &subnets);
    }
    routes(checks, existing);
    endpoints(checks, existing);
}

fn path(key: &str) -> Option<Path> {
    Some(Path::new("network.existing").key(key))
}

fn dns(checks: &mut Checks<'_>, existing: &ExistingNetwork) {
    let facts = checks.facts;
    let name = "existing.vpc.dns";
    let Some((support, hostnames)) = checks.known(name, "the DNS settings of the VPC", &facts.vpc_dns) else {
        return;
    };
    let vpc = &existing.vpc;
    for (on, what) in [(support, "support"), (hostnames, "hostnames")] {
        if !on {
            checks.finding(
                name,
                path("vpc"),
                format!("the VPC `{vpc}` lacks DNS {what}"),
                "neither private endpoints nor EKS work without",
                format!("`aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-{what}` switches it on"),
            );
        }
    }
    checks.pass(name);
}

/// Every subnet that is named, by the key that names it.
fn named(existing: &ExistingNetwork) -> [(&'static str, &Vec<String>); 5] {
    [
        ("private_subnets", &existing.private_subnets),
        ("public_subnets", &existing.public_subnets),
        ("database_subnets", &existing.database_subnets),
        ("intra_subnets", &existing.intra_subnets),
        ("pod_subnets", &existing.pod_subnets),
    ]
}

fn there(checks: &mut Checks<'_>, existing: &ExistingNetwork, subnets: &BTreeMap<&str, &Subnet>) {
    for (key, ids) in named(existing) {
        for id in ids {
            let next = "`aws ec2 describe-subnets` lists the subnets of a VPC";
            match subnets.get(id.as_str()) {
                None => checks.finding(
                    "existing.subnets",
                    path(key),
                    format!("there is no subnet `{id}`"),
                    format!("the account has none of that ID in `{}`", checks.platform.region.name()),
                    next,
                ),
                Some(subnet) if subnet.vpc != existing.vpc => checks.finding(
                    "existing.subnets",
                    path(key),
                    format!("the subnet `{id}` is in `{}`", subnet.vpc),
                    format!("the platform's VPC is `{}`", existing.vpc),
                    next,
                ),
                Some(_) => {}
            }
        }
    }
    if let Some(public) =
        existing.private_subnets.iter().filter_map(|id| subnets.get(id.as_str())).find(|s| s.public_addresses)
    {
        checks.finding(
            "existing.subnets",
            path("private_subnets"),
            format!("the subnet `{}` gives public addresses to what starts in it", public.id),
            "so it is not a private one",
            format!(
                "`aws ec2 modify-subnet-attribute --subnet-id {} --no-map-public-ip-on-launch`, or name another subnet",
                public.id
            ),
        );
    }
    checks.pass("existing.subnets");
}

fn zones(checks: &mut Checks<'_>, existing: &ExistingNetwork, subnets: &BTreeMap<&str, &Subnet>) {
    for (key, ids) in named(existing).into_iter().filter(|(_, ids)| !ids.is_empty()) {
        let mut by_zone: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for subnet in ids.iter().filter_map(|id| subnets.get(id.as_str())) {
            by_zone.entry(&subnet.zone).or_default().push(&subnet.id);
        }
        for (zone, twice) in by_zone.iter().filter(|(_, ids)| ids.len() > 1) {
            checks.finding(
                "zones",
                path(key),
                format!("more than one of `{key}` is in the zone `{zone}`: {}", few(twice)),
                "the platform takes one subnet of each kind in a zone",
                format!("name one of them in `{key}`"),
            );
        }
        // What is missing is another check's finding.
        let all_there = ids.iter().all(|id| subnets.contains_key(id.as_str()));
        let alone = by_zone.len() == 1 && all_there && key != "public_subnets" && key != "pod_subnets";
        if let Some(zone) = by_zone.keys().next().filter(|_| alone) {
            checks.finding(
                "zones",
                path(key),
                format!("all of `{key}` are in the zone `{zone}`"),
                "EKS and RDS want two zones or more",
                format!("name a subnet of another zone in `{key}`"),
            );
        }
    }
    control_plane_zones(checks, existing, subnets);
    checks.pass("zones");
}

fn control_plane_zones(
    checks: &mut Checks<'_>,
    existing: &ExistingNetwork,
    subnets: &BTreeMap<&str, &Subnet>,
) {
    if matches!(checks.platform.cluster, Cluster::Existing(_)) {
        return;
    }
    let usable = checks.platform.region.zone_ids();
    let (key, ids) = control_plane_subnets(existing);
    for subnet in ids.iter().filter_map(|id| subnets.get(id.as_str())) {
        if !usable.contains(&subnet.zone) {
            checks.finding(
                "zones",
                path(key),
                format!("the subnet `{}` is in the zone `{}`", subnet.id, subnet.zone),
                "EKS places no control plane there",
                format!("name subnets of {} in `{key}`", few(&usable)),
            );
        }
    }
}

fn control_plane_subnets(existing: &ExistingNetwork) -> (&'static str, &Vec<String>) {
    if existing.intra_subnets.is_empty() {
        ("private_subnets", &existing.private_subnets)
    } else {
        ("intra_subnets", &existing.intra_subnets)
    }
}

fn tags(checks: &mut Checks<'_>, existing: &ExistingNetwork, subnets: &BTreeMap<&str, &Subnet>) {
    let name = "existing.subnets.tags";
    if existing.set_tags {
        return checks.pass(name);
    }
    let asked = checks.asked;
    let cluster = asked.cluster.as_str();
    let shared = (format!("kubernetes.io/cluster/{cluster}"), "shared");
    let private =
        [("kubernetes.io/role/internal-elb".to_owned(), "1"), ("karpenter.sh/discovery".to_owned(), cluster)];
    let public = [("kubernetes.io/role/elb".to_owned(), "1")];
    for (key, ids, wanted) in [
        ("private_subnets", &existing.private_subnets, &private[..]),
        ("public_subnets", &existing.public_subnets, &public[..]),
    ] {
        for subnet in ids.iter().filter_map(|id| subnets.get(id.as_str())) {
            let lacks =
                |(key, value): &&(String, &str)| subnet.tags.get(key).map(String::as_str) != Some(*value);
            let missing: Vec<String> = std::iter::once(&shared)
                .chain(wanted)
                .filter(lacks)
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            if missing.is_empty() {
                continue;
            }
            let given: Vec<String> = missing
                .iter()
                .filter_map(|tag| tag.split_once('='))
                .map(|(key, value)| format!("Key={key},Value={value}"))
                .collect();
            checks.finding(
                name,
                path(key),
                format!("the subnet `{}` lacks tags: {}", subnet.id, few(&missing)),
                "load balancers and Karpenter find their subnets by them",
                format!(
                    "`aws ec2 create-tags --resources {} --tags {}`, or write `set_tags: true`",
                    subnet.id,
                    given.join(" ")
                ),
            );
        }
    }
    checks.pass(name);
}

/// How many addresses the cluster takes of each private subnet.
fn taken(checks: &Checks<'_>, existing: &ExistingNetwork) -> Option<u64> {
    let Cluster::New(new) = &checks.platform.cluster else { return Some(0) };
    let own_pods = !existing.pod_subnets.is_empty() || new.ip_family == "ipv6";
    let each = if own_pods {
        INTERFACES
    } else {
        let types = checks.facts.instances.known()?;
        INTERFACES * types.get(new.instance_types.first()?)?.addresses
    };
    let subnets = u64::try_from(existing.private_subnets.len()).unwrap_or(1).max(1);
    let nodes = u64::from(new.max_nodes).div_ceil(subnets);
    let control_plane = if existing.intra_subnets.is_empty() { CONTROL_PLANE } else { 0 };
    Some(nodes * each + control_plane)
}

fn free(checks: &mut Checks<'_>, existing: &ExistingNetwork, subnets: &BTreeMap<&str, &Subnet>) {
    let name = "existing.subnets.free";
    let facts = checks.facts;
    let Some(taken) = taken(checks, existing) else {
        let what = "how many addresses the cluster takes of a subnet";
        if checks.known(name, what, &facts.instances).is_some() {
            checks.open(name, what, Why::Incomplete, "EC2 does not tell of the instance type");
        }
        return;
    };
    let least = taken.max(u64::from(existing.min_free_addresses));
    for subnet in existing.private_subnets.iter().filter_map(|id| subnets.get(id.as_str())) {
        if subnet.free < least {
            checks.finding(
                name,
                path("private_subnets"),
                format!("the subnet `{}` has {} free addresses", subnet.id, subnet.free),
                format!(
                    "the cluster's own nodes take {taken} there, and `min_free_addresses` is {}",
                    existing.min_free_addresses
                ),
                "name a larger subnet, or give pods subnets of their own in `pod_subnets`",
            );
        }
    }
    checks.pass(name);
}

/// The table of a subnet: its own, or the VPC's main one.
fn table_of<'a>(tables: &'a [RouteTable], subnet: &str) -> Option<&'a RouteTable> {
    let own = tables.iter().find(|table| table.subnets.iter().any(|one| one == subnet));
    own.or_else(|| tables.iter().find(|table| table.main))
}

fn routes(checks: &mut Checks<'_>, existing: &ExistingNetwork) {
    let facts = checks.facts;
    let name = "existing.subnets.routes";
    let Some(tables) = checks.known(name, "the routes of the subnets", &facts.route_tables) else { return };
    for id in &existing.private_subnets {
        let Some(table) = table_of(tables, id) else {
            checks.open(name, &format!("the routes of `{id}`"), Why::Incomplete, "it has no route table");
            continue;
        };
        let default = table.routes.iter().find(|route| route.block.as_deref() == Some("0.0.0.0/0"));
        if table.routes.iter().any(|route| route.to.starts_with("igw-")) {
            checks.finding(
                name,
                path("private_subnets"),
                format!("the private subnet `{id}` has a route to an internet gateway in `{}`", table.id),
                "what has a public address there can be reached from the internet; nodes belong behind NAT",
                "name a subnet behind NAT, or change the route",
            );
        } else if existing.needs_internet && default.is_none_or(|route| route.blackhole) {
            let what =
                if default.is_some() { "a default route that leads nowhere" } else { "no default route" };
            checks.finding(
                name,
                path("private_subnets"),
                format!("the private subnet `{id}` has {what} in `{}`", table.id),
                "nodes could pull no images",
                "add one (NAT, transit gateway), or write `needs_internet: false` where endpoints and mirrors serve everything",
            );
        }
    }
    for id in &existing.public_subnets {
        let leads = |table: &RouteTable| {
            let out = |to: &str| to.starts_with("igw-");
            table.routes.iter().any(|route| route.block.as_deref() == Some("0.0.0.0/0") && out(&route.to))
        };
        if !table_of(tables, id).is_some_and(leads) {
            checks.finding(
                name,
                path("public_subnets"),
                format!("the public subnet `{id}` has no route to an internet gateway"),
                "public load balancers would not be reached",
                "name a subnet that has one, or add the route",
            );
        }
    }
    checks.pass(name);
}

fn endpoints(checks: &mut Checks<'_>, existing: &ExistingNetwork) {
    if existing.needs_internet && !existing.needs_s3_endpoint {
        return;
    }
    let facts = checks.facts;
    let name = "existing.vpc.endpoints";
    let Some(endpoints) = checks.known(name, "the endpoints of the VPC", &facts.endpoints) else { return };
    if existing.needs_s3_endpoint {
        s3(checks, existing, endpoints);
    }
    if !existing.needs_internet {
        let there: BTreeSet<&str> = endpoints.iter().map(|one| one.service.as_str()).collect();
        let needed = network::Endpoint::NEEDED_WITHOUT_NAT.iter().flat_map(|one| one.services());
        let missing: Vec<&str> = needed.copied().filter(|one| *one != "s3" && !there.contains(one)).collect();
        if !missing.is_empty() {
            checks.finding(
                name,
                path("needs_internet"),
                format!("the VPC `{}` has no endpoints of {}", existing.vpc, few(&missing)),
                "without a way to the internet, nodes need them to start, to join the cluster and to pull images",
                "let whoever owns the VPC add them, or write `needs_internet: true` where there is a way out",
            );
        }
    }
    checks.pass(name);
}

fn s3(checks: &mut Checks<'_>, existing: &ExistingNetwork, endpoints: &[Endpoint]) {
    let name = "existing.vpc.endpoints";
    let (vpc, cause) = (&existing.vpc, "image layers and artifacts would pay for NAT, or find no way at all");
    let Some(gateway) = endpoints.iter().find(|one| one.gateway && one.service == "s3") else {
        return checks.finding(
            name,
            path("needs_s3_endpoint"),
            format!("the VPC `{vpc}` has no gateway endpoint of S3"),
            cause,
            "let whoever owns the VPC add one, which is free of charge, or write `needs_s3_endpoint: false`",
        );
    };
    let Some(tables) = checks.facts.route_tables.known() else { return };
    let outside: Vec<&str> = existing
        .private_subnets
        .iter()
        .filter(|id| table_of(tables, id).is_some_and(|table| !gateway.route_tables.contains(&table.id)))
        .map(String::as_str)
        .collect();
    if !outside.is_empty() {
        checks.finding(
            name,
            path("needs_s3_endpoint"),
            format!("the gateway endpoint of S3 in `{vpc}` does not serve {}", few(&outside)),
            cause,
            "`aws ec2 modify-vpc-endpoint --add-route-table-ids` adds their route tables; or write `needs_s3_endpoint: false`",
        );
    }
}
