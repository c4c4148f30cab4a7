output "role_arn" {
  description = "The role of the control plane's pods."
  value       = module.control_plane.role_arn
}

output "database_address" {
  description = "The database."
  value       = module.control_plane.database_address
}
