# What a role made by Terraform can have at most, whatever policies are attached to it. Without it, who may make roles
# may make an administrator.

data "aws_iam_policy_document" "boundary" {
  statement {
    sid = "ServicesOfThePlatformInItsRegions"
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
      "s3:*",
      "sagemaker:*",
      "secretsmanager:*",
      "sqs:*",
      "ssm:*",
      "wafv2:*",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = length(var.regions) > 0 ? var.regions : [local.region]
    }
  }

  # Karpenter asks for prices, external-dns for zones. Both services are in one region for all.
  statement {
    sid       = "LookAround"
    actions   = ["pricing:GetProducts", "route53:ListHostedZones", "route53:ListHostedZonesByName"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = length(var.hosted_zone_ids) > 0 ? ["zones"] : []

    content {
      sid       = "RecordsOfThePlatform"
      actions   = ["route53:ChangeResourceRecordSets", "route53:GetHostedZone", "route53:ListResourceRecordSets"]
      resources = [for zone in var.hosted_zone_ids : "arn:${local.partition}:route53:::hostedzone/${zone}"]
    }
  }

  statement {
    sid       = "RolesOfThePlatform"
    actions   = ["iam:GetRole", "iam:PassRole", "sts:AssumeRole"]
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
