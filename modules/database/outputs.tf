output "address" {
  description = "Host name of the database."
  value       = aws_db_instance.this.address

  # Not before its clients are let in.
  depends_on = [aws_vpc_security_group_ingress_rule.client]
}

output "port" {
  description = "Port of the database."
  value       = aws_db_instance.this.port

  depends_on = [aws_vpc_security_group_ingress_rule.client]
}

output "database_name" {
  description = "Name of the first database."
  value       = aws_db_instance.this.db_name
}

output "arn" {
  description = "ARN of the database instance."
  value       = aws_db_instance.this.arn

  depends_on = [aws_vpc_security_group_ingress_rule.client]
}

output "identifier" {
  description = "Identifier of the database instance."
  value       = aws_db_instance.this.identifier

  depends_on = [aws_vpc_security_group_ingress_rule.client]
}

output "resource_id" {
  description = "Resource ID of the instance, which IAM database authentication names."
  value       = aws_db_instance.this.resource_id
}

output "security_group_id" {
  description = "Security group of the database."
  value       = aws_security_group.this.id
}

output "master_user_secret_arn" {
  description = "ARN of the Secrets Manager secret that RDS keeps and rotates for the master user. Null with `master_password_version`."
  value       = local.master_secret_arn
}

output "connect_arn" {
  description = "What `rds-db:connect` must be allowed on to sign in as the database user `iam_user`."
  value       = "arn:${local.partition}:rds-db:${local.region}:${local.account_id}:dbuser:${aws_db_instance.this.resource_id}/${var.iam_user}"
}

output "kms_key_arn" {
  description = "ARN of the key of everything of the database. Who reads the master secret needs `kms:Decrypt` on it, through Secrets Manager."
  value       = local.key_arn
}

output "master_user_secret_policy" {
  description = "IAM policy (JSON) that reads exactly this secret and decrypts it, for the role of whoever brings it to its users, such as external-secrets. Null with `master_password_version`."
  value       = var.master_password_version == null ? local.read_master_secret : null
}

output "final_snapshot" {
  description = "What a destroy leaves behind: the `identifier` of the final snapshot, and the ARN of the key that it is encrypted with, which must be kept as long. Null without `final_snapshot`."
  value = var.final_snapshot ? {
    identifier  = local.final_snapshot
    kms_key_arn = aws_db_instance.this.kms_key_id
  } : null
}
