output "registry_url" {
  description = "Host name of the account's ECR registry in this region."
  value       = local.registry
}

output "repository_urls" {
  description = "Name => address of the repository, without a tag."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url if contains(keys(var.repositories), name) }

  depends_on = [aws_ecr_lifecycle_policy.this, aws_ecr_repository_policy.this]
}

output "repository_arns" {
  description = "Name => ARN of the repository."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.arn if contains(keys(var.repositories), name) }

  depends_on = [aws_ecr_lifecycle_policy.this, aws_ecr_repository_policy.this]
}

output "cache_urls" {
  description = "Prefix => address below which images of its upstream are found: `<address>/<image>:<tag>`."
  value       = { for prefix in keys(aws_ecr_pull_through_cache_rule.this) : prefix => "${local.registry}/${prefix}" }
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts the images."
  value       = local.key_arn
}
