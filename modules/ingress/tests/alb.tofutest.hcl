# Made by `cargo xtask gen` for OpenTofu, of `alb.tftest.hcl`.

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

run "listener" {
  assert {
    condition     = aws_lb_listener.https.port == 443 && aws_lb_listener.https.protocol == "HTTPS" && aws_lb_listener.https.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    error_message = "HTTPS with TLS 1.3 and 1.2, and no other listener."
  }

  assert {
    condition     = aws_lb_listener.https.certificate_arn == aws_acm_certificate.this[0].arn && aws_lb_listener.https.default_action[0].type == "forward"
    error_message = "The listener shows the validated certificate and forwards to the default target."
  }

  assert {
    condition     = aws_lb.this.drop_invalid_header_fields && aws_lb.this.desync_mitigation_mode == "strictest" && aws_lb.this.enable_deletion_protection && aws_lb.this.access_logs[0].enabled
    error_message = "Strict about requests, protected from deletion, and logged."
  }

  assert {
    condition     = aws_lb_target_group.this["gateway"].target_type == "ip" && aws_lb_target_group.this["gateway"].protocol == "HTTPS" && aws_lb_target_group.this["gateway"].health_check[0].path == "/healthz/ready"
    error_message = "Pods are targets, over TLS, with their own health check."
  }
}

run "target_groups" {
  assert {
    condition     = can(regex("^acme-dev-gateway-[0-9a-f]{6}$", aws_lb_target_group.this["gateway"].name))
    error_message = "The name tells apart what AWS cannot change."
  }

  assert {
    condition     = output.target_group_bindings["gateway"].metadata.name == "acme-dev-gateway-${substr(sha256(aws_lb_target_group.this["gateway"].arn), 0, 8)}"
    error_message = "Another target group has another binding."
  }

  assert {
    condition     = length(aws_lb_listener.redirect) == 0 && length(aws_vpc_security_group_ingress_rule.redirect) == 0
    error_message = "Port 80 is closed unless it is asked for."
  }
}

run "another_port_is_another_group" {
  variables {
    targets = {
      gateway = { port = 8080, protocol = "HTTP", health = { port = 15021, path = "/healthz/ready", protocol = "HTTP" } }
    }
    redirect_http = true
  }

  assert {
    condition     = aws_lb_listener.redirect[0].port == 80 && aws_lb_listener.redirect[0].default_action[0].type == "redirect" && aws_lb_listener.redirect[0].default_action[0].redirect[0].protocol == "HTTPS"
    error_message = "Port 80 only sends to HTTPS."
  }

  assert {
    condition     = { for name, rule in aws_vpc_security_group_ingress_rule.redirect : name => [rule.cidr_ipv4, rule.from_port] } == { office = ["203.0.113.0/24", 80] }
    error_message = "Whoever may use HTTPS may be sent there."
  }
}

run "long_names" {
  command = plan

  variables {
    name = "a-platform-of-24-letters"
    targets = {
      a-target-16-long = { port = 8443 }
      a-target-16-lonh = { port = 8443 }
    }
    default_target = "a-target-16-long"
  }

  override_data {
    target = data.aws_region.current
    values = { id = "ap-northeast-3" }
  }

  assert {
    condition     = alltrue([for group in values(aws_lb_target_group.this) : length(group.name) <= 32]) && length(distinct(values(aws_lb_target_group.this)[*].name)) == 2
    error_message = "Names of target groups fit, and what is cut off still tells them apart."
  }

  assert {
    condition     = length(aws_s3_bucket.logs[0].bucket) <= 63
    error_message = "The log bucket's name fits in the region with the longest name."
  }
}

run "own_web_acl" {
  command = plan

  variables {
    web_acl = { create = {} }
  }

  assert {
    condition     = toset([for rule in aws_wafv2_web_acl.this[0].rule : rule.name]) == toset(["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"])
    error_message = "AWS's rules against what is known to be bad."
  }

  assert {
    condition     = length(aws_wafv2_web_acl_association.this) == 1 && aws_cloudwatch_log_group.web_acl[0].name == "aws-waf-logs-acme-dev" && aws_cloudwatch_log_group.web_acl[0].retention_in_days == 365
    error_message = "It guards the load balancer, and what it refuses is kept."
  }

  assert {
    condition     = toset(flatten([for field in aws_wafv2_web_acl_logging_configuration.this[0].redacted_fields : [for header in field.single_header : header.name]])) == toset(["authorization", "cookie"])
    error_message = "Keys and cookies stand in no log."
  }
}

run "pods_with_ipv6" {
  command = plan

  variables {
    ip_address_type        = "dualstack"
    target_ip_address_type = "ipv6"
  }

  assert {
    condition     = aws_lb_target_group.this["gateway"].ip_address_type == "ipv6" && aws_lb.this.ip_address_type == "dualstack"
    error_message = "Pods of an IPv6 cluster are entered by their addresses."
  }
}

