# In a file of its own: a key is chosen when the thing is made, and the other file's runs share a state.

mock_provider "aws" {
  source = "./tests/mocks"
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
