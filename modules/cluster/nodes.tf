# What a type is, EC2 tells: names do not (`p6e-gb200` is Arm without Graviton's `g`).
data "aws_ec2_instance_type" "system" {
  for_each = toset(var.system_nodes.instance_types)

  instance_type = each.key
}

locals {
  architectures = { for name, type in data.aws_ec2_instance_type.system : name => contains(type.supported_architectures, "arm64") ? "arm64" : "x86_64" }
  arm64         = local.architectures[var.system_nodes.instance_types[0]] == "arm64"

  ami_type = join("_", compact([
    { al2023 = "AL2023", bottlerocket = "BOTTLEROCKET" }[var.system_nodes.ami],
    local.arm64 ? "ARM_64" : "x86_64",
    var.system_nodes.ami == "al2023" ? "STANDARD" : null,
    var.system_nodes.fips ? "FIPS" : null,
  ]))

  # Where AWS tells the newest release of that image.
  release_parameter = {
    al2023       = "/aws/service/eks/optimized-ami/${var.kubernetes_version}/amazon-linux-2023/${local.arm64 ? "arm64" : "x86_64"}/standard/recommended/release_version"
    bottlerocket = "/aws/service/bottlerocket/aws-k8s-${var.kubernetes_version}${var.system_nodes.fips ? "-fips" : ""}/${local.arm64 ? "arm64" : "x86_64"}/latest/image_version"
  }[var.system_nodes.ami]

  # Bottlerocket keeps its system on xvda, at the size of its snapshot, and everything else on xvdb.
  volumes = {
    al2023       = { "/dev/xvda" = var.system_nodes.disk_gib }
    bottlerocket = { "/dev/xvda" = null, "/dev/xvdb" = var.system_nodes.disk_gib }
  }[var.system_nodes.ami]

  node_policies = toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy"])
}

data "aws_ssm_parameter" "release" {
  count = var.system_nodes.ami_release_version == "newest" ? 1 : 0

  name = local.release_parameter
}

data "aws_service_principal" "ec2" {
  service_name = "ec2"
}

# What EC2 starts does not get the provider's default tags by itself.
data "aws_default_tags" "current" {}

data "aws_iam_policy_document" "node_trust" {
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
  name_prefix          = "${var.name}-node-"
  description          = "Nodes of the cluster ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.node_trust.json
  permissions_boundary = var.permissions_boundary

  lifecycle {
    precondition {
      condition     = length(local.node_policies) + length(var.node_policy_arns) <= 10
      error_message = "IAM takes at most 10 managed policies for one role, of which the module attaches two. Put statements of `node_policy_arns` together."
    }
  }
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each = merge({ for policy in local.node_policies : policy => "${local.managed_policy}/${policy}" }, var.node_policy_arns)

  role       = aws_iam_role.node.name
  policy_arn = each.value
}

# ECR makes the repository of a cached image, and fetches the image, in the name of whoever pulls it first.
resource "aws_iam_role_policy" "pull_through_cache" {
  for_each = length(var.pull_through_cache_prefixes) == 0 ? {} : merge(
    { node = aws_iam_role.node.id },
    local.auto_pools ? { auto = one(aws_iam_role.auto[*].id) } : {},
    local.auto_own_pools ? { auto-own = one(aws_iam_role.auto_own[*].id) } : {},
  )

  name = "pull-through-cache"
  role = each.value

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "FetchImagesIntoTheListedCaches"
      Effect   = "Allow"
      Action   = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
      Resource = [for prefix in var.pull_through_cache_prefixes : "arn:${local.partition}:ecr:${local.region}:${local.account_id}:repository/${prefix}/*"]
    }]
  })
}

resource "aws_launch_template" "system" {
  name_prefix            = "${var.name}-system-"
  description            = "System nodes of the cluster ${var.name}"
  update_default_version = true

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1 # the node reaches it, a pod does not
  }

  network_interfaces {
    device_index                = 0
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = [aws_eks_cluster.this.vpc_config[0].cluster_security_group_id]
  }

  dynamic "block_device_mappings" {
    for_each = local.volumes

    content {
      device_name = block_device_mappings.key

      ebs {
        delete_on_termination = true
        encrypted             = true
        kms_key_id            = var.system_nodes.kms_key_arn
        volume_size           = block_device_mappings.value
        volume_type           = "gp3"
      }
    }
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "network-interface", "volume"])

    content {
      resource_type = tag_specifications.key
      tags          = merge(data.aws_default_tags.current.tags, { Name = "${var.name}-system" })
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_eks_node_group" "system" {
  cluster_name           = aws_eks_cluster.this.name
  node_group_name_prefix = "system-"
  node_role_arn          = aws_iam_role.node.arn
  subnet_ids             = values(var.subnet_ids)

  version              = aws_eks_cluster.this.version
  release_version      = var.system_nodes.ami_release_version == "newest" ? data.aws_ssm_parameter.release[0].insecure_value : var.system_nodes.ami_release_version
  force_update_version = var.system_nodes.force_update_version ? true : null
  ami_type             = local.ami_type
  capacity_type        = "ON_DEMAND"
  instance_types       = var.system_nodes.instance_types

  # What the platform's own pods select, where there is no pool for them. No taint: this is also where everything without a choice runs.
  labels = merge(var.system_nodes.labels, { for label in ["class.truefoundry.com/component"] : label => "critical" if var.system_nodes.critical })

  # No autoscaler changes this group, so the size is what is written here.
  scaling_config {
    desired_size = var.system_nodes.min
    min_size     = var.system_nodes.min
    max_size     = var.system_nodes.max
  }

  update_config {
    max_unavailable = 1
  }

  node_repair_config {
    enabled = true
  }

  launch_template {
    id      = aws_launch_template.system.id
    version = aws_launch_template.system.latest_version
  }

  dynamic "timeouts" {
    for_each = var.system_nodes.timeouts == null ? [] : [var.system_nodes.timeouts]

    content {
      create = timeouts.value.create
      update = timeouts.value.update
      delete = timeouts.value.delete
    }
  }

  lifecycle {
    create_before_destroy = true # other instance types mean another group: it stands before the old one goes

    precondition {
      condition     = length(distinct(values(local.architectures))) == 1
      error_message = "`system_nodes.instance_types` mixes architectures (${join(", ", [for name, architecture in local.architectures : "${name} is ${architecture}"])}): one node group has one."
    }
  }

  depends_on = [
    aws_eks_addon.before_nodes,
    aws_iam_role_policy.pull_through_cache,
    aws_iam_role_policy_attachment.node,
  ]
}
