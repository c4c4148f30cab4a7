# The apply role makes roles. It can give them no more than the boundary holds, and it can change neither itself nor
# the boundary.

data "aws_iam_policy_document" "identity" {
  statement {
    sid = "MakeRolesInsideTheBoundary"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
    ]
    resources = [for name in local.names : "${local.iam}:role/${name}-*"]

    condition {
      test     = "ArnEquals"
      variable = "iam:PermissionsBoundary"
      values   = [local.boundary_arn]
    }
  }

  statement {
    sid       = "KeepRoles"
    actions   = ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"]
    resources = [for name in local.names : "${local.iam}:role/${name}-*"]
  }

  statement {
    sid       = "KeepPolicies"
    actions   = ["iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:TagPolicy", "iam:UntagPolicy"]
    resources = [for name in local.names : "${local.iam}:policy/${name}-*"]
  }

  statement {
    sid = "KeepInstanceProfiles"
    actions = [
      "iam:AddRoleToInstanceProfile",
      "iam:CreateInstanceProfile",
      "iam:DeleteInstanceProfile",
      "iam:RemoveRoleFromInstanceProfile",
      "iam:TagInstanceProfile",
      "iam:UntagInstanceProfile",
    ]
    resources = [for name in local.names : "${local.iam}:instance-profile/${name}-*"]
  }

  statement {
    sid       = "TrustOurClusters"
    actions   = ["iam:CreateOpenIDConnectProvider", "iam:DeleteOpenIDConnectProvider", "iam:TagOpenIDConnectProvider", "iam:UntagOpenIDConnectProvider"]
    resources = ["${local.iam}:oidc-provider/oidc.eks.${local.region}.${local.dns_suffix}/*"]
  }

  statement {
    sid       = "PassRolesToServices"
    actions   = ["iam:PassRole"]
    resources = [for name in local.names : "${local.iam}:role/${name}-*"]

    # Names without a region or partition form, save that of EC2 in some partitions.
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values = distinct([
        "ec2.${local.dns_suffix}",
        "ec2.amazonaws.com",
        "ecr.amazonaws.com",
        "eks.amazonaws.com",
        "monitoring.rds.amazonaws.com",
        "pods.eks.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
      ])
    }
  }

  statement {
    sid       = "MakeTheServicesOwnRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["${local.iam}:role/aws-service-role/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values = [
        "backup.amazonaws.com",
        "eks-nodegroup.amazonaws.com",
        "eks.amazonaws.com",
        "elasticfilesystem.amazonaws.com",
        "elasticloadbalancing.amazonaws.com",
        "inspector2.amazonaws.com",
        "pullthroughcache.ecr.amazonaws.com",
        "rds.amazonaws.com",
        "spot.amazonaws.com",
        "wafv2.amazonaws.com",
      ]
    }
  }

  statement {
    sid    = "NeverChangeItselfOrTheBoundary"
    effect = "Deny"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreatePolicyVersion",
      "iam:DeletePolicy",
      "iam:DeletePolicyVersion",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PassRole",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:SetDefaultPolicyVersion",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ]
    resources = ["${local.iam}:policy/${var.name}-terraform-*", "${local.iam}:role/${var.name}-terraform-*", local.boundary_arn]
  }

  statement {
    sid       = "NeverTakeABoundaryAway"
    effect    = "Deny"
    actions   = ["iam:DeleteRolePermissionsBoundary"]
    resources = ["${local.iam}:role/*"]
  }
}
