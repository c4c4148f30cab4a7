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
  name = "acme-dev"
}

run "bad_values_1" {
  command = plan

  variables {
    name                 = "a-name-that-is-far-too-long-for-it"        # 34 characters
    repository_prefix    = "/acme"                                     # a slash in front
    reader_account_ids   = ["*"]                                       # everybody
    pull_through_caches  = { quay = { upstream = "https://quay.io" } } # an address
    kms_key_arn          = "alias/acme-dev"                            # an alias
    permissions_boundary = "arn:aws:iam::123456789012:role/boundary"   # a role
  }

  expect_failures = [
    var.name,
    var.repository_prefix,
    var.reader_account_ids,
    var.pull_through_caches,
    var.kms_key_arn,
    var.permissions_boundary,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    repositories        = { api = { keep_images = 0 } }                   # no image
    pull_through_caches = { hub = { upstream = "registry-1.docker.io" } } # no credentials
  }

  expect_failures = [
    var.repositories,
    var.pull_through_caches,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    pull_through_caches = { hub = { upstream = "registry-1.docker.io", credential_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:hub" } } # a name that ECR does not read
  }

  expect_failures = [var.pull_through_caches]
}

run "bad_values_4" {
  command = plan

  variables {
    pull_through_caches = { "a/b" = { upstream = "quay.io" } } # a slash in the prefix
  }

  expect_failures = [var.pull_through_caches]
}

run "bad_values_5" {
  command = plan

  variables {
    pull_through_caches = { quay = { upstream = "quay.io", keep_days = 0 } } # no days
  }

  expect_failures = [var.pull_through_caches]
}

run "names_that_are_too_long" {
  command = plan

  variables {
    repository_prefix = join("", [for part in range(16) : "0123456789"])          # 160 characters
    repositories      = { join("", [for part in range(10) : "0123456789"]) = {} } # 100 more, and a slash
  }

  expect_failures = [var.repositories]
}

run "upper_case" {
  command = plan

  variables {
    repositories = { "Api" = {} }
  }

  expect_failures = [var.repositories]
}
