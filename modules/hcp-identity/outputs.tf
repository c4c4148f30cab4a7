output "plan_role_arn" {
  description = "ARN of the role for plans: `TFC_AWS_PLAN_ROLE_ARN` in HCP Terraform."
  value       = aws_iam_role.this["plan"].arn

  depends_on = [aws_iam_role_policy_attachment.plan]
}

output "apply_role_arn" {
  description = "ARN of the role for applies: `TFC_AWS_APPLY_ROLE_ARN` in HCP Terraform."
  value       = aws_iam_role.this["apply"].arn

  depends_on = [aws_iam_role_policy_attachment.apply, aws_iam_role_policy_attachment.given]
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
  description = "Environment variables of the HCP Terraform workspaces, for dynamic credentials; empty without `hcp`."
  value = var.hcp == null ? {} : {
    TFC_AWS_PROVIDER_AUTH              = "true"
    TFC_AWS_PLAN_ROLE_ARN              = aws_iam_role.this["plan"].arn
    TFC_AWS_APPLY_ROLE_ARN             = aws_iam_role.this["apply"].arn
    TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE = var.hcp.audience
  }

  # A run that takes a role before its rights are there fails.
  depends_on = [
    aws_iam_role_policy_attachment.apply,
    aws_iam_role_policy_attachment.given,
    aws_iam_role_policy_attachment.plan,
  ]
}
