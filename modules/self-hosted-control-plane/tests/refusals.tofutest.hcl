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

  mock_data "aws_service_principal" {
    defaults = {
      name = "service.amazonaws.com"
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json          = "{\"Statement\":[{\"Sid\":\"Mocked\"}]}"
      minified_json = "{\"Statement\":[{\"Sid\":\"Mocked\"}]}"
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

  mock_resource "aws_s3_bucket" {
    defaults = {
      arn = "arn:aws-cn:s3:::mocked"
    }
  }

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws-cn:iam::123456789012:policy/mocked"
    }
  }
}

variables {
  name                      = "acme-tfy"
  vpc_id                    = "vpc-1"
  subnet_ids                = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
  client_security_group_ids = { cluster = "sg-cluster" }
  cluster_arn               = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
  bucket_name               = "acme-tfy-123456789012"
}

run "bad_values_1" {
  command = plan

  variables {
    name                      = "a-name-that-is-far-too-long-for-it"      # 34 characters
    client_security_group_ids = {}                                        # nobody reaches the database
    cluster_arn               = "acme-dev"                                # a name
    identity                  = "keys"                                    # no such way
    namespace                 = "*"                                       # every namespace
    service_accounts          = ["*"]                                     # every account
    platform_role_arns        = { all = "*" }                             # every role
    policies                  = { control-plane = "{}" }                  # our own name
    permissions_boundary      = "arn:aws:iam::123456789012:role/boundary" # a role
  }

  expect_failures = [
    var.name,
    var.client_security_group_ids,
    var.cluster_arn,
    var.identity,
    var.namespace,
    var.service_accounts,
    var.platform_role_arns,
    var.policies,
    var.permissions_boundary,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    platform_role_arns = { all = "arn:aws:iam::123456789012:role/*" } # every role of an account
  }

  expect_failures = [var.platform_role_arns]
}
