//! EKS: a new cluster, or one that is there, checked.

use serde_json::{Map, Value, json};

use super::{Definition, Output, Provider, always};
use crate::plan::text::{hcl, template};
use crate::plan::{Cluster, ExistingCluster, NewCluster, Platform};

pub(super) static LAYER: Definition = Definition {
    name: "cluster",
    about: |platform| match platform.cluster {
        Cluster::New(_) => "the EKS cluster with its system nodes",
        Cluster::Existing(_) => "nothing: it checks the cluster that is there, and tells of it",
    },
    exists: always,
    reads: |_| vec!["network"],
    modules: |platform| match platform.cluster {
        Cluster::New(_) => vec!["cluster"],
        Cluster::Existing(_) => vec!["existing-cluster"],
    },
    provider: Provider::Aws,
    templates: &[template!("cluster/main", "main")],
    values,
    outputs,
};

fn values(platform: &Platform) -> Value {
    match &platform.cluster {
        Cluster::New(new) => json!({ "new": of_new(platform, new), "existing": null }),
        Cluster::Existing(existing) => json!({ "new": null, "existing": of_existing(existing) }),
    }
}

fn of_existing(existing: &ExistingCluster) -> Value {
    json!({
        "name": existing.name,
        "required_addons": existing.required_addons,
        "set_discovery_tag": existing.set_discovery_tag,
    })
}

fn of_new(platform: &Platform, cluster: &NewCluster) -> Value {
    let named = |values: &[(String, String)]| -> Value {
        Value::Object(values.iter().map(|(k, v)| (k.clone(), json!(v))).collect::<Map<_, _>>())
    };
    // What is let in is its own name: it stays when others come and go.
    let private_from: Vec<_> = cluster.private_from.iter().map(|s| (s.clone(), s.clone())).collect();
    json!({
        "kubernetes_version": cluster.version,
        "pods": platform.network.has_pod_subnets(),
        "ip_family": cluster.ip_family,
        "endpoint_public_from": cluster.public_from,
        "endpoint_private_from": named(&private_from),
        "admins": named(&cluster.admins),
        "log_retention_days": cluster.log_retention_days,
        "system_nodes": {
            "instance_types": cluster.instance_types,
            "min": cluster.min_nodes,
            "max": cluster.max_nodes,
            "ami": cluster.ami,
            "disk_gib": cluster.disk_gib,
            // The pods that select such nodes run on Karpenter's pool for them.
            "critical": !platform.addons.as_ref().is_some_and(|addons| addons.has("karpenter")),
        },
        "extra_addons": platform.file_system.map(|_| "aws-efs-csi-driver").into_iter().collect::<Value>(),
        "identity": cluster.identity,
        "deployer": platform.addons.is_some(),
        "caches": platform.registry.as_ref().map(|registry| registry.caches.keys().collect::<Vec<_>>()),
    })
}

fn outputs(platform: &Platform) -> Vec<Output> {
    let of = |name, value: &'static str, about| Output::new(name, "string", value, about);
    let mut outputs = vec![
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
    ];
    let oidc_provider = "The IAM OIDC provider; null with Pod Identity.";
    let security_group = "The security group that nodes carry.";
    match &platform.cluster {
        Cluster::New(_) => outputs.extend([
            of("oidc_provider_arn", "module.cluster.oidc_provider_arn", oidc_provider),
            of("security_group_id", "module.cluster.security_group_id", security_group),
            of("node_role_arn", "module.cluster.node_role_arn", "The role of the nodes."),
            of("kms_key_arn", "module.cluster.kms_key_arn", "The key that encrypts the cluster's secrets."),
        ]),
        Cluster::Existing(existing) => {
            let given = |value: &Option<String>, other: &str| {
                value.as_ref().map_or_else(|| other.to_owned(), |value| hcl::string(value))
            };
            let provider = given(&existing.oidc_provider, "null");
            let group = given(&existing.node_security_group, "module.cluster.security_group_id");
            outputs.push(Output::new("oidc_provider_arn", "string", provider, oidc_provider));
            outputs.push(Output::new("security_group_id", "string", group, security_group));
        }
    }
    outputs
}
