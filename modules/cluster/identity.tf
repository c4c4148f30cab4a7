locals {
  irsa = var.identity == "irsa"

  # Add-ons that call AWS, with the service account and the policy of each; null is one of this module's own, in
  # addon_policies.tf. Nothing of this is on the node role.
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
    aws-fsx-csi-driver = {
      service_account = "fsx-csi-controller-sa"
      policy_arn      = null
    }
    aws-mountpoint-s3-csi-driver = {
      service_account = "s3-csi-driver-sa"
      policy_arn      = null
    }
    amazon-cloudwatch-observability = {
      namespace       = "amazon-cloudwatch"
      service_account = "cloudwatch-agent"
      policy_arn      = "${local.managed_policy}/CloudWatchAgentServerPolicy"
    }
    cert-manager = {
      namespace       = "cert-manager"
      service_account = "cert-manager"
      policy_arn      = null
    }
    external-dns = {
      namespace       = "external-dns"
      service_account = "external-dns"
      policy_arn      = null
    }
  }
  addon_roles = {
    for name, role in local.all_addon_roles : name => {
      namespace       = try(role.namespace, "kube-system")
      service_account = role.service_account
      policy_arn      = role.policy_arn
      # EKS publishes no service account for cert-manager, so the association stands beside the add-on.
      by_addon = name != "cert-manager"
    } if contains(local.wanted_addons, name) && !contains(local.addons_without_role, name)
  }

  # Without a bucket or a zone of theirs these need nothing of AWS.
  addons_without_role = concat(
    length(local.buckets) == 0 ? ["aws-mountpoint-s3-csi-driver"] : [],
    [for name in ["cert-manager", "external-dns"] : name if length(local.zone_arns[name]) == 0],
  )

  # AWS publishes no policy for pods with IPv6 addresses; the one for IPv4 does not cover them.
  addon_policies = { for name, role in local.addon_roles : name => role.policy_arn if role.policy_arn != null && !(name == "vpc-cni" && local.ipv6) }

  oidc_issuer = trimprefix(aws_eks_cluster.this.identity[0].oidc[0].issuer, "https://")
}

resource "aws_iam_openid_connect_provider" "this" {
  count = local.irsa ? 1 : 0

  url            = aws_eks_cluster.this.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"] # the audience of EKS's tokens, the same in every partition

  tags = { Name = var.name }

  lifecycle {
    create_before_destroy = true # who was signed in by it is signed in otherwise before it goes
  }
}

# Another way to sign in means other roles: an add-on keeps the one that it has until it is told the next.
resource "terraform_data" "identity" {
  input = var.identity
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
      values   = [each.value.namespace]
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

  # At most 38 characters, of which the cluster's name may take 24.
  name_prefix          = "${substr("${var.name}-${trimprefix(trimsuffix(each.key, "-driver"), "aws-")}", 0, 37)}-"
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
          "${local.oidc_issuer}:sub" = "system:serviceaccount:${each.value.namespace}:${each.value.service_account}"
        }
      }
    }]
  }) : data.aws_iam_policy_document.pod_identity_trust[each.key].json

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.identity]
  }
}

resource "aws_iam_role_policy_attachment" "addon" {
  for_each = local.addon_policies

  role       = aws_iam_role.addon[each.key].name
  policy_arn = each.value

  lifecycle {
    create_before_destroy = true # as the role that it is of
  }
}

resource "aws_eks_pod_identity_association" "addon" {
  for_each = { for name, role in local.addon_roles : name => role if !role.by_addon && !local.irsa }

  cluster_name    = aws_eks_cluster.this.name
  namespace       = each.value.namespace
  service_account = each.value.service_account
  role_arn        = aws_iam_role.addon[each.key].arn

  lifecycle {
    create_before_destroy = true # gone after the add-on has another way to its role
  }
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

  lifecycle {
    create_before_destroy = true # as the role that it is of
  }
}
