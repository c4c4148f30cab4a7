# No rule lets anything in: Systems Manager is called by the agent, which then carries what is forwarded.
resource "aws_security_group" "this" {
  name_prefix = "${var.name}-jump-host-"
  description = "The instance over which Systems Manager reaches the cluster of ${var.name}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-jump-host" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "api" {
  security_group_id            = aws_security_group.this.id
  description                  = "Kubernetes API"
  referenced_security_group_id = var.cluster_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = { Name = "${var.name}-jump-host-api" }
}

resource "aws_vpc_security_group_egress_rule" "ssm" {
  security_group_id = aws_security_group.this.id
  description       = "Systems Manager"
  cidr_ipv4         = local.ssm_from
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = { Name = "${var.name}-jump-host-ssm" }
}

resource "aws_vpc_security_group_ingress_rule" "api" {
  security_group_id            = var.cluster_security_group_id
  description                  = "Kubernetes API from the jump host of ${var.name}"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = { Name = "${var.name}-api-jump-host" }
}
