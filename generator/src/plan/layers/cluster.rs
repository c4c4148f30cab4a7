//! EKS: a new cluster, or one that is there, checked.

use serde_json::{Map, Value, json};

use super::{Definition, Output, Provider, always};
use crate::plan::text::{hcl, template};
use crate::plan::{Access, Cluster, ExistingCluster, NewCluster, Platform};

pub(super) static LAYER: Definition = Definition {
    name: "cluster",
    about: |platform| match platform.cluster {
        Cluster::New(_) => "the EKS cluster with its system nodes",
        Cluster::Existing(_) if platform.access == Some(Access::JumpHost) => {
            "the instance over which the cluster that is there is reached; of the cluster nothing, it checks it and tells of it"
        }
        Cluster::Existing(_) => "nothing: it checks the cluster that is there, and tells of it",
    },
    exists: always,
    reads: |_| vec!["network"],
    modules: |platform| {
        let cluster = match platform.cluster {
            Cluster::New(_) => "cluster",
            Cluster::Existing(_) => "existing-cluster",
        };
        let jump_host = (platform.access == Some(Access::JumpHost)).then_some("jump-host");
        std::iter::once(cluster).chain(jump_host).collect()
    },
    providers: &[Provider::Aws],
    releases: super::no_releases,
    carries_secret: false,
    templates: &[template!("cluster/main", "main")],
    values,
    outputs,
};

fn values(platform: &Platform) -> Value {
    let (new, existing) = match &platform.cluster {
        Cluster::New(new) => (Some(of_new(platform, new)), None),
        Cluster::Existing(existing) => (None, Some(of_existing(existing))),
    };
    let jump_host = || json!({ "internet": !platform.network.is_isolated() });
    let jump_host = (platform.access == Some(Access::JumpHost)).then(jump_host);
    json!({ "new": new, "existing": existing, "jump_host": jump_host })
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
        // What a null says: whoever applies is needed where layers in the cluster are, and somebody has been asked for.
        "caller_is_admin": platform.addons.is_some() && !cluster.admins.is_empty(),
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
            outputs.push(of(
                "ip_family",
                "module.cluster.ip_family",
                "The addresses of pods: `ipv4` or `ipv6`.",
            ));
        }
    }
    let instance = match &platform.access {
        Some(Access::JumpHost) => Some("module.jump_host.instance_id".to_owned()),
        Some(Access::Instance(id)) => Some(hcl::string(id)),
        _ => None,
    };
    let about = "The instance over which Systems Manager forwards a port to the Kubernetes API.";
    outputs.extend(instance.map(|id| Output::new("ssm_instance_id", "string", id, about)));
    outputs
}
