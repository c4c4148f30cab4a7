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
  here = { for service in ["acm", "autoscaling", "bedrock", "ec2", "ecr", "eks", "elasticfilesystem", "elasticloadbalancing", "events", "kms", "logs", "rds", "rds-db", "sagemaker", "secretsmanager", "sqs", "ssm", "wafv2"] : service => "arn:${local.partition}:${service}:${local.region}:${local.account_id}" }
  iam  = "arn:${local.partition}:iam::${local.account_id}"

  # Spelled as IAM has them and not as data sources, so that a test knows how long they are.
  statements = { for set, of in local.sets : set => {
    for name, statements in {
      cluster  = local.cluster_statements[set]
      data     = local.data_statements[set]
      edge     = local.edge_statements[set]
      identity = local.identity_statements[set]
      keys     = local.key_statements[set]
      network  = local.network_statements[set]
      storage  = concat(local.storage_statements[set], local.passing_statements[set])
    } : name => [for statement in statements : { for key, value in statement : key => value if key != "Parts" } if length(setintersection(statement.Parts, of.parts)) > 0]
  } }

  inline_statements = { for set, of in local.sets : set => [
    for statement in concat(local.making_statements[set], local.given_statements[set]) : { for key, value in statement : key => value if key != "Parts" } if length(setintersection(statement.Parts, of.parts)) > 0
  ] }

  # By role: `plan` and `apply` are of the one pair, `network/plan` and the like of layers.
  roles = merge([for set, of in local.sets : {
    for phase in ["plan", "apply"] : (of.layer == null ? phase : "${set}/${phase}") => {
      set         = set
      phase       = phase
      name_prefix = of.layer == null ? "${substr("${var.name}-terraform-${phase}", 0, 37)}-" : "${var.name}-${substr(set, 0, 8)}-${phase}-" # at most 38 characters
      description = of.layer == null ? "Terraform ${phase} of ${var.name}" : "Terraform ${phase} of the layer ${set} of ${var.name}"
    }
  }]...)

  # By policy, in the same way.
  write_policies = merge([for set, of in local.sets : {
    for name, statements in local.statements[set] : (of.layer == null ? name : "${set}/${name}") => {
      set    = set
      layer  = of.layer
      policy = jsonencode({ Version = "2012-10-17", Statement = statements })
    } if length(statements) > 0
  }]...)
  policies = merge(
    { read = { set = null, layer = null, policy = jsonencode({ Version = "2012-10-17", Statement = local.read_statements }) } },
    local.write_policies,
  )

  state_policies = {
    for role, of in local.roles : role => jsonencode({ Version = "2012-10-17", Statement = local.state_statements[of.set][of.phase] }) if var.state != null
  }
  # What the policies have no room for, and as much as somebody lists: within the role there is some.
  inline_policies = {
    for role, of in local.roles : role => jsonencode({ Version = "2012-10-17", Statement = local.inline_statements[of.set] }) if of.phase == "apply" && length(local.inline_statements[of.set]) > 0
  }
  guards = {
    for role, of in local.roles : role => jsonencode({ Version = "2012-10-17", Statement = local.guard_statements[of.set] }) if of.phase == "apply"
  }

  # On what this module makes, in place of the tag of a platform: a space is in no platform's name, so that no platform's
  # roles can come to own it, whoever else has one in the account.
  nobodys = { (local.platform_key) = "terraform of ${var.name}" }

  boundary_arn = var.created_roles_boundary == null ? one(aws_iam_policy.boundary[*].arn) : var.created_roles_boundary
}

