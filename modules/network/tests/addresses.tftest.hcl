# A plan of addresses that is given, and blocks beside the first.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name      = "acme-dev"
  cidr      = "10.20.0.0/16"
  pods_cidr = "100.64.0.0/16"
  zones     = ["cnn1-az1", "cnn1-az2"]
}

run "single_blocks_are_given" {
  command = plan

  variables {
    secondary_cidrs = { more = "100.65.0.0/16" }
    subnet_cidrs = {
      private  = { cnn1-az2 = "100.65.0.0/18" }
      database = { cnn1-az1 = "10.20.200.0/24" }
      pods     = { cnn1-az1 = "100.64.128.0/17" }
    }
  }

  assert {
    condition     = [for zone in var.zones : aws_subnet.private[zone].cidr_block] == ["10.20.0.0/20", "100.65.0.0/18"]
    error_message = "What is named has its block, and the other is computed."
  }

  assert {
    condition     = aws_subnet.database["cnn1-az1"].cidr_block == "10.20.200.0/24" && aws_subnet.pods["cnn1-az1"].cidr_block == "100.64.128.0/17" && aws_subnet.intra["cnn1-az1"].cidr_block == "10.20.22.0/23"
    error_message = "Each kind by itself."
  }

  assert {
    condition     = aws_vpc_ipv4_cidr_block_association.secondary["more"].cidr_block == "100.65.0.0/16"
    error_message = "The VPC has the block."
  }
}

run "further_subnets_for_nodes" {
  variables {
    cluster_name          = "acme-dev"
    interface_endpoints   = ["sts"]
    secondary_cidrs       = { more = "100.65.0.0/16" }
    extra_private_subnets = { more-1 = { zone = "cnn1-az1", cidr = "100.65.0.0/20" } }
  }

  assert {
    condition     = aws_subnet.extra_private["more-1"].availability_zone_id == "cnn1-az1" && aws_route_table_association.extra_private["more-1"].route_table_id == aws_route_table.private["cnn1-az1"].id
    error_message = "It stands in its zone and has that zone's way out."
  }

  assert {
    condition     = aws_subnet.extra_private["more-1"].tags["karpenter.sh/discovery"] == "acme-dev" && !contains(keys(aws_subnet.extra_private["more-1"].tags), "kubernetes.io/role/internal-elb")
    error_message = "Karpenter finds it, load balancers do not."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoints["secondary-more"].cidr_ipv4 == "100.65.0.0/16"
    error_message = "What runs there reaches the endpoints."
  }

  assert {
    condition     = output.extra_private_subnet_ids == { more-1 = aws_subnet.extra_private["more-1"].id }
    error_message = "The output names it."
  }
}

run "subnet_in_no_block" {
  command = plan

  variables {
    subnet_cidrs = { private = { cnn1-az1 = "100.65.0.0/18" } }
  }

  expect_failures = [aws_vpc.this]
}

run "subnets_that_overlap" {
  command = plan

  variables {
    subnet_cidrs = { private = { cnn1-az1 = "10.20.32.0/19" } }
  }

  expect_failures = [aws_vpc.this]
}

run "extra_subnet_over_another" {
  command = plan

  variables {
    extra_private_subnets = { more-1 = { zone = "cnn1-az1", cidr = "10.20.8.0/21" } }
  }

  expect_failures = [aws_vpc.this]
}

run "subnet_that_is_too_small" {
  command = plan

  variables {
    subnet_cidrs = { intra = { cnn1-az1 = "10.20.200.0/29" } }
  }

  expect_failures = [var.subnet_cidrs]
}

run "subnet_of_another_zone" {
  command = plan

  variables {
    subnet_cidrs = { intra = { cnn1-az3 = "10.20.200.0/24" } }
  }

  expect_failures = [var.subnet_cidrs]
}

run "pods_without_a_block" {
  command = plan

  variables {
    pods_cidr    = null
    subnet_cidrs = { pods = { cnn1-az1 = "10.20.200.0/24" } }
  }

  expect_failures = [var.subnet_cidrs]
}

run "blocks_that_overlap" {
  command = plan

  variables {
    secondary_cidrs = { a = "100.65.0.0/16", b = "100.65.128.0/17" }
  }

  expect_failures = [var.secondary_cidrs]
}

run "block_over_that_of_pods" {
  command = plan

  variables {
    secondary_cidrs = { a = "100.64.128.0/17" }
  }

  expect_failures = [var.secondary_cidrs]
}

run "block_that_aws_does_not_associate" {
  command = plan

  variables {
    secondary_cidrs = { a = "172.20.0.0/16" }
  }

  expect_failures = [var.secondary_cidrs]
}

run "block_beside_the_first_of_ten" {
  command = plan

  variables {
    cidr            = "10.1.0.0/16"
    secondary_cidrs = { a = "10.0.0.0/20" }
  }

  expect_failures = [var.secondary_cidrs]
}

run "extra_subnet_without_its_ipv6_block" {
  command = plan

  variables {
    ipv6                  = true
    extra_private_subnets = { more-1 = { zone = "cnn1-az1", cidr = "10.20.128.0/20" } }
  }

  expect_failures = [var.extra_private_subnets]
}
