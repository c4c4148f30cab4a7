# Short-lived tokens of HCP Terraform or GitHub in place of keys. The `sub` of a token says whose run it is and in which
# phase; it is compared whole, never with a wildcard.

locals {
  # By role, then by issuer. Which environments of GitHub may plan is not told by its tokens: whoever opens a pull request
  # of the repository may plan every layer, and reads settings with it.
  subjects = { for role, of in local.roles : role => {
    hcp = var.hcp == null ? [] : [
      for workspace in sort(local.sets[of.set].layer == null ? var.hcp.workspaces : var.layers[of.set].workspaces) :
      "organization:${var.hcp.organization}:project:${var.hcp.project}:workspace:${workspace}:run_phase:${of.phase}"
    ]
    github = var.github == null ? [] : of.phase == "plan" ? concat(
      ["repo:${var.github.repository}:pull_request"],
      [for branch in sort(local.sets[of.set].layer == null || try(var.layers[of.set].plan_branches, null) == null ? var.github.plan_branches : var.layers[of.set].plan_branches) : "repo:${var.github.repository}:ref:refs/heads/${branch}"],
      ) : [
      for environment in sort(local.sets[of.set].layer == null ? var.github.apply_environments : var.layers[of.set].environments) :
      "repo:${var.github.repository}:environment:${environment}"
    ]
  } }

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

locals {
  trust = { for role, of in local.roles : role => jsonencode({
    Version = "2012-10-17"
    Statement = [for name, issuer in local.issuers : {
      Sid       = "${issuer.title}${title(of.phase)}"
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = local.provider_arns[name] }
      Condition = { StringEquals = {
        "${issuer.hostname}:aud" = issuer.audience
        "${issuer.hostname}:sub" = local.subjects[role][name]
      } }
    }]
  }) }
}
