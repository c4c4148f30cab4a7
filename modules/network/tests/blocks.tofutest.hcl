# Made by `cargo xtask gen` for OpenTofu, of `blocks.tftest.hcl`.

# The table of association restrictions in the VPC user guide: what EC2 lets a VPC have beside its first block.

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
  zones = ["cnn1-az1", "cnn1-az2"]
  nat   = { mode = "none" }
}

run "another_private_range" {
  command = plan

  variables {
    cidr      = "10.20.0.0/16"
    pods_cidr = "172.20.0.0/16"
  }

  expect_failures = [var.pods_cidr]
}

run "benchmarks" {
  command = plan

  variables {
    cidr      = "10.20.0.0/16"
    pods_cidr = "198.19.0.0/16"
  }

  expect_failures = [var.pods_cidr]
}

run "part_of_benchmarks" {
  command = plan

  variables {
    cidr      = "192.168.0.0/16"
    pods_cidr = "198.19.240.0/20"
  }

  expect_failures = [var.pods_cidr]
}

run "low_ten" {
  command = plan

  variables {
    cidr      = "10.1.0.0/16"
    pods_cidr = "10.0.0.0/16"
  }

  expect_failures = [var.pods_cidr]
}

run "default_vpcs" {
  command = plan

  variables {
    cidr      = "172.20.0.0/16"
    pods_cidr = "172.31.0.0/16"
  }

  expect_failures = [var.pods_cidr]
}

run "ten_beside_twelve" {
  command = plan

  variables {
    cidr      = "172.20.0.0/16"
    pods_cidr = "10.20.0.0/16"
  }

  expect_failures = [var.pods_cidr]
}

run "sixteen_beside_twelve" {
  command = plan

  variables {
    cidr      = "172.20.0.0/16"
    pods_cidr = "192.168.0.0/20"
  }

  expect_failures = [var.pods_cidr]
}

run "ten_beside_shared" {
  command = plan

  variables {
    cidr      = "100.64.0.0/16"
    pods_cidr = "10.20.0.0/16"
  }

  expect_failures = [var.pods_cidr]
}

run "docker" {
  command = plan

  variables {
    cidr      = "172.20.0.0/16"
    pods_cidr = "172.17.0.0/16"
  }

  expect_failures = [var.pods_cidr]
}

run "the_same_range" {
  command = plan

  variables {
    cidr      = "10.20.0.0/16"
    pods_cidr = "10.30.0.0/16"
  }

  assert {
    condition     = aws_vpc_ipv4_cidr_block_association.pods[0].cidr_block == "10.30.0.0/16"
    error_message = "EC2 takes this block beside that one."
  }
}

run "shared_beside_ten" {
  command = plan

  variables {
    cidr      = "10.0.0.0/16"
    pods_cidr = "100.64.0.0/16"
  }

  assert {
    condition     = aws_vpc_ipv4_cidr_block_association.pods[0].cidr_block == "100.64.0.0/16"
    error_message = "EC2 takes this block beside that one."
  }
}

run "shared_beside_sixteen" {
  command = plan

  variables {
    cidr      = "192.168.0.0/16"
    pods_cidr = "100.127.240.0/20"
  }

  assert {
    condition     = aws_vpc_ipv4_cidr_block_association.pods[0].cidr_block == "100.127.240.0/20"
    error_message = "EC2 takes this block beside that one."
  }
}

run "twelve_beside_twelve" {
  command = plan

  variables {
    cidr      = "172.20.0.0/16"
    pods_cidr = "172.21.0.0/16"
  }

  assert {
    condition     = aws_vpc_ipv4_cidr_block_association.pods[0].cidr_block == "172.21.0.0/16"
    error_message = "EC2 takes this block beside that one."
  }
}

run "public" {
  command = plan

  variables {
    cidr      = "10.20.0.0/16"
    pods_cidr = "198.18.0.0/16"
  }

  assert {
    condition     = aws_vpc_ipv4_cidr_block_association.pods[0].cidr_block == "198.18.0.0/16"
    error_message = "EC2 takes this block beside that one."
  }
}

run "docker_has_it_too" {
  command = plan

  variables {
    cidr = "172.17.0.0/16"
  }

  expect_failures = [check.docker]
}
