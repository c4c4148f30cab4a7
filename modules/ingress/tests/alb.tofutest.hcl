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
