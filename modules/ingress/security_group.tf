# In: 443 from the allow-list, and 80 where it redirects. Out: the targets' ports and health ports of the nodes, which are opened in turn.

locals {
  # Stable keys, and each port once: two targets may share one.
  target_ports = toset(flatten([for target in values(local.targets) : [tostring(target.port), tostring(target.health_port)]]))
}

resource "aws_security_group" "this" {
  name        = "${var.name}-ingress"
  description = "Load balancer ${var.name}: HTTPS from the allow-list"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-ingress" }
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  for_each = var.allowed_from

  security_group_id = aws_security_group.this.id
  description       = "HTTPS from ${each.key}"
  cidr_ipv4         = strcontains(each.value, ":") ? null : each.value
  cidr_ipv6         = strcontains(each.value, ":") ? each.value : null
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "redirect" {
  #checkov:skip=CKV_AWS_260:Port 80 only says that the address begins with `https://`, to whom port 443 is open.
  for_each = var.redirect_http ? var.allowed_from : {}

  security_group_id = aws_security_group.this.id
  description       = "HTTP from ${each.key}, to be sent to HTTPS"
  cidr_ipv4         = strcontains(each.value, ":") ? null : each.value
  cidr_ipv6         = strcontains(each.value, ":") ? each.value : null
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80

  tags = { Name = "${var.name}-${each.key}-redirect" }
}

resource "aws_vpc_security_group_egress_rule" "targets" {
  for_each = local.target_ports

  security_group_id            = aws_security_group.this.id
  description                  = "To pods on port ${each.key}"
  referenced_security_group_id = var.target_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = tonumber(each.key)
  to_port                      = tonumber(each.key)

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    create_before_destroy = true # a port that is no longer used stays open until requests go elsewhere
  }
}

resource "aws_vpc_security_group_ingress_rule" "targets" {
  for_each = local.target_ports

  security_group_id            = var.target_security_group_id
  description                  = "From the load balancer ${var.name}"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = tonumber(each.key)
  to_port                      = tonumber(each.key)

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    create_before_destroy = true # a port that is no longer used stays open until requests go elsewhere
  }
}
