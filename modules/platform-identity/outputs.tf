output "role_arn" {
  description = "ARN of the role, to be given to the control plane together with the external ID."
  value       = aws_iam_role.this.arn

  # Not before the role can do its work: the control plane tries it as soon as it knows it.
  depends_on = [aws_iam_role_policy_attachment.given, aws_iam_role_policy_attachment.this]
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name

  depends_on = [aws_iam_role_policy_attachment.given, aws_iam_role_policy_attachment.this]
}

output "registry_url" {
  description = "Host name of the account's ECR registry in this region."
  value       = "${local.account_id}.dkr.ecr.${local.region}.${local.dns_suffix}"
}

output "policies" {
  description = "Service => policy document (JSON) that the role has, for whoever reviews what the control plane may do."
  value       = { for name, document in local.policies : name => document.minified_json }
}
