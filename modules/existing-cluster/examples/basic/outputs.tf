output "version" {
  description = "Kubernetes version of the cluster."
  value       = module.cluster.version
}
