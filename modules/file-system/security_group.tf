# No egress rule: a mount target answers, it does not call.
resource "aws_security_group" "this" {
  name_prefix = "${var.name}-file-system-"
  description = "NFS from the clients of the file system ${var.name}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-file-system" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  for_each = var.client_security_group_ids

  security_group_id            = aws_security_group.this.id
  description                  = "NFS from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port

  tags = { Name = "${var.name}-from-${each.key}" }
}
