mock_provider "aws" {
  source = "./tests/mocks"
}

override_data {
  target = data.aws_subnet.this["subnet-2"]
  values = { vpc_id = "vpc-1", availability_zone_id = "cnn1-az2", availability_zone = "cn-north-1b", available_ip_address_count = 250, map_public_ip_on_launch = false, tags = {} }
}

variables {
  vpc_id             = "vpc-1"
  private_subnet_ids = ["subnet-1", "subnet-2"]
}

run "answers_like_network" {
  command = plan

  assert {
    condition     = output.private_subnet_ids == tomap({ cnn1-az1 = "subnet-1", cnn1-az2 = "subnet-2" }) && output.zones["cnn1-az2"].name == "cn-north-1b"
    error_message = "Subnets are keyed by zone."
  }

  assert {
    condition     = output.intra_subnet_ids == output.private_subnet_ids && output.database_subnet_ids == output.private_subnet_ids && length(output.pod_subnet_ids) == 0
    error_message = "What was not given is the private subnets, or nothing."
  }

  assert {
    condition     = length(aws_ec2_tag.this) == 0
    error_message = "Nothing of the network is changed unless asked for."
  }
}

run "tags_are_asked_for" {
  command = plan

  variables {
    cluster_name = "acme-dev"
  }

  expect_failures = [terraform_data.checked]
}

run "tags_are_set" {
  command = plan

  variables {
    cluster_name = "acme-dev"
    set_tags     = true
  }

  assert {
    condition     = length(aws_ec2_tag.this) == 6 && aws_ec2_tag.this["subnet-1/karpenter.sh/discovery"].value == "acme-dev" && aws_ec2_tag.this["subnet-2/kubernetes.io/cluster/acme-dev"].value == "shared"
    error_message = "Each private subnet gets its three tags."
  }
}

run "no_dns" {
  command = plan

  override_data {
    target = data.aws_vpc.this
    values = { enable_dns_support = true, enable_dns_hostnames = false }
  }

  expect_failures = [data.aws_vpc.this]
}

run "subnet_of_another_vpc" {
  command = plan

  override_data {
    target = data.aws_subnet.this["subnet-2"]
    values = { vpc_id = "vpc-2", availability_zone_id = "cnn1-az2", availability_zone = "cn-north-1b", available_ip_address_count = 250, map_public_ip_on_launch = false, tags = {} }
  }

  expect_failures = [data.aws_subnet.this["subnet-2"]]
}

run "full_subnet" {
  command = plan

  override_data {
    target = data.aws_subnet.this["subnet-2"]
    values = { vpc_id = "vpc-1", availability_zone_id = "cnn1-az2", availability_zone = "cn-north-1b", available_ip_address_count = 12, map_public_ip_on_launch = false, tags = {} }
  }

  expect_failures = [data.aws_subnet.this["subnet-2"]]
}

run "private_subnet_that_is_public" {
  command = plan

  override_data {
    target = data.aws_route_table.this["subnet-1"]
    values = { route_table_id = "rtb-main", routes = [{ cidr_block = "0.0.0.0/0", gateway_id = "igw-1" }] }
  }

  expect_failures = [data.aws_route_table.this["subnet-1"]]
}

run "public_addresses_on_launch" {
  command = plan

  override_data {
    target = data.aws_subnet.this["subnet-2"]
    values = { vpc_id = "vpc-1", availability_zone_id = "cnn1-az2", availability_zone = "cn-north-1b", available_ip_address_count = 250, map_public_ip_on_launch = true, tags = {} }
  }

  expect_failures = [data.aws_subnet.this["subnet-2"]]
}

run "no_way_out" {
  command = plan

  override_data {
    target = data.aws_route_table.this["subnet-1"]
    values = { route_table_id = "rtb-main", routes = [{ cidr_block = "10.20.0.0/16", gateway_id = "local" }] }
  }

  expect_failures = [data.aws_route_table.this["subnet-1"]]
}

run "no_way_out_by_intent" {
  command = plan

  variables {
    needs_internet = false
  }

  override_data {
    target = data.aws_route_table.this["subnet-1"]
    values = { route_table_id = "rtb-main", routes = [{ cidr_block = "10.20.0.0/16", gateway_id = "local" }] }
  }

  assert {
    condition     = output.private_route_table_ids["cnn1-az1"] == "rtb-main"
    error_message = "Endpoints may serve everything."
  }
}

run "one_zone" {
  command = plan

  override_data {
    target = data.aws_subnet.this["subnet-2"]
    values = { vpc_id = "vpc-1", availability_zone_id = "cnn1-az1", availability_zone = "cn-north-1a", available_ip_address_count = 250, map_public_ip_on_launch = false, tags = {} }
  }

  expect_failures = [terraform_data.checked]
}

run "two_subnets_of_a_zone" {
  command = plan

  variables {
    private_subnet_ids = ["subnet-1", "subnet-2", "subnet-3"]
  }

  override_data {
    target = data.aws_subnet.this["subnet-3"]
    values = { vpc_id = "vpc-1", availability_zone_id = "cnn1-az2", availability_zone = "cn-north-1b", available_ip_address_count = 250, map_public_ip_on_launch = false, tags = {} }
  }

  expect_failures = [terraform_data.checked]
}

run "pod_subnet_of_a_zone_without_nodes" {
  command = plan

  variables {
    pod_subnet_ids = ["subnet-3", "subnet-4", "subnet-5"]
  }

  override_data {
    target = data.aws_subnet.this["subnet-4"]
    values = { vpc_id = "vpc-1", availability_zone_id = "cnn1-az2", availability_zone = "cn-north-1b", available_ip_address_count = 250, map_public_ip_on_launch = false, tags = {} }
  }

  override_data {
    target = data.aws_subnet.this["subnet-5"]
    values = { vpc_id = "vpc-1", availability_zone_id = "cnn1-az4", availability_zone = "cn-north-1d", available_ip_address_count = 250, map_public_ip_on_launch = false, tags = {} }
  }

  expect_failures = [terraform_data.checked]
}

run "zone_without_pod_subnet" {
  command = plan

  variables {
    pod_subnet_ids = ["subnet-3"]
  }

  expect_failures = [terraform_data.checked]
}

run "endpoint_that_is_not_used" {
  command = plan

  override_data {
    target = data.aws_vpc_endpoint.s3
    values = { route_table_ids = [] }
  }

  expect_failures = [data.aws_vpc_endpoint.s3]
}

run "no_endpoint_by_intent" {
  command = plan

  variables {
    needs_s3_endpoint = false
  }

  assert {
    condition     = length(data.aws_vpc_endpoint.s3) == 0
    error_message = "Who goes without says so."
  }
}

run "bad_values" {
  command = plan

  variables {
    vpc_id              = "acme"
    database_subnet_ids = ["subnet-1"]
    intra_subnet_ids    = ["subnet-1"]
    cluster_name        = "acme dev"
    min_free_addresses  = -1
  }

  expect_failures = [var.vpc_id, var.database_subnet_ids, var.intra_subnet_ids, var.cluster_name, var.min_free_addresses]
}

run "one_private_subnet" {
  command = plan

  variables {
    private_subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.private_subnet_ids]
}

run "tags_of_no_cluster" {
  command = plan

  variables {
    set_tags = true
  }

  expect_failures = [var.set_tags]
}
