locals {
  # Which zones hold a gateway, and which zone's gateway serves a zone. Keyed by zone ID, so that `single`
  # is a subset of `per-zone` and switching between them keeps the first zone's gateway and address.
  nat_zones = {
    none     = {}
    single   = { (var.zones[0]) = 0 }
    per-zone = local.zone_index
  }[var.nat.mode]

  ipv6_egress   = var.ipv6 && var.nat.mode != "none"
  own_addresses = var.nat.elastic_ip_allocation_ids == null
}

resource "aws_internet_gateway" "this" {
  count = local.public_subnets ? 1 : 0

  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_route" "public_internet" {
  count = local.public_subnets ? 1 : 0

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route" "public_internet_ipv6" {
  count = local.public_subnets && var.ipv6 ? 1 : 0

  route_table_id              = aws_route_table.public[0].id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = aws_internet_gateway.this[0].id
}

# IPv6 knows no NAT: this gateway lets connections out and none in. `nat.mode` `none` means no way out here too.
resource "aws_egress_only_internet_gateway" "this" {
  count = local.ipv6_egress ? 1 : 0

  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_route" "private_ipv6" {
  for_each = local.ipv6_egress ? local.zone_index : {}

  route_table_id              = aws_route_table.private[each.key].id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.this[0].id
}

resource "aws_eip" "nat" {
  for_each = local.own_addresses ? local.nat_zones : {}

  domain = "vpc"

  tags = { Name = "${var.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "this" {
  for_each = local.nat_zones

  subnet_id     = aws_subnet.public[each.key].id
  allocation_id = local.own_addresses ? aws_eip.nat[each.key].id : var.nat.elastic_ip_allocation_ids[each.value]

  # An empty list takes all of them away; null would leave them where they are.
  secondary_allocation_ids = lookup(var.nat.secondary_allocation_ids, each.key, [])

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    create_before_destroy = true # other addresses mean another gateway: routes move to it before the old one goes
  }

  # A gateway works only in a VPC that has its way out, and AWS refuses to detach that before the addresses are gone.
  depends_on = [aws_internet_gateway.this]
}

resource "aws_route" "private_nat" {
  for_each = var.nat.mode == "none" ? {} : local.zone_index

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[var.nat.mode == "single" ? var.zones[0] : each.key].id
}
