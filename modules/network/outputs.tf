# A map names what the inputs name, and not what is still there and about to go: so those who read it can let go of it first.

output "vpc_id" {
  description = "ID of the VPC."
  value       = aws_vpc.this.id
}

output "vpc_cidr" {
  description = "Primary IPv4 block of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "pods_cidr" {
  description = "Secondary IPv4 block for pods, or null."
  value       = var.pods_cidr
}

output "ipv6_cidr" {
  description = "IPv6 block of the VPC, or null."
  value       = var.ipv6 ? aws_vpc.this.ipv6_cidr_block : null
}

output "zones" {
  description = "Zone ID => `{ name }`, the zone's name in this account."
  value       = { for zone, subnet in aws_subnet.private : zone => { name = subnet.availability_zone } if contains(keys(local.zone_index), zone) }
}

output "private_subnet_ids" {
  description = "Zone ID => subnet for nodes and internal load balancers."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id if contains(keys(local.zone_index), zone) }

  # A node that starts before the way out is there joins nothing, and on destroy it needs the way until it is gone.
  depends_on = [
    aws_route.private_ipv6,
    aws_route.private_nat,
    aws_route_table_association.private,
    aws_vpc_endpoint.gateway,
    aws_vpc_endpoint.interface,
    aws_vpc_security_group_ingress_rule.endpoints,
    aws_vpc_security_group_ingress_rule.endpoints_ipv6,
  ]
}

output "public_subnet_ids" {
  description = "Zone ID => subnet for NAT gateways and public load balancers; empty without public subnets."
  value       = { for zone, subnet in aws_subnet.public : zone => subnet.id if contains(keys(local.public_zones), zone) }

  depends_on = [aws_route.public_internet, aws_route.public_internet_ipv6, aws_route_table_association.public]
}

output "database_subnet_ids" {
  description = "Zone ID => subnet for databases, without a route out of the VPC."
  value       = { for zone, subnet in aws_subnet.database : zone => subnet.id if contains(keys(local.zone_index), zone) }

  depends_on = [aws_route_table_association.database]
}

output "intra_subnet_ids" {
  description = "Zone ID => subnet for the cluster's control-plane interfaces, without a route out of the VPC."
  value       = { for zone, subnet in aws_subnet.intra : zone => subnet.id if contains(keys(local.zone_index), zone) }

  depends_on = [aws_route_table_association.intra, aws_vpc_endpoint.gateway]
}

output "pod_subnet_ids" {
  description = "Zone ID => subnet of the secondary block; empty without `pods_cidr`."
  value       = { for zone, subnet in aws_subnet.pods : zone => subnet.id if contains(keys(local.pod_zones), zone) }

  depends_on = [
    aws_route.private_ipv6,
    aws_route.private_nat,
    aws_route_table_association.pods,
    aws_vpc_endpoint.gateway,
    aws_vpc_endpoint.interface,
    aws_vpc_security_group_ingress_rule.endpoints,
    aws_vpc_security_group_ingress_rule.endpoints_ipv6,
  ]
}

output "nat_public_ips" {
  description = "Zone ID => public address from which that zone's NAT gateway reaches the internet."
  value       = { for zone, gateway in aws_nat_gateway.this : zone => gateway.public_ip if contains(keys(local.nat_zones), zone) }

  depends_on = [aws_route.private_nat]
}

output "private_route_table_ids" {
  description = "Zone ID => route table of the private and pod subnets, for peerings and transit gateways."
  value       = { for zone, table in aws_route_table.private : zone => table.id if contains(keys(local.zone_index), zone) }
}

output "endpoint_security_group_id" {
  description = "Security group of the interface endpoints, or null when there are none."
  value       = one([for group in aws_security_group.endpoints : group.id if length(var.interface_endpoints) > 0])
}

output "extra_private_subnet_ids" {
  description = "Name => further subnet for nodes, of `extra_private_subnets`."
  value       = { for name, subnet in aws_subnet.extra_private : name => subnet.id if contains(keys(var.extra_private_subnets), name) }

  # As for `private_subnet_ids`.
  depends_on = [
    aws_route.private_ipv6,
    aws_route.private_nat,
    aws_route_table_association.extra_private,
    aws_vpc_endpoint.gateway,
    aws_vpc_endpoint.interface,
    aws_vpc_security_group_ingress_rule.endpoints,
    aws_vpc_security_group_ingress_rule.endpoints_ipv6,
  ]
}

output "flow_logs_bucket" {
  description = "Name of the bucket that is made for the flow logs, or null."
  value       = one([for bucket in aws_s3_bucket.flow_logs : bucket.bucket if local.flow_logs_bucket > 0])

  depends_on = [
    aws_s3_bucket_policy.flow_logs,
    aws_s3_bucket_public_access_block.flow_logs,
    aws_s3_bucket_server_side_encryption_configuration.flow_logs,
  ]
}
