# Made by `cargo xtask gen` for OpenTofu, of `nlb.tftest.hcl`.

mock_provider "aws" {
  # A partition, region and suffix that no literal would guess.

  mock_data "aws_partition" {
    defaults = {
      partition          = "aws-cn"
      dns_suffix         = "amazonaws.com.cn"
      reverse_dns_prefix = "cn.com.amazonaws"
    }
  }

  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

  mock_data "aws_service_principal" {
    defaults = {
      name = "service.amazonaws.com"
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json          = "{}"
      minified_json = "{}"
    }
  }

  mock_data "aws_region" {
    defaults = {
      id = "cn-north-1"
    }
  }

  mock_resource "aws_lb" {
    defaults = {
      arn      = "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:loadbalancer/app/acme/1"
      dns_name = "acme-1.cn-north-1.elb.amazonaws.com.cn"
      zone_id  = "Z1"
    }
  }

  mock_resource "aws_lb_target_group" {
    defaults = {
      arn = "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/acme/1"
    }
  }

  mock_resource "aws_lb_listener" {
    defaults = {
      arn = "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:listener/app/acme/1/1"
    }
  }

  mock_resource "aws_acm_certificate" {
    defaults = {
      arn = "arn:aws-cn:acm:cn-north-1:123456789012:certificate/1"
      domain_validation_options = [
        { domain_name = "*.ai.acme.com", resource_record_name = "_x.ai.acme.com", resource_record_type = "CNAME", resource_record_value = "_y.acm-validations.aws" },
        { domain_name = "ai.acme.com", resource_record_name = "_x.ai.acme.com", resource_record_type = "CNAME", resource_record_value = "_y.acm-validations.aws" },
      ]
    }
  }

  mock_resource "aws_wafv2_web_acl" {
    defaults = {
      arn = "arn:aws-cn:wafv2:cn-north-1:123456789012:regional/webacl/acme/1"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws-cn:logs:cn-north-1:123456789012:log-group:aws-waf-logs-acme"
    }
  }

  mock_resource "aws_kms_key" {
    defaults = {
      arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/1"
    }
  }
}

variables {
  name                      = "acme-dev"
  type                      = "nlb"
  vpc_id                    = "vpc-1"
  subnet_ids                = { cnn1-az1 = "subnet-p1", cnn1-az2 = "subnet-p2" }
  elastic_ip_allocation_ids = { cnn1-az1 = "eipalloc-1", cnn1-az2 = "eipalloc-2" }
  allowed_from              = { office = "203.0.113.0/24" }
  certificate               = { arn = "arn:aws-cn:acm:cn-north-1:123456789012:certificate/2" }
  default_target            = "gateway"
  target_security_group_id  = "sg-cluster"
  targets                   = { gateway = { port = 8443 } }
}

run "network_load_balancer" {
  command = plan

  assert {
    condition     = aws_lb.this.load_balancer_type == "network" && aws_lb.this.enable_cross_zone_load_balancing && aws_lb_listener.https.protocol == "TLS" && aws_lb_listener.https.alpn_policy == "HTTP2Preferred"
    error_message = "TLS ends at the load balancer, which spreads over all zones."
  }

  assert {
    condition     = { for mapping in aws_lb.this.subnet_mapping : mapping.subnet_id => mapping.allocation_id } == { subnet-p1 = "eipalloc-1", subnet-p2 = "eipalloc-2" }
    error_message = "Each zone has the address that was given for it."
  }

  assert {
    condition     = aws_lb_target_group.this["gateway"].protocol == "TLS" && aws_lb_target_group.this["gateway"].health_check[0].protocol == "TCP"
    error_message = "Pods are reached over TLS."
  }

  assert {
    condition     = toset([for statement in data.aws_iam_policy_document.logs["logs"].statement : statement.sid]) == toset(["DeliveryLooksAtTheBucket", "DenyWithoutTls", "LoadBalancersOfThisAccountDeliverLogs"])
    error_message = "Its logs come through the log delivery service."
  }
}
