output "role_arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn

  # Not before the role can do its work, and on destroy not after.
  depends_on = [
    aws_eks_pod_identity_association.this,
    aws_iam_role_policy_attachment.given,
    aws_iam_role_policy_attachment.own,
  ]
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name

  depends_on = [
    aws_eks_pod_identity_association.this,
    aws_iam_role_policy_attachment.given,
    aws_iam_role_policy_attachment.own,
  ]
}

output "annotations" {
  description = "Annotations for the service accounts: the role's ARN with `irsa`, nothing with `pod-identity`."
  value       = local.pod_identity ? {} : { "eks.amazonaws.com/role-arn" = aws_iam_role.this.arn }

  depends_on = [
    aws_eks_pod_identity_association.this,
    aws_iam_role_policy_attachment.given,
    aws_iam_role_policy_attachment.own,
  ]
}

output "association_ids" {
  description = "Name of the service account => ID of its Pod Identity association; empty with `irsa`."
  value       = { for name, association in aws_eks_pod_identity_association.this : name => association.association_id if contains(keys(var.service_accounts), name) }

  depends_on = [aws_iam_role_policy_attachment.given, aws_iam_role_policy_attachment.own]
}
