locals {
  pod_identity = var.identity == "pod-identity"

  # The last part of `arn:…:cluster/<name>`.
  cluster_name = element(split("/", var.cluster_arn), 1)

  # `arn:…:oidc-provider/<issuer without https>`; the issuer itself holds slashes.
  oidc_issuer = var.oidc_provider_arn == null ? "" : regex("^[^/]+/(.+)$", var.oidc_provider_arn)[0]

  # Accounts of one namespace share a statement, so that the trust stays short and no two accounts mix with each
  # other's namespaces.
  namespaces = { for account in values(var.service_accounts) : account.namespace => account.name... }
}

resource "aws_iam_role" "this" {
  name_prefix          = "${var.name}-"
  description          = var.description
  assume_role_policy   = data.aws_iam_policy_document.trust.minified_json
  max_session_duration = var.max_session_seconds
  permissions_boundary = var.permissions_boundary

  lifecycle {
    precondition {
      condition     = length(data.aws_iam_policy_document.trust.minified_json) <= 2048
      error_message = "The trust policy is longer than the 2,048 characters that IAM takes. Give some of the service accounts a role of their own."
    }

    precondition {
      condition     = length(var.policies) + length(var.policy_arns) <= 10
      error_message = "IAM takes at most 10 managed policies for one role. Put statements together, or use two roles."
    }
  }
}

resource "aws_iam_policy" "this" {
  for_each = var.policies

  name_prefix = "${var.name}-${each.key}-"
  description = "What the role ${var.name} may do: ${each.key}"
  policy      = each.value

  lifecycle {
    # IAM does not count white space.
    precondition {
      condition     = length(jsonencode(jsondecode(each.value))) <= 6144
      error_message = "The policy `${each.key}` is longer than the 6,144 characters that IAM takes. Split it in two."
    }

    precondition {
      condition     = alltrue([for statement in flatten([jsondecode(each.value).Statement]) : can(regex("^[A-Za-z0-9]+$", statement.Sid))])
      error_message = "A statement of the policy `${each.key}` has no `Sid`. Say in it what the statement is for."
    }
  }
}

resource "aws_iam_role_policy_attachment" "own" {
  for_each = var.policies

  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this[each.key].arn
}

resource "aws_iam_role_policy_attachment" "given" {
  for_each = var.policy_arns

  role       = aws_iam_role.this.name
  policy_arn = each.value
}

resource "aws_eks_pod_identity_association" "this" {
  for_each = local.pod_identity ? var.service_accounts : {}

  cluster_name    = local.cluster_name
  namespace       = each.value.namespace
  service_account = each.value.name
  role_arn        = aws_iam_role.this.arn

  lifecycle {
    create_before_destroy = true # gone after the pods have another way to the role
  }
}
