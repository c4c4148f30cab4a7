# What a plan reads: settings, and no data. No secret's value, no object, no image, no log line. Layers read of each other
# what they are made in, so one policy is for all of them.

locals {
  read_statements = concat([
    # These know no resource.
    {
      Sid    = "LookAround"
      Effect = "Allow"
      Action = [
        "autoscaling:DescribeAutoScalingGroups",
        "ec2:DescribeAddresses",
        "ec2:DescribeAddressesAttribute",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeEgressOnlyInternetGateways",
        "ec2:DescribeFlowLogs",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceCreditSpecifications",
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceTypeOfferings",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeLaunchTemplates",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:DescribeNatGateways",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribePlacementGroups",
        "ec2:DescribePrefixLists",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeTags",
        "ec2:DescribeVolumes",
        "ec2:DescribeVpcBlockPublicAccessExclusions",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcEndpointServices",
        "ec2:DescribeVpcs",
        "ecr:DescribePullThroughCacheRules",
        "ecr:DescribeRepositoryCreationTemplates",
        "ecr:GetRegistryScanningConfiguration",
        "eks:DescribeAddonVersions",
        "eks:DescribeClusterVersions",
        "elasticloadbalancing:DescribeCapacityReservation",
        "elasticloadbalancing:DescribeListenerAttributes",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:GetLoadBalancerWebACL",
        "iam:ListOpenIDConnectProviders",
        "kms:ListAliases",
        "logs:DescribeLogGroups",
        "rds:DescribeDBEngineVersions",
        "rds:DescribeOrderableDBInstanceOptions",
        "route53:ListHostedZones",
        "route53:ListHostedZonesByName",
        "sts:GetCallerIdentity",
        "tag:GetResources",
      ]
      Resource = ["*"]
    },
    {
      Sid    = "ReadSettingsInThisRegion"
      Effect = "Allow"
      Action = [
        "acm:DescribeCertificate",
        "acm:ListTagsForCertificate",
        "ec2:DescribeInstanceAttribute",
        "ec2:DescribeVpcAttribute",
        "elasticfilesystem:DescribeAccessPoints",
        "elasticfilesystem:DescribeBackupPolicy",
        "elasticfilesystem:DescribeFileSystemPolicy",
        "elasticfilesystem:DescribeFileSystems",
        "elasticfilesystem:DescribeLifecycleConfiguration",
        "elasticfilesystem:DescribeMountTargets",
        "elasticfilesystem:DescribeMountTargetSecurityGroups",
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListResourceTags",
        "logs:ListTagsForResource",
        "rds:DescribeDBInstances",
        "rds:DescribeDBParameterGroups",
        "rds:DescribeDBParameters",
        "rds:DescribeDBSubnetGroups",
        "rds:ListTagsForResource",
        "wafv2:GetLoggingConfiguration",
        "wafv2:GetWebACL",
        "wafv2:GetWebACLForResource",
        "wafv2:ListTagsForResource",
      ]
      Resource  = ["*"]
      Condition = { StringEquals = { "aws:RequestedRegion" = local.region } }
    },
    # What EKS and add-ons make carries no tags.
    {
      Sid    = "ReadWhatIsOurs"
      Effect = "Allow"
      Action = [
        "ecr:DescribeRepositories",
        "ecr:GetLifecyclePolicy",
        "ecr:GetRepositoryPolicy",
        "ecr:ListTagsForResource",
        "eks:DescribeAccessEntry",
        "eks:DescribeAddon",
        "eks:DescribeCluster",
        "eks:DescribeNodegroup",
        "eks:DescribePodIdentityAssociation",
        "eks:DescribeUpdate",
        "eks:ListAccessEntries",
        "eks:ListAssociatedAccessPolicies",
        "eks:ListPodIdentityAssociations",
        "eks:ListTagsForResource",
        "events:DescribeRule",
        "events:ListTagsForResource",
        "events:ListTargetsByRule",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ListQueueTags",
      ]
      Resource  = ["${local.here.ecr}:repository/*", "${local.here.eks}:*", "${local.here.events}:rule/*", "${local.here.sqs}:*"]
      Condition = { StringEqualsIfExists = local.ours }
    },
    {
      Sid    = "ReadBucketSettings"
      Effect = "Allow"
      Action = [
        "s3:GetAccelerateConfiguration",
        "s3:GetBucketAcl",
        "s3:GetBucketCORS",
        "s3:GetBucketLocation",
        "s3:GetBucketLogging",
        "s3:GetBucketNotification",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketRequestPayment",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetBucketWebsite",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
      ]
      Resource = [for name in concat(local.starts, sort(var.bucket_names)) : "arn:${local.partition}:s3:::${name}"]
    },
    {
      Sid    = "ReadRolesAndPolicies"
      Effect = "Allow"
      Action = [
        "iam:GetInstanceProfile",
        "iam:GetOpenIDConnectProvider",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListPolicyVersions",
        "iam:ListRolePolicies",
      ]
      Resource = concat(
        local.role_arns,
        local.policies_of,
        ["${local.iam}:instance-profile/*", "${local.iam}:oidc-provider/*", "${local.iam}:role/terraform/${var.name}/*", "${local.iam}:role/${var.name}-terraform-*"],
      )
    },
    # Which image is the newest; AWS publishes that as parameters of no account.
    {
      Sid      = "ReadPublicParameters"
      Effect   = "Allow"
      Action   = ["ssm:GetParameter"]
      Resource = ["arn:${local.partition}:ssm:${local.region}::parameter/aws/service/*"]
    },
    {
      Sid      = "ReadZones"
      Effect   = "Allow"
      Action   = ["route53:GetChange", "route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"]
      Resource = ["arn:${local.partition}:route53:::change/*", "arn:${local.partition}:route53:::hostedzone/*"]
    },
    ],
    [for clusters in length(var.given.cluster_names) > 0 ? [var.given.cluster_names] : [] : {
      Sid      = "ReadGivenClusters"
      Effect   = "Allow"
      Action   = ["eks:DescribeAccessEntry", "eks:DescribeAddon", "eks:DescribeCluster", "eks:DescribePodIdentityAssociation", "eks:ListAssociatedAccessPolicies"]
      Resource = flatten([for name in sort(clusters) : ["${local.here.eks}:cluster/${name}", "${local.here.eks}:*/${name}/*"]])
    }],
  )
}
