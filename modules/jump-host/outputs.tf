output "instance_id" {
  description = "The instance, for `aws ssm start-session`."
  value       = aws_instance.this.id

  # Not before it is let in, and lets out.
  depends_on = [
    aws_vpc_security_group_egress_rule.api,
    aws_vpc_security_group_egress_rule.ssm,
    aws_vpc_security_group_ingress_rule.api,
  ]
}

output "security_group_id" {
  description = "Security group of the instance."
  value       = aws_security_group.this.id
}

output "role_arn" {
  description = "ARN of the instance's role."
  value       = aws_iam_role.this.arn

  depends_on = [aws_iam_role_policy_attachment.ssm]
}
