# A partition, region and suffix that no literal would guess.

mock_data "aws_partition" {
  defaults = {
    partition          = "aws-cn"
    dns_suffix         = "amazonaws.com.cn"
    reverse_dns_prefix = "cn.com.amazonaws"
  }
}

mock_data "aws_region" {
  defaults = {
    id = "cn-north-1"
  }
}

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "123456789012"
  }
}

mock_data "aws_service_principal" {
  defaults = {
    name = "service.amazonaws.com"
  }
}

mock_data "aws_iam_policy_document" {
  defaults = {
    json          = "{}"
    minified_json = "{}"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws-cn:iam::123456789012:role/mocked"
  }
}

mock_resource "aws_kms_key" {
  defaults = {
    arn    = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    key_id = "00000000-0000-0000-0000-000000000000"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws-cn:logs:cn-north-1:123456789012:log-group:mocked"
  }
}

mock_resource "aws_db_instance" {
  defaults = {
    arn                = "arn:aws-cn:rds:cn-north-1:123456789012:db:acme-dev"
    resource_id        = "db-MOCKED"
    master_user_secret = [{ secret_arn = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:rds!db-mocked", secret_status = "active", kms_key_id = "mocked" }]
  }
}

mock_resource "aws_db_subnet_group" {
  defaults = {
    name = "acme-dev-20260131120000000000000001"
  }
}
