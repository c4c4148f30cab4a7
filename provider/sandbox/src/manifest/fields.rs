//! The fields of every kind of manifest.

use super::rules::{
    account_number, cluster_name, domain, plain_name, registry_url, role_arn, storage_root, subject,
    workspace_name,
};
use crate::schema::{Field, Shape, optional, required};

const OWNED_BY: Shape = Shape::Object(&[required("account", Shape::Text)]);

const COLLABORATORS: Shape = Shape::List(&Shape::Object(&[
    required("subject", Shape::Ruled(subject)),
    required("role_id", Shape::Text),
]));

const PERMISSIONS: Shape = Shape::List(&Shape::Object(&[
    required("resource_fqn", Shape::Text),
    required("resource_type", Shape::Text),
    required("role_id", Shape::Text),
]));

pub(super) const ENVIRONMENT: &[Field] = &[
    required("type", Shape::OneOf(&["environment"])),
    required("name", Shape::Ruled(plain_name)),
    required(
        "color",
        Shape::Object(&[
            optional("colorHex", Shape::Text),
            optional("backgroundColorHex", Shape::Text),
            optional("color", Shape::Text),
            optional("backgroundColor", Shape::Text),
        ]),
    ),
    required("isProduction", Shape::Bool),
    required("optimizeFor", Shape::OneOf(&["COST", "AVAILABILITY"])),
];

pub(super) const CLUSTER: &[Field] = &[
    required("type", Shape::OneOf(&["cluster"])),
    required("name", Shape::Ruled(cluster_name)),
    required(
        "cluster_type",
        Shape::OneOf(&["aws-eks", "gcp-gke-standard", "azure-aks", "generic", "civo-talos"]),
    ),
    required("environment_names", Shape::List(&Shape::Text)),
    optional("base_domains", Shape::List(&Shape::Ruled(domain))),
    optional(
        "monitoring",
        Shape::Object(&[
            optional("loki_url", Shape::Text),
            optional("victoria_logs_url", Shape::Text),
            optional("prometheus_url", Shape::Text),
            optional("kubecost_url", Shape::Text),
        ]),
    ),
    optional("default_registry_fqn", Shape::Text),
    optional("cluster_integration_fqn", Shape::Text),
    optional("workflow_storage_integration_fqn", Shape::Text),
    optional(
        "workbench_config",
        Shape::Object(&[
            optional("notebook_config", Shape::Object(&[required("base_domain", Shape::Text)])),
            optional(
                "ssh_server_config",
                Shape::Object(&[required("base_domain", Shape::Text), required("port", Shape::Number)]),
            ),
            optional("default_storage_class", Shape::Text),
        ]),
    ),
    optional("spark_config", Shape::Object(&[required("ui_base_domain", Shape::Text)])),
    optional(
        "ingress_controller_config",
        Shape::Object(&[required("ingress_class_name", Shape::Text), optional("tls_enabled", Shape::Bool)]),
    ),
    optional(
        "supported_nodepools",
        Shape::List(&Shape::Object(&[required("name", Shape::Text), optional("description", Shape::Text)])),
    ),
    optional("node_label_keys", Shape::Object(&[required("nodepool_selector_label", Shape::Text)])),
    optional("collaborators", COLLABORATORS),
    optional("ownedBy", OWNED_BY),
];

pub(super) const WORKSPACE: &[Field] = &[
    required("type", Shape::OneOf(&["workspace"])),
    required("name", Shape::Ruled(workspace_name)),
    required("cluster_fqn", Shape::Text),
    optional("environment_name", Shape::Text),
    optional("labels", Shape::Labels),
    optional("annotations", Shape::Labels),
    optional("collaborators", COLLABORATORS),
    optional("permissions", PERMISSIONS),
    optional("ownedBy", OWNED_BY),
];

const AUTH_DATA: Shape = Shape::Union(&[
    (
        "access-key-based",
        &[required("access_key_id", Shape::Text), required("secret_access_key", Shape::Text)],
    ),
    (
        "assumed-role-based",
        &[required("assumed_role_arn", Shape::Ruled(role_arn)), optional("external_id", Shape::Text)],
    ),
]);

pub(super) const AWS_ACCOUNT: &[Field] = &[
    required("type", Shape::OneOf(&["provider-account/aws"])),
    required("name", Shape::Ruled(plain_name)),
    required("aws_account_id", Shape::Ruled(account_number)),
    optional("auth_data", AUTH_DATA),
    required("integrations", Shape::List(&INTEGRATION)),
    optional("ownedBy", OWNED_BY),
];

const NAME: Field = required("name", Shape::Ruled(plain_name));
const SUBJECTS: Field = optional("authorized_subjects", Shape::List(&Shape::Ruled(subject)));
const AUTH: Field = optional("auth_data", AUTH_DATA);
const REGION: Field = required("region", Shape::OneOf(AWS_REGIONS));
const SECRET_STORE: &[Field] =
    &[NAME, SUBJECTS, AUTH, REGION, optional("kms_arn", Shape::Text), optional("tags", Shape::Labels)];

const INTEGRATION: Shape = Shape::Union(&[
    (
        "integration/blob-storage/aws/s3",
        &[NAME, SUBJECTS, AUTH, REGION, required("storage_root", Shape::Ruled(storage_root))],
    ),
    (
        "integration/docker-registry/aws/ecr",
        &[NAME, SUBJECTS, AUTH, required("registry_url", Shape::Ruled(registry_url))],
    ),
    ("integration/secret-store/aws/parameter-store", SECRET_STORE),
    ("integration/secret-store/aws/secrets-manager", SECRET_STORE),
    ("integration/cluster/aws/eks", &[NAME, SUBJECTS, AUTH, REGION, required("cluster_name", Shape::Text)]),
]);

const AWS_REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];
