# Every subnet is keyed by its zone ID: adding a zone adds keys and touches no other subnet.

locals {
  cluster_tags = var.cluster_name == null ? {} : {
    "kubernetes.io/cluster/${var.cluster_name}" = "shared"
  }
  discovery_tags = var.cluster_name == null ? {} : {
    "karpenter.sh/discovery" = var.cluster_name
  }
}

resource "aws_subnet" "private" {
  for_each = local.zone_index

  vpc_id                          = aws_vpc.this.id
  availability_zone_id            = each.key
  cidr_block                      = local.subnet_cidrs.private[each.key]
  ipv6_cidr_block                 = local.ipv6_blocks[each.key]["private"]
  assign_ipv6_address_on_creation = var.ipv6 ? true : null

  tags = merge(local.cluster_tags, local.discovery_tags, {
    Name                              = "${var.name}-private-${each.key}"
    subnet                            = "private"
    "kubernetes.io/role/internal-elb" = "1"
  })

  lifecycle {
    create_before_destroy = true # a zone that is taken out goes after everything has left it
  }

  # Where its block is one of the VPC's further ones, that is there before it and after it on destroy.
  depends_on = [aws_vpc_ipv4_cidr_block_association.pods, aws_vpc_ipv4_cidr_block_association.secondary]
}

resource "aws_subnet" "public" {
  for_each = local.public_zones

  vpc_id                          = aws_vpc.this.id
  availability_zone_id            = each.key
  cidr_block                      = local.subnet_cidrs.public[each.key]
  ipv6_cidr_block                 = local.ipv6_blocks[each.key]["public"]
  assign_ipv6_address_on_creation = var.ipv6 ? true : null
  map_public_ip_on_launch         = false # NAT gateways and load balancers bring their own addresses

  tags = merge(local.cluster_tags, {
    Name                     = "${var.name}-public-${each.key}"
    subnet                   = "public"
    "kubernetes.io/role/elb" = "1"
  })

  lifecycle {
    create_before_destroy = true # a zone that is taken out goes after everything has left it
  }

  # Where its block is one of the VPC's further ones, that is there before it and after it on destroy.
  depends_on = [aws_vpc_ipv4_cidr_block_association.pods, aws_vpc_ipv4_cidr_block_association.secondary]
}

resource "aws_subnet" "database" {
  for_each = local.zone_index

  vpc_id                          = aws_vpc.this.id
  availability_zone_id            = each.key
  cidr_block                      = local.subnet_cidrs.database[each.key]
  ipv6_cidr_block                 = local.ipv6_blocks[each.key]["database"]
  assign_ipv6_address_on_creation = var.ipv6 ? true : null

  tags = {
    Name   = "${var.name}-database-${each.key}"
    subnet = "database"
  }

  lifecycle {
    create_before_destroy = true # a zone that is taken out goes after everything has left it
  }

  # Where its block is one of the VPC's further ones, that is there before it and after it on destroy.
  depends_on = [aws_vpc_ipv4_cidr_block_association.pods, aws_vpc_ipv4_cidr_block_association.secondary]
}

resource "aws_subnet" "intra" {
  for_each = local.zone_index

  vpc_id                          = aws_vpc.this.id
  availability_zone_id            = each.key
  cidr_block                      = local.subnet_cidrs.intra[each.key]
  ipv6_cidr_block                 = local.ipv6_blocks[each.key]["intra"]
  assign_ipv6_address_on_creation = var.ipv6 ? true : null

  tags = {
    Name   = "${var.name}-intra-${each.key}"
    subnet = "intra"
  }

  lifecycle {
    create_before_destroy = true # a zone that is taken out goes after everything has left it
  }

  # Where its block is one of the VPC's further ones, that is there before it and after it on destroy.
  depends_on = [aws_vpc_ipv4_cidr_block_association.pods, aws_vpc_ipv4_cidr_block_association.secondary]
}

resource "aws_subnet" "pods" {
  for_each = local.pod_zones

  vpc_id                          = aws_vpc_ipv4_cidr_block_association.pods[0].vpc_id
  availability_zone_id            = each.key
  cidr_block                      = local.subnet_cidrs.pods[each.key]
  ipv6_cidr_block                 = local.ipv6_blocks[each.key]["pods"]
  assign_ipv6_address_on_creation = var.ipv6 ? true : null

  tags = {
    Name   = "${var.name}-pods-${each.key}"
    subnet = "pods"
  }

  lifecycle {
    create_before_destroy = true # a zone that is taken out goes after everything has left it
  }

  # Where its block is one of the VPC's further ones, that is there before it and after it on destroy.
  depends_on = [aws_vpc_ipv4_cidr_block_association.pods, aws_vpc_ipv4_cidr_block_association.secondary]
}
