locals {
  irsa = var.identity == "irsa"

  # Add-ons that call AWS, with the service account and the policy of each. Nothing of this is on the node role.
  all_addon_roles = {
    vpc-cni = {
      service_account = "aws-node"
      policy_arn      = "${local.managed_policy}/AmazonEKS_CNI_Policy"
    }
    aws-ebs-csi-driver = {
      service_account = "ebs-csi-controller-sa"
      policy_arn      = "${local.managed_policy}/service-role/AmazonEBSCSIDriverPolicy"
    }
    aws-efs-csi-driver = {
      service_account = "efs-csi-controller-sa"
      policy_arn      = "${local.managed_policy}/service-role/AmazonEFSCSIDriverPolicy"
    }
  }
  addon_roles = {
    for name, role in local.all_addon_roles : name => role if contains(setunion(local.addons_before_nodes, local.addons_after_nodes), name)
  }

  # AWS publishes no policy for pods with IPv6 addresses; the one for IPv4 does not cover them.
  addon_policies = { for name, role in local.addon_roles : name => role.policy_arn if !(name == "vpc-cni" && local.ipv6) }

  oidc_issuer = trimprefix(aws_eks_cluster.this.identity[0].oidc[0].issuer, "https://")
}

resource "aws_iam_openid_connect_provider" "this" {
  count = local.irsa ? 1 : 0

  url            = aws_eks_cluster.this.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"] # the audience of EKS's tokens, the same in every partition

  tags = { Name = var.name }
}

data "aws_iam_policy_document" "pod_identity_trust" {
  for_each = local.irsa ? {} : local.addon_roles

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
      values   = ["kube-system"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-service-account"
      values   = [each.value.service_account]
    }
  }
}

resource "aws_iam_role" "addon" {
  for_each = local.addon_roles

  name_prefix          = "${var.name}-${trimprefix(trimsuffix(each.key, "-driver"), "aws-")}-"
  description          = "Add-on ${each.key} of the cluster ${var.name}"
  permissions_boundary = var.permissions_boundary

  # The IRSA form is spelled as JSON, so that no data source waits for the OIDC provider.
  assume_role_policy = local.irsa ? jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "IrsaForOneServiceAccount"
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = one(aws_iam_openid_connect_provider.this[*].arn) }
      Condition = {
        StringEquals = {
          "${local.oidc_issuer}:aud" = "sts.amazonaws.com"
          "${local.oidc_issuer}:sub" = "system:serviceaccount:kube-system:${each.value.service_account}"
        }
      }
    }]
  }) : data.aws_iam_policy_document.pod_identity_trust[each.key].json
}

resource "aws_iam_role_policy_attachment" "addon" {
  for_each = local.addon_policies

  role       = aws_iam_role.addon[each.key].name
  policy_arn = each.value
}

data "aws_iam_policy_document" "vpc_cni_ipv6" {
  count = local.ipv6 ? 1 : 0

  # EC2 knows no tag of the cluster on the interfaces of nodes, so they cannot be told apart here.
  statement {
    sid       = "GivePodsAddresses"
    actions   = ["ec2:AssignIpv6Addresses"]
    resources = ["arn:${local.partition}:ec2:${local.region}:${local.account_id}:network-interface/*"]
  }

  statement {
    sid       = "TagInterfaces"
    actions   = ["ec2:CreateTags"]
    resources = ["arn:${local.partition}:ec2:${local.region}:${local.account_id}:network-interface/*"]
  }

  statement {
    sid       = "LookAtInterfaces"
    actions   = ["ec2:DescribeInstanceTypes", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeTags"]
    resources = ["*"] # EC2's Describe actions know no resource
  }
}

resource "aws_iam_role_policy" "vpc_cni_ipv6" {
  count = local.ipv6 ? 1 : 0

  name   = "ipv6"
  role   = aws_iam_role.addon["vpc-cni"].id
  policy = data.aws_iam_policy_document.vpc_cni_ipv6[0].json
}
