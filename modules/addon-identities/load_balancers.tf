# What the AWS Load Balancer Controller may do: the actions of upstream's policy (docs/install/iam_policy.json at v2.16.0,
# the same at v3.5.0), without those for Outposts and WAF Classic. Where upstream asks for any value of the tag
# `elbv2.k8s.aws/cluster`, or for no tag, this asks for this cluster's name. Listeners and rules carry the tag too, by
# the controller's feature gate `ListenerRulesTagging`, which is on by default.

locals {
  controls_load_balancers = var.load_balancer_controller != null && !try(var.load_balancer_controller.target_groups_only, false)
  controls_targets_only   = var.load_balancer_controller != null && try(var.load_balancer_controller.target_groups_only, false)
  # Without `try`, whose result is unknown as a whole where an ARN is.
  given_target_groups = var.load_balancer_controller == null ? [] : values(var.load_balancer_controller.target_group_arns)
  features            = try(var.load_balancer_controller.features, toset([]))

  elb_arn        = "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account_id}"
  ec2_arn        = "arn:${local.partition}:ec2:${local.region}:${local.account_id}"
  groups_arn     = "${local.ec2_arn}:security-group/*"
  elb_service    = "elasticloadbalancing.amazonaws.com" # a name without a region or partition form
  cluster_tag    = "elbv2.k8s.aws/cluster"
  load_balancers = [for kind in ["app", "net"] : "${local.elb_arn}:loadbalancer/${kind}/*/*"]
  listeners = flatten([
    for kind in ["app", "net"] : ["${local.elb_arn}:listener/${kind}/*/*/*", "${local.elb_arn}:listener-rule/${kind}/*/*/*/*"]
  ])
  target_groups = "${local.elb_arn}:targetgroup/*/*"
}

data "aws_iam_policy_document" "load_balancers" {
  count = local.controls_load_balancers ? 1 : 0

  statement {
    sid       = "MakeTheRoleOfTheService"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:${local.partition}:iam::${local.account_id}:role/aws-service-role/${local.elb_service}/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = [local.elb_service]
    }
  }

  statement {
    sid       = "MakeWhatIsThisClusters"
    actions   = ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"]
    resources = concat(local.load_balancers, [local.target_groups])

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/${local.cluster_tag}"
      values   = [local.cluster_name]
    }
  }

  statement {
    sid       = "TagWhatItMakes"
    actions   = ["elasticloadbalancing:AddTags"]
    resources = concat(local.load_balancers, local.listeners, [local.target_groups])

    condition {
      test     = "StringEquals"
      variable = "elasticloadbalancing:CreateAction"
      values   = ["CreateListener", "CreateLoadBalancer", "CreateRule", "CreateTargetGroup"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/${local.cluster_tag}"
      values   = [local.cluster_name]
    }
  }

  # The cluster's tag itself stays as it is.
  statement {
    sid       = "TagItsOwn"
    actions   = ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"]
    resources = concat(local.load_balancers, local.listeners, [local.target_groups])

    condition {
      test     = "Null"
      variable = "aws:RequestTag/${local.cluster_tag}"
      values   = ["true"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/${local.cluster_tag}"
      values   = [local.cluster_name]
    }
  }

  statement {
    sid = "ChangeAndRemoveItsOwn"
    actions = [
      "elasticloadbalancing:AddListenerCertificates",
      "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:CreateRule",
      "elasticloadbalancing:DeleteListener",
      "elasticloadbalancing:DeleteLoadBalancer",
      "elasticloadbalancing:DeleteRule",
      "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:DeregisterTargets",
      "elasticloadbalancing:ModifyCapacityReservation",
      "elasticloadbalancing:ModifyIpPools",
      "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyListenerAttributes",
      "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:ModifyRule",
      "elasticloadbalancing:ModifyTargetGroup",
      "elasticloadbalancing:ModifyTargetGroupAttributes",
      "elasticloadbalancing:RegisterTargets",
      "elasticloadbalancing:RemoveListenerCertificates",
      "elasticloadbalancing:SetIpAddressType",
      "elasticloadbalancing:SetRulePriorities",
      "elasticloadbalancing:SetSecurityGroups",
      "elasticloadbalancing:SetSubnets",
      "elasticloadbalancing:SetWebAcl",
    ]
    resources = concat(local.load_balancers, local.listeners, [local.target_groups])

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/${local.cluster_tag}"
      values   = [local.cluster_name]
    }
  }

  # Made by Terraform, so without the controller's tag: pods join and leave, nothing else changes.
  dynamic "statement" {
    for_each = length(local.given_target_groups) > 0 ? ["this"] : []

    content {
      sid       = "FillTheListedTargetGroups"
      actions   = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
      resources = local.given_target_groups
    }
  }
}

