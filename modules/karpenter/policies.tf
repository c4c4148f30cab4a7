# What the controller may do. It starts anything only with the tags of this cluster, and touches only what carries
# them. Two policies, each under 6,144 characters, so that they fit as managed policies too.
# Actions and conditions: aws/karpenter-provider-aws, cloudformation.yaml of v1.9.2, and what v1.14 adds to it.

data "aws_iam_policy_document" "controller_trust" {
  count = local.irsa ? 0 : 1

  statement {
    sid     = "PodIdentityForOneServiceAccount"
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"] # a name without a region or partition form
    }

    # Session tags that EKS sets and a pod cannot choose: this service account, of this cluster, and no other.
    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/eks-cluster-arn"
      values   = [local.cluster_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-namespace"
      values   = [var.namespace]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-service-account"
      values   = [var.service_account]
    }
  }
}

locals {
  ec2_arn      = "arn:${local.partition}:ec2:${local.region}:${local.account_id}"
  profiles_arn = "arn:${local.partition}:iam::${local.account_id}:instance-profile/*"

  # The kinds that one launch makes.
  launched = [
    for kind in ["fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume"] :
    "${local.ec2_arn}:${kind}/*"
  ]

  owned_by_cluster = "kubernetes.io/cluster/${var.cluster_name}"
  makes_profiles   = !var.instance_profile
}

data "aws_iam_policy_document" "instances" {
  # Images and snapshots belong to others. Subnets, groups and reservations are chosen by the node class, and may be
  # those that another account shares.
  statement {
    sid     = "UseWhatANodeStartsFrom"
    actions = ["ec2:CreateFleet", "ec2:RunInstances"]
    resources = concat(
      ["arn:${local.partition}:ec2:${local.region}::image/*", "arn:${local.partition}:ec2:${local.region}::snapshot/*"],
      [for kind in ["capacity-reservation", "placement-group", "security-group", "subnet"] : "arn:${local.partition}:ec2:${local.region}:*:${kind}/*"],
    )
  }

  statement {
    sid       = "UseOwnLaunchTemplates"
    actions   = ["ec2:CreateFleet", "ec2:RunInstances"]
    resources = ["${local.ec2_arn}:launch-template/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/${local.owned_by_cluster}"
      values   = ["owned"]
    }

    condition {
      test     = "StringLike"
      variable = "aws:ResourceTag/karpenter.sh/nodepool"
      values   = ["*"]
    }
  }

  statement {
    sid       = "StartNodesOfThisCluster"
    actions   = ["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"]
    resources = local.launched

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/${local.owned_by_cluster}"
      values   = ["owned"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/eks:eks-cluster-name"
      values   = [var.cluster_name]
    }

    condition {
      test     = "StringLike"
      variable = "aws:RequestTag/karpenter.sh/nodepool"
      values   = ["*"]
    }
  }

  statement {
    sid       = "TagWhatItStarts"
    actions   = ["ec2:CreateTags"]
    resources = local.launched

    condition {
      test     = "StringEquals"
      variable = "ec2:CreateAction"
      values   = ["CreateFleet", "CreateLaunchTemplate", "RunInstances"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/${local.owned_by_cluster}"
      values   = ["owned"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/eks:eks-cluster-name"
      values   = [var.cluster_name]
    }

    condition {
      test     = "StringLike"
      variable = "aws:RequestTag/karpenter.sh/nodepool"
      values   = ["*"]
    }
  }

  statement {
    sid       = "NameItsNodes"
    actions   = ["ec2:CreateTags"]
    resources = ["${local.ec2_arn}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/${local.owned_by_cluster}"
      values   = ["owned"]
    }

    condition {
      test     = "StringLike"
      variable = "aws:ResourceTag/karpenter.sh/nodepool"
      values   = ["*"]
    }

    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:RequestTag/eks:eks-cluster-name"
      values   = [var.cluster_name]
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "aws:TagKeys"
      values   = ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"]
    }
  }

  statement {
    sid       = "RemoveItsNodesAndTemplates"
    actions   = ["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"]
    resources = ["${local.ec2_arn}:instance/*", "${local.ec2_arn}:launch-template/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/${local.owned_by_cluster}"
      values   = ["owned"]
    }

    condition {
      test     = "StringLike"
      variable = "aws:ResourceTag/karpenter.sh/nodepool"
      values   = ["*"]
    }
  }

  statement {
    sid = "LookAroundInThisRegion"
    actions = [
      "ec2:DescribeCapacityReservations",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceStatus",
      "ec2:DescribeInstanceTypeOfferings",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeInstances",
      "ec2:DescribeLaunchTemplates",
      "ec2:DescribePlacementGroups",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSpotPriceHistory",
      "ec2:DescribeSubnets",
    ]
    resources = ["*"] # EC2's Describe actions know no resource

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [local.region]
    }
  }
}

