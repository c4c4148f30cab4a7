# Made by `cargo xtask gen` for OpenTofu, of `nat.tftest.hcl`.

# Applied on mocks one after the other, over one state: an object that keeps its computed values was not made again.

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

run "single" {
  variables {
    nat = { mode = "single" }
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["cnn1-az1"] && keys(aws_eip.nat) == ["cnn1-az1"]
    error_message = "One gateway, in the first zone."
  }

  assert {
    condition     = alltrue([for route in values(aws_route.private_nat) : route.nat_gateway_id == aws_nat_gateway.this["cnn1-az1"].id])
    error_message = "Every zone goes out through the one gateway."
  }
}

run "per_zone" {
  variables {
    nat = { mode = "per-zone" }
  }

  assert {
    condition     = alltrue([for zone in var.zones : aws_route.private_nat[zone].nat_gateway_id == aws_nat_gateway.this[zone].id])
    error_message = "Each zone goes out through its own gateway."
  }
}

run "third_zone" {
  variables {
    nat   = { mode = "per-zone" }
    zones = ["cnn1-az1", "cnn1-az2", "cnn1-az4"]
  }

  assert {
    condition     = keys(output.nat_public_ips) == ["cnn1-az1", "cnn1-az2", "cnn1-az4"]
    error_message = "The added zone has its gateway."
  }
}

run "none" {
  variables {
    nat = { mode = "none" }
  }

  assert {
    condition     = length(aws_nat_gateway.this) + length(aws_eip.nat) + length(aws_route.private_nat) == 0
    error_message = "Without NAT there is no gateway, address or route."
  }

  assert {
    condition     = length(aws_internet_gateway.this) + length(aws_subnet.public) + length(aws_route.public_internet) == 0
    error_message = "Without NAT and without a wish for public subnets nothing leads to the internet."
  }
}

run "none_with_public_subnets" {
  variables {
    nat            = { mode = "none" }
    public_subnets = true
  }

  assert {
    condition     = length(aws_internet_gateway.this) == 1 && length(aws_subnet.public) == 2 && length(aws_nat_gateway.this) == 0
    error_message = "Public subnets can be had for load balancers without NAT."
  }
}

run "own_addresses" {
  command = plan

  variables {
    nat = { mode = "per-zone", elastic_ip_allocation_ids = ["eipalloc-1", "eipalloc-2"] }
  }

  assert {
    condition     = [for zone in var.zones : aws_nat_gateway.this[zone].allocation_id] == ["eipalloc-1", "eipalloc-2"] && length(aws_eip.nat) == 0
    error_message = "Brought addresses are used in zone order and no other is allocated."
  }
}

run "one_own_address" {
  command = plan

  variables {
    nat = { mode = "single", elastic_ip_allocation_ids = ["eipalloc-1"] }
  }

  assert {
    condition     = values(aws_nat_gateway.this)[*].allocation_id == ["eipalloc-1"]
    error_message = "The one gateway takes the one address."
  }
}

run "more_addresses" {
  variables {
    nat = { mode = "per-zone", secondary_allocation_ids = { cnn1-az2 = ["eipalloc-a", "eipalloc-b"] } }
  }

  assert {
    condition     = aws_nat_gateway.this["cnn1-az2"].secondary_allocation_ids == toset(["eipalloc-a", "eipalloc-b"]) && length(aws_nat_gateway.this["cnn1-az1"].secondary_allocation_ids) == 0
    error_message = "A gateway has those of its zone."
  }
}

run "more_addresses_than_a_gateway_has" {
  command = plan

  variables {
    nat = { mode = "single", secondary_allocation_ids = { cnn1-az1 = ["a", "b", "c", "d", "e", "f", "g", "h"] } }
  }

  expect_failures = [var.nat]
}

run "addresses_where_no_gateway_is" {
  command = plan

  variables {
    nat = { mode = "single", secondary_allocation_ids = { cnn1-az2 = ["eipalloc-a"] } }
  }

  expect_failures = [var.nat]
}