# Those of layers are below a path of their own, which no role of the platform is in. That of the one pair never was, and
# its ARN is known to others.
resource "aws_iam_role" "this" {
  for_each = local.roles

  name_prefix          = each.value.name_prefix
  path                 = local.sets[each.value.set].layer == null ? "/" : "/terraform/${var.name}/"
  description          = each.value.description
  assume_role_policy   = local.trust[each.key]
  max_session_duration = var.max_session_seconds
  permissions_boundary = var.permissions_boundary
  tags                 = local.nobodys

  lifecycle {
    precondition {
      condition     = length(local.trust[each.key]) <= 2048
      error_message = "The trust policy of the role `${each.key}` is longer than the 2,048 characters that IAM takes. Give the workspaces to more `layers`, or use this module once for each part of them."
    }

    precondition {
      condition     = alltrue([for issuer in keys(local.issuers) : length(local.subjects[each.key][issuer]) > 0])
      error_message = "Nobody could take the role `${each.key}`: list at least one workspace of each layer where `hcp` is given, and at least one environment where `github` is."
    }

    precondition {
      condition     = length(var.apply_policy_arns) + length([for policy in values(local.policies) : policy if policy.set == null || policy.set == each.value.set]) <= 10
      error_message = "The role `${each.key}` has more than the 10 policies that an account allows by default. Use fewer `apply_policy_arns`."
    }

    # The roles that are made may use the platform's buckets, whichever layer has made them.
    precondition {
      condition     = var.state == null || alltrue([for name in concat(local.buckets[each.value.set], var.created_roles_boundary == null ? local.buckets_bounded : []) : name != local.state_bucket && !(endswith(name, "*") && startswith(local.state_bucket, trimsuffix(name, "*")))])
      error_message = "The bucket of states is named as if it were the platform's, or stands in `bucket_names` or `given.bucket_arns`, so that whoever applies could change the states of others. Take it out, or name it otherwise, such as `${var.name}-terraform-state`."
    }
  }
}

resource "aws_iam_policy" "this" {
  for_each = local.policies

  name_prefix = each.value.layer == null ? "${var.name}-terraform-${each.key}-" : "${var.name}-${replace(each.key, "/", "-")}-"
  path        = each.value.layer == null ? "/" : "/terraform/${var.name}/"
  description = "What Terraform of ${var.name} may do: ${each.key}"
  policy      = each.value.policy
  tags        = local.nobodys

  lifecycle {
    precondition {
      condition     = length(each.value.policy) <= 6144
      error_message = "The policy `${each.key}` is longer than the 6,144 characters that IAM takes. Use fewer or shorter `managed_names`, or less of what is `given`."
    }
  }

  # Nothing is allowed before it is denied what it must never do.
  depends_on = [aws_iam_role_policy.guard]
}

resource "aws_iam_role_policy_attachment" "plan" {
  for_each = { for role, of in local.roles : (role == "plan" ? "read" : "${of.set}/read") => role if of.phase == "plan" }

  role       = aws_iam_role.this[each.value].name
  policy_arn = aws_iam_policy.this["read"].arn
}

resource "aws_iam_role_policy_attachment" "apply" {
  for_each = merge(
    { for policy, of in local.write_policies : policy => { policy = policy, role = of.layer == null ? "apply" : "${of.set}/apply" } },
    { for role, of in local.roles : (role == "apply" ? "read" : "${of.set}/read") => { policy = "read", role = role } if of.phase == "apply" },
  )

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = aws_iam_policy.this[each.value.policy].arn
}

resource "aws_iam_role_policy_attachment" "given" {
  for_each = merge([for role, of in local.roles : {
    for name, arn in var.apply_policy_arns : (role == "apply" ? name : "${of.set}/${name}") => { arn = arn, role = role }
  } if of.phase == "apply"]...)

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = each.value.arn

  depends_on = [aws_iam_role_policy.guard]
}

resource "aws_iam_role_policy" "state" {
  for_each = local.state_policies

  name   = "states"
  role   = aws_iam_role.this[each.key].id
  policy = each.value

  lifecycle {
    precondition {
      condition     = length(each.value) <= 10240
      error_message = "The policy for the states of the role `${each.key}` is longer than the 10,240 characters that IAM takes. Use fewer or shorter `layers.*.state_keys`, or a shorter `state.prefix`."
    }
  }
}

resource "aws_iam_role_policy" "making" {
  for_each = local.inline_policies

  name   = "making"
  role   = aws_iam_role.this[each.key].id
  policy = each.value

  # Nothing is allowed before it is denied what it must never do.
  depends_on = [aws_iam_role_policy.guard]
}

# Within the role: no policy of its own has to be protected.
resource "aws_iam_role_policy" "guard" {
  for_each = local.guards

  name   = "never"
  role   = aws_iam_role.this[each.key].id
  policy = each.value

  lifecycle {
    precondition {
      condition     = length(each.value) + length(lookup(local.state_policies, each.key, "")) + length(lookup(local.inline_policies, each.key, "")) <= 10240
      error_message = "The policies within the role `${each.key}` are longer than the 10,240 characters that IAM takes. Use fewer `given.ec2_ids`, or fewer or shorter `layers.*.state_keys`."
    }
  }
}
