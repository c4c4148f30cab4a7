# What controllers leave in an account, and a firewall before a load balancer.
terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

locals { controllers = { "elbv2.k8s.aws/cluster" = "shop" } }

resource "aws_vpc" "this" { cidr_block = "10.0.0.0/16" }

resource "aws_subnet" "this" {
  for_each          = { a = 1, b = 2 }
  vpc_id            = aws_vpc.this.id
  cidr_block        = "10.0.${each.value}.0/24"
  availability_zone = "us-east-1${each.key}"
}

resource "aws_security_group" "lb" {
  name   = "lb"
  vpc_id = aws_vpc.this.id
  tags   = local.controllers
}

resource "aws_lb" "application" {
  name               = "check"
  internal           = true
  load_balancer_type = "application"
  security_groups    = [aws_security_group.lb.id]
  subnets            = [for s in aws_subnet.this : s.id]
  tags               = local.controllers
}

resource "aws_wafv2_web_acl" "this" {
  name  = "check"
  scope = "REGIONAL"
  default_action {
    allow {}
  }
  rule {
    name     = "common"
    priority = 1
    override_action {
      none {}
    }
    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesCommonRuleSet"
        vendor_name = "AWS"
        rule_action_override {
          name = "SizeRestrictions_BODY"
          action_to_use {
            count {}
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "common"
      sampled_requests_enabled   = true
    }
  }
  rule {
    name     = "rate"
    priority = 2
    action {
      block {}
    }
    statement {
      rate_based_statement {
        limit              = 2000
        aggregate_key_type = "IP"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = true
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "check"
    sampled_requests_enabled   = true
  }
  tags = { a = "b" }
}

resource "aws_cloudwatch_log_group" "waf" { name = "aws-waf-logs-check" }

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.waf.arn]
  redacted_fields {
    single_header { name = "authorization" }
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  resource_arn = aws_lb.application.arn
  web_acl_arn  = aws_wafv2_web_acl.this.arn
}

resource "aws_lb_target_group" "left" {
  name        = "left"
  port        = 8443
  protocol    = "TCP"
  target_type = "ip"
  vpc_id      = aws_vpc.this.id
  tags        = local.controllers
}

resource "aws_ebs_volume" "left" {
  availability_zone = "us-east-1a"
  size              = 1
  tags              = { "ebs.csi.aws.com/cluster" = "true" }
}

resource "aws_network_interface" "left" {
  subnet_id = aws_subnet.this["a"].id
  tags      = { "cluster.k8s.amazonaws.com/name" = "shop" }
}

resource "aws_instance" "left" {
  ami           = "ami-12c6146b"
  instance_type = "m5.large"
  subnet_id     = aws_subnet.this["a"].id
  tags          = { "karpenter.sh/nodepool" = "default" }
}
