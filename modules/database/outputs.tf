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
  description = "ARN of the Secrets Manager secret that RDS keeps and rotates for the master user."
  value       = aws_db_instance.this.master_user_secret[0].secret_arn
}

output "connect_arn" {
  description = "What `rds-db:connect` must be allowed on to sign in as the database user `iam_user`."
  value       = "arn:${local.partition}:rds-db:${local.region}:${local.account_id}:dbuser:${aws_db_instance.this.resource_id}/${var.iam_user}"
}

output "kms_key_arn" {
  description = "ARN of the key of everything of the database. Who reads the master secret needs `kms:Decrypt` on it, through Secrets Manager."
  value       = aws_kms_key.this.arn
}
