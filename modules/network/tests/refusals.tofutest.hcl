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

run "slots_of_other_zones" {
  command = plan

  variables {
    zone_slots = { cnn1-az1 = 0, cnn1-az4 = 1 }
  }

  expect_failures = [var.zone_slots]
}

run "slots_that_are_not_there" {
  command = plan

  variables {
    zone_slots = { cnn1-az1 = 0, cnn1-az2 = 8 }
  }

  expect_failures = [var.zone_slots]
}

run "one_slot_for_two_zones" {
  command = plan

  variables {
    zone_slots = { cnn1-az1 = 3, cnn1-az2 = 3 }
  }

  expect_failures = [var.zone_slots]
}

run "bad_values_1" {
  command = plan

  variables {
    name                 = "a-name-that-is-far-too-long-for-it"      # 34 characters
    pods_cidr            = "10.20.128.0/20"                          # inside the VPC's block
    nat                  = { mode = "double" }                       # no such mode
    gateway_endpoints    = ["sts"]                                   # interface endpoints only
    interface_endpoints  = ["com.amazonaws.us-east-1.sts"]           # the full name
    flow_logs            = { retention_days = 100 }                  # not a period of CloudWatch Logs
    cluster_name         = "acme dev"                                # a space
    permissions_boundary = "arn:aws:iam::123456789012:role/boundary" # a role
  }

  expect_failures = [
    var.name,
    var.pods_cidr,
    var.nat,
    var.gateway_endpoints,
    var.interface_endpoints,
    var.flow_logs,
    var.cluster_name,
    var.permissions_boundary,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    name                = "Acme"                                                            # upper case
    pods_cidr           = "100.64.0.0/24"                                                   # too small
    nat                 = { mode = "per-zone", elastic_ip_allocation_ids = ["eipalloc-1"] } # one address for two zones
    interface_endpoints = ["s3"]                                                            # a gateway endpoint
  }

  expect_failures = [
    var.name,
    var.pods_cidr,
    var.nat,
    var.interface_endpoints,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    pods_cidr = "100.64.1.0/16"                                               # not a network address
    nat       = { mode = "none", elastic_ip_allocation_ids = ["eipalloc-1"] } # an address for nothing
  }

  expect_failures = [
    var.pods_cidr,
    var.nat,
  ]
}

run "bad_values_4" {
  command = plan

  variables {
    pods_cidr = "10.16.0.0/12"                                                                # around the VPC's block, and too large
    nat       = { mode = "single", elastic_ip_allocation_ids = ["eipalloc-1", "eipalloc-2"] } # two addresses for one gateway
  }

  expect_failures = [
    var.pods_cidr,
    var.nat,
  ]
}

run "cidr_too_small" {
  command = plan

  variables {
    cidr = "10.20.0.0/21"
  }

  expect_failures = [var.cidr]
}

run "cidr_not_a_network_address" {
  command = plan

  variables {
    cidr = "10.20.1.0/16"
  }

  expect_failures = [var.cidr]
}

run "cidr_public" {
  command = plan

  variables {
    cidr = "8.8.0.0/16"
  }

  expect_failures = [var.cidr]
}

run "cidr_nonsense" {
  command = plan

  variables {
    cidr = "ten"
  }

  expect_failures = [var.cidr]
}

run "one_zone" {
  command = plan

  variables {
    zones = ["cnn1-az1"]
  }

  expect_failures = [var.zones]
}

run "seven_zones" {
  command = plan

  variables {
    zones = ["x1-az1", "x1-az2", "x1-az3", "x1-az4", "x1-az5", "x1-az6", "x1-az7"]
  }

  expect_failures = [var.zones]
}

run "zone_names" {
  command = plan

  variables {
    zones = ["cn-north-1a", "cn-north-1b"]
  }

  expect_failures = [var.zones]
}

run "zone_twice" {
  command = plan

  variables {
    zones = ["cnn1-az1", "cnn1-az1"]
  }

  expect_failures = [var.zones]
}

run "nat_without_public_subnets" {
  command = plan

  variables {
    public_subnets = false
  }

  expect_failures = [var.public_subnets]
}
