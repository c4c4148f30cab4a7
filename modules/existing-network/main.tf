# Reads a network that somebody else made, checks what the platform needs of it, and answers like the module `network`.
# It makes nothing, except tags when it is told to.

data "aws_region" "current" {}

locals {
  # `id` is the region's name in version 5 and in version 6 of the provider; `name` is deprecated in 6.
  region = data.aws_region.current.id

  given = {
    private  = var.private_subnet_ids
    public   = var.public_subnet_ids
    database = var.database_subnet_ids
    intra    = var.intra_subnet_ids
    pods     = var.pod_subnet_ids
  }

  # Kind => zone ID => subnet. Two subnets of a kind in one zone are refused, so nothing is lost here.
  by_zone = {
    for kind, subnets in local.given : kind => tomap({
      for zone, ids in { for id in subnets : data.aws_subnet.this[id].availability_zone_id => id... } : zone => ids[0]
    })
  }
  twice = merge([
    for kind, subnets in local.given : {
      for zone, ids in { for id in subnets : data.aws_subnet.this[id].availability_zone_id => id... } : "${kind} in ${zone}" => ids if length(ids) > 1
    }
  ]...)

  # Zones that have subnets for nodes and none for pods, and the other way round.
  without_pods  = length(var.pod_subnet_ids) == 0 ? {} : { for zone, id in local.by_zone["private"] : zone => id if !contains(keys(local.by_zone["pods"]), zone) }
  without_nodes = { for zone, id in local.by_zone["pods"] : zone => id if !contains(keys(local.by_zone["private"]), zone) }

  zones = { for zone, id in local.by_zone["private"] : zone => data.aws_subnet.this[id].availability_zone }
}

data "aws_vpc" "this" {
  id = var.vpc_id

  lifecycle {
    postcondition {
      condition     = self.enable_dns_support && self.enable_dns_hostnames
      error_message = "The VPC ${var.vpc_id} lacks DNS ${self.enable_dns_support ? "hostnames" : "support"}, without which neither private endpoints nor EKS work. `aws ec2 modify-vpc-attribute --vpc-id ${var.vpc_id} --enable-dns-${self.enable_dns_support ? "hostnames" : "support"}` switches it on."
    }
  }
}

data "aws_subnet" "this" {
  for_each = setunion(values(local.given)...)

  id = each.key

  lifecycle {
    postcondition {
      condition     = self.vpc_id == var.vpc_id
      error_message = "The subnet ${each.key} is in ${self.vpc_id}, not in `vpc_id` ${var.vpc_id}."
    }

    postcondition {
      condition     = contains(var.public_subnet_ids, each.key) || !self.map_public_ip_on_launch
      error_message = "The subnet ${each.key} gives public addresses to what starts in it, so it is not a private one. Switch that off (`aws ec2 modify-subnet-attribute --subnet-id ${each.key} --no-map-public-ip-on-launch`) or choose another subnet."
    }

    postcondition {
      condition     = !contains(var.private_subnet_ids, each.key) || self.available_ip_address_count >= var.min_free_addresses
      error_message = "The subnet ${each.key} has ${self.available_ip_address_count} free addresses, fewer than `min_free_addresses` ${var.min_free_addresses}. Choose a larger subnet, give pods subnets of their own (`pod_subnet_ids`), or lower the limit."
    }
  }
}

# Each subnet has a table of its own or the VPC's main one.
data "aws_route_tables" "of" {
  for_each = setunion(var.private_subnet_ids, var.public_subnet_ids)

  vpc_id = var.vpc_id

  filter {
    name   = "association.subnet-id"
    values = [each.key]
  }
}

data "aws_route_table" "this" {
  for_each = setunion(var.private_subnet_ids, var.public_subnet_ids)

  route_table_id = try(data.aws_route_tables.of[each.key].ids[0], data.aws_vpc.this.main_route_table_id)

  lifecycle {
    postcondition {
      condition     = !contains(var.public_subnet_ids, each.key) || anytrue([for route in self.routes : route.cidr_block == "0.0.0.0/0" && startswith(route.gateway_id, "igw-")])
      error_message = "The public subnet ${each.key} has no route to an internet gateway in ${self.route_table_id}."
    }

    postcondition {
      condition     = !contains(var.private_subnet_ids, each.key) || alltrue([for route in self.routes : !startswith(route.gateway_id, "igw-")])
      error_message = "The private subnet ${each.key} has a route to an internet gateway in ${self.route_table_id}: what has a public address there can be reached from the internet. Nodes belong behind NAT."
    }

    postcondition {
      condition     = !contains(var.private_subnet_ids, each.key) || !var.needs_internet || anytrue([for route in self.routes : route.cidr_block == "0.0.0.0/0"])
      error_message = "The private subnet ${each.key} has no default route in ${self.route_table_id}: nodes could pull no images. Add one (NAT, transit gateway), or say `needs_internet = false` when endpoints and mirrors serve everything."
    }
  }
}

# The service is looked up instead of spelled, because its full name differs by partition.
data "aws_vpc_endpoint_service" "s3" {
  count = var.needs_s3_endpoint ? 1 : 0

  service      = "s3"
  service_type = "Gateway"
}

data "aws_vpc_endpoint" "s3" {
  count = var.needs_s3_endpoint ? 1 : 0

  vpc_id       = var.vpc_id
  service_name = data.aws_vpc_endpoint_service.s3[0].service_name

  filter {
    name   = "vpc-endpoint-type"
    values = ["Gateway"]
  }

  lifecycle {
    postcondition {
      condition     = length(setsubtract([for id in var.private_subnet_ids : data.aws_route_table.this[id].route_table_id], self.route_table_ids)) == 0
      error_message = "The S3 gateway endpoint of ${var.vpc_id} is not in the route tables of all private subnets: their S3 traffic, image layers among it, pays for NAT. `aws ec2 modify-vpc-endpoint --add-route-table-ids` adds them; `needs_s3_endpoint = false` goes without."
    }
  }
}

# Refusals about the subnets together. The value is of no use; the conditions are.
resource "terraform_data" "checked" {
  input = var.vpc_id

  lifecycle {
    precondition {
      condition     = length(local.by_zone["private"]) >= 2
      error_message = "`private_subnet_ids` are all in one zone: ${join(", ", var.private_subnet_ids)} in ${join(", ", keys(local.by_zone["private"]))}. Name subnets of at least two."
    }

    precondition {
      condition     = length(local.twice) == 0
      error_message = "More than one subnet of a kind is in a zone: ${join("; ", [for place, ids in local.twice : "${place}: ${join(", ", ids)}"])}. Name one per zone."
    }

    precondition {
      condition     = length(local.without_pods) == 0
      error_message = "`pod_subnet_ids` has no subnet in the zone of ${join(", ", [for zone, id in local.without_pods : "${id} (${zone})"])}: pods on nodes there would get no address. Add one of that zone."
    }

    precondition {
      condition     = length(local.without_nodes) == 0
      error_message = "No private subnet is in the zone of the pod subnet ${join(", ", [for zone, id in local.without_nodes : "${id} (${zone})"])}: no node would use it. Name a pod subnet of a zone that has nodes, or add a private subnet there."
    }

    precondition {
      condition     = var.set_tags || length(local.missing_tags) == 0
      error_message = "Tags are missing on subnets: ${join("; ", [for tag in values(local.missing_tags) : "${tag.subnet}: ${tag.key}=${tag.value}"])}. Add them (`aws ec2 create-tags`), or say `set_tags = true`."
    }
  }
}
