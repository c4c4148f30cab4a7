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

  mock_data "aws_availability_zones" {
    defaults = {
      zone_ids = ["cnn1-az1", "cnn1-az2", "cnn1-az3", "cnn1-az4"]
      names    = ["cn-north-1a", "cn-north-1b", "cn-north-1c", "cn-north-1d"]
    }
  }

  mock_data "aws_vpc_endpoint_service" {
    defaults = {
      service_name                  = "cn.com.amazonaws.cn-north-1.mocked"
      availability_zones            = ["cn-north-1a", "cn-north-1b"]
      vpc_endpoint_policy_supported = true
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

  mock_resource "aws_s3_bucket" {
    defaults = {
      arn    = "arn:aws-cn:s3:::acme-dev-flow-logs-mocked"
      bucket = "acme-dev-flow-logs-mocked"
    }
  }
}

variables {
  name  = "acme-dev"
  cidr  = "10.20.0.0/16"
  zones = ["cnn1-az1", "cnn1-az2"]
}

run "given" {
  command = plan

  variables {
    flow_logs = { retention_days = 30, kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" }
  }

  assert {
    condition     = length(aws_kms_key.flow_logs) == 0 && length(aws_kms_alias.flow_logs) == 0 && aws_cloudwatch_log_group.flow_logs[0].kms_key_id == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
    error_message = "A given key is used instead of one of our own."
  }
}

run "own" {
}

run "another_later" {
  command = plan

  variables {
    flow_logs = { retention_days = 30, kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" }
  }

  expect_failures = [aws_cloudwatch_log_group.flow_logs]
}
