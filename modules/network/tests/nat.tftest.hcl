# Applied on mocks one after the other, over one state: an object that keeps its computed values was not made again.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name  = "acme-dev"
  cidr  = "10.20.0.0/16"
  zones = ["cnn1-az1", "cnn1-az2"]
}

run "single" {
  variables {
    nat = { mode = "single" }
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["cnn1-az1"] && keys(aws_eip.nat) == ["cnn1-az1"]
    error_message = "One gateway, in the first zone."
  }

  assert {
    condition     = alltrue([for route in values(aws_route.private_nat) : route.nat_gateway_id == aws_nat_gateway.this["cnn1-az1"].id])
    error_message = "Every zone goes out through the one gateway."
  }
}

run "per_zone" {
  variables {
    nat = { mode = "per-zone" }
  }

  assert {
    condition     = output.nat_public_ips["cnn1-az1"] == run.single.nat_public_ips["cnn1-az1"]
    error_message = "Going from one gateway to one per zone keeps the first gateway and its address."
  }

  assert {
    condition     = output.private_route_table_ids == run.single.private_route_table_ids && output.private_subnet_ids == run.single.private_subnet_ids
    error_message = "The NAT mode decides about routes, never about tables or subnets."
  }

  assert {
    condition     = alltrue([for zone in var.zones : aws_route.private_nat[zone].nat_gateway_id == aws_nat_gateway.this[zone].id])
    error_message = "Each zone goes out through its own gateway."
  }
}

run "third_zone" {
  variables {
    nat   = { mode = "per-zone" }
    zones = ["cnn1-az1", "cnn1-az2", "cnn1-az4"]
  }

  assert {
    condition = alltrue([
      for zone in ["cnn1-az1", "cnn1-az2"] : alltrue([
        output.nat_public_ips[zone] == run.per_zone.nat_public_ips[zone],
        output.private_subnet_ids[zone] == run.per_zone.private_subnet_ids[zone],
        output.public_subnet_ids[zone] == run.per_zone.public_subnet_ids[zone],
        output.database_subnet_ids[zone] == run.per_zone.database_subnet_ids[zone],
        output.intra_subnet_ids[zone] == run.per_zone.intra_subnet_ids[zone],
        output.private_route_table_ids[zone] == run.per_zone.private_route_table_ids[zone],
      ])
    ])
    error_message = "Adding a zone makes nothing again."
  }

  assert {
    condition     = keys(output.nat_public_ips) == ["cnn1-az1", "cnn1-az2", "cnn1-az4"]
    error_message = "The added zone has its gateway."
  }
}

run "none" {
  variables {
    nat = { mode = "none" }
  }

  assert {
    condition     = length(aws_nat_gateway.this) + length(aws_eip.nat) + length(aws_route.private_nat) == 0
    error_message = "Without NAT there is no gateway, address or route."
  }

  assert {
    condition     = length(aws_internet_gateway.this) + length(aws_subnet.public) + length(aws_route.public_internet) == 0
    error_message = "Without NAT and without a wish for public subnets nothing leads to the internet."
  }

  assert {
    condition     = output.private_subnet_ids == run.per_zone.private_subnet_ids
    error_message = "Nodes keep their subnets."
  }
}

run "none_with_public_subnets" {
  variables {
    nat            = { mode = "none" }
    public_subnets = true
  }

  assert {
    condition     = length(aws_internet_gateway.this) == 1 && length(aws_subnet.public) == 2 && length(aws_nat_gateway.this) == 0
    error_message = "Public subnets can be had for load balancers without NAT."
  }
}

run "own_addresses" {
  command = plan

  variables {
    nat = { mode = "per-zone", elastic_ip_allocation_ids = ["eipalloc-1", "eipalloc-2"] }
  }

  assert {
    condition     = [for zone in var.zones : aws_nat_gateway.this[zone].allocation_id] == ["eipalloc-1", "eipalloc-2"] && length(aws_eip.nat) == 0
    error_message = "Brought addresses are used in zone order and no other is allocated."
  }
}

run "one_own_address" {
  command = plan

  variables {
    nat = { mode = "single", elastic_ip_allocation_ids = ["eipalloc-1"] }
  }

  assert {
    condition     = values(aws_nat_gateway.this)[*].allocation_id == ["eipalloc-1"]
    error_message = "The one gateway takes the one address."
  }
}

run "more_addresses" {
  variables {
    nat = { mode = "per-zone", secondary_allocation_ids = { cnn1-az2 = ["eipalloc-a", "eipalloc-b"] } }
  }

  assert {
    condition     = aws_nat_gateway.this["cnn1-az2"].secondary_allocation_ids == toset(["eipalloc-a", "eipalloc-b"]) && length(aws_nat_gateway.this["cnn1-az1"].secondary_allocation_ids) == 0
    error_message = "A gateway has those of its zone."
  }
}

run "more_addresses_than_a_gateway_has" {
  command = plan

  variables {
    nat = { mode = "single", secondary_allocation_ids = { cnn1-az1 = ["a", "b", "c", "d", "e", "f", "g", "h"] } }
  }

  expect_failures = [var.nat]
}

run "addresses_where_no_gateway_is" {
  command = plan

  variables {
    nat = { mode = "single", secondary_allocation_ids = { cnn1-az2 = ["eipalloc-a"] } }
  }

  expect_failures = [var.nat]
}
