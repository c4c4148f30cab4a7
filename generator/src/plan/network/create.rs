//! A VPC of our own making.

use ipnet::Ipv4Net;

use super::{Slots, blocks};
use crate::plan::problem::Problems;
use crate::plan::regions::{Region, region_of_zone};
use crate::plan::{cidr, names};
use crate::spec::network::{Endpoint, EndpointPreset};
use crate::spec::{self, Endpoints, FlowLogs, NetworkCreate, Path, Zones, patterns};
use crate::suggest::all_of;

/// A VPC to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNetwork {
    /// The address block.
    pub cidr: Ipv4Net,
    /// The block for pods.
    pub pods_cidr: Option<Ipv4Net>,
    /// The zones, by their slots.
    pub zones: Vec<Zone>,
    /// The slots of zones, of those that are gone too.
    pub slots: Slots,
    /// How private subnets reach the internet.
    pub nat: Nat,
    /// Services with a gateway endpoint, by AWS service name.
    pub gateway_endpoints: Vec<&'static str>,
    /// Services with an interface endpoint, by AWS service name.
    pub interface_endpoints: Vec<&'static str>,
    /// For how many days flow logs are kept; `None` for no flow logs.
    pub flow_log_days: Option<u32>,
    /// Blocks of the company's own network.
    pub reserved_cidrs: Vec<Ipv4Net>,
    /// Whether it has IPv6 too.
    pub ipv6: bool,
}

/// A zone and its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// The AZ ID, for example `use1-az1`.
    pub id: String,
    /// Its slot of the address plan, from 0.
    pub slot: usize,
    /// Its blocks.
    pub plan: cidr::ZonePlan,
}

/// NAT gateways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nat {
    /// `none`, `single` or `per-zone`, as the module calls it.
    pub mode: &'static str,
    /// Allocation IDs of addresses that exist already.
    pub elastic_ips: Vec<String>,
}

/// What is around the network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// The region.
    pub(super) region: &'a Region,
    /// Whether an instance is made that Systems Manager has to reach.
    pub(super) jump_host: bool,
    /// The slots that zones of this tree had before.
    pub(super) recorded: &'a Slots,
}

/// Checks the network and computes its addresses. `None` after a problem that leaves nothing to compute with.
pub(super) fn network(
    problems: &mut Problems,
    create: &NetworkCreate,
    around: &Around<'_>,
) -> Option<NewNetwork> {
    let Around { region, jump_host, recorded } = *around;
    let path = Path::new("network.create");
    let vpc = blocks::vpc(problems, &path.key("cidr"), &create.cidr);
    let pods = blocks::pods(problems, &path.key("pods_cidr"), &create.pods_cidr, vpc);
    let reserved_cidrs = super::reserved(problems, &path.key("reserved_cidrs"), &create.reserved_cidrs);
    check_reserved(problems, &path, vpc, pods, &reserved_cidrs);
    let ids = zone_ids(problems, &path.key("zones"), &create.zones, region);
    let mut nat = nat(problems, &path.key("nat"), &create.nat, ids.as_ref().map(Vec::len));
    let endpoints = endpoints(problems, &path, create, jump_host);
    let flow_log_days = match &create.flow_logs {
        FlowLogs::Off(_) => None,
        FlowLogs::Kept(kept) => {
            let at = path.key("flow_logs").key("retention_days");
            names::check_retention(problems, &at, kept.retention_days);
            Some(kept.retention_days)
        }
    };
    let (vpc, pods, ids) = (vpc?, pods?, ids?);
    let slots = recorded.with(&ids);
    let mut zones = ids
        .iter()
        .map(|id| {
            let slot = slots.of(id)?;
            Some(Zone { id: id.clone(), slot, plan: cidr::zone_plan(vpc, pods, slot)? })
        })
        .collect::<Option<Vec<_>>>()?;
    zones.sort_by_key(|zone| zone.slot);
    if nat.elastic_ips.len() == zones.len() {
        // In the file they are listed in the order of its zones.
        let place = |zone: &Zone| ids.iter().position(|id| *id == zone.id);
        nat.elastic_ips =
            zones.iter().filter_map(|zone| nat.elastic_ips.get(place(zone)?).cloned()).collect();
    }
    let services = |gateway| {
        endpoints.iter().filter(|e| e.is_gateway() == gateway).flat_map(|e| e.services()).copied().collect()
    };
    Some(NewNetwork {
        cidr: vpc,
        pods_cidr: pods,
        zones,
        slots,
        nat,
        gateway_endpoints: services(true),
        interface_endpoints: services(false),
        flow_log_days,
        reserved_cidrs,
        ipv6: create.ipv6,
    })
}

