# Made by `cargo xtask gen` for OpenTofu, of `vpc.tftest.hcl`.

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

run "dns_and_default_group" {
  assert {
    condition     = aws_vpc.this.enable_dns_hostnames && aws_vpc.this.enable_dns_support
    error_message = "Private endpoints and EKS need both DNS settings."
  }

  assert {
    condition     = aws_default_security_group.closed.vpc_id == aws_vpc.this.id
    error_message = "The default security group is adopted, which empties it."
  }

  assert {
    condition     = length(aws_route_table.database.route) == 0 && length(aws_route_table.intra.route) == 0
    error_message = "Database and intra subnets have no route out of the VPC."
  }
}

run "unknown_zone" {
  command = plan

  variables {
    zones = ["cnn1-az1", "cnn1-az9"]
  }

  expect_failures = [aws_vpc.this]
}

run "past_the_accounts_block" {
  command = plan

  variables {
    public_access_exclusion = "allow-egress"
  }

  assert {
    condition     = aws_vpc_block_public_access_exclusion.this[0].internet_gateway_exclusion_mode == "allow-egress" && length(aws_vpc_block_public_access_exclusion.this) == 1
    error_message = "The VPC may reach the internet."
  }
}

run "no_such_exclusion" {
  command = plan

  variables {
    public_access_exclusion = "allow-ingress"
  }

  expect_failures = [var.public_access_exclusion]
}
