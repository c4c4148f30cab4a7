data "aws_partition" "current" {}

data "aws_service_principal" "ec2" {
  service_name = "ec2"
}

# What EC2 starts does not get the provider's default tags by itself.
data "aws_default_tags" "current" {}

# What a type is, EC2 tells: names do not (`p6e-gb200` is Arm without Graviton's `g`).
data "aws_ec2_instance_type" "this" {
  for_each = toset(var.instance_types)

  instance_type = each.key
}

locals {
  architectures = { for name, type in data.aws_ec2_instance_type.this : name => contains(type.supported_architectures, "arm64") ? "arm64" : "x86_64" }
  architecture  = local.architectures[var.instance_types[0]]

  # Every image that EKS publishes for Linux nodes; what is not here does not exist.
  ami_types = {
    "al2023/x86_64"                   = "AL2023_x86_64_STANDARD"
    "al2023/arm64"                    = "AL2023_ARM_64_STANDARD"
    "al2023/x86_64/nvidia"            = "AL2023_x86_64_NVIDIA"
    "al2023/arm64/nvidia"             = "AL2023_ARM_64_NVIDIA"
    "al2023/x86_64/neuron"            = "AL2023_x86_64_NEURON"
    "bottlerocket/x86_64"             = "BOTTLEROCKET_x86_64"
    "bottlerocket/arm64"              = "BOTTLEROCKET_ARM_64"
    "bottlerocket/x86_64/fips"        = "BOTTLEROCKET_x86_64_FIPS"
    "bottlerocket/arm64/fips"         = "BOTTLEROCKET_ARM_64_FIPS"
    "bottlerocket/x86_64/nvidia"      = "BOTTLEROCKET_x86_64_NVIDIA"
    "bottlerocket/arm64/nvidia"       = "BOTTLEROCKET_ARM_64_NVIDIA"
    "bottlerocket/x86_64/nvidia/fips" = "BOTTLEROCKET_x86_64_NVIDIA_FIPS"
    "bottlerocket/arm64/nvidia/fips"  = "BOTTLEROCKET_ARM_64_NVIDIA_FIPS"
  }
  image    = join("/", compact([var.ami, local.architecture, var.accelerator, var.fips ? "fips" : null]))
  ami_type = lookup(local.ami_types, local.image, null)

  # Where AWS tells the newest release of that image.
  release_parameter = {
    al2023       = "/aws/service/eks/optimized-ami/${var.kubernetes_version}/amazon-linux-2023/${local.architecture}/${var.accelerator == null ? "standard" : var.accelerator}/recommended/release_version"
    bottlerocket = "/aws/service/bottlerocket/${join("-", compact(["aws-k8s-${var.kubernetes_version}", var.accelerator, var.fips ? "fips" : null]))}/${local.architecture}/latest/image_version"
  }[var.ami]

  is_block = var.capacity_type == "CAPACITY_BLOCK"

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

data "aws_ssm_parameter" "release" {
  count = var.ami_release_version == "newest" ? 1 : 0

  name = local.release_parameter
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

    precondition {
      condition     = length(local.policies) <= 10
      error_message = "IAM takes at most 10 managed policies for one role, of which the module attaches two. Put statements of `node_policy_arns` together."
    }
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

  # EKS wants the type of a capacity block here, and of all else in the node group.
  instance_type = local.is_block ? var.instance_types[0] : null

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1 # the node reaches it, a pod does not
  }

  dynamic "network_interfaces" {
    for_each = local.interfaces

    content {
      network_card_index          = network_interfaces.value.card
      device_index                = network_interfaces.value.device
      interface_type              = network_interfaces.value.type
      associate_public_ip_address = false
      delete_on_termination       = true
      security_groups             = concat(values(var.security_group_ids), aws_security_group.efa[*].id)
    }
  }

  dynamic "placement" {
    for_each = local.in_placement_group ? ["this"] : []

    content {
      group_name = local.made_strategy == null ? var.placement_group.name : aws_placement_group.this[0].name
    }
  }

  dynamic "instance_market_options" {
    for_each = local.is_block ? ["this"] : []

    content {
      market_type = "capacity-block"
    }
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
    for_each = var.capacity_reservation_id == null && var.capacity_reservation_group_arn == null ? [] : ["this"]

    content {
      capacity_reservation_target {
        capacity_reservation_id                 = var.capacity_reservation_id
        capacity_reservation_resource_group_arn = var.capacity_reservation_group_arn
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

# An update makes room for new nodes in the group's block, which is full, and another block is another's room: it gets a group of its own.
resource "terraform_data" "capacity_block" {
  input = local.is_block ? join("/", compact([var.capacity_reservation_id, var.capacity_reservation_group_arn, var.instance_types[0]])) : null
}

resource "aws_eks_node_group" "this" {
  cluster_name           = var.cluster_name
  node_group_name_prefix = "${var.name}-"
  node_role_arn          = local.node_role_arn
  subnet_ids             = values(var.subnet_ids)

  version              = var.kubernetes_version
  release_version      = var.ami_release_version == "newest" ? data.aws_ssm_parameter.release[0].insecure_value : var.ami_release_version
  force_update_version = var.force_update_version ? true : null
  ami_type             = local.ami_type
  capacity_type        = var.capacity_type
  instance_types       = local.is_block ? null : var.instance_types
  labels               = var.labels

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

  dynamic "timeouts" {
    for_each = var.timeouts == null ? [] : [var.timeouts]

    content {
      create = timeouts.value.create
      update = timeouts.value.update
      delete = timeouts.value.delete
    }
  }

  lifecycle {
    create_before_destroy = true # other instance types mean another group: it stands before the old one goes
    replace_triggered_by  = [terraform_data.capacity_block]

    precondition {
      condition     = length(distinct(values(local.architectures))) == 1
      error_message = "`instance_types` mixes architectures (${join(", ", [for name, architecture in local.architectures : "${name} is ${architecture}"])}): one node group has one."
    }

    precondition {
      condition     = local.ami_type != null
      error_message = "EKS has no image `${local.image}`. Choose another `ami` or `accelerator`, or other `instance_types`."
    }

    precondition {
      condition     = !local.is_block || contains(local.type.supported_usages_classes, "capacity-block")
      error_message = "EC2 has no capacity blocks of `${var.instance_types[0]}`. `instance_types` must name the type of the block, for example `p5.48xlarge`."
    }

    precondition {
      condition     = !var.efa || local.most > 0
      error_message = "`${var.instance_types[0]}` takes no Elastic Fabric Adapter. Leave `efa` out, or choose one of the `instance_types` that `aws ec2 describe-instance-types --filters Name=network-info.efa-supported,Values=true` lists."
    }

    precondition {
      condition     = !var.efa || (length(local.efa_cards) <= local.most && length(setsubtract(local.efa_cards, keys(local.cards))) == 0)
      error_message = "`efa_network_cards` must name at most ${local.most} of the network cards 0 to ${max(0, length(local.cards) - 1)}, which `${var.instance_types[0]}` has."
    }
  }

  # Without its rights a node joins nothing, and on destroy the group must be gone before them.
  depends_on = [aws_iam_role_policy_attachment.node]
}
