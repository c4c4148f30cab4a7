# A network that somebody else made: no module of ours, no tags of ours.

variable "zones" {
  type    = list(string)
  default = ["use1-az1", "use1-az2"]
}

variable "nat_zones" {
  type    = list(string)
  default = ["use1-az1"]
}

provider "aws" {
  region = "us-east-1"

  # Others may tag the subnets.
  ignore_tags {
    key_prefixes = ["kubernetes.io/", "karpenter.sh/"]
  }
}

locals {
  zones = { for index, zone in var.zones : zone => index }
}

resource "aws_vpc" "this" {
  cidr_block           = "172.16.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "this" {
  for_each = merge([
    for place, kind in ["public", "private", "database"] : { for zone, index in local.zones : "${kind}/${zone}" => 16 * place + index }
  ]...)

  vpc_id               = aws_vpc.this.id
  availability_zone_id = split("/", each.key)[1]
  cidr_block           = cidrsubnet(aws_vpc.this.cidr_block, 8, each.value)
}

resource "aws_eip" "this" {
  for_each = toset(var.nat_zones)

  domain = "vpc"
}

resource "aws_nat_gateway" "this" {
  for_each = toset(var.nat_zones)

  subnet_id     = aws_subnet.this["public/${each.key}"].id
  allocation_id = aws_eip.this[each.key].id
  depends_on    = [aws_internet_gateway.this]
}

resource "aws_route_table" "this" {
  for_each = local.zones

  vpc_id = aws_vpc.this.id
}

resource "aws_route" "nat" {
  for_each = local.zones

  route_table_id         = aws_route_table.this[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = try(aws_nat_gateway.this[each.key].id, aws_nat_gateway.this[var.zones[0]].id)
}

resource "aws_route_table_association" "this" {
  for_each = local.zones

  subnet_id      = aws_subnet.this["private/${each.key}"].id
  route_table_id = aws_route_table.this[each.key].id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.this.id
  service_name    = "com.amazonaws.us-east-1.s3"
  route_table_ids = values(aws_route_table.this)[*].id
}

output "network" {
  value = {
    vpc_id              = aws_vpc.this.id
    private_subnet_ids  = [for zone in var.zones : aws_subnet.this["private/${zone}"].id]
    database_subnet_ids = [for zone in var.zones : aws_subnet.this["database/${zone}"].id]
  }
}
