output "role_arns" {
  description = "The roles by add-on."
  value       = module.addon_identities.role_arns
}

output "chart_values" {
  description = "What the charts are told."
  value       = module.addon_identities.chart_values
}
