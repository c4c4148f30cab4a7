# Made by `cargo xtask gen` for OpenTofu, of `refusals.tftest.hcl`.

# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  # A partition, region and suffix that no literal would guess.

  mock_data "aws_partition" {
    defaults = {
      partition          = "aws-cn"
      dns_suffix         = "amazonaws.com.cn"
      reverse_dns_prefix = "cn.com.amazonaws"
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

  mock_resource "aws_kms_key" {
    defaults = {
      arn    = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
      key_id = "00000000-0000-0000-0000-000000000000"
    }
  }

  mock_data "aws_region" {
    defaults = {
      id = "cn-north-1"
    }
  }
}

variables {
  name = "acme-states"
}

run "bad_values" {
  command = plan

  variables {
    name                    = "Acme_States"
    noncurrent_versions     = 0
    noncurrent_version_days = 7
    access_log_days         = 0
  }

  expect_failures = [
    var.name,
    var.noncurrent_versions,
    var.noncurrent_version_days,
    var.access_log_days,
  ]
}

run "name_too_long_for_its_logs" {
  command = plan

  variables {
    name = "a-bucket-name-that-leaves-no-room-for-the-suffix-of-its-log-bucket"
  }

  expect_failures = [var.name]
}
