# Made by `cargo xtask gen` for OpenTofu, of `cidr_plan.tftest.hcl`.

# The CIDR plan, figure by figure: the generator computes the same one.

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
  zones = ["cnn1-az1", "cnn1-az2", "cnn1-az3"]
}

run "smallest_vpc" {
  command = plan

  variables {
    cidr      = "10.20.16.0/20"
    pods_cidr = "100.64.0.0/16"
  }

  assert {
    condition     = [for zone in var.zones : aws_subnet.private[zone].cidr_block] == ["10.20.16.0/24", "10.20.18.0/24", "10.20.20.0/24"]
    error_message = "A /20 gives each zone a private /24."
  }

  assert {
    condition     = [for zone in var.zones : aws_subnet.public[zone].cidr_block] == ["10.20.17.0/26", "10.20.19.0/26", "10.20.21.0/26"]
    error_message = "A /20 gives each zone a public /26."
  }

  assert {
    condition     = [for zone in var.zones : aws_subnet.database[zone].cidr_block] == ["10.20.17.64/27", "10.20.19.64/27", "10.20.21.64/27"]
    error_message = "A /20 gives each zone a database /27."
  }

  assert {
    condition     = [for zone in var.zones : aws_subnet.intra[zone].cidr_block] == ["10.20.17.96/27", "10.20.19.96/27", "10.20.21.96/27"]
    error_message = "A /20 gives each zone an intra /27."
  }

  assert {
    condition     = [for zone in var.zones : aws_subnet.pods[zone].cidr_block] == ["100.64.0.0/19", "100.64.32.0/19", "100.64.64.0/19"]
    error_message = "A zone owns an eighth of the pods' block."
  }
}

run "largest_vpc" {
  command = plan

  variables {
    cidr = "10.20.0.0/16"
  }

  assert {
    condition = [
      aws_subnet.private["cnn1-az2"].cidr_block, aws_subnet.public["cnn1-az2"].cidr_block,
      aws_subnet.database["cnn1-az2"].cidr_block, aws_subnet.intra["cnn1-az2"].cidr_block,
    ] == ["10.20.32.0/20", "10.20.48.0/22", "10.20.52.0/23", "10.20.54.0/23"]
    error_message = "A /16 gives each zone a private /20, a public /22, a database and an intra /23."
  }

  assert {
    condition     = length(aws_subnet.pods) == 0 && length(aws_vpc_ipv4_cidr_block_association.pods) == 0
    error_message = "Without `pods_cidr` there are no pod subnets."
  }
}

run "zones_with_slots_of_their_own" {
  command = plan

  variables {
    cidr       = "10.20.0.0/16"
    pods_cidr  = "100.64.0.0/16"
    zones      = ["cnn1-az1", "cnn1-az4", "cnn1-az3"]
    zone_slots = { cnn1-az1 = 0, cnn1-az3 = 2, cnn1-az4 = 7 }
    nat        = { mode = "per-zone", elastic_ip_allocation_ids = ["eipalloc-1", "eipalloc-4", "eipalloc-3"] }
  }

  assert {
    condition     = [for zone in ["cnn1-az1", "cnn1-az3", "cnn1-az4"] : aws_subnet.private[zone].cidr_block] == ["10.20.0.0/20", "10.20.64.0/20", "10.20.224.0/20"]
    error_message = "A zone has the slot that it is given, wherever it stands in the list."
  }

  assert {
    condition     = [for zone in ["cnn1-az1", "cnn1-az3", "cnn1-az4"] : aws_subnet.pods[zone].cidr_block] == ["100.64.0.0/19", "100.64.64.0/19", "100.64.224.0/19"]
    error_message = "Pods have the same slot."
  }

  assert {
    condition     = [for zone in var.zones : aws_nat_gateway.this[zone].allocation_id] == ["eipalloc-1", "eipalloc-4", "eipalloc-3"]
    error_message = "Addresses of your own go by the place in the list."
  }
}

run "subnet_tags" {
  command = plan

  variables {
    cidr         = "10.20.0.0/16"
    pods_cidr    = "100.64.0.0/16"
    cluster_name = "acme-dev"
  }

  assert {
    condition = aws_subnet.private["cnn1-az1"].tags == tomap({
      Name                              = "acme-dev-private-cnn1-az1"
      subnet                            = "private"
      "kubernetes.io/role/internal-elb" = "1"
      "kubernetes.io/cluster/acme-dev"  = "shared"
      "karpenter.sh/discovery"          = "acme-dev"
    })
    error_message = "Private subnets carry the tags of internal load balancers, the platform and Karpenter."
  }

  assert {
    condition = aws_subnet.public["cnn1-az1"].tags == tomap({
      Name                             = "acme-dev-public-cnn1-az1"
      subnet                           = "public"
      "kubernetes.io/role/elb"         = "1"
      "kubernetes.io/cluster/acme-dev" = "shared"
    })
    error_message = "Public subnets carry the tags of public load balancers, and none of Karpenter's."
  }

  assert {
    condition = alltrue([
      for subnet in concat(values(aws_subnet.database), values(aws_subnet.intra), values(aws_subnet.pods)) :
      !contains(keys(subnet.tags), "karpenter.sh/discovery")
    ])
    error_message = "Karpenter discovers the private subnets only."
  }

  assert {
    condition     = alltrue([for subnet in values(aws_subnet.public) : !subnet.map_public_ip_on_launch])
    error_message = "No instance gets a public address by where it starts."
  }
}
