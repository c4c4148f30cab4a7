# Made by `cargo xtask gen` for OpenTofu, of `given_key.tftest.hcl`.

# In a file of its own: a key is chosen when the thing is made, and the other file's runs share a state.

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
  name                     = "acme-dev"
  vpc_id                   = "vpc-1"
  subnet_ids               = { cnn1-az1 = "subnet-p1", cnn1-az2 = "subnet-p2" }
  allowed_from             = { office = "203.0.113.0/24" }
  domains                  = ["*.ai.acme.com", "ai.acme.com"]
  dns                      = { zone_id = "Z0" }
  default_target           = "gateway"
  target_security_group_id = "sg-cluster"
  targets = {
    gateway = {
      port    = 8443
      service = { namespace = "istio-system", name = "tfy-istio-ingress", port = 443 }
      health  = { port = 15021, path = "/healthz/ready", protocol = "HTTP" }
    }
  }
}

run "given" {
  command = plan

  variables {
    web_acl = { create = { kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" } }
  }

  assert {
    condition     = length(aws_kms_key.web_acl) == 0 && length(aws_kms_alias.web_acl) == 0 && aws_cloudwatch_log_group.web_acl[0].kms_key_id == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
    error_message = "A given key is used instead of one of our own."
  }
}

run "own" {
  variables {
    web_acl = { create = {} }
  }
}

run "another_later" {
  command = plan

  variables {
    web_acl = { create = { kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" } }
  }

  expect_failures = [aws_cloudwatch_log_group.web_acl]
}
