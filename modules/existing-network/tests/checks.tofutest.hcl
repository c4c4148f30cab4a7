# For OpenTofu, which cannot mock two subnets differently: what is refused about all of them, which are in one zone
# here. `checks.tftest.hcl` has the rest.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = {
      id = "cn-north-1"
    }
  }

  mock_data "aws_vpc" {
    defaults = {
      cidr_block           = "10.20.0.0/16"
      enable_dns_support   = true
      enable_dns_hostnames = true
      main_route_table_id  = "rtb-main"
    }
  }

  mock_data "aws_subnet" {
    defaults = {
      vpc_id                     = "vpc-1"
      availability_zone_id       = "cnn1-az1"
      availability_zone          = "cn-north-1a"
      available_ip_address_count = 250
      map_public_ip_on_launch    = false
      tags                       = {}
    }
  }

  mock_data "aws_route_tables" {
    defaults = {
      ids = []
    }
  }

  mock_data "aws_route_table" {
    defaults = {
      routes = [
        { cidr_block = "10.20.0.0/16", gateway_id = "local", nat_gateway_id = "", carrier_gateway_id = "", core_network_arn = "", destination_prefix_list_id = "", egress_only_gateway_id = "", instance_id = "", ipv6_cidr_block = "", local_gateway_id = "", network_interface_id = "", transit_gateway_id = "", vpc_endpoint_id = "", vpc_peering_connection_id = "" },
        { cidr_block = "0.0.0.0/0", gateway_id = "", nat_gateway_id = "nat-1", carrier_gateway_id = "", core_network_arn = "", destination_prefix_list_id = "", egress_only_gateway_id = "", instance_id = "", ipv6_cidr_block = "", local_gateway_id = "", network_interface_id = "", transit_gateway_id = "", vpc_endpoint_id = "", vpc_peering_connection_id = "" },
      ]
    }
  }

  mock_data "aws_vpc_endpoint_service" {
    defaults = {
      service_name = "cn.com.amazonaws.cn-north-1.s3"
    }
  }

  mock_data "aws_vpc_endpoint" {
    defaults = {
      route_table_ids = ["rtb-main"]
    }
  }
}

variables {
  vpc_id             = "vpc-1"
  private_subnet_ids = ["subnet-1", "subnet-2"]
}

run "no_dns" {
  command = plan

  override_data {
    target = data.aws_vpc.this
    values = { enable_dns_support = true, enable_dns_hostnames = false }
  }

  expect_failures = [data.aws_vpc.this, terraform_data.checked]
}

run "subnets_of_another_vpc" {
  command = plan

  override_data {
    target = data.aws_subnet.this
    values = { vpc_id = "vpc-2", availability_zone_id = "cnn1-az2", availability_zone = "cn-north-1b", available_ip_address_count = 250, map_public_ip_on_launch = false, tags = {} }
  }

  expect_failures = [data.aws_subnet.this]
}

run "full_subnets" {
  command = plan

  override_data {
    target = data.aws_subnet.this
    values = { vpc_id = "vpc-1", availability_zone_id = "cnn1-az2", availability_zone = "cn-north-1b", available_ip_address_count = 12, map_public_ip_on_launch = false, tags = {} }
  }

  expect_failures = [data.aws_subnet.this]
}

run "public_addresses_on_launch" {
  command = plan

  override_data {
    target = data.aws_subnet.this
    values = { vpc_id = "vpc-1", availability_zone_id = "cnn1-az2", availability_zone = "cn-north-1b", available_ip_address_count = 250, map_public_ip_on_launch = true, tags = {} }
  }

  expect_failures = [data.aws_subnet.this]
}

run "one_zone" {
  command = plan

  expect_failures = [terraform_data.checked]
}
