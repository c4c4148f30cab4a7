# Made by `cargo xtask gen` for OpenTofu, of `control_plane.tftest.hcl`.

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
  master_password           = "unused" # Terraform 1.11 cannot apply a test whose ephemeral variable has no value
  name                      = "acme-tfy"
  vpc_id                    = "vpc-1"
  subnet_ids                = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
  client_security_group_ids = { cluster = "sg-cluster" }
  cluster_arn               = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
  bucket_name               = "acme-tfy-123456789012"
}

run "defaults" {
  assert {
    condition     = length(data.aws_iam_policy_document.control_plane.statement) == 4 && alltrue([for statement in data.aws_iam_policy_document.control_plane.statement : length(statement.sid) > 0 && !contains(statement.resources, "*") && alltrue([for action in statement.actions : !strcontains(action, "*") && !startswith(action, "sts:")])])
    error_message = "One bucket, its key and one user of the database; no role to assume until one is named."
  }

  assert {
    condition     = data.aws_iam_policy_document.control_plane.statement[3].resources == toset([module.database.connect_arn]) && endswith(module.database.connect_arn, "/truefoundry")
    error_message = "Sign-in to the database is for one user."
  }

  assert {
    condition     = data.aws_iam_policy_document.control_plane.statement[1].resources == toset(["${module.bucket.arn}/*"])
    error_message = "Objects of one bucket."
  }

  assert {
    condition     = length(module.role.association_ids) == 5
    error_message = "Each service account of the chart gets the role."
  }
}

# Defect: `sts:AssumeRole` on `*`.
run "platforms" {
  variables {
    platform_role_arns = { acme-dev = "arn:aws-cn:iam::123456789012:role/acme-dev-platform-1" }
    service_accounts   = ["truefoundry"]
  }

  assert {
    condition     = data.aws_iam_policy_document.control_plane.statement[4].actions == toset(["sts:AssumeRole"]) && data.aws_iam_policy_document.control_plane.statement[4].resources == toset(["arn:aws-cn:iam::123456789012:role/acme-dev-platform-1"])
    error_message = "The control plane assumes the roles that are named."
  }
}
