data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

data "aws_availability_zones" "this" {
  state = "available"

  filter {
    name   = "zone-id"
    values = var.zones
  }
}

locals {
  # `id` is the region's name in version 5 and in version 6 of the provider; `name` is deprecated in 6.
  region = data.aws_region.current.id

  zone_index = { for index, zone in var.zones : zone => index }
  zone_slots = var.zone_slots == null ? local.zone_index : var.zone_slots
  zone_names = zipmap(data.aws_availability_zones.this.zone_ids, data.aws_availability_zones.this.names)

  public_subnets = coalesce(var.public_subnets, var.nat.mode != "none")
  public_zones   = local.public_subnets ? local.zone_index : {}
  pod_zones      = var.pods_cidr == null ? {} : local.zone_index

  # AWS gives the VPC a /56, which is 256 /64: 32 for each of eight zones, of which the five kinds of subnets take one each.
  ipv6_blocks = {
    for zone, slot in local.zone_slots : zone => {
      for place, kind in ["private", "public", "database", "intra", "pods"] :
      kind => var.ipv6 ? cidrsubnet(aws_vpc.this.ipv6_cidr_block, 8, 32 * slot + place) : null
    }
  }
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  assign_generated_ipv6_cidr_block = var.ipv6 ? true : null

  tags = { Name = var.name }

  lifecycle {
    precondition {
      condition     = length(setsubtract(var.zones, data.aws_availability_zones.this.zone_ids)) == 0
      error_message = "This account has no available zone ${join(", ", setsubtract(var.zones, data.aws_availability_zones.this.zone_ids))} in ${local.region}. `aws ec2 describe-availability-zones --region ${local.region}` lists the zone IDs it has."
    }

    precondition {
      condition     = length(local.outside) == 0
      error_message = "These subnets are in none of the VPC's blocks ${join(", ", local.blocks)}: ${join(", ", local.outside)}. Give blocks inside of them, or a further one by `secondary_cidrs`."
    }

    precondition {
      condition     = length(local.overlapping) == 0
      error_message = "These subnets overlap: ${join("; ", local.overlapping)}. Give each a block of its own: what `subnet_cidrs` does not name is computed from `cidr` and `pods_cidr`."
    }
  }
}

# Not in the way of a network that is there, but worth knowing.
check "docker" {
  assert {
    condition     = !startswith(var.cidr, "172.17.")
    error_message = "`cidr` is of 172.17.0.0/16, which Docker and services of AWS have for themselves: what they run does not reach this network."
  }
}

resource "aws_vpc_ipv4_cidr_block_association" "pods" {
  count = var.pods_cidr == null ? 0 : 1

  vpc_id     = aws_vpc.this.id
  cidr_block = var.pods_cidr
}

# The block is the account's; this is one VPC's way past it.
resource "aws_vpc_block_public_access_exclusion" "this" {
  count = var.public_access_exclusion == null ? 0 : 1

  vpc_id                          = aws_vpc.this.id
  internet_gateway_exclusion_mode = var.public_access_exclusion

  tags = { Name = var.name }
}

# Adopted and emptied: an object that names no security group lands here and reaches nothing.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-closed" }
}
