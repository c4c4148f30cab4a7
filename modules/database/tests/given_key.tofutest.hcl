# Made by `cargo xtask gen` for OpenTofu, of `given_key.tftest.hcl`.

# In a file of its own: a key is chosen when the thing is made, and the other file's runs share a state.

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

variables {
  name            = "acme-dev"
  vpc_id          = "vpc-1"
  subnet_ids      = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
  engine_version  = "17"
  instance_class  = "db.t4g.medium"
  storage_gib     = 50
  master_password = "unused" # Terraform 1.11 cannot apply a test whose ephemeral variable has no value
}

run "given" {
  command = plan

  variables {
    kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
  }

  assert {
    condition     = length(aws_kms_key.this) == 0 && length(aws_kms_alias.this) == 0 && aws_db_instance.this.kms_key_id == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" && aws_db_instance.this.master_user_secret_kms_key_id == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" && aws_db_instance.this.performance_insights_kms_key_id == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" && alltrue([for group in values(aws_cloudwatch_log_group.this) : group.kms_key_id == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"]) && output.kms_key_arn == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" && output.final_snapshot.kms_key_arn == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
    error_message = "A given key encrypts storage, secret, insights and logs."
  }
}

run "own" {
}

run "another_later" {
  command = plan

  variables {
    kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
  }

  expect_failures = [aws_db_instance.this]
}
