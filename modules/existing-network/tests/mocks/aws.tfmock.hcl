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
    route_table_id = "rtb-main"
    routes = [
      { cidr_block = "10.20.0.0/16", gateway_id = "local" },
      { cidr_block = "0.0.0.0/0", nat_gateway_id = "nat-1", gateway_id = "" },
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
