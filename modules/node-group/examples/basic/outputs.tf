output "node_group" {
  description = "Name of the node group."
  value       = module.gpu.name
}
