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

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws-cn:iam::123456789012:policy/mocked"
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
  name       = "acme-dev"
  vpc_id     = "vpc-1"
  subnet_ids = { cnn1-az1 = "subnet-p1" }
}

run "bad_values_1" {
  command = plan

  variables {
    name                   = "Acme"                                     # upper case
    subnet_ids             = {}                                         # nowhere
    throughput_mode        = "fast"                                     # no such mode
    infrequent_access_days = 45                                         # no such period
    access_points          = { all = { path = "/", uid = 1, gid = 1 } } # everything
    kms_key_arn            = "alias/acme-dev"                           # an alias
  }

  expect_failures = [
    var.name,
    var.subnet_ids,
    var.throughput_mode,
    var.infrequent_access_days,
    var.access_points,
    var.kms_key_arn,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    provisioned_mibps = 64                                               # without the mode
    access_points     = { all = { path = "/models", uid = 0, gid = 0 } } # root
  }

  expect_failures = [
    var.provisioned_mibps,
    var.access_points,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    throughput_mode = "provisioned" # without a number
    access_points   = { all = { path = "/models", uid = 1, gid = 1, permissions = "rwx" } }
  }

  expect_failures = [
    var.provisioned_mibps,
    var.access_points,
  ]
}
