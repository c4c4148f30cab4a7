# Made by `cargo xtask gen` for OpenTofu, of `restore.tftest.hcl`.

# In a file of its own: the origin counts at creation only, and the other file's runs share a state.

mock_provider "aws" {
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
}

run "from_a_snapshot" {
  command = plan

  variables {
    name                  = "acme-dev"
    vpc_id                = "vpc-1"
    subnet_ids            = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
    engine_version        = "17"
    instance_class        = "db.t4g.medium"
    storage_gib           = 50
    restore_from_snapshot = "acme-dev-final-00000000"
  }

  assert {
    condition     = aws_db_instance.this.snapshot_identifier == "acme-dev-final-00000000"
    error_message = "The instance is made from the snapshot."
  }
}

run "from_a_point_in_time" {
  command = plan

  variables {
    name                     = "acme-dev"
    vpc_id                   = "vpc-1"
    subnet_ids               = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
    engine_version           = "17"
    instance_class           = "db.t4g.medium"
    storage_gib              = 50
    restore_to_point_in_time = { resource_id = "db-GONE", time = "2026-01-31T12:00:00Z" }
  }

  assert {
    condition     = one(aws_db_instance.this.restore_to_point_in_time).source_dbi_resource_id == "db-GONE" && one(aws_db_instance.this.restore_to_point_in_time).use_latest_restorable_time == null
    error_message = "The instance is made from the backups of one that is gone."
  }
}

run "two_origins" {
  command = plan

  variables {
    name                     = "acme-dev"
    vpc_id                   = "vpc-1"
    subnet_ids               = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
    engine_version           = "17"
    instance_class           = "db.t4g.medium"
    storage_gib              = 50
    restore_from_snapshot    = "acme-dev-final-00000000"
    restore_to_point_in_time = { identifier = "acme", resource_id = "db-GONE" }
  }

  expect_failures = [var.restore_to_point_in_time]
}
