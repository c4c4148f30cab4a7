data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # `id` is the region's name in version 5 and in version 6 of the provider; `name` is deprecated in 6.
  region     = data.aws_region.current.id
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
  dns_suffix = data.aws_partition.current.dns_suffix

  names = length(var.managed_names) > 0 ? var.managed_names : toset([var.name])

  # `${local.here.rds}:db:x` is that of this region and account; IAM has no region.
  here = { for service in ["acm", "autoscaling", "ec2", "ecr", "eks", "elasticfilesystem", "elasticloadbalancing", "events", "kms", "logs", "rds", "secretsmanager", "sqs", "wafv2"] : service => "arn:${local.partition}:${service}:${local.region}:${local.account_id}" }
  iam  = "arn:${local.partition}:iam::${local.account_id}"

  # The kinds of objects that make up a cluster, below its name.
  eks = flatten([for name in local.names : [
    "${local.here.eks}:access-entry/${name}*/*",
    "${local.here.eks}:addon/${name}*/*/*",
    "${local.here.eks}:cluster/${name}*",
    "${local.here.eks}:nodegroup/${name}*/*/*",
    "${local.here.eks}:podidentityassociation/${name}*/*",
  ]])

  read_policies = merge(
    { read = data.aws_iam_policy_document.read },
    var.state == null ? {} : { state-read = data.aws_iam_policy_document.state_read[0] },
  )
  write_policies = merge(
    {
      cluster  = data.aws_iam_policy_document.cluster
      data     = data.aws_iam_policy_document.data
      edge     = data.aws_iam_policy_document.edge
      identity = data.aws_iam_policy_document.identity
      network  = data.aws_iam_policy_document.network
    },
    var.state == null ? {} : { state-write = data.aws_iam_policy_document.state_write[0] },
  )

  boundary_arn = var.created_roles_boundary == null ? one(aws_iam_policy.boundary[*].arn) : var.created_roles_boundary
}

resource "aws_iam_role" "this" {
  for_each = { plan = data.aws_iam_policy_document.trust["plan"], apply = data.aws_iam_policy_document.trust["apply"] }

  # At most 38 characters.
  name_prefix          = "${substr("${var.name}-terraform-${each.key}", 0, 37)}-"
  description          = "Terraform ${each.key} of ${var.name}"
  assume_role_policy   = each.value.minified_json
  max_session_duration = var.max_session_seconds
  permissions_boundary = var.permissions_boundary

  lifecycle {
    precondition {
      condition     = length(each.value.minified_json) <= 2048
      error_message = "The trust policy of the ${each.key} role is longer than the 2,048 characters that IAM takes. Use this module once for each part of the workspaces."
    }
  }
}

resource "aws_iam_policy" "this" {
  for_each = merge(local.read_policies, local.write_policies)

  name_prefix = "${var.name}-terraform-${each.key}-"
  description = "What Terraform of ${var.name} may do: ${each.key}"
  policy      = each.value.minified_json

  lifecycle {
    precondition {
      condition     = length(each.value.minified_json) <= 6144
      error_message = "The policy `${each.key}` is longer than the 6,144 characters that IAM takes. Use fewer or shorter `managed_names`."
    }
  }
}

resource "aws_iam_role_policy_attachment" "plan" {
  for_each = local.read_policies

  role       = aws_iam_role.this["plan"].name
  policy_arn = aws_iam_policy.this[each.key].arn
}

resource "aws_iam_role_policy_attachment" "apply" {
  for_each = merge(local.read_policies, local.write_policies)

  role       = aws_iam_role.this["apply"].name
  policy_arn = aws_iam_policy.this[each.key].arn
}

resource "aws_iam_role_policy_attachment" "given" {
  for_each = var.apply_policy_arns

  role       = aws_iam_role.this["apply"].name
  policy_arn = each.value
}
