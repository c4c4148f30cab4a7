//! The network: a VPC cannot be renumbered, and subnets belong to their zones.

use super::{Effect, Touched, all_of, effect, gone, shown, some_of};
use crate::plan::network_zones;
use crate::spec::{FlowLogs, Nat, NetworkChoice, NetworkCreate, PodsCidr, Spec};

/// Everything that is in the VPC.
const IN_THE_VPC: [Touched; 6] = [
    all_of("network"),
    all_of("cluster"),
    some_of("data", &["module.database", "aws_efs_mount_target"]),
    all_of("ingress"),
    all_of("addons"),
    all_of("agent"),
];

pub(super) fn between(old: &Spec, new: &Spec) -> Vec<Effect> {
    match (&old.network, &new.network) {
        (NetworkChoice::Create(was), NetworkChoice::Create(is)) => {
            let mut effects = addresses(was, is);
            effects.extend(zones(old, new));
            effects.extend(ways_out(was, is));
            effects
        }
        (NetworkChoice::Existing(was), NetworkChoice::Existing(is)) if was.vpc == is.vpc => Vec::new(),
        (was, is) => {
            let effect = effect("network", "network", vpc(was), vpc(is));
            vec![effect.does(
                "the cluster and all that is in the old network is made again in the other",
                &IN_THE_VPC,
            )]
        }
    }
}

fn vpc(network: &NetworkChoice) -> &str {
    match network {
        NetworkChoice::Create(_) => "a VPC of its own",
        NetworkChoice::Existing(existing) => &existing.vpc,
    }
}

fn addresses(was: &NetworkCreate, is: &NetworkCreate) -> Vec<Effect> {
    let mut effects = Vec::new();
    if was.cidr != is.cidr {
        effects.push(
            effect("cidr", "network.create.cidr", &was.cidr, &is.cidr)
                .does("a VPC keeps its block: it is replaced, and everything in it", &IN_THE_VPC),
        );
    }
    let pods = |block: &PodsCidr| shown(block);
    if matches!(was.pods_cidr, PodsCidr::Block(_)) && pods(&was.pods_cidr) != pods(&is.pods_cidr) {
        effects.push(effect("pods-cidr", "network.create.pods_cidr", pods(&was.pods_cidr), pods(&is.pods_cidr)).does(
            "the subnets of pods are destroyed, which AWS refuses as long as a pod has an address of theirs",
            &[some_of("network", &["aws_subnet", "aws_vpc_ipv4_cidr_block_association", "aws_route_table_association"])],
        ));
    }
    if was.ipv6 && !is.ipv6 {
        effects.push(effect("ip-family", "network.create.ipv6", "true", "false").does(
            "the subnets lose their IPv6 addresses, which AWS refuses as long as something has one",
            &[some_of("network", &["aws_egress_only_internet_gateway", "aws_route"])],
        ));
    }
    effects
}

fn zones(old: &Spec, new: &Spec) -> Vec<Effect> {
    let (was, is) = (network_zones(old), network_zones(new));
    let names = |zones: &[String]| zones.join(", ");
    let gone = gone(was.iter().map(String::as_str), is.iter().map(String::as_str));
    if gone.is_empty() || old.aws.region != new.aws.region {
        return Vec::new();
    }
    let effect = effect("zone", "network.create.zones", names(&was), names(&is));
    vec![effect.does(
        "the subnets of a zone that is left out are destroyed, which AWS refuses as long as something is in them",
        &[some_of("network", &["aws_subnet", "aws_nat_gateway", "aws_eip", "aws_route_table", "aws_vpc_endpoint"])],
    )]
}

fn ways_out(was: &NetworkCreate, is: &NetworkCreate) -> Vec<Effect> {
    let mut effects = Vec::new();
    if loses_addresses(&was.nat, &is.nat) {
        effects.push(effect("nat", "network.create.nat", shown(&was.nat), shown(&is.nat)).does(
            "gateways go, and with them addresses from which the platform reaches the internet: others may have them on a list",
            &[some_of("network", &["aws_nat_gateway", "aws_eip", "aws_route"])],
        ));
    }
    if matches!((&was.flow_logs, &is.flow_logs), (FlowLogs::Kept(_), FlowLogs::Off(_))) {
        effects.push(effect("flow-logs", "network.create.flow_logs", "kept", "none").does(
            "the flow logs that were kept are destroyed",
            &[some_of("network", &["aws_flow_log", "aws_cloudwatch_log_group", "aws_kms_"])],
        ));
    }
    effects
}

/// Whether an address of the old gateways is no longer used.
fn loses_addresses(was: &Nat, is: &Nat) -> bool {
    match (was, is) {
        (Nat::None, _) | (Nat::Single, Nat::Single | Nat::PerZone) | (Nat::PerZone, Nat::PerZone) => false,
        (Nat::ElasticIps(was), Nat::ElasticIps(is)) => was.iter().any(|address| !is.contains(address)),
        _ => true,
    }
}
