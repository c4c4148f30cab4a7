resource "aws_kms_key" "all" {
  description             = "all"
  enable_key_rotation     = true
  rotation_period_in_days = 180
  deletion_window_in_days = 7
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "root", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${local.account}:root" }, Action = "kms:*", Resource = "*" },
  { Sid = "logs", Effect = "Allow", Principal = { Service = "logs.us-east-1.amazonaws.com" }, Action = ["kms:Encrypt*", "kms:Decrypt*"], Resource = "*", Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:us-east-1:${local.account}:*" } } }] })
}

resource "aws_kms_alias" "all" {
  name          = "alias/check/all"
  target_key_id = aws_kms_key.all.key_id
}

resource "aws_kms_key" "multi_region" {
  multi_region            = true
  deletion_window_in_days = 7
  is_enabled              = true
}

resource "aws_cloudwatch_log_group" "encrypted" {
  name              = "/check/g"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.all.arn
  log_group_class   = "STANDARD"
}

resource "aws_cloudwatch_log_resource_policy" "events" {
  policy_name     = "r"
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = ["logs:PutLogEvents"], Resource = "*" }] })
}
