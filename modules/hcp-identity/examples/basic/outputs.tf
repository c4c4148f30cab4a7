output "hcp_variables" {
  description = "For the variable sets of each layer's workspaces."
  value       = module.terraform.layer_hcp_variables
}

output "created_roles_boundary" {
  description = "The `permissions_boundary` of everything that these roles make."
  value       = module.terraform.created_roles_boundary
}
