output "role_arn" {
  description = "ARN of the gateway's role."
  value       = module.role.role_arn
}

output "role_name" {
  description = "Name of the gateway's role."
  value       = module.role.role_name
}

output "annotations" {
  description = "Annotations for the gateway's service accounts: the role's ARN with `irsa`, nothing with `pod-identity`."
  value       = module.role.annotations
}

output "policies" {
  description = "Service => policy document (JSON) that the role has, for whoever reviews what the gateway may call."
  value       = local.policies
}
