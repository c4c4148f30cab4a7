resource "aws_sqs_queue" "this" {
  name              = "check"
  kms_master_key_id = aws_kms_key.all.arn
}

resource "aws_sns_topic" "this" {
  name              = "check"
  kms_master_key_id = aws_kms_key.all.arn
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.this.arn }] })
}

resource "aws_sns_topic_subscription" "this" {
  topic_arn = aws_sns_topic.this.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.this.arn
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name          = "check"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  metric_name         = "CPUUtilization"
  namespace           = "AWS/RDS"
  period              = 60
  statistic           = "Average"
  threshold           = 80
  alarm_actions       = [aws_sns_topic.this.arn]
  dimensions          = { DBInstanceIdentifier = aws_db_instance.this.identifier }
}

resource "aws_route53_zone" "private" {
  name = "check.internal"
  vpc { vpc_id = aws_vpc.this.id }
}

resource "aws_route53_zone" "public" { name = "y.example.com" }

resource "aws_acm_certificate" "this" {
  domain_name               = "y.example.com"
  subject_alternative_names = ["*.y.example.com"]
  validation_method         = "DNS"
  lifecycle { create_before_destroy = true }
}

resource "aws_route53_record" "validation" {
  for_each        = { for o in aws_acm_certificate.this.domain_validation_options : o.domain_name => o }
  zone_id         = aws_route53_zone.public.zone_id
  name            = each.value.resource_record_name
  type            = each.value.resource_record_type
  records         = [each.value.resource_record_value]
  ttl             = 60
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [for r in aws_route53_record.validation : r.fqdn]
}

resource "aws_lb" "application" {
  name                       = "check"
  internal                   = true
  load_balancer_type         = "application"
  security_groups            = [aws_security_group.server.id]
  subnets                    = [for s in aws_subnet.this : s.id]
  drop_invalid_header_fields = true
}

resource "aws_lb_target_group" "this" {
  name        = "check"
  port        = 80
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.this.id
  health_check { path = "/healthz" }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.application.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.this.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_lb" "network" {
  name               = "check-network"
  internal           = true
  load_balancer_type = "network"
  subnets            = [for s in aws_subnet.this : s.id]
}

resource "aws_route53_record" "application" {
  zone_id = aws_route53_zone.public.zone_id
  name    = "app"
  type    = "A"
  alias {
    name                   = aws_lb.application.dns_name
    zone_id                = aws_lb.application.zone_id
    evaluate_target_health = true
  }
}

resource "aws_wafv2_web_acl" "this" {
  name  = "check"
  scope = "REGIONAL"
  default_action {
    allow {}
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "check"
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = aws_lb.application.arn
  web_acl_arn  = aws_wafv2_web_acl.this.arn
}