data "aws_iam_policy_document" "surroundings" {
  statement {
    sid       = "FindImages"
    actions   = ["ssm:GetParameter"]
    resources = ["arn:${local.partition}:ssm:${local.region}::parameter/aws/service/*"]
  }

  # Without a way out, Karpenter takes the prices that it was built with.
  dynamic "statement" {
    for_each = var.isolated_vpc ? [] : ["this"]

    content {
      sid       = "ComparePrices"
      actions   = ["pricing:GetProducts"]
      resources = ["*"] # prices belong to nobody
    }
  }

  # Whether traffic is led away from a zone, so that no node starts there.
  statement {
    sid       = "HearOfZonalShifts"
    actions   = ["arc-zonal-shift:GetManagedResource"]
    resources = ["*"] # the action knows load balancers only; the condition names the cluster

    condition {
      test     = "StringEquals"
      variable = "arc-zonal-shift:ResourceIdentifier"
      values   = [local.cluster_arn]
    }
  }

  statement {
    sid       = "FindTheApiServer"
    actions   = ["eks:DescribeCluster"]
    resources = [local.cluster_arn]
  }

  dynamic "statement" {
    for_each = var.interruption_queue ? ["this"] : []

    content {
      sid       = "HearOfInterruptions"
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
      resources = [local.queue_arn]
    }
  }

  dynamic "statement" {
    for_each = var.queue_kms_key == null ? [] : ["this"]

    content {
      sid       = "ReadEncryptedMessages"
      actions   = ["kms:Decrypt"]
      resources = [var.queue_kms_key.arn]
    }
  }

  # EC2 asks for the key in the name of whoever starts the node.
  dynamic "statement" {
    for_each = length(var.ebs_kms_key_arns) > 0 ? ["this"] : []

    content {
      sid       = "EncryptVolumesThroughEc2"
      actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
      resources = values(var.ebs_kms_key_arns)

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["ec2.${local.region}.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.ebs_kms_key_arns) > 0 ? ["this"] : []

    content {
      sid       = "GrantTheKeyToVolumes"
      actions   = ["kms:CreateGrant"]
      resources = values(var.ebs_kms_key_arns)

      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = ["true"]
      }
    }
  }

  # Where node classes name a role, Karpenter makes a profile for each.
  dynamic "statement" {
    for_each = local.makes_profiles ? ["this"] : []

    content {
      sid       = "MakeInstanceProfiles"
      actions   = ["iam:CreateInstanceProfile"]
      resources = [local.profiles_arn]

      dynamic "condition" {
        for_each = {
          (local.owned_by_cluster)        = "owned"
          "eks:eks-cluster-name"          = var.cluster_name
          "topology.kubernetes.io/region" = local.region
        }

        content {
          test     = "StringEquals"
          variable = "aws:RequestTag/${condition.key}"
          values   = [condition.value]
        }
      }

      condition {
        test     = "StringLike"
        variable = "aws:RequestTag/karpenter.k8s.aws/ec2nodeclass"
        values   = ["*"]
      }
    }
  }

  dynamic "statement" {
    for_each = local.makes_profiles ? ["this"] : []

    content {
      sid       = "TagItsInstanceProfiles"
      actions   = ["iam:TagInstanceProfile"]
      resources = [local.profiles_arn]

      dynamic "condition" {
        for_each = {
          (local.owned_by_cluster)        = "owned"
          "topology.kubernetes.io/region" = local.region
        }

        content {
          test     = "StringEquals"
          variable = "aws:ResourceTag/${condition.key}"
          values   = [condition.value]
        }
      }

      dynamic "condition" {
        for_each = {
          (local.owned_by_cluster)        = "owned"
          "eks:eks-cluster-name"          = var.cluster_name
          "topology.kubernetes.io/region" = local.region
        }

        content {
          test     = "StringEquals"
          variable = "aws:RequestTag/${condition.key}"
          values   = [condition.value]
        }
      }

      dynamic "condition" {
        for_each = toset(["RequestTag", "ResourceTag"])

        content {
          test     = "StringLike"
          variable = "aws:${condition.key}/karpenter.k8s.aws/ec2nodeclass"
          values   = ["*"]
        }
      }
    }
  }

  # Also with a profile given: those that Karpenter made before have to go.
  dynamic "statement" {
    for_each = !var.isolated_vpc ? ["this"] : []

    content {
      sid       = "FillAndRemoveItsInstanceProfiles"
      actions   = ["iam:AddRoleToInstanceProfile", "iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile"]
      resources = [local.profiles_arn]

      dynamic "condition" {
        for_each = {
          (local.owned_by_cluster)        = "owned"
          "topology.kubernetes.io/region" = local.region
        }

        content {
          test     = "StringEquals"
          variable = "aws:ResourceTag/${condition.key}"
          values   = [condition.value]
        }
      }

      condition {
        test     = "StringLike"
        variable = "aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass"
        values   = ["*"]
      }
    }
  }

  dynamic "statement" {
    for_each = !var.isolated_vpc ? ["this"] : []

    content {
      sid       = "ReadInstanceProfiles"
      actions   = ["iam:GetInstanceProfile"]
      resources = [local.profiles_arn]
    }
  }

  dynamic "statement" {
    for_each = !var.isolated_vpc ? ["this"] : []

    content {
      sid       = "ListInstanceProfiles"
      actions   = ["iam:ListInstanceProfiles"]
      resources = ["*"] # the action knows no resource
    }
  }
}

resource "aws_iam_role_policy" "controller" {
  for_each = {
    instances    = data.aws_iam_policy_document.instances.minified_json
    surroundings = data.aws_iam_policy_document.surroundings.minified_json
  }

  name   = each.key
  role   = aws_iam_role.controller.id
  policy = each.value

  lifecycle {
    create_before_destroy = true # as the role that it is of

    precondition {
      condition     = length(each.value) <= 6144
      error_message = "The policy `${each.key}` has ${length(each.value)} characters, more than the 6,144 that a managed policy may have. Use a shorter `cluster_name` or fewer `ebs_kms_key_arns`."
    }

    # What is within a role counts together. The policy that hands on the nodes' role has at most 440 characters.
    precondition {
      condition     = length(data.aws_iam_policy_document.instances.minified_json) + length(data.aws_iam_policy_document.surroundings.minified_json) <= 9800
      error_message = "The policies within the controller's role have together more than the 10,240 characters that IAM takes. Use a shorter `cluster_name` or fewer `ebs_kms_key_arns`."
    }
  }
}

# Apart and spelled as JSON, so that no data source waits for the node role.
resource "aws_iam_role_policy" "pass_node_role" {
  name = "pass-node-role"
  role = aws_iam_role.controller.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "GiveNodesTheirRole"
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = local.node_role_arn
      Condition = { StringEquals = { "iam:PassedToService" = data.aws_service_principal.ec2.name } }
    }]
  })

  lifecycle {
    create_before_destroy = true # as the role that it is of
  }
}
