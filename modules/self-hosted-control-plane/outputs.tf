output "role_arn" {
  description = "ARN of the control plane's role: what each `platform-identity` trusts."
  value       = module.role.role_arn
}

output "role_name" {
  description = "Name of the control plane's role."
  value       = module.role.role_name
}

output "annotations" {
  description = "Annotations for the service accounts: the role's ARN with `irsa`, nothing with `pod-identity`."
  value       = module.role.annotations
}

output "bucket" {
  description = "Name of the bucket."
  value       = module.bucket.bucket
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = module.bucket.arn
}

output "bucket_kms_key_arn" {
  description = "ARN of the key that encrypts the bucket."
  value       = module.bucket.kms_key_arn
}

output "database_address" {
  description = "Host name of the database."
  value       = module.database.address
}

output "database_port" {
  description = "Port of the database."
  value       = module.database.port
}

output "database_name" {
  description = "Name of the database."
  value       = module.database.database_name
}

output "database_security_group_id" {
  description = "Security group of the database."
  value       = module.database.security_group_id
}

output "database_master_user_secret_arn" {
  description = "ARN of the secret with the master password, which RDS rotates every seven days, for the external-secrets release that makes the chart's Secret from it. Null with `master_password_version`."
  value       = module.database.master_user_secret_arn
}

output "database_master_user_secret_policy" {
  description = "IAM policy (JSON) that reads exactly that secret, for the role of external-secrets. Null with `master_password_version`."
  value       = module.database.master_user_secret_policy
}

output "database_final_snapshot" {
  description = "What a destroy leaves of the database: `identifier` of the snapshot and the key that it needs. Null without `final_snapshot`."
  value       = module.database.final_snapshot
}

output "database_kms_key_arn" {
  description = "ARN of the key that encrypts that secret."
  value       = module.database.kms_key_arn
}

output "database_connect_arn" {
  description = "What `rds-db:connect` is allowed on."
  value       = module.database.connect_arn
}
