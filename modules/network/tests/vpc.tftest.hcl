mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name  = "acme-dev"
  cidr  = "10.20.0.0/16"
  zones = ["cnn1-az1", "cnn1-az2"]
}

run "dns_and_default_group" {
  assert {
    condition     = aws_vpc.this.enable_dns_hostnames && aws_vpc.this.enable_dns_support
    error_message = "Private endpoints and EKS need both DNS settings."
  }

  assert {
    condition     = aws_default_security_group.closed.vpc_id == aws_vpc.this.id
    error_message = "The default security group is adopted, which empties it."
  }

  assert {
    condition     = length(aws_route_table.database.route) == 0 && length(aws_route_table.intra.route) == 0
    error_message = "Database and intra subnets have no route out of the VPC."
  }
}

run "unknown_zone" {
  command = plan

  variables {
    zones = ["cnn1-az1", "cnn1-az9"]
  }

  expect_failures = [aws_vpc.this]
}

run "past_the_accounts_block" {
  command = plan

  variables {
    public_access_exclusion = "allow-egress"
  }

  assert {
    condition     = aws_vpc_block_public_access_exclusion.this[0].internet_gateway_exclusion_mode == "allow-egress" && length(aws_vpc_block_public_access_exclusion.this) == 1
    error_message = "The VPC may reach the internet."
  }
}

run "no_such_exclusion" {
  command = plan

  variables {
    public_access_exclusion = "allow-ingress"
  }

  expect_failures = [var.public_access_exclusion]
}
