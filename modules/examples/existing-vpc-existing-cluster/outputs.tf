output "node_group" {
  description = "Name of the platform's node group."
  value       = module.nodes.name
}

output "karpenter_values" {
  description = "Values for the `karpenter` chart."
  value       = module.karpenter.chart_values
}
