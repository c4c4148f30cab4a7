//! How long names may be, and which there are.

/// What Terraform puts behind a `name_prefix`.
const SUFFIX: usize = 26;

/// Type, argument and the longest name that the service takes: its API reference, or its guide where that is silent.
pub(crate) const LIMITS: &[(&str, &str, usize)] = &[
    ("aws_cloudwatch_event_rule", "name", 64),
    ("aws_cloudwatch_log_group", "name", 512),
    ("aws_db_instance", "final_snapshot_identifier", 255),
    ("aws_db_instance", "identifier", 63),
    ("aws_db_parameter_group", "name_prefix", 255 - SUFFIX),
    ("aws_db_subnet_group", "name_prefix", 255 - SUFFIX),
    ("aws_ecr_pull_through_cache_rule", "ecr_repository_prefix", 30),
    ("aws_ecr_repository", "name", 256),
    ("aws_ecr_repository_creation_template", "prefix", 256),
    ("aws_efs_file_system", "creation_token", 64),
    ("aws_eks_cluster", "name", 100),
    ("aws_eks_node_group", "node_group_name_prefix", 63 - SUFFIX),
    ("aws_iam_instance_profile", "name_prefix", 128 - SUFFIX),
    ("aws_iam_policy", "name_prefix", 128 - SUFFIX),
    ("aws_iam_role", "name_prefix", 64 - SUFFIX),
    ("aws_iam_role_policy", "name", 128),
    ("aws_kms_alias", "name", 256),
    ("aws_launch_template", "name_prefix", 128 - SUFFIX),
    ("aws_lb", "name", 32),
    ("aws_lb_target_group", "name", 32),
    ("aws_placement_group", "name", 255),
    ("aws_route53_record", "name", 255),
    ("aws_s3_bucket", "bucket", 63),
    ("aws_s3_bucket", "bucket_prefix", 63 - SUFFIX),
    ("aws_security_group", "name", 255),
    ("aws_security_group", "name_prefix", 255 - SUFFIX),
    ("aws_sqs_queue", "name", 80),
    ("aws_wafv2_web_acl", "name", 128),
];
/// Arguments that name the thing itself.
pub(crate) const NAMES: &[&str] = &[
    "bucket",
    "bucket_prefix",
    "creation_token",
    "ecr_repository_prefix",
    "final_snapshot_identifier",
    "identifier",
    "name",
    "name_prefix",
    "node_group_name_prefix",
    "prefix",
];
/// Types for which one of these arguments is another's name, or is given as it is.
pub(crate) const OF_OTHERS: &[&str] = &[
    "aws_s3_bucket_cors_configuration",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_notification",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_s3_bucket_intelligent_tiering_configuration",
];
/// Types whose names are not of the account: two platforms may share them.
pub(crate) const WITHIN_ANOTHER: &[&str] = &["aws_iam_role_policy", "aws_route53_record"];

/// The arguments that a name comes from, by the module that takes them. Names of clusters that are there already end at what EKS takes.
pub(crate) const TAKEN: &[(&str, &str)] = &[
    ("addon-identities", "name"),
    ("cluster", "name"),
    ("container-registry", "name"),
    ("container-registry", "pull_through_caches"),
    ("container-registry", "repositories"),
    ("database", "name"),
    ("file-system", "name"),
    ("gateway-identity", "name"),
    ("hcp-identity", "name"),
    ("ingress", "name"),
    ("ingress", "targets"),
    ("jump-host", "name"),
    ("karpenter", "cluster_name"),
    ("network", "name"),
    ("node-group", "cluster_name"),
    ("node-group", "name"),
    ("object-store", "name"),
    ("platform-identity", "name"),
    ("self-hosted-control-plane", "name"),
    ("state-backend", "name"),
    ("workload-identity", "name"),
    ("workload-identity", "policies"),
];
/// Names that are known when something is there, and why they fit.
pub(crate) const KNOWN_LATER: &[(&str, &str)] = &[
    // The instance's name, ten letters more and a number of the subnet group's own suffix.
    ("aws_db_instance", "final_snapshot_identifier"),
];
/// Module and resource whose name depends on the region.
pub(crate) const BY_REGION: &[(&str, &str)] = &[("ingress", "aws_s3_bucket.logs")];
