output "hcp_variables" {
  description = "For the variable set of the workspaces."
  value       = module.terraform.hcp_variables
}

output "created_roles_boundary" {
  description = "The `permissions_boundary` of everything that these roles make."
  value       = module.terraform.created_roles_boundary
}