run "security_groups" {
  assert {
    condition     = { for name, rule in aws_vpc_security_group_ingress_rule.https : name => [rule.cidr_ipv4, rule.from_port, rule.to_port] } == { office = ["203.0.113.0/24", 443, 443] }
    error_message = "443 from the allow-list, and nothing else."
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_egress_rule.targets)) == toset(["15021", "8443"]) && toset(keys(aws_vpc_security_group_ingress_rule.targets)) == toset(["15021", "8443"])
    error_message = "The load balancer reaches the targets' ports, and they let it in."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_egress_rule.targets : rule.referenced_security_group_id == "sg-cluster" && rule.cidr_ipv4 == null])
    error_message = "It reaches the nodes only."
  }
}

run "names" {
  assert {
    condition     = toset(keys(aws_route53_record.ipv4)) == toset(["*.ai.acme.com", "ai.acme.com"]) && length(aws_route53_record.ipv6) == 0
    error_message = "Each domain has its record."
  }

  assert {
    condition     = keys(aws_route53_record.proof) == ["ai.acme.com"] && aws_route53_record.proof["ai.acme.com"].name == "_x.ai.acme.com"
    error_message = "A wildcard and its parent share one proof."
  }

  assert {
    condition     = output.target_group_bindings["gateway"].spec.serviceRef.name == "tfy-istio-ingress" && output.target_group_bindings["gateway"].metadata.namespace == "istio-system"
    error_message = "The binding enters the service's pods."
  }
}

run "log_bucket" {
  command = plan

  assert {
    condition     = data.aws_iam_policy_document.logs["logs"].statement[0].resources == toset(["arn:aws-cn:s3:::acme-dev-ingress-logs-123456789012-cn-north-1/AWSLogs/123456789012/*"])
    error_message = "Load balancers write logs of this account."
  }

  assert {
    condition     = contains([for statement in data.aws_iam_policy_document.logs["logs"].statement : statement.sid], "DenyWithoutTls")
    error_message = "The bucket is reached over TLS only."
  }
}

run "hosts_waf_and_client_certificates" {
  command = plan

  variables {
    default_target = null
    targets = {
      gateway = { port = 8443, hosts = ["*.ai.acme.com"] }
      models  = { port = 8443, hosts = ["ai.acme.com"], protocol_version = "GRPC" }
    }
    web_acl         = { arn = "arn:aws-cn:wafv2:cn-north-1:123456789012:regional/webacl/acme/1" }
    mutual_tls      = { trust_store_arn = "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:truststore/acme/1" }
    ip_address_type = "dualstack"
    allowed_from    = { office = "203.0.113.0/24", office6 = "2001:db8::/32" }
  }

  assert {
    condition     = aws_lb_listener.https.default_action[0].type == "fixed-response" && aws_lb_listener.https.default_action[0].fixed_response[0].status_code == "404"
    error_message = "What no host matches is not found."
  }

  assert {
    condition     = toset(keys(aws_lb_listener_rule.host)) == toset(["gateway", "models"])
    error_message = "Each target has the rule of its hosts."
  }

  assert {
    condition     = aws_wafv2_web_acl_association.this[0].web_acl_arn == "arn:aws-cn:wafv2:cn-north-1:123456789012:regional/webacl/acme/1"
    error_message = "The web ACL guards it."
  }

  assert {
    condition     = aws_lb_listener.https.mutual_authentication[0].mode == "verify" && !aws_lb_listener.https.mutual_authentication[0].ignore_client_certificate_expiry
    error_message = "Client certificates are checked, their expiry included."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.https["office6"].cidr_ipv6 == "2001:db8::/32" && aws_vpc_security_group_ingress_rule.https["office6"].cidr_ipv4 == null && length(aws_route53_record.ipv6) == 2
    error_message = "IPv6 has its own rules and records."
  }
}

run "given_certificate_and_bucket" {
  command = plan

  variables {
    certificate = { arn = "arn:aws-cn:acm:cn-north-1:123456789012:certificate/2" }
    dns         = null
    access_logs = { bucket = { name = "acme-lb-logs" } }
  }

  assert {
    condition     = length(aws_acm_certificate.this) == 0 && length(aws_route53_record.ipv4) == 0 && aws_lb_listener.https.certificate_arn == "arn:aws-cn:acm:cn-north-1:123456789012:certificate/2"
    error_message = "A given certificate is shown, and DNS is left to others."
  }

  assert {
    condition     = length(aws_s3_bucket.logs) == 0 && aws_lb.this.access_logs[0].bucket == "acme-lb-logs"
    error_message = "A given bucket takes the logs."
  }
}
