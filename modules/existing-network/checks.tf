# Not wrong, but dear: a warning, since the network belongs to somebody else.
check "s3_gateway_endpoint" {
  data "aws_vpc_endpoint" "s3" {
    vpc_id       = var.vpc_id
    service_name = data.aws_vpc_endpoint_service.s3.service_name

    filter {
      name   = "vpc-endpoint-type"
      values = ["Gateway"]
    }
  }

  assert {
    condition     = length(setsubtract([for id in var.private_subnet_ids : data.aws_route_table.this[id].route_table_id], data.aws_vpc_endpoint.s3.route_table_ids)) == 0
    error_message = "The S3 gateway endpoint of ${var.vpc_id} is not in the route tables of all private subnets: their S3 traffic, image layers among it, pays for NAT. `aws ec2 modify-vpc-endpoint --add-route-table-ids` adds them."
  }
}

# The service is looked up instead of spelled, because its full name differs by partition.
data "aws_vpc_endpoint_service" "s3" {
  service      = "s3"
  service_type = "Gateway"
}
