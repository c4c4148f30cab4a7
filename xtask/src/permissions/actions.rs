//! The IAM actions that an operation of AWS takes.
//!
//! An action is called as its operation, but for S3. Beside it AWS asks for what the operation does with other things: it
//! hands a role on, tags what it makes, or uses a key. The Service Authorization Reference lists these as dependent actions;
//! here are those of them that our modules bring about, and, with their source, those that only the API reference has.

/// The actions that a call takes.
pub(super) fn needed(service: &str, operation: &str) -> Vec<String> {
    let name = if service == "s3" { of_s3(operation) } else { operation };
    // Signed as `tagging`, and permitted as `tag`.
    let service = if service == "tagging" { "tag" } else { service };
    let action = format!("{service}:{name}");
    let more = DEPENDENT.iter().filter(|(of, _)| *of == action).flat_map(|(_, more)| *more);
    // So the provider empties a bucket, versions and all.
    let versions = (operation == "DeleteObjects").then_some("s3:DeleteObjectVersion");
    let more: Vec<String> = more.copied().chain(versions).map(str::to_owned).collect();
    [vec![action], more].concat()
}

/// Names of permissions that are not those of the operations (Amazon S3 User Guide, "Policy actions for Amazon S3").
fn of_s3(operation: &str) -> &str {
    match operation {
        "DeleteBucketCors" | "PutBucketCors" => "PutBucketCORS",
        "DeleteBucketEncryption" | "PutBucketEncryption" => "PutEncryptionConfiguration",
        "DeleteBucketLifecycle" | "PutBucketLifecycleConfiguration" => "PutLifecycleConfiguration",
        "DeleteBucketOwnershipControls" => "PutBucketOwnershipControls",
        "DeleteBucketTagging" => "PutBucketTagging",
        "DeleteObjects" => "DeleteObject",
        "DeletePublicAccessBlock" | "PutPublicAccessBlock" => "PutBucketPublicAccessBlock",
        "GetBucketAccelerateConfiguration" => "GetAccelerateConfiguration",
        "GetBucketCors" => "GetBucketCORS",
        "GetBucketEncryption" => "GetEncryptionConfiguration",
        "GetBucketLifecycleConfiguration" => "GetLifecycleConfiguration",
        "GetBucketNotificationConfiguration" => "GetBucketNotification",
        "GetBucketReplication" => "GetReplicationConfiguration",
        "GetObjectLockConfiguration" => "GetBucketObjectLockConfiguration",
        "GetPublicAccessBlock" => "GetBucketPublicAccessBlock",
        "HeadBucket" | "ListObjects" | "ListObjectsV2" => "ListBucket",
        "HeadObject" => "GetObject",
        "ListBuckets" => "ListAllMyBuckets",
        "ListObjectVersions" => "ListBucketVersions",
        "PutBucketNotificationConfiguration" => "PutBucketNotification",
        same => same,
    }
}

