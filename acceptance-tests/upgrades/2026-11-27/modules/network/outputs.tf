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
  value       = { for zone, subnet in aws_subnet.private : zone => { name = subnet.availability_zone } }
}

output "private_subnet_ids" {
  description = "Zone ID => subnet for nodes and internal load balancers."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}

output "public_subnet_ids" {
  description = "Zone ID => subnet for NAT gateways and public load balancers; empty without public subnets."
  value       = { for zone, subnet in aws_subnet.public : zone => subnet.id }
}

output "database_subnet_ids" {
  description = "Zone ID => subnet for databases, without a route out of the VPC."
  value       = { for zone, subnet in aws_subnet.database : zone => subnet.id }
}

output "intra_subnet_ids" {
  description = "Zone ID => subnet for the cluster's control-plane interfaces, without a route out of the VPC."
  value       = { for zone, subnet in aws_subnet.intra : zone => subnet.id }
}

output "pod_subnet_ids" {
  description = "Zone ID => subnet of the secondary block; empty without `pods_cidr`."
  value       = { for zone, subnet in aws_subnet.pods : zone => subnet.id }
}

output "nat_public_ips" {
  description = "Zone ID => public address from which that zone's NAT gateway reaches the internet."
  value       = { for zone, gateway in aws_nat_gateway.this : zone => gateway.public_ip }
}

output "private_route_table_ids" {
  description = "Zone ID => route table of the private and pod subnets, for peerings and transit gateways."
  value       = { for zone, table in aws_route_table.private : zone => table.id }
}

output "endpoint_security_group_id" {
  description = "Security group of the interface endpoints, or null when there are none."
  value       = one(aws_security_group.endpoints[*].id)
}
