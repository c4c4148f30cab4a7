output "nat_public_ips" {
  description = "Zone ID => address from which the platform calls out."
  value       = module.network.nat_public_ips
}

output "cluster_endpoint" {
  description = "URL of the Kubernetes API."
  value       = module.cluster.endpoint
}

output "karpenter_values" {
  description = "Values for the `karpenter` chart."
  value       = module.karpenter.chart_values
}

output "target_group_bindings" {
  description = "Kubernetes objects that enter the gateway's pods."
  value       = module.ingress.target_group_bindings
}