/// Action => what AWS asks for beside it. Everything that is made here is tagged.
const DEPENDENT: &[(&str, &[&str])] = &[
    ("acm:RequestCertificate", &["acm:AddTagsToCertificate"]),
    ("ec2:AllocateAddress", TAGS),
    ("ec2:AuthorizeSecurityGroupEgress", TAGS),
    ("ec2:AuthorizeSecurityGroupIngress", TAGS),
    ("ec2:CreateEgressOnlyInternetGateway", TAGS),
    ("ec2:CreateFlowLogs", &["ec2:CreateTags", "iam:PassRole"]),
    ("ec2:CreateInternetGateway", TAGS),
    ("ec2:CreateLaunchTemplate", TAGS),
    ("ec2:CreateNatGateway", TAGS),
    ("ec2:CreateRouteTable", TAGS),
    ("ec2:CreateSecurityGroup", TAGS),
    ("ec2:CreateSubnet", TAGS),
    ("ec2:CreateVpc", TAGS),
    ("ec2:CreateVpcBlockPublicAccessExclusion", TAGS),
    // Private DNS of an interface endpoint.
    ("ec2:CreateVpcEndpoint", &["ec2:CreateTags", "route53:AssociateVPCWithHostedZone"]),
    // An instance of ours has a profile with a role.
    ("ec2:RunInstances", &["ec2:CreateTags", "iam:PassRole"]),
    ("ecr:CreatePullThroughCacheRule", LINKED),
    // The key of a repository (ECR User Guide, "Encryption at rest").
    ("ecr:CreateRepository", &["ecr:TagResource", "kms:CreateGrant", "kms:DescribeKey"]),
    ("ecr:CreateRepositoryCreationTemplate", TEMPLATE),
    // Enhanced scanning (ECR User Guide, "Enhanced scanning").
    ("ecr:PutRegistryScanningConfiguration", &["inspector2:Enable"]),
    ("ecr:UpdateRepositoryCreationTemplate", TEMPLATE),
    ("eks:CreateAccessEntry", EKS_TAGS),
    (
        "eks:CreateAddon",
        &["eks:CreatePodIdentityAssociation", "eks:TagResource", "iam:GetRole", "iam:PassRole"],
    ),
    // The private endpoint, and the key of the secrets (EKS User Guide, "Cluster IAM role" and "Encrypt Kubernetes secrets").
    (
        "eks:CreateCluster",
        &[
            "eks:TagResource",
            "iam:CreateServiceLinkedRole",
            "iam:GetRole",
            "iam:PassRole",
            "kms:CreateGrant",
            "kms:DescribeKey",
        ],
    ),
    // Nodes are started from the launch template that the caller gives.
    (
        "eks:CreateNodegroup",
        &[
            "ec2:CreateTags",
            "ec2:RunInstances",
            "eks:TagResource",
            "iam:CreateServiceLinkedRole",
            "iam:GetRole",
            "iam:PassRole",
        ],
    ),
    ("eks:CreatePodIdentityAssociation", &["eks:TagResource", "iam:GetRole", "iam:PassRole"]),
    ("eks:UpdateAddon", &["eks:UpdatePodIdentityAssociation", "iam:GetRole", "iam:PassRole"]),
    ("eks:UpdateNodegroupVersion", &["ec2:RunInstances"]),
    ("eks:UpdatePodIdentityAssociation", &["iam:GetRole", "iam:PassRole"]),
    ("elasticfilesystem:CreateAccessPoint", &["elasticfilesystem:TagResource"]),
    (
        "elasticfilesystem:CreateFileSystem",
        &[
            "elasticfilesystem:TagResource",
            "iam:CreateServiceLinkedRole",
            "kms:CreateGrant",
            "kms:DescribeKey",
        ],
    ),
    // EFS API Reference, as the next two.
    (
        "elasticfilesystem:CreateMountTarget",
        &["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
    ),
    ("elasticfilesystem:DeleteMountTarget", &["ec2:DeleteNetworkInterface"]),
    ("elasticfilesystem:ModifyMountTargetSecurityGroups", &["ec2:ModifyNetworkInterfaceAttribute"]),
    ("elasticloadbalancing:CreateListener", BALANCER_TAGS),
    (
        "elasticloadbalancing:CreateLoadBalancer",
        &["elasticloadbalancing:AddTags", "iam:CreateServiceLinkedRole"],
    ),
    ("elasticloadbalancing:CreateRule", BALANCER_TAGS),
    ("elasticloadbalancing:CreateTargetGroup", BALANCER_TAGS),
    ("events:PutRule", &["events:TagResource"]),
    ("iam:AddRoleToInstanceProfile", &["iam:PassRole"]),
    ("iam:CreateInstanceProfile", &["iam:TagInstanceProfile"]),
    ("iam:CreateOpenIDConnectProvider", &["iam:TagOpenIDConnectProvider"]),
    ("iam:CreatePolicy", &["iam:TagPolicy"]),
    ("iam:CreateRole", &["iam:TagRole"]),
    ("kms:CreateKey", &["kms:PutKeyPolicy", "kms:TagResource"]),
    ("logs:CreateLogGroup", &["logs:TagResource"]),
    ("rds:CreateDBInstance", DATABASE),
    ("rds:CreateDBParameterGroup", RDS_TAGS),
    ("rds:CreateDBSubnetGroup", RDS_TAGS),
    ("rds:DeleteDBInstance", &["rds:AddTagsToResource", "rds:CreateDBSnapshot"]),
    ("rds:ModifyDBInstance", DATABASE),
    ("sqs:CreateQueue", &["sqs:TagQueue"]),
    ("wafv2:AssociateWebACL", &["elasticloadbalancing:SetWebAcl"]),
    ("wafv2:CreateWebACL", &["wafv2:TagResource"]),
    // A log in CloudWatch (WAF Developer Guide, "Permissions for publishing web ACL traffic logs to CloudWatch Logs"), as below.
    ("wafv2:DeleteLoggingConfiguration", &["logs:DeleteLogDelivery"]),
    ("wafv2:DisassociateWebACL", &["elasticloadbalancing:SetWebAcl"]),
    ("wafv2:GetWebACLForResource", &["wafv2:GetWebACL"]),
    (
        "wafv2:PutLoggingConfiguration",
        &[
            "iam:CreateServiceLinkedRole",
            "logs:CreateLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:PutResourcePolicy",
        ],
    ),
];

const TAGS: &[&str] = &["ec2:CreateTags"];
const EKS_TAGS: &[&str] = &["eks:TagResource"];
const BALANCER_TAGS: &[&str] = &["elasticloadbalancing:AddTags"];
const RDS_TAGS: &[&str] = &["rds:AddTagsToResource"];
const LINKED: &[&str] = &["iam:CreateServiceLinkedRole"];
const TEMPLATE: &[&str] = &[
    "ecr:CreateRepository",
    "ecr:PutLifecyclePolicy",
    "ecr:SetRepositoryPolicy",
    "iam:CreateServiceLinkedRole",
    "iam:PassRole",
];
/// A database with a key of ours, a monitoring role, and its password in Secrets Manager.
const DATABASE: &[&str] = &[
    "iam:CreateServiceLinkedRole",
    "iam:PassRole",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKey",
    "rds:AddTagsToResource",
    "secretsmanager:CreateSecret",
    "secretsmanager:TagResource",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_of_buckets_have_names_of_their_own() {
        assert_eq!(needed("s3", "GetBucketEncryption"), ["s3:GetEncryptionConfiguration"]);
        assert_eq!(needed("s3", "PutBucketVersioning"), ["s3:PutBucketVersioning"]);
        assert_eq!(needed("s3", "DeleteObjects"), ["s3:DeleteObject", "s3:DeleteObjectVersion"]);
    }

    #[test]
    fn what_else_is_asked_for_is_added() {
        assert_eq!(needed("ec2", "CreateVpc"), ["ec2:CreateVpc", "ec2:CreateTags"]);
        assert_eq!(needed("eks", "DescribeCluster"), ["eks:DescribeCluster"]);
    }

    #[test]
    fn each_action_stands_once_in_its_place() {
        let actions: Vec<&str> = DEPENDENT.iter().map(|(action, _)| *action).collect();
        assert!(actions.is_sorted(), "{actions:?}");
        assert!(actions.windows(2).all(|pair| pair[0] != pair[1]), "{actions:?}");
        assert!(DEPENDENT.iter().all(|(_, more)| more.is_sorted()), "sorted");
    }
}
