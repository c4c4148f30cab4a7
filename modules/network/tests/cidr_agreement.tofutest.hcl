# Made by `cargo xtask gen` for OpenTofu, of `cidr_agreement.tftest.hcl`.

# `cidr_plan.json` holds what the generator computes; its own test compares the same file. So both give one answer.

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

override_data {
  target = data.aws_availability_zones.this
  values = {
    zone_ids = ["cnn1-az1", "cnn1-az2", "cnn1-az3", "cnn1-az4", "cnn1-az5", "cnn1-az6"]
    names    = ["cn-north-1a", "cn-north-1b", "cn-north-1c", "cn-north-1d", "cn-north-1e", "cn-north-1f"]
  }
}

variables {
  name  = "acme-dev"
  zones = ["cnn1-az1", "cnn1-az2", "cnn1-az3", "cnn1-az4", "cnn1-az5", "cnn1-az6"]
}

run "prefix_16" {
  command = plan

  variables {
    cidr      = jsondecode(file("tests/cidr_plan.json"))[0].cidr
    pods_cidr = jsondecode(file("tests/cidr_plan.json"))[0].pods_cidr
  }

  assert {
    condition = [
      for zone in var.zones : {
        private  = aws_subnet.private[zone].cidr_block
        public   = aws_subnet.public[zone].cidr_block
        database = aws_subnet.database[zone].cidr_block
        intra    = aws_subnet.intra[zone].cidr_block
        pods     = aws_subnet.pods[zone].cidr_block
      }
    ] == jsondecode(file("tests/cidr_plan.json"))[0].zones
    error_message = "The plan differs from the one that the generator computes."
  }
}

run "prefix_17" {
  command = plan

  variables {
    cidr      = jsondecode(file("tests/cidr_plan.json"))[1].cidr
    pods_cidr = jsondecode(file("tests/cidr_plan.json"))[1].pods_cidr
  }

  assert {
    condition = [
      for zone in var.zones : {
        private  = aws_subnet.private[zone].cidr_block
        public   = aws_subnet.public[zone].cidr_block
        database = aws_subnet.database[zone].cidr_block
        intra    = aws_subnet.intra[zone].cidr_block
        pods     = aws_subnet.pods[zone].cidr_block
      }
    ] == jsondecode(file("tests/cidr_plan.json"))[1].zones
    error_message = "The plan differs from the one that the generator computes."
  }
}

run "prefix_18" {
  command = plan

  variables {
    cidr      = jsondecode(file("tests/cidr_plan.json"))[2].cidr
    pods_cidr = jsondecode(file("tests/cidr_plan.json"))[2].pods_cidr
  }

  assert {
    condition = [
      for zone in var.zones : {
        private  = aws_subnet.private[zone].cidr_block
        public   = aws_subnet.public[zone].cidr_block
        database = aws_subnet.database[zone].cidr_block
        intra    = aws_subnet.intra[zone].cidr_block
        pods     = aws_subnet.pods[zone].cidr_block
      }
    ] == jsondecode(file("tests/cidr_plan.json"))[2].zones
    error_message = "The plan differs from the one that the generator computes."
  }
}

run "prefix_19" {
  command = plan

  variables {
    cidr      = jsondecode(file("tests/cidr_plan.json"))[3].cidr
    pods_cidr = jsondecode(file("tests/cidr_plan.json"))[3].pods_cidr
  }

  assert {
    condition = [
      for zone in var.zones : {
        private  = aws_subnet.private[zone].cidr_block
        public   = aws_subnet.public[zone].cidr_block
        database = aws_subnet.database[zone].cidr_block
        intra    = aws_subnet.intra[zone].cidr_block
        pods     = aws_subnet.pods[zone].cidr_block
      }
    ] == jsondecode(file("tests/cidr_plan.json"))[3].zones
    error_message = "The plan differs from the one that the generator computes."
  }
}

run "prefix_20" {
  command = plan

  variables {
    cidr      = jsondecode(file("tests/cidr_plan.json"))[4].cidr
    pods_cidr = jsondecode(file("tests/cidr_plan.json"))[4].pods_cidr
  }

  assert {
    condition = [
      for zone in var.zones : {
        private  = aws_subnet.private[zone].cidr_block
        public   = aws_subnet.public[zone].cidr_block
        database = aws_subnet.database[zone].cidr_block
        intra    = aws_subnet.intra[zone].cidr_block
        pods     = aws_subnet.pods[zone].cidr_block
      }
    ] == jsondecode(file("tests/cidr_plan.json"))[4].zones
    error_message = "The plan differs from the one that the generator computes."
  }
}
