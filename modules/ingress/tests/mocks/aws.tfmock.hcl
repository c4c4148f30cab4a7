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
