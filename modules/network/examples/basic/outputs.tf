output "private_subnet_ids" {
  description = "Zone ID => subnet."
  value       = module.network.private_subnet_ids
}