fn check_reserved(
    problems: &mut Problems,
    path: &Path,
    vpc: Option<Ipv4Net>,
    pods: Option<Option<Ipv4Net>>,
    reserved: &[Ipv4Net],
) {
    for (key, block) in [("cidr", vpc), ("pods_cidr", pods.flatten())] {
        let Some(block) = block else { continue };
        if let Some(taken) = reserved.iter().find(|taken| cidr::overlap(block, **taken)) {
            problems
                .add(
                    &path.key(key),
                    format!("`{key}` is `{block}`, and overlaps `{taken}`, which the company's network uses"),
                )
                .note("what overlaps can never be connected, and a VPC cannot be renumbered")
                .hint(format!("write a `{key}` outside of `reserved_cidrs`"));
        }
    }
}

fn zone_ids(problems: &mut Problems, path: &Path, zones: &Zones, region: &Region) -> Option<Vec<String>> {
    let known = region.zone_ids();
    let before = problems.0.len();
    let count = match zones {
        Zones::Count(n) => usize::from(*n),
        Zones::Ids(ids) => ids.len(),
    };
    if count < 2 {
        problems.add(path, format!("{count} zone is too few: EKS needs subnets in at least 2")).hint(
            format!(
                "write `zones: 3`, or a list such as `[{}]`",
                known.get(..2).unwrap_or(&known).join(", ")
            ),
        );
        return None;
    }
    match zones {
        Zones::Count(_) if count > known.len() => {
            let name = region.name();
            problems
                .add(path, format!("`{name}` has {} zones that EKS can use, not {count}", known.len()))
                .hint(format!("write `zones: {}` in `network.create`", known.len()));
        }
        Zones::Count(_) => return Some(known.into_iter().take(count).collect()),
        Zones::Ids(ids) => {
            for (i, id) in ids.iter().enumerate() {
                check_zone(problems, &path.index(i), id, &ids[..i], region, &known);
            }
        }
    }
    if count > cidr::MAX_ZONES {
        let added = problems.add(path, format!("{count} zones are more than the address plan holds"));
        added.hint(format!("take at most {}", cidr::MAX_ZONES));
    }
    match zones {
        Zones::Ids(ids) if problems.0.len() == before => Some(ids.clone()),
        _ => None,
    }
}

fn check_zone(
    problems: &mut Problems,
    path: &Path,
    id: &str,
    before: &[String],
    region: &Region,
    known: &[String],
) {
    let choose = format!("EKS can use {} there", all_of(known));
    if before.contains(&id.to_owned()) {
        problems.add(path, format!("the zone `{id}` is listed twice")).hint("keep one of them");
    } else if known.iter().any(|k| k == id) {
    } else if id.starts_with(region.name()) {
        problems
            .add(path, format!("`{id}` is an AZ name, not an AZ ID"))
            .note("a name such as `us-east-1a` means another place in every account, an ID the same place in all")
            .hint(choose);
    } else if let Some(other) = region_of_zone(id).filter(|r| *r != region) {
        problems
            .add(
                path,
                format!("the zone `{id}` is in `{}`, the platform in `{}`", other.name(), region.name()),
            )
            .hint(choose);
    } else {
        problems
            .add(path, format!("`{id}` is not a zone of `{}` that EKS can use", region.name()))
            .hint(choose);
    }
}

