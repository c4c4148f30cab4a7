output "cluster_endpoint" {
  description = "URL of the Kubernetes API."
  value       = module.cluster.endpoint
}

output "karpenter_values" {
  description = "Values for the `karpenter` chart."
  value       = module.karpenter.chart_values
}
