data "aws_partition" "current" {}

data "aws_service_principal" "ec2" {
  service_name = "ec2"
}

# What EC2 starts does not get the provider's default tags by itself.
data "aws_default_tags" "current" {}

locals {
  arm64 = can(regex("^(a1|[a-z]+[0-9]+g[a-z]*)\\.", var.instance_types[0]))

  # Every image that EKS publishes for Linux nodes; what is not here does not exist.
  ami_types = {
    "al2023/x86_64"              = "AL2023_x86_64_STANDARD"
    "al2023/arm64"               = "AL2023_ARM_64_STANDARD"
    "al2023/x86_64/nvidia"       = "AL2023_x86_64_NVIDIA"
    "al2023/arm64/nvidia"        = "AL2023_ARM_64_NVIDIA"
    "al2023/x86_64/neuron"       = "AL2023_x86_64_NEURON"
    "bottlerocket/x86_64"        = "BOTTLEROCKET_x86_64"
    "bottlerocket/arm64"         = "BOTTLEROCKET_ARM_64"
    "bottlerocket/x86_64/nvidia" = "BOTTLEROCKET_x86_64_NVIDIA"
    "bottlerocket/arm64/nvidia"  = "BOTTLEROCKET_ARM_64_NVIDIA"
  }
  image    = join("/", compact([var.ami, local.arm64 ? "arm64" : "x86_64", var.accelerator]))
  ami_type = lookup(local.ami_types, local.image, null)

  # Bottlerocket keeps its system on xvda, at the size of its snapshot, and everything else on xvdb.
  volumes = {
    al2023       = { "/dev/xvda" = var.disk.gib }
    bottlerocket = { "/dev/xvda" = null, "/dev/xvdb" = var.disk.gib }
  }[var.ami]

  own_role      = var.node_role == null
  node_role_arn = local.own_role ? one(aws_iam_role.node[*].arn) : var.node_role.arn

  policies = local.own_role ? merge(var.node_policy_arns, {
    for policy in ["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy"] :
    policy => "arn:${data.aws_partition.current.partition}:iam::aws:policy/${policy}"
  }) : {}
}

data "aws_iam_policy_document" "trust" {
  count = local.own_role ? 1 : 0

  statement {
    sid     = "Ec2StartsNodes"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.ec2.name]
    }
  }
}

resource "aws_iam_role" "node" {
  count = local.own_role ? 1 : 0

  name_prefix          = "${substr(var.cluster_name, 0, 12)}-${substr(var.name, 0, 18)}-node-"
  description          = "Nodes of the group ${var.name} of the cluster ${var.cluster_name}"
  assume_role_policy   = data.aws_iam_policy_document.trust[0].json
  permissions_boundary = var.permissions_boundary

  lifecycle {
    create_before_destroy = true # gone after the group whose nodes have it
  }
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each = local.policies

  role       = aws_iam_role.node[0].name
  policy_arn = each.value

  lifecycle {
    create_before_destroy = true # as the role that it is of
  }
}

resource "aws_launch_template" "this" {
  name_prefix            = "${substr(var.cluster_name, 0, 60)}-${var.name}-"
  description            = "Nodes of the group ${var.name} of the cluster ${var.cluster_name}"
  update_default_version = true
  user_data              = var.user_data == null ? null : base64encode(var.user_data)

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1 # the node reaches it, a pod does not
  }

  network_interfaces {
    device_index                = 0
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = values(var.security_group_ids)
  }

  dynamic "block_device_mappings" {
    for_each = local.volumes

    content {
      device_name = block_device_mappings.key

      ebs {
        delete_on_termination = true
        encrypted             = true
        kms_key_id            = var.disk.kms_key_arn
        volume_size           = block_device_mappings.value
        volume_type           = "gp3"
        iops                  = block_device_mappings.value == null ? null : var.disk.iops
        throughput            = block_device_mappings.value == null ? null : var.disk.throughput
      }
    }
  }

  dynamic "capacity_reservation_specification" {
    for_each = toset(compact([var.capacity_reservation_id]))

    content {
      capacity_reservation_target {
        capacity_reservation_id = capacity_reservation_specification.key
      }
    }
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "network-interface", "volume"])

    content {
      resource_type = tag_specifications.key
      tags          = merge(data.aws_default_tags.current.tags, { Name = "${var.cluster_name}-${var.name}" })
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_eks_node_group" "this" {
  cluster_name           = var.cluster_name
  node_group_name_prefix = "${var.name}-"
  node_role_arn          = local.node_role_arn
  subnet_ids             = values(var.subnet_ids)

  version         = var.kubernetes_version
  release_version = var.ami_release_version
  ami_type        = local.ami_type
  capacity_type   = var.capacity_type
  instance_types  = var.instance_types
  labels          = var.labels

  dynamic "taint" {
    for_each = var.taints

    content {
      key    = taint.key
      value  = taint.value.value
      effect = taint.value.effect
    }
  }

  scaling_config {
    desired_size = coalesce(var.size.desired, var.size.min)
    min_size     = var.size.min
    max_size     = var.size.max
  }

  update_config {
    max_unavailable            = var.max_unavailable.number
    max_unavailable_percentage = var.max_unavailable.percentage
  }

  node_repair_config {
    enabled = var.repair
  }

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  lifecycle {
    create_before_destroy = true # other instance types mean another group: it stands before the old one goes

    precondition {
      condition     = local.ami_type != null
      error_message = "EKS has no image `${local.image}`. Choose another `ami` or `accelerator`, or other `instance_types`."
    }
  }

  # Without its rights a node joins nothing, and on destroy the group must be gone before them.
  depends_on = [aws_iam_role_policy_attachment.node]
}
