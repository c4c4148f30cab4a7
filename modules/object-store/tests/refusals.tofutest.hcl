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
}

variables {
  name = "acme-dev-123456789012"
}

run "bad_values_1" {
  command = plan

  variables {
    name                    = "acme.dev" # a dot
    cors_allowed_origins    = ["*"]      # everybody
    noncurrent_version_days = 0          # no days
    access_log_days         = 1.5        # half a day
  }

  expect_failures = [
    var.name,
    var.cors_allowed_origins,
    var.noncurrent_version_days,
    var.access_log_days,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    name                 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" # 60 characters
    cors_allowed_origins = ["https://*.acme.com"]                                         # a wildcard
  }

  expect_failures = [
    var.name,
    var.cors_allowed_origins,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    cors_allowed_origins = ["http://acme.com"] # no TLS
  }

  expect_failures = [
    var.cors_allowed_origins,
  ]
}

run "bad_values_4" {
  command = plan

  variables {
    expirations  = { all = { prefix = "", days = 30 } } # every object
    tiering_days = -1                                   # before they are written
  }

  expect_failures = [
    var.expirations,
    var.tiering_days,
  ]
}
