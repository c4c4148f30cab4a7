resource "aws_secretsmanager_secret" "this" {
  name                    = "check/s"
  kms_key_id              = aws_kms_key.all.arn
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id                = aws_secretsmanager_secret.this.id
  secret_string_wo         = jsonencode({ TOKEN = "canary-9f8e7d" })
  secret_string_wo_version = 1
}

resource "aws_secretsmanager_secret_policy" "this" {
  secret_arn = aws_secretsmanager_secret.this.arn
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "secretsmanager:*", Resource = "*", Condition = { Bool = { "aws:SecureTransport" = "false" } } }] })
}

resource "aws_ssm_parameter" "write_only" {
  name             = "/check/wo"
  type             = "SecureString"
  value_wo         = "canary-9f8e7d"
  value_wo_version = 1
  key_id           = aws_kms_key.all.arn
}

data "aws_ssm_parameter" "image" { name = "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id" }
