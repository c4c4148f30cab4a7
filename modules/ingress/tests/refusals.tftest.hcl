# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                     = "acme-dev"
  vpc_id                   = "vpc-1"
  subnet_ids               = { cnn1-az1 = "subnet-p1", cnn1-az2 = "subnet-p2" }
  allowed_from             = { office = "203.0.113.0/24" }
  domains                  = ["ai.acme.com"]
  dns                      = { zone_id = "Z0" }
  default_target           = "gateway"
  target_security_group_id = "sg-cluster"
  targets                  = { gateway = { port = 8443 } }
}

run "bad_values_1" {
  command = plan

  variables {
    name            = "internal-acme"
    subnet_ids      = { cnn1-az1 = "subnet-p1" }
    ip_address_type = "ipv6"
    domains         = ["AI.acme.com"]
    ssl_policy      = "ELBSecurityPolicy-2016-08"
    targets         = { gateway = { port = 8443, protocol = "TCP" } }
    idle_timeout    = 5000
    web_acl         = { arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/acme/1" }
    access_logs     = { days = 0 }
  }

  expect_failures = [
    var.name,
    var.subnet_ids,
    var.ip_address_type,
    var.domains,
    var.ssl_policy,
    var.targets,
    var.idle_timeout,
    var.web_acl,
    var.access_logs,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    allowed_from = { six = "2001:db8::/32" }
    domains      = ["ai.acme.com", "ai.acme.com"]
    ssl_policy   = "ELBSecurityPolicy-TLS13-1-1-2021-06"
    targets      = { gateway = { port = 0 } }

    target_ip_address_type = "ipv6"
  }

  expect_failures = [
    var.allowed_from,
    var.domains,
    var.ssl_policy,
    var.targets,
    var.target_ip_address_type,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    allowed_from = { half = "0.0.0.0/1" }
    targets      = { gateway = { port = 8443, protocol_version = "HTTP3" } }
  }

  expect_failures = [
    var.allowed_from,
    var.targets,
  ]
}

run "redirect_behind_nlb" {
  command = plan

  variables {
    type          = "nlb"
    redirect_http = true
  }

  expect_failures = [var.redirect_http]
}

run "two_web_acls" {
  command = plan

  variables {
    web_acl = { arn = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/acme/1", create = {} }
  }

  expect_failures = [var.web_acl]
}

run "no_default_behind_nlb" {
  command = plan

  variables {
    type           = "nlb"
    default_target = null
  }

  expect_failures = [var.default_target]
}

run "hosts_behind_nlb" {
  command = plan

  variables {
    type    = "nlb"
    targets = { gateway = { port = 8443, hosts = ["ai.acme.com"] } }
  }

  expect_failures = [var.targets]
}

run "client_certificates_behind_nlb" {
  command = plan

  variables {
    type       = "nlb"
    mutual_tls = { trust_store_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:truststore/acme/1" }
  }

  expect_failures = [var.mutual_tls]
}

run "no_way_to_a_certificate" {
  command = plan

  variables {
    dns = null
  }

  expect_failures = [var.certificate]
}

run "a_zone_for_nothing" {
  command = plan

  variables {
    domains     = []
    certificate = { arn = "arn:aws:acm:us-east-1:123456789012:certificate/1" }
  }

  expect_failures = [var.dns]
}

run "open_by_intent" {
  command = plan

  variables {
    allowed_from         = { everybody = "0.0.0.0/0" }
    open_to_the_internet = true
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.https["everybody"].cidr_ipv4 == "0.0.0.0/0"
    error_message = "Who says so may open it."
  }
}

run "open_by_accident" {
  command = plan

  variables {
    allowed_from = { all = "0.0.0.0/0" }
  }

  expect_failures = [var.allowed_from]
}

run "addresses_of_an_alb" {
  command = plan

  variables {
    elastic_ip_allocation_ids = { cnn1-az1 = "eipalloc-1", cnn1-az2 = "eipalloc-2" }
  }

  expect_failures = [var.elastic_ip_allocation_ids]
}

run "addresses_for_some_zones" {
  command = plan

  variables {
    type                      = "nlb"
    elastic_ip_allocation_ids = { cnn1-az1 = "eipalloc-1" }
  }

  expect_failures = [var.elastic_ip_allocation_ids]
}

run "unknown_default" {
  command = plan

  variables {
    default_target = "other"
    certificate    = { arn = "certificate" }
  }

  expect_failures = [var.default_target, var.certificate]
}

run "no_such_type" {
  command = plan

  variables {
    type = "gateway"
  }

  expect_failures = [var.type]
}

run "made" {
  variables {
    internal = true
  }
}

run "made_internal_stays_internal" {
  command = plan

  variables {
    internal = false
  }

  expect_failures = [aws_lb.this]
}

run "made_for_http_stays_so" {
  command = plan

  variables {
    internal = true
    type     = "nlb"
    targets  = { gateway = { port = 8443, health = { protocol = "TCP" } } }
  }

  expect_failures = [aws_lb.this]
}
