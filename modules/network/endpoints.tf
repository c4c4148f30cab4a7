# The service is looked up instead of spelled, because its full name differs by partition and its zones by service.

data "aws_vpc_endpoint_service" "gateway" {
  for_each = var.gateway_endpoints

  service      = each.key
  service_type = "Gateway"
}

resource "aws_vpc_endpoint" "gateway" {
  for_each = var.gateway_endpoints

  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = data.aws_vpc_endpoint_service.gateway[each.key].service_name

  # A gateway endpoint without route tables is there and does nothing.
  route_table_ids = concat(values(aws_route_table.private)[*].id, [aws_route_table.intra.id])

  tags = { Name = "${var.name}-${each.key}" }
}

data "aws_vpc_endpoint_service" "interface" {
  for_each = var.interface_endpoints

  service      = each.key
  service_type = "Interface"
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = aws_vpc.this.id
  vpc_endpoint_type   = "Interface"
  service_name        = data.aws_vpc_endpoint_service.interface[each.key].service_name
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.endpoints[0].id]

  # Not every service is in every zone; the others reach it through the zones that have it.
  subnet_ids = [
    for zone in var.zones : aws_subnet.private[zone].id
    if contains(data.aws_vpc_endpoint_service.interface[each.key].availability_zones, lookup(local.zone_names, zone, ""))
  ]

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    precondition {
      condition = anytrue([
        for zone in var.zones : contains(data.aws_vpc_endpoint_service.interface[each.key].availability_zones, lookup(local.zone_names, zone, ""))
      ])
      error_message = "The service `${each.key}` has no endpoint in any of the zones ${join(", ", var.zones)}. Take it out of `interface_endpoints` or add one of its zones: ${join(", ", data.aws_vpc_endpoint_service.interface[each.key].availability_zones)}."
    }
  }
}

# A resource of its own: taken out, it gives the endpoint back the policy that it began with, which an argument would leave.
resource "aws_vpc_endpoint_policy" "this" {
  for_each = var.endpoint_policies

  vpc_endpoint_id = try(aws_vpc_endpoint.gateway[each.key].id, aws_vpc_endpoint.interface[each.key].id)
  policy          = each.value

  lifecycle {
    precondition {
      condition     = try(data.aws_vpc_endpoint_service.gateway[each.key].vpc_endpoint_policy_supported, data.aws_vpc_endpoint_service.interface[each.key].vpc_endpoint_policy_supported)
      error_message = "The endpoint of `${each.key}` takes no policy: it lets everything through, and IAM alone says who may what. Take it out of `endpoint_policies`."
    }
  }
}

resource "aws_security_group" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  name        = "${var.name}-endpoints"
  description = "HTTPS from inside the VPC to the interface endpoints"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each = length(var.interface_endpoints) == 0 ? {} : merge(
    { vpc = var.cidr },
    var.pods_cidr == null ? {} : { pods = var.pods_cidr },
    { for name, block in var.secondary_cidrs : "secondary-${name}" => block },
  )

  security_group_id = aws_security_group.endpoints[0].id
  description       = "HTTPS from the ${each.key} addresses"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = { Name = "${var.name}-endpoints-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_ipv6" {
  count = length(var.interface_endpoints) > 0 && var.ipv6 ? 1 : 0

  security_group_id = aws_security_group.endpoints[0].id
  description       = "HTTPS from the IPv6 addresses"
  cidr_ipv6         = aws_vpc.this.ipv6_cidr_block
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = { Name = "${var.name}-endpoints-ipv6" }
}
