mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name      = "acme-dev"
  cidr      = "10.20.0.0/16"
  zones     = ["cnn1-az1", "cnn1-az2", "cnn1-az3"]
  pods_cidr = "100.64.0.0/16"
}

# Defect: a gateway endpoint without route tables, past which all S3 traffic pays for NAT.
run "gateway_endpoints_have_routes" {
  assert {
    condition     = keys(aws_vpc_endpoint.gateway) == ["dynamodb", "s3"]
    error_message = "S3 and DynamoDB have gateway endpoints by default."
  }

  assert {
    condition = alltrue([
      for endpoint in values(aws_vpc_endpoint.gateway) :
      endpoint.route_table_ids == toset(concat(values(aws_route_table.private)[*].id, [aws_route_table.intra.id]))
    ])
    error_message = "Every gateway endpoint is in the route table of every zone and in the intra one."
  }

  assert {
    condition     = alltrue([for zone in var.zones : aws_route_table_association.pods[zone].route_table_id == aws_route_table.private[zone].id])
    error_message = "Pods use their zone's table, so they use the endpoints too."
  }

  assert {
    condition     = length(aws_security_group.endpoints) == 0 && output.endpoint_security_group_id == null
    error_message = "Without interface endpoints there is no security group for them."
  }
}

run "interface_endpoints" {
  variables {
    interface_endpoints = ["ecr.api", "sts"]
  }

  assert {
    condition = alltrue([
      for endpoint in values(aws_vpc_endpoint.interface) :
      endpoint.private_dns_enabled && endpoint.security_group_ids == toset([aws_security_group.endpoints[0].id])
    ])
    error_message = "Interface endpoints answer under the service's own name and carry the one security group."
  }

  assert {
    condition     = alltrue([for endpoint in values(aws_vpc_endpoint.interface) : endpoint.subnet_ids == toset([aws_subnet.private["cnn1-az1"].id, aws_subnet.private["cnn1-az2"].id])])
    error_message = "An endpoint stands in the zones that its service has (here two of three)."
  }

  assert {
    condition     = { for name, rule in aws_vpc_security_group_ingress_rule.endpoints : name => rule.cidr_ipv4 } == { pods = "100.64.0.0/16", vpc = "10.20.0.0/16" }
    error_message = "Only the VPC's own blocks reach the endpoints."
  }

  assert {
    condition     = alltrue([for rule in values(aws_vpc_security_group_ingress_rule.endpoints) : rule.from_port == 443 && rule.to_port == 443 && rule.ip_protocol == "tcp"])
    error_message = "And only by HTTPS."
  }

  assert {
    condition     = startswith(aws_vpc_endpoint.interface["sts"].service_name, "cn.com.amazonaws.")
    error_message = "The service's full name is looked up, not spelled."
  }
}

run "service_in_none_of_the_zones" {
  command = plan

  variables {
    zones               = ["cnn1-az3", "cnn1-az4"]
    interface_endpoints = ["bedrock-runtime"]
  }

  expect_failures = [aws_vpc_endpoint.interface["bedrock-runtime"]]
}

run "policies" {
  variables {
    interface_endpoints = ["sts"]
    endpoint_policies = {
      s3  = jsonencode({ Statement = [{ Sid = "Ours", Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "*" }] })
      sts = jsonencode({ Statement = [{ Sid = "Ours", Effect = "Allow", Principal = "*", Action = "sts:*", Resource = "*" }] })
    }
  }

  assert {
    condition = { for service, policy in aws_vpc_endpoint_policy.this : service => policy.vpc_endpoint_id } == {
      s3 = aws_vpc_endpoint.gateway["s3"].id, sts = aws_vpc_endpoint.interface["sts"].id
    }
    error_message = "Each policy is that of its endpoint, and the others have none."
  }
}

run "policy_of_no_endpoint" {
  command = plan

  variables {
    endpoint_policies = { sts = "{\"Statement\":[]}" }
  }

  expect_failures = [var.endpoint_policies]
}

run "policy_that_is_none" {
  command = plan

  variables {
    endpoint_policies = { s3 = "allow everything" }
  }

  expect_failures = [var.endpoint_policies]
}

run "service_that_takes_no_policy" {
  command = plan

  variables {
    endpoint_policies = { s3 = "{\"Statement\":[]}" }
  }

  override_data {
    target = data.aws_vpc_endpoint_service.gateway
    values = { vpc_endpoint_policy_supported = false }
  }

  expect_failures = [aws_vpc_endpoint_policy.this]
}
