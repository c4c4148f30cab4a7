output "target_group_bindings" {
  description = "Kubernetes objects that enter the gateway's pods."
  value       = module.ingress.target_group_bindings
}
