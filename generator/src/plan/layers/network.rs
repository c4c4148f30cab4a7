//! The VPC with subnets, NAT and endpoints; or one that is there, checked.

use serde_json::{Value, json};

use super::{Definition, Output, Provider, always};
use crate::plan::text::template;
use crate::plan::{ExistingNetwork, Network, NewNetwork, Platform};

pub(super) static LAYER: Definition = Definition {
    name: "network",
    about: |platform| match platform.network {
        Network::New(_) => "the VPC, its subnets, the way out and the endpoints",
        Network::Existing(_) => "nothing: it checks the VPC that is there, and tells of its subnets",
    },
    exists: always,
    reads: |_| Vec::new(),
    modules: |platform| match platform.network {
        Network::New(_) => vec!["network"],
        Network::Existing(_) => vec!["existing-network"],
    },
    providers: &[Provider::Aws],
    releases: super::no_releases,
    carries_secret: false,
    templates: &[template!("network/main", "main")],
    values,
    outputs,
};

fn values(platform: &Platform) -> Value {
    let own = match &platform.network {
        Network::New(new) => json!({ "new": of_new(new), "existing": null }),
        Network::Existing(existing) => json!({ "new": null, "existing": of_existing(existing) }),
    };
    let mut values = json!({ "cluster_name": platform.cluster.name(&platform.name) });
    if let (Value::Object(values), Value::Object(own)) = (&mut values, own) {
        values.extend(own);
    }
    values
}

fn of_existing(existing: &ExistingNetwork) -> Value {
    json!({
        "vpc_id": existing.vpc,
        "private_subnet_ids": existing.private_subnets,
        "public_subnet_ids": existing.public_subnets,
        "database_subnet_ids": existing.database_subnets,
        "intra_subnet_ids": existing.intra_subnets,
        "pod_subnet_ids": existing.pod_subnets,
        "set_tags": existing.set_tags,
        "needs_internet": existing.needs_internet,
        "needs_s3_endpoint": existing.needs_s3_endpoint,
        "min_free_addresses": existing.min_free_addresses,
    })
}

fn of_new(network: &NewNetwork) -> Value {
    let plan: Value = network
        .zones
        .iter()
        .map(|zone| {
            json!({
                "zone": zone.id,
                "private": zone.plan.private.to_string(),
                "public": zone.plan.public.to_string(),
                "database": zone.plan.database.to_string(),
                "intra": zone.plan.intra.to_string(),
                "pods": zone.plan.pods.map(|p| p.to_string()),
            })
        })
        .collect();
    let mut nat = json!({ "mode": network.nat.mode });
    if !network.nat.elastic_ips.is_empty() {
        nat["elastic_ip_allocation_ids"] = json!(network.nat.elastic_ips);
    }
    // Without slots, the module takes a zone's place in the list for its slot.
    let in_order = network.zones.iter().enumerate().all(|(place, zone)| zone.slot == place);
    let slots: Value = network.zones.iter().map(|zone| (zone.id.clone(), json!(zone.slot))).collect();
    json!({
        "cidr": network.cidr.to_string(),
        "slots": if in_order { Value::Null } else { slots },
        "zones": network.zones.iter().map(|z| z.id.as_str()).collect::<Value>(),
        "pods_cidr": network.pods_cidr.map(|c| c.to_string()),
        "ipv6": network.ipv6,
        "nat": nat,
        "gateway_endpoints": network.gateway_endpoints,
        "interface_endpoints": network.interface_endpoints,
        "flow_logs": network.flow_log_days.map(|days| json!({ "retention_days": days })),
        "plan": plan,
    })
}

fn outputs(platform: &Platform) -> Vec<Output> {
    let of = |name, ty, value, about| Output::new(name, ty, value, about);
    let mut outputs = vec![
        of("vpc_id", "string", "module.network.vpc_id", "The VPC."),
        of("vpc_cidr", "string", "module.network.vpc_cidr", "The VPC's address block."),
        of(
            "zones",
            "map(object({ name = string }))",
            "module.network.zones",
            "The zones by AZ ID, with their names in this account.",
        ),
        of(
            "private_subnet_ids",
            "map(string)",
            "module.network.private_subnet_ids",
            "Subnets for nodes, by AZ ID.",
        ),
        of(
            "public_subnet_ids",
            "map(string)",
            "module.network.public_subnet_ids",
            "Subnets for public load balancers, by AZ ID.",
        ),
        of(
            "database_subnet_ids",
            "map(string)",
            "module.network.database_subnet_ids",
            "Subnets for databases, by AZ ID.",
        ),
        of(
            "intra_subnet_ids",
            "map(string)",
            "module.network.intra_subnet_ids",
            "Subnets for the interfaces of the control plane, by AZ ID.",
        ),
        of("pod_subnet_ids", "map(string)", "module.network.pod_subnet_ids", "Subnets for pods, by AZ ID."),
        of(
            "private_route_table_ids",
            "map(string)",
            "module.network.private_route_table_ids",
            "Route tables of the private subnets, by AZ ID.",
        ),
    ];
    if let Network::New(_) = platform.network {
        outputs.extend(of_new_only());
    }
    outputs
}

fn of_new_only() -> [Output; 4] {
    let of = |name, ty, value, about| Output::new(name, ty, value, about);
    [
        of(
            "pods_cidr",
            "string",
            "module.network.pods_cidr",
            "The block for pods; null when they have none of their own.",
        ),
        of("ipv6_cidr", "string", "module.network.ipv6_cidr", "The VPC's IPv6 block; null without IPv6."),
        of(
            "nat_public_ips",
            "map(string)",
            "module.network.nat_public_ips",
            "Addresses from which the platform reaches the internet, by AZ ID.",
        ),
        of(
            "endpoint_security_group_id",
            "string",
            "module.network.endpoint_security_group_id",
            "Security group of the interface endpoints; null when there are none.",
        ),
    ]
}
