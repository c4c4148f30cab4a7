# For whoever brings the master secret to its users. RDS makes another password every seven days: read it again and again.

locals {
  master_secret_arn = var.master_password_version == null ? one(aws_db_instance.this.master_user_secret[*].secret_arn) : null

  # Spelled as JSON, so that no data source waits for the instance.
  read_master_secret = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadTheMasterSecret"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        Resource = local.master_secret_arn
      },
      {
        Sid       = "DecryptThroughSecretsManager"
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = local.key_arn
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${local.region}.${data.aws_partition.current.dns_suffix}" } }
      },
    ]
  })
}
