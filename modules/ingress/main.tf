data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id

  alb = var.type == "alb"

  targets = {
    for name, target in var.targets : name => merge(target, {
      protocol        = coalesce(target.protocol, local.alb ? "HTTPS" : "TLS")
      health_port     = coalesce(target.health.port, target.port)
      health_protocol = coalesce(target.health.protocol, local.alb ? coalesce(target.protocol, "HTTPS") : "TCP")
    })
  }

  # What AWS cannot change in a target group is part of its name: with another port or protocol there are two of them for a
  # while. The whole name is part of it too, so that what is cut off tells them apart as well.
  group_names = {
    for name, target in local.targets : name => join("-", [
      trimsuffix(substr("${var.name}-${name}", 0, 25), "-"),
      substr(sha256(jsonencode([
        var.name, name, var.vpc_id, target.port, target.protocol, local.alb ? target.protocol_version : null, var.target_ip_address_type,
      ])), 0, 6),
    ])
  }
}

resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_150:On by default; who is about to destroy switches it off, and checkov cannot tell the two apart.
  #checkov:skip=CKV2_AWS_76:The web ACL is made elsewhere and given by its ARN; which rules are in it cannot be seen here.
  name               = var.name
  load_balancer_type = local.alb ? "application" : "network"
  internal           = var.internal
  ip_address_type    = var.ip_address_type
  security_groups    = [aws_security_group.this.id]

  enable_deletion_protection       = var.deletion_protection
  enable_cross_zone_load_balancing = true

  # Requests that HTTP allows to be read in two ways are refused, so that none is smuggled past a rule.
  drop_invalid_header_fields = local.alb ? true : null
  desync_mitigation_mode     = local.alb ? "strictest" : null
  idle_timeout               = local.alb ? var.idle_timeout : null

  # By zone, so that each zone keeps its address.
  dynamic "subnet_mapping" {
    for_each = var.subnet_ids

    content {
      subnet_id     = subnet_mapping.value
      allocation_id = lookup(var.elastic_ip_allocation_ids, subnet_mapping.key, null)
    }
  }

  access_logs {
    bucket  = local.log_bucket
    enabled = true
  }

  lifecycle {
    # AWS changes neither: it would be gone, with its addresses, until another of its name is there.
    ignore_changes = [internal, load_balancer_type]

    postcondition {
      condition     = self.internal == var.internal && self.load_balancer_type == (local.alb ? "application" : "network")
      error_message = "AWS changes neither `type` nor `internal` of a load balancer that is there. Put them back; for another one beside ${var.name}, call this module once more with another `name`, lead the records there, and take this one away then."
    }
  }

  # The load balancer proves at once that it can write its logs, and writes them until it is gone.
  depends_on = [aws_s3_bucket_policy.logs]
}

resource "aws_lb_target_group" "this" {
  for_each = local.targets

  name                 = local.group_names[each.key]
  vpc_id               = var.vpc_id
  target_type          = "ip" # the pods themselves, entered by the TargetGroupBinding
  ip_address_type      = var.target_ip_address_type
  port                 = each.value.port
  protocol             = each.value.protocol
  protocol_version     = local.alb ? each.value.protocol_version : null
  deregistration_delay = each.value.deregistration_delay

  health_check {
    protocol = each.value.health_protocol
    port     = each.value.health_port
    path     = startswith(each.value.health_protocol, "HTTP") ? each.value.health.path : null
    matcher  = startswith(each.value.health_protocol, "HTTP") ? each.value.health.matcher : null
  }

  lifecycle {
    create_before_destroy = true # the listener leads to the next one before this one goes
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = local.alb ? "HTTPS" : "TLS"
  ssl_policy        = var.ssl_policy
  certificate_arn   = local.certificate_arn
  alpn_policy       = local.alb ? null : "HTTP2Preferred"

  dynamic "default_action" {
    for_each = toset(var.default_target == null ? [] : [var.default_target])

    content {
      type             = "forward"
      target_group_arn = aws_lb_target_group.this[default_action.key].arn
    }
  }

  dynamic "default_action" {
    for_each = toset(var.default_target == null ? ["not-found"] : [])

    content {
      type = "fixed-response"

      fixed_response {
        content_type = "text/plain"
        message_body = "Not found"
        status_code  = "404"
      }
    }
  }

  dynamic "mutual_authentication" {
    for_each = var.mutual_tls == null ? [] : [var.mutual_tls]

    content {
      mode                             = "verify"
      trust_store_arn                  = mutual_authentication.value.trust_store_arn
      ignore_client_certificate_expiry = mutual_authentication.value.ignore_certificate_expiry
      advertise_trust_store_ca_names   = mutual_authentication.value.advertise_certificate_list ? "on" : "off"
    }
  }

  # The way to new targets is open before requests go there, and the way to old ones is closed after none does.
  depends_on = [aws_vpc_security_group_egress_rule.targets, aws_vpc_security_group_ingress_rule.targets]
}

# Whoever writes the address without `https://` is told the right one, and nothing else is answered here.
resource "aws_lb_listener" "redirect" {
  count = var.redirect_http ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

# AWS gives each rule the next free priority. Rules of different targets name different hosts, so their order is of no weight.
resource "aws_lb_listener_rule" "host" {
  for_each = { for name, target in local.targets : name => target if length(target.hosts) > 0 }

  listener_arn = aws_lb_listener.https.arn

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }

  condition {
    host_header {
      values = each.value.hosts
    }
  }

  tags = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_vpc_security_group_egress_rule.targets, aws_vpc_security_group_ingress_rule.targets]
}
