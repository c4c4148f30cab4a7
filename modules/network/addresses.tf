# Which block each subnet has: cut from the slots of its zone, or given. And that all of them fit, before AWS is asked.

locals {
  slots = { for zone, slot in local.zone_slots : zone => cidrsubnet(var.cidr, 3, slot) }

  # Kind => zone => block.
  subnet_cidrs = {
    private  = { for zone in keys(local.zone_index) : zone => lookup(var.subnet_cidrs.private, zone, cidrsubnet(local.slots[zone], 1, 0)) }
    public   = { for zone in keys(local.public_zones) : zone => lookup(var.subnet_cidrs.public, zone, cidrsubnet(local.slots[zone], 3, 4)) }
    database = { for zone in keys(local.zone_index) : zone => lookup(var.subnet_cidrs.database, zone, cidrsubnet(local.slots[zone], 4, 10)) }
    intra    = { for zone in keys(local.zone_index) : zone => lookup(var.subnet_cidrs.intra, zone, cidrsubnet(local.slots[zone], 4, 11)) }
    pods     = { for zone in keys(local.pod_zones) : zone => lookup(var.subnet_cidrs.pods, zone, cidrsubnet(var.pods_cidr, 3, local.zone_slots[zone])) }
  }

  # Name in messages => block.
  planned = merge(
    merge([for kind, zones in local.subnet_cidrs : { for zone, block in zones : "${kind} in ${zone}" => block }]...),
    { for name, subnet in var.extra_private_subnets : "extra_private_subnets.${name}" => subnet.cidr },
  )
  blocks = compact(concat([var.cidr, var.pods_cidr], values(var.secondary_cidrs)))

  # A block is inside another exactly when both begin alike after it is cut to the other's prefix.
  outside = [
    for name, block in local.planned : "${name} (${block})" if !anytrue([
      for whole in local.blocks : tonumber(split("/", block)[1]) >= tonumber(split("/", whole)[1]) && cidrhost("${split("/", block)[0]}/${split("/", whole)[1]}", 0) == cidrhost(whole, 0)
    ])
  ]

  # Each pair once, as the place of one and of one behind it.
  names = keys(local.planned)
  pairs = flatten([for at, name in local.names : [for other in slice(local.names, at + 1, length(local.names)) : { one = name, other = other }]])
  overlapping = [
    for pair in local.pairs : "${pair.one} (${local.planned[pair.one]}) and ${pair.other} (${local.planned[pair.other]})" if(
      cidrhost("${split("/", local.planned[pair.one])[0]}/${min(split("/", local.planned[pair.one])[1], split("/", local.planned[pair.other])[1])}", 0) ==
      cidrhost("${split("/", local.planned[pair.other])[0]}/${min(split("/", local.planned[pair.one])[1], split("/", local.planned[pair.other])[1])}", 0)
    )
  ]
}

resource "aws_vpc_ipv4_cidr_block_association" "secondary" {
  for_each = var.secondary_cidrs

  vpc_id     = aws_vpc.this.id
  cidr_block = each.value

  lifecycle {
    create_before_destroy = true # as the subnets in it
  }
}

resource "aws_subnet" "extra_private" {
  for_each = var.extra_private_subnets

  vpc_id                          = aws_vpc.this.id
  availability_zone_id            = each.value.zone
  cidr_block                      = each.value.cidr
  ipv6_cidr_block                 = var.ipv6 ? cidrsubnet(aws_vpc.this.ipv6_cidr_block, 8, 32 * local.zone_slots[each.value.zone] + each.value.ipv6_index) : null
  assign_ipv6_address_on_creation = var.ipv6 ? true : null

  tags = merge(local.cluster_tags, local.discovery_tags, {
    Name   = "${var.name}-${each.key}"
    subnet = "private"
  })

  lifecycle {
    create_before_destroy = true # one that is taken out goes after everything has left it
  }

  # Where it lies in one of the VPC's further blocks, that is there before it and after it on destroy.
  depends_on = [aws_vpc_ipv4_cidr_block_association.pods, aws_vpc_ipv4_cidr_block_association.secondary]
}

resource "aws_route_table_association" "extra_private" {
  for_each = var.extra_private_subnets

  subnet_id      = aws_subnet.extra_private[each.key].id
  route_table_id = aws_route_table.private[each.value.zone].id
}
