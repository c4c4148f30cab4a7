# external-secrets reads what lies below the listed prefixes, and writes nothing.
# Actions: external-secrets.io, AWS Secrets Manager and Parameter Store.

locals {
  secret_arns        = var.external_secrets == null ? [] : values(var.external_secrets.secret_arns)
  secret_prefixes    = try(var.external_secrets.secret_prefixes, toset([]))
  parameter_prefixes = try(var.external_secrets.parameter_prefixes, toset([]))
  secret_keys        = var.external_secrets == null ? [] : values(var.external_secrets.kms_key_arns)

  # Whose keys are used through which service.
  secret_services = concat(
    length(local.secret_prefixes) + length(local.secret_arns) > 0 ? ["secretsmanager"] : [],
    length(local.parameter_prefixes) > 0 ? ["ssm"] : [],
  )

  # Searching by name or tag looks through the names of the whole account; values stay behind the prefixes.
  searches = try(var.external_secrets.find, false) ? concat(
    length(local.secret_prefixes) > 0 ? ["secretsmanager:BatchGetSecretValue", "secretsmanager:ListSecrets"] : [],
    length(local.parameter_prefixes) > 0 ? ["ssm:DescribeParameters"] : [],
  ) : []
}

data "aws_iam_policy_document" "secrets" {
  count = var.external_secrets == null ? 0 : 1

  dynamic "statement" {
    for_each = length(local.secret_prefixes) + length(local.secret_arns) > 0 ? ["this"] : []

    content {
      sid = "ReadTheListedSecrets"
      actions = [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
      ]
      resources = concat(
        [for prefix in local.secret_prefixes : "arn:${local.partition}:secretsmanager:${local.region}:${local.account_id}:secret:${prefix}/*"],
        local.secret_arns,
      )
    }
  }

  dynamic "statement" {
    for_each = length(local.parameter_prefixes) > 0 ? ["this"] : []

    content {
      sid     = "ReadTheListedParameters"
      actions = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:ListTagsForResource"]
      resources = flatten([
        # A search by path is asked about the path itself.
        for prefix in local.parameter_prefixes : [for path in [prefix, "${prefix}/*"] : "arn:${local.partition}:ssm:${local.region}:${local.account_id}:parameter/${path}"]
      ])
    }
  }

  dynamic "statement" {
    for_each = length(local.secret_keys) > 0 ? ["this"] : []

    content {
      sid       = "DecryptThroughTheirServices"
      actions   = ["kms:Decrypt"]
      resources = local.secret_keys

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [for service in local.secret_services : "${service}.${local.region}.${local.dns_suffix}"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(local.searches) > 0 ? ["this"] : []

    content {
      sid       = "SearchNames"
      actions   = local.searches
      resources = ["*"] # the actions know no resource

      condition {
        test     = "StringEquals"
        variable = "aws:RequestedRegion"
        values   = [local.region]
      }
    }
  }
}
