output "vpc_id" {
  description = "ID of the VPC, once everything about it is checked."
  value       = terraform_data.checked.output
}

output "vpc_cidr" {
  description = "Primary IPv4 block of the VPC."
  value       = data.aws_vpc.this.cidr_block
}

output "zones" {
  description = "Zone ID => `{ name }`, the zone's name in this account."
  value       = { for zone, name in local.zones : zone => { name = name } }
}

output "private_subnet_ids" {
  description = "Zone ID => subnet for nodes and internal load balancers."
  value       = local.by_zone["private"]

  # Not before they are checked, and have the tags that are set here.
  depends_on = [aws_ec2_tag.this, terraform_data.checked]
}

output "public_subnet_ids" {
  description = "Zone ID => subnet for public load balancers; empty when none were given."
  value       = local.by_zone["public"]

  depends_on = [aws_ec2_tag.this, terraform_data.checked]
}

output "database_subnet_ids" {
  description = "Zone ID => subnet for databases; the private ones when none were given."
  value       = length(var.database_subnet_ids) > 0 ? local.by_zone["database"] : local.by_zone["private"]

  depends_on = [aws_ec2_tag.this, terraform_data.checked]
}

output "intra_subnet_ids" {
  description = "Zone ID => subnet for the cluster's control-plane interfaces; the private ones when none were given."
  value       = length(var.intra_subnet_ids) > 0 ? local.by_zone["intra"] : local.by_zone["private"]

  depends_on = [aws_ec2_tag.this, terraform_data.checked]
}

output "pod_subnet_ids" {
  description = "Zone ID => subnet for pods; empty when none were given."
  value       = local.by_zone["pods"]

  depends_on = [aws_ec2_tag.this, terraform_data.checked]
}

output "private_route_table_ids" {
  description = "Zone ID => route table of the private subnet."
  value       = { for zone, id in local.by_zone["private"] : zone => data.aws_route_table.this[id].route_table_id }
}
