output "plan_role_arn" {
  description = "ARN of the role for plans of all layers: `TFC_AWS_PLAN_ROLE_ARN` in HCP Terraform. Null where each layer has its own."
  value       = try(aws_iam_role.this["plan"].arn, null)

  depends_on = [aws_iam_role_policy_attachment.plan, aws_iam_role_policy.state]
}

output "apply_role_arn" {
  description = "ARN of the role for applies of all layers: `TFC_AWS_APPLY_ROLE_ARN` in HCP Terraform. Null where each layer has its own."
  value       = try(aws_iam_role.this["apply"].arn, null)

  depends_on = [aws_iam_role_policy_attachment.apply, aws_iam_role_policy_attachment.given, aws_iam_role_policy.state]
}

output "layer_role_arns" {
  description = "Layer => ARNs of its roles, `plan` and `apply`."
  value       = { for layer in keys(var.layers) : layer => { for phase in ["plan", "apply"] : phase => aws_iam_role.this["${layer}/${phase}"].arn } }

  depends_on = [
    aws_iam_role_policy.state,
    aws_iam_role_policy_attachment.apply,
    aws_iam_role_policy_attachment.given,
    aws_iam_role_policy_attachment.plan,
  ]
}

output "created_roles_boundary" {
  description = "ARN of the boundary that roles made by the apply role must carry: `permissions_boundary` of the other modules."
  value       = local.boundary_arn
}

output "oidc_provider_arns" {
  description = "`hcp` or `github` => ARN of the IAM OIDC provider that is trusted."
  value       = local.provider_arns
}

output "hcp_variables" {
  description = "Environment variables of the HCP Terraform workspaces, for dynamic credentials; empty without `hcp`, and where each layer has its own."
  value = var.hcp == null || !local.one_pair ? {} : {
    TFC_AWS_PROVIDER_AUTH              = "true"
    TFC_AWS_PLAN_ROLE_ARN              = aws_iam_role.this["plan"].arn
    TFC_AWS_APPLY_ROLE_ARN             = aws_iam_role.this["apply"].arn
    TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE = var.hcp.audience
  }

  # A run that takes a role before its rights are there fails.
  depends_on = [
    aws_iam_role_policy.state,
    aws_iam_role_policy_attachment.apply,
    aws_iam_role_policy_attachment.given,
    aws_iam_role_policy_attachment.plan,
  ]
}

output "layer_hcp_variables" {
  description = "Layer => environment variables of its HCP Terraform workspaces, for dynamic credentials; empty without `hcp`."
  value = var.hcp == null ? {} : { for layer in keys(var.layers) : layer => {
    TFC_AWS_PROVIDER_AUTH              = "true"
    TFC_AWS_PLAN_ROLE_ARN              = aws_iam_role.this["${layer}/plan"].arn
    TFC_AWS_APPLY_ROLE_ARN             = aws_iam_role.this["${layer}/apply"].arn
    TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE = var.hcp.audience
  } }

  depends_on = [
    aws_iam_role_policy.state,
    aws_iam_role_policy_attachment.apply,
    aws_iam_role_policy_attachment.given,
    aws_iam_role_policy_attachment.plan,
  ]
}
