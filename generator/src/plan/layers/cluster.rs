//! EKS.

use serde_json::{Map, Value, json};

use super::{Definition, Output, Provider, always};
use crate::plan::Platform;
use crate::plan::text::template;

pub(super) static LAYER: Definition = Definition {
    name: "cluster",
    about: "the EKS cluster with its system nodes",
    exists: always,
    reads: |_| vec!["network"],
    modules: |_| vec!["cluster"],
    provider: Provider::Aws,
    templates: &[template!("cluster/main", "main")],
    values,
    outputs: |_| outputs(),
};

fn values(platform: &Platform) -> Value {
    let cluster = &platform.cluster;
    let admins: Map<String, Value> = cluster.admins.iter().map(|(k, arn)| (k.clone(), json!(arn))).collect();
    json!({
        "kubernetes_version": cluster.version,
        "pods": platform.network.pods_cidr.is_some(),
        "endpoint_public_from": cluster.public_from,
        "admins": admins,
        "log_retention_days": cluster.log_retention_days,
        "system_nodes": {
            "instance_types": cluster.instance_types,
            "min": cluster.min_nodes,
            "max": cluster.max_nodes,
            "ami": cluster.ami,
            "disk_gib": cluster.disk_gib,
        },
        "identity": cluster.identity,
    })
}

fn outputs() -> Vec<Output> {
    let of = |name, value, about| Output::new(name, "string", value, about);
    vec![
        of("name", "module.cluster.name", "The cluster's name."),
        of("arn", "module.cluster.arn", "The cluster's ARN."),
        of("endpoint", "module.cluster.endpoint", "The address of the Kubernetes API."),
        of(
            "certificate_authority_data",
            "module.cluster.certificate_authority_data",
            "The certificate authority of the Kubernetes API, in base64.",
        ),
        of("version", "module.cluster.version", "The Kubernetes version."),
        of("oidc_issuer", "module.cluster.oidc_issuer", "The issuer of service-account tokens."),
        of(
            "oidc_provider_arn",
            "module.cluster.oidc_provider_arn",
            "The IAM OIDC provider; null with Pod Identity.",
        ),
        of("security_group_id", "module.cluster.security_group_id", "The security group that nodes carry."),
        of("node_role_arn", "module.cluster.node_role_arn", "The role of the nodes."),
        of("kms_key_arn", "module.cluster.kms_key_arn", "The key that encrypts the cluster's secrets."),
    ]
}
