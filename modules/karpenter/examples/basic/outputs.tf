output "chart_values" {
  description = "Values for the `karpenter` chart."
  value       = module.karpenter.chart_values
}

output "node_role_name" {
  description = "The role to name in node classes."
  value       = module.karpenter.node_role_name
}

output "instance_profile_name" {
  description = "The profile to name in node classes of the vendor's charts."
  value       = module.karpenter.instance_profile_name
}
