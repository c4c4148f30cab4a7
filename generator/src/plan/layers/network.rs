//! VPC, subnets, NAT, endpoints.

use serde_json::{Value, json};

use super::{Definition, Output, Provider, always};
use crate::plan::Platform;
use crate::plan::text::template;

pub(super) static LAYER: Definition = Definition {
    name: "network",
    about: "the VPC, its subnets, the way out and the endpoints",
    exists: always,
    reads: |_| Vec::new(),
    modules: |_| vec!["network"],
    provider: Provider::Aws,
    templates: &[template!("network/main", "main")],
    values,
    outputs: |_| outputs(),
};

fn values(platform: &Platform) -> Value {
    let network = &platform.network;
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
    json!({
        "cidr": network.cidr.to_string(),
        "zones": network.zones.iter().map(|z| z.id.as_str()).collect::<Value>(),
        "pods_cidr": network.pods_cidr.map(|c| c.to_string()),
        "nat": nat,
        "gateway_endpoints": network.gateway_endpoints,
        "interface_endpoints": network.interface_endpoints,
        "flow_logs": network.flow_log_days.map(|days| json!({ "retention_days": days })),
        "plan": plan,
    })
}

fn outputs() -> Vec<Output> {
    let of = |name, ty, value, about| Output::new(name, ty, value, about);
    vec![
        of("vpc_id", "string", "module.network.vpc_id", "The VPC."),
        of("vpc_cidr", "string", "module.network.vpc_cidr", "The VPC's address block."),
        of(
            "pods_cidr",
            "string",
            "module.network.pods_cidr",
            "The block for pods; null when they have none of their own.",
        ),
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
            "Subnets without a route to the internet, by AZ ID.",
        ),
        of("pod_subnet_ids", "map(string)", "module.network.pod_subnet_ids", "Subnets for pods, by AZ ID."),
        of(
            "nat_public_ips",
            "map(string)",
            "module.network.nat_public_ips",
            "Addresses from which the platform reaches the internet, by AZ ID.",
        ),
        of(
            "private_route_table_ids",
            "map(string)",
            "module.network.private_route_table_ids",
            "Route tables of the private subnets, by AZ ID.",
        ),
        of(
            "endpoint_security_group_id",
            "string",
            "module.network.endpoint_security_group_id",
            "Security group of the interface endpoints; null when there are none.",
        ),
    ]
}
