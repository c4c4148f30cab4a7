//! The way in: the load balancer with its certificate, records and target groups.

use serde_json::{Value, json};

use super::{Definition, Output, Provider};
use crate::plan::ingress::{HostedZone, Ingress, WebAcl};
use crate::plan::text::template;
use crate::plan::{Cluster, Platform};
use crate::spec::ingress::LoadBalancer;

/// The mesh's gateway, as the module `addons` makes it: namespace and service, and where it says that it is ready.
const GATEWAY: (&str, &str) = ("istio-system", "tfy-istio-ingress");
const STATUS_PORT: u16 = 15021;
const STATUS_PATH: &str = "/healthz/ready";

pub(super) static LAYER: Definition = Definition {
    name: "ingress",
    about: |_| "the way in: the load balancer with its certificate, records and target groups",
    exists: |platform| platform.ingress.is_some(),
    reads: |_| vec!["network", "cluster"],
    modules: |_| vec!["ingress"],
    providers: &[Provider::Aws],
    releases: super::no_releases,
    carries_secret: false,
    templates: &[template!("ingress/main", "main")],
    values: |platform| {
        platform.ingress.as_ref().map_or_else(|| json!({}), |ingress| values(platform, ingress))
    },
    outputs: |_| outputs(),
};

fn values(platform: &Platform, ingress: &Ingress) -> Value {
    let (zone_name, zone_id) = match &ingress.zone {
        Some(HostedZone::Name(name)) => (Some(name), None),
        Some(HostedZone::Id(id)) => (None, Some(id)),
        None => (None, None),
    };
    let (port, protocol) = ingress.target();
    let (namespace, service) = GATEWAY;
    let is_new = matches!(platform.cluster, Cluster::New(_));
    json!({
        "alb": ingress.load_balancer == LoadBalancer::Alb,
        "type": ingress.load_balancer.name(),
        "internal": ingress.internal,
        "zone_name": zone_name,
        "zone_id": zone_id,
        "domains": ingress.domains,
        "certificate": ingress.certificate,
        "allowed_from": ingress.allowed_from,
        "open": ingress.open,
        "redirect_http": ingress.redirect_http,
        "new_cluster": is_new,
        "dual_stack": ingress.dual_stack == Some(true),
        "ipv6_pods": matches!(&platform.cluster, Cluster::New(cluster) if cluster.ip_family == "ipv6"),
        "web_acl": ingress.waf.as_ref().map(|waf| match waf {
            WebAcl::New { count_only: false } => json!({ "create": {} }),
            WebAcl::New { count_only: true } => json!({ "create": { "count_only": true } }),
            WebAcl::Existing(arn) => json!({ "arn": arn }),
        }),
        "target": {
            "port": port,
            "protocol": protocol,
            "service": { "namespace": namespace, "name": service, "port": port },
            "health": { "port": STATUS_PORT, "path": STATUS_PATH, "protocol": "HTTP" },
        },
        "log_days": ingress.log_days,
        "force_destroy_logs": ingress.force_destroy_logs,
        "deletion_protection": ingress.deletion_protection,
    })
}

fn outputs() -> Vec<Output> {
    let of = |name, value: &'static str, about| Output::new(name, "string", value, about);
    vec![
        of(
            "dns_name",
            "module.ingress.dns_name",
            "The load balancer's own name, for records made elsewhere.",
        ),
        of(
            "zone_id",
            "module.ingress.zone_id",
            "The Route 53 zone of that name, for alias records made elsewhere.",
        ),
        of("arn", "module.ingress.arn", "The load balancer's ARN."),
        of("listener_arn", "module.ingress.listener_arn", "The listener on port 443, for rules of your own."),
        of("security_group_id", "module.ingress.security_group_id", "The load balancer's security group."),
        Output::new(
            "target_group_bindings",
            "map(any)",
            "module.ingress.target_group_bindings",
            "The objects by which pods enter the target groups, for the layer `addons`.",
        ),
    ]
}
