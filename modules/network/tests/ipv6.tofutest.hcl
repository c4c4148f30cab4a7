# Made by `cargo xtask gen` for OpenTofu, of `ipv6.tftest.hcl`.

# Dual stack is an addition: it changes no IPv4 address and no object that was there before.

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

  mock_resource "aws_vpc" {
    defaults = {
      ipv6_cidr_block = "2001:db8:0:100::/56"
    }
  }
}

variables {
  name                = "acme-dev"
  cidr                = "10.20.0.0/16"
  zones               = ["cnn1-az1", "cnn1-az2"]
  pods_cidr           = "100.64.0.0/16"
  interface_endpoints = ["sts"]
}

run "off_by_default" {
  assert {
    condition     = aws_vpc.this.assign_generated_ipv6_cidr_block == null && output.ipv6_cidr == null
    error_message = "Without the wish there is no IPv6."
  }

  assert {
    condition     = length(aws_egress_only_internet_gateway.this) + length(aws_route.private_ipv6) + length(aws_route.public_internet_ipv6) + length(aws_vpc_security_group_ingress_rule.endpoints_ipv6) == 0
    error_message = "And nothing that belongs to it."
  }
}

run "dual_stack" {
  variables {
    ipv6 = true
  }

  assert {
    condition = [for zone in var.zones : [for subnets in [aws_subnet.private, aws_subnet.public, aws_subnet.database, aws_subnet.intra, aws_subnet.pods] : subnets[zone].ipv6_cidr_block]] == [
      ["2001:db8:0:100::/64", "2001:db8:0:101::/64", "2001:db8:0:102::/64", "2001:db8:0:103::/64", "2001:db8:0:104::/64"],
      ["2001:db8:0:120::/64", "2001:db8:0:121::/64", "2001:db8:0:122::/64", "2001:db8:0:123::/64", "2001:db8:0:124::/64"],
    ]
    error_message = "Each zone owns 32 of the 256 blocks, by its place in the list."
  }

  assert {
    condition     = toset(keys(aws_route.private_ipv6)) == toset(var.zones) && alltrue([for route in aws_route.private_ipv6 : route.egress_only_gateway_id == aws_egress_only_internet_gateway.this[0].id])
    error_message = "Private subnets reach out and are not reached."
  }

  assert {
    condition     = aws_route.public_internet_ipv6[0].gateway_id == aws_internet_gateway.this[0].id
    error_message = "Public subnets are reached over IPv6 too."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoints_ipv6[0].cidr_ipv6 == "2001:db8:0:100::/56"
    error_message = "Endpoints answer the VPC's IPv6 addresses, and no others."
  }
}

run "further_subnets" {
  variables {
    ipv6                  = true
    extra_private_subnets = { more-1 = { zone = "cnn1-az2", cidr = "10.20.128.0/20", ipv6_index = 5 } }
  }

  assert {
    condition     = aws_subnet.extra_private["more-1"].ipv6_cidr_block == "2001:db8:0:125::/64" && aws_subnet.extra_private["more-1"].assign_ipv6_address_on_creation
    error_message = "It has one of its zone's 32 blocks, behind those of the five kinds."
  }
}

run "no_way_out" {
  command = plan

  variables {
    ipv6 = true
    nat  = { mode = "none" }
  }

  assert {
    condition     = length(aws_egress_only_internet_gateway.this) + length(aws_route.private_ipv6) + length(aws_route.public_internet_ipv6) == 0
    error_message = "`none` means no way out, in IPv6 as well."
  }
}
