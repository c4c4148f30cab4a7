//! Who may use what: the role that the control plane assumes, the cluster's way to database and files.

use serde_json::{Value, json};

use super::{Definition, Output, Provider, always};
use crate::plan::text::template;
use crate::plan::{Addons, Cluster, Platform};
use crate::spec::truefoundry::{ClusterAccess, SecretStore};

/// Where the control plane keeps what it writes into the account, as the vendor's own modules scope it: images in
/// repositories of this start, parameters and secrets under these paths.
const REGISTRY_PREFIX: &str = "tfy-";
const PARAMETER_PREFIX: &str = "tfy-secret";
const SECRET_PREFIX: &str = "/tfy-secret";

pub(super) static LAYER: Definition = Definition {
    name: "identity",
    about: |platform| match (&platform.addons, &platform.database, platform.file_system) {
        (None, ..) if platform.truefoundry.workflows => {
            "the roles of the control plane and of workflows, and the cluster's ways to where data is kept"
        }
        (None, None, None) => "the role that the control plane assumes",
        (None, Some(_), None) => {
            "the role that the control plane assumes, and the cluster's way to the database"
        }
        (None, None, Some(_)) => {
            "the role that the control plane assumes, and the cluster's way to the file system"
        }
        (None, Some(_), Some(_)) => {
            "the role that the control plane assumes, and the cluster's ways to the database and the file system"
        }
        (Some(_), None, None) => "the roles of the control plane, of the add-ons and of nodes",
        (Some(_), Some(_), None) => {
            "the roles of the control plane, of the add-ons and of nodes, and the cluster's way to the database"
        }
        (Some(_), None, Some(_)) => {
            "the roles of the control plane, of the add-ons and of nodes, and the cluster's way to the file system"
        }
        (Some(_), Some(_), Some(_)) => {
            "the roles of the control plane, of the add-ons and of nodes, and the cluster's ways to the database and the file system"
        }
    },
    exists: always,
    reads: |platform| match &platform.addons {
        Some(_) => vec!["network", "cluster", "data"],
        None => vec!["cluster", "data"],
    },
    modules,
    providers: &[Provider::Aws],
    releases: super::no_releases,
    carries_secret: false,
    templates: &[template!("identity/main", "main")],
    values,
    outputs,
};

fn modules(platform: &Platform) -> Vec<&'static str> {
    let mut modules = vec!["platform-identity"];
    if platform.addons.is_some() || platform.truefoundry.workflows {
        // `addon-identities` is made of the other.
        modules.extend(["addon-identities", "workload-identity"]);
    }
    if let Some(addons) = &platform.addons {
        modules.extend(addons.has("karpenter").then_some("karpenter"));
    }
    modules
}

fn values(platform: &Platform) -> Value {
    let store = platform.truefoundry.secrets;
    let access = platform.truefoundry.cluster_access;
    let (irsa, own_node_role) = match &platform.cluster {
        Cluster::New(new) => (new.identity == "irsa", true),
        Cluster::Existing(existing) => (existing.oidc_provider.is_some(), false),
    };
    json!({
        "trusted_role_arns": platform.truefoundry.control_plane_roles,
        "database": platform.database.is_some(),
        "file_system": platform.file_system.is_some(),
        "external_id": platform.truefoundry.external_id,
        "registry_prefix": REGISTRY_PREFIX,
        "parameter_prefix": (store == SecretStore::ParameterStore).then_some(PARAMETER_PREFIX),
        "secret_prefix": (store == SecretStore::SecretsManager).then_some(SECRET_PREFIX),
        "cluster_access": (access != ClusterAccess::Describe).then_some(access.name()),
        "pods": platform.addons.is_some() || platform.truefoundry.workflows,
        "irsa": irsa,
        "workflows": platform.truefoundry.workflows,
        "addons": platform.addons.as_ref().map(|addons| of_addons(platform, addons, own_node_role)),
    })
}

/// What the add-ons need of AWS.
fn of_addons(platform: &Platform, addons: &Addons, own_node_role: bool) -> Value {
    let caches: Vec<_> = platform.registry.iter().flat_map(|registry| registry.caches.keys()).collect();
    let secrets = addons.has("external-secrets")
        && !(addons.secret_prefixes.is_empty() && addons.parameter_prefixes.is_empty());
    json!({
        "load_balancer_controller": addons.has("aws-load-balancer-controller"),
        "certificate_zones": (!addons.certificate_zones.is_empty()).then_some(&addons.certificate_zones),
        "challenge_names": addons.certificate_zones.keys().map(|d| format!("_acme-challenge.{d}")).collect::<Value>(),
        "record_zones": (!addons.record_zones.is_empty()).then_some(&addons.record_zones),
        "secrets": secrets.then(|| json!({
            "secret_prefixes": addons.secret_prefixes,
            "parameter_prefixes": addons.parameter_prefixes,
        })),
        "karpenter": addons.has("karpenter"),
        "cluster_name": platform.cluster.name(&platform.name),
        // The role of the system nodes is an access entry already; of a cluster that is there nobody knows.
        "own_node_role": own_node_role,
        "caches": if own_node_role { json!([]) } else { json!(caches) },
        "kms_key": platform.compute.nodes.kms_key,
        "isolated": platform.network.is_isolated(),
        "reserved_enis": u8::from(platform.network.has_pod_subnets()),
    })
}

fn outputs(platform: &Platform) -> Vec<Output> {
    let of = |name, value, about| Output::new(name, "string", value, about);
    let mut outputs = vec![
        of("role_arn", "module.platform_identity.role_arn", "The role that the control plane assumes."),
        of("role_name", "module.platform_identity.role_name", "The name of that role."),
        of(
            "registry_url",
            "module.platform_identity.registry_url",
            "The address of the account's image registry.",
        ),
        of(
            "external_id",
            "local.external_id",
            "The ExternalId that the control plane shows when it assumes the role.",
        ),
    ];
    if platform.truefoundry.workflows {
        outputs.push(of(
            "workflow_role_arn",
            r#"module.addon_identities.role_arns["workflow-propeller"]"#,
            "The role of what runs workflows, for the chart `tfy-workflow-propeller`.",
        ));
    }
    if let Some(addons) = &platform.addons {
        outputs.push(Output::new(
            "addon_values",
            "any",
            "local.addon_values",
            "Add-on => values of its chart that belong to what was made here.",
        ));
        if addons.has("karpenter") {
            outputs.extend([
                of("node_role_name", "module.karpenter.node_role_name", "The role of Karpenter's nodes."),
                of(
                    "instance_profile_name",
                    "module.karpenter.instance_profile_name",
                    "The instance profile of Karpenter's nodes; null where Karpenter makes its own.",
                ),
            ]);
        }
    }
    outputs
}
