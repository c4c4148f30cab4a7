# Short-lived tokens of HCP Terraform or GitHub in place of keys. The `sub` of a token says whose run it is and in which
# phase; it is compared whole, never with a wildcard.

locals {
  subjects = {
    hcp = var.hcp == null ? { plan = [], apply = [] } : {
      for phase in ["plan", "apply"] : phase => [
        for workspace in var.hcp.workspaces : "organization:${var.hcp.organization}:project:${var.hcp.project}:workspace:${workspace}:run_phase:${phase}"
      ]
    }
    github = var.github == null ? { plan = [], apply = [] } : {
      plan = concat(
        ["repo:${var.github.repository}:pull_request"],
        [for branch in var.github.plan_branches : "repo:${var.github.repository}:ref:refs/heads/${branch}"],
      )
      apply = [for environment in var.github.apply_environments : "repo:${var.github.repository}:environment:${environment}"]
    }
  }

  issuers = merge(
    var.hcp == null ? {} : { hcp = { hostname = var.hcp.hostname, audience = var.hcp.audience, given = var.hcp.oidc_provider_arn, title = "HcpTerraform" } },
    var.github == null ? {} : { github = { hostname = var.github.hostname, audience = var.github.audience, given = var.github.oidc_provider_arn, title = "GitHubActions" } },
  )

  provider_arns = {
    for name, issuer in local.issuers : name => issuer.given == null ? aws_iam_openid_connect_provider.this[name].arn : issuer.given
  }
}

# AWS trusts the certificates of these hosts by its own list of authorities; no thumbprint has to be kept.
resource "aws_iam_openid_connect_provider" "this" {
  for_each = { for name, issuer in local.issuers : name => issuer if issuer.given == null }

  url            = "https://${each.value.hostname}"
  client_id_list = [each.value.audience]

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    create_before_destroy = true # gone after the roles trust another
  }
}

data "aws_iam_policy_document" "trust" {
  for_each = toset(["plan", "apply"])

  dynamic "statement" {
    for_each = local.issuers

    content {
      sid     = "${statement.value.title}${title(each.key)}"
      actions = ["sts:AssumeRoleWithWebIdentity"]

      principals {
        type        = "Federated"
        identifiers = [local.provider_arns[statement.key]]
      }

      condition {
        test     = "StringEquals"
        variable = "${statement.value.hostname}:aud"
        values   = [statement.value.audience]
      }

      condition {
        test     = "StringEquals"
        variable = "${statement.value.hostname}:sub"
        values   = local.subjects[statement.key][each.key]
      }
    }
  }
}
