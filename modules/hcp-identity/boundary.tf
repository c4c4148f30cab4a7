# What a role made by Terraform can have at most, whatever policies are attached to it. Without it, who may make roles
# may make an administrator.

data "aws_iam_policy_document" "boundary" {
  statement {
    sid = "ServicesOfThePlatform"
    actions = [
      "acm:*",
      "autoscaling:*",
      "bedrock:*",
      "ec2:*",
      "ecr:*",
      "eks-auth:*",
      "eks:*",
      "elasticfilesystem:*",
      "elasticloadbalancing:*",
      "events:*",
      "kms:*",
      "logs:*",
      "rds-db:*",
      "route53:*",
      "s3:*",
      "sagemaker:*",
      "secretsmanager:*",
      "sqs:*",
      "ssm:*",
      "wafv2:*",
    ]

    # Of this account, or of nobody: buckets, images, foundation models and zones have no account in their names.
    resources = ["arn:${local.partition}:*:*:${local.account_id}:*", "arn:${local.partition}:*:*::*"]
  }

  # These know no resource.
  statement {
    sid = "LookAround"
    actions = [
      "autoscaling:Describe*",
      "ec2:DescribeAccountAttributes",
      "ec2:DescribeAddresses",
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeCapacityReservations",
      "ec2:DescribeCoipPools",
      "ec2:DescribeIamInstanceProfileAssociations",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceStatus",
      "ec2:DescribeInstanceTopology",
      "ec2:DescribeInstanceTypeOfferings",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeInstances",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeIpamPools",
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:DescribeLaunchTemplates",
      "ec2:DescribeManagedPrefixLists",
      "ec2:DescribeNatGateways",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribePlacementGroups",
      "ec2:DescribePrefixLists",
      "ec2:DescribeRegions",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroupRules",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSnapshots",
      "ec2:DescribeSpotPriceHistory",
      "ec2:DescribeSubnets",
      "ec2:DescribeTags",
      "ec2:DescribeVolumes",
      "ec2:DescribeVolumesModifications",
      "ec2:DescribeVpcEndpoints",
      "ec2:DescribeVpcPeeringConnections",
      "ec2:DescribeVpcs",
      "ecr:GetAuthorizationToken",
      "eks:DescribeAddonVersions",
      "eks:ListClusters",
      "elasticloadbalancing:Describe*",
      "kms:ListAliases",
      "pricing:GetProducts",
      "route53:ListHostedZones",
      "s3:ListAllMyBuckets",
      "ssm:DescribeParameters",
      "tag:GetResources",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "RolesOfThePlatform"
    actions   = ["iam:GetRole", "iam:PassRole", "sts:AssumeRole", "sts:TagSession"]
    resources = [for name in local.names : "${local.iam}:role/${name}-*"]
  }

  # Karpenter makes the profiles of its nodes.
  statement {
    sid = "InstanceProfilesOfThePlatform"
    actions = [
      "iam:AddRoleToInstanceProfile",
      "iam:CreateInstanceProfile",
      "iam:DeleteInstanceProfile",
      "iam:GetInstanceProfile",
      "iam:RemoveRoleFromInstanceProfile",
      "iam:TagInstanceProfile",
    ]
    resources = ["${local.iam}:instance-profile/*"]
  }

  statement {
    sid       = "NoKeysAndNoAdministratorsOfClusters"
    effect    = "Deny"
    actions   = ["eks:AssociateAccessPolicy", "eks:CreateAccessEntry", "kms:PutKeyPolicy", "s3:PutAccountPublicAccessBlock"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "boundary" {
  count = var.created_roles_boundary == null ? 1 : 0

  name_prefix = "${var.name}-terraform-boundary-"
  description = "Cap of the roles that Terraform of ${var.name} makes"
  policy      = data.aws_iam_policy_document.boundary.minified_json
}
