data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # `id` is the region's name in version 5 and in version 6 of the provider; `name` is deprecated in 6.
  region     = data.aws_region.current.id
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
  dns_suffix = data.aws_partition.current.dns_suffix

  # One policy per service, keyed by what is known at plan: each stays far below IAM's limit and reads by itself.
  policies = merge(
    {
      cluster  = data.aws_iam_policy_document.cluster
      registry = data.aws_iam_policy_document.registry
      storage  = data.aws_iam_policy_document.storage
    },
    var.parameter_prefix == null ? {} : { parameters = data.aws_iam_policy_document.parameters[0] },
    var.secret_prefix == null ? {} : { secrets = data.aws_iam_policy_document.secrets[0] },
  )
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "ControlPlaneWithExternalId"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = var.trusted_role_arns
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

resource "aws_iam_role" "this" {
  name_prefix          = "${var.name}-platform-"
  description          = "Assumed by the TrueFoundry control plane for the platform ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = var.max_session_seconds
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_policy" "this" {
  for_each = local.policies

  name_prefix = "${var.name}-platform-${each.key}-"
  description = "What the platform ${var.name} may do: ${each.key}"
  policy      = each.value.minified_json

  lifecycle {
    precondition {
      condition     = length(each.value.minified_json) <= 6144
      error_message = "The policy `${each.key}` is longer than the 6,144 characters that IAM takes. Shorten the prefixes."
    }
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.policies

  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this[each.key].arn
}

resource "aws_iam_role_policy_attachment" "given" {
  for_each = var.policy_arns

  role       = aws_iam_role.this.name
  policy_arn = each.value
}
