output "endpoint" {
  description = "URL of the Kubernetes API."
  value       = module.cluster.endpoint
}

output "auto_node_role_name" {
  description = "The role to name in node classes of Auto Mode."
  value       = module.cluster.auto_node_role_name
}