fn nat(problems: &mut Problems, path: &Path, nat: &spec::Nat, zones: Option<usize>) -> Nat {
    let none = Vec::new();
    match nat {
        spec::Nat::None => Nat { mode: "none", elastic_ips: none },
        spec::Nat::Single => Nat { mode: "single", elastic_ips: none },
        spec::Nat::PerZone => Nat { mode: "per-zone", elastic_ips: none },
        spec::Nat::ElasticIps(ids) => {
            let at = path.key("elastic_ips");
            for (i, id) in ids.iter().enumerate() {
                problems.require(
                    patterns::ADDRESS_ID.fits(id),
                    &at.index(i),
                    format!("`{id}` is not the allocation ID of an Elastic IP"),
                    "write it as `eipalloc-` and 17 digits of `0-9a-f`, not as an IP address",
                );
                problems.require(
                    !ids[..i].contains(id),
                    &at.index(i),
                    format!("the address `{id}` is listed twice"),
                    "every NAT gateway needs its own",
                );
            }
            if let Some(zones) = zones.filter(|z| ids.len() != 1 && ids.len() != *z) {
                problems.add(&at, format!("{} addresses do not fit {zones} zones", ids.len())).hint(format!(
                    "list one for all zones, or {zones}: one for each zone in the order of `zones`"
                ));
            }
            Nat { mode: if ids.len() == 1 { "single" } else { "per-zone" }, elastic_ips: ids.clone() }
        }
    }
}

fn endpoints(problems: &mut Problems, path: &Path, create: &NetworkCreate, jump_host: bool) -> Vec<Endpoint> {
    let mut wanted = match &create.endpoints {
        Endpoints::Preset(EndpointPreset::All) if jump_host => {
            [&Endpoint::ALL[..], &[Endpoint::Ec2messages, Endpoint::Ssmmessages]].concat()
        }
        Endpoints::Preset(EndpointPreset::All) => Endpoint::ALL.to_vec(),
        Endpoints::Preset(EndpointPreset::None) => Vec::new(),
        Endpoints::Named(named) => named.clone(),
    };
    for (i, endpoint) in wanted.iter().enumerate() {
        if wanted[..i].contains(endpoint) {
            let at = path.key("endpoints").index(i);
            let added = problems.add(&at, format!("`{}` is listed twice", endpoint.name()));
            added.hint("keep one of them");
        }
    }
    // The order in the file means nothing, and must not change what is generated.
    wanted.sort_unstable();
    wanted.dedup();
    if create.nat == spec::Nat::None {
        let missing = |needed: &[Endpoint]| -> Vec<&str> {
            needed.iter().filter(|e| !wanted.contains(e)).map(|e| e.name()).collect()
        };
        let by_ssm = if jump_host { missing(&Endpoint::NEEDED_BY_SSM) } else { Vec::new() };
        if !by_ssm.is_empty() {
            problems
                .add(&path.key("nat"), format!("without NAT, the instance of `access.ssm` cannot reach {}", all_of(&by_ssm)))
                .note("without these, Systems Manager does not know the instance and forwards no port to it")
                .hint("add them to `endpoints`, or write `endpoints: all`, or let `nat` be `single` or `per-zone`");
        }
        let missing = missing(&Endpoint::NEEDED_WITHOUT_NAT);
        if !missing.is_empty() {
            problems
                .add(&path.key("nat"), format!("without NAT, nodes cannot reach {}", all_of(&missing)))
                .note("they need these to start, to join the cluster and to pull images")
                .hint("add them to `endpoints`, or write `endpoints: all`, or let `nat` be `single` or `per-zone`");
        }
    }
    wanted
}
