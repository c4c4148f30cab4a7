output "role_arn" {
  description = "What the control plane is told, together with the external ID."
  value       = module.platform_identity.role_arn
}
