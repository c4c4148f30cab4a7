# No egress rule: a database answers, it does not call.
resource "aws_security_group" "this" {
  name_prefix = "${var.name}-database-"
  description = "PostgreSQL from the clients of the database ${var.name}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-database" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  for_each = var.client_security_group_ids

  security_group_id            = aws_security_group.this.id
  description                  = "PostgreSQL from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port

  tags = { Name = "${var.name}-from-${each.key}" }
}
