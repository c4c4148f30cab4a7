# Which interfaces an instance starts with, and what stands around them.

locals {
  type  = data.aws_ec2_instance_type.this[var.instance_types[0]]
  cards = { for card in local.type.network_cards : card.index => card }
  most  = local.type.efa_maximum_interfaces == null ? 0 : local.type.efa_maximum_interfaces

  # The fastest cards first, since where not all take an adapter, the slow ones are for ordinary traffic.
  by_speed = [for text in sort([for card in local.type.network_cards : format("%010.3f/%04d", 1000000 - coalesce(card.peak_bandwidth, 0), card.index)]) : tonumber(split("/", text)[1])]
  efa_cards = !var.efa ? [] : [
    for card in var.efa_network_cards == null ? slice(local.by_speed, 0, min(local.most, length(local.by_speed))) : var.efa_network_cards : tostring(card)
  ]

  # The first interface carries IP in any case; adapters on other cards take no address.
  interfaces = concat(
    [{
      card   = var.efa ? 0 : null
      device = 0
      type   = contains(local.efa_cards, "0") ? "efa" : null
    }],
    [for card in sort(formatlist("%04d", [for card in local.efa_cards : tonumber(card) if card != "0"])) : {
      card   = tonumber(card)
      device = try(local.cards[tostring(tonumber(card))].maximum_interfaces, 1) > 1 ? 1 : 0
      type   = "efa-only"
    }],
  )

  made_strategy      = var.placement_group == null ? (var.efa && !local.is_block ? "cluster" : null) : var.placement_group.strategy
  in_placement_group = local.made_strategy != null || try(var.placement_group.name, null) != null
}

# Its name has the strategy, so that another one can stand before the first goes.
resource "aws_placement_group" "this" {
  count = local.made_strategy == null ? 0 : 1

  name     = "${var.cluster_name}-${var.name}-${local.made_strategy}"
  strategy = local.made_strategy

  lifecycle {
    create_before_destroy = true
  }
}

data "aws_subnet" "efa" {
  count = var.efa ? 1 : 0

  id = values(var.subnet_ids)[0]
}

# Adapters speak to who carries the same group, and rules of addresses do not count for them: not every cluster security group has both rules.
resource "aws_security_group" "efa" {
  count = var.efa ? 1 : 0

  name_prefix = "${substr(var.cluster_name, 0, 60)}-${var.name}-efa-"
  description = "Elastic Fabric Adapters of the group ${var.name} of the cluster ${var.cluster_name}"
  vpc_id      = data.aws_subnet.efa[0].vpc_id

  tags = { Name = "${var.cluster_name}-${var.name}-efa" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "efa" {
  count = var.efa ? 1 : 0

  security_group_id            = aws_security_group.efa[0].id
  description                  = "Between the nodes of the group"
  referenced_security_group_id = aws_security_group.efa[0].id
  ip_protocol                  = "-1"

  tags = { Name = "${var.cluster_name}-${var.name}-efa" }
}

resource "aws_vpc_security_group_egress_rule" "efa" {
  count = var.efa ? 1 : 0

  security_group_id            = aws_security_group.efa[0].id
  description                  = "Between the nodes of the group"
  referenced_security_group_id = aws_security_group.efa[0].id
  ip_protocol                  = "-1"

  tags = { Name = "${var.cluster_name}-${var.name}-efa" }
}