data "aws_iam_policy_document" "surroundings" {
  count = local.controls_load_balancers ? 1 : 0

  statement {
    sid       = "MakeSecurityGroupsOfThisCluster"
    actions   = ["ec2:CreateSecurityGroup"]
    resources = [local.groups_arn]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/${local.cluster_tag}"
      values   = [local.cluster_name]
    }
  }

  # The same call is asked about the VPC, which carries no tag of the controller.
  statement {
    sid       = "MakeThemInTheVpc"
    actions   = ["ec2:CreateSecurityGroup"]
    resources = ["${local.ec2_arn}:vpc/${coalesce(try(var.load_balancer_controller.vpc_id, null), "*")}"]
  }

  statement {
    sid       = "TagGroupsItMakes"
    actions   = ["ec2:CreateTags"]
    resources = [local.groups_arn]

    condition {
      test     = "StringEquals"
      variable = "ec2:CreateAction"
      values   = ["CreateSecurityGroup"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/${local.cluster_tag}"
      values   = [local.cluster_name]
    }
  }

  statement {
    sid       = "TagItsGroups"
    actions   = ["ec2:CreateTags", "ec2:DeleteTags"]
    resources = [local.groups_arn]

    condition {
      test     = "Null"
      variable = "aws:RequestTag/${local.cluster_tag}"
      values   = ["true"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/${local.cluster_tag}"
      values   = [local.cluster_name]
    }
  }

  statement {
    sid       = "ChangeAndRemoveItsGroups"
    actions   = ["ec2:AuthorizeSecurityGroupIngress", "ec2:DeleteSecurityGroup", "ec2:RevokeSecurityGroupIngress"]
    resources = [local.groups_arn]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/${local.cluster_tag}"
      values   = [local.cluster_name]
    }
  }

  # The group of nodes and pods, which EKS tags so. Upstream allows every group here.
  statement {
    sid       = "LetLoadBalancersReachNodes"
    actions   = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
    resources = [local.groups_arn]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/kubernetes.io/cluster/${local.cluster_name}"
      values   = ["owned", "shared"]
    }
  }

  statement {
    sid = "LookAroundInThisRegion"
    actions = [
      "ec2:DescribeAccountAttributes",
      "ec2:DescribeAddresses",
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeInstances",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeIpamPools",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeTags",
      "ec2:DescribeVpcPeeringConnections",
      "ec2:DescribeVpcs",
      "elasticloadbalancing:DescribeCapacityReservation",
      "elasticloadbalancing:DescribeListenerAttributes",
      "elasticloadbalancing:DescribeListenerCertificates",
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeLoadBalancerAttributes",
      "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeSSLPolicies",
      "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetGroupAttributes",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
      "elasticloadbalancing:DescribeTrustStores",
    ]
    resources = ["*"] # these Describe actions know no resource

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [local.region]
    }
  }

  statement {
    sid       = "SeeGroupsOfTheVpc"
    actions   = ["ec2:GetSecurityGroupsForVpc"]
    resources = ["${local.ec2_arn}:vpc/${coalesce(try(var.load_balancer_controller.vpc_id, null), "*")}"]
  }

  dynamic "statement" {
    for_each = contains(local.features, "certificates") ? ["this"] : []

    content {
      sid       = "ListCertificates"
      actions   = ["acm:ListCertificates"]
      resources = ["*"] # the action knows no resource
    }
  }

  dynamic "statement" {
    for_each = contains(local.features, "certificates") ? ["this"] : []

    content {
      sid       = "FindCertificatesByName"
      actions   = ["acm:DescribeCertificate"]
      resources = ["arn:${local.partition}:acm:${local.region}:${local.account_id}:certificate/*"]
    }
  }

  dynamic "statement" {
    for_each = contains(local.features, "cognito") ? ["this"] : []

    content {
      sid       = "SignInThroughCognito"
      actions   = ["cognito-idp:DescribeUserPoolClient"]
      resources = ["arn:${local.partition}:cognito-idp:${local.region}:${local.account_id}:userpool/*"]
    }
  }

  dynamic "statement" {
    for_each = contains(local.features, "shield") ? ["this"] : []

    content {
      sid       = "AskForShield"
      actions   = ["shield:CreateProtection", "shield:GetSubscriptionState"]
      resources = ["*"] # neither knows a resource
    }
  }

  dynamic "statement" {
    for_each = contains(local.features, "shield") ? ["this"] : []

    content {
      sid       = "ReadAndEndShield"
      actions   = ["shield:DeleteProtection", "shield:DescribeProtection"]
      resources = ["arn:${local.partition}:shield::${local.account_id}:protection/*"]
    }
  }

  dynamic "statement" {
    for_each = contains(local.features, "waf") ? ["this"] : []

    content {
      sid = "PutFirewallsBeforeLoadBalancers"
      actions = [
        "wafv2:AssociateWebACL",
        "wafv2:DisassociateWebACL",
        "wafv2:GetWebACL",
        "wafv2:GetWebACLForResource",
      ]
      resources = [
        "arn:${local.partition}:wafv2:${local.region}:${local.account_id}:regional/webacl/*/*",
        "${local.elb_arn}:loadbalancer/app/*/*",
      ]
    }
  }
}

# For TargetGroupBindings alone: load balancers are Terraform's, and so are the rules of security groups.
data "aws_iam_policy_document" "targets" {
  count = local.controls_targets_only ? 1 : 0

  statement {
    sid       = "FillTheListedTargetGroups"
    actions   = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
    resources = local.given_target_groups
  }

  statement {
    sid = "LookAroundInThisRegion"
    actions = [
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeInstances",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
      "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ]
    resources = ["*"] # these Describe actions know no resource

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [local.region]
    }
  }
}
