# Made before the cluster: EKS would make it itself, without a key and without an end to its retention.
resource "aws_cloudwatch_log_group" "this" {
  name              = local.log_group
  retention_in_days = var.log_retention_days
  kms_key_id        = local.key_arn

  # Gone before the deny in it, which keeps late lines from bringing it back.
  depends_on = [aws_iam_role_policy.cluster]
}

data "aws_service_principal" "eks" {
  service_name = "eks"
}

data "aws_iam_policy_document" "cluster_trust" {
  statement {
    sid     = "EksRunsTheControlPlane"
    actions = local.auto ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.eks.name]
    }
  }
}

resource "aws_iam_role" "cluster" {
  name_prefix          = "${var.name}-cluster-"
  description          = "Control plane of the cluster ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.cluster_trust.json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "${local.managed_policy}/AmazonEKSClusterPolicy"
}

resource "aws_iam_role_policy" "cluster" {
  name = "key-and-log-group"
  role = aws_iam_role.cluster.id

  # Spelled as JSON, so that no data source waits for the key.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "UseTheClusterKey"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"]
        Resource = local.key_arn
      },
      {
        # Late log lines would bring the group back after destroy, unencrypted and kept for ever. IAM is asked about `...:log-group:NAME:log-stream:`.
        Sid      = "LogGroupIsTerraforms"
        Effect   = "Deny"
        Action   = ["logs:CreateLogGroup"]
        Resource = [local.log_group_arn, "${local.log_group_arn}:*"]
      },
    ]
  })
}

resource "aws_eks_cluster" "this" {
  name     = var.name
  version  = var.kubernetes_version
  role_arn = aws_iam_role.cluster.arn

  enabled_cluster_log_types     = var.log_types
  bootstrap_self_managed_addons = false
  force_update_version          = var.force_version_upgrade ? true : null

  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = local.key_arn
    }
  }

  upgrade_policy {
    support_type = var.support_type
  }

  dynamic "compute_config" {
    for_each = var.auto_mode == null ? [] : [var.auto_mode]

    # Pools and role stay as they are when it is switched off: before 6.13 the provider makes the cluster anew where its role goes.
    content {
      enabled       = compute_config.value.enabled
      node_pools    = compute_config.value.enabled || local.auto_pools ? compute_config.value.node_pools : null
      node_role_arn = one(aws_iam_role.auto[*].arn)
    }
  }

  dynamic "storage_config" {
    for_each = var.auto_mode == null ? [] : [var.auto_mode.enabled]

    content {
      block_storage {
        enabled = storage_config.value
      }
    }
  }

  dynamic "kubernetes_network_config" {
    for_each = var.auto_mode != null || local.ipv6 || var.service_ipv4_cidr != null ? ["this"] : []

    content {
      ip_family         = local.ipv6 ? "ipv6" : null
      service_ipv4_cidr = var.service_ipv4_cidr

      dynamic "elastic_load_balancing" {
        for_each = var.auto_mode == null ? [] : [var.auto_mode.enabled]

        content {
          enabled = elastic_load_balancing.value
        }
      }
    }
  }

  dynamic "zonal_shift_config" {
    for_each = var.zonal_shift == null ? [] : [var.zonal_shift]

    content {
      enabled = zonal_shift_config.value
    }
  }

  vpc_config {
    subnet_ids              = values(local.control_plane_subnets)
    security_group_ids      = length(var.security_group_ids) > 0 ? values(var.security_group_ids) : null
    endpoint_private_access = true
    endpoint_public_access  = length(var.endpoint_public_from) > 0
    public_access_cidrs     = length(var.endpoint_public_from) > 0 ? var.endpoint_public_from : null
  }

  lifecycle {
    # EKS refuses to move a control plane into a zone it was not made in. Nodes of a zone added later do without.
    # Another key, and other addresses of pods or services, would make the cluster anew, under a name that is taken.
    ignore_changes = [
      encryption_config,
      kubernetes_network_config[0].ip_family,
      kubernetes_network_config[0].service_ipv4_cidr,
      vpc_config[0].subnet_ids,
    ]

    # The own key would go, and with it the cluster's secrets.
    postcondition {
      condition     = self.encryption_config[0].provider[0].key_arn == local.key_arn
      error_message = "The cluster `${var.name}` is encrypted with another key than `kms_key_arn`, and EKS cannot change that. Leave `kms_key_arn` as it was; for another key, make another cluster."
    }

    # What is null in the code is of EKS's choice, and known when it is there.
    postcondition {
      condition = (
        try(self.kubernetes_network_config[0].ip_family, "") != (local.ipv6 ? "ipv4" : "ipv6") &&
        (var.service_ipv4_cidr == null || try(self.kubernetes_network_config[0].service_ipv4_cidr, "") == var.service_ipv4_cidr)
      )
      error_message = "EKS changes neither `ip_family` nor `service_ipv4_cidr` of a cluster that is there. Put them back; for others, make another cluster beside ${var.name}, by a second call of this module with another `name`."
    }

    postcondition {
      condition     = self.vpc_config[0].vpc_id == var.vpc_id
      error_message = "The subnets of the cluster ${var.name} are in ${self.vpc_config[0].vpc_id}, not in `vpc_id` ${var.vpc_id}."
    }
  }

  # Deleted after the cluster, which needs its rights to tidy up and would log into a group of its own making.
  depends_on = [
    aws_cloudwatch_log_group.this,
    aws_iam_role_policy.cluster,
    aws_iam_role_policy_attachment.cluster,
    aws_iam_role_policy_attachment.cluster_auto,
    aws_iam_role_policy_attachment.auto,
  ]
}

# Karpenter finds the security group of its nodes by this tag, and must find exactly one.
resource "aws_ec2_tag" "karpenter_discovery" {
  resource_id = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  key         = "karpenter.sh/discovery"
  value       = var.name
}

# The API endpoint answers in the VPC to whoever carries the cluster security group. These are let in beside them.
resource "aws_vpc_security_group_ingress_rule" "api" {
  for_each = var.endpoint_private_from

  security_group_id            = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  description                  = "Kubernetes API from ${each.key}"
  cidr_ipv4                    = startswith(each.value, "sg-") ? null : each.value
  referenced_security_group_id = startswith(each.value, "sg-") ? each.value : null
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = { Name = "${var.name}-api-${each.key}" }
}
