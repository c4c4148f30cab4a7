output "endpoint" {
  description = "URL of the Kubernetes API."
  value       = module.cluster.endpoint
}
