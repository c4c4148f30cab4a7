//! Each variable of each module that layers call, with its source.

/// Where a variable's value comes from.
pub(crate) enum From {
    /// A key of `platform.yaml`, and a value (JSON) that is not what the test's platform has.
    Key(&'static str, &'static str),
    /// An output of this layer.
    Layer(&'static str),
    /// The generator decides, for this reason.
    Fixed(&'static str),
    /// Nowhere but a file of one's own.
    Override,
}

/// A module that a layer calls.
pub(crate) struct Call {
    pub(crate) module: &'static str,
    pub(crate) layer: &'static str,
    /// Whether it is called on a platform whose network and cluster were there before.
    pub(crate) existing: bool,
    pub(crate) variables: &'static [(&'static str, From)],
}

use From::{Fixed, Key, Layer, Override};

const BOUNDARY: From = Key("aws.permissions_boundary", "\"arn:aws:iam::123456789012:policy/boundary\"");
const NAME: From = Key("name", "\"acme-prod\"");

pub(crate) const CALLS: &[Call] = &[
    Call {
        module: "network",
        layer: "network",
        existing: false,
        variables: &[
            ("name", NAME),
            ("cidr", Key("network.create.cidr", "\"10.30.0.0/16\"")),
            ("zones", Key("network.create.zones", "2")),
            ("pods_cidr", Key("network.create.pods_cidr", "\"100.64.0.0/16\"")),
            ("ipv6", Key("network.create.ipv6", "false")),
            ("nat", Key("network.create.nat", "\"single\"")),
            ("public_subnets", Override),
            ("gateway_endpoints", Key("network.create.endpoints", "[\"s3\"]")),
            ("interface_endpoints", Key("network.create.endpoints", "[\"kms\"]")),
            ("flow_logs", Key("network.create.flow_logs", "\"none\"")),
            ("cluster_name", NAME),
            ("permissions_boundary", BOUNDARY),
        ],
    },
    Call {
        module: "existing-network",
        layer: "network",
        existing: true,
        variables: &[
            ("vpc_id", Key("network.existing.vpc", "\"vpc-0fedcba9876543210\"")),
            (
                "private_subnet_ids",
                Key(
                    "network.existing.private_subnets",
                    "[\"subnet-0a000000000000001\", \"subnet-0a000000000000003\"]",
                ),
            ),
            ("public_subnet_ids", Key("network.existing.public_subnets", "[\"subnet-0b000000000000001\"]")),
            (
                "database_subnet_ids",
                Key(
                    "network.existing.database_subnets",
                    "[\"subnet-0c000000000000001\", \"subnet-0c000000000000002\"]",
                ),
            ),
            (
                "intra_subnet_ids",
                Key(
                    "network.existing.intra_subnets",
                    "[\"subnet-0d000000000000001\", \"subnet-0d000000000000002\"]",
                ),
            ),
            (
                "pod_subnet_ids",
                Key(
                    "network.existing.pod_subnets",
                    "[\"subnet-0e000000000000001\", \"subnet-0e000000000000002\"]",
                ),
            ),
            ("cluster_name", Key("cluster.existing.name", "\"another\"")),
            ("set_tags", Key("network.existing.set_tags", "true")),
            ("needs_internet", Key("network.existing.needs_internet", "false")),
            ("needs_s3_endpoint", Key("network.existing.needs_s3_endpoint", "false")),
            ("min_free_addresses", Key("network.existing.min_free_addresses", "500")),
        ],
    },
    Call {
        module: "cluster",
        layer: "cluster",
        existing: false,
        variables: &[
            ("name", NAME),
            ("kubernetes_version", Key("cluster.create.version", "\"1.34\"")),
            ("support_type", Override),
            ("vpc_id", Layer("network")),
            ("subnet_ids", Layer("network")),
            ("control_plane_subnet_ids", Layer("network")),
            ("pod_subnets", Key("network.create.pods_cidr", "\"100.64.0.0/16\"")),
            (
                "endpoint_public_from",
                Key("cluster.create.endpoint", "{ \"public_from\": [\"203.0.113.0/24\"] }"),
            ),
            ("admins", Key("cluster.create.admins", "[\"arn:aws:iam::123456789012:role/admin\"]")),
            ("log_retention_days", Key("cluster.create.log_retention_days", "731")),
            ("system_nodes", Key("cluster.create.system_nodes", "{ \"disk_gib\": 100 }")),
            ("identity", Key("cluster.create.identity", "\"irsa\"")),
            ("addon_versions", Override),
            ("extra_addons", Key("storage.file_system", "false")),
            ("addon_configuration", Override),
            ("addons", Override),
            ("pull_through_cache_prefixes", Key("storage.registry.pull_through", "[\"quay\"]")),
            ("auto_mode", Override),
            ("ip_family", Key("cluster.create.ip_family", "\"ipv6\"")),
            ("service_ipv4_cidr", Override),
            (
                "endpoint_private_from",
                Key("cluster.create.endpoint", "{ \"private_from\": [\"10.8.0.0/16\"] }"),
            ),
            ("security_group_ids", Override),
            ("access_entries", Override),
            ("node_policy_arns", Override),
            ("zonal_shift", Override),
            ("force_version_upgrade", Override),
            ("permissions_boundary", BOUNDARY),
        ],
    },
    Call {
        module: "existing-cluster",
        layer: "cluster",
        existing: true,
        variables: &[
            ("name", Key("cluster.existing.name", "\"another\"")),
            ("vpc_id", Layer("network")),
            ("required_addons", Key("cluster.existing.required_addons", "[\"vpc-cni\"]")),
            ("set_discovery_tag", Key("cluster.existing.set_discovery_tag", "true")),
        ],
    },
    Call {
        module: "object-store",
        layer: "data",
        existing: false,
        variables: &[
            ("name", NAME),
            ("force_destroy", Key("storage.bucket.force_destroy", "true")),
            ("cors_allowed_origins", Key("storage.bucket.cors_allowed_origins", "[\"https://a.example\"]")),
            ("noncurrent_version_days", Key("storage.bucket.noncurrent_version_days", "7")),
            ("access_log_days", Override),
            ("expirations", Override),
            ("tiering_days", Override),
        ],
    },
    Call {
        module: "database",
        layer: "data",
        existing: false,
        variables: &[
            ("name", NAME),
            ("vpc_id", Layer("network")),
            ("subnet_ids", Layer("network")),
            ("engine_version", Key("database.engine", "\"16\"")),
            ("allow_major_version_upgrade", Override),
            ("instance_class", Key("database.class", "\"db.m7g.large\"")),
            ("storage_gib", Key("database.storage_gib", "100")),
            ("max_storage_gib", Key("database.storage_gib", "100")),
            ("multi_az", Key("database.multi_az", "false")),
            ("database_name", Override),
            ("client_security_group_ids", Override),
            ("backup_retention_days", Key("database.backup_retention_days", "7")),
            ("backup_window", Override),
            ("maintenance_window", Override),
            ("log_retention_days", Override),
            ("deletion_protection", Key("database.deletion_protection", "false")),
            ("final_snapshot", Key("database.final_snapshot", "false")),
            ("parameters", Override),
            ("iam_user", Override),
            ("iops", Override),
            ("storage_throughput_mibps", Override),
            ("ca_certificate", Override),
            ("restore_from_snapshot", Override),
            ("insights_retention_days", Override),
            ("monitoring_seconds", Override),
            ("permissions_boundary", BOUNDARY),
        ],
    },
    Call {
        module: "container-registry",
        layer: "data",
        existing: false,
        variables: &[
            ("name", NAME),
            ("repository_prefix", Override),
            ("repositories", Key("storage.registry.repositories", "{ \"app\": { \"keep_images\": 7 } }")),
            ("reader_account_ids", Key("storage.registry.readers", "[\"210987654321\"]")),
            ("pull_through_caches", Key("storage.registry.pull_through", "[\"quay\"]")),
            ("enhanced_scanning", Key("storage.registry.enhanced_scanning", "true")),
            ("force_delete", Key("storage.registry.force_delete", "true")),
            ("kms_key_arn", Override),
            ("permissions_boundary", BOUNDARY),
        ],
    },
    Call {
        module: "file-system",
        layer: "data",
        existing: false,
        variables: &[
            ("name", NAME),
            ("vpc_id", Layer("network")),
            ("subnet_ids", Layer("network")),
            ("client_security_group_ids", Override),
            ("throughput_mode", Override),
            ("provisioned_mibps", Override),
            ("infrequent_access_days", Key("storage.file_system.infrequent_access_days", "7")),
            ("backups", Key("storage.file_system.backups", "false")),
            ("access_points", Override),
            ("kms_key_arn", Override),
        ],
    },
    Call {
        module: "platform-identity",
        layer: "identity",
        existing: false,
        variables: &[
            ("name", NAME),
            (
                "trusted_role_arns",
                Key("truefoundry.control_plane_roles", "[\"arn:aws:iam::123456789012:role/control-plane\"]"),
            ),
            ("external_id", Fixed("random, or `truefoundry.external_id`")),
            ("bucket_arn", Layer("data")),
            ("bucket_kms_key_arn", Layer("data")),
            ("registry_prefix", Fixed("how the control plane names its repositories")),
            ("parameter_prefix", Key("truefoundry.secrets", "{ \"store\": \"parameter-store\" }")),
            ("secret_prefix", Key("truefoundry.secrets", "{ \"store\": \"parameter-store\" }")),
            ("cluster_arn", Layer("cluster")),
            ("store_kms_key_arns", Override),
            ("policy_arns", Override),
            ("max_session_seconds", Override),
            ("permissions_boundary", BOUNDARY),
        ],
    },
    Call {
        module: "addon-identities",
        layer: "identity",
        existing: false,
        variables: &[
            ("name", NAME),
            ("cluster_arn", Layer("cluster")),
            ("identity", Key("cluster.create.identity", "\"irsa\"")),
            ("oidc_provider_arn", Key("cluster.create.identity", "\"irsa\"")),
            ("load_balancer_controller", Key("addons.aws-load-balancer-controller", "false")),
            (
                "external_dns",
                Key("addons.external-dns", "{ \"zones\": { \"acme.com\": \"Z0123456789ABCDEFGHIJ\" } }"),
            ),
            (
                "cert_manager",
                Key("addons.cert-manager", "{ \"zones\": { \"acme.com\": \"Z0123456789ABCDEFGHIJ\" } }"),
            ),
            ("external_secrets", Key("addons.external-secrets", "{ \"secret_prefixes\": [\"acme/dev\"] }")),
            ("metrics_store", Override),
            ("log_store", Override),
            ("permissions_boundary", BOUNDARY),
        ],
    },
    Call {
        module: "karpenter",
        layer: "identity",
        existing: false,
        variables: &[
            ("cluster_name", Layer("cluster")),
            ("identity", Key("cluster.create.identity", "\"irsa\"")),
            ("oidc_provider_arn", Key("cluster.create.identity", "\"irsa\"")),
            ("namespace", Override),
            ("service_account", Override),
            ("node_role", Layer("cluster")),
            ("node_policy_arns", Override),
            ("pull_through_cache_prefixes", Override),
            ("instance_profile", Key("network.create", "{ \"nat\": \"none\", \"endpoints\": \"all\" }")),
            ("isolated_vpc", Key("network.create", "{ \"nat\": \"none\", \"endpoints\": \"all\" }")),
            ("reserved_enis", Key("network.create.pods_cidr", "\"100.64.0.0/16\"")),
            (
                "ebs_kms_key_arns",
                Key(
                    "compute.nodes",
                    "{ \"kms\": \"arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef\" }",
                ),
            ),
            ("interruption_queue", Override),
            ("queue_kms_key", Override),
            ("permissions_boundary", BOUNDARY),
        ],
    },
    Call {
        module: "addons",
        layer: "addons",
        existing: false,
        variables: &[
            ("cluster", Layer("cluster")),
            ("addons", Key("addons.keda", "false")),
            ("aws_values", Layer("identity")),
            ("mirror", Key("addons.mirror", "{ \"charts\": \"https://charts.acme.com\" }")),
            ("mtls", Key("addons.istio", "{ \"mtls\": \"permissive\" }")),
            ("mtls_exceptions", Override),
            ("network_policies", Override),
            ("storage", Key("storage.file_system", "false")),
            ("node_pools", Key("compute.pools", "{ \"gpu\": true }")),
            ("node_class", Key("compute.nodes", "{ \"disk_gib\": 300 }")),
        ],
    },
];

/// Modules that no layer calls, and what they are for.
pub(crate) const UNCALLED: &[(&str, &str)] = &[
    ("gateway-identity", "the AI gateway's role for models of Bedrock and endpoints of SageMaker"),
    ("hcp-identity", "roles with which HCP Terraform and GitHub plan and apply"),
    ("ingress", "load balancer, certificate and records"),
    ("node-group", "further nodes that Karpenter does not manage"),
    ("self-hosted-control-plane", "database, bucket and role of a control plane of your own"),
    ("state-backend", "bucket and key of the states, made before anything else"),
    ("workload-identity", "a role for service accounts; `addon-identities` is made of it"),
];
