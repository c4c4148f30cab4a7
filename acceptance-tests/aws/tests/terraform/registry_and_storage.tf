resource "aws_ecr_repository" "this" {
  name                 = "check/app"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = true
}

resource "aws_ecr_repository_policy" "this" {
  repository = aws_ecr_repository.this.name
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "p", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${local.account}:root" }, Action = ["ecr:BatchGetImage"] }] })
}

resource "aws_ecr_pull_through_cache_rule" "public" {
  ecr_repository_prefix = "ecr-public"
  upstream_registry_url = "public.ecr.aws"
}

resource "aws_ecr_repository_creation_template" "public" {
  prefix      = "ecr-public"
  applied_for = ["PULL_THROUGH_CACHE"]
  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.all.arn
  }
}

resource "aws_ecr_registry_scanning_configuration" "this" {
  scan_type = "BASIC"
  rule {
    scan_frequency = "SCAN_ON_PUSH"
    repository_filter {
      filter      = "*"
      filter_type = "WILDCARD"
    }
  }
}

resource "aws_efs_file_system" "this" {
  creation_token  = "check"
  encrypted       = true
  kms_key_id      = aws_kms_key.all.arn
  throughput_mode = "elastic"
}

resource "aws_efs_mount_target" "this" {
  for_each        = aws_subnet.this
  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = each.value.id
  security_groups = [aws_security_group.server.id]
}

resource "aws_backup_vault" "this" {
  name        = "check"
  kms_key_arn = aws_kms_key.all.arn
}

resource "aws_dynamodb_table" "this" {
  name         = "check"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
